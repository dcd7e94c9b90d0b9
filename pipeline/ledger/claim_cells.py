"""The cells that claims speak of: places declared per subject, found among the printed rows.

Here: looking a place up in the statements of a disclosure, and what stands there. Not here: what a
claim says (narrative) and whether the two agree (claim_verdicts).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.codes.code_lists import class_code_of
from pipeline.forms.wording import canon_label, folded, squeeze

Row = Mapping[str, Any]
PLAIN = ("total", "amount")
DOUBTFUL = ("disputed", "repaired")
MARKS = re.compile(r"\(\d{0,7}(?:类|款|项)\)|[-—－]")
# The code a label names its item by: 行政运行(2010601), 2010601行政运行.
CODE = re.compile(r"\((?P<code>\d{3}(?:\d\d){0,2})\)$|^(?P<first>\d{5}(?:\d\d)?)(?=\D)")
OTHER = str.maketrans({"它": "他"})
EMPTY = ("stated_empty", "blank")


@dataclass(frozen=True)
class Cell:
    """What stands in a place: an amount, or nothing where the row's cell is blank.

    `parts` counts the printed figures it is the sum of, `step` is their largest printed step,
    `doubtful` says that its reading or its proof is in doubt, and `weak` that it may agree but
    contradicts nothing.
    """

    amount: Decimal
    step: Decimal
    parts: int
    amount_id: str | None
    is_sum: bool
    doubtful: bool
    statement_id: str
    weak: bool = False


@dataclass
class Table:
    """One statement of one document: its rows, and their printed figures by measure."""

    statement_id: str
    state: str
    rows: list[Row] = field(default_factory=list)
    cells: dict[tuple[str | None, int], dict[str, Row]] = field(default_factory=dict)


class Tables:
    """Every printed statement of a disclosure, the document's own first."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.by_statement: dict[str, list[Table]] = defaultdict(list)
        for table in tables:
            self.by_statement[table.statement_id].append(table)

    def find(self, places: Iterable[Mapping[str, Any]], claim: Row) -> Iterator[Cell]:
        """What stands in each declared place that there is, in declared order."""
        for place in places:
            if not is_meant(place, claim):
                continue
            found = self.added(place["plus"], claim) if "plus" in place else self.at(place, claim)
            for cell in found:
                yield replace(cell, weak=True) if place.get("weak") else cell

    def at(self, place: Mapping[str, Any], claim: Row) -> Iterator[Cell]:
        """What stands in one place; several rows of one name are no place."""
        for table in self.by_statement.get(place["statement"], ()):
            if table.state in EMPTY:
                yield Cell(Decimal(0), Decimal(0), 0, None, False, False, table.statement_id)
                continue
            rows = matching(table, place, claim)
            if len(rows) == 1:
                yield standing(table, rows[0], tuple(place.get("measures", PLAIN)))

    def added(self, places: Iterable[Mapping[str, Any]], claim: Row) -> Iterator[Cell]:
        """The sum of what stands in several places; none where none of them is printed."""
        found = [cell for place in places for cell in list(self.at(place, claim))[:1]]
        if not found:
            return
        printed = [cell for cell in found if cell.amount_id]
        yield Cell(
            sum((cell.amount for cell in found), Decimal(0)),
            max(cell.step for cell in found),
            sum(cell.parts for cell in found),
            printed[0].amount_id if len(printed) == 1 else None,
            True,
            any(cell.doubtful for cell in found),
            found[0].statement_id,
        )

    def count(self, places: Iterable[Mapping[str, Any]]) -> Iterator[int]:
        """How many rows of a role each declared list has."""
        for place in places:
            names = place.get("statements") or [place["statement"]]
            tables = [table for name in names for table in self.by_statement.get(name, ())[:1]]
            if len(tables) == len(names):
                yield sum(row["role"] == place["role"] for table in tables for row in table.rows)


def is_meant(place: Mapping[str, Any], claim: Row) -> bool:
    """Whether a place is one that this claim's section speaks of."""
    if "scope" in place and place["scope"] != claim["scope"]:
        return False
    return "section" not in place or re.search(place["section"], claim["section"] or "") is not None


