"""Glyphs into tables: each glyph goes to the cell its centre stands in.

Here: one page's lattices and glyphs to grids and what is left over. Not here: finding rules
(rules, lattice), and joining pages (continuation).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from pipeline.readers.pdf.bands import parted_rows
from pipeline.readers.pdf.cut_rows import Ends
from pipeline.readers.pdf.glyphs import Glyph
from pipeline.readers.pdf.lattice import Lattice, Span, spans, trimmed, with_levels
from pipeline.readers.pdf.lines import indent_of, line_text, turned_lines
from pipeline.readers.pdf.overrun import overruns, reunited, taken_in
from pipeline.readers.shapes import Box, Cell, Grid, Place

# A line is full that leaves less than this share of its cell, paddings included.
FULL = 0.7

Held = dict[tuple[int, int], list[Glyph]]
Filled = list[tuple[Span, list[Glyph]]]


@dataclass(frozen=True)
class Table:
    """A grid, and how it ends at the top and at the bottom."""

    grid: Grid
    ends: Ends


def grid_box(grid: Grid) -> Box:
    """The rectangle of a whole grid of one page."""
    boxes = [cell.place.box for cell in grid.cells if cell.place.box]
    return Box(
        min(b.x0 for b in boxes),
        min(b.y0 for b in boxes),
        max(b.x1 for b in boxes),
        max(b.y1 for b in boxes),
    )


def tables(found: list[Lattice], glyphs: list[Glyph], page: int) -> tuple[list[Table], list[Glyph]]:
    """The tables of a page, and the glyphs that stand in none of them.

    Inner tables take their glyphs first. A table with no glyph at all holds nothing that could be
    read, and is none, unless the page is without text: then it is the empty rest of a table.
    """
    left = glyphs
    kept = []
    for table in sorted(without_frames(found), key=lambda t: t.area):
        held, left = inside(table, left)
        if not held and glyphs:
            continue
        left = taken_in(held, left, table.xs)
        fit, cells = fitted(table, held)
        kept.append(Table(grid_of(fit, cells, page), ends_of(fit, cells)))
    return kept, left


def without_frames(found: list[Lattice]) -> list[Lattice]:
    """Tables of a page without the frames around other tables."""
    return [
        table
        for table in found
        if min(table.rows, table.columns) > 1
        or not any(other is not table and encloses(table, other) for other in found)
    ]


def encloses(outer: Lattice, inner: Lattice) -> bool:
    """Whether a table lies within another one."""
    return (
        outer.xs[0] <= inner.xs[0]
        and outer.xs[-1] >= inner.xs[-1]
        and outer.ys[0] <= inner.ys[0]
        and outer.ys[-1] >= inner.ys[-1]
    )


def inside(table: Lattice, glyphs: list[Glyph]) -> tuple[Held, list[Glyph]]:
    """The glyphs of each place of a table, and those outside it."""
    held: Held = {}
    left = []
    xs, ys = table.xs, table.ys
    x0, x1, y0, y1 = xs[0], xs[-1], ys[0], ys[-1]
    for glyph in glyphs:
        x, y = (glyph[1] + glyph[3]) / 2, (glyph[2] + glyph[4]) / 2
        if x0 <= x < x1 and y0 <= y < y1:
            place = (bisect_right(ys, y) - 1, bisect_right(xs, x) - 1)
            if place in held:
                held[place].append(glyph)
            else:
                held[place] = [glyph]
        else:
            left.append(glyph)
    return held, left


def fitted(table: Lattice, held: Held) -> tuple[Lattice, Filled]:
    """The table without empty open sides, rows parted that no rule parts, and its cells' glyphs."""
    rows, columns = {row for row, _ in held}, {column for _, column in held}
    fit = trimmed(table, columns, rows)
    cells = refilled(fit, held) if fit is not table else filled(fit, held)
    parted = parted_rows(fit, cells)
    if not parted:
        return fit, cells
    for row, levels in sorted(parted.items(), reverse=True):
        fit = with_levels(fit, row, levels)
    return fit, refilled(fit, held)


def filled(table: Lattice, held: Held) -> Filled:
    """Each cell of a table with its glyphs, figures whole."""
    cells = spans(table)
    if overruns(held, table.xs):
        merged = {
            (r, c): number
            for number, (row, column, height, width) in enumerate(cells)
            for r in range(row, row + height)
            for c in range(column, column + width)
        }
        held = reunited(held, table.xs, merged)
    return [(span, of_span(span, held)) for span in cells]


def refilled(table: Lattice, held: Held) -> Filled:
    """Each cell of a table with its glyphs, found by their places anew."""
    found, left = inside(table, [glyph for group in held.values() for glyph in group])
    taken_in(found, left, table.xs)
    return filled(table, found)


def of_span(span: Span, held: Held) -> list[Glyph]:
    """The glyphs of a merged cell."""
    row, column, height, width = span
    if height == width == 1:
        return held.get((row, column), [])
    return [
        glyph
        for r in range(row, row + height)
        for c in range(column, column + width)
        for glyph in held.get((r, c), ())
    ]


def grid_of(table: Lattice, filled_cells: Filled, page: int) -> Grid:
    """A lattice and its glyphs as a grid."""
    xs, ys = table.xs, table.ys
    cells = []
    for (row, column, height, width), glyphs in filled_cells:
        box = Box(xs[column], ys[row], xs[column + width], ys[row + height])
        text, wrapped = "", True
        if glyphs:
            lines = turned_lines(glyphs)
            text = indent_of(lines[0], box.x0) + "\n".join(map(line_text, lines))
            wrapped = all(forced(*pair, box) for pair in pairwise(lines))
        place = Place(page=page, box=box)
        cells.append(Cell(row, column, text, place, height, width, wrapped=wrapped))
    return Grid(table.rows, table.columns, tuple(cells), spans_known=True, edges=xs)


def ends_of(table: Lattice, cells: Filled) -> Ends:
    """How a table ends at the top and at the bottom."""
    full = full_cells(table, cells) if table.open_bottom else frozenset()
    above = frozenset(x for x, ruled in zip(table.xs, table.top, strict=False) if not ruled)
    below = frozenset(x for x, ruled in zip(table.xs, table.below[-1], strict=False) if not ruled)
    return Ends(table.open_top, table.open_bottom, full, above, below)


def full_cells(table: Lattice, cells: Filled) -> frozenset[float]:
    """Where the cells of the last row begin whose last line has no room for one more character."""
    found = []
    for (row, column, height, width), glyphs in cells:
        if row + height < table.rows or not glyphs:
            continue
        line = turned_lines(glyphs)[-1]
        used = line[-1].x1 - line[0].x0 + line[0].height
        if used > FULL * (table.xs[column + width] - table.xs[column]):
            found.append(table.xs[column])
    return frozenset(found)


def forced(upper: list[Glyph], lower: list[Glyph], box: Box) -> bool:
    """Whether a line could not have held the first glyph of the next one."""
    used = upper[-1].x1 - upper[0].x0
    wanted = lower[0].x1 - lower[0].x0
    return used + wanted > FULL * (box.x1 - box.x0)
