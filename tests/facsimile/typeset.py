"""Draws a budget as a PDF that looks like the official print: same input, same bytes.

Here belongs the canvas work: cover, section page, sheets, rules, foot line, metadata. Where the
cells stand is computed in `layout.py`.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.facsimile.budget import Budget
from tests.facsimile.layout import (
    FONT_SIZE,
    LEADING,
    PADDING,
    PORTRAIT_SIZE,
    Cell,
    Sheet,
    Text,
    sheets,
    wrapped,
)

FONT = "YusuanFacsimile"
FONT_FILE = Path(__file__).parent / "fonts" / "YusuanFacsimile-Regular.ttf"
KEYWORDS = "yusuan-facsimile"
FOOT = "仿制件 facsimile · 非官方文件"
RULE_WIDTH = 0.5


def pdf_bytes(budget: Budget, *, repeat_headers: bool = False) -> bytes:
    """The whole disclosure: cover, section page, thirteen tables."""
    _register_font()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=PORTRAIT_SIZE, invariant=1, pageCompression=1)
    canvas.setTitle(budget.title)
    canvas.setSubject(FOOT)
    canvas.setKeywords(KEYWORDS)
    canvas.setAuthor("Yusuan")
    canvas.setCreator("tests.facsimile")
    _cover(canvas, budget)
    _section_page(canvas, budget)
    for table in budget.tables:
        for sheet in sheets(budget, table, text_width, repeat_headers=repeat_headers):
            _sheet(canvas, sheet)
    canvas.save()
    return buffer.getvalue()


def write_pdf(budget: Budget, path: Path, *, repeat_headers: bool = False) -> Path:
    path.write_bytes(pdf_bytes(budget, repeat_headers=repeat_headers))
    return path


def text_width(text: str, size: float = FONT_SIZE) -> float:
    _register_font()
    return float(pdfmetrics.stringWidth(text, FONT, size))


@cache
def _register_font() -> None:
    pdfmetrics.registerFont(TTFont(FONT, str(FONT_FILE)))


def _cover(canvas: Canvas, budget: Budget) -> None:
    width, height = PORTRAIT_SIZE
    canvas.setPageSize(PORTRAIT_SIZE)
    y = 250.0
    for line in wrapped(budget.unit_name, 400, lambda text: text_width(text, 26)):
        _text(canvas, height, Text(width / 2, y, line, 26, "centre"))
        y += 40
    line = f"{budget.year}年度{budget.scope_word}预算公开"
    _text(canvas, height, Text(width / 2, y + 60, line, 22, "centre"))
    _foot(canvas, width)
    canvas.showPage()


def _section_page(canvas: Canvas, budget: Budget) -> None:
    width, height = PORTRAIT_SIZE
    canvas.setPageSize(PORTRAIT_SIZE)
    line = f"第二部分 {budget.year}年{budget.scope_word}预算报表"
    _text(canvas, height, Text(width / 2, 360, line, 22, "centre"))
    _foot(canvas, width)
    canvas.showPage()


def _sheet(canvas: Canvas, sheet: Sheet) -> None:
    canvas.setPageSize((sheet.width, sheet.height))
    _rules(canvas, sheet)
    for cell in sheet.cells:
        _cell_text(canvas, sheet.height, cell)
    for text in sheet.texts:
        _text(canvas, sheet.height, text)
    _foot(canvas, sheet.width)
    canvas.showPage()


def _rules(canvas: Canvas, sheet: Sheet) -> None:
    """Every edge of every cell as a stroke, shared edges once."""
    canvas.setLineWidth(RULE_WIDTH)
    edges = set()
    for cell in sheet.cells:
        edges |= {
            (cell.x0, cell.y0, cell.x1, cell.y0),
            (cell.x0, cell.y1, cell.x1, cell.y1),
            (cell.x0, cell.y0, cell.x0, cell.y1),
            (cell.x1, cell.y0, cell.x1, cell.y1),
        }
    for x0, y0, x1, y1 in sorted(edges):
        canvas.line(x0, sheet.height - y0, x1, sheet.height - y1)


def _cell_text(canvas: Canvas, page_height: float, cell: Cell) -> None:
    x = {
        "left": cell.x0 + PADDING,
        "right": cell.x1 - PADDING,
        "centre": (cell.x0 + cell.x1) / 2,
    }[cell.align]
    first = (cell.y0 + cell.y1 - len(cell.lines) * LEADING) / 2 + LEADING - 3
    for index, line in enumerate(cell.lines):
        text = Text(x, first + index * LEADING, line, FONT_SIZE, cell.align)
        _text(canvas, page_height, text)


def _text(canvas: Canvas, page_height: float, text: Text) -> None:
    _must_print(text.text)
    canvas.setFont(FONT, text.size)
    draw = {
        "left": canvas.drawString,
        "right": canvas.drawRightString,
        "centre": canvas.drawCentredString,
    }[text.align]
    draw(text.x, page_height - text.y, text.text)


def _must_print(text: str) -> None:
    """A character the subset lacks would print as an empty box: better no PDF."""
    known = pdfmetrics.getFont(FONT).face.charToGlyph
    if missing := sorted({character for character in text if ord(character) not in known}):
        raise ValueError(f"not in the facsimile font, add to fonts/charset.txt: {missing}")


def _foot(canvas: Canvas, page_width: float) -> None:
    _must_print(FOOT)
    canvas.setFont(FONT, 6.5)
    canvas.drawCentredString(page_width / 2, 18, FOOT)
