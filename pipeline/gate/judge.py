"""Great Expectations as the judge: one expectation per rule over small frames.

Here: building suites in an ephemeral context (no file, no network, no analytics) and reading the
results back, exceptions included. Not here: computing violations (run), and what a verdict costs
(the assets).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.documents import personal
from pipeline.gate.rule import Violation
from pipeline.gate.run import Examined

#: what names a failing row in a result of the engine
INDEX = ["document_id", "statement_id", "line", "subject", "left", "right", "residual"]


@dataclass(frozen=True)
class Judgement:
    """How a rule fared: `passed`, `failed`, `not_run` (with the reason) or `crashed`.

    A rule that passed or failed may have a remark in `reason`: what of it could not be tested.
    """

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
    """The judgement of every rule, in order; rules of one suite and table are validated at once."""
    quiet()
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    # Progress bars of the engine have no place among those of the build.
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # One asset for all frames: adding one writes the whole configuration anew.
    asset = context.data_sources.add_pandas("residuals").add_dataframe_asset("residuals")
    batch = asset.add_batch_definition_whole_dataframe("all")
    found = {}
    together: dict[str, list[Examined]] = {}
    for one in examined:
        if one.not_run or one.crashed:
            outcome = "crashed" if one.crashed else "not_run"
            reason = one.crashed or one.not_run
            found[one.rule.id] = judgement(one, severity(one, strict), outcome, reason)
        else:
            together.setdefault(f"{one.rule.suite} {one.rule.table}", []).append(one)
    for name, group in together.items():
        suite = gx.ExpectationSuite(name, expectations=expectations(group, strict))
        validation = gx.ValidationDefinition(name=name, data=batch, suite=context.suites.add(suite))
        result = validation.run(
            batch_parameters={"dataframe": frame(group)},
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": INDEX},
        )
        for one in group:
            found[one.rule.id] = read_result(one, severity(one, strict), result)
    return [found[one.rule.id] for one in examined]


def severity(one: Examined, strict: bool) -> str:
    """What a failure of a rule costs in this build."""
    return "critical" if strict and one.rule.strict else one.rule.severity


def expectations(group: list[Examined], strict: bool) -> list[Any]:
    """One expectation per rule: that nothing stands in its column."""
    from great_expectations.expectations.core.expect_column_values_to_be_null import (
        ExpectColumnValuesToBeNull,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity

    return [
        ExpectColumnValuesToBeNull(
            column=one.rule.id,
            severity=FailureSeverity(severity(one, strict)),
            meta={"rule": one.rule.id},
        )
        for one in group
    ]


def quiet() -> None:
    """Analytics off before the engine is imported; it looks once."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"


def frame(group: list[Examined]) -> pd.DataFrame:
    """A column per rule; one row that stands for what was examined, and one per violation."""
    places: list[tuple[str | None, ...]] = [(None,) * len(INDEX)]
    details: dict[str, list[str | None]] = {one.rule.id: [None] for one in group}
    for one in group:
        for v in one.violations:
            place = (v.document_id, v.statement_id, v.line, v.subject, v.left, v.right, v.residual)
            places.append(tuple(None if part is None else str(part) for part in place))
            for rule_id, column in details.items():
                column.append(v.detail if rule_id == one.rule.id else None)
    indexed = pd.DataFrame(places, columns=INDEX, dtype=object)
    return indexed.assign(
        **{name: pd.Series(column, dtype=object) for name, column in details.items()}
    )


def read_result(one: Examined, severity: str, result: Any) -> Judgement:
    """The outcome of one rule; an engine that raised is a crash, never a failed datum."""
    (single,) = (r for r in result.results if r.expectation_config.meta["rule"] == one.rule.id)
    raised = exception_text(single.exception_info)
    if raised is not None:
        return judgement(one, severity, "crashed", raised)
    unexpected = single.result["unexpected_count"]
    if unexpected != len(one.violations):
        reason = f"the engine counted {unexpected} of {len(one.violations)} violations"
        return judgement(one, severity, "crashed", reason)
    return judgement(one, severity, "passed" if single.success else "failed", one.remark)


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
        violations=tuple(masked(violation) for violation in one.violations),
        reason=None if reason is None else personal.mask(reason),
    )


def masked(violation: Violation) -> Violation:
    """A violation whose texts hold no personal data."""
    subject = None if violation.subject is None else personal.mask(violation.subject)
    return violation._replace(detail=personal.mask(violation.detail), subject=subject)


def save(path: Path, judgements: list[Judgement]) -> None:
    """All judgements as JSON, money as text so that it stays exact."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(j) | {"violations": [v._asdict() for v in j.violations]} for j in judgements]
    text = json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    path.write_text(text + "\n", encoding="utf-8")


def load(path: Path) -> list[Judgement]:
    """Judgements as saved."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [
        Judgement(**row | {"violations": tuple(violation(v) for v in row["violations"])})
        for row in rows
    ]


def violation(saved: dict[str, Any]) -> Violation:
    """A violation as saved."""
    sides = {name: saved[name] for name in ("left", "right", "residual")}
    exact = {name: None if text is None else Decimal(text) for name, text in sides.items()}
    return Violation(**saved | exact)
