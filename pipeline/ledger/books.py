"""The whole ledger: staged documents to every released table but the proofs.

Here: the order in which the parts are made. A department whose file was put aside after staging is
left out here too: only documents that were taken in count.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.documents.document import Document, Quarantined
from pipeline.documents.intake import Intake
from pipeline.identities.books import Books
from pipeline.ledger import claims, dimensions, documents, facts, second
from pipeline.readers.shapes import DOUBTED
from pipeline.schema.catalogue import tables
from pipeline.staging.second import READINGS
from pipeline.staging.tables import Extract


@dataclass(frozen=True)
class Ledger:
    """Released tables by name, amounts with their printed steps, and the books to be proved.

    `staged` and `described` are what claims are judged from, once the amounts have their proofs.
    """

    tables: dict[str, pl.DataFrame]
    amounts: pl.DataFrame
    books: Books
    staged: Extract
    described: pl.DataFrame


def build(intake: Intake, staged: Extract, refused: list[Quarantined]) -> Ledger:
    """The ledger of all staged documents; `refused` are files the reading pool gave up on."""
    known = {d.document_id: d for d in intake.documents}
    described = documents.with_units(staged.documents, intake.documents)
    amounts = facts.amounts(staged.lines, staged.cells, described)
    found = {
        "dim_document": documents.dim_document(described, staged.coverage),
        "dim_unit": documents.dim_unit(described),
        "dim_region": dimensions.dim_region(),
        "dim_statement": dimensions.dim_statement(),
        "dim_measure": dimensions.dim_measure(),
        **dimensions.dim_codes(amounts, described),
        "fact_coverage": documents.coverage(staged.coverage, described),
        "fact_quarantine": quarantine(
            [*intake.quarantine, *refused, *staged_entries(staged.quarantine, known)],
            set(described.get_column("document_id")),
        ),
    }
    cells = amounts.select(
        "amount_id",
        "document_id",
        "statement_id",
        "side",
        "line_no",
        "measure_id",
        "amount_yuan",
        "step_yuan",
    )
    lines = staged.lines.select(
        "document_id",
        "statement_id",
        "side",
        "line_no",
        "role",
        "item",
        "code",
        "label",
        "government_item",
        "parent_line_no",
    )
    books = Books(lines=lines, cells=cells, coverage=staged.coverage)
    return Ledger(found, amounts, books, staged, documents.with_current(described, staged.coverage))


def told(ledger: Ledger, proofs: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """fact_claim and fact_quantity, the claims judged by proved amounts."""
    staged = ledger.staged
    proved = ledger.amounts.join(proofs.select("amount_id", "proof"), on="amount_id", how="left")
    return {
        "fact_claim": claims.fact_claim(
            staged.claims,
            staged.quantities,
            staged.lines,
            proved,
            staged.coverage,
            ledger.described,
        ),
        "fact_quantity": claims.fact_quantity(staged.quantities, staged.claims),
    }


def staged_entries(frame: pl.DataFrame, known: dict[str, Document]) -> list[Quarantined]:
    """Staged quarantine rows with the names their files bear today."""
    return [
        Quarantined(
            source_name=known[row["document_id"]].source_name,
            sha256=known[row["document_id"]].sha256,
            document_id=row["document_id"],
            statement_id=row["statement_id"],
            stage=row["stage"],
            reason=row["reason"],
            detail=row["detail"],
        )
        for row in frame.iter_rows(named=True)
    ]


def quarantine(entries: list[Quarantined], documents: set[str]) -> pl.DataFrame:
    """fact_quarantine; document_id only where there is such a document."""
    return tables()["fact_quarantine"].frame(
        {
            "quarantine_id": entry.quarantine_id,
            "source_name": entry.source_name,
            "sha256": entry.sha256,
            "document_id": entry.document_id if entry.document_id in documents else None,
            "statement_id": entry.statement_id,
            "stage": entry.stage,
            "reason": entry.reason,
            "detail": entry.detail,
        }
        for entry in entries
    )


def with_proofs(
    amounts: pl.DataFrame, proofs: pl.DataFrame, readings: pl.DataFrame | None = None
) -> pl.DataFrame:
    """fact_amount: the amounts with the proof of each, and what the second reader saw.

    A restored figure that holds is `repaired`, never `proved`: it was not read. One that was read
    in two ways the identities cannot tell apart is `disputed`, and so is one that its own reader
    doubts and no identity proves. An amount the identities said nothing of would be a hole in the
    proof: it raises.
    """
    joined = amounts.join(proofs.select("amount_id", "proof"), on="amount_id", how="left")
    if missing := joined.get_column("proof").null_count():
        raise facts.LedgerError(f"{missing} amounts came out of the proof without a state")
    nothing = pl.DataFrame(schema=READINGS)
    read_twice = second.with_second(joined, nothing if readings is None else readings)
    restored = pl.col("restored_text").is_not_null() & (pl.col("proof") != "disputed")
    doubted = (pl.col("confidence") <= DOUBTED) & (pl.col("proof") != "proved")
    stated = (
        pl.when(second.undecided() | doubted)
        .then(pl.lit("disputed"))
        .when(restored)
        .then(pl.lit("repaired"))
        .otherwise("proof")
    )
    return tables()["fact_amount"].conform(read_twice.with_columns(proof=stated))
