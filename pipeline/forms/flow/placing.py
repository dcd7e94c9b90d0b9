"""The figures of a row to the columns they stand in.

Here: which assignments the text allows, and whether its blanks tell the one. Not here: choosing
among several (restore).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations, product

from pipeline.forms.figures import NO_VALUE
from pipeline.forms.flow.atoms import FIGURE, Atom, Kind
from pipeline.readers.shapes import Paragraph

# More ways than this to place a row's figures say that the row was not understood.
MAX_CANDIDATES = 400
MAX_CELLS = 20
MAX_SEQUENCES = 32
# So many lines show that a text kept its blanks.
MIN_SIGNS = 3
ROW = re.compile(r"(?:\d\.\d\d|,\d{3}|\s\d{4,})(?:\s|$)")
INNER = re.compile(r"\S {2,}\S")
WHOLE = re.compile(r"\d{1,3}(?:,\d{3})*|\d+")
TWO_DECIMALS = re.compile(r"[\d,]*\.\d{2}")


@dataclass(frozen=True)
class Reading:
    """One money cell as read: its text, and the figure that torn pieces make where they do."""

    text: str
    joined: str | None = None

    @property
    def figure(self) -> str:
        """The figure that the reading gives."""
        return self.text if self.joined is None else self.joined

    @property
    def is_figure(self) -> bool:
        """Whether it is a figure, not a dash."""
        return not NO_VALUE.fullmatch(self.text)


@dataclass(frozen=True)
class Candidate:
    """One way to place the figures of a row: column (from 0) to what stands in it.

    `told` says that the blanks of the text tell this way and no other.
    """

    cells: tuple[tuple[int, Reading], ...]
    told: bool

    @property
    def joined(self) -> bool:
        """Whether a figure was joined of pieces that might be two cells."""
        return any(reading.joined is not None for _, reading in self.cells)


@dataclass(frozen=True)
class Piece:
    """A figure in the text: the blank cells that may stand before it, and those that the blanks
    torn into it stand for."""

    reading: Reading
    likely: frozenset[int]
    possible: frozenset[int]
    floating: int = 0


@dataclass(frozen=True)
class Kept:
    """Which blanks a text kept: those within its lines, those at their ends.

    A text in which no two stand side by side has lost those of its blank cells.
    """

    within: bool
    ends: bool


def kept_blanks(lines: Iterable[Paragraph]) -> Kept:
    """Which blanks a text kept, from the lines that bear figures."""
    rows = [line.text for line in lines if ROW.search(line.text)]
    within = sum(bool(INNER.search(text)) for text in rows)
    ends = sum(text != text.rstrip() for text in rows)
    return Kept(within >= MIN_SIGNS, ends >= MIN_SIGNS)


@dataclass(frozen=True)
class Gaps:
    """What surrounds a row's figures: the atom `after` them, the blanks that the text kept, how
    many naming columns the row may leave blank before its figures, and the blank cells that came
    out amid its name.
    """

    after: Atom
    kept: Kept
    unnamed: int = 0
    floating: int = 0


def candidates(cells: tuple[Atom, ...], columns: int, gaps: Gaps) -> tuple[Candidate, ...]:
    """Every way to place a row's figures in its columns, the likeliest first.

    None where there are more figures than columns, or too many ways.
    """
    found: list[Candidate] = []
    if len(cells) > MAX_CELLS:
        return ()
    known = sequences(cells)
    if len(known) > MAX_SEQUENCES:
        return ()
    for pieces in known:
        if len(pieces) > columns:
            continue
        end = ends(gaps, sum(piece.floating for piece in pieces), columns)
        told, surely = vectors(unshifted(pieces, gaps.unnamed), end, columns)
        ways = [told] if told is not None and surely else []
        for way in ways or combinations(range(columns), len(pieces)):
            placed = tuple(zip(way, (p.reading for p in pieces), strict=True))
            found.append(Candidate(placed, told=way == told))
            if len(found) > MAX_CANDIDATES:
                return ()
    plain = [way for way in found if way.told and not way.joined]
    if len(plain) == 1 and not any(way.told and way.joined for way in found) and surest(found):
        return tuple(plain)
    return tuple(sorted(found, key=lambda c: (not c.told, not c.joined)))


def surest(found: list[Candidate]) -> bool:
    """Whether what the blanks tell needs no confirmation: no other way with these figures."""
    told = next(way for way in found if way.told)
    return sum(way.joined == told.joined for way in found) == 1


def sequences(cells: tuple[Atom, ...]) -> list[tuple[Piece, ...]]:
    """The figures of a row, in each way in which torn pieces may belong together."""
    if not cells:
        return [()]
    piece, index = piece_of(cells[0]), 1
    while index < len(cells) and is_rest(piece.reading.text, cells[index].text):
        piece = joined(piece, cells[index], sure=True)
        index += 1
    found = [(piece, *tail) for tail in sequences(cells[index:])]
    if index < len(cells) and may_be_rest(piece.reading.text, cells[index]):
        whole = joined(piece, cells[index], sure=False)
        found += [(whole, *tail) for tail in sequences(cells[index + 1 :])]
    return found


def piece_of(cell: Atom) -> Piece:
    """A figure by itself, and the blank cells before it that its blanks allow."""
    likely, possible = before(cell)
    return Piece(Reading(cell.text), likely, possible)


def before(cell: Atom) -> tuple[frozenset[int], frozenset[int]]:
    """Blank cells before a figure: as its blanks say, and as they may say besides.

    On a line one blank parts two cells and each blank cell adds one, or two in bold print; on a
    new line (below a wrapped name) each blank is a blank cell, but for the first of a page.
    """
    if cell.first:
        blanks = cell.spaces + max((cell.above or 0) - 1, 0)
        return frozenset({blanks}), frozenset({blanks, max(blanks - 1, 0)})
    return of_gap(cell.spaces)


def of_gap(spaces: int) -> tuple[frozenset[int], frozenset[int]]:
    """Blank cells that so many blanks within a line, or at its end, stand for."""
    plain = max(spaces - 1, 0)
    bold = {plain // 2} if spaces % 2 else set()
    return frozenset({plain}), frozenset({plain} | bold)


def unshifted(pieces: tuple[Piece, ...], unnamed: int) -> tuple[Piece, ...]:
    """Figures whose first may have blank cells of the row's names before it."""
    if not unnamed or not pieces:
        return pieces
    first = pieces[0]
    named = frozenset(n - unnamed for n in first.possible | first.likely if n >= unnamed)
    likely = named & {n - unnamed for n in first.likely} or first.likely
    return (replace(first, likely=likely, possible=first.possible | named), *pieces[1:])


