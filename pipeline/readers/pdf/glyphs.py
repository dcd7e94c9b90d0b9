"""Glyphs of a page from pdfium: printed characters with their boxes on the displayed page.

Here: opening a PDF, and its characters one by one. A character whose code the font does not explain
is U+FFFD, never left out: a figure must not lose a digit silently. Not here: lines of text (lines),
what is hidden (unseen), rules (paths). pdfium is not thread-safe: one process, one document.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.documents.document import Refusal
from pipeline.readers.pdf.gate import MAX_PAGES, TAIL
from pipeline.readers.pdf.radicals import IDEOGRAPH
from pipeline.readers.pdf.turning import Matrix, mapped, quarter_of

# A page of print bears thousands of characters.
MAX_GLYPHS = 200_000
UNKNOWN = "\ufffd"
# pdfium's code for a hyphen at the end of a line.
LINE_END_HYPHEN = 2
BLANK = frozenset(range(1, 33)) - {LINE_END_HYPHEN}
# A character's box begins this near to its origin, in points.
NEAR = 0.05
SURROGATES, PRIVATE = range(0xD800, 0xE000), range(0xE000, 0xF900)
NO_CHARACTER = frozenset((0, 0xFFFD, 0xFFFE, 0xFFFF))


class Glyph(NamedTuple):
    """One character, its box, the height of its baseline, and the quarter its line runs in.

    Fonts differ in how high their boxes reach; glyphs of one line share their baseline.
    """

    character: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    quarter: int = 0

    @property
    def x(self) -> float:
        """Horizontal centre."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """Vertical centre."""
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> float:
        """Height of the glyph's line box."""
        return self.y1 - self.y0


class Raw(NamedTuple):
    """One character as pdfium gives it, in displayed coordinates, with its number there."""

    character: str
    x0: float
    y0: float
    x1: float
    y1: float
    origin_x: float
    origin_y: float
    quarter: int
    number: int


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


def load_page(document: pdfium.PdfDocument, index: int) -> pdfium.PdfPage:
    """An open page; raises `Refusal` where it is damaged."""
    try:
        return document[index]
    except pdfium.PdfiumError as error:
        detail = f"page {index + 1} cannot be loaded"
        raise Refusal("readers", "unreadable_file", detail) from error


def load_text(page: pdfium.PdfPage, number: int) -> pdfium.PdfTextPage:
    """The open text of a page; raises `Refusal` where pdfium gives none."""
    try:
        return page.get_textpage()
    except pdfium.PdfiumError as error:
        detail = f"the text of page {number} cannot be loaded"
        raise Refusal("readers", "unreadable_file", detail) from error


def characters(text: pdfium.PdfTextPage, matrix: Matrix, rotation: int) -> list[Raw]:
    """The printed characters of a page in the order of its content; blanks are left out.

    Text that runs neither level nor upright (a watermark) belongs to no line and is left out too.
    """
    raw = text.raw
    count = pdfium_c.FPDFText_CountChars(raw)
    if count > MAX_GLYPHS:
        raise Refusal("readers", "too_large", f"a page bears {count} characters")
    box, x, y = pdfium_c.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    to_box, to_x, to_y = ctypes.byref(box), ctypes.byref(x), ctypes.byref(y)
    box_of, origin_of = pdfium_c.FPDFText_GetLooseCharBox, pdfium_c.FPDFText_GetCharOrigin
    a, b, c, d, e, f = matrix
    standing = rotation // 90
    found = []
    high = None
    for index, code in enumerate(codes(raw, count)):
        if code in BLANK:
            continue
        if code in SURROGATES:
            high, whole = paired(high, code)
            if whole is None:
                continue
            code = whole
        character = KNOWN.get(code) or read_as(code)
        if not character or not box_of(raw, index, to_box):
            continue
        if character == UNKNOWN and not has_ink(raw, index):
            continue
        origin_of(raw, index, to_x, to_y)
        left, top, right, bottom = box.left, box.top, box.right, box.bottom
        ox, oy = x.value, y.value
        quarter = standing
        # A character that stands on its origin is upright; any other is asked for its angle.
        if abs(ox - left) > NEAR or not bottom - NEAR <= oy <= top + NEAR:
            turned = quarter_of(pdfium_c.FPDFText_GetCharAngle(raw, index), rotation)
            if turned is None:
                continue
            quarter = turned
        x0, y0 = a * left + c * top + e, b * left + d * top + f
        x1, y1 = a * right + c * bottom + e, b * right + d * bottom + f
        if rotation:
            x0, y0, x1, y1 = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
        origin = (a * ox + c * oy + e, b * ox + d * oy + f)
        found.append(Raw(character, x0, y0, x1, y1, *origin, quarter, index))
    return found


def codes(text: Any, count: int) -> list[int]:
    """The code of each character: all at once, or one by one where pdfium leaves some out."""
    if count <= 0:
        return []
    units = (ctypes.c_ushort * (count + 1))()
    if pdfium_c.FPDFText_GetText(text, 0, count, units) == count + 1:
        return list(units[:count])
    return [pdfium_c.FPDFText_GetUnicode(text, index) for index in range(count)]


def has_ink(text: Any, index: int) -> bool:
    """Whether a character prints anything: a blank without a code is a blank."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not pdfium_c.FPDFText_GetCharBox(text, index, left, right, bottom, top):
        return False
    return abs(right.value - left.value) > 0.1 and abs(top.value - bottom.value) > 0.1


def paired(high: int | None, code: int) -> tuple[int | None, int | None]:
    """The first half of a pair to keep, or the whole code where both halves are there."""
    if code < 0xDC00:
        return code, None
    if high is None:
        return None, 0xFFFD
    return None, 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)


def read_as(code: int) -> str:
    """The character of a code; empty for what prints nothing."""
    if code == LINE_END_HYPHEN:
        return "-"
    if code in NO_CHARACTER or code in PRIVATE or code > 0x10FFFF:
        return UNKNOWN
    character = chr(code)
    if character.isspace() or not character.isprintable():
        return ""
    return IDEOGRAPH.get(character, character)


# The characters that nearly all print is made of.
KNOWN = {
    code: read_as(code)
    for code in (*range(33, 127), *range(0x3001, 0x3020), *range(0x4E00, 0x9FA6))
}
KNOWN |= {code: read_as(code) for code in range(0xFF01, 0xFF5F)}


def placed(raw: list[Raw], matrix: Matrix, quarter: int) -> list[Glyph]:
    """Glyphs on the page turned by a quarter with this matrix."""
    if quarter == 0:
        return [Glyph(r[0], r[1], r[2], r[3], r[4], r[6], r[7]) for r in raw]
    _, b, _, d, _, f = matrix
    return [
        Glyph(
            r.character,
            *mapped(matrix, r.x0, r.y0, r.x1, r.y1),
            b * r.origin_x + d * r.origin_y + f,
            (r.quarter - quarter) % 4,
        )
        for r in raw
    ]


def main_quarter(raw: list[Raw]) -> int:
    """The quarter that most of the text of a page runs in."""
    counts = [0, 0, 0, 0]
    for r in raw:
        counts[r.quarter] += 1
    return max(range(4), key=lambda quarter: counts[quarter])
