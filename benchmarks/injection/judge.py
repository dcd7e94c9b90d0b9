"""What the books say of each mistake: whether anybody is told, which cell is named, what is
repaired, and why not.

Here: running engine, findings and repairs over the copies, and comparing with what was done to
them. Not here: the mistakes, and the counting (`report`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.injection.copies import copies, name_of, written
from benchmarks.injection.missed import Instances, Key, holding, why
from benchmarks.injection.originals import Originals, broken
from benchmarks.injection.paper import Mistake, Paper, Place
from pipeline.findings.explain import explain
from pipeline.findings.model import Explanation, Finding
from pipeline.findings.repair import repairs
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import run

BATCH = 500  # copies in memory at once
REFUSED, BREAKS, MISSED = "refused", "breaks", "missed"
UNIQUE, FIRST, AMONG = "unique", "first of several", "among several"
OTHER, NOWHERE = "other cells only", "nothing named"


@dataclass(frozen=True)
class Outcome:
    """A mistake and what came of it.

    `pinned`: a figure that the identities promise to watch was moved by three printed steps or
    more. `told`: refused (the text is no figure: its table is put aside, and the cell named),
    breaks, or missed, then with the reason. `located`: how the cells that were changed are named.
    `alone`: no other printed figure stands in the same equalities, so that they can tell it from
    all others. `repaired`: whether the right value was put, null where none was.
    """

    mistake: Mistake
    large: bool
    pinned: bool
    told: str
    located: str | None = None
    why: str | None = None
    alone: bool = False
    repaired: bool | None = None


def outcomes(
    originals: Originals,
    papers: Mapping[str, Paper],
    mistakes: Sequence[Mistake],
    declarations: Sequence[Declaration],
    known: Instances,
    locate: bool,
) -> Iterator[Outcome]:
    """The outcome of every mistake, in their order."""
    for start in range(0, len(mistakes), BATCH):
        some = mistakes[start : start + BATCH]
        books = copies(originals.books, some)
        results = run(books, declarations)
        wrong = broken(results)
        held = holding(results)
        named = findings(explain(books, declarations, results)) if locate else {}
        everywhere = dict.fromkeys(books.cells.get_column("amount_id"), ())
        for number, mistake in enumerate(some):
            name = name_of(number, mistake)
            paper = papers[mistake.document_id]
            if not mistake.readable:
                yield Outcome(mistake, True, False, REFUSED)
            elif name in wrong:
                alone = all((mistake.document_id, c.place) in known.alone for c in mistake.changes)
                outcome = told(mistake, paper, named.get(name, ()) if locate else None)
                put = repaired(name, mistake, named.get(name, ()), everywhere)
                yield replace(outcome, alone=alone, repaired=put)
            else:
                yield missed(mistake, paper, known, held[name])


def findings(found: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by document."""
    by_document: dict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        by_document[finding.document_id].append(finding)
    return by_document


def told(mistake: Mistake, paper: Paper, named: Sequence[Finding] | None) -> Outcome:
    """The outcome of a mistake that breaks an identity."""
    located = None if named is None else location(mistake, named)
    return Outcome(mistake, *size(mistake, paper), BREAKS, located)


def repaired(
    name: str,
    mistake: Mistake,
    named: Sequence[Finding],
    everywhere: Mapping[str, Sequence[str]],
) -> bool | None:
    """Whether the right values are put where the mistaken cells are the ones in doubt.

    Null where nothing is put; false where a wrong value is, then or with every cell in doubt.
    """
    right = {
        written(name, change.place): change.before.yuan
        for change in mistake.changes
        if change.before is not None
    }
    doubtful = {amount_id: () for amount_id in right}
    put = {one.amount_id: one.value for one in repairs(named, doubtful)}
    bold = {one.amount_id: one.value for one in repairs(named, everywhere)}
    if any(right.get(amount_id) != value for amount_id, value in (*put.items(), *bold.items())):
        return False
    return put.keys() == right.keys() or None


def missed(mistake: Mistake, paper: Paper, known: Instances, held: frozenset[Key]) -> Outcome:
    """The outcome of a mistake that breaks none."""
    reason = why(mistake, paper, known, held)
    return Outcome(mistake, *size(mistake, paper), MISSED, why=reason)


def size(mistake: Mistake, paper: Paper) -> tuple[bool, bool]:
    """Whether a figure was moved by three steps or more, and whether one that is pinned was."""
    return (
        any(paper.is_large(change) for change in mistake.changes),
        any(paper.is_pinned(change) for change in mistake.changes),
    )


def location(mistake: Mistake, named: Sequence[Finding]) -> str:
    """How the changed cells are named by the findings of their document."""
    wrong = {change.place for change in mistake.changes}
    if all(finding.unique for finding in named) and wrong == {
        place for finding in named for place in places(finding.explanations[0])
    }:
        return UNIQUE
    if any(wrong == places(e) for finding in named for e in finding.explanations[:1]):
        return FIRST
    if any(wrong == places(e) for finding in named for e in finding.explanations):
        return AMONG
    if any(finding.explanations for finding in named):
        return OTHER
    return NOWHERE


def places(explanation: Explanation) -> set[Place]:
    """The cells that an explanation changes."""
    return {
        Place(change.statement_id, change.side, change.line_no, change.measure_id)
        for change in explanation.changes
    }
