"""Words, blocks and columns of a table without rules, as plain data.

Here: what the lines of such a table are made of, and the stretches its columns take up. Not here:
which lines are a table and which row a block belongs to (borderless), its header
(borderless_header).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from pipeline.readers.pdf.glyphs import Glyph
from pipeline.readers.pdf.lines import line_text

# A gap wider than this share of a line's height parts two words: cells stand closer than sentences.
PARTED = 0.3
# Characters that share more than this of their width are printed over each other.
OVER = 0.3
# A printed amount: with decimals it can be told from a code, a year or a row number.
AMOUNT = re.compile(r"[-－—△▲(（]?\d{1,3}(?:[,，]?\d{3}){0,5}\.\d{1,2}[)）]?")
PLAIN = re.compile(r"[-－(（]?\d{1,3}(?:[,，]?\d{3}){0,5}[)）]?|[-－—]{1,2}")
# The end of an amount, wherever it stands.
DECIMALS = re.compile(r"\d[.．]\d{2}")
NUMERIC = re.compile(r"[-－—△▲(（]{0,2}[\d.,，]{1,24}[%％]?[)）]?")


class Unsure(Exception):
    """The lines may be a table, but not every word of them has one certain place."""


@dataclass(frozen=True)
class Word:
    """Neighbouring glyphs of one line."""

    glyphs: tuple[Glyph, ...]
    text: str
    x0: float
    x1: float
    baseline: float
    height: float

    @property
    def is_amount(self) -> bool:
        """Whether it is a whole printed amount."""
        return AMOUNT.fullmatch(self.text) is not None

    @property
    def is_figure(self) -> bool:
        """Whether it may stand among amounts: one of them, a whole number, or a dash."""
        return self.is_amount or PLAIN.fullmatch(self.text) is not None

    @property
    def is_glued(self) -> bool:
        """Whether it is text with an amount in it: two cells may touch."""
        return not self.is_amount and DECIMALS.search(self.text) is not None

    @property
    def is_numeric(self) -> bool:
        """Whether it is made of digits."""
        return NUMERIC.fullmatch(self.text) is not None


Line = tuple[Word, ...]


@dataclass(frozen=True)
class Block:
    """The lines of one cell, from top to bottom."""

    lines: tuple[Line, ...]

    @property
    def x0(self) -> float:
        """Its left edge."""
        return min(line[0].x0 for line in self.lines)

    @property
    def x1(self) -> float:
        """Its right edge."""
        return max(line[-1].x1 for line in self.lines)

    @property
    def middle(self) -> float:
        """Its centre from left to right."""
        return (self.x0 + self.x1) / 2

    @property
    def first(self) -> float:
        """The baseline of its first line."""
        return self.lines[0][0].baseline

    @property
    def last(self) -> float:
        """The baseline of its last line."""
        return self.lines[-1][0].baseline

    @property
    def centre(self) -> float:
        """The height midway between its first and its last baseline."""
        return (self.first + self.last) / 2

    @property
    def is_figure(self) -> bool:
        """Whether it is one printed amount."""
        return len(self.lines) == 1 and len(self.lines[0]) == 1 and self.lines[0][0].is_amount

    @property
    def text(self) -> str:
        """What is printed, line by line."""
        return "\n".join(line_text(glyphs_of(line)) for line in self.lines)


@dataclass(frozen=True)
class Stretch:
    """What a column takes up from left to right."""

    x0: float
    x1: float

    def meets(self, x0: float, x1: float) -> bool:
        """Whether it shares some width with what stands from `x0` to `x1`."""
        return x0 < self.x1 and x1 > self.x0


def words(line: list[Glyph]) -> Line:
    """A line as its words."""
    height = max(glyph.height for glyph in line)
    groups = [[line[0]]]
    for glyph in line[1:]:
        if glyph.x0 - groups[-1][-1].x1 > PARTED * height:
            groups.append([glyph])
        else:
            groups[-1].append(glyph)
    return tuple(word(group, height) for group in groups)


def word(group: list[Glyph], height: float) -> Word:
    """Glyphs as one word of a line so high."""
    base = max(glyph.baseline for glyph in group)
    right = max(glyph.x1 for glyph in group)
    return Word(tuple(group), line_text(group), group[0].x0, right, base, height)


def check_apart(line: Line) -> None:
    """Raise `Unsure` where characters are printed over each other: two cells may run together."""
    for left, right in pairwise(glyphs_of(line)):
        if right.x0 < left.x1 - OVER * min(left.x1 - left.x0, right.x1 - right.x0):
            raise Unsure("characters printed over each other")


def glyphs_of(line: Iterable[Word]) -> list[Glyph]:
    """The glyphs of the words of a line."""
    return [glyph for word in line for glyph in word.glyphs]


def stretches(found: Iterable[Word]) -> list[Stretch]:
    """What words take up from left to right: between two stretches lies a gap no word crosses."""
    kept: list[Stretch] = []
    for word in sorted(found, key=lambda one: one.x0):
        if kept and word.x0 <= kept[-1].x1:
            kept[-1] = Stretch(kept[-1].x0, max(kept[-1].x1, word.x1))
        else:
            kept.append(Stretch(word.x0, word.x1))
    return kept


def is_numbering(line: Line) -> bool:
    """Whether a line numbers the columns: 1, 2, 3 and so on."""
    return len(line) > 1 and [w.text for w in line] == [str(n + 1) for n in range(len(line))]


def height_of(line: Line) -> float:
    """The height of a line's glyphs."""
    return max(word.height for word in line)


def is_figured(line: Line) -> bool:
    """Whether a line has an amount beside another word."""
    return len(line) > 1 and any(word.is_amount for word in line)


def is_amount_in(line: Line) -> bool:
    """Whether an amount stands by itself in a line."""
    return any(word.is_amount for word in line)
