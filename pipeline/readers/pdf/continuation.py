"""Tables that go on over a page break, joined by geometry alone.

Here: whether the first grid of a page continues the last grid of the page before it, and one grid
of both. Page furniture (numbers, running heads and feet) between them does not part them; any
other line does. Not here: what the tables mean.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from pipeline.readers.furniture import MIN_REPEATS, is_page_number, may_repeat
from pipeline.readers.pdf.cut_rows import CLOSED, Ends, row_breaks, with_merged, with_rest
from pipeline.readers.shapes import Cell, Grid, Paragraph

TOLERANCE = 3.0
# So far a sheet lies aside from the one scanned before it, in points.
SCANNED, FED_ASIDE = "ocr", 12.0
DIGITS = re.compile(r"\d+")
BOTTOM_MARGIN = 0.94

Items = list[Paragraph | Grid]


@dataclass(frozen=True)
class PageItems:
    """What stands on one page, from top to bottom, and the page's height.

    `first` and `last` say how its first grid begins and its last one ends.
    """

    items: Items
    height: float
    first: Ends = CLOSED
    last: Ends = CLOSED


def furniture(pages: list[PageItems]) -> set[str]:
    """Lines that repeat, but for digits, on many pages."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({masked(item) for item in page.items if isinstance(item, Paragraph)})
    threshold = max(MIN_REPEATS, len(pages) // 2)
    return {line for line, count in seen.items() if count >= threshold and may_repeat(line)}


def masked(item: Paragraph) -> str:
    """A line as compared with lines of other pages."""
    return DIGITS.sub("#", item.text)


def join_pages(pages: list[PageItems]) -> Items:
    """All items in order, a grid that continues over pages joined into one.

    Page numbers and lines in the bottom margin are left out; other furniture only inside a joined
    grid, for what repeats above separate tables (unit name, unit of money) belongs to each of them.
    """
    repeated = furniture(pages)
    joined: Items = []
    above = CLOSED
    for page in pages:
        items = [item for item in page.items if not is_marginal(item, page.height)]
        upper = last_grid(joined, repeated)
        lower = next((n for n, i in enumerate(items) if not is_furniture(i, repeated)), None)
        if upper is not None and lower is not None:
            first, second = joined[upper], items[lower]
            if isinstance(first, Grid) and isinstance(second, Grid):
                below = page.first if is_first_grid(page, second) else CLOSED
                if (whole := append(first, second, above, below)) is not None:
                    joined[upper:] = [whole]
                    items = items[lower + 1 :]
                    catch_up(joined, repeated)
                else:
                    items[lower] = replace(second, follows=True)
        joined.extend(items)
        above = page.last
    return joined


def catch_up(joined: Items, repeated: set[str]) -> None:
    """Join the last grid with the one it follows, now that it shows more columns."""
    last = joined[-1]
    if not isinstance(last, Grid) or not last.follows:
        return
    upper = last_grid(joined[:-1], repeated)
    first = joined[upper] if upper is not None else None
    if isinstance(first, Grid) and (whole := append(first, last)) is not None:
        joined[upper:] = [whole]


def is_first_grid(page: PageItems, grid: Grid) -> bool:
    """Whether a grid is the first of its page."""
    return next((item for item in page.items if isinstance(item, Grid)), None) is grid


def is_marginal(item: Paragraph | Grid, height: float) -> bool:
    """Whether an item is a page number, or a line in the bottom margin."""
    if isinstance(item, Grid):
        return False
    box = item.place.box
    return is_page_number(item.text) or bool(box and box.y0 > BOTTOM_MARGIN * height)


def is_furniture(item: Paragraph | Grid, repeated: set[str]) -> bool:
    """Whether an item is a line that repeats from page to page."""
    return isinstance(item, Paragraph) and masked(item) in repeated


def last_grid(items: Items, repeated: set[str]) -> int | None:
    """The place of the grid that ends the items, furniture after it passed over."""
    for index in range(len(items) - 1, -1, -1):
        if isinstance(items[index], Grid):
            return index
        if not is_furniture(items[index], repeated):
            return None
    return None


def append(upper: Grid, lower: Grid, above: Ends = CLOSED, below: Ends = CLOSED) -> Grid | None:
    """Both grids as one if the columns of one are a subset of the other's; null otherwise.

    `above` says how the upper grid ends, `below` how the lower one begins.
    """
    lower = as_fed(upper, lower)
    if not (near(upper.edges[0], lower.edges[0]) and near(upper.edges[-1], lower.edges[-1])):
        return None
    finer = max(upper.edges, lower.edges, key=len)
    if not (places(upper.edges, finer) and places(lower.edges, finer)):
        return None
    one, other = widen(upper, finer), widen(lower, finer)
    one, other = with_rest(one, other, above, below) or (one, other)
    one, other = with_merged(one, other, above, below)
    shifted = tuple(replace(cell, row=cell.row + one.rows) for cell in other.cells)
    return Grid(
        rows=one.rows + other.rows,
        columns=len(finer) - 1,
        cells=one.cells + shifted,
        spans_known=True,
        breaks=(*one.breaks, *row_breaks(one.rows, other)),
        edges=finer,
        follows=upper.follows,
    )


def as_fed(upper: Grid, lower: Grid) -> Grid:
    """The lower grid of two scanned sheets moved to where the upper one lies.

    Sheets are fed one by one: the same table lies a little aside, and a little wider or narrower.
    """
    if not all(grid.cells[0].reader == SCANNED for grid in (upper, lower)):
        return lower
    aside = upper.edges[0] - lower.edges[0]
    wide, own = (grid.edges[-1] - grid.edges[0] for grid in (upper, lower))
    if own <= 0 or abs(aside) > FED_ASIDE or abs(wide - own) > FED_ASIDE:
        return lower
    start = lower.edges[0]
    moved = tuple(upper.edges[0] + (edge - start) * wide / own for edge in lower.edges)
    return replace(lower, edges=moved)


def near(a: float, b: float) -> bool:
    """Whether two edges are the same rule."""
    return abs(a - b) <= TOLERANCE


def places(edges: tuple[float, ...], finer: tuple[float, ...]) -> list[int]:
    """The index in `finer` of each edge; empty where one has no counterpart."""
    found = [next((i for i, f in enumerate(finer) if near(e, f)), -1) for e in edges]
    return [] if -1 in found else found


def widen(grid: Grid, finer: tuple[float, ...]) -> Grid:
    """A grid with its columns renumbered among finer ones, cells spanning what they cover."""
    index = places(grid.edges, finer)

    def moved(cell: Cell) -> Cell:
        first, last = index[cell.column], index[cell.column + cell.column_span]
        return replace(cell, column=first, column_span=last - first)

    return replace(grid, columns=len(finer) - 1, cells=tuple(moved(c) for c in grid.cells))
