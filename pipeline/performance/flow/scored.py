"""Rows of a self-evaluation in flowing text: target, outcome, weight, score and the reason given.

Here: every way to cut the pieces of a group into rows whose cells are what their columns ask for,
and the rows all good ways agree on. Not here: which columns there are (evaluations).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import pairwise

from pipeline.performance.flow.pieces import FREE, LIKELY, NEVER, ODD, Piece, cost, joined
from pipeline.performance.flow.rows import (
    MARGIN,
    MAX_PIECES,
    as_name,
    as_target,
    begins_with_sign,
    is_figure,
)
from pipeline.performance.target import parsed

MAX_CELL, MAX_REASON = 12, 24
# So many ways are kept for a row and for a group.
KEPT_CELLS, KEPT_ROWS, KEPT_WAYS = 60, 12, 8
TOO_MUCH = 14.0
# Rows that cost more than this each are not what was printed.
MAX_MEAN = 6.0
SENTENCE_ENDS = "。；;！"
REASON = "deviation"

Cells = Mapping[str, tuple[Piece, ...]]


@dataclass(frozen=True, eq=False)
class Scored:
    """A row as cut: the pieces of each column."""

    cells: Cells

    def text(self, column: str) -> str:
        """What stands in a column, `""` where nothing does."""
        return joined(self.cells.get(column, ()))

    @property
    def figures(self) -> tuple[tuple[Piece, ...], ...]:
        """All that stands in the row but the reason."""
        return tuple(taken for column, taken in self.cells.items() if column != REASON)

    @property
    def bare(self) -> Scored:
        """The row without its reason, where nothing tells how far that reaches."""
        return Scored({column: taken for column, taken in self.cells.items() if column != REASON})


@dataclass(frozen=True)
class ScoredRows:
    """The rows that are read, and how many are not."""

    rows: tuple[Scored, ...]
    unread: int = 0


@dataclass(frozen=True)
class Words:
    """The closed words of outcomes and of targets that were not filled in."""

    outcomes: frozenset[str]
    not_filled: frozenset[str]


Way = tuple[float, tuple[Scored, ...]]
Pricing = Callable[[tuple[Piece, ...], Words], float]


def number(text: str) -> Decimal | None:
    """A plain number, null where a text is none."""
    plain = text.replace(",", "").rstrip("%％")
    try:
        found = Decimal(plain) if plain.isascii() and plain[:1].isdigit() else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def scored_rows(pieces: Sequence[Piece], columns: Sequence[str], words: Words) -> ScoredRows:
    """The rows on which all good ways agree."""
    if not pieces:
        return ScoredRows(())
    ways = Search(tuple(pieces), tuple(columns), words).ways(0) if len(pieces) <= MAX_PIECES else []
    if not ways:
        return ScoredRows((), unread=1)
    if ways[0][0] > MAX_MEAN * len(ways[0][1]):
        return ScoredRows((), unread=len(ways[0][1]))
    good = [rows for paid, rows in ways if paid < ways[0][0] + MARGIN]
    agreed = set.intersection(*({row.figures for row in rows} for rows in good))
    whole = set.intersection(*(set(rows) for rows in good))
    kept = tuple(row if row in whole else row.bare for row in ways[0][1] if row.figures in agreed)
    return ScoredRows(kept, len(ways[0][1]) - len(kept))


class Search:
    """All ways to cut the pieces of one group, the best ones kept at every place."""

    def __init__(self, pieces: tuple[Piece, ...], columns: tuple[str, ...], words: Words) -> None:
        self.pieces = pieces
        self.columns = columns
        self.words = words
        self.ways = cache(self._ways)

    def _ways(self, place: int) -> list[Way]:
        """The ways from a row on, cheapest first."""
        if place == len(self.pieces):
            return [(FREE, ())]
        found = [
            (paid + more, (row, *rows))
            for paid, row, end in self.rows(place)
            for more, rows in self.ways(end)
        ]
        return sorted(found, key=lambda way: way[0])[:KEPT_WAYS]

    def rows(self, place: int) -> list[tuple[float, Scored, int]]:
        """The rows that may begin at a piece, the cheapest for every end and cut."""
        partial: list[tuple[float, dict[str, tuple[Piece, ...]], int]] = [(FREE, {}, place)]
        for column in self.columns:
            partial = [
                (paid + more, cells | {column: taken}, end)
                for paid, cells, start in partial
                for more, taken, end in self.cells(column, start)
                if paid + more < TOO_MUCH
            ]
            partial = sorted(partial, key=lambda one: one[0])[:KEPT_CELLS]
        start = FREE if place == 0 or self.pieces[place].first else NEVER
        found = [
            (start + paid + agreement(cells, self.words), Scored(cells), end)
            for paid, cells, end in partial
        ]
        found = [one for one in found if one[0] < TOO_MUCH and one[2] > place]
        return sorted(found, key=lambda one: (one[0], one[2]))[:KEPT_ROWS]

    def cells(self, column: str, start: int) -> Iterator[tuple[float, tuple[Piece, ...], int]]:
        """What may stand in a column, from a piece on, and where it ends."""
        price = PRICES.get(column, of_reason)
        most = MAX_REASON if price is of_reason else MAX_CELL
        for end in range(start, min(start + most, len(self.pieces)) + 1):
            taken = self.pieces[start:end]
            paid = price(taken, self.words)
            if paid < TOO_MUCH:
                yield paid, taken, end


def of_name(taken: tuple[Piece, ...], words: Words) -> float:
    """What it costs to take pieces for the name of an indicator, which begins a line or a row."""
    if not taken:
        return TOO_MUCH
    text = joined(taken)
    if text in words.outcomes or any(mark in text for mark in SENTENCE_ENDS):
        return TOO_MUCH
    inside = NEVER * sum(is_figure(p.text) or number(p.text) is not None for p in taken[1:])
    return cost(taken, None) + as_name(text) + inside


def of_target(taken: tuple[Piece, ...], words: Words) -> float:
    """What it costs to take pieces for a target."""
    if not taken:
        return ODD
    text = joined(taken)
    if text in words.not_filled:
        return FREE
    inside = NEVER * sum(begins_with_sign(p.text) for p in taken[1:])
    return cost(taken, None) + as_target(text) + inside


def of_outcome(taken: tuple[Piece, ...], words: Words) -> float:
    """What it costs to take pieces for what was reached."""
    if not taken:
        return ODD
    text = joined(taken)
    if text in words.outcomes or number(text) is not None:
        return FREE if len(taken) == 1 or text in words.outcomes else NEVER
    if begins_with_sign(text):
        return NEVER
    return cost(taken, None) + as_target(text) + LIKELY


def of_number(taken: tuple[Piece, ...], words: Words) -> float:
    """What it costs to take pieces for a weight or a score."""
    return FREE if len(taken) == 1 and number(taken[0].text) is not None else TOO_MUCH


def of_reason(taken: tuple[Piece, ...], words: Words) -> float:
    """What it costs to take pieces for a reason or a measure, which begins beside the score."""
    if not taken:
        return FREE
    if begins_with_sign(taken[0].text) or number(taken[0].text) is not None:
        return TOO_MUCH
    figures = sum(
        NEVER
        if begins_with_sign(p.text)
        else ODD
        if number(p.text) is not None and p.first
        else FREE
        for p in taken[1:]
    )
    breaks = sum(ODD for one, p in pairwise(taken) if p.first and one.text[-1] in SENTENCE_ENDS)
    below = ODD / 2 if taken[0].first else FREE
    return LIKELY + below + cost(taken, None) / 2 + figures + breaks


PRICES: dict[str, Pricing] = {
    "indicator": of_name,
    "initial": of_target,
    "adjusted": of_target,
    "target": of_target,
    "actual": of_outcome,
    "weight": of_number,
    "score": of_number,
}


def agreement(cells: Cells, words: Words) -> float:
    """What it costs that the cells of a row do not fit each other."""
    paid = FREE
    weight, score = (number(joined(cells.get(name, ()))) for name in ("weight", "score"))
    if weight is not None and score is not None and score > weight:
        paid += TOO_MUCH
    target = parsed(joined(cells.get("adjusted") or cells.get("target") or ()))
    actual = joined(cells.get("actual", ()))
    in_words = actual not in words.outcomes and not any(c.isdecimal() for c in actual)
    if target.value is not None and actual and in_words:
        paid += NEVER
    if "initial" in cells and "adjusted" in cells:
        paid += adjusted_from(joined(cells["initial"]), joined(cells["adjusted"]), words)
    return paid


def adjusted_from(initial: str, adjusted: str, words: Words) -> float:
    """What it costs to take one text for the target before adjustment and another for it after.

    A target that was never filled in is not adjusted; any other keeps its figure or its words.
    """
    if initial in words.not_filled:
        return -ODD if not adjusted else FREE
    before, after = number(initial), parsed(adjusted).value
    if before is not None and after is not None:
        return FREE if before == after else LIKELY
    return FREE if initial and adjusted.startswith(initial) else ODD
