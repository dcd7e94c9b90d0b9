"""Lines cut at their blanks, and what speaks for or against putting the pieces into one cell.

A text extraction prints the cells of a row one after another. Cells on one line are parted by a
blank; a cell that is wrapped has a line for each of its own. But a blank also stands where the
type changes inside a cell (`282.12 万元`), so that a blank alone decides nothing. Here: pieces, how
wide they are, and the cost of a cell made of some. Not here: which cells a row has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.readers.shapes import Paragraph

# What a reading costs: nothing for what the layout does by itself, more for what it never should.
FREE, LIKELY, ODD, NEVER = 0.0, 0.5, 3.0, 6.0
# A wrapped line has no room for another character, or for two where a mark that may not begin a
# line took one with it.
ROOM, ROOM_BEFORE_MARK, OVERHANG = 1.1, 2.1, 0.6
MIN_WRAPPED = 4.0
WIDE = "WFA"
CACHED = 4096


@dataclass(frozen=True, slots=True)
class Piece:
    """Text between blanks; `first` says that it begins a line."""

    text: str
    line: int
    first: bool


def pieces_of(lines: Iterable[Paragraph], as_printed: bool = False) -> tuple[Piece, ...]:
    """The pieces of some lines; `as_printed` keeps what stands twice."""
    return tuple(
        Piece(text, line.place.line or 0, first=index == 0)
        for line in lines
        for index, text in enumerate(
            ((line.printed if as_printed else None) or line.text).split(),
        )
    )


@lru_cache(maxsize=CACHED)
def width(text: str) -> float:
    """How wide a text is printed, in full characters."""
    return sum(1.0 if unicodedata.east_asian_width(c) in WIDE else 0.5 for c in text)


def joined(pieces: Sequence[Piece]) -> str:
    """The text of a cell."""
    return "".join(piece.text for piece in pieces)


def is_torn(pieces: Sequence[Piece]) -> bool:
    """Whether blanks part characters of a cell that are set in one type: some of it is lost."""
    return any(not piece.first and not changes(one, piece) for one, piece in pairwise(pieces))


def changes(one: Piece, following: Piece) -> bool:
    """Whether the type may change between two pieces: a figure, a letter or a mark meets a word."""
    return not (is_word(one.text[-1]) and is_word(following.text[0]))


@lru_cache(maxsize=CACHED)
def is_word(character: str) -> bool:
    """Whether a character is one that Chinese words are written with."""
    return unicodedata.category(character) == "Lo"


def wrapped_lines(pieces: Sequence[Piece]) -> list[float]:
    """The widths of the lines of a cell, the last of which need not be full."""
    found = [0.0]
    for index, piece in enumerate(pieces):
        if piece.first and index:
            found.append(0.0)
        found[-1] += width(piece.text)
    return found


def cost(pieces: Sequence[Piece], limit: float | None) -> float:
    """What it costs to take pieces for one cell of a column that is `limit` wide, if known."""
    *full, last = wrapped_lines(pieces)
    if is_torn(pieces):
        limit = None
    blanks = sum(
        (LIKELY if changes(one, piece) else ODD)
        for one, piece in pairwise(pieces)
        if not piece.first
    )
    wraps = sum(wrap(line, limit) for line in full)
    over = NEVER if limit is not None and last > limit + OVERHANG else FREE
    return blanks + wraps + over


def wrap(line: float, limit: float | None) -> float:
    """What it costs to end a line of a cell at this width, though the cell goes on."""
    if limit is None:
        return LIKELY if line >= MIN_WRAPPED else ODD
    if line > limit + OVERHANG:
        return NEVER
    if line > limit - ROOM:
        return FREE
    return LIKELY if line > limit - ROOM_BEFORE_MARK else NEVER
