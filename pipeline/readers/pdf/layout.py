"""What stands on one page, in reading order: tables, and the lines outside them.

Here: lines from top to bottom; where tables stand side by side, each with the lines of its own
column. Not here: finding tables (lattice, filling) and joining pages (continuation).
"""

from __future__ import annotations

from itertools import pairwise

from pipeline.readers.pdf.filling import Table, grid_box
from pipeline.readers.pdf.glyphs import Glyph
from pipeline.readers.pdf.lines import line_box, line_text, turned_lines
from pipeline.readers.shapes import Box, Grid, Paragraph, Place

# A gap of so many glyph heights between two tables parts a line into two.
GUTTER = 1.5


def ordered(tables: list[Table], outside: list[Glyph], page: int) -> list[Paragraph | Grid]:
    """Grids and lines in reading order."""
    regions = side_by_side(tables)
    items: list[Paragraph | Grid] = [table.grid for table in tables]
    for line in turned_lines(outside):
        for part in parted(line, regions):
            if text := line_text(part).strip():
                items.append(Paragraph(text, Place(page=page, box=line_box(part))))
    items.sort(key=corner)
    return reordered(items, regions)


class Region:
    """A stretch of the page where tables stand side by side, and the gutters between them."""

    def __init__(self, boxes: list[Box], top: float, bottom: float) -> None:
        self.top, self.bottom = top, bottom
        across = sorted(boxes, key=lambda box: box.x0)
        self.gutters = [(a.x1, b.x0) for a, b in pairwise(across)]
        self.tables_top = min(box.y0 for box in boxes)
        self.tables_bottom = max(box.y1 for box in boxes)

    def column(self, box: Box) -> int | None:
        """The column a box stands in; null where it reaches over a gutter."""
        for index, (left, right) in enumerate(self.gutters):
            if box.x1 <= right and box.x0 < left:
                return index
            if box.x0 < left and box.x1 > right:
                return None
        return len(self.gutters)


def side_by_side(tables: list[Table]) -> list[Region]:
    """The stretches of a page with tables beside each other."""
    boxes = sorted((grid_box(table.grid) for table in tables), key=lambda box: box.y0)
    groups: list[list[Box]] = []
    for box in boxes:
        if groups and any(beside(box, other) for other in groups[-1]):
            groups[-1].append(box)
        else:
            groups.append([box])
    found = []
    for group in groups:
        across = sorted(group, key=lambda box: box.x0)
        if len(group) > 1 and all(a.x1 <= b.x0 for a, b in pairwise(across)):
            top, bottom = min(b.y0 for b in group), max(b.y1 for b in group)
            above = max((b.y1 for b in boxes if b.y1 <= top), default=0.0)
            under = min((b.y0 for b in boxes if b.y0 >= bottom), default=float("inf"))
            found.append(Region(group, above, under))
    return found


def beside(one: Box, other: Box) -> bool:
    """Whether two boxes share at least half of the lower one's height, side by side."""
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    apart = one.x1 <= other.x0 or other.x1 <= one.x0
    return apart and shared >= 0.5 * min(one.y1 - one.y0, other.y1 - other.y0)


def region_of(box: Box, regions: list[Region]) -> Region | None:
    """The region a box stands in."""
    middle = (box.y0 + box.y1) / 2
    return next((region for region in regions if region.top <= middle <= region.bottom), None)


def parted(line: list[Glyph], regions: list[Region]) -> list[list[Glyph]]:
    """A line as one line per column of its region, where a wide gap lies in each gutter."""
    region = region_of(line_box(line), regions) if regions and not line[0].quarter else None
    if region is None:
        return [line]
    parts = [line]
    for left, right in region.gutters:
        for index, (before, after) in enumerate(pairwise(parts[-1])):
            wide = after.x0 - before.x1 >= GUTTER * max(before.height, after.height)
            if wide and before.x1 <= right and after.x0 >= left:
                parts[-1:] = [parts[-1][: index + 1], parts[-1][index + 1 :]]
                break
    return parts


def corner(item: Paragraph | Grid) -> tuple[float, float]:
    """Where an item begins, from the top."""
    box = box_of(item)
    return box.y0, box.x0


def reordered(items: list[Paragraph | Grid], regions: list[Region]) -> list[Paragraph | Grid]:
    """Items from top to bottom, those of a region column by column.

    What reaches over a gutter comes before the columns if it stands above their tables, else after.
    """
    for region in regions:
        inside = [n for n, item in enumerate(items) if region_of(box_of(item), [region])]
        if not inside:
            continue
        first, last = inside[0], inside[-1] + 1
        wide = len(region.gutters) + 1

        def place(item: Paragraph | Grid, region: Region = region, wide: int = wide) -> int:
            box = box_of(item)
            column = region.column(box)
            if column is not None:
                return column
            return -1 if box.y0 < region.tables_top else wide

        items[first:last] = sorted(items[first:last], key=place)
    return items


def box_of(item: Paragraph | Grid) -> Box:
    """The rectangle of an item."""
    if isinstance(item, Paragraph):
        return item.place.box or Box(0.0, 0.0, 0.0, 0.0)
    return grid_box(item)
