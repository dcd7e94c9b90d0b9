"""Flowing tables as grids: headings, segments and placed figures put together.

Here: `Draft`, one table with every way to place its figures, and the grid that a choice among them
gives. Not here: making the choice where the text does not tell (restore).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipeline.forms.disclosure import Rejected
from pipeline.forms.family import Family, Form, Side, families
from pipeline.forms.flow import headings, regions, rows
from pipeline.forms.flow.atoms import atoms
from pipeline.forms.flow.cursor import Segment
from pipeline.forms.flow.headings import Heading
from pipeline.forms.flow.placing import Candidate, Gaps, Kept, candidates, kept_blanks
from pipeline.forms.flow.regions import Region
from pipeline.forms.statement import Unplaced
from pipeline.readers.shapes import Cell, Grid, Paragraph, Place, Reading


@dataclass(frozen=True)
class Part:
    """A segment in its grid row, the columns of its figures, and the ways to place them there."""

    row: int
    segment: Segment
    columns: tuple[int, ...]
    ways: tuple[Candidate, ...]

    @property
    def doubtful(self) -> bool:
        """Whether the text does not tell the one way."""
        return len(self.ways) > 1 or self.ways[0].joined


@dataclass(frozen=True)
class Choice:
    """A way chosen for a part; `because` names the equation that decided it.

    `placed`: arithmetic, not the blanks of the text, tells where its figures stand.
    """

    way: Candidate
    because: str | None = None
    placed: bool = False


@dataclass(frozen=True)
class Draft:
    """One table before its doubtful figures are placed."""

    heading: Heading
    begins: int
    line: int
    names: tuple[tuple[int, int, str, int], ...]
    parts: tuple[Part, ...]
    rows: int

    @property
    def top(self) -> int:
        """The first row of the body in the grid."""
        return header_rows(self.heading)

    def grid(self, choices: Mapping[int, Choice]) -> Grid:
        """The table as a grid; parts without a choice stand as their likeliest way has them."""
        cells = list(header_cells(self.heading, self.line))
        top = self.top
        cells += [
            Cell(top + row, column, text, Place(line=line))
            for row, column, text, line in self.names
        ]
        for number, part in enumerate(self.parts):
            choice = choices.get(number, Choice(part.ways[0]))
            for place, read in choice.way.cells:
                decided = choice.because is not None and (choice.placed or read.joined is not None)
                cells.append(
                    Cell(
                        top + part.row,
                        part.columns[place],
                        read.text if decided else read.figure,
                        Place(line=part.segment.line),
                        restored=read.figure if decided else None,
                        restored_from=choice.because if decided else None,
                    )
                )
        return Grid(
            rows=top + self.rows,
            columns=len(self.heading.columns),
            cells=tuple(cells),
            spans_known=False,
        )


@dataclass(frozen=True)
class Drafted:
    """A flowing text with its tables drafted: paragraphs, and drafts where tables stand."""

    reader: str
    items: tuple[Paragraph | Draft, ...]
    family: Family
    rejected: tuple[Rejected, ...] = field(default=())

    def drafts(self) -> tuple[Draft, ...]:
        """The drafts, in order."""
        return tuple(item for item in self.items if isinstance(item, Draft))

    def without(self, gone: frozenset[int]) -> Drafted:
        """The same text without some of its drafts."""
        drafts = {id(d): number for number, d in enumerate(self.drafts())}
        items = tuple(item for item in self.items if drafts.get(id(item), -1) not in gone)
        return replace(self, items=items)

    def reading(self, choices: Mapping[tuple[int, int], Choice]) -> Reading:
        """The text with its tables as grids, parts placed as chosen: (draft, part) to choice."""
        found: list[Paragraph | Grid] = []
        number = 0
        for item in self.items:
            if isinstance(item, Draft):
                own = {part: c for (draft, part), c in choices.items() if draft == number}
                found.append(item.grid(own))
                number += 1
            else:
                found.append(item)
        return Reading(self.reader, tuple(found))


def tables(reading: Reading, among: tuple[Family, ...] | None = None) -> Reading:
    """A flowing text with the tables of its family rebuilt as grids, placed as its blanks tell."""
    return draft(reading, among).reading({})


def draft(reading: Reading, among: tuple[Family, ...] | None = None) -> Drafted:
    """The tables of a flowing text, each with every way to place its figures."""
    lines = [item for item in reading.items if isinstance(item, Paragraph)]
    ways = [
        of_family(reading.reader, lines, family, found)
        for family, found in regions.likely(lines, among or families())
    ]
    return max(ways, key=lambda way: (len(way.drafts()), -len(way.rejected)))


def of_family(reader: str, lines: list[Paragraph], family: Family, found: list[Region]) -> Drafted:
    """A text drafted by the forms of one family."""
    kept = kept_blanks(lines)
    items: list[Paragraph | Draft] = []
    rejected: list[Rejected] = []
    done = 0
    for region in found:
        try:
            table = of_region(lines, region, kept)
        except Unplaced as problem:
            rejected.append(Rejected(region.forms[0].statement_id, problem.reason, problem.detail))
            continue
        if table is None:
            continue
        items += printed(lines[done : table.begins])
        items.append(table)
        done = region.end
    items += printed(lines[done:])
    return Drafted(reader, tuple(items), family, tuple(rejected))


def printed(lines: list[Paragraph]) -> list[Paragraph]:
    """The lines on which anything is printed."""
    return [line for line in lines if line.text.strip()]


def of_region(lines: list[Paragraph], region: Region, kept: Kept) -> Draft | None:
    """The table below a title, in the titled form that explains most of its columns.

    Null where no header follows. Raises `Unplaced` for what cannot be read without guessing.
    """
    own = regions.body_lines(lines, region)
    known, problems = explained(own, region.forms)
    if not known and problems:
        raise problems[0]
    if not known:
        return None
    if regions.rows_beyond(lines, region):
        raise Unplaced("row_unplaced", f"line {lines[region.end].place.line}: rows go on below")
    heading = max(known, key=lambda one: len(one.columns))
    coded = any(side.scheme == "tree" for side in heading.form.sides)
    body = headings.body_of(own, heading)
    found = rows.segments(heading, atoms(body, coded), kept.ends)
    placed = numbered(found)
    return Draft(
        heading=heading,
        begins=lines.index(own[heading.start]),
        line=own[heading.start].place.line or 0,
        names=tuple(name for row, segment in placed for name in names(heading, row, segment)),
        parts=tuple(part(heading, row, one, kept) for row, one in placed if one.cells),
        rows=max((row for row, _ in placed), default=-1) + 1,
    )


def explained(
    lines: list[Paragraph], forms: tuple[Form, ...]
) -> tuple[list[Heading], list[Unplaced]]:
    """The header by each of the titled forms that explains it, and why others do not."""
    known, problems = [], []
    for form in forms:
        try:
            found = headings.heading(lines, form)
        except Unplaced as problem:
            problems.append(problem)
            continue
        known += [found] if found else []
    return known, problems


def numbered(found: list[Segment]) -> list[tuple[int, Segment]]:
    """The segments with the row each stands in."""
    placed = []
    row = -1
    for segment in found:
        row += segment.starts_row
        placed.append((row, segment))
    return placed


def names(heading: Heading, row: int, segment: Segment) -> Iterator[tuple[int, int, str, int]]:
    """What names a row: (row, column, text, line) of its code, label and government item."""
    side = naming_side(heading.form, segment.side)
    texts = {
        "code": segment.code,
        "label": segment.label,
        "government_item": segment.government_item,
    }
    for column, placed in enumerate(heading.columns):
        text = texts.get(placed.column.role, "")
        if text and placed.side == side and placed.column.block == segment.block:
            yield row, column, text, segment.line


def naming_side(form: Form, side: Side) -> Side:
    """The side in whose columns a row is named: the first that it reaches over, else its own."""
    return next(s for s in form.sides if s.side == side.spans[0]) if side.spans else side


def part(heading: Heading, row: int, segment: Segment, kept: Kept) -> Part:
    """A segment with the ways to place its figures.

    Raises `Unplaced` where there is none: more figures than columns, or too many ways.
    """
    side = segment.side
    if side.spans:
        side = next(s for s in heading.form.sides if s.side == side.spans[-1])
    columns = tuple(
        column
        for column, placed in enumerate(heading.columns)
        if placed.side == side
        and placed.column.role == "measure"
        and placed.column.block == segment.block
    )
    gaps = Gaps(segment.after, kept, unnamed(segment), segment.floating)
    ways = candidates(segment.cells, len(columns), gaps)
    if not ways:
        detail = f"line {segment.line}: {len(segment.cells)} figures in {len(columns)} columns"
        raise Unplaced("row_unplaced", detail)
    return Part(row, segment, columns, ways)


def unnamed(segment: Segment) -> int:
    """How many naming columns a row leaves blank between its name and its figures."""
    economic = segment.side.scheme == "economic" and not segment.government_item
    coded = segment.side.scheme == "tree" and not segment.code
    return int(economic or coded)


def header_rows(heading: Heading) -> int:
    """How many rows the header takes as a grid."""
    return max(len(placed.words) for placed in heading.columns)


def header_cells(heading: Heading, line: int) -> Iterator[Cell]:
    """The header as a grid: every column has its own words, the uppermost repeated above them."""
    depth = header_rows(heading)
    for column, placed in enumerate(heading.columns):
        words = placed.words[:1] * (depth - len(placed.words)) + placed.words
        for row, word in enumerate(words):
            yield Cell(row, column, word, Place(line=line))
