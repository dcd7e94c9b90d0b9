"""Every broken identity belongs to a finding, and every finding names its smallest explanations.

    books, results -> systems -> groups of broken instances -> hypotheses -> engine -> findings

Here: the order in which hypotheses are tried, and what counts as an explanation. Not here: each
kind of hypothesis (search, structure, codes), its verification (verify) and what is done about it
(repair).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import prod

from pipeline.findings.model import Change, Explanation, Finding, Key
from pipeline.findings.search import (
    MOST_CELLS,
    Class,
    Moved,
    Search,
    classes,
    groups,
    smallest,
    spread,
)
from pipeline.findings.slips import rank, slip
from pipeline.findings.system import System, systems
from pipeline.findings.verify import Hypothesis, Outcome, Put, outcomes, yuan
from pipeline.identities.books import Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import Results, run

MOST_LISTED = 12
MOST_SPREAD = 60
MOST_GRID = 5


@dataclass
class Group:
    """Broken instances of a document that belong together, with what explains them so far."""

    system: System
    kinds: tuple[Class, ...]
    broken: list[int]
    explanations: list[Explanation] = field(default_factory=list)
    count: int = 0
    complete: bool = True

    @property
    def keys(self) -> frozenset[Key]:
        """The broken checks."""
        return frozenset(self.system.instances[i].key for i in self.broken)


@dataclass(frozen=True)
class Candidate:
    """A hypothesis about a group, not yet verified."""

    group: Group
    kind: str
    moved: tuple[Moved, ...]


def explain(
    books: Books, declarations: Sequence[Declaration], results: Results | None = None
) -> tuple[Finding, ...]:
    """The findings of all documents; `results` are those of the same books and declarations."""
    books = books.checked()
    results = results or run(books, declarations)
    found = [
        Group(system, kinds, broken)
        for system in systems(books, declarations, results)
        for kinds in [classes(system)]
        for broken in groups(system, kinds)
    ]
    for sizes in ([1], range(2, MOST_CELLS + 1)):
        verified(books, declarations, candidates(found, sizes))
    return tuple(finding for group in found for finding in [told(group)])


def candidates(found: Iterable[Group], sizes: Iterable[int]) -> Iterator[Candidate]:
    """Sets of cells of the sizes asked for the groups that nothing explains yet."""
    for group in found:
        if group.explanations:
            continue
        search = smallest(group.system, group.kinds, group.broken, sizes)
        group.complete = search.complete
        yield from moves(group, search)


def moves(group: Group, search: Search) -> Iterator[Candidate]:
    """The likeliest of the sets that a search found, each cell with its value."""
    ways = sum(prod(len(group.kinds[c].members) for c in chosen) for chosen in search.sets)
    some = list(islice(spread(group.system, group.kinds, search.sets), MOST_SPREAD))
    if ways > MOST_SPREAD:
        group.count = ways
    some.sort(key=lambda moved: plausibility(group.system, moved))
    for moved in some[:MOST_LISTED]:
        yield Candidate(group, "cell" if len(moved) == 1 else "cells", moved)


def plausibility(system: System, moved: Sequence[Moved]) -> tuple[int, int, tuple[int, ...]]:
    """Blank cells last, telling slips first, then in the order of the document."""
    blank = sum(system.cells[m.cell].amount_id is None for m in moved)
    slips = sum(rank(slip_of(system, m)) for m in moved)
    return blank, slips, tuple(m.cell for m in moved)


def slip_of(system: System, moved: Moved) -> str:
    """How the printed figure became another."""
    cell = system.cells[moved.cell]
    printed = None if cell.amount_id is None else cell.value // cell.step
    return slip(printed, moved.value // cell.step)


def verified(books: Books, declarations: Sequence[Declaration], asked: Iterable[Candidate]) -> None:
    """Ask the engine, and give each group the explanations that it confirms."""
    todo = list(asked)
    if not todo:
        return
    hypotheses = [hypothesis(c) for c in todo]
    for candidate, outcome in zip(todo, outcomes(books, declarations, hypotheses), strict=True):
        restored = restores(candidate.group, outcome)
        if restored is not None:
            group = candidate.group
            group.explanations.append(explanation(candidate, restored))
    for group in {id(c.group): c.group for c in todo}.values():
        group.count = max(group.count, len(group.explanations)) if group.explanations else 0


def hypothesis(candidate: Candidate) -> Hypothesis:
    """A candidate as the engine is asked."""
    system = candidate.group.system
    puts = tuple(
        Put(system.cells[m.cell], m.value, system.cells[m.cell].step) for m in candidate.moved
    )
    return Hypothesis(system.document_id, puts)


def restores(group: Group, outcome: Outcome) -> frozenset[Key] | None:
    """The broken checks that hold again; null where one of the group does not, another breaks, or
    one that held does so no longer."""
    instances = group.system.instances
    before = {i.key for i in instances if i.broken}
    if not group.keys <= outcome.held or not outcome.broken <= before - group.keys:
        return None
    return frozenset(before & outcome.held)


def explanation(candidate: Candidate, restored: frozenset[Key]) -> Explanation:
    """A confirmed candidate."""
    system = candidate.group.system
    changes = tuple(change(system, moved) for moved in candidate.moved)
    return Explanation(candidate.kind, changes, tuple(sorted(restored, key=repr)))


def change(system: System, moved: Moved) -> Change:
    """A moved cell in yuan."""
    cell = system.cells[moved.cell]
    return Change(
        cell.amount_id,
        cell.statement_id,
        cell.side or None,
        cell.line_no,
        cell.measure_id,
        None if cell.amount_id is None else yuan(cell.value),
        yuan(moved.low),
        yuan(moved.high),
        yuan(moved.value),
        slip_of(system, moved),
    )


def told(group: Group) -> Finding:
    """A group as a finding."""
    ids = tuple(sorted(group.system.check_ids[key] for key in group.keys))
    explanations = tuple(group.explanations)
    kind = explanations[0].kind if explanations else "unexplained"
    return Finding(group.system.document_id, kind, ids, explanations, group.count, group.complete)
