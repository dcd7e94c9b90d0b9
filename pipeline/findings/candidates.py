"""Hypotheses about a document that might explain its broken identities, not yet verified.

Each kind of them, made of what search, structure, codes and lost find: which cells are to say what,
and when a check counts as holding again. Here: those, and the groups of broken checks that they are
about. Not here: the order in which they are asked, and which of them stand (explain).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from math import prod

import polars as pl

from pipeline.findings import codes, lost, structure
from pipeline.findings.model import Change, Explanation, Key
from pipeline.findings.search import (
    BUDGET,
    Class,
    Moved,
    Search,
    classes,
    groups,
    smallest,
    spread,
)
from pipeline.findings.slips import rank, slip
from pipeline.findings.system import Cell, System, systems
from pipeline.findings.verify import Hypothesis, Outcome, Put, copies, yuan
from pipeline.identities.books import Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import run

MOST_LISTED = 12
MOST_SPREAD = 60


@dataclass
class Group:
    """Broken checks of a document that belong together, with what explains them so far.

    `broken` are instances of the system; without any, `mute` is the one check without figures.
    """

    system: System
    kinds: tuple[Class, ...]
    broken: tuple[int, ...]
    mute: tuple[Key, ...] = ()
    explanations: list[Explanation] = field(default_factory=list)
    ways: int = 0
    complete: bool = True

    @property
    def keys(self) -> frozenset[Key]:
        """The broken checks."""
        return frozenset(self.mute) | {self.system.instances[i].key for i in self.broken}


@dataclass(frozen=True)
class Candidate:
    """A hypothesis about a document, not yet verified, and when a check counts as holding again."""

    kind: str
    detail: str | None
    hypothesis: Hypothesis
    changes: tuple[Change, ...]
    again: Callable[[Key, Outcome], bool]
    still: Callable[[Key, Outcome], bool]


def grouped(system: System) -> list[Group]:
    """The groups of a document."""
    kinds = classes(system)
    found = [Group(system, kinds, tuple(broken)) for broken in groups(system, kinds)]
    return found + [Group(system, kinds, (), (key,)) for key in system.mute]


def of_cells(own: list[Group], sizes: Iterable[int]) -> Iterator[tuple[list[Group], Candidate]]:
    """Sets of cells of the sizes asked for the groups that nothing explains yet."""
    for group in own:
        if group.broken and not group.explanations:
            budget = BUDGET // len(own)
            search = smallest(group.system, group.kinds, group.broken, sizes, budget)
            group.complete = search.complete
            for candidate in moves(group, search):
                yield [group], candidate


def moves(group: Group, search: Search) -> Iterator[Candidate]:
    """The likeliest of the sets that a search found, each cell with its value."""
    ways = sum(prod(len(group.kinds[c].members) for c in chosen) for chosen in search.sets)
    system = group.system
    some = list(islice(spread(system, group.kinds, search.sets), MOST_SPREAD))
    group.ways = ways if ways > MOST_SPREAD else len(some)
    some.sort(key=lambda moved: plausibility(system, moved))
    for moved in some[:MOST_LISTED]:
        puts = tuple(Put(system.cells[m.cell], m.value, system.cells[m.cell].step) for m in moved)
        good = held_or_empty(system, puts)
        yield Candidate(
            "cell" if len(moved) == 1 else "cells",
            None,
            Hypothesis(system.document_id, puts),
            tuple(change(system, m, moved) for m in moved),
            good,
            good,
        )


def of_mistakes(
    own: list[Group], lines: dict[tuple[object, ...], pl.DataFrame]
) -> Iterator[tuple[list[Group], Candidate]]:
    """Mistakes that move many cells, where something is not explained by one cell each."""
    system = own[0].system
    if all(group.explanations for group in own):
        return
    for mistake in structure.mistakes(system, [g.broken for g in own if g.broken]):
        yield own, of_mistake(system, mistake)
    for misprint in codes.misprints(system, lines[system.document_id,]):
        yield own, of_code(system, misprint, lines[system.document_id,])


def of_mistake(system: System, mistake: structure.Mistake) -> Candidate:
    """A mistake as a candidate."""
    changes = tuple(put_change(system, put) for put in mistake.puts)
    asked = Hypothesis(system.document_id, mistake.puts)
    good = held_or_empty(system, mistake.puts)
    return Candidate(mistake.kind, mistake.detail, asked, changes, good, good)


def of_code(system: System, misprint: codes.Misprint, lines: pl.DataFrame) -> Candidate:
    """A misprinted code as a candidate: the figures of its rows stay as they are."""
    both = (misprint.printed, misprint.meant)
    rows = lines.filter(code=misprint.printed).select("statement_id", "side", "line_no")
    there = {(statement, side or "", line_no) for statement, side, line_no in rows.iter_rows()}
    puts = [
        Put(cell, cell.value, cell.step)
        for cell in system.cells
        if cell.amount_id and (cell.statement_id, cell.side, cell.line_no) in there
    ]
    return Candidate(
        "code",
        f"{misprint.printed} → {misprint.meant}",
        Hypothesis(system.document_id, (), misprint.lines),
        tuple(put_change(system, put) for put in puts),
        lambda key, outcome: codes.answered(both, both[1:], key, outcome),
        lambda key, outcome: codes.undisturbed(both, key, outcome),
    )


def of_missing(
    found: Sequence[list[Group]],
    lines: dict[tuple[object, ...], pl.DataFrame],
    books: Books,
    declarations: Sequence[Declaration],
) -> list[tuple[list[Group], Candidate]]:
    """Rows of codes that a table should print, where something is not explained by one cell each.

    The engine is asked with the rows in place and blank: what they should say follows from that.
    """
    asked = [
        (own, missing)
        for own in found
        if not all(group.explanations for group in own)
        for missing in lost.missing_rows(own[0].system, lines[own[0].system.document_id,])
    ]
    if not asked:
        return []
    blank = [Hypothesis(own[0].system.document_id, (), missing.lines) for own, missing in asked]
    with_rows = copies(books, blank)
    wide = {
        s.document_id: s for s in systems(with_rows, declarations, run(with_rows, declarations))
    }
    return [
        (own, candidate)
        for number, (own, missing) in enumerate(asked)
        if str(number) in wide
        and (candidate := of_rows(own[0].system, wide[str(number)], missing)) is not None
    ]


def of_rows(system: System, wide: System, missing: lost.Missing) -> Candidate | None:
    """Missing rows as a candidate, null where the books do not say what they should print."""
    values = lost.solved(wide, lost.cells_of(wide, missing))
    broken = [group.broken for group in grouped(wide) if group.broken]
    if not values or not lost.restoring(wide, broken, values):
        return None
    puts = lost.puts(wide, values)
    named = tuple(sorted(missing.codes.values()))
    changes = tuple(
        replace(put_change(wide, put), line_no=None, code=missing.codes[put.cell.line_no])
        for put in puts
    )
    return Candidate(
        "rows_lost",
        "、".join(named),
        Hypothesis(system.document_id, puts, missing.lines),
        changes,
        lambda key, outcome: codes.answered(named, named, key, outcome),
        lambda key, outcome: codes.undisturbed(named, key, outcome),
    )


def of_sheets(own: list[Group]) -> Iterator[tuple[list[Group], Candidate]]:
    """Whole rows and columns, where nothing smaller explains a group."""
    system = own[0].system
    open_groups = [group.broken for group in own if group.broken and not group.explanations]
    if open_groups:
        for mistake in lost.of_sheets(system, open_groups):
            yield own, of_mistake(system, mistake)


def held_or_empty(system: System, puts: Sequence[Put]) -> Callable[[Key, Outcome], bool]:
    """Whether a check holds under a hypothesis, or is none any more: all its cells are blank."""
    said = {
        (p.cell.statement_id, p.cell.side, p.cell.line_no, p.cell.measure_id): p.value for p in puts
    }

    def is_blank(cell: Cell) -> bool:
        place = (cell.statement_id, cell.side, cell.line_no, cell.measure_id)
        return said[place] is None if place in said else cell.amount_id is None

    empty = {
        instance.key
        for instance in system.instances
        if all(is_blank(system.cells[n]) for n in instance.terms)
    }
    return lambda key, outcome: key in outcome.held or key in empty


def plausibility(system: System, moved: Sequence[Moved]) -> tuple[int, int, tuple[int, ...]]:
    """Blank cells last, telling slips first, then in the order of the document."""
    blank = sum(system.cells[m.cell].amount_id is None for m in moved)
    slips = sum(rank(change(system, m, moved).slip) for m in moved)
    return blank, slips, tuple(m.cell for m in moved)


def change(system: System, moved: Moved, together: Sequence[Moved]) -> Change:
    """A moved cell in yuan, one of those that are moved together."""
    cell = system.cells[moved.cell]
    found = put_change(system, Put(cell, moved.value, cell.step))
    return replace(
        found,
        low=yuan(moved.low),
        high=yuan(moved.high),
        witnesses=witnesses(system, moved.cell, together),
    )


def witnesses(system: System, cell: int, together: Sequence[Moved]) -> tuple[Key, ...]:
    """The broken equalities that give a cell this very value, no two by way of the same figure."""
    by = {m.cell: m.value - system.cells[m.cell].value for m in together}
    used: set[int] = set()
    found = []
    for i in system.of_cell[cell]:
        one = system.instances[i]
        left = one.residual + sum(sign * by[n] for n, sign in one.terms.items() if n in by)
        others = {n for n in one.terms if n != cell and (system.cells[n].value or by.get(n))}
        if one.broken and one.low is not None and not left and used.isdisjoint(others):
            used |= others
            found.append(one.key)
    return tuple(sorted(found, key=repr))


def put_change(system: System, put: Put) -> Change:
    """A cell that is to say something else, in yuan."""
    cell, value = put.cell, put.value or 0
    printed = None if cell.amount_id is None else cell.value // cell.step
    return Change(
        cell.amount_id,
        cell.statement_id,
        cell.side or None,
        cell.line_no,
        cell.measure_id,
        None if cell.amount_id is None else yuan(cell.value),
        yuan(value),
        yuan(value),
        yuan(value),
        slip(printed, value // cell.step),
    )
