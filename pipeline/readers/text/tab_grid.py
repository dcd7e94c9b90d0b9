"""Tab grids: text extractions in which a table row is a line and a tab parts the cells.

Here: telling this layout from others, and lines to grids and paragraphs. Not here: flowing text
and OCR markdown (refused with a reason), and what the tables mean (the forms).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.documents.document import Document, Refusal
from pipeline.readers.shapes import Cell, Grid, Paragraph, Place, Reading

# A document of some pages has dozens of tab rows; below this nothing can be told.
MIN_TAB_ROWS = 3
MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+\S")
MAX_MARKDOWN_HEADINGS = 2
PAGE_NUMBER = re.compile(r"^[\s\-—–－第页/]*\d{1,4}[\s\-—–－第页/]*$")


def read(document: Document) -> Reading:
    """A text extraction as grids and paragraphs.

    Raises `Refusal` where the bytes are no text or the layout is not a tab grid.
    """
    lines = decode(document.path.read_bytes()).split("\n")
    refuse_other_layouts(lines)
    return Reading(reader="text", items=tuple(items(lines)))


def decode(data: bytes) -> str:
    """Text with line ends as `\\n`; UTF-8, else GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    raise Refusal("readers", "unreadable_file", "neither UTF-8 nor GB 18030 text")


def refuse_other_layouts(lines: list[str]) -> None:
    """Raise `Refusal` for flowing text and OCR markdown, which other readers will take."""
    headings = sum(bool(MARKDOWN_HEADING.match(line)) for line in lines)
    if headings > MAX_MARKDOWN_HEADINGS:
        raise Refusal(
            "readers",
            "unsupported_layout",
            f"OCR markdown ({headings} headings begin with #); this reader takes tab grids",
        )
    tab_rows = sum("\t" in line for line in lines)
    if tab_rows < MIN_TAB_ROWS:
        raise Refusal(
            "readers",
            "unsupported_layout",
            f"flowing text ({tab_rows} of {len(lines)} lines have tabs); only tab grids are taken",
        )


def items(lines: list[str]) -> Iterator[Paragraph | Grid]:
    """Paragraphs and grids in order.

    Blank lines inside a table are page breaks: the rows before and after them are one grid while
    the number of columns stays the same.
    """
    rows: list[tuple[int, list[str]]] = []
    follows = False
    for number, line in enumerate(lines, start=1):
        if "\t" in line:
            cells = line.split("\t")
            if rows and broken(rows, number) and len(cells) != len(rows[-1][1]):
                yield grid(rows, follows)
                rows, follows = [], True
            rows.append((number, cells))
        elif line.strip() and not PAGE_NUMBER.match(line):
            if rows:
                yield grid(rows, follows)
            rows, follows = [], False
            yield Paragraph(text=line.strip(), place=Place(line=number))
    if rows:
        yield grid(rows, follows)


def broken(rows: list[tuple[int, list[str]]], number: int) -> bool:
    """Whether something stands between the last row and this line."""
    return number > rows[-1][0] + 1


def grid(rows: list[tuple[int, list[str]]], follows: bool) -> Grid:
    """Rows of (line number, cell texts) as a grid; short rows are filled up."""
    columns = max(len(cells) for _, cells in rows)
    cells = tuple(
        Cell(row=r, column=c, text=text.rstrip(), place=Place(line=number))
        for r, (number, texts) in enumerate(rows)
        for c, text in enumerate(texts)
    )
    breaks = tuple(
        r for r, (before, after) in enumerate(pairwise(rows), start=1) if after[0] > before[0] + 1
    )
    return Grid(
        rows=len(rows),
        columns=columns,
        cells=cells,
        spans_known=False,
        breaks=breaks,
        follows=follows,
    )
