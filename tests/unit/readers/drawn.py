"""Small PDFs drawn stroke by stroke: the same table in every way that producers draw rules.

Here: drawing. Coordinates are points from the top left of the page. Not here: readers.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from itertools import pairwise

from reportlab.lib.colors import Color, black, white
from reportlab.pdfgen.canvas import Canvas

from tests.facsimile.typeset import FONT, text_width

WIDTH, HEIGHT = 595.0, 842.0
XS = (60.0, 130.0, 280.0, 360.0)
YS = (100.0, 120.0, 140.0, 160.0)
TEXTS = (("编码", "名称", "金额"), ("201", "一般公共服务", "30.00"), ("208", "社会保障", "2.00"))
GREY = Color(0.85, 0.85, 0.85)


class Paper:
    """A canvas whose y runs down."""

    def __init__(self, canvas: Canvas, height: float = HEIGHT) -> None:
        self.canvas, self.height = canvas, height

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A stroke."""
        self.canvas.line(x0, self.height - y0, x1, self.height - y1)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, *, stroke: int = 0, fill: int = 1
    ) -> None:
        """A rectangle."""
        self.canvas.rect(x0, self.height - y1, x1 - x0, y1 - y0, stroke=stroke, fill=fill)

    def paint(self, colour: Color, x0: float, y0: float, x1: float, y1: float) -> None:
        """A filled rectangle; later fills are black again."""
        self.canvas.setFillColor(colour)
        self.box(x0, y0, x1, y1)
        self.canvas.setFillColor(black)

    def text(self, x: float, y: float, text: str, size: float = 10) -> None:
        """A line of text on its baseline."""
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, self.height - y, text)

    def texts(
        self,
        rows: Sequence[Sequence[str]] = TEXTS,
        xs: Sequence[float] = XS,
        ys: Sequence[float] = YS,
    ) -> None:
        """The texts of a table, at the left of their cells."""
        for row, top in zip(rows, ys, strict=False):
            for text, left in zip(row, xs, strict=False):
                if text:
                    self.text(left + 3, top + 14, text)

    def grid(self, xs: Sequence[float] = XS, ys: Sequence[float] = YS) -> None:
        """The rules of a table as strokes."""
        for x in xs:
            self.line(x, ys[0], x, ys[-1])
        for y in ys:
            self.line(xs[0], y, xs[-1], y)


Draw = Callable[[Paper], None]


def drawn(*pages: Draw, width: float = WIDTH, height: float = HEIGHT) -> bytes:
    """The pages as a PDF."""
    text_width("")  # registers the font
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height), invariant=1)
    for draw in pages:
        canvas.setLineWidth(0.5)
        canvas.setFillColor(black)
        draw(Paper(canvas, height))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def strokes(paper: Paper) -> None:
    """Rules as strokes."""
    paper.grid()


def thin_fills(paper: Paper) -> None:
    """Rules as thin filled rectangles."""
    for x in XS:
        paper.box(x - 0.25, YS[0], x + 0.25, YS[-1])
    for y in YS:
        paper.box(XS[0], y - 0.25, XS[-1], y + 0.25)


def cell_boxes(paper: Paper) -> None:
    """A stroked rectangle for each cell."""
    for left, right in pairwise(XS):
        for top, bottom in pairwise(YS):
            paper.box(left, top, right, bottom, stroke=1, fill=0)


def cell_boxes_apart(paper: Paper) -> None:
    """A stroked rectangle for each cell, neighbours a point apart."""
    for left, right in pairwise(XS):
        for top, bottom in pairwise(YS):
            paper.box(left + 0.5, top + 0.5, right - 0.5, bottom - 0.5, stroke=1, fill=0)


def filled_frames(paper: Paper) -> None:
    """A frame for each cell, painted between two rectangles."""
    for left, right in pairwise(XS):
        for top, bottom in pairwise(YS):
            path = paper.canvas.beginPath()
            path.rect(left, HEIGHT - bottom, right - left, bottom - top)
            path.rect(left + 0.6, HEIGHT - bottom + 0.6, right - left - 1.2, bottom - top - 1.2)
            paper.canvas.drawPath(path, stroke=0, fill=1, fillMode=0)


