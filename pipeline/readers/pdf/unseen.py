"""Text that is in the file and not on the print: invisible, white on white, painted over, cut off.

Here: the decision, glyph by glyph, on a page that gives cause for it. Not here: what is painted
(paths).
"""

from __future__ import annotations

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.readers.pdf.glyphs import Raw
from pipeline.readers.pdf.marks import WHITE, Drawing, Patch, TextMark
from pipeline.readers.pdf.paths import address
from pipeline.readers.pdf.turning import Edges

# Paint this much darker than white lets white text be read.
DARK = 225


def printed(
    raw: list[Raw], text: pdfium.PdfTextPage, drawing: Drawing, width: float, height: float
) -> list[Raw]:
    """The characters that a reader of the print sees."""
    inside = [r for r in raw if 0 <= r[1] + r[3] <= 2 * width and 0 <= r[2] + r[4] <= 2 * height]
    marks = drawing.texts
    if not inside or not marks:
        return inside
    first = min(mark.order for mark in marks.values())
    painted = [*drawing.patches, *drawing.covers]
    covering = [patch for patch in painted if patch.order > first and is_broad(patch)]
    plain = all(m.inked and m.tone < WHITE and m.clip is None for m in marks.values())
    if plain and not covering:
        return inside
    return [r for r in inside if is_seen(r, mark_of(r, text, marks), drawing, covering)]


def is_broad(patch: Patch) -> bool:
    """Whether a patch is large enough to hide a character."""
    return patch.x1 - patch.x0 > 2 and patch.y1 - patch.y0 > 2


def mark_of(r: Raw, text: pdfium.PdfTextPage, marks: dict[int, TextMark]) -> TextMark | None:
    """The mark of the text object a character belongs to."""
    handle = pdfium_c.FPDFText_GetTextObject(text.raw, r.number)
    return marks.get(address(handle)) if handle else None


def is_seen(r: Raw, mark: TextMark | None, drawing: Drawing, covering: list[Patch]) -> bool:
    """Whether a character is inked, not cut off, not painted over, and not white on white."""
    if mark is None:
        return True
    if not mark.inked:
        return False
    x, y = (r.x0 + r.x1) / 2, (r.y0 + r.y1) / 2
    if mark.clip is not None and not within(mark.clip, x, y):
        return False
    if any(patch.order > mark.order and holds(patch, x, y) for patch in covering):
        return False
    if mark.tone < WHITE:
        return True
    ground = [p for p in drawing.patches if p.order < mark.order and holds(p, x, y)]
    if ground:
        return ground[-1].tone < DARK
    # On an image nobody knows the ground.
    return any(within(image, x, y) for image in drawing.images)


def within(edges: Edges, x: float, y: float) -> bool:
    """Whether a point is in a rectangle."""
    return edges[0] <= x <= edges[2] and edges[1] <= y <= edges[3]


def holds(patch: Patch, x: float, y: float) -> bool:
    """Whether a point is on a patch."""
    return patch.x0 <= x <= patch.x1 and patch.y0 <= y <= patch.y1
