"""Every broken identity belongs to a finding, and every finding names its smallest explanations.

    books, results -> systems -> groups of broken instances -> hypotheses -> engine -> findings

One cell comes first; then a mistake that moves many cells at once, or a misprinted code; then sets
of cells; at last a whole row or column. Here: that order, and what counts as an explanation. Not
here: the hypotheses (candidates), their verification (verify) and what is done about it (repair).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pipeline.findings.candidates import (
    MOST_LISTED,
    Candidate,
    Group,
    grouped,
    of_cells,
    of_missing,
    of_mistakes,
    of_sheets,
)
from pipeline.findings.model import Explanation, Finding, Key
from pipeline.findings.search import MOST_CELLS
from pipeline.findings.system import System, systems
from pipeline.findings.verify import Outcome, outcomes
from pipeline.identities.books import Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import Results, run


def explain(
    books: Books, declarations: Sequence[Declaration], results: Results | None = None
) -> tuple[Finding, ...]:
    """The findings of all documents; `results` are those of the same books and declarations."""
    books = books.checked()
    results = results or run(books, declarations)
    found = [grouped(system) for system in systems(books, declarations, results)]

    def ask(asked: Iterable[tuple[list[Group], Candidate]]) -> None:
        confirm(list(asked), books, declarations)

    ask(one for own in found for one in of_cells(own, [1]))
    lines = books.lines.partition_by("document_id", as_dict=True)
    missing = of_missing(found, lines, books, declarations)
    ask([*(one for own in found for one in of_mistakes(own, lines)), *missing])
    ask(one for own in found for one in of_cells(own, range(2, MOST_CELLS + 1)))
    ask(one for own in found for one in of_sheets(own))
    return tuple(finding for own in found for finding in told(own))


def confirm(
    asked: Sequence[tuple[list[Group], Candidate]],
    books: Books,
    declarations: Sequence[Declaration],
) -> None:
    """Ask the engine, and give each group the explanations that it confirms.

    A hypothesis about several groups goes to those it restores. Of such hypotheses about a document
    those that restore the most stand, and the groups that they restore become one.
    """
    if not asked:
        return
    found = outcomes(books, declarations, [candidate.hypothesis for _, candidate in asked])
    wider: dict[int, list[tuple[list[Group], list[Group], Explanation]]] = defaultdict(list)
    for (own, candidate), outcome in zip(asked, found, strict=True):
        restored = [g for g in own if all(candidate.again(key, outcome) for key in g.keys)]
        if not restored or not harmless(own[0].system, candidate, outcome):
            continue
        keys = restored_keys(own[0].system, candidate, outcome)
        explanation = Explanation(candidate.kind, candidate.changes, keys, candidate.detail)
        if candidate.kind in ("cell", "cells"):
            own[0].explanations.append(explanation)
        else:
            wider[id(own)].append((own, restored, explanation))
    for some in wider.values():
        merge(some)


def harmless(system: System, candidate: Candidate, outcome: Outcome) -> bool:
    """Whether nothing breaks that did not before, and all that held does still."""
    before = frozenset(system.check_ids)
    broken = broken_keys(system)
    fewer = outcome.broken <= broken
    return fewer and all(candidate.still(key, outcome) for key in before - broken)


def broken_keys(system: System) -> frozenset[Key]:
    """The broken checks of a document."""
    return frozenset(system.mute) | {i.key for i in system.instances if i.broken}


def restored_keys(system: System, candidate: Candidate, outcome: Outcome) -> tuple[Key, ...]:
    """The broken checks that hold again, in order."""
    again = (key for key in broken_keys(system) if candidate.again(key, outcome))
    return tuple(sorted(again, key=repr))


def merge(some: Sequence[tuple[list[Group], list[Group], Explanation]]) -> None:
    """Make the groups that the widest explanations restore one group."""
    most = max(len(e.restores) for _, _, e in some)
    widest = [entry for entry in some if len(entry[2].restores) == most]
    own, restored, _ = widest[0]
    alike = [e for _, groups, e in widest if groups == restored]
    if all(group.explanations for group in restored) and len(restored) == 1:
        return
    first = restored[0]
    first.broken = tuple(sorted(i for g in restored for i in g.broken))
    first.mute = tuple(key for g in restored for key in g.mute)
    first.explanations = alike[:MOST_LISTED]
    first.ways, first.complete = len(alike), all(group.complete for group in restored)
    for group in restored[1:]:
        own.remove(group)


def told(own: Sequence[Group]) -> Iterator[Finding]:
    """The groups of a document as findings; what is explained by the same cells is one."""
    joined: dict[object, list[Group]] = defaultdict(list)
    for number, group in enumerate(own):
        same = tuple((e.kind, e.changes, e.detail) for e in group.explanations)
        joined[same or number].append(group)
    for some in joined.values():
        first, system = some[0], some[0].system
        keys = {key for group in some for key in group.keys}
        explanations = tuple(first.explanations)
        count = (
            max(first.ways, len(explanations)) if first.ways > MOST_LISTED else len(explanations)
        )
        yield Finding(
            system.document_id,
            explanations[0].kind if explanations else "unexplained",
            tuple(sorted(system.check_ids[key] for key in keys)),
            explanations,
            count if explanations else 0,
            first.complete,
        )
