"""The kinds of mistakes: what a reader of paper gets wrong, one function for each.

A kind offers the places where it can happen in a document, and says what stands in the cells then.
Text kinds change the text of one cell, table kinds move the figures of several. What would leave
every amount as it was is no mistake. Not here: pages that are lost (`pages`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.injection.paper import Change, Mistake, Paper, Place, Printed

Content = dict[Place, Printed | None]
Candidate = tuple[Any, ...]
DIGITS = "0123456789"
MINUS = "-"


@dataclass(frozen=True)
class Kind:
    """A kind of mistake: its candidates in a document, and the cells that one of them changes.

    `single`: whether it is a mistake in one cell.
    """

    name: str
    candidates: Callable[[Paper], list[Candidate]]
    content: Callable[[Paper, Candidate, Random], Content]
    single: bool


def mistakes(kind: Kind, paper: Paper, most: int, seed: int) -> Iterator[Mistake]:
    """At most so many mistakes of a kind in a document, drawn by the seed."""
    rng = Random(f"{seed}/{kind.name}/{paper.document_id}")
    candidates = kind.candidates(paper)
    rng.shuffle(candidates)
    made = 0
    for candidate in candidates:
        if made == most:
            return
        content = kind.content(paper, candidate, rng)
        if changes := changed(paper, content):
            made += 1
            yield Mistake(kind.name, paper.document_id, changes)


def changed(paper: Paper, content: Content) -> tuple[Change, ...]:
    """The cells whose amount is another than before, in a fixed order."""
    found = [
        Change(place, paper.figures.get(place), after)
        for place, after in sorted(content.items(), key=lambda item: repr(item[0]))
    ]
    return tuple(c for c in found if not Mistake("", "", (c,)).readable or c.moved)


# Texts of one cell: every position of every cell, and what stands there then.

Edit = Callable[[str, int, Random], str | None]


def of_text(name: str, edit: Edit) -> Kind:
    """A kind that edits the text of one cell at one position."""

    def candidates(paper: Paper) -> list[Candidate]:
        return [
            (place, position)
            for place, printed in paper.figures.items()
            for position in range(len(printed.text))
            if edit(printed.text, position, Random(0)) is not None
        ]

    def content(paper: Paper, candidate: Candidate, rng: Random) -> Content:
        place, position = candidate
        printed = paper.figures[place]
        text = edit(printed.text, position, rng)
        return {} if text is None else {place: Printed(text, printed.unit)}

    return Kind(name, candidates, content, True)


def digit(text: str, at: int, rng: Random) -> str | None:
    """Another digit."""
    if text[at] not in DIGITS:
        return None
    return text[:at] + rng.choice(DIGITS.replace(text[at], "")) + text[at + 1 :]


def digit_dropped(text: str, at: int, rng: Random) -> str | None:
    """One digit lost."""
    return text[:at] + text[at + 1 :] if text[at] in DIGITS and len(text) > 1 else None


def digit_doubled(text: str, at: int, rng: Random) -> str | None:
    """One digit read twice."""
    return text[:at] + text[at] + text[at:] if text[at] in DIGITS else None


def digits_exchanged(text: str, at: int, rng: Random) -> str | None:
    """Two neighbours exchanged, a point or comma between them left where it stands."""
    after = next((i for i in range(at + 1, len(text)) if text[i] in DIGITS), None)
    if text[at] not in DIGITS or after is None or text[at] == text[after]:
        return None
    return text[:at] + text[after] + text[at + 1 : after] + text[at] + text[after + 1 :]


def point_lost(text: str, at: int, rng: Random) -> str | None:
    """The decimal point not seen."""
    return text[:at] + text[at + 1 :] if text[at] == "." else None


def sign(text: str, at: int, rng: Random) -> str | None:
    """The minus lost, or the rule of the table read as one."""
    if at:
        return None
    return text[1:] if text.startswith(MINUS) else MINUS + text


def cell_dropped() -> Kind:
    """A figure not seen at all."""
    return Kind(
        "cell dropped",
        lambda paper: [(place,) for place in paper.figures],
        lambda paper, candidate, rng: {candidate[0]: None},
        True,
    )


# Figures of several cells.


def columns_swapped(paper: Paper) -> list[Candidate]:
    """Two columns of one side of a table."""
    return [
        (key, left, right)
        for key, columns in paper.columns.items()
        for at, left in enumerate(columns)
        for right in columns[at + 1 :]
    ]


def swap_columns(paper: Paper, candidate: Candidate, rng: Random) -> Content:
    """Each figure of one column in the other."""
    key, left, right = candidate
    statement, side = key
    found: Content = {}
    for line in paper.rows[key]:
        one, other = (Place(statement, side, line, m) for m in (left, right))
        found[one], found[other] = paper.figures.get(other), paper.figures.get(one)
    return blank_aside(paper, found)


def rows_shifted(paper: Paper) -> list[Candidate]:
    """A row of a side with two columns or more, and a direction."""
    return [
        (key, line, step)
        for key, lines in paper.rows.items()
        if len(paper.columns[key]) > 1
        for line in lines
        for step in (1, -1)
    ]


def shift_row(paper: Paper, candidate: Candidate, rng: Random) -> Content:
    """Each figure of the row one column on; what leaves the table is lost."""
    (statement, side), line, step = candidate
    columns = paper.columns[statement, side]
    places = [Place(statement, side, line, measure) for measure in columns]
    printed = [paper.figures.get(place) for place in places]
    moved = [None, *printed[:-1]] if step == 1 else [*printed[1:], None]
    return blank_aside(paper, dict(zip(places, moved, strict=True)))


def rows_exchanged(paper: Paper) -> list[Candidate]:
    """Two rows of a side that stand close together: next to each other, or with one between."""
    return [
        (key, lines[at], lines[at + gap])
        for key, lines in paper.rows.items()
        for gap in (1, 2)
        for at in range(len(lines) - gap)
    ]


def exchange_rows(paper: Paper, candidate: Candidate, rng: Random) -> Content:
    """The figures of each row in the other."""
    (statement, side), upper, lower = candidate
    found: Content = {}
    for measure in paper.columns[statement, side]:
        one, other = (Place(statement, side, line, measure) for line in (upper, lower))
        found[one], found[other] = paper.figures.get(other), paper.figures.get(one)
    return blank_aside(paper, found)


def tables_scaled(paper: Paper) -> list[Candidate]:
    """Every statement that prints a figure."""
    return [(statement,) for statement in dict.fromkeys(p.statement_id for p in paper.figures)]


def scale_table(paper: Paper, candidate: Candidate, rng: Random) -> Content:
    """The table in the other unit: 10,000 times as much, or as little."""
    other = {"元": "万元", "万元": "元"}
    return {
        place: Printed(printed.text, other[printed.unit])
        for place, printed in paper.figures.items()
        if place.statement_id == candidate[0]
    }


def blank_aside(paper: Paper, content: Content) -> Content:
    """The content without cells that are blank before and after."""
    return {p: after for p, after in content.items() if after or p in paper.figures}


KINDS = (
    of_text("digit changed", digit),
    of_text("digit dropped", digit_dropped),
    of_text("digit doubled", digit_doubled),
    of_text("digits exchanged", digits_exchanged),
    of_text("point lost", point_lost),
    of_text("sign changed", sign),
    cell_dropped(),
    Kind("row shifted", rows_shifted, shift_row, False),
    Kind("rows exchanged", rows_exchanged, exchange_rows, False),
    Kind("columns swapped", columns_swapped, swap_columns, False),
    Kind("table scaled", tables_scaled, scale_table, False),
)
