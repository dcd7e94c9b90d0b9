"""A row or a merged cell cut by a page break: put together where the evidence is there.

Here: the decision and the joined cells. Not here: whether two grids are one table (continuation).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.readers.shapes import Cell, Grid

# A printed amount, and how an item of a list begins; a row that has them is no rest of another.
FIGURE = re.compile(r"(?m)^[-－△▲(（]?\d[\d,，]*(?:\.\d+)?[)）]?$")
BEGINS = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|[①-⑳]|\d|其中|合计|小计|总计")


@dataclass(frozen=True)
class Ends:
    """How a table ends at the top and at the bottom.

    Open: no rule is drawn there at all. `full`: where those cells of the last row begin whose last
    line is full, if the bottom is open. `loose_top` and `loose_bottom`: where columns begin that
    lack a rule there while others have one.
    """

    open_top: bool = False
    open_bottom: bool = False
    full: frozenset[float] = frozenset()
    loose_top: frozenset[float] = frozenset()
    loose_bottom: frozenset[float] = frozenset()


CLOSED = Ends()


def row_breaks(rows: int, below: Grid) -> tuple[int, ...]:
    """The rows that begin a new page in a grid put below so many rows."""
    return tuple(rows + row for row in (0, *below.breaks) if row < below.rows)


def with_rest(one: Grid, other: Grid, above: Ends, below: Ends) -> tuple[Grid, Grid] | None:
    """Both grids, the first row of the lower one put into the last row of the upper one.

    Null unless all of this holds: no rule is drawn at the break; the cells of both rows are the
    same; text goes on only in cells that have text above, and one of these is full; figures stand
    in one half at most; nothing in the lower half begins an item.
    """
    if not (above.open_bottom and below.open_top):
        return None
    last = [cell for cell in one.cells if cell.row == one.rows - 1]
    rest = {cell.column: cell for cell in other.cells if cell.row == 0}
    shape = {(cell.column, cell.column_span, cell.row_span) for cell in rest.values()}
    if shape != {(cell.column, cell.column_span, 1) for cell in last}:
        return None
    pairs = [(cell, rest[cell.column]) for cell in last if rest[cell.column].text.strip()]
    if not pairs or not all(upper.text.strip() for upper, _ in pairs):
        return None
    if FIGURE.search(printed(last)) and FIGURE.search(printed(list(rest.values()))):
        return None
    if any(BEGINS.match(lower.text.strip()) for _, lower in pairs):
        return None
    if not any(upper.place.box and upper.place.box.x0 in above.full for upper, _ in pairs):
        return None
    whole = {upper.column: joined(upper, lower) for upper, lower in pairs}
    cells = tuple(
        whole.get(cell.column, cell) if cell.row == one.rows - 1 else cell for cell in one.cells
    )
    left = tuple(replace(cell, row=cell.row - 1) for cell in other.cells if cell.row > 0)
    shifted = tuple(row - 1 for row in other.breaks)
    rest_of = replace(other, rows=other.rows - 1, cells=left, breaks=shifted)
    return replace(one, cells=cells), rest_of


def with_merged(one: Grid, other: Grid, above: Ends, below: Ends) -> tuple[Grid, Grid]:
    """Both grids, cells that reach over the break in one: ruled on neither side, one half empty.

    Only where other columns of the lower page are ruled at the break: rows begin anew there.
    """
    lower = {c.column: c for c in other.cells if c.row == 0 and begins(c, below.loose_top)}
    merged: dict[int, Cell] = {}
    for cell in one.cells:
        rest = lower.get(cell.column) if cell.row + cell.row_span == one.rows else None
        if rest is None or rest.column_span != cell.column_span:
            continue
        if begins(cell, above.loose_bottom) and not (cell.text.strip() and rest.text.strip()):
            text = cell.text if cell.text.strip() else rest.text
            span = cell.row_span + rest.row_span
            merged[cell.column] = replace(cell, text=text, row_span=span)
    if not merged:
        return one, other
    cells = tuple(
        merged.get(c.column, c) if c.row + c.row_span == one.rows else c for c in one.cells
    )
    left = tuple(c for c in other.cells if c.row > 0 or c.column not in merged)
    return replace(one, cells=cells), replace(other, cells=left)


def begins(cell: Cell, places: frozenset[float]) -> bool:
    """Whether a cell begins at one of these places across."""
    return cell.place.box is not None and cell.place.box.x0 in places


def joined(upper: Cell, lower: Cell) -> Cell:
    """The two halves of a cell; the page break is one more forced line break."""
    return replace(upper, text=f"{upper.text}\n{lower.text.strip()}")


def printed(cells: list[Cell]) -> str:
    """What a row prints, cell by cell."""
    return "\n".join(cell.text.strip() for cell in cells)
