"""The page as displayed, and the page turned so that its text is upright.

Here: /Rotate and the crop box as one matrix, and quarter turns of boxes. Displayed coordinates are
PDF points from the top left; a quarter is 90 degrees clockwise.
"""

from __future__ import annotations

import math

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.documents.document import Refusal

Matrix = tuple[float, float, float, float, float, float]
Edges = tuple[float, float, float, float]


def displaying(page: pdfium.PdfPage) -> Matrix:
    """The matrix from the page's own space to the page as displayed."""
    box = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDF_GetPageBoundingBox(page, box):
        raise Refusal("readers", "unreadable_file", "a page without a size")
    left, bottom, right, top = box.left, box.bottom, box.right, box.top
    return {
        0: (1.0, 0.0, 0.0, -1.0, -left, top),
        90: (0.0, 1.0, 1.0, 0.0, -bottom, -left),
        180: (-1.0, 0.0, 0.0, 1.0, right, -bottom),
        270: (0.0, -1.0, -1.0, 0.0, top, right),
    }[page.get_rotation()]


def composed(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that applies one matrix after the other."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def straight(matrix: Matrix) -> bool:
    """Whether a matrix leaves upright rectangles upright."""
    a, b, c, d, _, _ = matrix
    scale = 1e-4 * max(abs(a), abs(b), abs(c), abs(d))
    return (abs(b) <= scale and abs(c) <= scale) or (abs(a) <= scale and abs(d) <= scale)


def mapped(matrix: Matrix, x0: float, y0: float, x1: float, y1: float) -> Edges:
    """The upright rectangle around a rectangle that a matrix has moved."""
    a, b, c, d, e, f = matrix
    if b == 0 and c == 0:
        p, q, r, s = a * x0 + e, d * y0 + f, a * x1 + e, d * y1 + f
    elif a == 0 and d == 0:
        p, q, r, s = c * y0 + e, b * x0 + f, c * y1 + e, b * x1 + f
    else:
        xs = [a * x + c * y + e for x in (x0, x1) for y in (y0, y1)]
        ys = [b * x + d * y + f for x in (x0, x1) for y in (y0, y1)]
        return min(xs), min(ys), max(xs), max(ys)
    return min(p, r), min(q, s), max(p, r), max(q, s)


def scale_of(matrix: Matrix) -> float:
    """How much a matrix enlarges a length, on average."""
    a, b, c, d, _, _ = matrix
    return math.sqrt(abs(a * d - b * c))


def quarter_of(angle: float, rotation: int) -> int | None:
    """The quarter of a clockwise angle in radians on a rotated page; null for what runs aslant."""
    turns = angle / (math.pi / 2)
    near = round(turns)
    return (near + rotation // 90) % 4 if abs(turns - near) < 0.1 else None


def upright(quarter: int, width: float, height: float) -> Matrix:
    """The matrix that turns a displayed page upright whose text runs in this quarter."""
    return {
        0: (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
        1: (0.0, -1.0, 1.0, 0.0, 0.0, width),
        2: (-1.0, 0.0, 0.0, -1.0, width, height),
        3: (0.0, 1.0, -1.0, 0.0, height, 0.0),
    }[quarter]


def back(quarter: int, width: float, height: float) -> Matrix:
    """The inverse of `upright`: from the turned page to the page as displayed."""
    return {
        0: (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
        1: (0.0, 1.0, -1.0, 0.0, width, 0.0),
        2: (-1.0, 0.0, 0.0, -1.0, width, height),
        3: (0.0, -1.0, 1.0, 0.0, 0.0, height),
    }[quarter]
