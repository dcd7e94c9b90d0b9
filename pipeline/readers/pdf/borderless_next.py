"""Whether the page after a table without rules begins with something else.

Here: the first lines of a page, and what they say of the table before them. Not here: that table.
"""

from __future__ import annotations

import re

import pypdfium2 as pdfium

from pipeline.readers.pdf.borderless_parts import Line, words
from pipeline.readers.pdf.glyphs import characters, load_page, load_text, main_quarter, placed
from pipeline.readers.pdf.lines import text_lines
from pipeline.readers.pdf.turning import displaying, upright

CAPTION = re.compile(r"单位[:：]?(?:人民币)?(?:元|千元|万元|百万元|亿元)")
# So many lines may stand above a table: running head, number, title, and the line of its unit.
HEAD = 5
GOES_ON = "续"


def first_lines(document: pdfium.PdfDocument, index: int) -> list[Line] | None:
    """The first lines of a page, null where the document has no such page."""
    if index >= len(document):
        return None
    page = load_page(document, index)
    try:
        text = load_text(page, index + 1)
        try:
            raw = characters(text, displaying(page), page.get_rotation())
        finally:
            text.close()
        quarter = main_quarter(raw)
        glyphs = placed(raw, upright(quarter, *page.get_size()), quarter)
    finally:
        page.close()
    level = [glyph for glyph in glyphs if not glyph.quarter]
    return [words(line) for line in text_lines(level)[:HEAD]]


def begins_anew(lines: list[Line] | None, above: list[Line]) -> bool:
    """Whether a page begins with a table other than the one below the lines `above`."""
    if lines is None:
        return True
    caption = next((n for n, line in enumerate(lines) if CAPTION.search(squeezed(line))), 0)
    heads = [squeezed(line) for line in lines[:caption]]
    known = {squeezed(line) for line in above}
    return (
        bool(heads and above)
        and not known.intersection(heads)
        and not any(GOES_ON in head for head in heads)
        and not any(word.is_amount for line in lines[:caption] for word in line)
    )


def squeezed(line: Line) -> str:
    """The text of a line without gaps."""
    return "".join("".join(word.text for word in line).split())
