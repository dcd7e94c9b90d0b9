"""Lines of OCR markdown sorted into table segments and paragraphs.

Here: rows parted by tabs, pipe tables and HTML tables, each as a `Segment` of equally long rows; a
segment ends at a blank line, a page mark or a line of words. Not here: which segments are one
table (markdown_pages), and cleaning of one text (markdown_cells).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.readers.furniture import is_page_number
from pipeline.readers.text.markdown_cells import cell_text, line_text

PIPE = re.compile(r"(?<!\\)\|")
DASHES = re.compile(r":?-+:?")
# Lines that show nothing: rules, fences, pictures, comments and page marks.
NOTHING = re.compile(
    r"[-*_=~ ]{3,}|`{3}\w{0,20}|!\[[^\]]{0,300}\]\([^)]{0,500}\)|<!--.{0,500}-->|<img[^<>]{0,500}>"
    r"|\{\d{1,5}\}-{3,}"
)
TABLE_STARTS = re.compile(r"(?=<table\b)", re.IGNORECASE)
TABLE_ENDS = re.compile(r"(?<=</table>)", re.IGNORECASE)
HTML_ROW = re.compile(r"<t[rdh]\b", re.IGNORECASE)
STRUCTURE = re.compile(r"<(/?)(table|tr|td|th|caption)\b([^<>]{0,500})>", re.IGNORECASE)
SPAN = re.compile(r"\b(row|col)span\s{0,5}=\s{0,5}[\"']?\s{0,5}(\d{1,4})", re.IGNORECASE)
# No official table is wider; a hostile one may say so.
MAX_SPAN = 64


@dataclass(frozen=True)
class Text:
    """A line of words."""

    line: int
    text: str


@dataclass(frozen=True)
class Segment:
    """Neighbouring table rows, all of one length, with the line each stands on."""

    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    @property
    def printed_width(self) -> int:
        """Cells per row as the text has them."""
        return len(self.rows[0])

    @property
    def width(self) -> int:
        """Columns up to the last one that holds anything."""
        return max(
            (c + 1 for row in self.rows for c, text in enumerate(row) if text.strip()), default=0
        )


@dataclass(frozen=True)
class Markup:
    """The lines of one HTML table."""

    lines: tuple[tuple[int, str], ...]


Cells = tuple[int, list[str]]
Piece = Cells | Text | Markup | None


def blocks(lines: list[str]) -> Iterator[Segment | Text | None]:
    """Segments and texts in order; null for a place where nothing stands between them."""
    rows: list[Cells] = []
    for piece in pieces(lines):
        if isinstance(piece, tuple):
            rows.append(piece)
            continue
        yield from segment_of(rows)
        rows = []
        if isinstance(piece, Markup):
            yield from html_segments(piece)
        elif piece is None or piece.text:
            yield piece
    yield from segment_of(rows)


def pieces(lines: list[str]) -> Iterator[Piece]:
    """Each line as cells or words, the lines of an HTML table as one; null for a gap."""
    markup: list[tuple[int, str]] = []
    for number, line in virtual_lines(lines):
        if markup and goes_on(markup[-1][1], line):
            markup.append((number, line))
            continue
        if markup:
            yield Markup(tuple(markup))
            markup = []
        if HTML_ROW.search(line) or TABLE_STARTS.match(line.lstrip()):
            markup = [(number, line)]
        else:
            yield from plain_pieces(number, line)
    if markup:
        yield Markup(tuple(markup))


def virtual_lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, cut where an HTML table begins or ends."""
    for number, line in enumerate(lines, start=1):
        if "<" not in line:
            yield number, line
            continue
        for part in TABLE_STARTS.split(line):
            for piece in TABLE_ENDS.split(part):
                if piece.strip():
                    yield number, piece


def goes_on(last: str, line: str) -> bool:
    """Whether a line still belongs to the HTML table above it."""
    if last.rstrip().lower().endswith("</table>") or TABLE_STARTS.match(line.lstrip()):
        return False
    inside = not last.rstrip().lower().endswith(("</tr>", "</tbody>", "</thead>"))
    return bool(STRUCTURE.search(line)) or (inside and not line.startswith("#"))


