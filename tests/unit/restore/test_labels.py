"""The lost label of a total row: supplied where the row is the sum of all others."""

from __future__ import annotations

import pytest

from pipeline.readers.shapes import Cell, Grid, Place, Reading
from pipeline.restore.labels import BECAUSE, with_totals

HEADER = ("科目编码", "科目名称", "合计", "基本支出", "项目支出")


def grid(*rows: tuple[str, ...]) -> Grid:
    """A table of codes."""
    cells = tuple(
        Cell(r, c, text, Place(line=r + 1))
        for r, row in enumerate((HEADER, *rows))
        for c, text in enumerate(row)
    )
    return Grid(len(rows) + 1, len(HEADER), cells, spans_known=False)


def first_row(*rows: tuple[str, ...]) -> list[Cell | None]:
    """The code and the label of the first row after the lost label was looked for."""
    (_, found), *_ = with_totals(Reading("text", (grid(*rows),))).grids()
    return [found.at(1, 0), found.at(1, 1)]


SUM = ("", "", "3.01", "2.00", "1.00")
PARTS = (("201", "甲", "2.00", "1.00", "1.00"), ("20101", "乙", "2.00", "1.00", "1.00"))
LAST = ("208", "丙", "1.00", "1.00", "")


def test_the_row_that_is_the_sum_is_the_total() -> None:
    code, label = first_row(SUM, *PARTS, LAST)
    assert code is not None
    assert not code.text
    assert label is not None
    assert (label.text, label.restored_from) == ("合计", BECAUSE)


@pytest.mark.parametrize(
    "rows",
    [
        # A figure is more than rounding away from the sum.
        (("", "", "3.02", "2.00", "1.00"), *PARTS, LAST),
        # A column adds up to something else.
        (("", "", "3.00", "3.00", ""), *PARTS, LAST),
        # Another row is the total.
        (SUM, *PARTS, LAST, ("", "合计", "3.00", "2.00", "1.00")),
        # Nothing is printed in it.
        (("", "", "", "", ""), ("", "", "", "", "")),
        # It has a name.
        (("", "小计", "3.01", "2.00", "1.00"), *PARTS, LAST),
        (("", "", "三", "2.00", "1.00"), *PARTS, LAST),
    ],
)
def test_no_other_row_gets_a_label(rows: tuple[tuple[str, ...], ...]) -> None:
    assert all(cell is None or cell.restored_from is None for cell in first_row(*rows))
