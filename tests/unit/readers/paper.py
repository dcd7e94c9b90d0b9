"""Small PDFs for tests: ruled tables and lines of text at given places.

Here: drawing of `tests.facsimile.layout` sheets, and tables written as text. Not here: whole
budgets (tests.facsimile) and anything of the pipeline.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from tests.facsimile.layout import FONT_SIZE, LEADING, PADDING, Cell, Sheet, Text
from tests.facsimile.typeset import FONT, RULE_WIDTH, text_width

WIDTH, HEIGHT = 595.0, 842.0
ROW = 20.0
Draw = Callable[[Canvas, Sheet], None]


def table(
    rows: str, widths: Sequence[float], x: float = 60.0, y: float = 100.0, height: float = ROW
) -> tuple[Cell, ...]:
    """Ruled cells of a table written with `|`: `<` is covered from the left, `^` from above.

    A `/` inside a cell breaks its line; leading full-width blanks are kept.
    """
    lines = [[cell.strip(" ") for cell in row.split("|")] for row in rows.strip("\n").split("\n")]
    edges = [x + sum(widths[:n]) for n in range(len(widths) + 1)]
    cells = []
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            if text in ("<", "^"):
                continue
            right, below = column + 1, row + 1
            while right < len(line) and line[right] == "<":
                right += 1
            while below < len(lines) and lines[below][column] == "^":
                below += 1
            printed = tuple(text.split("/")) if text else ()
            top, bottom = y + row * height, y + below * height
            cells.append(Cell(edges[column], top, edges[right], bottom, printed, "left"))
    return tuple(cells)


def page(*parts: tuple[Cell, ...] | Text, width: float = WIDTH, height: float = HEIGHT) -> Sheet:
    """A page of tables and lines."""
    cells = tuple(cell for part in parts if isinstance(part, tuple) for cell in part)
    texts = tuple(part for part in parts if isinstance(part, Text))
    return Sheet(width, height, cells, texts)


def line(text: str, y: float, x: float = 60.0, size: float = FONT_SIZE) -> Text:
    """A line of text with its baseline `y` below the top of the page."""
    return Text(x, y, text, size)


def pdf_bytes(sheets: Iterable[Sheet], *, rotate: int = 0, also: Draw | None = None) -> bytes:
    """The pages as a PDF; `also` draws on every page before it ends."""
    text_width("")  # registers the font
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for sheet in sheets:
        canvas.setPageSize((sheet.width, sheet.height))
        if rotate:
            canvas.setPageRotation(rotate)
        canvas.setLineWidth(RULE_WIDTH)
        for cell in sheet.cells:
            canvas.rect(cell.x0, sheet.height - cell.y1, cell.x1 - cell.x0, cell.y1 - cell.y0)
            _fill(canvas, sheet.height, cell)
        for text in sheet.texts:
            _print(canvas, sheet.height, text)
        if also:
            also(canvas, sheet)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def write_pdf(path: Path, *sheets: Sheet) -> Path:
    """The pages as a PDF file."""
    path.write_bytes(pdf_bytes(sheets))
    return path


def _fill(canvas: Canvas, page_height: float, cell: Cell) -> None:
    x = {
        "left": cell.x0 + PADDING,
        "right": cell.x1 - PADDING,
        "centre": (cell.x0 + cell.x1) / 2,
    }[cell.align]
    first = (cell.y0 + cell.y1 - len(cell.lines) * LEADING) / 2 + LEADING - 3
    for index, text in enumerate(cell.lines):
        at = Text(x, first + index * LEADING, text, FONT_SIZE, cell.align)
        _print(canvas, page_height, at)


def _print(canvas: Canvas, page_height: float, text: Text) -> None:
    canvas.setFont(FONT, text.size)
    draw = {
        "left": canvas.drawString,
        "right": canvas.drawRightString,
        "centre": canvas.drawCentredString,
    }[text.align]
    draw(text.x, page_height - text.y, text.text)