def plain_pieces(number: int, line: str) -> Iterator[Piece]:
    """A line outside HTML tables."""
    if "\f" in line:
        yield None
    printed = line.replace("\f", "")
    stripped = printed.strip()
    if "\t" in printed:
        cells = [cell_text(cell) for cell in printed.split("\t")]
        if any(cells):
            yield number, cells
    elif is_pipe_row(stripped):
        cells = PIPE.split(stripped[1:].removesuffix("|"))
        if not all(DASHES.fullmatch(cell.strip()) for cell in cells):
            found = [cell_text(cell.strip(" ")) for cell in cells]
            if any(found):
                yield number, found
    elif not stripped or NOTHING.fullmatch(stripped) or is_page_number(stripped):
        yield None
    else:
        yield Text(number, line_text(stripped))


def is_pipe_row(stripped: str) -> bool:
    """Whether a line is a row of a pipe table."""
    return stripped.startswith("|") and stripped.endswith("|") and stripped.count("|") > 2


def segment_of(rows: list[Cells]) -> Iterator[Segment | Text]:
    """Rows as one segment; a lone row with one text is a line of words."""
    if not rows:
        return
    texts = [text for _, cells in rows for text in cells if text.strip()]
    if len(rows) == 1 and len(texts) == 1:
        yield Text(rows[0][0], texts[0].strip())
        return
    width = max(len(cells) for _, cells in rows)
    yield Segment(
        rows=tuple(tuple(cells) + ("",) * (width - len(cells)) for _, cells in rows),
        lines=tuple(number for number, _ in rows),
    )


def html_segments(markup: Markup) -> Iterator[Segment | Text]:
    """An HTML table as texts (what stands in no cell) and a segment, merged cells unfolded.

    A merged cell stands in its first place, as in the other layouts.
    """
    rows: list[tuple[int, list[tuple[str, int, int]]]] = []
    cell: tuple[list[str], int, int] | None = None
    for number, line in markup.lines:
        at = 0
        for tag in STRUCTURE.finditer(line):
            between, at = line[at : tag.start()], tag.end()
            if cell is not None:
                cell[0].append(between)
            elif outside := line_text(between):
                yield Text(number, outside)
            name, closes = tag[2].lower(), bool(tag[1])
            if cell is not None:
                rows[-1][1].append(("".join(cell[0]), cell[1], cell[2]))
                cell = None
            if name in ("td", "th") and not closes:
                spans = {kind.lower(): int(size) for kind, size in SPAN.findall(tag[3])}
                if not rows:
                    rows.append((number, []))
                cell = ([], span(spans.get("row", 1)), span(spans.get("col", 1)))
            elif name == "tr" and not closes:
                rows.append((number, []))
        if cell is not None:
            cell[0].append(line[at:] + "\n")
        elif outside := line_text(line[at:]):
            yield Text(number, outside)
    if cell is not None:
        rows[-1][1].append(("".join(cell[0]), cell[1], cell[2]))
    yield from segment_of([row for row in unfolded(rows) if any(row[1])])


def span(size: int) -> int:
    """How far a cell reaches, within reason."""
    return min(max(size, 1), MAX_SPAN)


def unfolded(rows: list[tuple[int, list[tuple[str, int, int]]]]) -> Iterator[Cells]:
    """Rows of merged cells as rows of places."""
    taken: dict[int, int] = {}
    for number, cells in rows:
        found: dict[int, str] = {}
        column = 0
        busy = {place for place, left in taken.items() if left > 0}
        taken = {place: left - 1 for place, left in taken.items() if left > 1}
        for text, down, across in cells:
            while column in busy:
                column += 1
            found[column] = cell_text(text.strip("\n "))
            for place in range(column, column + across):
                if down > 1:
                    taken[place] = max(taken.get(place, 0), down - 1)
            column += across
        width = max([column, *(place + 1 for place in busy)])
        yield number, [found.get(place, "") for place in range(width)]
