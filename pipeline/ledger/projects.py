"""Projects: rows of the tables of projects and performance forms, matched.

Here: fact_project and fact_indicator, and which form belongs to which row: by name, else by money
where that leaves no doubt. A name that differs with the same money is a finding and stays visible;
a row without a form and a form without a row are projects too. Not here: reading forms
(performance) and checking their sums (identities).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

import polars as pl

from pipeline.forms.wording import folded, squeeze
from pipeline.ledger import keys
from pipeline.performance.shapes import EVALUATION, SOURCES
from pipeline.schema.catalogue import tables

CURRENT, CARRIED = "projects", "projects_carried_over"
#: 元 against 万元 with two decimals
TOLERANCE = Decimal(50)
FUNDS = (
    "general_public_budget",
    "government_fund",
    "state_capital",
    "fiscal_special_account",
    "unit_funds",
)
FORM_MONEY = tuple(f"{h}_{s}" for h in ("period", "annual") for s in ("total", *SOURCES))

Form = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A project's row in a table, with its carried-over row where it stands in both tables."""

    statement_id: str
    name: str
    unit: str | None
    amounts: dict[str, Decimal]
    carried: Decimal | None = None

    @property
    def total(self) -> Decimal | None:
        """The amount of the row."""
        return self.amounts.get("total")


@dataclass(frozen=True)
class Matched:
    """A project: its row, its form, and how they were matched."""

    row: Row | None
    form: Form | None
    match: str


def build(
    lines: pl.DataFrame, amounts: pl.DataFrame, staged: pl.DataFrame, described: pl.DataFrame
) -> tuple[pl.DataFrame, dict[tuple[str, int], str]]:
    """fact_project, and the project of each form by document and form number."""
    found: list[dict[str, Any]] = []
    projects: dict[tuple[str, int], str] = {}
    for document_id, unit_name in described.select("document_id", "unit_name").iter_rows():
        rows = table_rows(lines, amounts, document_id, unit_name)
        forms = staged.filter(document_id=document_id).sort("form_no").to_dicts()
        seen: Counter[tuple[object, ...]] = Counter()
        for one in match(rows, forms):
            name = one.row.name if one.row else (one.form or {}).get("name")
            key = (name, one.row.unit if one.row else None)
            seen[key] += 1
            project_id = keys.project_id(document_id, *key, seen[key])
            found.append(released(document_id, project_id, one))
            if one.form is not None:
                projects[document_id, one.form["form_no"]] = project_id
    return tables()["fact_project"].frame(found), projects


def table_rows(
    lines: pl.DataFrame, amounts: pl.DataFrame, document_id: str, unit_name: str
) -> list[Row]:
    """The projects of a document's tables; one that stands in both is one.

    A table may print the unit's own total as if it were a project: it bears the unit's name.
    """
    tables_of_projects = pl.col("statement_id").is_in([CURRENT, CARRIED])
    mine = amounts.filter(tables_of_projects, document_id=document_id)
    here = lines.filter(tables_of_projects, document_id=document_id, role="project")
    money: dict[tuple[str, int], dict[str, Decimal]] = {}
    for cell in mine.iter_rows(named=True):
        at = (cell["statement_id"], cell["line_no"])
        money.setdefault(at, {})[cell["measure_id"]] = cell["amount_yuan"]
    found: list[Row] = []
    for line in here.sort("statement_id", "line_no").iter_rows(named=True):
        label, unit = line["label"], line["implementing_unit"]
        if label is None or same(label, unit_name) or same(label, unit):
            continue
        printed = money.get((line["statement_id"], line["line_no"]), {})
        found.append(Row(line["statement_id"], label, unit, printed))
    return joined(found)


def joined(rows: Sequence[Row]) -> list[Row]:
    """Rows of this year's table, each with its carried-over one, then those carried over only."""
    carried = [row for row in rows if row.statement_id == CARRIED]
    found = []
    for row in rows:
        if row.statement_id != CURRENT:
            continue
        again = next((c for c in carried if c.name == row.name and units_agree(c, row)), None)
        if again is not None:
            carried.remove(again)
        found.append(
            Row(row.statement_id, row.name, row.unit, row.amounts, again.total if again else None)
        )
    return [*found, *carried]


def units_agree(one: Row, other: Row) -> bool:
    """Whether two rows stand under one unit, as far as it is printed."""
    return one.unit is None or other.unit is None or one.unit == other.unit


def same(one: str | None, other: str | None) -> bool:
    """Whether two texts are one, however they are bracketed."""
    return one is not None and other is not None and plain(one) == plain(other)


def plain(text: str) -> str:
    """A name as compared."""
    return folded(squeeze(text))


