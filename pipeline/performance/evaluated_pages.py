"""Where self-evaluations (绩效自评表) stand among the tables of a document.

Here: the rows that are one report, its pages joined, and its two headers, whose words are declared
once for tables and flowing text (`evaluations.yml`). Not here: what the rows say (evaluated).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from pipeline.performance.columns import Header, Meaning, header_at, meaning_of
from pipeline.performance.evaluations import declared
from pipeline.performance.rows import Row, labels_in, rows_of
from pipeline.performance.words import Label, plain
from pipeline.readers.shapes import Grid, Reading

NAME = Label("fields", "name")
WORDED = re.compile(r"[\u4e00-\u9fff]")


@dataclass
class Section:
    """The rows of one report, pages joined, and what stands above its table."""

    rows: list[Row]
    captions: tuple[str, ...] = ()
    columns: int = 0
    #: the rows of `rows` that begin a page
    heads: list[int] = field(default_factory=list)

    @property
    def where(self) -> str:
        """Page or line it begins on, for messages."""
        place = self.rows[0].place
        return f"page {place.page}" if place.page else f"line {place.line}"


@cache
def meaning(table: str) -> Meaning:
    """What words of the header of a table mean; columns that are nobody's are `other`."""
    said = declared()[table]
    words = {
        word: name
        for part in (said["columns"], said["cells"])
        for name, printed in part.items()
        for word in printed
    }
    return meaning_of(dict.fromkeys(said["others"], "other") | said["groups"] | words)


def sections_in(reading: Reading) -> Iterator[Section]:
    """Every table that is a report, with the tables that go on with it."""
    last: Section | None = None
    captions: list[str] = []
    for item in reading.items:
        if not isinstance(item, Grid):
            captions.append(item.text)
            continue
        rows = [row for row in rows_with_words(item)]
        starts = [n for n, row in enumerate(rows) if is_named(row)]
        before = rows[: starts[0]] if starts else rows
        if last is not None and goes_on(last, before, item, captions):
            last.heads.append(len(last.rows))
            last.rows += before
            before = []
        if last is not None and (starts or before):
            yield last
            last = None
        if before and header_in(before, "indicators") is not None and not starts:
            yield Section(before, tuple(captions), item.columns)
        for start, end in pairwise([*starts, len(rows)]):
            if last is not None:
                yield last
                last = None
            if is_report(rows[start:end]):
                last = Section(rows[start:end], tuple(captions), item.columns)
        captions = []
    if last is not None:
        yield last


def rows_with_words(grid: Grid) -> list[Row]:
    """The rows of a grid that print anything."""
    return [row for row in rows_of(grid) if row.words]


def is_named(row: Row) -> bool:
    """Whether a row begins a form or a report: it asks for the project, and heads no list."""
    if NAME not in labels_in(row):
        return False
    asked = meaning("indicators")
    return not any(asked(word.text) in ("indicator", "level1") for word in row.words)


def is_report(rows: Sequence[Row]) -> bool:
    """Whether rows are of a self-evaluation: a header names what was reached or what was spent."""
    return header_in(rows, "indicators") is not None or header_in(rows, "funds") is not None


REQUIRED = {
    "indicators": ({"indicator"}, {"actual", "score"}),
    "funds": ({"year_executed"}, {"year_budget", "approved", "execution_rate"}),
}


def header_in(rows: Sequence[Row], table: str) -> tuple[int, Header] | None:
    """The first row that is the header of a table, and its columns."""
    needed, one_of = REQUIRED[table]
    asked = meaning(table)
    for at in range(len(rows)):
        if sum(asked(word.text) is not None for word in rows[at].words) < 2:
            continue
        header = header_at(rows, at, asked)
        if needed <= header.fields and one_of & header.fields:
            return at, header
    return None


def goes_on(last: Section, rows: Sequence[Row], grid: Grid, captions: Sequence[str]) -> bool:
    """Whether rows without a name of their own are the rest of a report."""
    if not rows:
        return False
    header, before = header_in(rows, "indicators"), header_in(last.rows, "indicators")
    if header is not None:
        return before is None or header[1].fields == before[1].fields
    alike = grid.columns == last.columns and not any(map(worded, captions))
    return alike and before is not None and not is_finished(last)


def worded(text: str) -> bool:
    """Whether a line between two tables is more than a page number."""
    return WORDED.search(text) is not None


def is_finished(section: Section) -> bool:
    """Whether the row of the total score has been printed."""
    return any(is_total(row) for row in section.rows)


def is_total(row: Row) -> bool:
    """Whether a row adds the scores up."""
    first = plain(row.words[0].text) if row.words else ""
    return first in {plain(word) for word in declared()["total_rows"]}
