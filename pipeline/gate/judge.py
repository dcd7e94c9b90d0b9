"""Great Expectations as the judge: one expectation per rule over its small frame.

Here: building suites in an ephemeral context (no file, no network, no analytics) and reading the
results back, exceptions included. Not here: computing violations (run), and what a verdict costs
(the assets).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.documents import personal
from pipeline.gate.run import Examined
from pipeline.gate.scans import Violation

COLUMNS = ["document_id", "statement_id", "line", "violation"]
INDEX = ["document_id", "statement_id", "line"]


@dataclass(frozen=True)
class Judgement:
    """How a rule fared: `passed`, `failed`, `not_run` (with the reason) or `crashed`."""

    rule_id: str
    suite: str
    severity: str
    table: str
    zh: str
    en: str
    outcome: str
    examined: int
    violations: tuple[Violation, ...]
    reason: str | None = None

    @property
    def stops(self) -> bool:
        """Whether this stops the export: a critical rule that failed, or any that crashed."""
        return self.outcome == "crashed" or (
            self.outcome == "failed" and self.severity == "critical"
        )


def judge(examined: list[Examined], strict: bool) -> list[Judgement]:
    """The judgement of every rule, suite by suite."""
    quiet()
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.core.expect_column_values_to_be_null import (
        ExpectColumnValuesToBeNull,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity

    context = gx.get_context(mode="ephemeral")
    # Progress bars of the engine have no place among those of the build.
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("residuals")
    found = []
    for one in examined:
        severity = "critical" if strict and one.rule.strict else one.rule.severity
        if one.not_run or one.crashed:
            outcome = "crashed" if one.crashed else "not_run"
            found.append(judgement(one, severity, outcome, one.crashed or one.not_run))
            continue
        asset = source.add_dataframe_asset(one.rule.id)
        batch = asset.add_batch_definition_whole_dataframe("all")
        suite = gx.ExpectationSuite(name=one.rule.id)
        suite.add_expectation(
            ExpectColumnValuesToBeNull(
                column="violation", severity=FailureSeverity(severity), meta={"rule": one.rule.id}
            )
        )
        validation = gx.ValidationDefinition(
            name=one.rule.id, data=batch, suite=context.suites.add(suite)
        )
        result = validation.run(
            batch_parameters={"dataframe": frame(one)},
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": INDEX},
        )
        found.append(read_result(one, severity, result))
    return found


def quiet() -> None:
    """Analytics off before the engine is imported; it looks once."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"


def frame(one: Examined) -> pd.DataFrame:
    """One row that stands for what was examined, and one per violation."""
    rows = [(None, None, None, None), *one.violations]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def read_result(one: Examined, severity: str, result: Any) -> Judgement:
    """The outcome of one validation; an engine that raised is a crash, never a failed datum."""
    (single,) = result.results
    raised = exception_text(single.exception_info)
    if raised is not None:
        return judgement(one, severity, "crashed", raised)
    unexpected = single.result["unexpected_count"]
    if unexpected != len(one.violations):
        reason = f"the engine counted {unexpected} of {len(one.violations)} violations"
        return judgement(one, severity, "crashed", reason)
    return judgement(one, severity, "passed" if single.success else "failed", None)


def exception_text(info: Any) -> str | None:
    """The exception in a result's info, whether it is one record or one per metric."""
    records = [info] if "raised_exception" in info else list(info.values())
    for record in records:
        if record.get("raised_exception"):
            return str(record.get("exception_message"))
    return None


def judgement(one: Examined, severity: str, outcome: str, reason: str | None) -> Judgement:
    """A rule and how it fared."""
    rule = one.rule
    return Judgement(
        rule_id=rule.id,
        suite=rule.suite,
        severity=severity,
        table=rule.table,
        zh=rule.zh,
        en=rule.en,
        outcome=outcome,
        examined=one.examined,
        violations=tuple((d, s, line, personal.mask(t)) for d, s, line, t in one.violations),
        reason=reason,
    )


def save(path: Path, judgements: list[Judgement]) -> None:
    """All judgements as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(j) for j in judgements], ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def load(path: Path) -> list[Judgement]:
    """Judgements as saved."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    found = [Judgement(**row) for row in rows]
    return [
        replace(j, violations=tuple((d, s, n, t) for d, s, n, t in j.violations)) for j in found
    ]
