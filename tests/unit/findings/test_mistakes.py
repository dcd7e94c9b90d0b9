"""One mistake that moves many figures: named as one, whatever it breaks."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import polars as pl

from pipeline.findings.codes import corrected, rooted, suspect
from pipeline.findings.verify import Put
from pipeline.identities.books import Books
from pipeline.identities.example import read_example
from tests.unit.findings.support import BUDGET, amount, found, good, only, places, said


def moved(books: Books, statement: str, **columns: pl.Expr) -> Books:
    """The books with cells of a statement changed."""
    there = pl.col("statement_id") == statement
    cells = books.cells.with_columns(
        pl.when(there).then(new).otherwise(name).alias(name) for name, new in columns.items()
    )
    return Books(books.lines, cells, books.coverage)


def test_a_table_in_another_unit() -> None:
    smaller = (pl.col("amount_yuan") / 10000).cast(pl.Decimal(18, 2))
    books = moved(good(), "expenditure", amount_yuan=smaller, step_yuan=pl.lit(Decimal("0.01")))
    (finding,) = found(books)
    assert finding.kind == "unit"
    assert finding.count == 2, "of two tables either may be the one"
    explanation, other = finding.explanations
    assert (explanation.detail, other.detail) == ("x10000", "x1/10000")
    assert {c.statement_id for c in explanation.changes} == {"expenditure"}
    assert {c.statement_id for c in other.changes} == {"revenue"}
    assert {c.amount_id: c.value for c in explanation.changes} == {
        key: value
        for key, value in good()
        .cells.filter(statement_id="expenditure")
        .select("amount_id", "amount_yuan")
        .iter_rows()
    }


def test_two_columns_exchanged() -> None:
    other = pl.col("measure_id").replace({"total": "project", "project": "total"})
    explanation = only(moved(good(), "expenditure", measure_id=other))
    assert (explanation.kind, explanation.detail) == ("columns", "total and project")
    assert {line for _, line, _ in places(explanation)} == set(range(1, 10)) - {9}


def test_a_row_shifted_by_a_column() -> None:
    """What stood in the first three columns stands in the last three."""
    order = ["total", "general_public_budget", "unit_funds", "carried_over"]
    there = pl.col("line_no") == 6
    pushed = pl.when(there).then(pl.col("measure_id").replace(dict(pairwise(order))))
    explanation = only(moved(good(), "revenue", measure_id=pushed.otherwise("measure_id")))
    assert (explanation.kind, explanation.detail) == ("row", "row 6 to the left from column 1")
    assert {line for _, line, _ in places(explanation)} == {6}


def test_two_rows_exchanged() -> None:
    line = pl.col("line_no").replace({4: 8, 8: 4})
    explanation = only(moved(good(), "expenditure", line_no=line))
    assert (explanation.kind, explanation.detail) == ("rows", "rows 4 and 8")


def test_a_run_of_rows_whose_figures_stand_one_too_low() -> None:
    with_end = BUDGET + "    code:21002 公立医院 |  |  | \n"
    line = pl.when(pl.col("line_no") > 6).then(pl.col("line_no") + 1).otherwise("line_no")
    explanation = only(moved(read_example(with_end), "expenditure", line_no=line))
    assert explanation.kind == "rows"
    assert explanation.detail == "rows 7 to 10 up"


def misprinted(books: Books, printed: str, *statements: str) -> Books:
    """The budget with 2080506 printed as another code."""
    there = pl.col("statement_id").is_in(statements)
    wrong = corrected(books.lines.filter(there), "2080506", printed)
    lines = pl.concat([books.lines.filter(~there), wrong])
    return Books(lines, books.cells, books.coverage)


def test_a_misprinted_code_is_one_finding_and_no_figure_of_it_changes() -> None:
    explanation = only(misprinted(good(), "2100506", "expenditure"))
    assert (explanation.kind, explanation.detail) == ("code", "2100506 → 2080506")
    assert {(c.line_no, c.printed == c.value) for c in explanation.changes} == {(5, True)}


def test_a_code_misprinted_in_every_table_is_known_by_where_it_belongs() -> None:
    (finding,) = found(misprinted(good(), "2180506", "expenditure", "revenue"))
    assert finding.kind == "code"
    assert "2180506 → 2080506" in [e.detail for e in finding.explanations]


def test_a_wrong_figure_is_no_misprinted_code() -> None:
    (finding,) = found(said(good(), **{amount("expenditure", 5, "basic"): "20.70"}))
    assert finding.kind == "cell"


def test_codes_stand_under_their_printed_prefix() -> None:
    assert rooted("20805", {"208", "20805"})
    assert not rooted("21805", {"208", "21805"})
    assert rooted("2080501", {"2080501"}), "a table of items alone prints no level above"
    assert suspect("218", {("a",): {"208"}, ("b",): {"208", "218"}})
    assert not suspect("208", {("a",): {"208"}, ("b",): {"208"}})


def test_a_put_without_a_value_is_a_blank() -> None:
    assert Put.__annotations__["value"] == "int | None"
