"""Where things stand on the page: wrapped cells, row heights, page splits. No drawing here.

A table becomes `Sheet`s (one per page), each with cells whose boxes are in points from the top
left of the page. `typeset.py` draws them; what is printed comes from `forms.py` and `budget.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.facsimile.budget import Budget, PrintedRow, Table
from tests.facsimile.forms import (
    CODE_AND_NAME,
    LANDSCAPE,
    WIDTHS,
    WORD_COLUMNS,
    HeaderCell,
    header_cells,
    header_lines,
    name_line,
    table_label,
    title,
)

PORTRAIT_SIZE = (595.28, 841.89)
FONT_SIZE = 9.0
LEADING = 11.5
PADDING = 3.0
MIN_ROW_HEIGHT = 20.0
TOP = 52.0
CAPTION_HEIGHT = 64.0
BOTTOM = 58.0

Measure = Callable[[str], float]


@dataclass(frozen=True)
class Cell:
    """A ruled box with its wrapped lines; `align` is 'left', 'centre' or 'right'."""

    x0: float
    y0: float
    x1: float
    y1: float
    lines: tuple[str, ...]
    align: str


@dataclass(frozen=True)
class Text:
    """A line of text outside the ruled grid, `y` being its baseline."""

    x: float
    y: float
    text: str
    size: float
    align: str = "left"


@dataclass(frozen=True)
class Sheet:
    """One page with (a part of) one table."""

    width: float
    height: float
    cells: tuple[Cell, ...]
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Part:
    """The rows of a table that stand on one page."""

    rows: tuple[PrintedRow, ...]
    with_header: bool
    first: bool
    last: bool


def page_size(number: int) -> tuple[float, float]:
    width, height = PORTRAIT_SIZE
    return (height, width) if number in LANDSCAPE else (width, height)


def wrapped(text: str, width: float, measure: Measure) -> tuple[str, ...]:
    """The text broken where it no longer fits; figures and codes are never broken."""
    if not text:
        return ()
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and measure(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece
    return tuple(lines)


def _pieces(text: str) -> Iterator[str]:
    """Single characters, but runs of figures, points and commas whole."""
    run = ""
    for character in text:
        if character.isascii() and (character.isdigit() or character in ".,-"):
            run += character
            continue
        if run:
            yield run
            run = ""
        yield character
    if run:
        yield run


def sheets(
    budget: Budget, table: Table, measure: Measure, *, repeat_headers: bool = False
) -> list[Sheet]:
    """The pages of one table."""
    number = table.number
    width, height = page_size(number)
    edges = _edges(WIDTHS[number], width)
    head = header_cells(number, budget.year)
    head_heights = _header_heights(number, budget.year, head, edges, measure)
    result = []
    for part in _parts(table, edges, measure, height, sum(head_heights), repeat_headers):
        texts = list(_captions(budget, number, edges, width)) if part.first else []
        y = TOP + (CAPTION_HEIGHT if part.first else 0.0)
        cells: list[Cell] = []
        if part.with_header:
            cells += _placed_header(head, head_heights, edges, y, measure)
            y += sum(head_heights)
        for row in part.rows:
            row_height = _row_height(number, row, edges, measure)
            cells += _placed_row(number, row, edges, y, row_height, measure)
            y += row_height
        if part.last and table.note:
            texts.append(Text(edges[0], y + 18, table.note, FONT_SIZE))
        result.append(Sheet(width, height, tuple(cells), tuple(texts)))
    return result


def _edges(widths: tuple[float, ...], page_width: float) -> list[float]:
    """The column boundaries of a table centred on the page."""
    edges = [round((page_width - sum(widths)) / 2, 2)]
    for width in widths:
        edges.append(round(edges[-1] + width, 2))
    return edges


def _captions(budget: Budget, number: int, edges: list[float], width: float) -> Iterator[Text]:
    yield Text(edges[0], TOP + 10, table_label(number), FONT_SIZE)
    yield Text(width / 2, TOP + 32, title(number, budget.year), 15, "centre")
    yield Text(edges[0], TOP + 56, name_line(budget), FONT_SIZE)
    yield Text(edges[-1], TOP + 56, "单位：万元", FONT_SIZE, "right")


def _parts(
    table: Table,
    edges: list[float],
    measure: Measure,
    page_height: float,
    header_height: float,
    repeat_headers: bool,
) -> Iterator[Part]:
    """The rows page by page: at the printed page breaks, and where the page is full."""
    first, y = True, TOP + CAPTION_HEIGHT + header_height
    rows: list[PrintedRow] = []
    for index, row in enumerate(table.rows):
        height = _row_height(table.number, row, edges, measure)
        if rows and (index in table.breaks or y + height > page_height - BOTTOM):
            yield Part(tuple(rows), first or repeat_headers, first, last=False)
            first, rows = False, []
            y = TOP + (header_height if repeat_headers else 0.0)
        rows.append(row)
        y += height
    yield Part(tuple(rows), first or repeat_headers, first, last=True)


def _align(number: int, column: int, text: str) -> str:
    if column not in WORD_COLUMNS[number]:
        return "right"
    return "centre" if text in ("合计", "部门合计") else "left"


def _spans(number: int, row: PrintedRow) -> Iterator[tuple[int, int]]:
    """(column, column span) of each cell: 合计 in a code column runs over the name column."""
    merged = {code for code, name in CODE_AND_NAME.get(number, ()) if _is_merged(row, code, name)}
    column = 0
    while column < len(row):
        span = 2 if column in merged else 1
        yield column, span
        column += span


def _is_merged(row: PrintedRow, code: int, name: int) -> bool:
    return bool(row[code]) and not row[code].isdigit() and not row[name]


def _row_height(number: int, row: PrintedRow, edges: list[float], measure: Measure) -> float:
    most = max(
        len(wrapped(row[column], _inner(edges, column, span), measure))
        for column, span in _spans(number, row)
    )
    return max(MIN_ROW_HEIGHT, most * LEADING + 2 * PADDING)


def _inner(edges: list[float], column: int, span: int) -> float:
    return edges[column + span] - edges[column] - 2 * PADDING


def _placed_row(
    number: int, row: PrintedRow, edges: list[float], y: float, height: float, measure: Measure
) -> Iterator[Cell]:
    for column, span in _spans(number, row):
        text = row[column]
        yield Cell(
            edges[column],
            y,
            edges[column + span],
            y + height,
            wrapped(text, _inner(edges, column, span), measure),
            _align(number, column, text),
        )


def _header_heights(
    number: int, year: int, head: list[HeaderCell], edges: list[float], measure: Measure
) -> list[float]:
    """Row heights that give every header cell room, merged ones included."""
    heights = [MIN_ROW_HEIGHT] * len(header_lines(number, year))
    for cell in sorted(head, key=lambda cell: cell.row_span):
        lines = wrapped(cell.text, _inner(edges, cell.column, cell.column_span), measure)
        needed = len(lines) * LEADING + 2 * PADDING
        rows = range(cell.row, cell.row + cell.row_span)
        heights[rows[-1]] += max(0.0, needed - sum(heights[row] for row in rows))
    return heights


def _placed_header(
    head: list[HeaderCell], heights: list[float], edges: list[float], top: float, measure: Measure
) -> Iterator[Cell]:
    tops = [top]
    for height in heights:
        tops.append(tops[-1] + height)
    for cell in head:
        yield Cell(
            edges[cell.column],
            tops[cell.row],
            edges[cell.column + cell.column_span],
            tops[cell.row + cell.row_span],
            wrapped(cell.text, _inner(edges, cell.column, cell.column_span), measure),
            "centre",
        )
