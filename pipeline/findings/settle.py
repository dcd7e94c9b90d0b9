"""From results to what stands: findings, repairs, and the identities once more where one was made.

Here: this order. Repairs change figures, so the identities of the documents they touch are run
again, and what still breaks there is explained again; all else is taken as it was. Not here: the
parts it calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.findings import repair
from pipeline.findings.explain import explain
from pipeline.findings.model import Finding
from pipeline.identities.books import Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import Results, run
from pipeline.schema.catalogue import tables


@dataclass(frozen=True)
class Settled:
    """Amounts with their repairs, the results that hold with them, and what still breaks."""

    amounts: pl.DataFrame
    results: Results
    findings: tuple[Finding, ...]
    repaired: tuple[repair.Repair, ...] = ()


def settled(
    books: Books, declarations: Sequence[Declaration], results: Results, amounts: pl.DataFrame
) -> Settled:
    """What stands after repair; `amounts` as of `second.with_second`, `results` of the books."""
    findings = explain(books, declarations, results)
    repaired = repair.repairs(findings, repair.doubtful(amounts))
    if not repaired:
        return Settled(amounts, results, findings)
    titles = {d.id: d.title_zh for d in declarations}
    touched = pl.DataFrame({"document_id": sorted({one.document_id for one in repaired})})
    own = repair.in_books(books.of_documents(touched), repaired)
    again = run(own, declarations)
    documents = set(touched.get_column("document_id"))
    kept = tuple(f for f in findings if f.document_id not in documents)
    still = explain(own, declarations, again)
    return Settled(
        repair.applied(amounts, repaired, titles),
        replaced(results, again, touched, own),
        tuple(sorted((*kept, *still), key=lambda f: (f.document_id, f.checks))),
        repaired,
    )


def replaced(before: Results, again: Results, touched: pl.DataFrame, own: Books) -> Results:
    """The results with those of some documents in the place of what they were."""
    gone = before.checks.join(touched, on="document_id", how="semi").select("check_id")
    known = tables()
    checks = pl.concat([before.checks.join(touched, on="document_id", how="anti"), again.checks])
    terms = pl.concat([before.terms.join(gone, on="check_id", how="anti"), again.terms])
    proofs = before.proofs.join(own.cells.select("amount_id"), on="amount_id", how="anti")
    return Results(
        known["fact_check"].conform(checks),
        known["fact_check_term"].conform(terms),
        pl.concat([proofs, again.proofs]).sort("amount_id"),
    )