def ends(gaps: Gaps, floating: int, columns: int) -> tuple[frozenset[int], frozenset[int]]:
    """Blank cells after the last figure of a row, those printed inside names and figures too."""
    within = not gaps.after.first and gaps.after.kind is not Kind.END
    if not within and not gaps.kept.ends:
        anything = frozenset(range(columns + 1) if gaps.kept.within else ())
        return anything, anything
    likely, possible = of_gap(gaps.after.spaces if within else gaps.after.above or 0)
    moved = floating + gaps.floating
    return frozenset(n + moved for n in likely), frozenset(n + moved for n in possible)


def vectors(
    pieces: tuple[Piece, ...],
    end: tuple[frozenset[int], frozenset[int]],
    columns: int,
) -> tuple[tuple[int, ...] | None, bool]:
    """The columns that the blanks tell, and whether they surely do.

    They do when their plain meaning adds up in one way; what adds up only if some of them are
    those of bold print, or of a page's first line, is for the sums to confirm.
    """
    wanted = columns - len(pieces)
    likely, possible = end
    for surely, gaps in (
        (True, [*(sorted(p.likely) for p in pieces), sorted(likely)]),
        (False, [*(sorted(p.possible) for p in pieces), sorted(possible)]),
    ):
        fitting = [way for way in product(*gaps) if sum(way) == wanted]
        if len(fitting) == 1:
            return columns_of(fitting[0]), surely
    return None, False


def columns_of(vector: tuple[int, ...]) -> tuple[int, ...]:
    """The columns of figures from the blank cells before each."""
    found = []
    column = 0
    for blanks in vector[:-1]:
        column += blanks
        found.append(column)
        column += 1
    return tuple(found)


def is_rest(head: str, rest: str) -> bool:
    """Whether two texts can only be one figure: a point or comma stands where they part."""
    torn = head.endswith((".", ",")) or rest.startswith(".")
    return torn and bool(FIGURE.fullmatch(head + rest))


def may_be_rest(head: str, cell: Atom) -> bool:
    """Whether two texts may be one figure, torn before its point (`13     4.70`)."""
    apart = WHOLE.fullmatch(head) and TWO_DECIMALS.fullmatch(cell.text)
    after_point = re.fullmatch(r"[\d,]+\.\d", head) and re.fullmatch(r"\d", cell.text)
    return bool(
        cell.kind is Kind.NUMBER
        and not cell.first
        and (apart or after_point)
        and FIGURE.fullmatch(head + cell.text)
    )


def joined(piece: Piece, rest: Atom, sure: bool) -> Piece:
    """Two pieces of a figure as one."""
    read = piece.reading.text
    reading = (
        Reading(read + rest.text)
        if sure
        else Reading(read + " " * rest.spaces + rest.text, read + rest.text)
    )
    floating = piece.floating + max(rest.spaces - 1, 0)
    return Piece(reading, piece.likely, piece.possible, floating)
