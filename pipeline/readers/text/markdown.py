"""OCR markdown: text extractions with `#` headings and tables as tab rows, pipes or HTML.

Here: telling this layout from others, and a document to paragraphs and grids. Not here: lines to
segments (markdown_blocks), pages to tables (markdown_pages), one cell (markdown_cells), and what
the tables mean (the forms). Letters in figures are never made digits: nobody can tell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.documents.document import Document, Refusal
from pipeline.readers.furniture import MIN_REPEATS, may_repeat
from pipeline.readers.shapes import Cell, Grid, Paragraph, Place, Reading
from pipeline.readers.text.markdown_blocks import Segment, Text, blocks, is_pipe_row
from pipeline.readers.text.markdown_cells import is_heading
from pipeline.readers.text.markdown_pages import Table, continued, table_of
from pipeline.readers.text.tab_grid import decode

# A tab grid may have a line or two that begin like a heading.
MAX_HEADINGS = 2
MIN_ROWS = 3
HTML_CELL = re.compile(r"<t[dh]\b[^<>]{0,300}>", re.IGNORECASE)


def looks_like(lines: list[str]) -> bool:
    """Whether a text is markdown: several headings, a pipe table, or HTML table cells."""
    if sum(is_heading(line) for line in lines) > MAX_HEADINGS:
        return True
    if sum(is_pipe_row(line.strip()) for line in lines) >= MIN_ROWS:
        return True
    return sum(bool(HTML_CELL.search(line)) for line in lines if "<" in line) > 0


def read(document: Document) -> Reading:
    """A markdown extraction as grids and paragraphs.

    Raises `Refusal` where the bytes are no text or there is no table in it.
    """
    found = tuple(items(decode(document.path.read_bytes()).split("\n")))
    if not any(isinstance(item, Grid) for item in found):
        raise Refusal("readers", "unsupported_layout", "markdown without a table")
    return Reading(reader="text", items=found)


def items(lines: list[str]) -> Iterator[Paragraph | Grid]:
    """Paragraphs and grids in order.

    Gaps, page numbers and running heads inside a table are page breaks, where the rows below them
    are proved to go on.
    """
    found = [block for block in blocks(lines) if block is not None]
    if not any(isinstance(block, Segment) for block in found):
        found = [block for block in found if isinstance(block, Text)]
    repeated = Counter(block.text for block in found if isinstance(block, Text))
    table: Table | None = None
    between: list[Text] = []
    follows = False
    for block in found:
        if isinstance(block, Text):
            between.append(block)
            continue
        furniture = all(repeated[b.text] >= MIN_REPEATS and may_repeat(b.text) for b in between)
        whole = continued(table, block) if table is not None and furniture else None
        if whole is not None:
            table, between = whole, []
            continue
        if table is not None:
            yield grid(table, follows)
        yield from map(paragraph, between)
        follows = table is not None and furniture
        table, between = table_of(block), []
    if table is not None:
        yield grid(table, follows)
    yield from map(paragraph, between)


def paragraph(block: Text) -> Paragraph:
    """A line outside tables."""
    return Paragraph(text=block.text, place=Place(line=block.line))


def grid(table: Table, follows: bool) -> Grid:
    """A table as a grid without the blank columns at its right."""
    width = max(table.width, 1)
    cells = tuple(
        Cell(row=r, column=c, text=text, place=Place(line=line))
        for r, (row, line) in enumerate(zip(table.rows, table.lines, strict=True))
        for c, text in enumerate(row[:width])
    )
    return Grid(
        rows=len(table.rows),
        columns=width,
        cells=cells,
        spans_known=False,
        breaks=table.starts,
        follows=follows,
    )
