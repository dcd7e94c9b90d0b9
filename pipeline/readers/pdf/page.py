"""One page of a PDF: glyphs, rules and images put together.

Here: everything that is done while pdfium holds the page open. What is kept of it is plain data;
glyphs and rules are dropped. Not here: the document (reader).
"""

from __future__ import annotations

from dataclasses import dataclass

import pypdfium2 as pdfium

from pipeline.readers.pdf import borderless, filling, images, layout, unseen
from pipeline.readers.pdf.borderless import Following
from pipeline.readers.pdf.borderless_next import first_lines
from pipeline.readers.pdf.cut_rows import CLOSED, Ends
from pipeline.readers.pdf.glyphs import characters, load_page, load_text, main_quarter, placed
from pipeline.readers.pdf.lattice import lattices
from pipeline.readers.pdf.marks import Drawing
from pipeline.readers.pdf.paths import draw
from pipeline.readers.pdf.rules import Rule, rules
from pipeline.readers.pdf.turning import Edges, displaying, upright
from pipeline.readers.shapes import Grid, Paragraph

# Fewer glyphs than this on a page that shows something else: the page was not read.
MIN_GLYPHS = 3
# A page that is one image and bears no more than a page number or a running foot is a scan.
SCAN_SHARE, SCAN_GLYPHS = 0.5, 60


@dataclass(frozen=True)
class Page:
    """What was read of a page, in the direction of its text, and how much there was to read.

    `quarter` is the turn of its text on the displayed page, which is `width` by `height`.
    `image_share` is how much of the page its largest image covers; `picture` is where a large image
    stands with no text on it; `recognised` says that the page was read from its image. `lost_rules`
    says that it has tables and text, and no text in a table. `first` and `last` say how its first
    table begins and its last one ends.
    """

    number: int
    items: tuple[Paragraph | Grid, ...]
    width: float
    height: float
    quarter: int
    glyphs: int
    image_share: float
    shows_more: bool
    lost_rules: bool
    first: Ends = CLOSED
    last: Ends = CLOSED
    recognised: bool = False
    picture: Edges | None = None

    @property
    def length(self) -> float:
        """The height of the page in the direction of its text."""
        return self.width if self.quarter % 2 else self.height

    @property
    def is_blind(self) -> bool:
        """Whether the page shows something that was not read."""
        if self.recognised:
            return False
        scanned = self.image_share >= SCAN_SHARE and self.glyphs < SCAN_GLYPHS
        return scanned or self.lost_rules or (self.glyphs < MIN_GLYPHS and self.shows_more)


def read_page(document: pdfium.PdfDocument, index: int) -> Page:
    """A page of an open document; raises `Refusal` where it cannot be read.

    What its text does not give is recognised from its image.
    """
    page = load_page(document, index)
    try:
        found = understood(page, index + 1, lambda: first_lines(document, index + 1))
        if found.is_blind and not found.lost_rules:
            return images.recognised(page, found)
        return images.with_picture(page, found) if found.picture else found
    finally:
        page.close()


def understood(page: pdfium.PdfPage, number: int, following: Following = list) -> Page:
    """An open page, read; `following` gives the first lines of the next one."""
    width, height = page.get_size()
    matrix = displaying(page)
    drawing = draw(page, matrix, width, height)
    text = load_text(page, number)
    try:
        raw = characters(text, matrix, page.get_rotation())
        raw = unseen.printed(raw, text, drawing, width, height)
    finally:
        text.close()
    quarter = main_quarter(raw)
    glyphs = placed(raw, upright(quarter, width, height), quarter)
    found = lattices(*turned_rules(drawing, quarter, width, height))
    share = image_share(drawing, width, height)
    if not found and quarter == 0 and share >= SCAN_SHARE and len(glyphs) >= SCAN_GLYPHS:
        found = images.lattices(page, number)
    tables, outside = filling.tables(found, glyphs, number)
    if not found:
        length = width if quarter % 2 else height
        tables, outside = borderless.tables(glyphs, number, length, following)
    items = layout.ordered(tables, outside, number)
    grids = [item for item in items if isinstance(item, Grid)]
    ends = {id(table.grid): table.ends for table in tables}
    return Page(
        number,
        tuple(items),
        width,
        height,
        quarter,
        len(glyphs),
        share,
        bool(drawing.images or drawing.shapes),
        bool(found and not grids),
        ends[id(grids[0])] if grids else CLOSED,
        ends[id(grids[-1])] if grids else CLOSED,
        picture=images.picture(drawing.images, glyphs, width, height) if quarter == 0 else None,
    )


def turned_rules(
    drawing: Drawing, quarter: int, width: float, height: float
) -> tuple[list[Rule], list[Rule]]:
    """The level and upright rules of the displayed page turned upright."""
    level, down = rules(drawing)
    if quarter == 1:
        across = [Rule(width - at, start, end) for at, start, end in down]
        return across, [Rule(at, width - end, width - start) for at, start, end in level]
    if quarter == 2:
        across = [Rule(height - at, width - end, width - start) for at, start, end in level]
        return across, [Rule(width - at, height - end, height - start) for at, start, end in down]
    if quarter == 3:
        across = [Rule(at, height - end, height - start) for at, start, end in down]
        return across, [Rule(height - at, start, end) for at, start, end in level]
    return level, down


def image_share(drawing: Drawing, width: float, height: float) -> float:
    """The share of a page that its largest image covers."""
    sizes = [(x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in drawing.images]
    return max(sizes, default=0.0) / (width * height) if width and height else 0.0
