"""Ruled grids in pixels: the grids that rules make with their merged cells, and the ink of the
rules taken away.

Here: geometry on the image of a straight page, open sides and faded rules included. Not here:
which runs of ink are rules (runs), what stands in the cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.documents.document import Refusal
from pipeline.readers.scan.image import Image, Mask, opencv
from pipeline.readers.scan.runs import (
    CERTAIN_ACROSS,
    END,
    MAX_RULES,
    SAME,
    components,
    ending_on_another,
    runs,
)

Area = tuple[int, int, int, int]
# A rule is no further than this from where its grid has it.
BESIDE = 10
# Edges that stick out further than this beyond the last rule make an open side.
OPEN = 25
# Ink this faint is a trace; a trace of a rule lies this near its level, with blank so far beside.
TRACE = 230
TRACE_NEAR, TRACE_FAR = 3, 9
TRACED = 0.35
# A shorter trace may be the stroke of a character; a rule so short is whole.
SHORTEST_TRACE, WHOLE, KNOWN = 60, 0.9, 0.5
SMALLEST_WIDTH, SMALLEST_HEIGHT = 150, 35
MAX_CELLS = 20_000


@dataclass(frozen=True)
class Ruling:
    """A grid without text: column edges, row levels, and cells as (row, column, spans)."""

    edges: tuple[int, ...]
    levels: tuple[int, ...]
    places: tuple[tuple[int, int, int, int], ...]

    def area(self, place: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """The pixels of a place: x0, y0, x1, y1."""
        row, column, rows, columns = place
        return (
            self.edges[column],
            self.levels[row],
            self.edges[column + columns],
            self.levels[row + rows],
        )


@dataclass(frozen=True)
class Rules:
    """The ink of a page's rules, and the grids they make from top to bottom."""

    across: Mask
    down: Mask
    rulings: tuple[Ruling, ...]


def find_rules(grey: Image) -> Rules:
    """The rules and grids of a straight page."""
    across, down = ending_on_another(*runs(grey))
    traces = Traces(grey < TRACE, across, down)
    found = tuple(rulings(traces))
    drawn_across, drawn_down = np.zeros_like(across), np.zeros_like(down)
    for ruling in found:
        draw(ruling, drawn_across, drawn_down)
    return Rules(traces.across & drawn_across, traces.down & drawn_down, found)


def draw(ruling: Ruling, across: Mask, down: Mask) -> None:
    """Mark where the borders of all cells of a grid run, and a little beside them."""
    for place in ruling.places:
        x0, y0, x1, y1 = ruling.area(place)
        for y in (y0, y1):
            across[max(y - BESIDE, 0) : y + BESIDE + 1, max(x0 - BESIDE, 0) : x1 + BESIDE + 1] = (
                True
            )
        for x in (x0, x1):
            down[max(y0 - BESIDE, 0) : y1 + BESIDE + 1, max(x - BESIDE, 0) : x + BESIDE + 1] = True


