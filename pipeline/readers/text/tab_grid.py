"""Tab grids: text extractions in which a table row is a line and a tab parts the cells.

Here: telling this layout from others, and lines to grids and paragraphs. Not here: flowing text
and OCR markdown (refused with a reason), and what the tables mean (the forms).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from pipeline.documents.document import Document, Refusal
from pipeline.readers.furniture import MIN_REPEATS, is_page_number, may_repeat
from pipeline.readers.shapes import Cell, Grid, Paragraph, Place, Reading

# A document of some pages has dozens of tab rows; below this nothing can be told.
MIN_TAB_ROWS = 3
MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+\S")
MAX_MARKDOWN_HEADINGS = 2


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
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Refusal("readers", "unreadable_file", "neither UTF-8 nor GB 18030 text")


def looks_like(lines: list[str]) -> bool:
    """Whether a text is a tab grid: some of its lines have tabs."""
    return sum("\t" in line for line in lines) >= MIN_TAB_ROWS


def refuse_other_layouts(lines: list[str]) -> None:
    """Raise `Refusal` for flowing text and OCR markdown, which other readers take."""
    headings = sum(bool(MARKDOWN_HEADING.match(line)) for line in lines)
    if headings > MAX_MARKDOWN_HEADINGS:
        raise Refusal(
            "readers",
            "unsupported_layout",
            f"OCR markdown ({headings} headings begin with #); this reader takes tab grids",
        )
    if not looks_like(lines):
        tab_rows = sum("\t" in line for line in lines)
        raise Refusal(
            "readers",
            "unsupported_layout",
            f"flowing text ({tab_rows} of {len(lines)} lines have tabs); only tab grids are taken",
        )


@dataclass(frozen=True)
class Run:
    """Lines with nothing between them: rows of a table, or one paragraph."""

    rows: tuple[tuple[int, list[str]], ...]
    is_table: bool

    @property
    def columns(self) -> int:
        """Cells of the longest row."""
        return max(len(cells) for _, cells in self.rows)

    @property
    def ragged(self) -> bool:
        """Whether rows have fewer cells than others: trailing tabs were lost."""
        return len({len(cells) for _, cells in self.rows}) > 1

    @property
    def text(self) -> str:
        """The text of a paragraph."""
        return " ".join(cell.strip() for cell in self.rows[0][1] if cell.strip())


def items(lines: list[str]) -> Iterator[Paragraph | Grid]:
    """Paragraphs and grids in order.

    Blank lines, page numbers and running heads inside a table are page breaks: the rows before
    and after them are one grid while the columns stay the same.
    """
    found = runs(lines)
    repeated = Counter(run.text for run in found if not run.is_table)
    table: list[Run] = []
    between: list[Run] = []
    follows = False
    for run in found:
        if not run.is_table:
            between.append(run)
            continue
        furniture = all(repeated[b.text] >= MIN_REPEATS and may_repeat(b.text) for b in between)
        if table and furniture and goes_on(table, run):
            table.append(run)
            between = []
            continue
        if table:
            yield grid(table, follows)
        yield from map(paragraph, between)
        follows = bool(table) and not between
        table, between = [run], []
    if table:
        yield grid(table, follows)
    yield from map(paragraph, between)


def runs(lines: list[str]) -> list[Run]:
    """Lines grouped: neighbouring rows together, every other line by itself.

    Where trailing tabs were lost, a row with nothing but its label has no tab at all: it is a row
    when it stands between rows. A lone row with one text is a paragraph.
    """
    groups: list[list[tuple[int, str]]] = [[]]
    for number, line in enumerate(lines, start=1):
        if "\f" in line:
            groups.append([])
        printed = line.replace("\f", "")
        if not printed.strip() or ("\t" not in printed and is_page_number(printed)):
            groups.append([])
        else:
            groups[-1].append((number, printed))
    split = [part for group in groups if group for part in split_group(group, False)]
    tables = [run for run in split if run.is_table and len(run.rows) > 1]
    if sum(run.ragged for run in tables) * 5 > len(tables):
        split = [part for group in groups if group for part in split_group(group, True)]
    return split


def split_group(group: list[tuple[int, str]], lone_labels: bool) -> Iterator[Run]:
    """Rows and paragraphs among lines with no blank line between them."""
    tabbed = ["\t" in line for _, line in group]
    rows: list[tuple[int, list[str]]] = []
    for index, (number, line) in enumerate(group):
        inside = lone_labels and any(tabbed[:index]) and any(tabbed[index + 1 :])
        if tabbed[index] or inside:
            rows.append((number, line.split("\t")))
            continue
        if rows:
            yield table_run(rows)
            rows = []
        yield Run(((number, [line]),), is_table=False)
    if rows:
        yield table_run(rows)


def table_run(rows: list[tuple[int, list[str]]]) -> Run:
    """Rows as a table; one row with one text is no table."""
    texts = [cell for _, cells in rows for cell in cells if cell.strip()]
    return Run(tuple(rows), is_table=len(rows) > 1 or len(texts) > 1)


def goes_on(table: list[Run], run: Run) -> bool:
    """Whether rows continue a table: as many columns, or fewer where trailing tabs were lost."""
    columns = max(part.columns for part in table)
    ragged = run.ragged or any(part.ragged for part in table)
    return run.columns == columns or (ragged and run.columns < columns)


def paragraph(run: Run) -> Paragraph:
    """A run of one line outside tables."""
    return Paragraph(text=run.text, place=Place(line=run.rows[0][0]))


def grid(table: list[Run], follows: bool) -> Grid:
    """Runs of (line number, cell texts) as one grid; short rows are filled up."""
    rows = [row for run in table for row in run.rows]
    columns = max(run.columns for run in table)
    cells = tuple(
        Cell(row=r, column=c, text=text.rstrip(), place=Place(line=number))
        for r, (number, texts) in enumerate(rows)
        for c, text in enumerate(texts)
    )
    starts = list(accumulate(len(run.rows) for run in table))[:-1]
    return Grid(
        rows=len(rows),
        columns=columns,
        cells=cells,
        spans_known=False,
        breaks=tuple(starts),
        follows=follows,
    )
