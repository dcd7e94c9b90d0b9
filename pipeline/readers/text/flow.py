"""Flowing text: extractions in which a table's cells follow one another, parted by blanks.

Here: lines to paragraphs, bold printed once, page furniture set aside; blanks within a line and
at its ends are kept, for they tell of blank cells. Not here: tables, of which this layout knows
nothing (the forms rebuild them).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.documents.document import Document, Refusal
from pipeline.readers.furniture import MIN_REPEATS, is_page_number, may_repeat
from pipeline.readers.shapes import Paragraph, Place, Reading
from pipeline.readers.text.tab_grid import decode
from pipeline.readers.text.undoubling import undoubled

MIN_HEAD = 6
# A figure by itself, or at the end of a name: what a line of a table has and prose has not.
ROW = re.compile(r"(?:^|\s)\d[\d,]*(?:\.\d+)?(?:\s|$)")
MIN_ROWS = 3
MAX_LINE = 2000


def read(document: Document) -> Reading:
    """A text extraction as paragraphs, one per line.

    Raises `Refusal` where the bytes are no text or no line bears figures as those of a table do.
    """
    text = decode(document.path.read_bytes())
    lines = text.split("\n")
    rows = sum(bool(ROW.search(line[:MAX_LINE])) for line in lines)
    if rows < MIN_ROWS:
        raise Refusal(
            "readers",
            "unsupported_layout",
            f"running text ({rows} of {len(lines)} lines bear figures like those of a table)",
        )
    return Reading(reader="text", items=tuple(paragraphs(text)))


def paragraphs(text: str) -> Iterator[Paragraph]:
    """The lines of a text; running heads stand once, before everything: they are of no page."""
    came = dict(enumerate((line.replace("\f", "") for line in text.split("\n")), start=1))
    lines = [(number, undoubled(line)) for number, line in came.items()]
    heads = running_heads(lines)
    for plain, number in heads.items():
        yield Paragraph(plain, Place(line=number))
    for number, line in lines:
        if "".join(line.split()) in heads or (is_page_number(line.strip()) and is_marked(line)):
            continue
        if line:
            printed = came[number] if came[number] != line else None
            yield Paragraph(line, Place(line=number), printed)


def is_marked(line: str) -> bool:
    """Whether a number is printed as that of a page (`-6-`); a bare one may be of a table."""
    return not line.strip().isdigit()


def running_heads(lines: list[tuple[int, str]]) -> dict[str, int]:
    """Lines that stand beside a page number again and again, with the first place of each."""
    printed = [(number, plain) for number, line in lines if (plain := "".join(line.split()))]
    texts = ["", *(plain for _, plain in printed), ""]
    found: Counter[str] = Counter()
    first: dict[str, int] = {}
    for index, (number, plain) in enumerate(printed, start=1):
        beside = is_page_number(texts[index - 1]) or is_page_number(texts[index + 1])
        if beside and len(plain) >= MIN_HEAD and may_repeat(plain):
            found[plain] += 1
            first.setdefault(plain, number)
    return {plain: first[plain] for plain, count in found.items() if count >= MIN_REPEATS}
