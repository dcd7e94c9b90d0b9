"""Assets of the group `quality`: the gate, with one asset check per expectation.

Checks are blocking: one that fails with severity ERROR stops the release. A rule that did not run
does not pass; it is shown as a warning with the reason.
"""

from __future__ import annotations

from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    MaterializeResult,
    MetadataValue,
    TableRecord,
    asset,
)

from assets.resources import Workspace
from assets.warehouse import TABLES
from pipeline import steps
from pipeline.gate.judge import Judgement
from pipeline.gate.rule import Violation
from pipeline.gate.rules import load
from pipeline.settings import Settings

RULES = load(Settings().expectations)
SHOWN = 50


@asset(
    deps=TABLES,
    group_name="quality",
    kinds={"python"},
    owners=["team:data-stewards"],
    check_specs=[
        AssetCheckSpec(
            name=rule.id,
            asset="quality_report",
            blocking=True,
            description=f"{rule.zh} · {rule.en} ({rule.suite}, {rule.severity}, {rule.table})",
        )
        for rule in RULES
    ],
)
def quality_report(workspace: Workspace) -> MaterializeResult:
    """Great Expectations over the warehouse: results for programs, a page for stewards."""
    settings = workspace.settings()
    judgements = steps.judge(settings)
    return MaterializeResult(
        metadata={
            "dagster/row_count": len(judgements),
            "stops": sum(judgement.stops for judgement in judgements),
            "report": MetadataValue.path(str(settings.quality / steps.REPORT)),
        },
        check_results=[check_result(judgement) for judgement in judgements],
    )


def check_result(judgement: Judgement) -> AssetCheckResult:
    """A judgement as an asset check, its violations as a table."""
    severity = AssetCheckSeverity.ERROR if judgement.stops else AssetCheckSeverity.WARN
    records = [record(violation) for violation in judgement.violations[:SHOWN]]
    metadata: dict[str, Any] = {
        "outcome": MetadataValue.text(judgement.outcome),
        "table": MetadataValue.text(judgement.table),
        "examined": MetadataValue.int(judgement.examined),
        "violations": MetadataValue.int(len(judgement.violations)),
    }
    if records:
        metadata["rows"] = MetadataValue.table(records)
    return AssetCheckResult(
        check_name=judgement.rule_id,
        passed=judgement.outcome == "passed",
        severity=severity,
        description=judgement.reason or judgement.en,
        metadata=metadata,
    )


def record(violation: Violation) -> TableRecord:
    """A violation as a row: its place, its text, and both sides as exact text where it has any."""
    sides = ("left", "right", "residual")
    exact = {name: getattr(violation, name) for name in sides}
    return TableRecord(
        {
            "document": violation.document_id or "",
            "statement": violation.statement_id or "",
            "line": violation.line or 0,
            "subject": violation.subject or "",
            **{name: "" if value is None else str(value) for name, value in exact.items()},
            "detail": violation.detail,
        }
    )
