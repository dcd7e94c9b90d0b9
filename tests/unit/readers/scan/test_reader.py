"""A scanned page read: a small table with everything that goes wrong, as a scanner gives it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pypdfium2 as pdfium
import pytest

from pipeline.readers.scan import engine, recognition
from pipeline.readers.scan.cells import Entry, doubted
from pipeline.readers.scan.reader import grid_lines, read_page
from pipeline.readers.scan.segments import Blob, Line, text_lines
from pipeline.readers.shapes import Cell, Grid, Paragraph, Place
from tests.facsimile.scanned import Damage, scanned
from tests.unit.readers import paper
from tests.unit.readers.support import rows_of

Items = tuple[Paragraph | Grid, ...]
WIDTHS = (80, 150, 90, 80)
TABLE = """
项目 | < | 预算数 | <
科目编码 | 科目名称 | 合计 | 基本支出
201 | 一般公共服务支出 | 1,504.31 | 340.06
2010301 | 　行政运行 | 1,137.43 | —
208 | 社会保障和就业/支出 | 195.44 |
合计 | < | 2,837.18 | -10.00
"""
WORN = Damage(skew=1.2, blur=0.7, quality=55, specks=0.001, paper=235, seal=(0.75, 0.6))


def printed() -> bytes:
    """The table with a title and a line of its unit, on a small page."""
    lines = paper.line("预算公开表一", 40, size=14), paper.line("单位：万元", 62, x=380)
    sheet = paper.page(*lines, paper.table(TABLE, WIDTHS, y=80, height=26), width=520, height=300)
    return paper.pdf_bytes([sheet])


def read(damage: Damage) -> Items:
    """The page as read after damage."""
    document = pdfium.PdfDocument(scanned(printed(), damage))
    try:
        return read_page(document[0], 7)
    finally:
        document.close()


@pytest.fixture(scope="module")
def worn() -> Items:
    """The worn page, read once."""
    return read(WORN)


def grid_of(items: Items) -> Grid:
    """The one grid of a page."""
    (grid,) = (item for item in items if isinstance(item, Grid))
    return grid


def stripped(grid: Grid) -> list[list[str]]:
    """The texts of a grid without the blanks before them."""
    return [[text.strip() for text in row] for row in rows_of(grid)]


WANTED = [
    ["项目", "", "预算数", ""],
    ["科目编码", "科目名称", "合计", "基本支出"],
    ["201", "一般公共服务支出", "1,504.31", "340.06"],
    ["2010301", "行政运行", "1,137.43", "—"],
    ["208", "社会保障和就业\n支出", "195.44", ""],
    ["合计", "", "2,837.18", "-10.00"],
]


def test_a_worn_page_is_read_exactly(worn: Items) -> None:
    grid = grid_of(worn)
    assert stripped(grid) == WANTED
    assert grid.spans_known
    spans = {(c.row, c.column): (c.row_span, c.column_span) for c in grid.cells}
    assert spans[0, 0] == spans[0, 2] == spans[5, 0] == (1, 2)


def test_lines_outside_the_grid_come_in_order(worn: Items) -> None:
    assert [i.text for i in worn if isinstance(i, Paragraph)] == ["预算公开表一", "单位：万元"]
    assert isinstance(worn[-1], Grid)
    assert all(i.place.page == 7 for i in worn if isinstance(i, Paragraph))


def test_indentation_tells_the_levels_apart(worn: Items) -> None:
    grid = grid_of(worn)
    assert grid.text(2, 1) == "一般公共服务支出"
    assert grid.text(3, 1) == "　行政运行"


def test_no_cell_of_a_scan_is_certain(worn: Items) -> None:
    cells = grid_of(worn).cells
    assert all(c.reader == "ocr" and Decimal(0) <= c.confidence < 1 for c in cells)
    assert all(c.confidence == c.confidence.quantize(Decimal("0.001")) for c in cells)
    sure = [c.text.strip() for c in cells if c.confidence > Decimal("0.5")]
    assert {"201", "208", "2010301", "1,137.43", "-10.00"} <= set(sure)


def test_edges_are_those_of_the_print(worn: Items) -> None:
    edges = grid_of(worn).edges
    assert edges == pytest.approx((60, 140, 290, 380, 460), abs=1.5)


def test_every_run_gives_the_same(worn: Items) -> None:
    assert read(WORN) == worn


def test_a_page_on_its_side_is_turned_upright() -> None:
    items = read(replace(WORN, turned=90, seal=None))
    assert stripped(grid_of(items)) == WANTED
    head = grid_of(items).cells[0].place.box
    assert head is not None
    # The head of the table, at its left and top, lies at the left and bottom of the sheet.
    assert head.x0 < 120
    assert head.y1 > 450


def test_the_grid_without_its_text() -> None:
    document = pdfium.PdfDocument(scanned(printed(), WORN))
    (grid,) = grid_lines(document[0], 7)
    assert (grid.rows, grid.columns, len(grid.cells)) == (6, 4, 21)
    assert not any(cell.text for cell in grid.cells)


def test_an_empty_page_has_nothing() -> None:
    sheet = paper.page(width=300, height=200)
    document = pdfium.PdfDocument(scanned(paper.pdf_bytes([sheet]), WORN))
    assert read_page(document[0], 1) == ()


# One cell


def piece(*areas: tuple[int, int, int, int]) -> np.ndarray:
    """A white cell with dark areas (x0, y0, x1, y1)."""
    cell = np.full((60, 200), 255, np.uint8)
    for x0, y0, x1, y1 in areas:
        cell[y0:y1, x0:x1] = 0
    return cell


def test_dust_leaves_a_cell_empty() -> None:
    assert text_lines(piece((10, 10, 12, 12), (80, 30, 84, 35), (150, 50, 151, 51)), 24) == []


def test_two_lines_that_touch_are_cut() -> None:
    columns = [(x, 5, x + 12, 27) for x in range(10, 150, 20)]
    lower = [(x, 28, x + 12, 50) for x in range(10, 150, 20)]
    found = text_lines(piece(*columns, *lower, (10, 26, 14, 29)), 22)
    assert [(line.y0, line.y1) for line in found] == [(5, 27), (27, 50)]


LINE = Line(10, 10, 110, 34, (Blob(10, 10, 40, 34, 300), Blob(80, 10, 110, 34, 300)))


def steps(text: str, probability: float = 0.99) -> np.ndarray:
    """What the recogniser would give for a text: each character, then nothing."""
    characters = engine.engine().characters
    found = np.zeros((2 * len(text) + 1, len(characters)), np.float32)
    found[0::2, 0] = 1
    for index, character in enumerate(text):
        found[2 * index + 1, characters.index(character)] = probability
    return found


def read_as(monkeypatch: pytest.MonkeyPatch, *readings: np.ndarray) -> recognition.Reading:
    """What is made of a line that is read so, the last reading repeated."""
    left: Iterator[np.ndarray] = iter(readings)
    last = readings[-1]
    monkeypatch.setattr(engine, "probabilities", lambda *_: next(left, last))
    return recognition.read_line(piece((10, 10, 40, 34), (45, 10, 75, 34)), LINE_CLOSE, 24)


LINE_CLOSE = Line(10, 10, 75, 34, (Blob(10, 10, 40, 34, 700), Blob(45, 10, 75, 34, 700)))


def test_ink_that_says_nothing_is_a_question_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_as(monkeypatch, steps("")) == recognition.Reading("?", 0.0)


def test_readings_that_agree_are_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_as(monkeypatch, steps("1,504.31"))
    assert (found.text, found.is_number) == ("1,504.31", True)
    assert found.confidence == pytest.approx(0.99, abs=0.001)


@pytest.mark.parametrize("second", ["1,504.37", "1,50431", "1,504.3"])
def test_readings_that_differ_are_doubted(monkeypatch: pytest.MonkeyPatch, second: str) -> None:
    found = read_as(monkeypatch, steps("1,504.31"), steps(second))
    assert found.text == "1,504.31"
    assert found.confidence <= 0.5


def test_wrong_grouping_is_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_as(monkeypatch, steps("1,50.31")).confidence <= 0.5


def test_a_digit_that_is_hardly_seen_is_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_as(monkeypatch, steps("150431", 0.7)).confidence <= 0.5


def test_a_letter_among_digits_is_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_as(monkeypatch, steps("15O4.31"), steps("1504.31")).confidence <= 0.5


def test_digits_far_apart_are_not_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "probabilities", lambda *_: steps("12 13"))
    found = recognition.read_line(piece((10, 10, 40, 34), (80, 10, 110, 34)), LINE, 24)
    assert (found.text, found.is_number) == ("12 13", False)
    assert found.confidence <= 0.5


def entry(text: str, row: int, column_span: int = 1) -> Entry:
    """A trusted number in the first column."""
    cell = Cell(row, 0, text, Place(page=1), 1, column_span, Decimal("0.999"))
    return Entry(cell, is_number=True)


def test_a_number_that_spans_columns_is_doubted() -> None:
    """Where a rule faded, nobody knows in which of the columns it stands."""
    found = doubted([entry("12.00", 0), entry("13.00", 1, column_span=2)])
    assert [cell.confidence for cell in found] == [Decimal("0.999"), Decimal("0.500")]


def test_a_number_unlike_its_column_is_doubted() -> None:
    texts = ["1504.31", "340.06", "195.44", "2.17", "36688"]
    found = doubted([entry(text, row) for row, text in enumerate(texts)])
    assert [cell.text for cell in found if cell.confidence <= Decimal("0.5")] == ["36688"]


# The engine


def test_the_models_come_from_the_wheel(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    built = engine.engine.__wrapped__()
    assert len(built.characters) > 6000
    assert capfd.readouterr() == ("", "")
