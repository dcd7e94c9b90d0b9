"""Rows of a group of indicators: names and targets of both horizons, told apart.

A group is what is printed under one second level. Its rows come one after another, in each first
the cells of one horizon and then those of the other, and a horizon with fewer indicators leaves its
cells blank, of which a text shows nothing. Every way to cut the pieces into rows has a cost; what
all ways agree on that cost about as little as the best is read, and the rest is not. Here: the ways
and their costs. Not here: where a group begins (groups).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from pipeline.performance.flow.pieces import FREE, LIKELY, NEVER, ODD, Piece, cost, joined
from pipeline.performance.target import parsed, signs

# A way that costs this much more than the best one is out of the question, and so is a cell that
# costs so much by itself.
MARGIN, TOO_MUCH = 0.75, 12.0
# Rows that cost more than this for each indicator are not what was printed.
MAX_MEAN, MAX_PIECES = 4.0, 120
CACHED = 4096
MAX_CELL, MAX_TARGET, MAX_NAME, MIN_NAME = 12, 6, 60, 3
KEPT = 8
# One horizon alone in a row; both with different indicators; one filled again below a blank.
ALONE, DIFFERENT, GAP, OTHER_TARGET = 1.0, 1.5, 2.0, 0.5
# A word for a target (提高, 及时), and how a longer one counts.
MAX_WORD, PER_CHARACTER, MAX_UNIT = 6, 0.3, 4
WHEN = re.compile(
    r"\d[\dXx*＊×年月日号季度周天时分点前后底初末中上下旬内起止全至到、，,/\-－—~～]*"
)


@dataclass(frozen=True)
class Limits:
    """How wide the columns of names are, one for each horizon; null where nothing tells."""

    first: float | None = None
    second: float | None = None


@dataclass(frozen=True, eq=False)
class Pair:
    """A name and its target, as cut; one for each place and horizon it may stand in."""

    name: tuple[Piece, ...]
    target: tuple[Piece, ...]

    @cached_property
    def texts(self) -> tuple[str, str]:
        """Both as text."""
        return joined(self.name), joined(self.target)

    @cached_property
    def plain(self) -> bool:
        """Whether neither is wrapped."""
        return not any(piece.first for piece in (*self.name[1:], *self.target))


Row = tuple[Pair | None, Pair | None]
Way = tuple[float, tuple[Row, ...]]


@dataclass(frozen=True)
class Segment:
    """The pieces of a group on one page: `head` stands before the level of the second horizon.

    A form of one horizon has all pieces in `rest`; so has a page that goes on below a level which
    the page before it named (`continues`).
    """

    head: tuple[Piece, ...]
    rest: tuple[Piece, ...]
    continues: bool = False


@dataclass(frozen=True)
class Rows:
    """The rows of a group that are read, the widths known or not, and how many are not read."""

    rows: tuple[Row, ...]
    unread: int = 0


def rows_of(segments: Sequence[Segment], limits: Limits, horizons: int) -> Rows:
    """The rows on which all good ways agree."""
    pieces = sum(len(s.head) + len(s.rest) for s in segments)
    if not pieces:
        return Rows(())
    ways = Search(tuple(segments), limits, horizons).ways() if pieces <= MAX_PIECES else []
    if not ways:
        return Rows((), unread=1)
    best, likeliest = ways[0]
    count = sum(1 for _ in sides(likeliest))
    if best > MAX_MEAN * count:
        return Rows((), unread=count)
    good = [set(sides(rows)) for found, rows in ways if found < best + MARGIN]
    agreed = set.intersection(*good)
    kept: list[Row] = []
    unread = 0
    for row in likeliest:
        left = tuple(
            pair if pair is not None and (side, pair) in agreed else None
            for side, pair in enumerate(row)
        )
        unread += sum(a is not None for a in row) - sum(a is not None for a in left)
        kept.append((left[0], left[1]))
    return Rows(tuple(row for row in kept if any(row)), unread)


def sides(rows: Sequence[Row]) -> Iterator[tuple[int, Pair]]:
    """Every name and target with its horizon."""
    for row in rows:
        for side, pair in enumerate(row):
            if pair is not None:
                yield side, pair


class Search:
    """All ways to cut the segments of one group, the best ones kept at every place."""

    def __init__(self, segments: tuple[Segment, ...], limits: Limits, horizons: int) -> None:
        self.segments = segments
        self.limits = (limits.first, limits.second)
        self.horizons = horizons
        self.onward = cache(self._onward)
        self.pairs = cache(self._pairs)

    def ways(self) -> list[Way]:
        """The ways through all segments, cheapest first."""
        found = [(paid + repeated(rows), rows) for paid, rows in self.begin(0, (False, False))]
        return sorted(found, key=lambda way: way[0])

    def begin(self, number: int, blank: tuple[bool, bool]) -> list[Way]:
        """The ways from the first row of a segment on."""
        if number == len(self.segments):
            return [(FREE, ())]
        segment = self.segments[number]
        if not segment.head and not segment.rest:
            return self.begin(number + 1, blank)
        if self.horizons == 1 or segment.continues:
            return self.onward(number, 0, blank)
        found: list[Way] = []
        for paid, one in self.whole(segment.head):
            for more, other, place in [*self.pairs(number, 0, 1), (FREE, None, 0)]:
                if one is None and other is None:
                    continue
                left = GAP if other is None and segment.rest else FREE
                found += self.extended(number, place, blank, (one, other), paid + more + left)
        return best_of(found)

    def whole(self, head: tuple[Piece, ...]) -> list[tuple[float, Pair | None]]:
        """The ways to take all these pieces for one name and target."""
        if not head:
            return [(FREE, None)]
        found: list[tuple[float, Pair | None]] = [
            (self.of_name(head[:cut], 0) + of_target(head[cut:]), Pair(head[:cut], head[cut:]))
            for cut in range(1, len(head))
        ]
        found = [one for one in found if one[0] < TOO_MUCH]
        return sorted(found, key=lambda one: one[0])[:KEPT]

    def _onward(self, number: int, place: int, blank: tuple[bool, bool]) -> list[Way]:
        """The ways from a row on that is not the first of its segment."""
        rest = self.segments[number].rest
        if place == len(rest):
            return self.begin(number + 1, blank)
        after_level = place == 0 and self.horizons == 1
        start = FREE if rest[place].first or after_level else NEVER
        found: list[Way] = []
        for paid, one, after in self.pairs(number, place, 0):
            found += self.extended(number, after, blank, (one, None), start + paid)
            if self.horizons == 1:
                continue
            for more, other, end in self.pairs(number, after, 1):
                # Two plain cells of one row stand on one line.
                apart = one.plain and other.plain and other.name[0].first
                price = start + paid + more + (ALONE if apart else FREE)
                found += self.extended(number, end, blank, (one, other), price)
        if self.horizons == 2:
            for paid, other, end in self.pairs(number, place, 1):
                found += self.extended(number, end, blank, (None, other), start + paid)
        return best_of(found)

    def extended(
        self, number: int, place: int, blank: tuple[bool, bool], row: Row, paid: float
    ) -> list[Way]:
        """A row and the ways after it."""
        if self.horizons == 2:
            paid += unlike(row)
            paid += GAP * sum(was and p is not None for was, p in zip(blank, row, strict=True))
            blank = (blank[0] or row[0] is None, blank[1] or row[1] is None)
        return [(paid + more, (row, *rows)) for more, rows in self.onward(number, place, blank)]

    def _pairs(self, number: int, place: int, side: int) -> list[tuple[float, Pair, int]]:
        """The names and targets that may begin at a piece, each with where it ends."""
        rest = self.segments[number].rest
        found = []
        for cut in range(place + 1, min(place + MAX_CELL, len(rest))):
            name = rest[place:cut]
            paid = self.of_name(name, side)
            if paid >= TOO_MUCH:
                continue
            for end in range(cut + 1, min(cut + MAX_TARGET, len(rest)) + 1):
                target = rest[cut:end]
                if (more := paid + of_target(target)) < TOO_MUCH:
                    found.append((more, Pair(name, target), end))
        found.sort(key=lambda one: (one[0], one[2]))
        return found[: 2 * KEPT]

    def of_name(self, name: Sequence[Piece], side: int) -> float:
        """What it costs to take some pieces for a name."""
        return cost(name, self.limits[side]) + as_name(joined(name)) + figures_inside(name)


def best_of(found: list[Way]) -> list[Way]:
    """The cheapest ways, the same one once."""
    once: dict[tuple[Row, ...], float] = {}
    for paid, rows in found:
        once[rows] = min(paid, once.get(rows, paid))
    ranked = sorted(once.items(), key=lambda one: one[1])
    return [(paid, rows) for rows, paid in ranked[:KEPT]]


def repeated(rows: Sequence[Row]) -> float:
    """What it costs that a horizon has an indicator twice, which no form has."""
    named = Counter((side, pair.texts[0]) for side, pair in sides(rows))
    return NEVER * sum(count - 1 for count in named.values())


def unlike(row: Row) -> float:
    """What it costs that the horizons of a row do not say the same."""
    one, other = row
    if one is None or other is None:
        return ALONE
    if one.texts == other.texts:
        return FREE
    return OTHER_TARGET if one.texts[0] == other.texts[0] else DIFFERENT


def of_target(target: Sequence[Piece]) -> float:
    """What it costs to take some pieces for a target."""
    wrapped = LIKELY if any(piece.first for piece in target[1:]) else FREE
    return cost(target, None) + as_target(joined(target)) + wrapped


def figures_inside(name: Sequence[Piece]) -> float:
    """What it costs that pieces amid a name are whole targets by themselves."""
    return NEVER * sum(is_figure(piece.text) for piece in name[1:])


@lru_cache(maxsize=CACHED)
def is_figure(text: str) -> bool:
    """Whether a text is a figure with a sign or a unit, as targets are and names are not.

    What is too long for a unit is the rest of a name that begins with a figure.
    """
    found = parsed(text)
    if found.value is None:
        return False
    return begins_with_sign(text) or 0 < len(found.unit or "") <= MAX_UNIT


@lru_cache(maxsize=CACHED)
def as_name(text: str) -> float:
    """What it costs to take a text for the name of an indicator."""
    if begins_with_sign(text) or is_figure(text) or text.isdecimal():
        return NEVER
    if len(text) > MAX_NAME:
        return NEVER
    return FREE if len(text) > MIN_NAME else LIKELY if len(text) == MIN_NAME else ODD


@lru_cache(maxsize=CACHED)
def as_target(text: str) -> float:
    """What it costs to take a text for a target."""
    if begins_with_sign(text) or is_figure(text) or text.isdecimal():
        return FREE
    if WHEN.fullmatch(text):
        return LIKELY / 2
    if len(text) == 1:
        return ODD
    return LIKELY + PER_CHARACTER * max(0, len(text) - MAX_WORD)


def begins_with_sign(text: str) -> bool:
    """Whether a text begins with a sign that compares (≥); words that do may begin a name."""
    return any(text.startswith(sign) for sign in signs()["before"] if not sign[0].isalpha())
