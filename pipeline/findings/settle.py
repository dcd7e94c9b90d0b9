"""From results to what stands: findings, repairs, and the identities once more where one was made.

Here: this order. Repairs change figures, so the identities are run again where there are any, and
what still breaks in the documents they touch is explained again; all else is taken as it was. Not
here: the parts it calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    books: Books,
    declarations: Sequence[Declaration],
    results: Results,
    amounts: pl.DataFrame,
    others: pl.DataFrame | None = None,
) -> Settled:
    """What stands after repair; `amounts` as of `second.with_second`, `results` of the books.

    `others` are checks that are not about amounts: they join the results as they are.
    """
    within = [d for d in declarations if not d.relations]
    findings = explain(books.alone(), within, of(results, within))
    repaired = repair.repairs(findings, repair.doubtful(amounts))
    if repaired:
        books = repair.in_books(books, repaired)
        results = run(books, declarations)
        documents = {one.document_id for one in repaired}
        touched = books.of_documents(pl.DataFrame({"document_id": sorted(documents)}))
        kept = tuple(f for f in findings if f.document_id not in documents)
        findings = kept + explain(touched, within, of(results, within, documents))
        amounts = repair.applied(amounts, repaired, {d.id: d.title_zh for d in declarations})
    if others is not None:
        checks = tables()["fact_check"].conform(pl.concat([results.checks, others]))
        results = Results(checks, results.terms, results.proofs)
    findings += tuple(alone(results, within, declarations))
    order = sorted(findings, key=lambda finding: (finding.document_id, finding.checks))
    return Settled(amounts, results, tuple(order), tuple(repaired))


def of(
    results: Results, declarations: Sequence[Declaration], documents: Iterable[str] | None = None
) -> Results:
    """What some identities say, of some documents where they are named."""
    checks = results.checks.filter(pl.col("identity_id").is_in([d.id for d in declarations]))
    if documents is not None:
        checks = checks.filter(pl.col("document_id").is_in(sorted(documents)))
    terms = results.terms.join(checks, on="check_id", how="semi")
    return Results(checks, terms, results.proofs)


def alone(
    results: Results, within: Sequence[Declaration], declarations: Sequence[Declaration]
) -> Iterator[Finding]:
    """One finding per broken check that no cell of one document's statements explains."""
    inside = [declaration.id for declaration in within]
    linked = {declaration.id for declaration in declarations if declaration.relations}
    broken = results.checks.filter(~pl.col("identity_id").is_in(inside), verdict="breaks")
    columns = ("document_id", "check_id", "identity_id")
    for document_id, check_id, identity_id in broken.select(columns).iter_rows():
        kind = "documents" if identity_id in linked else "form"
        yield Finding(document_id, kind, (check_id,), (), 0)