def white_on_black(paper: Paper) -> None:
    """A black area, and a white rectangle on it for each cell."""
    paper.paint(black, XS[0] - 0.5, YS[0] - 0.5, XS[-1] + 0.5, YS[-1] + 0.5)
    for left, right in pairwise(XS):
        for top, bottom in pairwise(YS):
            paper.paint(white, left + 0.5, top + 0.5, right - 0.5, bottom - 0.5)


def dash_by_dash(paper: Paper) -> None:
    """Rules as rows of short strokes."""
    for y in YS:
        for n in range(int((XS[-1] - XS[0]) / 4) + 1):
            paper.line(XS[0] + 4 * n, y, XS[0] + 4 * n + 2.5, y)
    for x in XS:
        for n in range(int((YS[-1] - YS[0]) / 4)):
            paper.line(x, YS[0] + 4 * n, x, YS[0] + 4 * n + 2.5)


def dots(paper: Paper) -> None:
    """Rules as rows of square dots."""
    for y in YS:
        for n in range(int((XS[-1] - XS[0]) / 2) + 1):
            paper.box(XS[0] + 2 * n, y - 0.4, XS[0] + 2 * n + 0.8, y + 0.4)
    for x in XS:
        for n in range(int((YS[-1] - YS[0]) / 2) + 1):
            paper.box(x - 0.4, YS[0] + 2 * n, x + 0.4, YS[0] + 2 * n + 0.8)


def dashed(paper: Paper) -> None:
    """Strokes with a dash pattern."""
    paper.canvas.setDash(3, 2)
    paper.grid()
    paper.canvas.setDash()


def double(paper: Paper) -> None:
    """Every rule twice."""
    for away in (0, 1.6):
        for x in XS:
            paper.line(x + away, YS[0], x + away, YS[-1] + 1.6)
        for y in YS:
            paper.line(XS[0], y + away, XS[-1] + 1.6, y + away)


def in_a_form(paper: Paper) -> None:
    """Rules in a form within a form, each with a matrix of its own."""
    canvas = paper.canvas
    canvas.beginForm("inner", 0, -HEIGHT, WIDTH, 0)
    for x in XS:
        canvas.line(x / 2, -YS[0] / 2, x / 2, -YS[-1] / 2)
    for y in YS:
        canvas.line(XS[0] / 2, -y / 2, XS[-1] / 2, -y / 2)
    canvas.endForm()
    canvas.beginForm("outer", 0, -HEIGHT, WIDTH, 0)
    canvas.scale(2, 2)
    canvas.doForm("inner")
    canvas.endForm()
    canvas.saveState()
    canvas.translate(0, HEIGHT)
    canvas.doForm("outer")
    canvas.restoreState()


def pieces(paper: Paper) -> None:
    """Each side of each cell as a small filled rectangle of its own, as word processors do."""
    step = 10.0
    for y in YS:
        for n in range(int((XS[-1] - XS[0]) / step)):
            paper.box(XS[0] + n * step, y - 0.25, XS[0] + (n + 1) * step, y + 0.25)
    for x in XS:
        for n in range(int((YS[-1] - YS[0]) / step)):
            paper.box(x - 0.25, YS[0] + n * step, x + 0.25, YS[0] + (n + 1) * step)


def on_white(paper: Paper) -> None:
    """White behind every cell, painted cell by cell with its rules."""
    for top, bottom in pairwise(YS):
        for left, right in pairwise(XS):
            paper.paint(white, left, top, right, bottom)
            paper.box(left, top, right, bottom, stroke=1, fill=0)


def shaded(paper: Paper) -> None:
    """A grey header below and above its rules, and a grey first column of half-height stripes."""
    paper.paint(GREY, XS[0], YS[0], XS[-1], YS[1])
    paper.paint(GREY, XS[0] + 5, YS[1], XS[0] + 20, YS[1] + 10)
    paper.grid()


STYLES: dict[str, Draw] = {
    draw.__name__: draw
    for draw in (
        strokes, thin_fills, cell_boxes, cell_boxes_apart, filled_frames, white_on_black,
        dash_by_dash, dots, dashed, double, in_a_form, pieces, on_white, shaded,
    )
}  # fmt: skip
