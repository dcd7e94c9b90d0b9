"""The indicators' part of a form cut into groups, one for each printed second level.

Here: header, levels, and the pieces under each. A second level that is printed for both horizons
parts the first row of its group: what stands between the two belongs to the first horizon. Not
here: the rows of a group (rows).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.performance.flow.labels import as_compared, known_label
from pipeline.performance.flow.pieces import Piece, joined
from pipeline.performance.flow.rows import Segment
from pipeline.performance.words import levels

# A word is wrapped over so many pieces at most; a header names so many columns at least.
MAX_WORD_PIECES, MIN_COLUMNS = 6, 3
# What stands beside all indicators, a character on each line.
SIDE_HEADING = "绩效指标"
SUFFIXES = ("指标", "目标")


@dataclass
class Group:
    """What stands under one second level, a segment for each page or time it is printed."""

    level1: str | None
    level2: str
    segments: list[Segment] = field(default_factory=list)


@dataclass(frozen=True)
class Area:
    """The pieces below a header on one page, and how many horizons the header has columns for."""

    pieces: tuple[Piece, ...]
    horizons: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Grouped:
    """The groups in order, and how many runs of pieces stand under no level or half of one."""

    groups: tuple[Group, ...]
    unread: int


def below_header(pieces: Sequence[Piece]) -> Area | None:
    """What stands below the header of the indicators, null where there is none."""
    place = 0
    while place < len(pieces):
        columns: list[str] = []
        end = place
        while (found := column_at(pieces, end)) is not None:
            columns.append(found[0])
            end += found[1]
        if len(columns) >= MIN_COLUMNS:
            horizons = columns.count("indicator")
            return Area(tuple(pieces[end:]), horizons, tuple(columns))
        place = end + 1
    return None


def column_at(pieces: Sequence[Piece], place: int) -> tuple[str, int] | None:
    """The column that the pieces from a place on name, and how many they are."""
    for count in range(min(MAX_WORD_PIECES, len(pieces) - place), 0, -1):
        label = known_label(joined(pieces[place : place + count]))
        if label is not None and label.section == "columns":
            return label.field, count
    return None


@dataclass(frozen=True)
class Level:
    """A level as it stands among pieces."""

    number: int
    word: str
    count: int


class Grouping:
    """Goes through the pieces of a form, page by page."""

    def __init__(self, horizons: int, named_like_level: bool = False) -> None:
        self.horizons = horizons
        self.named_like_level = named_like_level
        self.groups: list[Group] = []
        self.unread = 0
        self.level1: str | None = None
        self.level2: str | None = None
        self.head: list[Piece] = []
        self.rest: list[Piece] = []
        self.parted = False
        self.after_level1 = False
        self.continues = False

    def page(self, pieces: Sequence[Piece]) -> None:
        """Take in the pieces of one more page."""
        place = 0
        self.continues = self.level2 is not None
        while place < len(pieces):
            if (skipped := side_heading(pieces, place)) > 0:
                place += skipped
                continue
            level = self.level_at(pieces, place)
            if level is None:
                (self.rest if self.parted or self.horizons == 1 else self.head).append(
                    pieces[place]
                )
                self.after_level1 = False
                place += 1
                continue
            if self.continues:
                self.end_segment()
            self.enter(level)
            place += level.count
        self.keep_segment()

    def enter(self, level: Level) -> None:
        """Begin what the level begins."""
        second_time = (
            self.horizons == 2
            and level.number == 2
            and not self.parted
            and self.level2 == level.word
        )
        if second_time:
            self.parted = True
            return
        self.end_segment()
        self.parted = False
        if level.number == 1:
            self.level1, self.level2, self.after_level1 = level.word, None, True
            return
        self.level2, self.after_level1 = level.word, False

    def end_segment(self) -> None:
        """Put what was gathered under its level, which ends here."""
        self.keep_segment()
        self.level2 = None
        self.parted = False

    def keep_segment(self) -> None:
        """Put what was gathered under its level; the next page may go on below it."""
        segment = Segment(tuple(self.head), tuple(self.rest), self.continues)
        self.head, self.rest, self.continues = [], [], False
        if not segment.head and not segment.rest:
            return
        whole = self.parted or self.horizons == 1
        if self.level2 is None or not whole:
            self.unread += 1
            return
        last = self.groups[-1] if self.groups else None
        if last is None or (last.level1, last.level2) != (self.level1, self.level2):
            last = Group(self.level1, self.level2)
            self.groups.append(last)
        last.segments.append(segment)

    def level_at(self, pieces: Sequence[Piece], place: int) -> Level | None:
        """The level that the pieces from a place on name, if they name one."""
        for count in range(min(MAX_WORD_PIECES, len(pieces) - place), 0, -1):
            word = as_compared(joined(pieces[place : place + count]))
            first, second = levels().first.get(word), levels().second.get(word)
            if first is None and second is None:
                continue
            after = pieces[place + count : place + count + MAX_WORD_PIECES]
            if first is not None and (second is None or stands_above(first, after)):
                return Level(1, first, count)
            if second is not None and self.may_be_level(second):
                return Level(2, second, count)
        return None

    def may_be_level(self, word: str) -> bool:
        """Whether a word of the second level is one here, and no name of an indicator.

        `数量` may be the end of a name that is wrapped. Where indicators may be named like their
        level (成本指标 in evaluations), the word is a name when it stands where a name must.
        """
        empty = not self.head and not self.rest
        if self.named_like_level and word == self.level2 and empty:
            return False
        return word.endswith(SUFFIXES) or self.after_level1


def stands_above(first: str, after: Sequence[Piece]) -> bool:
    """Whether the next pieces name a second level that stands under this first one."""
    for count in range(len(after), 0, -1):
        second = levels().second.get(as_compared(joined(after[:count])))
        if second is not None:
            return second != first and first in levels().parents[second]
    return False


def side_heading(pieces: Sequence[Piece], place: int) -> int:
    """How many pieces from here on spell the heading beside all indicators; 0 where none do."""
    text = ""
    for count, piece in enumerate(pieces[place : place + len(SIDE_HEADING)], start=1):
        text += piece.text
        if text == SIDE_HEADING:
            return count
        if not SIDE_HEADING.startswith(text):
            return 0
    return 0


def grouped(
    pages: Iterable[Sequence[Piece]], horizons: int, named_like_level: bool = False
) -> Grouped:
    """The groups of a form that runs over some pages."""
    going = Grouping(horizons, named_like_level)
    for pieces in pages:
        going.page(pieces)
    going.end_segment()
    return Grouped(tuple(going.groups), going.unread)
