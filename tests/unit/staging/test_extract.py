"""One document to staged tables: what may not be released leaves a reason instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipeline.documents.document import Document
from pipeline.documents.formulas import FORMULA_STARTS
from pipeline.documents.intake import Intake
from pipeline.identities.declaration import load_catalogue
from pipeline.identities.engine import run
from pipeline.ledger import books
from pipeline.settings import PROJECT
from pipeline.staging.extract import extract
from pipeline.staging.tables import SCHEMAS, Extract, names
from tests.facsimile.budget import Budget, with_table
from tests.facsimile.forms import title
from tests.facsimile.prose import (
    FICTITIOUS_HANDLER,
    FICTITIOUS_LEADER,
    FICTITIOUS_TELEPHONE,
    performance_form,
)
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import damaged_text, text_grid

KEY = "0123456789abcdef"
FORMULA = '=HYPERLINK("http://127.0.0.1/","x")'


@pytest.fixture(scope="module")
def budget() -> Budget:
    return synthetic_budget(1)


def document(folder: Path, text: str) -> Document:
    """A text as a document."""
    path = folder / "one.txt"
    path.write_text(text, encoding="utf-8")
    return Document(KEY, "one.txt", path, KEY * 4, path.stat().st_size, "text/plain")


def texts_of(staged: Extract) -> list[str]:
    """Every text that is staged."""
    return [
        value
        for name in names()
        for column in getattr(staged, name).select(pl.col(pl.String)).iter_columns()
        for value in column.drop_nulls()
    ]


def test_a_disclosure_is_staged_with_every_cell(tmp_path: Path, budget: Budget) -> None:
    staged = extract(document(tmp_path, text_grid(budget)))
    assert all(dict(getattr(staged, name).schema) == SCHEMAS[name] for name in names())
    assert staged.quarantine.is_empty()
    assert staged.coverage.height == 13
    assert staged.documents.row(0, named=True)["unit_name"] == budget.unit_name


def test_what_is_no_disclosure_leaves_its_reason_alone(tmp_path: Path) -> None:
    staged = extract(document(tmp_path, "a\tb\tc\n" * 10))
    assert [name for name in names() if not getattr(staged, name).is_empty()] == ["quarantine"]
    assert staged.quarantine["reason"].to_list() == ["nothing_recognised"]


@pytest.mark.parametrize("number", [3, 12])
@pytest.mark.parametrize(
    ("evil", "reason"),
    [
        (f"项目{FICTITIOUS_TELEPHONE}", "personal_data"),
        ("项目（联系人：贾拟真）", "personal_data"),
        ("项目13812345678", "personal_data"),
        (FORMULA, "hostile_text"),
        ("＠SUM(1)", "hostile_text"),
    ],
)
def test_a_statement_with_a_text_that_may_not_be_released_is_put_aside(
    tmp_path: Path, budget: Budget, number: int, evil: str, reason: str
) -> None:
    table = budget.table(number)
    last = table.rows[-1]
    column = 1 if number == 3 else 0
    changed = (*last[:column], evil, *last[column + 1 :])
    spoilt = with_table(budget, replace(table, rows=(*table.rows[:-1], changed)))
    staged = extract(document(tmp_path, text_grid(spoilt)))
    statement = {3: "expenditure", 12: "projects"}[number]
    assert staged.quarantine.select("statement_id", "reason").rows() == [(statement, reason)]
    assert staged.cells.filter(statement_id=statement).is_empty()
    assert staged.cells.filter(statement_id="revenue").height > 0
    assert staged.coverage.filter(statement_id=statement)["state"].to_list() == ["unreadable"]
    assert FICTITIOUS_TELEPHONE not in "".join(texts_of(staged))
    assert FICTITIOUS_HANDLER not in "".join(texts_of(staged))


@pytest.mark.parametrize("where", ["unit_name", "title"])
def test_no_name_or_title_is_staged_that_a_spreadsheet_would_run(
    tmp_path: Path, budget: Budget, where: str
) -> None:
    text = {
        "unit_name": text_grid(budget).replace(budget.unit_name, FORMULA),
        "title": text_grid(budget).replace("\n2026年度单位", "\n=1+2026年度单位", 1),
    }[where]
    staged = extract(document(tmp_path, text))
    found = staged.documents[where].drop_nulls().to_list()
    assert not [name for name in found if name.startswith(FORMULA_STARTS)]


def test_sums_too_large_for_a_column_do_not_end_the_build(tmp_path: Path, budget: Budget) -> None:
    table = budget.table(3)
    rows = [(*row[:2], *("999999999999.99" if c else "" for c in row[2:])) for row in table.rows]
    rich = with_table(budget, replace(table, rows=tuple(rows)))
    one = document(tmp_path, text_grid(rich))
    ledger = books.build(Intake((one,), ()), extract(one), [])
    catalogue = load_catalogue(PROJECT / "expectations" / "identities")
    chosen = [identity for identity in catalogue if identity.id == "function_rollup"]
    assert run(ledger.books, chosen).checks.height > 0


HANDLERS = {
    "at the foot of a table": "经办人\t{handler}\t\t\t\t\t",
    "with the telephone": "经办人:{handler}\t联系电话:{telephone}\t\t\t\t\t",
    "in one cell": "负责人 {leader} 经办人 {handler}\t\t\t\t\t\t",
    "with a colon and a blank": "经办人：　{handler}\t\t\t\t\t\t",
}


@pytest.mark.parametrize("foot", HANDLERS.values(), ids=HANDLERS)
def test_a_handler_below_a_table_leaves_no_trace(tmp_path: Path, budget: Budget, foot: str) -> None:
    row = foot.format(
        handler=FICTITIOUS_HANDLER, leader=FICTITIOUS_LEADER, telephone=FICTITIOUS_TELEPHONE
    )
    text = text_grid(budget)
    end = text.index("\n\n", text.rindex(title(12, 2026)) + 100)
    staged = extract(document(tmp_path, f"{text[:end]}\n{row}{text[end:]}"))
    found = "".join(texts_of(staged))
    assert not [
        w for w in (FICTITIOUS_HANDLER, FICTITIOUS_LEADER, FICTITIOUS_TELEPHONE) if w in found
    ]


def test_a_form_where_a_table_is_missed_leaves_no_name(tmp_path: Path, budget: Budget) -> None:
    text = text_grid(budget)
    start = text.rindex(title(13, 2026))
    end = text.index("第三部分 2026年度", start)
    form = next(line for line in performance_form(budget) if "\t" in line)
    cells = form.replace(":", "\t").split("\n")
    swapped = "\n".join([cells[-1], *cells[:-1]])
    staged = extract(
        document(tmp_path, f"{text[:start]}{title(13, 2026)}\n\n{swapped}\n\n{text[end:]}")
    )
    assert "projects_carried_over" in staged.quarantine["statement_id"].to_list()
    found = "".join(texts_of(staged))
    assert not [
        w for w in (FICTITIOUS_HANDLER, FICTITIOUS_LEADER, FICTITIOUS_TELEPHONE) if w in found
    ]


def test_a_performance_form_among_the_prose_leaves_no_handler(
    tmp_path: Path, budget: Budget
) -> None:
    text = text_grid(budget)
    assert FICTITIOUS_HANDLER in text
    staged = extract(document(tmp_path, text))
    found = "".join(texts_of(staged))
    assert not [
        w for w in (FICTITIOUS_HANDLER, FICTITIOUS_LEADER, FICTITIOUS_TELEPHONE) if w in found
    ]
    assert staged.leftovers.height > 0
    assert staged.projects.height == 1
    assert staged.indicators.height > 0


def test_a_figure_that_is_no_number_puts_its_statement_aside(
    tmp_path: Path, budget: Budget
) -> None:
    printed = budget.table(5).rows[0][2]
    spoilt = damaged_text(text_grid(budget), 5, "合计", printed, "1.2.3")
    staged = extract(document(tmp_path, spoilt))
    assert staged.quarantine.select("statement_id", "reason").rows() == [
        ("general_expenditure_function", "cell_unparsed")
    ]
