"""What the performance forms and self-evaluations of a disclosure count and add up to.

Prose says how many projects have targets or were evaluated, with what money, and how many were
graded how. Here: those counts and sums by name, as `patterns/subjects.yml` calls for them. Not
here: which claims are held against them (claim_verdicts).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.identities.evaluations import unread
from pipeline.identities.percent import FEN
from pipeline.ledger.claim_cells import Cell

Row = Mapping[str, Any]
FORMS, REPORTS = "forms", "evaluations"
PLANNED = ("annual_total", "period_total")
EVALUATED = ("requested", "approved", "year_budget", "year_executed")
SAID = {FORMS: "performance forms", REPORTS: "self-evaluations"}


@dataclass(frozen=True)
class Reported:
    """Counts, and sums as cells, by name; `grades` only where every report and grade was read."""

    counts: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, Cell] = field(default_factory=dict)
    score: Decimal | None = None
    grades: Mapping[str, int] | None = None

    def said(self, name: str) -> str:
        """What a count or a sum is of, for a reason."""
        kind, _, column = name.partition(".")
        counted = f"{self.counts[kind]} {SAID[kind]}"
        return f"{column} of {counted}" if column else counted


class Reports:
    """Forms and self-evaluations by document."""

    def __init__(
        self, projects: pl.DataFrame, evaluations: pl.DataFrame, quarantine: pl.DataFrame
    ) -> None:
        printed = projects.filter(pl.col("form_pages").is_not_null())
        self.forms = {k[0]: f.to_dicts() for k, f in printed.group_by("document_id")}
        self.reports = {k[0]: f.to_dicts() for k, f in evaluations.group_by("document_id")}
        self.unread = unread(quarantine)

    def of(self, documents: Iterable[str]) -> Reported:
        """What the first of some documents that prints any has, forms and reports each."""
        order = list(documents)
        forms = next((self.forms[d] for d in order if d in self.forms), [])
        reports = next((self.reports[d] for d in order if d in self.reports), [])
        counts = {name: len(rows) for name, rows in ((FORMS, forms), (REPORTS, reports)) if rows}
        sums = dict([*added(FORMS, forms, PLANNED), *added(REPORTS, reports, EVALUATED)])
        scores = [one["total_score"] for one in reports]
        grades = [one["grade"] for one in reports]
        whole = bool(reports) and None not in grades and not self.unread.intersection(order)
        return Reported(
            counts,
            sums,
            sum(scores, Decimal(0)) / len(scores) if scores and None not in scores else None,
            Counter(grades) if whole else None,
        )


def added(
    kind: str, rows: list[dict[str, Any]], columns: Iterable[str]
) -> Iterator[tuple[str, Cell]]:
    """The sum of each column, where every row has its amount: exact, as forms are in yuan."""
    for column in columns:
        found = [row[column] for row in rows]
        if found and None not in found:
            total = sum(found, Decimal(0))
            cell = Cell(total, FEN, 1, None, False, False, kind)
            yield f"{kind}.{column}", cell
