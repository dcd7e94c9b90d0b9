"""Pages of which an image shows what the text lacks: scans, pictures of tables, rules as pixels.

What the reader of scans says is put in its place here: how it joins the text is what is tested.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.lib.utils import ImageReader

from pipeline.readers.pdf import reader
from pipeline.readers.scan import reader as scan
from pipeline.readers.shapes import Box, Cell, Grid, Paragraph, Place, Reading
from tests.unit.readers.drawn import HEIGHT, TEXTS, WIDTH, XS, YS, Draw, Paper, drawn
from tests.unit.readers.support import document, only_grid, outline, rows_of

Read = Callable[..., Reading]
PROSE = "本单位严格按照有关管理办法执行，切实提高预算公开的及时性和准确性，接受社会监督。"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads what is drawn."""

    def read_drawn(*pages: Draw) -> Reading:
        path = tmp_path / "a.pdf"
        path.write_bytes(drawn(*pages))
        return reader.read(document(path))

    return read_drawn


def seen_grid(number: int, *, empty: bool = False) -> Grid:
    """The table as the reader of scans would return it."""
    cells = []
    for row, texts in enumerate(TEXTS):
        for column, text in enumerate(texts):
            box = Box(XS[column], YS[row], XS[column + 1], YS[row + 1])
            cells.append(
                Cell(
                    row,
                    column,
                    "" if empty else text,
                    Place(number, box),
                    confidence=Decimal("0.950"),
                    reader="ocr",
                )
            )
    return Grid(3, 3, tuple(cells), spans_known=True, edges=XS)


@pytest.fixture
def seeing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The reader of scans sees the table on every page; which pages it was asked for."""
    asked: list[int] = []

    def read_page(page: pdfium.PdfPage, number: int) -> tuple[Paragraph | Grid, ...]:
        asked.append(number)
        title = Paragraph(f"预算支出表{'甲乙丙丁戊'[number]}", Place(number, Box(200, 50, 380, 65)))
        return title, seen_grid(number)

    def grid_lines(page: pdfium.PdfPage, number: int) -> tuple[Grid, ...]:
        asked.append(number)
        return (seen_grid(number, empty=True),)

    monkeypatch.setattr(scan, "read_page", read_page)
    monkeypatch.setattr(scan, "grid_lines", grid_lines)
    return asked


def image(paper: Paper, x0: float, y0: float, x1: float, y1: float) -> None:
    """A grey image."""
    grey = ImageReader(io.BytesIO(b"P6 1 1 255\n\x80\x80\x80"))
    paper.canvas.drawImage(grey, x0, HEIGHT - y1, x1 - x0, y1 - y0)


def scanned(paper: Paper) -> None:
    """A page that is one image."""
    image(paper, 0, 0, WIDTH, HEIGHT)


def printed(paper: Paper) -> None:
    """A page of prose."""
    paper.text(60, 60, PROSE)
    paper.text(60, 80, PROSE)


def test_scanned_pages_are_recognised(read: Read, seeing: list[int]) -> None:
    reading = read(scanned, printed, scanned, scanned)
    assert seeing == [1, 3, 4]
    assert (reading.reader, reading.blind_pages, reading.page_count) == ("ocr", (), 4)
    assert [g.cells[0].place.page for _, g in reading.grids()] == [1, 3, 4]
    assert {c.reader for _, g in reading.grids() for c in g.cells} == {None}


def test_a_scanned_page_among_printed_ones_names_its_reader(read: Read, seeing: list[int]) -> None:
    def table(paper: Paper) -> None:
        paper.text(60, 60, "预算收入表")
        paper.grid()
        paper.texts()

    reading = read(table, scanned, printed)
    assert (reading.reader, reading.blind_pages) == ("pdf", ())
    (_, own), (_, seen) = reading.grids()
    assert {c.reader for c in own.cells} == {None}
    assert {c.reader for c in seen.cells} == {"ocr"}
    assert rows_of(seen) == [list(row) for row in TEXTS]


def test_a_printed_page_among_scanned_ones_names_its_reader(read: Read, seeing: list[int]) -> None:
    def table(paper: Paper) -> None:
        paper.text(60, 60, "预算收入表")
        paper.grid()
        paper.texts()

    reading = read(scanned, scanned, table)
    *_, (_, own) = reading.grids()
    assert reading.reader == "ocr"
    assert {c.reader for c in own.cells} == {"pdf"}


def test_printed_pages_are_never_recognised(read: Read, seeing: list[int]) -> None:
    read(printed, lambda paper: image(paper, 60, 60, 200, 120) or printed(paper))
    assert seeing == []


def test_the_picture_of_a_table_on_a_printed_page_is_read(read: Read, seeing: list[int]) -> None:
    def page(paper: Paper) -> None:
        image(paper, 50, 95, 550, 400)
        paper.text(60, 60, PROSE)
        paper.text(60, 450, PROSE)

    reading = read(page)
    assert outline(reading) == [PROSE, "3 x 3", PROSE]
    assert {c.reader for c in only_grid(reading).cells} == {"ocr"}


def test_text_on_an_image_of_rules_goes_into_their_cells(read: Read, seeing: list[int]) -> None:
    def page(paper: Paper) -> None:
        scanned(paper)
        paper.texts()
        for n in range(4):
            paper.text(60, 300 + 20 * n, PROSE)

    reading = read(page)
    assert rows_of(only_grid(reading)) == [list(row) for row in TEXTS]
    assert {c.reader for c in only_grid(reading).cells} == {None}
    assert outline(reading)[1:] == [PROSE] * 4


def test_a_page_of_which_nothing_more_is_seen_than_printed_is_blind(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    foot = Paragraph("某市某局", Place(1, Box(60, 790, 100, 800)))
    monkeypatch.setattr(scan, "read_page", lambda page, number: (foot,))

    def page(paper: Paper) -> None:
        scanned(paper)
        paper.text(60, 790, "某市某局")

    assert read(page, printed).blind_pages == (1,)
