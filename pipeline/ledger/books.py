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
from pipeline.ledger import (
    claims,
    dimensions,
    documents,
    evaluations,
    facts,
    links,
    mandates,
    projects,
    revisions,
    second,
    tombstones,
)
from pipeline.ledger.claim_reports import Reports
from pipeline.ledger.mandates import Duties
from pipeline.ledger.tombstones import Last
from pipeline.readers.shapes import DOUBTED
from pipeline.schema.catalogue import tables
from pipeline.staging.second import READINGS
from pipeline.staging.tables import Extract

NO_DUTIES, NO_LAST = Duties(), Last()
REPORTED = ("fact_project", "fact_evaluation", "fact_quarantine")


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


def build(
    intake: Intake,
    staged: Extract,
    refused: list[Quarantined],
    duties: Duties = NO_DUTIES,
    last: Last = NO_LAST,
) -> Ledger:
    """The ledger of all staged documents; `refused` are files the reading pool gave up on, `last`
    is what the last release says of its documents.
    """
    known = {d.document_id: d for d in intake.documents}
    described = documents.with_units(staged.documents, intake.documents)
    amounts = facts.amounts(staged.lines, staged.cells, described)
    coverage = mandates.mandated(
        documents.coverage(staged.coverage, described), described, duties.mandates
    )
    due = mandates.due_disclosures(duties.due, described)
    put_aside = [*intake.quarantine, *refused, *staged_entries(staged.quarantine, known)]
    planned, project_of = projects.build(staged.lines, amounts, staged.projects, described)
    fact_project, report_of = evaluations.projects(planned, staged.evaluations)
    found = {
        "fact_project": fact_project,
        "fact_indicator": projects.indicators(staged.indicators, project_of, report_of),
        "fact_evaluation": evaluations.build(staged.evaluations, report_of),
        "dim_document": documents.dim_document(described, staged.coverage),
        "dim_unit": documents.dim_unit(
            pl.concat([described, due], how="diagonal"), staged.projects, staged.profiles
        ),
        "dim_unit_profile": tables()["dim_unit_profile"].conform(staged.profiles),
        "dim_region": dimensions.dim_region(),
        "dim_statement": dimensions.dim_statement(),
        "dim_measure": dimensions.dim_measure(),
        **dimensions.dim_codes(amounts, described),
        "fact_coverage": tables()["fact_coverage"].conform(coverage),
        "fact_disclosure": mandates.disclosures(described, coverage, due),
        "dim_service": tables()["dim_service"].conform(staged.services),
        "fact_quarantine": quarantine(put_aside, set(described.get_column("document_id"))),
    }
    found["dim_tombstone"] = tombstones.build(last, found["dim_document"], put_aside)
    found["fact_revision"] = revisions.revisions(found["dim_document"], staged.coverage, amounts)
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
    together = links.links(found["dim_document"], found["dim_unit"], staged.coverage, amounts)
    books = Books(lines, cells, staged.coverage, together)
    current = documents.with_current(described, staged.coverage)
    return Ledger(found, amounts, books, staged, current)


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
            Reports(*(ledger.tables[name] for name in REPORTED)),
            ledger.books.links,
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
    doubts and no identity proves. `proof_reason` says why, for every figure but the proved. An
    amount the identities said nothing of would be a hole in the proof: it raises.
    """
    joined = amounts.join(proofs.select("amount_id", "proof", "reason"), on="amount_id", how="left")
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
    restoration = pl.format("复原依据：{} (restored)", "restored_from")
    reasons = [
        pl.when(second.undecided()).then(pl.lit("两次读取不同 (two readings differ)")),
        pl.when(doubted).then(pl.lit("读取存疑 (reading in doubt)")),
        pl.when(restored).then(restoration),
        pl.col("reason"),
    ]
    why = pl.concat_str(reasons, separator="；", ignore_nulls=True)
    return tables()["fact_amount"].conform(
        read_twice.with_columns(proof=stated, proof_reason=pl.when(stated != "proved").then(why))
    )
