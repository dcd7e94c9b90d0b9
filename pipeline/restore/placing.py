"""Drafted tables of a flowing text settled: each doubtful row read the one way that is left.

Here: which choice is allowed, and the refusal of a table in which one cannot be made. Not here:
the drafts (forms.flow) and the arithmetic (solve).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.forms.disclosure import Disclosure, Rejected
from pipeline.forms.flow.tables import Choice, Draft, Drafted, Part
from pipeline.forms.recognise import recognise
from pipeline.forms.statement import Line, Statement
from pipeline.ledger.money import NotExact, to_yuan
from pipeline.readers.shapes import Grid, Reading
from pipeline.restore import labels
from pipeline.restore.equations import Variable, equations, steps, values
from pipeline.restore.solve import Doubt, Key, solve

REASON = "row_unplaced"
# No disclosure has more rows in doubt than this; a text that has is not worked on.
MAX_DOUBTS = 800


def settled(drafted: Drafted) -> tuple[Reading, Disclosure]:
    """The reading and the disclosure of a flowing text, its doubtful rows decided or refused.

    Raises `Refusal` where the text is no disclosure.
    """
    doubtful = {
        (number, index): part
        for number, draft in enumerate(drafted.drafts())
        for index, part in enumerate(draft.parts)
        if part.doubtful
    }
    guess = labels.with_totals(drafted.reading({}), (drafted.family,))
    disclosure = recognise(guess, (drafted.family,))
    if not doubtful:
        return guess, with_rejected(disclosure, drafted.rejected)
    doubts = open_rows(drafted, guess, disclosure, doubtful)
    if len(doubts) <= MAX_DOUBTS:
        decide(doubts, disclosure)
    else:
        doubts = {}
    choices: dict[Key, Choice] = {}
    refused: dict[int, Rejected] = {}
    for key, part in doubtful.items():
        choice = chosen(part, doubts.get(key))
        if choice is None:
            refused.setdefault(key[0], refusal(drafted.drafts()[key[0]], part))
        else:
            choices[key] = choice
    kept = drafted.without(frozenset(refused))
    reading = kept.reading(renumbered(choices, frozenset(refused)))
    reading = labels.with_totals(reading, (drafted.family,))
    again = recognise(reading, (drafted.family,))
    return reading, with_rejected(again, (*drafted.rejected, *refused.values()))


def renumbered(choices: Mapping[Key, Choice], gone: frozenset[int]) -> dict[Key, Choice]:
    """Choices by the numbers of the drafts that are left."""
    return {
        (draft - sum(other < draft for other in gone), part): choice
        for (draft, part), choice in choices.items()
        if draft not in gone
    }


def with_rejected(disclosure: Disclosure, rejected: tuple[Rejected, ...]) -> Disclosure:
    """A disclosure with what could not be read; a statement rejected here stands nowhere else.

    Without its table the recogniser would take its title and a note for an empty form.
    """
    lost = {r.statement_id for r in rejected}
    return replace(
        disclosure,
        statements=tuple(s for s in disclosure.statements if s.statement_id not in lost),
        rejected=(*(r for r in disclosure.rejected if r.statement_id not in lost), *rejected),
        coverage={
            key: "unreadable" if key in lost else state
            for key, state in disclosure.coverage.items()
        },
    )


def open_rows(
    drafted: Drafted, reading: Reading, disclosure: Disclosure, doubtful: Mapping[Key, Part]
) -> dict[Key, Doubt]:
    """The doubtful rows that the recogniser placed, each way to read them in yuan.

    A row that it did not place is left out: nothing is known of it.
    """
    found = placed_rows(drafted, reading, disclosure)
    doubts = {}
    for key, part in doubtful.items():
        if key not in found:
            continue
        statement, line = found[key]
        heading = drafted.drafts()[key[0]].heading
        measures = [heading.columns[column].column.measure or "" for column in part.columns]
        unit = statement.money_unit or "元"
        try:
            readings = [
                {
                    Variable(statement.statement_id, line.side or "", line.line_no, measures[n]): (
                        to_yuan(cell.figure, unit)
                    )
                    for n, cell in way.cells
                    if cell.is_figure
                }
                for way in part.ways
            ]
        except NotExact:
            continue
        doubts[key] = Doubt(readings)
    return doubts


def placed_rows(
    drafted: Drafted, reading: Reading, disclosure: Disclosure
) -> dict[Key, tuple[Statement, Line]]:
    """The line that each part of a draft became, found by the place of its figures."""
    lines = {
        id(figure.place): (statement, line)
        for statement in disclosure.statements
        for line in statement.lines
        for figure in line.figures
    }
    grids = [item for item in reading.items if isinstance(item, Grid)]
    found = {}
    for number, (draft, grid) in enumerate(zip(drafted.drafts(), grids, strict=True)):
        for index, part in enumerate(draft.parts):
            row = draft.top + part.row
            cells = [grid.at(row, column) for column in part.columns]
            placed = [lines[id(c.place)] for c in cells if c and id(c.place) in lines]
            if placed:
                found[number, index] = placed[0]
    return found


def decide(doubts: Mapping[Key, Doubt], disclosure: Disclosure) -> None:
    """Hold the open rows against the identities."""
    cells = {v for doubt in doubts.values() for reading in doubt.readings for v in reading}
    known = {v: amount for v, amount in values(disclosure).items() if row_of(v) not in own(doubts)}
    size = steps(disclosure)
    usual = {v.statement_id: step for v, step in sorted(size.items(), reverse=True)}
    size |= {v: usual[v.statement_id] for v in cells if v not in size}
    doubtful = [v for v in values(disclosure) if row_of(v) in own(doubts)]
    solve(doubts, known, equations(disclosure, cells, doubtful), size)


def row_of(variable: Variable) -> tuple[str, str, int]:
    """The row of a cell."""
    return variable.statement_id, variable.side, variable.line_no


def own(doubts: Mapping[Key, Doubt]) -> set[tuple[str, str, int]]:
    """The rows that are in doubt."""
    return {row_of(v) for doubt in doubts.values() for reading in doubt.readings for v in reading}


def chosen(part: Part, doubt: Doubt | None) -> Choice | None:
    """The way to read a row, null where none can be chosen.

    One way is left by the equations: it is taken, and says by which. Several are left: the one
    that the blanks tell is taken, if no other differs from it in what its figures are. None is
    left (the print contradicts itself): only what the blanks tell of undamaged figures is read.
    """
    told = [n for n, way in enumerate(part.ways) if way.told]
    if doubt is None or not doubt.left:
        plain = [n for n in told if not part.ways[n].joined]
        sure = len(plain) == 1 and not any(way.joined for way in part.ways)
        return Choice(part.ways[plain[0]]) if sure else None
    because = next(iter(doubt.failed.values()), None)
    if len(doubt.left) == 1:
        (only,) = doubt.left
        return Choice(part.ways[only], because, placed=only not in told)
    left = [n for n in told if n in doubt.left]
    figures = {tuple(cell.figure for _, cell in part.ways[n].cells) for n in doubt.left}
    if len(left) != 1 or len(figures) != 1:
        return None
    return Choice(part.ways[left[0]], because)


def refusal(draft: Draft, part: Part) -> Rejected:
    """Why a table is refused for one row: by its line and the count of ways, never its text."""
    detail = (
        f"line {part.segment.line}: its {len(part.segment.cells)} figures can be read in "
        f"{len(part.ways)} ways, and neither blanks nor sums tell which"
    )
    return Rejected(draft.heading.form.statement_id, REASON, detail, len(draft.heading.columns))