def matching(table: Table, place: Mapping[str, Any], claim: Row) -> list[Row]:
    """The rows of a statement that a place names."""
    rows = [row for row in table.rows if place.get("side", row["side"]) == row["side"]]
    for name in ("role", "item"):
        if name in place:
            rows = [row for row in rows if row[name] == place[name]]
    if "words" in place:
        rows = [row for row in rows if re.search(place["words"], plain(row["label"]))]
    if place.get("code") == "class":
        code = class_code_of(plain(claim["label"]))
        rows = [row for row in rows if code and class_of(row) == code]
    elif "code" in place:
        rows = [row for row in rows if row["code"] == place["code"]]
    if (coded := CODE.search(plain(claim["label"]))) and {"label", "path"} & set(place):
        return [row for row in rows if row["code"] == (coded["code"] or coded["first"])]
    if place.get("label") == "own":
        wanted = bare(claim["label"])
        rows = [row for row in rows if bare(row["label"]) == wanted]
    if place.get("path") == "own":
        rows = along(table, rows, claim["label"])
    if "role" in place and place["role"] == "head":
        rows = rows[:1]
    return rows


def class_of(row: Row) -> str | None:
    """The class a row is of: its printed code, or the one its name stands for."""
    code: str | None = row["code"]
    return row["item"] if code is None and row["role"] == "class" else code


def plain(label: str | None) -> str:
    """A label as compared."""
    return folded(squeeze(label or "")).translate(OTHER)


def bare(label: str | None) -> str:
    """An item's name without marks, enumerator and the word 支出 at its end."""
    return MARKS.sub("", canon_label(plain(label))).removesuffix("支出")


def along(table: Table, rows: list[Row], path: str | None) -> list[Row]:
    """The rows that a path of names leads to: the last names the row, those before stand above."""
    names = [n for n in (bare(name) for name in MARKS.split(plain(path))) if n]
    if not names:
        return []
    named = [row for row in rows if bare(row["label"]) == names[-1] and row["code"]]
    if len(names) == 1 or len(named) == 1:
        return named
    by_code = {row["code"]: bare(row["label"]) for row in table.rows if row["code"]}

    def score(row: Row) -> int:
        above = {by_code.get(row["code"][:size]) for size in (3, 5) if size < len(row["code"])}
        return len(above & set(names[:-1]))

    best = max((score(row) for row in named), default=0)
    return [row for row in named if score(row) == best] if best else []


def standing(table: Table, row: Row, measures: tuple[str, ...]) -> Cell:
    """What stands in a row under the first of several measures that is printed."""
    cells = table.cells.get((row["side"], row["line_no"]), {})
    cell = next((cells[measure] for measure in measures if measure in cells), None)
    if cell is None:
        return Cell(Decimal(0), Decimal(0), 0, None, False, False, table.statement_id)
    return Cell(
        cell["amount_yuan"],
        cell["step_yuan"],
        1,
        cell["amount_id"],
        row["line_kind"] in ("total", "subtotal"),
        cell["proof"] in DOUBTFUL or cell["confidence"] < 1,
        table.statement_id,
    )


def tables_of(
    lines: pl.DataFrame, amounts: pl.DataFrame, coverage: pl.DataFrame
) -> dict[str, list[Table]]:
    """The statements of each document, from staged rows and figures with their proofs."""
    found: dict[tuple[str, str], Table] = {}
    printed = coverage.filter(pl.col("state").is_in(["data", *EMPTY]))
    for row in printed.iter_rows(named=True):
        key = (row["document_id"], row["statement_id"])
        found[key] = Table(row["statement_id"], row["state"])
    for row in lines.iter_rows(named=True):
        if table := found.get((row["document_id"], row["statement_id"])):
            table.rows.append(row)
    for row in amounts.iter_rows(named=True):
        if table := found.get((row["document_id"], row["statement_id"])):
            cells = table.cells.setdefault((row["side"], row["line_no"]), {})
            cells[row["measure_id"]] = row
    by_document: dict[str, list[Table]] = defaultdict(list)
    for (document_id, _), table in sorted(found.items()):
        by_document[document_id].append(table)
    return by_document
