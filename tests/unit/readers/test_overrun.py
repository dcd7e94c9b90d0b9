"""Figures that a rule cuts go to one cell whole; figures that only stand close do not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.readers.shapes import Grid
from tests.accuracy.comparison import reading

EDGES, ROWS = (50.0, 120.0, 160.0, 220.0), (50.0, 70.0, 90.0)


def cells(path: Path, *texts: tuple[float, str]) -> list[str]:
    """The second row of a ruled table, each text ending at an x."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(400, 300), invariant=1)
    for y in ROWS:
        canvas.line(EDGES[0], 300 - y, EDGES[-1], 300 - y)
    for x in EDGES:
        canvas.line(x, 300 - ROWS[0], x, 300 - ROWS[-1])
    canvas.setFont("Helvetica", 9)
    for x, text in zip(EDGES, ("one", "two", "three"), strict=False):
        canvas.drawString(x + 2, 300 - ROWS[0] - 14, text)
    for x, text in texts:
        canvas.drawRightString(x, 300 - ROWS[1] - 14, text)
    canvas.save()
    path.write_bytes(buffer.getvalue())
    (grid,) = (item for item in reading(path).items if isinstance(item, Grid))
    return [grid.text(1, column).strip() for column in range(3)]


@pytest.mark.parametrize("over", [2.0, 4.0, 6.0])
def test_a_figure_over_the_rule_on_its_right_stays_whole(tmp_path: Path, over: float) -> None:
    found = cells(tmp_path / "a.pdf", (160 + over, "1,504.31"), (218, "2.00"))
    assert found == ["", "1,504.31", "2.00"]


def test_a_wide_figure_over_the_rule_on_its_left_stays_whole(tmp_path: Path) -> None:
    found = cells(tmp_path / "a.pdf", (70, "x"), (158, "12,345,678.90"), (218, "2.00"))
    assert found == ["x", "12,345,678.90", "2.00"]


def test_figures_that_only_stand_close_keep_their_cells(tmp_path: Path) -> None:
    found = cells(tmp_path / "a.pdf", (159.5, "3.75"), (186, "20131"))
    assert found == ["", "3.75", "20131"]
