"""One mistake that moves many figures: named as one, whatever it breaks."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import polars as pl

from pipeline.findings.codes import corrected, rooted, suspect, under_prefix
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


def without(books: Books, statement: str, *lines: int) -> Books:
    """The books without some rows of a table; codes stand under what is left."""
    there = pl.col("statement_id") == statement
    gone = there & pl.col("line_no").is_in(lines)
    left = under_prefix(books.lines.filter(~gone), {(statement, None)})
    return Books(left, books.cells.filter(~gone), books.coverage)


def test_rows_that_a_table_does_not_print_and_another_does() -> None:
    explanation = only(without(good(), "expenditure", 4))
    assert (explanation.kind, explanation.detail) == ("rows_lost", "2080505")
    assert {(c.line_no, c.code, c.measure_id, c.value) for c in explanation.changes} == {
        (None, "2080505", "total", Decimal("408000")),
        (None, "2080505", "basic", Decimal("408000")),
    }


def test_a_class_that_is_lost_with_all_its_rows() -> None:
    explanation = only(without(good(), "revenue", 2, 3, 4, 5))
    assert explanation.kind == "rows_lost"
    assert explanation.detail == "208、20805、2080505、2080506"
    assert {c.value for c in explanation.changes if c.code == "2080506"} == {Decimal("204000")}


def test_rows_that_no_other_table_prints_are_not_made_up() -> None:
    """A row that both tables lack is lost without a trace of what it was."""
    books = without(without(good(), "expenditure", 4), "revenue", 4)
    kinds = {f.kind for f in found(books)}
    assert "rows_lost" not in kinds
    assert kinds


WIDE = """
    # form shanxi_budget
    # expenditure | total | basic | project
    total 合计 | 36.00 | 28.00 | 8.00
    code:201 一般公共服务支出 | 1.00 | 1.00 |
    code:205 教育支出 | 2.00 | 2.00 |
    code:206 科学技术支出 | 3.00 | 3.00 |
    code:208 社会保障和就业支出 | 4.00 | 4.00 |
    code:210 卫生健康支出 | 5.00 | 5.00 |
    code:212 城乡社区支出 | 6.00 | 6.00 |
    code:213 农林水支出 | 7.00 | 7.00 |
    code:221 住房保障支出 | 8.00 | | 8.00
"""


def test_a_column_that_is_lost_as_a_whole() -> None:
    books = read_example(WIDE)
    kept = books.cells.filter(~((pl.col("measure_id") == "basic") & (pl.col("line_no") > 1)))
    explanation = only(Books(books.lines, kept, books.coverage))
    assert (explanation.kind, explanation.detail) == ("column", "column basic")
    assert [c.value for c in explanation.changes] == [Decimal(n * 10000) for n in range(1, 8)]
    assert {c.amount_id for c in explanation.changes} == {None}
