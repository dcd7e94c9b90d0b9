"""Columns of a table whose header names them: which header a row is, and what stands below it.

Here: a header of one line or two to columns with their fields, and the words of a row by column.
Whoever asks says what a word means. Not here: which words there are (declarations), and rows of
forms whose columns slid (indicators).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.forms.wording import squeeze
from pipeline.performance.rows import Row, Word
from pipeline.performance.words import bare

Meaning = Callable[[str], str | None]

#: beyond the last column of every table
EDGE = 10_000
# What a header adds to a column's word: (A), (B/A), (10分), (包含数字及文字描述), （%）.
ADDED = re.compile(r"\([^()]*\)$|[①-⑩ABCab%％]$")
# How far down a header looks for its own lower line.
MAX_LINES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """From where to where a column reaches; `field` is null where its word is not known."""

    field: str | None
    start: int
    end: int


@dataclass(frozen=True)
class Header:
    """The columns of a table from the left, and how many rows its header has."""

    columns: tuple[Column, ...]
    rows: int = 1

    @property
    def fields(self) -> frozenset[str]:
        """The fields that have a column."""
        return frozenset(column.field for column in self.columns if column.field)

    @property
    def start(self) -> int:
        """Where the first known column begins."""
        return min(column.start for column in self.columns if column.field)

    @property
    def starts(self) -> frozenset[int]:
        """Where columns begin."""
        return frozenset(column.start for column in self.columns)

    def at(self, place: int) -> Column | None:
        """The column that a place belongs to."""
        return next((c for c in self.columns if c.start <= place < c.end), None)


def meaning_of(declared: dict[str, str]) -> Meaning:
    """What words of a header mean by a declaration, with whatever is added to them in brackets."""
    known = {bare(word): name for word, name in declared.items()}

    def meaning(text: str) -> str | None:
        word = bare(text)
        while word not in known and (added := ADDED.search(word)):
            word = bare(word[: added.start()])
        return known.get(word)

    return meaning


def header_at(rows: Sequence[Row], at: int, meaning: Meaning) -> Header:
    """The header that begins at a row: its words, each parted by the words below it."""
    columns = columns_of(rows[at], meaning)
    count = 1
    for row in rows[at + 1 : at + MAX_LINES]:
        if not row.words or not all(meaning(word.text) for word in row.words):
            break
        columns = [part for one in columns for part in parted(one, columns_of(row, meaning))]
        count += 1
    return Header(tuple(columns), count)


def columns_of(row: Row, meaning: Meaning) -> list[Column]:
    """The columns of one line; where merged cells do not show, each reaches to the next one."""
    ends = [*(word.column for word in row.words[1:]), EDGE]
    return [
        Column(meaning(word.text), word.column, word.column + word.columns if row.sure else end)
        for word, end in zip(row.words, ends, strict=True)
    ]


def parted(column: Column, below: Iterable[Column]) -> list[Column]:
    """A column as the ones printed under it."""
    under = [one for one in below if column.start <= one.start < column.end]
    return [replace(one, end=min(one.end, column.end)) for one in under] or [column]


@dataclass(frozen=True)
class Cells:
    """What a row prints in each column, and the words that stand in none."""

    words: dict[str, list[Word]]
    strays: list[Word]

    def text(self, name: str) -> str | None:
        """The words of a column as one text, null where there is none."""
        found = "".join(squeeze(word.text) for word in self.words.get(name, ()))
        return found or None

    def first(self, name: str) -> Word | None:
        """The first word of a column."""
        return next(iter(self.words.get(name, ())), None)


def cells_of(row: Row, header: Header) -> Cells:
    """A row by the columns of its header; what stands beside the table is left out."""
    found: dict[str, list[Word]] = {}
    strays = []
    for word in row.words:
        column = header.at(word.column)
        if column is not None and column.field:
            found.setdefault(column.field, []).append(word)
        elif word.column >= header.start:
            strays.append(word)
    return Cells(found, strays)
