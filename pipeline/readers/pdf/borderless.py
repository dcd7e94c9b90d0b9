"""Tables without any rule, on a page that has none: columns and rows from where words stand.

Here: which lines are such a table, and its grid. A table stands below a line that names the unit of
money and has figures in columns. Every word must have one certain place: where a line may be a
wrapped one or a row, a column may belong to two header words, or the table may go on over the page,
the lines stay paragraphs (the forms then miss the table aloud). Not here: ruled tables (lattice,
filling), header cells (borderless_header).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from pipeline.readers.furniture import is_page_number
from pipeline.readers.pdf.borderless_header import (
    Headed,
    columns,
    header_blocks,
    header_cells,
    leaves,
)
from pipeline.readers.pdf.borderless_next import CAPTION, HEAD, begins_anew, squeezed
from pipeline.readers.pdf.borderless_parts import (
    Block,
    Line,
    Unsure,
    check_apart,
    glyphs_of,
    height_of,
    is_amount_in,
    words,
)
from pipeline.readers.pdf.borderless_rows import (
    FEWEST_ROWS,
    Placed,
    body_start,
    check_top,
    measured,
    rows_of,
)
from pipeline.readers.pdf.cut_rows import CLOSED
from pipeline.readers.pdf.filling import Table
from pipeline.readers.pdf.glyphs import Glyph
from pipeline.readers.pdf.lines import indent_of, text_lines
from pipeline.readers.shapes import DOUBTED, Box, Cell, Grid, Place

NOTE = re.compile(r"[(（]?(?:注|备注|说明)[:：\d]|.*。")
# A gap of so many glyph heights ends a table; one this low on its page may go on over it.
APART, LOW, FOOT = 3.5, 0.8, 0.88

Following = Callable[[], list[Line] | None]


def tables(
    glyphs: list[Glyph], page: int, length: float, following: Following = list
) -> tuple[list[Table], list[Glyph]]:
    """The tables without rules among glyphs, and the glyphs that stand in none of them.

    `following` gives the first lines of the next page, null where there is none.
    """
    if any(glyph.quarter for glyph in glyphs):
        return [], glyphs
    lines = [words(line) for line in text_lines(glyphs) if line]
    captions = [n for n, line in enumerate(lines) if CAPTION.search(squeezed(line))]
    found, taken = [], set()
    ends = [0, *captions, len(lines)]
    for before, start, end in zip(ends[:-2], captions, ends[2:], strict=True):
        run = lines[start + 1 : end]
        inside = run[: run_length(run)]
        if len(inside) <= FEWEST_ROWS or any(is_amount_in(line) for line in run[len(inside) :]):
            continue
        try:
            grid = grid_of(inside, page)
        except Unsure:
            continue
        above = lines[max(before, start - HEAD) : start]
        if is_closed(inside, run[len(inside) :], length) or begins_anew(following(), above):
            found.append(Table(grid, CLOSED))
            taken |= {id(glyph) for line in inside for glyph in glyphs_of(line)}
    return found, [glyph for glyph in glyphs if id(glyph) not in taken] if taken else glyphs


def run_length(run: list[Line]) -> int:
    """How many lines from the top may be one table."""
    for number, line in enumerate(run):
        text = squeezed(line)
        if (len(line) == 1 and NOTE.match(text)) or is_page_number(text):
            return number
        above = run[number - 1] if number else line
        if line[0].baseline - above[0].baseline > APART * height_of(line):
            return number
    return len(run)


def is_closed(inside: list[Line], after: list[Line], length: float) -> bool:
    """Whether the page itself says that the table ends where its lines do."""
    more = [line for line in after if not is_page_number(squeezed(line))]
    if any(line[0].baseline < FOOT * length for line in more):
        return True
    return inside[-1][0].baseline < LOW * length


def grid_of(lines: list[Line], page: int) -> Grid:
    """Lines as a grid; raises `Unsure` where a word has no certain place."""
    for line in lines:
        check_apart(line)
    start = body_start(lines)
    body = measured(lines[start:])
    blocks = header_blocks(lines[:start])
    heads = leaves(blocks, body.columns) if blocks else []
    if not heads:
        raise Unsure("no header")
    headed = columns(heads, body.columns)
    places = [stretch for stretch, _ in headed]
    edges = [places[0].x0 - 1.0]
    edges += [(left.x1 + right.x0) / 2 for left, right in pairwise(places)]
    edges.append(places[-1].x1 + 1.0)
    head, depth = header_cells(blocks, heads, edges)
    rows = rows_of(body, places)
    check_top(heads, rows[0], body, places)
    return put_together(head, depth, rows, edges, lines, page)


def put_together(
    head: list[Headed],
    depth: int,
    rows: list[list[Placed]],
    edges: list[float],
    lines: list[Line],
    page: int,
) -> Grid:
    """Header and rows as a grid."""
    width = len(edges) - 1
    spans: dict[tuple[int, int], tuple[int, int, Block | None]] = {
        (h.row, h.column): (h.row_span, h.column_span, h.block) for h in head
    }
    for number, held in enumerate(rows, depth):
        for first, end, found in held:
            spans[number, first] = (1, end + 1 - first, found)
    taken = {
        (r, c)
        for (row, column), (down, across, _) in spans.items()
        for r in range(row, row + down)
        for c in range(column, column + across)
    }
    places = [(r, c) for r in range(depth + len(rows)) for c in range(width)]
    levels = row_edges(head, depth, rows, lines)
    cells = []
    for row, column in places:
        if (row, column) in taken and (row, column) not in spans:
            continue
        down, across, block = spans.get((row, column), (1, 1, None))
        box = Box(edges[column], levels[row], edges[column + across], levels[row + down])
        text = "" if block is None else block.text
        if block is not None and row >= depth:
            text = indent_of(glyphs_of(block.lines[0]), edges[column]) + text
        place = Place(page=page, box=box)
        # Inferred from gaps: figures need an identity to count as certain.
        cells.append(Cell(row, column, text, place, down, across, DOUBTED, wrapped=True))
    return Grid(depth + len(rows), width, tuple(cells), spans_known=True, edges=tuple(edges))


def row_edges(
    head: list[Headed], depth: int, rows: list[list[Placed]], lines: list[Line]
) -> list[float]:
    """The heights between the rows, from the top of the table to its bottom."""
    top = lines[0][0].baseline - height_of(lines[0])
    starts = [
        min(h.block.first for h in head if h.row <= level < h.row + h.row_span)
        for level in range(depth)
    ]
    starts += [min(block.first for _, _, block in row) for row in rows]
    height = height_of(lines[-1])
    inner = [start - height for start in starts[1:]]
    found = [top]
    for edge in [*inner, lines[-1][0].baseline + 0.3 * height]:
        found.append(max(edge, found[-1]))
    return found
