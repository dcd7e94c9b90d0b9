"""Why a mistake was not noticed: what it does to the identities that hold.

Here: the residual of every instance with the mistaken figures in it, in the terms of the clean
document. Not here: whether it was noticed (`judge`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from benchmarks.injection.paper import Mistake, Paper, Place
from pipeline.identities.books import Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import Results
from pipeline.identities.proof import HOLDING

Key = tuple[str, str | None, str | None]
KEY = ["identity_id", "statement_id", "subject"]
SMALL = "less than three printed steps"
UNMOVED = "no equality that holds is moved"


@dataclass(frozen=True)
class Held:
    """An instance that holds: what it is called, its residual and tolerance."""

    key: Key
    residual: Decimal
    tolerance: Decimal


@dataclass(frozen=True)
class Instances:
    """What holds in the clean documents, and the instances and sign of each figure.

    `alone` are the figures that stand in other equalities than every other figure.
    """

    held: Mapping[str, Held]
    terms: Mapping[tuple[str, Place], tuple[tuple[str, int], ...]]
    alone: frozenset[tuple[str, Place]]


def instances(books: Books, results: Results, declarations: Sequence[Declaration]) -> Instances:
    """The equalities that hold in some books."""
    equal = [d.id for d in declarations if all(f.relation == "=" for f in d.formulas)]
    checks = results.checks.filter(
        pl.col("verdict").is_in(list(HOLDING)), pl.col("identity_id").is_in(equal)
    )
    held = {
        check: Held(tuple(key), residual, tolerance)
        for check, residual, tolerance, *key in checks.select(
            "check_id", "residual", "tolerance", *KEY
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
    known = {place: tuple(found) for place, found in terms.items()}
    standing = {place: frozenset(check for check, _ in found) for place, found in known.items()}
    often = Counter(standing.values())
    alone = frozenset(place for place, checks in standing.items() if often[checks] == 1)
    return Instances(held, known, alone)


def holding(results: Results) -> dict[str, frozenset[Key]]:
    """The instances that hold in each document, by what they are called."""
    held = results.checks.filter(pl.col("verdict").is_in(list(HOLDING)))
    return {
        str(document): frozenset(found.select(KEY).iter_rows())
        for (document,), found in held.group_by("document_id")
    }


def why(mistake: Mistake, paper: Paper, known: Instances, asked: frozenset[Key]) -> str:
    """Why no identity breaks, in a few words; `asked` are the instances that hold in spite of it.

    What a figure in a blank cell does is not counted: there are no instances of it.
    """
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
    touched = [known.held[check] for check, amount in moved.items() if amount]
    silent = sorted({held.key[0] for held in touched if held.key not in asked})
    if silent:
        return f"not asked any more: {', '.join(silent)}"
    return UNMOVED


def without_amount(reason: str) -> str:
    """A reason of the proof without the amount in it, so that equal ones are counted together."""
    head, _, tail = reason.partition(": ")
    return f"{head} in {tail.rpartition(' in ')[2]}" if " yuan in " in tail else reason
