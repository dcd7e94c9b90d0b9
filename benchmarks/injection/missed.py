"""Why a mistake was not noticed: what it does to the identities that hold.

Here: the residual of every instance with the mistaken figures in it, in the terms of the clean
document. Not here: whether it was noticed (`judge`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from benchmarks.injection.paper import Mistake, Paper, Place
from pipeline.identities.books import Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import Results
from pipeline.identities.proof import HOLDING

SMALL = "less than three printed steps"
UNMOVED = "no equality that holds is moved"


@dataclass(frozen=True)
class Held:
    """An instance that holds: its identity, residual and tolerance."""

    identity_id: str
    residual: Decimal
    tolerance: Decimal


@dataclass(frozen=True)
class Instances:
    """What holds in the clean documents, and the instances and sign of each figure."""

    held: Mapping[str, Held]
    terms: Mapping[tuple[str, Place], tuple[tuple[str, int], ...]]


def instances(
    books: Books, results: Results, declarations: Sequence[Declaration]
) -> Instances:
    """The equalities that hold in some books."""
    equal = [d.id for d in declarations if all(f.relation == "=" for f in d.formulas)]
    checks = results.checks.filter(
        pl.col("verdict").is_in(list(HOLDING)), pl.col("identity_id").is_in(equal)
    )
    held = {
        check: Held(identity, residual, tolerance)
        for check, identity, residual, tolerance in checks.select(
            "check_id", "identity_id", "residual", "tolerance"
        ).iter_rows()
    }
    terms: dict[tuple[str, Place], list[tuple[str, int]]] = defaultdict(list)
    rows = (
        results.terms.join(checks, on="check_id", how="semi")
        .join(books.cells, on="amount_id")
        .select("document_id", *Place._fields, "check_id", "sign")
    )
    for document, *place, check, sign in rows.iter_rows():
        terms[document, Place(*place)].append((check, sign))
    return Instances(held, {place: tuple(found) for place, found in terms.items()})


def why(mistake: Mistake, paper: Paper, known: Instances) -> str:
    """Why no identity breaks, in a few words."""
    if not any(paper.is_large(change) for change in mistake.changes):
        return SMALL
    if len(mistake.changes) == 1:
        proof, reason = paper.proofs.get(mistake.changes[0].place, ("", None))
        if proof == "unproved":
            return without_amount(reason or proof)
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for change in mistake.changes:
        for check, sign in known.terms.get((mistake.document_id, change.place), ()):
            moved[check] += sign * change.moved
    touched = {check: amount for check, amount in moved.items() if amount}
    if not touched:
        return UNMOVED
    over = [
        known.held[check].identity_id
        for check, amount in touched.items()
        if abs(known.held[check].residual + amount) > known.held[check].tolerance
    ]
    if over:
        return f"not asked any more: {', '.join(sorted(set(over)))}"
    within = sorted({known.held[check].identity_id for check in touched})
    return f"as far as rounding allows: {', '.join(within)}"


def without_amount(reason: str) -> str:
    """A reason of the proof without the amount in it, so that equal ones are counted together."""
    head, _, tail = reason.partition(": ")
    return f"{head} in {tail.rpartition(' in ')[2]}" if " yuan in " in tail else reason