@dataclass(frozen=True)
class Traces:
    """The ink of a page, and of its rules; `ruled` adds what is left of a rule that faded."""

    ink: Mask
    across: Mask
    down: Mask

    def part(self, x: int, y: int, width: int, height: int) -> Traces:
        """A view of a part of the page."""
        part = np.s_[y : y + height, x : x + width]
        return Traces(self.ink[part], self.across[part], self.down[part])

    def turned(self) -> Traces:
        """A view with the directions exchanged."""
        return Traces(self.ink.T, self.down.T, self.across.T)

    def ruled(self, level: int, start: int, end: int) -> bool:
        """Whether a rule runs along a level; traces of ink with blank on both sides are one.

        A seal or a fold may have taken most of a rule. Print that crosses the level has ink above
        and below it.
        """
        inset = min(4, (end - start) // 4)
        first, last = start + inset, end - inset
        near = slice(max(level - SAME, 0), level + SAME + 1)
        known: Mask = np.any(self.across[near, first:last], axis=0)
        traced: Mask = np.any(self.ink[near, first:last], axis=0)
        if not known.size:
            return False
        # A stroke of a character leaves blank at its ends, a rule none.
        ends = bool(traced[:END].any() and traced[-END:].any())
        if not ends and end - start < CERTAIN_ACROSS:
            return False
        is_whole = bool(known.mean() > KNOWN and traced.mean() > WHOLE)
        if is_whole or end - start < SHORTEST_TRACE:
            return is_whole
        on = slice(max(level - TRACE_NEAR, 0), level + TRACE_NEAR + 1)
        over = slice(max(level - TRACE_FAR, 0), max(level - TRACE_NEAR - 2, 0))
        under = slice(level + TRACE_NEAR + 3, level + TRACE_FAR + 1)
        beside = self.ink[over, first:last].any(axis=0) | self.ink[under, first:last].any(axis=0)
        alone = self.ink[on, first:last].any(axis=0) & ~beside
        if float((known | alone).mean()) <= TRACED:
            return False
        self.across[on, first:last] |= (alone & ~known)[None, :]
        return True


def rulings(traces: Traces) -> Iterator[Ruling]:
    """The grids that connected rules make, from top to bottom."""
    cv = opencv()
    both = (traces.across | traces.down).astype(np.uint8)
    _, stats = components(cv.dilate(both, np.ones((END, END), np.uint8)) > 0)
    areas = [
        (int(x), int(y), int(x + width), int(y + height))
        for x, y, width, height, _ in stats[1:]
        if width >= SMALLEST_WIDTH and height >= SMALLEST_HEIGHT
    ]
    for x0, y0, x1, y1 in sorted(apart(areas), key=lambda area: (area[1], area[0])):
        ruling = ruling_of(traces.part(x0, y0, x1 - x0, y1 - y0), x0, y0)
        if ruling is not None:
            yield ruling


def apart(areas: list[Area]) -> list[Area]:
    """Areas of which none reaches into another: where rules are broken, one table is in pieces."""
    whole: list[Area] = []
    for area in sorted(areas, key=lambda a: (a[0] - a[2]) * (a[3] - a[1]))[:MAX_RULES]:
        x0, y0, x1, y1 = area
        while True:
            met = [w for w in whole if x0 < w[2] and w[0] < x1 and y0 < w[3] and w[1] < y1]
            if not met:
                break
            whole = [w for w in whole if w not in met]
            x0, y0 = min(x0, *(w[0] for w in met)), min(y0, *(w[1] for w in met))
            x1, y1 = max(x1, *(w[2] for w in met)), max(y1, *(w[3] for w in met))
        whole.append((x0, y0, x1, y1))
    return whole


def ruling_of(traces: Traces, left: int, top: int) -> Ruling | None:
    """The grid of the rules in a part of a page; null where they enclose less than two cells."""
    across, down = traces.across, traces.down
    edges, levels = positions(down.T), positions(across)
    if not edges or not levels:
        return None
    edges = with_open_sides(edges, across.T)
    levels = with_open_sides(levels, down)
    rows, columns = len(levels) - 1, len(edges) - 1
    if rows < 1 or columns < 1 or rows * columns < 2:
        return None
    if rows * columns > MAX_CELLS:
        raise Refusal(
            "readers", "too_large", f"a scanned page is ruled into {rows * columns} cells"
        )
    sideways = traces.turned()
    right = [[sideways.ruled(e, *pair) for e in edges[1:-1]] for pair in pairwise(levels)]
    below = [[traces.ruled(lv, *pair) for pair in pairwise(edges)] for lv in levels[1:-1]]
    return Ruling(
        tuple(e + left for e in edges),
        tuple(lv + top for lv in levels),
        places(
            np.array(right, np.bool_).reshape(rows, columns - 1),
            np.array(below, np.bool_).reshape(rows - 1, columns),
        ),
    )


def positions(runs: Mask) -> list[int]:
    """Where level runs lie, those of one height taken together."""
    labels, stats = components(runs)
    lines = []
    for label in range(1, len(stats)):
        x, y, width, height = (int(v) for v in stats[label, :4])
        rows, _ = np.nonzero(labels[y : y + height, x : x + width] == label)
        lines.append((y + float(rows.mean()), width))
    groups: list[list[tuple[float, int]]] = []
    for line in sorted(lines):
        if groups and line[0] - centre(groups[-1]) <= SAME:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [round(centre(group)) for group in groups]


def centre(group: list[tuple[float, int]]) -> float:
    """The mean height of runs, long ones counting more."""
    return sum(y * width for y, width in group) / sum(width for _, width in group)


def with_open_sides(bounds: list[int], crossing: Mask) -> list[int]:
    """Bounds with the outer ones added to which crossing rules reach out beyond the last rule."""
    reached = np.flatnonzero(crossing.any(axis=1))
    if not len(reached):
        return bounds
    first, last = int(reached[0]), int(reached[-1])
    before = [first] if bounds[0] - first > OPEN else []
    after = [last] if last - bounds[-1] > OPEN else []
    return [*before, *bounds, *after]


def places(right: Mask, below: Mask) -> tuple[tuple[int, int, int, int], ...]:
    """Cells as (row, column, row span, column span): joined where no rule parts them.

    Where that gives no rectangle, the places stay single.
    """
    rows, columns = right.shape[0], below.shape[1]
    taken = np.zeros((rows, columns), np.bool_)
    found = []
    for row in range(rows):
        for column in range(columns):
            if taken[row, column]:
                continue
            width = reach(right[row], column, columns)
            height = reach(below[:, column], row, rows)
            block = np.s_[row : row + height, column : column + width]
            open_across = not right[row : row + height, column : column + width - 1].any()
            open_down = not below[row : row + height - 1, column : column + width].any()
            if taken[block].any() or not (open_across and open_down):
                height = width = 1
            taken[row : row + height, column : column + width] = True
            found.append((row, column, height, width))
    return tuple(found)


def reach(parted: Mask, start: int, limit: int) -> int:
    """How many places are joined from `start` on; `parted` says after which a rule stands."""
    end = start
    while end + 1 < limit and not parted[end]:
        end += 1
    return end - start + 1


def erased(grey: Image, rules: Rules) -> Image:
    """The page without its rules, the faint margin of their ink included."""
    cv = opencv()
    across = cv.dilate(rules.across.astype(np.uint8), np.ones((5, 3), np.uint8))
    down = cv.dilate(rules.down.astype(np.uint8), np.ones((3, 5), np.uint8))
    return np.where((across | down) > 0, np.uint8(255), grey)
