"""What a page draws besides text: lines, painted patches and images, in the order of painting.

Here: pdfium's page objects, form XObjects walked with their matrices, as plain marks in displayed
coordinates. Of clipping, the innermost rectangle is looked at; what lies outside the page is left
out. Not here: which lines are rules (rules) and what text is hidden (unseen).
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.documents.document import Refusal
from pipeline.readers.pdf.marks import THIN, WHITE, Drawing, Line, Patch, TextMark
from pipeline.readers.pdf.polygons import Ring, Subpath, strips
from pipeline.readers.pdf.turning import Edges, Matrix, composed, mapped, scale_of, straight

# A form within a form within a form …: deeper than print ever is.
MAX_DEPTH = 12
MAX_OBJECTS, MAX_SEGMENTS = 300_000, 1_000_000
# Of 255: paint that hides what lies under it, and paint that cannot be seen.
OPAQUE, FAINT = 250, 12
# A line on the edge of what is shown is shown.
MARGIN = 1.0
# Segments of the simplest paths: one line, one rectangle.
RECTANGLE = 6


def draw(page: pdfium.PdfPage, matrix: Matrix, width: float, height: float) -> Drawing:
    """The marks of a page; raises `Refusal` where it draws beyond all measure."""
    walk = Walk(page, width, height)
    count = pdfium_c.FPDFPage_CountObjects(page)
    for index in range(count):
        walk.take(pdfium_c.FPDFPage_GetObject(page, index), matrix, 0)
    return walk.found


def address(handle: Any) -> int:
    """What tells one text object from another."""
    return ctypes.addressof(handle.contents)


def common(one: Edges | None, other: Edges) -> Edges:
    """What two rectangles share."""
    if one is None:
        return other
    x0, y0, x1, y1 = other
    return max(one[0], x0), max(one[1], y0), min(one[2], x1), min(one[3], y1)


def holds_all(outer: Edges, inner: Edges) -> bool:
    """Whether one rectangle lies in another, give or take a point."""
    return (
        outer[0] <= inner[0] + 1
        and outer[1] <= inner[1] + 1
        and outer[2] >= inner[2] - 1
        and outer[3] >= inner[3] - 1
    )


class Walk:
    """One walk over a page's objects, with the scratch memory pdfium writes to."""

    def __init__(self, page: pdfium.PdfPage, width: float, height: float) -> None:
        self.found = Drawing()
        self.page = page
        self.size = (width, height)
        self.order = 0
        self.segments = 0
        self.paper: Edges = (0.0, 0.0, width, height)
        self.shown = self.paper
        self._edges = [ctypes.c_float() for _ in range(4)]
        self._colour = [ctypes.c_uint() for _ in range(4)]
        self._refs = [ctypes.byref(value) for value in self._edges]
        self._inks = [ctypes.byref(value) for value in self._colour]
        self._fill, self._stroke = ctypes.c_int(), ctypes.c_int()
        self._matrix = pdfium_c.FS_MATRIX()
        self._number = ctypes.c_float()
        self._image = pdfium_c.FPDF_IMAGEOBJ_METADATA()

    def take(self, thing: Any, matrix: Matrix, depth: int) -> None:
        """One page object and all it holds."""
        self.order += 1
        if self.order > MAX_OBJECTS:
            raise Refusal("readers", "too_large", f"a page draws more than {MAX_OBJECTS} objects")
        kind = pdfium_c.FPDFPageObj_GetType(thing)
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            mode = pdfium_c.FPDFTextObj_GetTextRenderMode(thing)
            tone, ink = self.paint(thing, pdfium_c.FPDFPageObj_GetFillColor)
            inked = mode not in (3, 7) and (ink >= FAINT or mode not in (0, 4))
            stroked = mode in (1, 2, 5, 6)
            cut = self.clip(thing, matrix)
            edges = self.bounds(thing, matrix) if cut else None
            if cut and (edges is None or holds_all(cut, edges)):
                cut = None
            mark = TextMark(self.order, inked, 0 if stroked else tone, cut)
            self.found.texts[address(thing)] = mark
            return
        if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            self.path(thing, matrix)
        elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            self.image(thing, matrix)
        elif kind == pdfium_c.FPDF_PAGEOBJ_FORM:
            if depth >= MAX_DEPTH:
                raise Refusal("readers", "too_large", f"forms nested deeper than {MAX_DEPTH}")
            inner = composed(self.matrix_of(thing), matrix)
            for index in range(pdfium_c.FPDFFormObj_CountObjects(thing)):
                self.take(pdfium_c.FPDFFormObj_GetObject(thing, index), inner, depth + 1)

    def clip(self, thing: Any, matrix: Matrix) -> Edges | None:
        """The innermost rectangle an object is clipped to, if any."""
        clip = pdfium_c.FPDFPageObj_GetClipPath(thing)
        last = pdfium_c.FPDFClipPath_CountPaths(clip) - 1
        if last < 0 or not 4 <= pdfium_c.FPDFClipPath_CountPathSegments(clip, last) <= 5:
            return None
        corners = []
        for index in (0, 2):
            segment = pdfium_c.FPDFClipPath_GetPathSegment(clip, last, index)
            if not pdfium_c.FPDFPathSegment_GetPoint(segment, *self._refs[:2]):
                return None
            corners += [self._edges[0].value, self._edges[1].value]
        return mapped(matrix, *corners)

    def matrix_of(self, thing: Any) -> Matrix:
        """An object's own matrix."""
        m = self._matrix
        if not pdfium_c.FPDFPageObj_GetMatrix(thing, m):
            return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
        return m.a, m.b, m.c, m.d, m.e, m.f

    def bounds(self, thing: Any, matrix: Matrix) -> Edges | None:
        """The rectangle around an object on the displayed page."""
        if not pdfium_c.FPDFPageObj_GetBounds(thing, *self._refs):
            return None
        left, bottom, right, top = self._edges
        return mapped(matrix, left.value, bottom.value, right.value, top.value)

    def paint(self, thing: Any, asked: Any) -> tuple[int, int]:
        """The tone and the opacity of a colour; a pattern counts as grey that hides nothing."""
        if not asked(thing, *self._inks):
            return 128, 128
        red, green, blue, alpha = self._colour
        return min(red.value, green.value, blue.value), alpha.value

    def image(self, thing: Any, matrix: Matrix) -> None:
        """An image; one as thin as a line is a line."""
        edges = self.bounds(thing, matrix)
        if edges is None:
            return
        self.found.images.append(edges)
        if min(edges[2] - edges[0], edges[3] - edges[1]) <= THIN:
            self.shown = self.paper
            self.strip(edges, 0)
        elif self.hides(thing):
            self.found.covers.append(Patch(*edges, 128, self.order))

    def hides(self, image: Any) -> bool:
        """Whether an image hides what is under it: it is no stencil and not transparent."""
        if pdfium_c.FPDFPageObj_HasTransparency(image):
            return False
        known = pdfium_c.FPDFImageObj_GetImageMetadata(image, self.page, self._image)
        return bool(known and self._image.bits_per_pixel > 1)

    def path(self, thing: Any, matrix: Matrix) -> None:
        """A path as lines and patches."""
        if not pdfium_c.FPDFPath_GetDrawMode(thing, self._fill, self._stroke):
            return
        filled, stroked = self._fill.value != 0, self._stroke.value != 0
        if not (filled or stroked):
            return
        self.shown = common(self.clip(thing, matrix), self.paper)
        tone, alpha = self.paint(thing, pdfium_c.FPDFPageObj_GetFillColor) if filled else (0, 0)
        count = pdfium_c.FPDFPath_CountSegments(thing)
        if filled and not stroked:
            if alpha < FAINT:
                return
            edges = self.bounds(thing, matrix)
            if edges is None or self.outside(edges):
                return
            thin = min(edges[2] - edges[0], edges[3] - edges[1]) <= THIN
            if thin and count <= RECTANGLE and straight(matrix):
                self.strip(edges, tone)
                return
        self.segments += count
        if self.segments > MAX_SEGMENTS:
            raise Refusal("readers", "too_large", f"a page draws more than {MAX_SEGMENTS} lines")
        whole = composed(self.matrix_of(thing), matrix)
        subpaths = self.subpaths(thing, count, whole)
        if filled and alpha >= FAINT:
            self.fill(thing, subpaths, tone, alpha)
        if stroked:
            self.stroke(thing, subpaths, whole)

    def fill(self, thing: Any, subpaths: list[Subpath], tone: int, alpha: int) -> None:
        """Painted areas: thin ones are lines, rectangles are patches, frames are four lines."""
        solid = alpha >= OPAQUE and not pdfium_c.FPDFPageObj_HasTransparency(thing)
        rings: list[Ring] = []
        self.found.shapes += sum(not subpath.is_plain for subpath in subpaths)
        for subpath in subpaths:
            edges = subpath.bounds
            if self.outside(edges):
                continue
            if min(edges[2] - edges[0], edges[3] - edges[1]) <= THIN:
                self.strip(edges, tone)
            elif subpath.points:
                rings.append(Ring(edges, subpath.rectangle, tuple(subpath.points)))
        found, whole = strips(rings, THIN)
        for edges in found:
            self.strip(edges, tone)
        if solid:
            for edges in whole:
                self.patch(edges, tone)

    def stroke(self, thing: Any, subpaths: list[Subpath], matrix: Matrix) -> None:
        """Drawn lines; those as thick as a bar are patches."""
        tone, alpha = self.paint(thing, pdfium_c.FPDFPageObj_GetStrokeColor)
        if alpha < FAINT:
            return
        pdfium_c.FPDFPageObj_GetStrokeWidth(thing, self._number)
        half = self._number.value * scale_of(matrix) / 2
        self.found.shapes += sum(subpath.curved for subpath in subpaths)
        for subpath in subpaths:
            for ax, ay, bx, by in subpath.lines:
                level = abs(by - ay) <= max(0.5, 0.01 * abs(bx - ax))
                if not level and abs(bx - ax) > max(0.5, 0.01 * abs(by - ay)):
                    continue
                x0, x1, y0, y1 = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
                if level:
                    y0 = y1 = (y0 + y1) / 2
                    edges = (x0, y0 - half, x1, y1 + half)
                else:
                    x0 = x1 = (x0 + x1) / 2
                    edges = (x0 - half, y0, x1 + half, y1)
                if self.outside(edges):
                    continue
                if 2 * half > THIN:
                    if alpha >= OPAQUE:
                        self.patch(edges, tone)
                else:
                    self.strip(edges, tone, level)

    def patch(self, edges: Edges, tone: int) -> None:
        """A painted rectangle, as far as it is not clipped."""
        x0, y0, x1, y1 = edges
        left, top, right, bottom = self.shown
        x0, y0, x1, y1 = max(x0, left), max(y0, top), min(x1, right), min(y1, bottom)
        if x0 < x1 and y0 < y1:
            self.found.patches.append(Patch(x0, y0, x1, y1, tone, self.order))

    def strip(self, edges: Edges, tone: int, level: bool | None = None) -> None:
        """A thin area: a line, or paper painted over one; a dot may belong to either kind."""
        x0, y0, x1, y1 = edges
        wide, high = x1 - x0, y1 - y0
        left, top, right, bottom = self.shown
        x0, y0 = max(x0, left - MARGIN), max(y0, top - MARGIN)
        x1, y1 = min(x1, right + MARGIN), min(y1, bottom + MARGIN)
        # Turned round so that what is no number is left out too.
        if not (x0 <= x1 and y0 <= y1):
            return
        if tone >= WHITE:
            self.found.patches.append(Patch(x0, y0, x1, y1, tone, self.order))
            return
        if level is None:
            level = wide >= high
            if max(wide, high) <= THIN:
                self.found.upright.append(Line((x0 + x1) / 2, y0, y1, wide, self.order))
                level = True
        if level:
            self.found.level.append(Line((y0 + y1) / 2, x0, x1, high, self.order))
        else:
            self.found.upright.append(Line((x0 + x1) / 2, y0, y1, wide, self.order))

    def outside(self, edges: Edges) -> bool:
        """Whether nothing of a rectangle is on the page."""
        width, height = self.size
        return edges[2] < -1 or edges[3] < -1 or edges[0] > width + 1 or edges[1] > height + 1

    def subpaths(self, thing: Any, count: int, matrix: Matrix) -> list[Subpath]:
        """The pieces of a path on the displayed page."""
        a, b, c, d, e, f = matrix
        x, y = ctypes.c_float(), ctypes.c_float()
        to_x, to_y = ctypes.byref(x), ctypes.byref(y)
        get, point_of = pdfium_c.FPDFPath_GetPathSegment, pdfium_c.FPDFPathSegment_GetPoint
        type_of, closes = pdfium_c.FPDFPathSegment_GetType, pdfium_c.FPDFPathSegment_GetClose
        found: list[Subpath] = []
        control = 0
        for index in range(count):
            segment = get(thing, index)
            point_of(segment, to_x, to_y)
            point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
            kind = type_of(segment)
            if kind == pdfium_c.FPDF_SEGMENT_MOVETO or not found:
                found.append(Subpath())
                found[-1].move(point)
            elif kind == pdfium_c.FPDF_SEGMENT_BEZIERTO:
                control = (control + 1) % 3
                if control == 0:
                    found[-1].curve(point)
            else:
                found[-1].line(point)
            if closes(segment):
                found[-1].close()
        return [subpath for subpath in found if subpath.lines]
