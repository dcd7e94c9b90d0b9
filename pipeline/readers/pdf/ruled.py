"""Ruled tables of a PDF: the grid from Camelot's vector engine, the text glyph by glyph.

Camelot finds rules, cells and merged cells. Its own text goes to cells by whole lines, which
jams neighbours; so each glyph goes to the cell its centre stands in. Here: one page's grids.
Not here: joining pages (continuation).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pipeline.readers.pdf.glyphs import Glyph, PageText, indent_of, line_text, text_lines
from pipeline.readers.shapes import Box, Cell, Grid, Place

FLAVOR = "yusuan-ruled"
# A line is full that leaves less than this share of its cell, paddings included.
FULL = 0.7


def tables_by_page(path: str, pages: int) -> dict[int, list[Any]]:
    """Camelot's tables of each page, a range of pages at a time to bound its memory."""
    handler = ruled_parser()
    found: dict[int, list[Any]] = {}
    for first in range(1, pages + 1, 20):
        span = f"{first}-{min(first + 19, pages)}"
        with handler(path, pages=span) as open_file:
            for table in open_file.parse(FLAVOR, suppress_stdout=True, engine="vector"):
                found.setdefault(table.page, []).append(table)
    return found


def ruled_parser() -> Any:
    """Camelot's handler with a lattice parser that keeps nearly empty grids.

    Camelot drops ruled grids that are 90 % empty as noise; an official form without figures is
    such a grid. Imported here: Camelot takes half a second to load.
    """
    from camelot import handlers
    from camelot.parsers.lattice import Lattice

    class Ruled(Lattice):
        def _reject_table(self, table: Any) -> bool:
            return False

    handlers.PARSERS[FLAVOR] = Ruled
    return handlers.PDFHandler


def page_grids(tables: list[Any], text: PageText) -> tuple[list[Grid], list[Glyph]]:
    """The grids of a page, and the glyphs that stand in none of them.

    A grid with no glyph at all holds nothing that could be read, and is none.
    """
    left = list(text.glyphs)
    grids = []
    for table in sorted(tables, key=lambda t: (-t.cells[0][0].y2, t.cells[0][0].x1)):
        grid, left = fill(table, left, text)
        if any(cell.text for cell in grid.cells):
            grids.append(grid)
    return grids, left


def fill(table: Any, glyphs: list[Glyph], text: PageText) -> tuple[Grid, list[Glyph]]:
    """One Camelot table as a grid with its glyphs, and the glyphs that remain."""
    rows, columns = len(table.cells), len(table.cells[0])
    paper = text.paper
    across = (*(c.x1 for c in table.cells[0]), table.cells[0][-1].x2)
    edges = tuple(paper.x0 + float(x) for x in across)
    down = (*(row[0].y2 for row in table.cells), table.cells[-1][0].y1)
    levels = tuple(paper.y1 - float(y) for y in down)
    inside: dict[tuple[int, int], list[Glyph]] = {}
    outside = []
    for glyph in glyphs:
        row, column = slot(levels, glyph.y), slot(edges, glyph.x)
        if row is None or column is None:
            outside.append(glyph)
        else:
            inside.setdefault((row, column), []).append(glyph)
    cells = []
    for row, column, row_span, column_span in spans(table.cells, rows, columns):
        held = [
            glyph
            for r in range(row, row + row_span)
            for c in range(column, column + column_span)
            for glyph in inside.get((r, c), ())
        ]
        box = Box(edges[column], levels[row], edges[column + column_span], levels[row + row_span])
        lines = text_lines(held)
        content = "\n".join(line_text(line) for line in lines)
        if lines:
            content = indent_of(lines[0], box.x0) + content
        place = Place(page=text.page, box=box)
        wrapped = all(forced(*pair, box) for pair in pairwise(lines))
        cells.append(Cell(row, column, content, place, row_span, column_span, wrapped=wrapped))
    return Grid(rows, columns, tuple(cells), spans_known=True, edges=edges), outside


def forced(upper: list[Glyph], lower: list[Glyph], box: Box) -> bool:
    """Whether a line could not have held the first glyph of the next one."""
    used = upper[-1].box.x1 - upper[0].box.x0
    wanted = lower[0].box.x1 - lower[0].box.x0
    return used + wanted > FULL * (box.x1 - box.x0)


def slot(bounds: tuple[float, ...], value: float) -> int | None:
    """The interval a value stands in, null outside all."""
    for index in range(len(bounds) - 1):
        if bounds[index] <= value < bounds[index + 1]:
            return index
    return None


def spans(cells: list[list[Any]], rows: int, columns: int) -> Iterator[tuple[int, int, int, int]]:
    """Merged cells as (row, column, row span, column span), each place covered once.

    A cell reaches over a neighbour where neither draws the rule between them. Where that gives no
    rectangle, the places stay single.
    """
    taken: set[tuple[int, int]] = set()
    for row in range(rows):
        for column in range(columns):
            if (row, column) in taken:
                continue
            width = reach(lambda c, r=row: open_right(cells, r, c), column, columns)
            height = reach(lambda r, c=column: open_below(cells, r, c), row, rows)
            places = {
                (r, c) for r in range(row, row + height) for c in range(column, column + width)
            }
            if not taken.isdisjoint(places) or not closed(cells, row, column, height, width):
                height, width, places = 1, 1, {(row, column)}
            taken |= places
            yield row, column, height, width


def reach(is_open: Any, start: int, limit: int) -> int:
    """How many places are joined from `start` on."""
    end = start
    while end + 1 < limit and is_open(end):
        end += 1
    return end - start + 1


def open_right(cells: list[list[Any]], row: int, column: int) -> bool:
    """No rule between a place and the one right of it."""
    return not cells[row][column].right and not cells[row][column + 1].left


def open_below(cells: list[list[Any]], row: int, column: int) -> bool:
    """No rule between a place and the one below it."""
    return not cells[row][column].bottom and not cells[row + 1][column].top


def closed(cells: list[list[Any]], row: int, column: int, height: int, width: int) -> bool:
    """Whether all places of a rectangle are joined with each other."""
    across = all(
        open_right(cells, r, c)
        for r in range(row, row + height)
        for c in range(column, column + width - 1)
    )
    down = all(
        open_below(cells, r, c)
        for r in range(row, row + height - 1)
        for c in range(column, column + width)
    )
    return across and down
