"""Headers of two lines in flowing text: a heading over several columns comes before their names.

A text prints the upper line whole and then the names below it, so that a header seems to have fewer
columns than its rows have cells. Here: labels read off, and each heading replaced by the columns
under it. Not here: which labels a header may have (declared by whoever asks).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.performance.flow.labels import as_compared
from pipeline.performance.flow.pieces import Piece, joined
from pipeline.performance.words import bare

MAX_WORD_PIECES = 5


@dataclass(frozen=True)
class Columns:
    """What a header may name: words of columns and of headings over several of them."""

    fields: Mapping[str, str]
    groups: Mapping[str, str]


@dataclass(frozen=True)
class Header:
    """The columns of a header in the order of their cells, and the piece after it."""

    columns: tuple[str, ...]
    end: int


def columns(declared: Mapping[str, Sequence[str]], groups: Mapping[str, str]) -> Columns:
    """Declared words as compared."""
    return Columns(
        {bare(word): field for field, words in declared.items() for word in words},
        {bare(word): field for word, field in groups.items()},
    )


def header_from(pieces: Sequence[Piece], known: Columns, least: int) -> Header | None:
    """The first header of so many columns at least, null where there is none."""
    place = 0
    while place < len(pieces):
        found: list[str] = []
        groups: dict[str, int] = {}
        end = place
        while (word := word_at(pieces, end, known)) is not None:
            name, count = word
            if name in known.groups:
                groups[name] = len(found)
            found.append(name)
            end += count
        if len(found) >= least:
            return Header(placed(found, known), end)
        place = max(end, place + 1)
    return None


def word_at(pieces: Sequence[Piece], place: int, known: Columns) -> tuple[str, int] | None:
    """The label the pieces from a place on are, and how many they are."""
    for count in range(min(MAX_WORD_PIECES, len(pieces) - place), 0, -1):
        text = joined(pieces[place : place + count])
        word = bare(as_compared(text))
        if word in known.fields or word in known.groups:
            return word, count
    return None


def placed(words: Sequence[str], known: Columns) -> tuple[str, ...]:
    """The fields in the order of the cells.

    The columns of a heading come after the last word of the upper line. With one heading they are
    all that follow it there: as many as are named again or belong to none of the upper line.
    """
    headings = [n for n, word in enumerate(words) if word in known.groups]
    if len(headings) != 1:
        return tuple(known.fields.get(word) or known.groups[word] for word in words)
    heading = headings[0]
    order = list(known.fields.values())
    fields = [known.fields[word] for n, word in enumerate(words) if n != heading]
    below = children(fields, heading, order)
    if not below:
        fields.insert(heading, known.groups[words[heading]])
        return tuple(fields)
    rest = fields[: len(fields) - below]
    return (*rest[:heading], *fields[len(fields) - below :], *rest[heading:])


def children(fields: Sequence[str], heading: int, order: Sequence[str]) -> int:
    """How many fields at the end stand, by the declared order, before those after the heading."""
    if heading >= len(fields):
        return 0
    after = order.index(fields[heading])
    count = 0
    for field in reversed(fields[heading + 1 :]):
        if order.index(field) >= after:
            break
        count += 1
    return count
