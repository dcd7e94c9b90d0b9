"""Rules to tables: which rules belong together, their rows and columns, and merged cells.

Here: geometry of rules alone. Not here: glyphs (filling).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.readers.pdf.rules import Rule

# Rules that end this close to another one meet it; two this close are one (double rules).
TOUCH = 3.0
# A side of a cell is ruled where this share of it is.
RULED = 0.6
# Rules that reach at least this far beyond the last crossing one show an open row or column.
OPEN = 8.0
# Such rules must be this share of all, for one that sticks out shows nothing.
OPEN_SHARE = 0.5

Levels = tuple[float, ...]
Sides = tuple[tuple[bool, ...], ...]
Span = tuple[int, int, int, int]


@dataclass(frozen=True)
class Lattice:
    """The rows and columns of one table, and which sides of its places are ruled.

    `below[r][c]` is the rule under a place, `right[r][c]` the one right of it, `top[c]` the one
    above the table. The open sides are those where the outermost rule is not drawn and only shows
    in where the others end.
    """

    xs: Levels
    ys: Levels
    below: Sides
    right: Sides
    top: tuple[bool, ...] = ()
    open_top: bool = False
    open_bottom: bool = False
    open_left: bool = False
    open_right: bool = False

    @property
    def rows(self) -> int:
        """How many rows."""
        return len(self.ys) - 1

    @property
    def columns(self) -> int:
        """How many columns."""
        return len(self.xs) - 1

    @property
    def area(self) -> float:
        """The area of the whole table."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])


def lattices(level: list[Rule], upright: list[Rule]) -> list[Lattice]:
    """The tables of a page; a single box is a frame and no table."""
    found = (lattice(across, down) for across, down in components(level, upright))
    return [table for table in found if table is not None and table.rows * table.columns > 1]


def components(level: list[Rule], upright: list[Rule]) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Rules that cross or meet, directly or over others, as one component."""
    parent = list(range(len(level) + len(upright)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    across = sorted(range(len(level)), key=lambda n: level[n].at)
    heights = [level[n].at for n in across]
    for index, (x, start, end) in enumerate(upright):
        own = len(level) + index
        for place in range(bisect_left(heights, start - TOUCH), len(across)):
            y, left, right = level[across[place]]
            if y > end + TOUCH:
                break
            if left - TOUCH <= x <= right + TOUCH:
                parent[root(across[place])] = root(own)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for n in range(len(parent)):
        pair = groups.setdefault(root(n), ([], []))
        if n < len(level):
            pair[0].append(level[n])
        else:
            pair[1].append(upright[n - len(level)])
    for across_rules, down_rules in groups.values():
        if across_rules and down_rules:
            yield across_rules, down_rules


def lattice(level: list[Rule], upright: list[Rule]) -> Lattice | None:
    """The table of rules that belong together; null where they make no cell."""
    ys, by_row = clustered(level)
    xs, by_column = clustered(upright)
    left, right = open_ends(by_row, xs)
    top, bottom = open_ends(by_column, ys)
    xs = tuple(x for x in (left, *xs, right) if x is not None)
    ys = tuple(y for y in (top, *ys, bottom) if y is not None)
    if len(xs) < 2 or len(ys) < 2:
        return None
    rows = sides(by_row, xs, lead=top is not None, tail=bottom is not None)
    columns = sides(by_column, ys, lead=left is not None, tail=right is not None)
    ys, rows, columns = pruned(ys, rows, columns)
    xs, columns, rows = pruned(xs, columns, rows)
    return Lattice(
        xs,
        ys,
        tuple(rows[1:]),
        tuple(zip(*columns[1:], strict=True)),
        rows[0],
        top is not None,
        bottom is not None,
        left is not None,
        right is not None,
    )


def clustered(rules: list[Rule]) -> tuple[Levels, list[list[Rule]]]:
    """Levels at which rules lie, double rules as one, and the rules of each level."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules):
        if groups and rule.at - groups[-1][0].at <= TOUCH:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    levels = []
    for group in groups:
        weight = sum(rule.end - rule.start for rule in group)
        levels.append(sum(rule.at * (rule.end - rule.start) for rule in group) / weight)
    return tuple(levels), groups


def open_ends(groups: list[list[Rule]], crossing: Levels) -> tuple[float | None, float | None]:
    """Where most rules end together beyond the first and the last crossing level."""
    starts = [min(rule.start for rule in group) for group in groups]
    ends = [max(rule.end for rule in group) for group in groups]
    before = common(sorted(s for s in starts if s < crossing[0] - OPEN), len(groups))
    after = common(sorted(e for e in ends if e > crossing[-1] + OPEN), len(groups))
    return before, after


