"""Any table as a PDF: rules, merged cells, captions, page breaks. For forms of every province.

Here: drawing the items of a `Reading` of one's own making. Not here: the Shanxi facsimiles, which
are typeset to look like the official print (typeset).
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.readers.shapes import Cell, Grid, Paragraph, Reading

FONT, SIZE, LEADING = "STSong-Light", 9.0, 11.0
PAGE = (842.0, 595.0)
MARGIN, PADDING, MAX_COLUMN = 40.0, 4.0, 150.0
RULE = 0.5
# So many rows of a table stand together at the foot of a page, or begin the next one.
HEAD_ROWS = 6


def pdf_of(reading: Reading) -> bytes:
    """The items of a reading as a PDF: a new page before each caption of a table that needs it."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=PAGE, invariant=1)
    sheet = Sheet(canvas)
    for item in reading.items:
        if isinstance(item, Grid):
            sheet.draw_grid(item)
        else:
            sheet.draw_line(item)
    canvas.save()
    return buffer.getvalue()


class Sheet:
    """A canvas and how far down the page is used."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.used = MARGIN

    def turn_page(self) -> None:
        """Begin a new page."""
        self.canvas.showPage()
        self.used = MARGIN

    def text(self, x: float, down: float, text: str) -> None:
        """One line of text, its top `down` points below the top of the page."""
        self.canvas.setFont(FONT, SIZE)
        self.canvas.drawString(x, PAGE[1] - down - SIZE, text)

    def draw_line(self, paragraph: Paragraph) -> None:
        """A line outside tables."""
        if self.used > PAGE[1] - 2 * MARGIN:
            self.turn_page()
        self.text(MARGIN, self.used, paragraph.text)
        self.used += 2 * LEADING

    def draw_grid(self, grid: Grid) -> None:
        """A table, cut where a page ends or the grid says that one does."""
        edges = column_edges(grid)
        heights = row_heights(grid, edges)
        if self.used + sum(heights[:HEAD_ROWS]) > PAGE[1] - MARGIN:
            self.turn_page()
        for first, last in pages(grid, heights, PAGE[1] - MARGIN - self.used):
            if first:
                self.turn_page()
            levels = [self.used]
            for height in heights[first:last]:
                levels.append(levels[-1] + height)
            for cell in grid.cells:
                if first <= cell.row < last:
                    self.draw_cell(cell, edges, levels, first, last)
            self.used = levels[-1] + LEADING

    def draw_cell(
        self, cell: Cell, edges: list[float], levels: list[float], first: int, last: int
    ) -> None:
        """A cell: its four rules and its text."""
        x0, x1 = edges[cell.column], edges[cell.column + cell.column_span]
        top = levels[cell.row - first]
        bottom = levels[min(cell.row + cell.row_span, last) - first]
        self.canvas.setLineWidth(RULE)
        self.canvas.rect(x0, PAGE[1] - bottom, x1 - x0, bottom - top)
        for number, line in enumerate(wrapped(cell.text, x1 - x0)):
            self.text(x0 + PADDING, top + PADDING / 2 + number * LEADING, line)


def width(text: str) -> float:
    """Points a text takes."""
    return float(pdfmetrics.stringWidth(text, FONT, SIZE))


def column_edges(grid: Grid) -> list[float]:
    """Columns as wide as their widest unmerged cell, up to a limit, all of them on the page."""
    edges = [MARGIN]
    for column in range(grid.columns):
        own = [c for c in grid.cells if c.column == column and c.column_span == 1]
        needed = max((width(line) for c in own for line in c.text.split("\n")), default=20.0)
        edges.append(edges[-1] + min(max(needed, 20.0), MAX_COLUMN) + 2 * PADDING)
    narrower = min(1.0, (PAGE[0] - 2 * MARGIN) / (edges[-1] - MARGIN))
    return [MARGIN + (edge - MARGIN) * narrower for edge in edges]


def wrapped(text: str, room: float) -> list[str]:
    """A text as lines that fit."""
    lines = []
    for part in text.split("\n"):
        line = ""
        for character in part:
            if line and width(line + character) > room - 2 * PADDING:
                lines.append(line)
                line = ""
            line += character
        lines.append(line)
    return lines


def row_heights(grid: Grid, edges: list[float]) -> list[float]:
    """Rows as high as their cells need; a merged cell lends to the last row it covers."""
    heights = [LEADING + PADDING] * grid.rows
    for cell in sorted(grid.cells, key=lambda c: c.row + c.row_span):
        room = edges[cell.column + cell.column_span] - edges[cell.column]
        needed = len(wrapped(cell.text, room)) * LEADING + PADDING
        rows = range(cell.row, cell.row + cell.row_span)
        lacking = needed - sum(heights[row] for row in rows)
        heights[rows[-1]] += max(lacking, 0.0)
    return heights


def pages(grid: Grid, heights: list[float], room: float) -> Iterator[tuple[int, int]]:
    """Ranges of rows, one for each page."""
    first, used = 0, 0.0
    for row, height in enumerate(heights):
        if row in grid.breaks or used + height > room:
            if row > first:
                yield first, row
            first, used, room = row, 0.0, PAGE[1] - 2 * MARGIN
        used += height
    yield first, grid.rows
