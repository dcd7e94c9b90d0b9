"""What only an image shows: a whole scanned page, a picture of a table, rules that are pixels.

Here: how what an image shows joins what the text says. Not here: when it is asked (page), and
recognition itself: the reader of scans takes a second to load and is imported where it is needed,
with a note that it was asked.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pypdfium2 as pdfium

from pipeline.readers import asked
from pipeline.readers.pdf.cut_rows import CLOSED
from pipeline.readers.pdf.glyphs import Glyph
from pipeline.readers.pdf.lattice import Lattice
from pipeline.readers.pdf.layout import box_of, corner
from pipeline.readers.pdf.turning import Edges
from pipeline.readers.shapes import Grid, Paragraph

if TYPE_CHECKING:
    from pipeline.readers.pdf.page import Page

# An image this large, as a share of its page, may be the picture of a table, if there is next to no
# text on it.
PICTURE_SHARE, PICTURE_GLYPHS = 0.25, 20
# How far a table may reach over the image it was seen on.
OVER = 5.0


def recognised(page: pdfium.PdfPage, found: Page) -> Page:
    """A blind page with what its image shows; as it was where that is no more than its text."""
    asked.note(asked.SCAN)
    from pipeline.readers.scan import reader as scan

    items = scan.read_page(page, found.number)
    printed = sum(len("".join(text.split())) for item in items for text in texts(item))
    if printed <= found.glyphs:
        return found
    return replace(found, items=items, quarter=0, first=CLOSED, last=CLOSED, recognised=True)


def texts(item: Paragraph | Grid) -> list[str]:
    """What an item prints."""
    return [item.text] if isinstance(item, Paragraph) else [cell.text for cell in item.cells]


def picture(images: list[Edges], glyphs: list[Glyph], width: float, height: float) -> Edges | None:
    """The largest image of a page if it may be the picture of a table."""
    if not images:
        return None
    found = max(images, key=lambda edges: (edges[2] - edges[0]) * (edges[3] - edges[1]))
    x0, y0, x1, y1 = found
    if (x1 - x0) * (y1 - y0) < PICTURE_SHARE * width * height:
        return None
    on_it = sum(x0 <= glyph.x <= x1 and y0 <= glyph.y <= y1 for glyph in glyphs)
    return found if on_it < PICTURE_GLYPHS else None


def with_picture(page: pdfium.PdfPage, found: Page) -> Page:
    """A page of text with the tables that its picture shows."""
    asked.note(asked.SCAN)
    from pipeline.readers.scan import reader as scan

    assert found.picture is not None
    x0, y0, x1, y1 = found.picture
    seen = []
    for item in scan.read_page(page, found.number):
        box = box_of(item)
        inside = box.x0 >= x0 - OVER and box.x1 <= x1 + OVER
        inside = inside and box.y0 >= y0 - OVER and box.y1 <= y1 + OVER
        if isinstance(item, Grid) and inside and min(item.rows, item.columns) > 1:
            seen.append(item)
    if not seen:
        return found
    items = sorted([*found.items, *seen], key=corner)
    return replace(found, items=tuple(items), first=CLOSED, last=CLOSED)


def lattices(page: pdfium.PdfPage, number: int) -> list[Lattice]:
    """The tables of a page whose rules are pixels under its text."""
    asked.note(asked.SCAN)
    from pipeline.readers.scan import reader as scan

    return [lattice_of(grid) for grid in scan.grid_lines(page, number) if len(grid.cells) > 1]


def lattice_of(grid: Grid) -> Lattice:
    """The rules of a grid of empty cells."""
    boxes = [(cell, box_of(replace(grid, cells=(cell,)))) for cell in grid.cells]
    starts = [min(b.y0 for c, b in boxes if c.row <= r < c.row + c.row_span) for r in rows(grid)]
    for cell, box in boxes:
        starts[cell.row] = box.y0
    ys = (*starts, max(box.y1 for _, box in boxes))
    owners = [[grid.covering(r, c) for c in range(grid.columns)] for r in rows(grid)]
    below = [tuple(a is not b for a, b in zip(*pair, strict=True)) for pair in pairwise(owners)]
    right = [(*(a is not b for a, b in pairwise(line)), True) for line in owners]
    whole = (True,) * grid.columns
    return Lattice(grid.edges, ys, (*below, whole), tuple(right), whole)


def rows(grid: Grid) -> range:
    """The rows of a grid."""
    return range(grid.rows)
