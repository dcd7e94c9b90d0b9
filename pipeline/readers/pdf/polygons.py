"""The pieces of a path: their lines, their bounds, and the frames that two of them make.

Here: geometry of points alone. Not here: pdfium (paths).
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from pipeline.readers.pdf.turning import Edges

Point = tuple[float, float]
# Points nearer than this are one.
SAME = 0.05
# A polygon of more corners than this is a picture, not a frame.
MAX_CORNERS = 200


class Subpath:
    """One piece of a path as it is drawn."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.lines: list[tuple[float, float, float, float]] = []
        self.curved = False

    def move(self, point: Point) -> None:
        """Begin."""
        self.points.append(point)

    def line(self, point: Point) -> None:
        """A straight line to a point."""
        self.lines.append((*self.points[-1], *point))
        self.points.append(point)

    def curve(self, point: Point) -> None:
        """A curve to a point; curves are no rules."""
        self.curved = True
        self.points.append(point)

    def close(self) -> None:
        """A straight line back to the beginning."""
        if self.points[-1] != self.points[0]:
            self.line(self.points[0])

    @property
    def bounds(self) -> Edges:
        """The rectangle around the piece."""
        xs, ys = [p[0] for p in self.points], [p[1] for p in self.points]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def is_plain(self) -> bool:
        """Whether the piece is made of level and upright lines alone."""
        return not self.curved and all(
            abs(ax - bx) < SAME or abs(ay - by) < SAME for ax, ay, bx, by in self.lines
        )

    @property
    def rectangle(self) -> bool:
        """Whether the piece is an upright rectangle."""
        if self.curved or not 4 <= len(self.points) <= 6:
            return False
        x0, y0, x1, y1 = self.bounds
        corners = {
            (abs(x - x1) < SAME, abs(y - y1) < SAME)
            for x, y in self.points
            if (abs(x - x0) < SAME or abs(x - x1) < SAME)
            and (abs(y - y0) < SAME or abs(y - y1) < SAME)
        }
        return len(corners) == 4


class Ring(NamedTuple):
    """The outline of a painted area that is no thin strip."""

    bounds: Edges
    rectangle: bool
    points: tuple[Point, ...]


def strips(rings: list[Ring], thin: float) -> tuple[list[Edges], list[Edges]]:
    """The thin strips between nested outlines, and the rectangles that are painted whole."""
    found: list[Edges] = []
    framed: set[int] = set()
    order = sorted(range(len(rings)), key=lambda n: -area(rings[n].bounds))
    for place, outer in enumerate(order):
        for inner in order[place + 1 :] if len(rings) <= MAX_CORNERS else ():
            if outer in framed or inner in framed:
                continue
            sides = between(rings[outer].bounds, rings[inner].bounds, thin)
            if sides and rings[outer].rectangle and rings[inner].rectangle:
                found.extend(sides)
                framed |= {outer, inner}
    for ring in rings:
        if not ring.rectangle and len(ring.points) <= MAX_CORNERS:
            found.extend(thin_parts(ring.points, thin))
    whole = [r.bounds for n, r in enumerate(rings) if r.rectangle and n not in framed]
    return found, whole


def area(edges: Edges) -> float:
    """The area of a rectangle."""
    return (edges[2] - edges[0]) * (edges[3] - edges[1])


def between(outer: Edges, inner: Edges, thin: float) -> list[Edges]:
    """The four sides of a frame; nothing where a margin is no line."""
    margins = [b - a for a, b in zip(outer[:2], inner[:2], strict=True)]
    margins += [a - b for a, b in zip(outer[2:], inner[2:], strict=True)]
    if not all(0 < margin <= thin for margin in margins):
        return []
    x0, y0, x1, y1 = outer
    left, top, right, bottom = inner
    return [
        (x0, y0, left, y1),
        (right, y0, x1, y1),
        (x0, y0, x1, top),
        (x0, bottom, x1, y1),
    ]


def thin_parts(points: tuple[Point, ...], thin: float) -> list[Edges]:
    """Where two sides of an outline run beside each other as close as the sides of a line."""
    level, upright = [], []
    for (ax, ay), (bx, by) in pairwise((*points, points[0])):
        if abs(ay - by) < SAME < abs(ax - bx):
            level.append((ay, min(ax, bx), max(ax, bx)))
        elif abs(ax - bx) < SAME < abs(ay - by):
            upright.append((ax, min(ay, by), max(ay, by)))
    rows = [(s, a, e, b) for a, b, s, e in close_pairs(level, thin)]
    columns = [(a, s, b, e) for a, b, s, e in close_pairs(upright, thin)]
    return [*rows, *columns]


def close_pairs(
    sides: list[tuple[float, float, float]], thin: float
) -> list[tuple[float, float, float, float]]:
    """Neighbouring parallel sides as (one, other, start, end) of what they share."""
    found = []
    sides = sorted(sides)
    for index, (at, start, end) in enumerate(sides):
        for other, begin, stop in sides[index + 1 :]:
            if other - at > thin:
                break
            low, high = max(start, begin), min(end, stop)
            if other > at and high - low > thin:
                found.append((at, other, low, high))
    return found