def common(ends: list[float], rules: int) -> float | None:
    """The place where enough rules end; null where they end here and there."""
    if not ends or len(ends) < OPEN_SHARE * rules:
        return None
    middle = ends[len(ends) // 2]
    together = sum(abs(end - middle) <= TOUCH for end in ends)
    return middle if together == len(ends) else None


def sides(
    groups: list[list[Rule]], crossing: Levels, *, lead: bool, tail: bool
) -> list[tuple[bool, ...]]:
    """For each level, which intervals of the crossing levels it rules; open levels rule all."""
    whole = (True,) * (len(crossing) - 1)
    found = [ruled(group, crossing) for group in groups]
    return [*([whole] if lead else []), *found, *([whole] if tail else [])]


def ruled(group: list[Rule], crossing: Levels) -> tuple[bool, ...]:
    """Which intervals of the crossing levels the rules of one level cover."""
    covered = [0.0] * (len(crossing) - 1)
    end = float("-inf")
    for start, stop in sorted((rule.start, rule.end) for rule in group):
        start = max(start, end)
        if stop <= start:
            continue
        end = stop
        first = max(bisect_left(crossing, start) - 1, 0)
        for index in range(first, len(covered)):
            if crossing[index] >= stop:
                break
            shared = min(stop, crossing[index + 1]) - max(start, crossing[index])
            covered[index] += max(shared, 0.0)
    widths = [b - a for a, b in pairwise(crossing)]
    return tuple(c >= RULED * w for c, w in zip(covered, widths, strict=True))


def pruned(
    levels: Levels, own: list[tuple[bool, ...]], other: list[tuple[bool, ...]]
) -> tuple[Levels, list[tuple[bool, ...]], list[tuple[bool, ...]]]:
    """Without the inner levels that rule nothing; the places on both sides of them are one."""
    keep = [n for n in range(len(levels)) if n in (0, len(levels) - 1) or any(own[n])]
    if len(keep) == len(levels):
        return levels, own, other
    wider = [tuple(any(line[a:b]) for a, b in pairwise(keep)) for line in other]
    return tuple(levels[n] for n in keep), [own[n] for n in keep], wider


def spans(table: Lattice) -> list[Span]:
    """Merged cells as (row, column, row span, column span), each place covered once.

    Places without a rule between them are one cell. Where that is no rectangle, its rows are parted
    into the fewest rectangles.
    """
    taken = [[False] * table.columns for _ in range(table.rows)]
    found: list[Span] = []
    for row in range(table.rows):
        for column in range(table.columns):
            if not taken[row][column]:
                places = region(table, row, column, taken)
                found.extend(rectangles(places))
    return sorted(found)


def region(table: Lattice, row: int, column: int, taken: list[list[bool]]) -> list[tuple[int, int]]:
    """The places that no rule parts from a place."""
    below, right = table.below, table.right
    taken[row][column] = True
    places, stack = [], [(row, column)]
    while stack:
        r, c = stack.pop()
        places.append((r, c))
        for to_row, to_column, closed in (
            (r + 1, c, r + 1 >= table.rows or below[r][c]),
            (r - 1, c, r == 0 or below[r - 1][c]),
            (r, c + 1, c + 1 >= table.columns or right[r][c]),
            (r, c - 1, c == 0 or right[r][c - 1]),
        ):
            if not closed and not taken[to_row][to_column]:
                taken[to_row][to_column] = True
                stack.append((to_row, to_column))
    return places


def rectangles(places: list[tuple[int, int]]) -> Iterator[Span]:
    """Places as rectangles: runs of each row, equal runs of neighbouring rows as one."""
    if len(places) == 1:
        yield (*places[0], 1, 1)
        return
    runs: list[tuple[int, int, int]] = []
    for row, column in sorted(places):
        if runs and runs[-1][0] == row and runs[-1][2] == column:
            runs[-1] = (row, runs[-1][1], column + 1)
        else:
            runs.append((row, column, column + 1))
    open_runs: dict[tuple[int, int], Span] = {}
    for row, start, end in runs:
        before = open_runs.get((start, end))
        if before and before[0] + before[2] == row:
            open_runs[start, end] = (before[0], start, before[2] + 1, end - start)
        else:
            if before:
                yield before
            open_runs[start, end] = (row, start, 1, end - start)
    yield from open_runs.values()


def with_levels(table: Lattice, row: int, levels: list[float]) -> Lattice:
    """The table with one row parted at more levels."""
    ys = (*table.ys[: row + 1], *levels, *table.ys[row + 1 :])
    whole = (True,) * table.columns
    below = (*table.below[:row], *([whole] * len(levels)), *table.below[row:])
    right = (*table.right[:row], *([table.right[row]] * (len(levels) + 1)), *table.right[row + 1 :])
    return replace(table, ys=ys, below=below, right=right)


def trimmed(table: Lattice, columns: set[int], rows: set[int]) -> Lattice:
    """The table without open outer rows and columns that are not among those that hold text."""
    top, left = table.open_top and 0 not in rows, table.open_left and 0 not in columns
    bottom = table.open_bottom and table.rows - 1 not in rows
    right = table.open_right and table.columns - 1 not in columns
    if not (top or bottom or left or right):
        return table
    down, across = slice(int(top), table.rows - bottom), slice(int(left), table.columns - right)
    return Lattice(
        table.xs[across.start : across.stop + 1],
        table.ys[down.start : down.stop + 1],
        tuple(line[across] for line in table.below[down]),
        tuple(line[across] for line in table.right[down]),
        (table.below[0] if top else table.top)[across],
        table.open_top and not top,
        table.open_bottom and not bottom,
        table.open_left and not left,
        table.open_right and not right,
    )