def match(rows: Sequence[Row], forms: Sequence[Form]) -> list[Matched]:
    """Every row and every form once: matched by name, then by money, then alone."""
    pairs: dict[int, tuple[int, str]] = {}
    for kind, agree in (("exact", by_name), ("amount", by_money)):
        for number in best_first(rows, forms, pairs, agree):
            pairs[number[1]] = (number[0], kind)
    of_row = {row: (form, kind) for form, (row, kind) in pairs.items()}
    found = []
    for index, row in enumerate(rows):
        at, kind = of_row.get(index, (None, "none"))
        found.append(Matched(row, None if at is None else forms[at], kind))
    alone = [forms[i] for i in range(len(forms)) if i not in pairs]
    return found + [Matched(None, form, "none") for form in alone]


def best_first(
    rows: Sequence[Row],
    forms: Sequence[Form],
    taken: dict[int, tuple[int, str]],
    agree: Callable[[Row, Form], bool],
) -> list[tuple[int, int]]:
    """Pairs (row, form) that agree, the likeliest first, each row and form once."""
    busy = {row for row, _ in taken.values()}
    possible = [
        (r, f)
        for r, row in enumerate(rows)
        for f, form in enumerate(forms)
        if r not in busy and f not in taken and agree(row, form)
    ]
    ranked = sorted(possible, key=lambda pair: (-likeness(rows[pair[0]], forms[pair[1]]), pair))
    found: list[tuple[int, int]] = []
    for row_no, form_no in ranked:
        if all(row_no != r and form_no != f for r, f in found):
            found.append((row_no, form_no))
    return found


def likeness(row: Row, form: Form) -> float:
    """How well a row and a form go together: money first, then the unit, then the name."""
    name = SequenceMatcher(a=plain(row.name), b=plain(form["name"] or ""), autojunk=False)
    unit = same(row.unit, form["implementing_unit"])
    return 4 * by_money(row, form) + 2 * unit + name.ratio()


def by_name(row: Row, form: Form) -> bool:
    """Whether row and form bear one name."""
    return same(row.name, form["name"])


def by_money(row: Row, form: Form) -> bool:
    """Whether row and form print the same money, as far as 万元 can tell. Nothing is no money."""
    return money_agrees(form["annual_total"], (row.total, row.carried))


def money_agrees(yuan: Decimal | None, amounts: Iterable[Decimal | None]) -> bool:
    """Whether an amount in 元 is one that a table prints in 万元."""
    if not yuan:
        return False
    return any(a is not None and abs(a - yuan) <= TOLERANCE for a in amounts)


def released(document_id: str, project_id: str, one: Matched) -> dict[str, Any]:
    """A project as a row of fact_project."""
    row, form = one.row, one.form or {}
    trusted = form.get("name") is not None and not (form.get("name_damaged") and row)
    found = {
        "project_id": project_id,
        "document_id": document_id,
        "name": form["name"] if trusted else row.name if row else None,
        "form_name": form.get("name"),
        "table_name": row.name if row else None,
        "implementing_unit": unit_of(form.get("implementing_unit"), row),
        "match": one.match,
        "form_pages": form.get("pages"),
    }
    found |= {name: form.get(name) for name in FORM_MONEY}
    for name in ("supervising_department", "attribute", "duration_years", "page", "source_line"):
        found[name] = form.get(name)
    if row is not None:
        found |= {
            "table_statement_id": row.statement_id,
            "table_amount": row.total,
            "carried_over_amount": row.carried,
        }
        found |= {f"table_{fund}": row.amounts.get(fund) for fund in FUNDS}
    return found


def unit_of(printed: str | None, row: Row | None) -> str | None:
    """The implementing unit: of the form, unless its cell cuts off what the row prints whole."""
    whole = row.unit if row else None
    if printed is None or (whole and plain(whole).startswith(plain(printed))):
        return whole
    return printed


def indicators(
    staged: pl.DataFrame,
    projects: dict[tuple[str, int], str],
    evaluated: dict[tuple[str, int], str],
) -> pl.DataFrame:
    """fact_indicator: the indicators of each form or report with the project they belong to."""
    rows = []
    order: Counter[tuple[str, str]] = Counter()
    for row in staged.sort("document_id", "form_no", "indicator_no").iter_rows(named=True):
        belongs = evaluated if row["horizon"] == EVALUATION else projects
        project_id = belongs[row["document_id"], row["form_no"]]
        order[project_id, row["horizon"]] += 1
        names = tables()["fact_indicator"].schema
        kept = {name: value for name, value in row.items() if name in names}
        number = order[project_id, row["horizon"]]
        rows.append(kept | {"project_id": project_id, "indicator_no": number})
    return tables()["fact_indicator"].frame(rows)
