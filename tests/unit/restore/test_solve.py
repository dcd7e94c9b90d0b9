"""Readings against equations: a reading goes only when no equation can hold with it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from pipeline.restore.equations import Equation, Variable
from pipeline.restore.solve import Doubt, solve

STEP = Decimal("100")
ROW = (0, 0)


def cell(row: int, measure: str) -> Variable:
    """A cell of one statement."""
    return Variable("expenditure", "", row, measure)


def row_sum(row: int) -> Equation:
    """total = basic + project in a row."""
    terms = ((cell(row, "total"), 1), (cell(row, "basic"), -1), (cell(row, "project"), -1))
    return Equation("合计 = 基本支出 + 项目支出", terms, "rounding")


def column_sum(measure: str, rows: int) -> Equation:
    """The first row is the sum of those below it."""
    below = tuple((cell(row, measure), -1) for row in range(1, rows))
    return Equation("类 = Σ款", ((cell(0, measure), 1), *below), "rounding")


def steps(*cells: Mapping[Variable, Decimal]) -> dict[Variable, Decimal]:
    """万元 with two decimals everywhere."""
    return {v: STEP for some in cells for v in some}


def amounts(row: int, **values: int) -> dict[Variable, Decimal]:
    """A row's cells."""
    return {cell(row, measure): Decimal(value) for measure, value in values.items()}


def test_a_torn_figure_is_whole_where_the_row_says_so() -> None:
    apart = amounts(0, total=1300, basic=47000, project=13470000)
    whole = amounts(0, total=13470000, basic=13470000)
    doubt = Doubt([whole, apart])
    solve({ROW: doubt}, {}, [row_sum(0)], steps(apart, whole))
    assert doubt.left == {0}
    assert doubt.failed == {1: "合计 = 基本支出 + 项目支出"}


def test_a_row_alone_does_not_tell_which_part_is_blank() -> None:
    basic = amounts(0, total=500000, basic=500000)
    project = amounts(0, total=500000, project=500000)
    doubt = Doubt([basic, project])
    solve({ROW: doubt}, {}, [row_sum(0)], steps(basic, project))
    assert doubt.left == {0, 1}


def test_the_sum_above_tells_it() -> None:
    known = amounts(0, total=900000, basic=900000) | amounts(1, total=400000, basic=400000)
    basic = amounts(2, total=500000, basic=500000)
    project = amounts(2, total=500000, project=500000)
    doubt = Doubt([basic, project])
    sums = [column_sum(m, 3) for m in ("total", "basic", "project")]
    solve({ROW: doubt}, known, [row_sum(2), *sums], steps(known, basic, project))
    assert doubt.left == {0}


def test_rows_in_doubt_decide_each_other() -> None:
    """Above stands 9 = 4 + 5: only together do the rows below tell their columns."""
    known = amounts(0, total=900000, basic=400000, project=500000)
    doubts = {
        (0, row): Doubt([amounts(row, total=n, basic=n), amounts(row, total=n, project=n)])
        for row, n in ((1, 400000), (2, 500000))
    }
    sums = [column_sum(m, 3) for m in ("total", "basic", "project")]
    size = steps(known, *(r for d in doubts.values() for r in d.readings))
    solve(doubts, known, sums, size)
    assert {row: doubt.left for (_, row), doubt in doubts.items()} == {1: {0}, 2: {1}}


def test_rounding_is_no_reason_to_drop_a_reading() -> None:
    known = amounts(1, total=100100) | amounts(2, total=100100)
    doubt = Doubt([amounts(0, total=200300), amounts(0, total=300300)])
    solve({ROW: doubt}, known, [column_sum("total", 3)], steps(known, *doubt.readings))
    assert doubt.left == {0}


def test_fen_are_never_rounded() -> None:
    known = {cell(1, "total"): Decimal("1.00"), cell(2, "total"): Decimal("1.00")}
    doubt = Doubt([{cell(0, "total"): Decimal("2.01")}, {cell(0, "total"): Decimal("2.00")}])
    fen = {v: Decimal("0.01") for v in (cell(0, "total"), *known)}
    solve({ROW: doubt}, known, [column_sum("total", 3)], fen)
    assert doubt.left == {1}


def test_a_print_that_contradicts_itself_leaves_nothing() -> None:
    doubt = Doubt([amounts(0, total=100, basic=90000), amounts(0, total=100, project=90000)])
    solve({ROW: doubt}, {}, [row_sum(0)], steps(*doubt.readings))
    assert doubt.left == set()


ROWS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(any), min_size=2, max_size=5
)


@given(ROWS, st.data())
def test_the_true_reading_is_never_dropped(
    rows: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Every row of a true table in doubt: whatever is decided is what it was."""
    table = [(sum(b for b, _ in rows), sum(p for _, p in rows)), *rows]
    truth = {
        row: {
            cell(row, m): Decimal(v) * STEP
            for m, v in (("total", b + p), ("basic", b), ("project", p))
            if v
        }
        for row, (b, p) in enumerate(table)
    }
    doubts = {}
    for row, cells in truth.items():
        figures = [cells[v] for v in sorted(cells, key=lambda v: (v.measure != "total", v.measure))]
        places = [("total", "basic"), ("total", "project"), ("basic", "project")]
        if len(figures) == 2:
            readings = [
                dict(zip((cell(row, m) for m in way), figures, strict=True)) for way in places
            ]
            doubts[0, row] = Doubt(data.draw(st.permutations(readings)))
    known = {
        v: x for row, cells in truth.items() if (0, row) not in doubts for v, x in cells.items()
    }
    equations = [row_sum(row) for row in truth]
    equations += [column_sum(m, len(table)) for m in ("total", "basic", "project")]
    size = {cell(row, m): STEP for row, m in product(truth, ("total", "basic", "project"))}
    solve(doubts, known, equations, size)
    for (_, row), doubt in doubts.items():
        assert truth[row] in [doubt.readings[n] for n in doubt.left]
