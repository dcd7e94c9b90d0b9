"""Glyphs of a page from pdfium: characters with their boxes on the displayed page.

Here: opening a PDF, and characters to lines. pdfium already drops glyphs that are drawn twice to
look bold. Not here: rules and grids (ruled). pdfium is not thread-safe: one process, one document.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.documents.document import Refusal
from pipeline.readers.shapes import Box

MAX_PAGES = 2000
TAIL = 4096
# Points of a page are mapped to the device in this many units each, as integers.
SCALE = 100
# The sine of the angle beyond which a character counts as turned.
TURNED = 0.7
# A gap wider than this share of a glyph's height parts two words.
WORD_GAP = 0.6
# Baselines nearer than this share of a glyph's height are one line.
LINE_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character, its box on the displayed page, and the height of its baseline.

    Fonts differ in how high their boxes reach; glyphs of one line share their baseline.
    """

    character: str
    box: Box
    baseline: float

    @property
    def x(self) -> float:
        """Horizontal centre."""
        return (self.box.x0 + self.box.x1) / 2

    @property
    def y(self) -> float:
        """Vertical centre."""
        return (self.box.y0 + self.box.y1) / 2

    @property
    def height(self) -> float:
        """Height of the glyph's line box."""
        return self.box.y1 - self.box.y0


@dataclass(frozen=True)
class PageText:
    """The glyphs of one page, its displayed height, and what else it shows.

    `paper` is the media box as displayed: it reaches beyond the page where a crop box is smaller.
    `image_share` is how much of the page its largest image covers; `sideways` says that most
    of its text runs up or down the displayed page.
    """

    page: int
    height: float
    paper: Box
    glyphs: tuple[Glyph, ...]
    shows_more: bool
    image_share: float
    sideways: bool


def check_tail(path: Path) -> None:
    """Raise `Refusal` for a PDF whose end is missing: parsers repair it and lose pages."""
    with path.open("rb") as stream:
        stream.seek(0, 2)
        stream.seek(max(stream.tell() - TAIL, 0))
        if b"startxref" not in stream.read():
            raise Refusal("readers", "unreadable_file", "truncated: the file has no trailer")


def open_pdf(path: Path) -> pdfium.PdfDocument:
    """An open document with at least one page.

    Raises `Refusal` for damaged, truncated, encrypted, empty and oversized files.
    """
    check_tail(path)
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        # pdfium keeps the code of an earlier failure where it sets none.
        asked = getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD
        if asked and b"/Encrypt" in path.read_bytes():
            raise Refusal("readers", "encrypted", "a password is needed to open it") from error
        raise Refusal("readers", "unreadable_file", f"pdfium: {error}") from error
    pages = len(document)
    if pages == 0:
        raise Refusal("readers", "unreadable_file", "the file has no pages")
    if pages > MAX_PAGES:
        raise Refusal("readers", "too_large", f"{pages} pages; the limit is {MAX_PAGES}")
    return document


def pages(document: pdfium.PdfDocument) -> Iterator[PageText]:
    """The text of each page in turn; pages are closed as they are left."""
    for number in range(len(document)):
        try:
            page = document[number]
        except pdfium.PdfiumError as error:
            raise Refusal(
                "readers", "unreadable_file", f"page {number + 1} cannot be loaded"
            ) from error
        text = page.get_textpage()
        try:
            width, height = page.get_size()
            glyphs = tuple(page_glyphs(page, text, width, height))
            paper = displayed(page, width, height, *page.get_mediabox())
            share = image_share(page, width * height)
            turned = is_sideways(page, text)
            yield PageText(number + 1, height, paper, glyphs, shows_more(page), share, turned)
        finally:
            text.close()
            page.close()


def is_sideways(page: pdfium.PdfPage, text: pdfium.PdfTextPage) -> bool:
    """Whether most characters are turned by a right angle on the displayed page."""
    turn = math.radians(page.get_rotation())
    count = pdfium_c.FPDFText_CountChars(text)
    angles = (pdfium_c.FPDFText_GetCharAngle(text, index) for index in range(count))
    turned = sum(abs(math.sin(angle + turn)) > TURNED for angle in angles)
    return bool(turned * 2 > count)


def image_share(page: pdfium.PdfPage, area: float) -> float:
    """The share of a page that its largest image covers."""
    images = page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=2)
    sizes = [(b[2] - b[0]) * (b[3] - b[1]) for b in (image.get_bounds() for image in images)]
    return max(sizes, default=0.0) / area if area else 0.0


def shows_more(page: pdfium.PdfPage) -> bool:
    """Whether a page draws anything besides text."""
    kinds = (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM, pdfium_c.FPDF_PAGEOBJ_PATH)
    return next(page.get_objects(filter=kinds, max_depth=2), None) is not None


def page_glyphs(
    page: pdfium.PdfPage, text: pdfium.PdfTextPage, width: float, height: float
) -> Iterator[Glyph]:
    """Printed characters with displayed boxes; blanks are left out, boxes tell them."""
    box = pdfium_c.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    for index in range(pdfium_c.FPDFText_CountChars(text)):
        character = chr(pdfium_c.FPDFText_GetUnicode(text, index))
        if character.isspace() or not character.isprintable():
            continue
        if pdfium_c.FPDFText_IsGenerated(text, index) == 1:
            continue
        if pdfium_c.FPDFText_GetLooseCharBox(text, index, box):
            place = displayed(page, width, height, box.left, box.bottom, box.right, box.top)
            pdfium_c.FPDFText_GetCharOrigin(text, index, x, y)
            origin = displayed(page, width, height, x.value, y.value, x.value, y.value)
            yield Glyph(character, place, origin.y0)


def displayed(page: pdfium.PdfPage, width: float, height: float, *corners: float) -> Box:
    """A rectangle of the page's own space as it is displayed, /Rotate and crop applied."""
    x0, y0, x1, y1 = corners
    ends = []
    for x, y in ((x0, y0), (x1, y1)):
        to_x, to_y = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(
            page, 0, 0, round(width * SCALE), round(height * SCALE), 0, x, y, to_x, to_y
        )
        ends.append((to_x.value / SCALE, to_y.value / SCALE))
    (ax, ay), (bx, by) = ends
    return Box(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


def text_lines(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Glyphs as lines from top to bottom, each from left to right."""
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.baseline, g.x)):
        above = lines[-1][0] if lines else glyph
        near = abs(glyph.baseline - above.baseline) <= LINE_SHARE * min(glyph.height, above.height)
        if lines and near:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return [sorted(line, key=lambda g: g.box.x0) for line in lines]


def indent_of(line: list[Glyph], left: float) -> str:
    """The blanks before a line that begins right of `left`, one per full glyph height.

    pdfium drops some blanks at the start of a line, and publishers indent by position as often as
    by blanks; the distance says it in both cases.
    """
    first = line[0]
    return "\u3000" * int((first.box.x0 - left) / first.height) if first.height > 0 else ""


def line_text(line: list[Glyph]) -> str:
    """The characters of a line, a blank where a gap parts two words."""
    text = ""
    for before, glyph in zip([None, *line], line, strict=False):
        if before and glyph.box.x0 - before.box.x1 > WORD_GAP * glyph.height:
            text += " "
        text += glyph.character
    return text
