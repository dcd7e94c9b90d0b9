"""Findings as released: fact_finding, fact_finding_cell, and the finding of each broken check.

The cause is proposed from evidence: two readers that agree on clean text speak for a publisher's
mistake, a print that is recognised or read in two ways for one of the reading. Here: rows, causes
and their words. Not here: what explains a finding (explain) and the pages that show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.findings.model import Change, Finding
from pipeline.findings.repair import doubtful
from pipeline.ledger.keys import digest
from pipeline.schema.catalogue import tables

ZERO = Decimal(0)
# What moves figures about is as likely a table taken wrongly as one printed wrongly.
MOVED = ("unit", "columns", "row", "rows", "column", "rows_lost")
REASONS = {
    "reading": (
        "所指数字的原文为识别所得，或两种读法不一致",
        "The print of a figure it names was recognised, or is read in two ways",
    ),
    "publisher": (
        "所指数字的原文清晰，两种独立读法一致",
        "The print of every figure it names is clean, and two independent readers agree on it",
    ),
    "code": (
        "该编码在两张以上的表中印得相同，原文清晰",
        "Two tables or more print the code so, in clean text",
    ),
    "moved": (
        "多个数字一起错位或缺失，可能是印错，也可能是表格取错",
        "Many figures are moved or lost together: printed so, or a table taken wrongly",
    ),
    "unexplained": (
        "没有找到能使各项勾稽关系恢复的改动",
        "No change was found that restores its identities",
    ),
    "form": (
        "绩效目标表的数字不一致，其单元格不在金额表中，未逐格查找",
        "Figures of a performance form differ; its cells are no amounts, so none is singled out",
    ),
    "documents": (
        "两份文件的数字不一致，未判断是哪一份有误",
        "Two documents differ; which of them is wrong is not asked",
    ),
    "unknown": (
        "没有第二种读法可以对照",
        "There is no second reading to hold it against",
    ),
}


def released(
    findings: Sequence[Finding], amounts: pl.DataFrame, checks: pl.DataFrame, lines: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """fact_finding and fact_finding_cell, and fact_check with its findings.

    `amounts` as of `second.with_second`; `lines` the printed rows of the books.
    """
    ids = {finding_id(finding): finding for finding in findings}
    stakes = at_stake(checks)
    evidence = Evidence(amounts)
    rows = row_names(findings, lines)
    finding_of = pl.DataFrame(
        [(check, key) for key, finding in ids.items() for check in finding.checks],
        schema={"check_id": pl.String, "finding_id": pl.String},
        orient="row",
    )
    known = tables()
    return {
        "fact_finding": known["fact_finding"].frame(
            finding_row(key, finding, evidence, stakes) for key, finding in ids.items()
        ),
        "fact_finding_cell": known["fact_finding_cell"].frame(
            row for key, finding in ids.items() for row in cell_rows(key, finding, rows)
        ),
        "fact_check": known["fact_check"].conform(
            checks.drop("finding_id").join(
                finding_of, on="check_id", how="left", maintain_order="left"
            )
        ),
    }


def finding_id(finding: Finding) -> str:
    """The key of a finding: its broken checks."""
    return digest("finding", finding.document_id, *finding.checks)


def at_stake(checks: pl.DataFrame) -> dict[str, Decimal]:
    """The difference of each broken check in yuan."""
    broken = checks.filter(verdict="breaks", unit="yuan").select("check_id", "residual")
    return {check: abs(residual) for check, residual in broken.iter_rows()}


class Evidence:
    """What speaks for and against the print of a figure."""

    def __init__(self, amounts: pl.DataFrame) -> None:
        self.doubted = frozenset(doubtful(amounts))
        agreed = amounts.filter(pl.col("second_yuan") == pl.col("amount_yuan"))
        self.agreed = frozenset(agreed.get_column("amount_id"))
        self.restored = frozenset(
            amounts.filter(pl.col("restored_text").is_not_null()).get_column("amount_id")
        )

    def cause(self, finding: Finding) -> tuple[str, str]:
        """The cause of a finding, and which reason says so."""
        if not finding.explanations:
            return "unknown", finding.kind
        named = [c for e in finding.explanations for c in e.changes]
        ids = [c.amount_id for c in named if c.amount_id is not None]
        if any(i in self.doubted or i in self.restored for i in ids):
            return "reading", "reading"
        if finding.kind in MOVED:
            return "unknown", "moved"
        clean = len(ids) == len(named) and all(i in self.agreed for i in ids)
        if finding.kind == "code":
            printed_twice = len({c.statement_id for c in named}) > 1
            return ("publisher", "code") if clean and printed_twice else ("unknown", "unknown")
        return ("publisher", "publisher") if clean else ("unknown", "unknown")


def finding_row(
    key: str, finding: Finding, evidence: Evidence, stakes: Mapping[str, Decimal]
) -> dict[str, Any]:
    """One row of fact_finding."""
    first = finding.explanations[0] if finding.explanations else None
    cause, reason = evidence.cause(finding)
    return {
        "finding_id": key,
        "document_id": finding.document_id,
        "statement_id": first.changes[0].statement_id if first and first.changes else None,
        "kind": finding.kind,
        "detail": first.detail if first else None,
        "n_checks": len(finding.checks),
        "n_cells": len(first.changes) if first else 0,
        "explanations": finding.count,
        "is_unique": finding.unique,
        "cause": cause,
        "reason_zh": REASONS[reason][0],
        "reason_en": REASONS[reason][1],
        "yuan_at_stake": max((stakes.get(check, ZERO) for check in finding.checks), default=ZERO),
    }


def cell_rows(
    key: str, finding: Finding, names: Mapping[tuple[object, ...], tuple[str | None, str | None]]
) -> Iterator[dict[str, Any]]:
    """The rows of fact_finding_cell of one finding."""
    for number, explanation in enumerate(finding.explanations, start=1):
        for position, change in enumerate(explanation.changes, start=1):
            named = names.get(place(finding.document_id, change), (change.code, None))
            yield {
                "finding_id": key,
                "explanation": number,
                "position": position,
                "amount_id": change.amount_id,
                "statement_id": change.statement_id,
                "side": change.side,
                "line_no": change.line_no,
                "measure_id": change.measure_id,
                "code": named[0],
                "label": named[1],
                "printed_yuan": change.printed,
                "low_yuan": change.low,
                "high_yuan": change.high,
                "slip": change.slip,
            }


def place(document_id: str, change: Change) -> tuple[object, ...]:
    """The row a change stands in."""
    return document_id, change.statement_id, change.side, change.line_no


def row_names(
    findings: Sequence[Finding], lines: pl.DataFrame
) -> dict[tuple[object, ...], tuple[str | None, str | None]]:
    """Code and label of the rows of the documents with findings."""
    documents = {finding.document_id for finding in findings}
    own = lines.filter(pl.col("document_id").is_in(list(documents)))
    columns = ["document_id", "statement_id", "side", "line_no", "code", "label"]
    return {tuple(row[:4]): (row[4], row[5]) for row in own.select(columns).iter_rows()}
