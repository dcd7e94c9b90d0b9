"""The quality report: one static page, in both languages, offline.

Great Expectations' own pages let document text through as live HTML and load outside assets, so
the page is ours: autoescaped, with a policy that runs and loads nothing. Here: gathering what the
page shows. Not here: judging (gate) and decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2

from pipeline.gate.judge import Judgement
from pipeline.release.describe import Summary, summarise
from pipeline.schema.catalogue import measures, statements, vocabularies
from pipeline.warehouse.build import connect

MAX_ROWS, MAX_REASONS = 500, 60
FINDINGS = """
    SELECT f.document_id, f.source_name, f.unit_name, f.fiscal_year, f.identity_id, f.statement_id,
           f.subject, f.left_value, f.right_value, f.residual, f.tolerance, f.verdict, f.reason,
           (SELECT list({file: o.source_name,
                         page: a.page, line: a.source_line,
                         label: coalesce(a.code || ' ', '') || coalesce(a.label, ''),
                         measure: a.measure_id, text: a.printed_text} ORDER BY t.position)
            FROM fact_check_term t JOIN fact_amount a USING (amount_id)
            JOIN dim_document o ON o.document_id = a.document_id
            WHERE t.check_id = f.check_id) AS cells
    FROM v_finding f
    ORDER BY f.verdict, abs(f.residual) DESC NULLS FIRST, f.check_id
"""
EXPLAINED = """
    SELECT * FROM v_explained ORDER BY yuan_at_stake DESC, source_name, finding_id
"""
COVERAGE = """
    SELECT d.document_id, d.source_name, u.name AS unit_name, d.fiscal_year, c.statement_id, c.state
    FROM fact_coverage c JOIN dim_document d USING (document_id) JOIN dim_unit u USING (unit_id)
    ORDER BY unit_name, fiscal_year, source_name
"""
QUARANTINE = """
    SELECT source_name, document_id, statement_id, stage, reason, detail
    FROM fact_quarantine ORDER BY source_name, statement_id NULLS FIRST, quarantine_id
"""


@dataclass(frozen=True)
class Page:
    """Everything the page shows."""

    stands: bool
    summary: Summary
    judgements: list[Judgement]
    findings: list[dict[str, Any]]
    explained: list[dict[str, Any]]
    proofs: list[dict[str, Any]]
    identities: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]


def gather(warehouse: Path, judgements: list[Judgement]) -> Page:
    """The page's content from a warehouse and the gate's judgements."""
    with connect(warehouse, read_only=True) as connection:

        def rows(query: str) -> list[dict[str, Any]]:
            cursor = connection.execute(query)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        documents: dict[str, dict[str, Any]] = {}
        for row in rows(COVERAGE):
            entry = documents.setdefault(row["document_id"], row | {"states": {}})
            entry["states"][row["statement_id"]] = row["state"]
        return Page(
            stands=not any(j.stops for j in judgements),
            summary=summarise(warehouse),
            judgements=judgements,
            findings=rows(FINDINGS),
            explained=rows(EXPLAINED),
            proofs=rows("SELECT * FROM v_proof_by_statement"),
            identities=titled(rows("SELECT * FROM v_proof_by_identity"), judgements),
            reasons=rows("SELECT * FROM v_proof_reasons"),
            documents=list(documents.values()),
            quarantine=rows(QUARANTINE),
        )


def titled(identities: list[dict[str, Any]], judgements: list[Judgement]) -> list[dict[str, Any]]:
    """Identities with the titles of their rules, in the order of the gate."""
    places = {judgement.rule_id: place for place, judgement in enumerate(judgements)}
    found = []
    for row in identities:
        place = places.get(row["identity_id"])
        rule = None if place is None else judgements[place]
        named = {"zh": rule.zh if rule else "", "en": rule.en if rule else ""}
        found.append((len(places) if place is None else place, row | named))
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


def render(page: Page) -> str:
    """The page as HTML, every text escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.review"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["money"] = money
    return environment.get_template("report.html").render(
        page=page,
        limit=MAX_ROWS,
        reasons=MAX_REASONS,
        words=vocabularies(),
        statements=statements(),
        measures=measures(),
    )


def money(value: Decimal | int | None) -> str:
    """A number with thousands separators, a dash where there is none."""
    return "–" if value is None else f"{value:,}"
