"""Identities of performance forms: sources and total, the two horizons, form and table.

The other identities are run on lines and cells of official statements; a form is neither. Here: the
three relations that hold between the columns of fact_project, as rows of fact_check. Their titles
and reasons stand in `expectations/project_checks.yml`. Not here: matching forms with rows (ledger).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipeline.identities.engine import check_ids
from pipeline.performance.shapes import ANNUAL, PERIOD, SOURCES
from pipeline.schema.catalogue import tables

SOURCES_ADD_UP, PERIOD_COVERS_YEAR, FORM_AND_TABLE = (
    "form_sources",
    "form_horizons",
    "form_against_table",
)
# A form prints 元, the table 万元 with two decimals: half a printed step.
HALF_STEP = Decimal(50)
NOTHING = Decimal(0)
TITLES = {PERIOD: "实施期资金总额", ANNUAL: "年度资金总额"}

Project = dict[str, Any]
Check = dict[str, Any]


@dataclass(frozen=True)
class Declared:
    """What an identity of performance forms says of itself."""

    id: str
    code: str
    title_zh: str
    title_en: str
    reason_zh: str
    reason_en: str
    severity: str

    @property
    def family(self) -> str:
        """The letter of its code."""
        return self.code[0]


def declared(expectations: Path) -> tuple[Declared, ...]:
    """The declared identities; none where there is no such file."""
    path = expectations / "project_checks.yml"
    text = path.read_text(encoding="utf-8") if path.exists() else "[]"
    return tuple(Declared(**entry) for entry in yaml.safe_load(text))


def checks(projects: pl.DataFrame) -> pl.DataFrame:
    """fact_check rows of every form, in documents that print any."""
    printed = projects.filter(pl.col("form_pages").is_not_null()).get_column("document_id")
    rows = [
        check
        for project in projects.filter(pl.col("document_id").is_in(printed.to_list())).to_dicts()
        for check in of_project(project)
    ]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").sort(
        "document_id", "identity_id", "subject", "project_id", nulls_last=False
    )
    group = ["document_id", "identity_id", "statement_id", "subject"]
    frame = frame.with_columns(times=pl.int_range(1, pl.len() + 1).over(group))
    again = pl.format("{} #{}", "subject", "times")
    frame = frame.with_columns(
        subject=pl.when(pl.col("times") > 1).then(again).otherwise("subject")
    )
    return tables()["fact_check"].conform(frame.with_columns(check_id=check_ids(frame)))


SCHEMA: dict[str, pl.DataType] = {
    "project_id": pl.String(),
    **{n: t for n, t in tables()["fact_check"].schema.items() if n != "check_id"},
}


def of_project(project: Project) -> Iterator[Check]:
    """The checks of one project."""
    if project["form_pages"] is not None:
        for horizon in (PERIOD, ANNUAL):
            yield sources_add_up(project, horizon)
        yield period_covers_year(project)
    yield form_and_table(project)


def sources_add_up(project: Project, horizon: str) -> Check:
    """A16: the total of a horizon is the sum of its sources."""
    total = project[f"{horizon}_total"]
    sources = [project[f"{horizon}_{source}"] for source in SOURCES]
    printed = [amount for amount in sources if amount is not None]
    reason = None
    if total is None:
        reason = "无总额 (the total is not printed or could not be read)"
    elif not printed:
        reason = "无分项 (no source is printed)"
    elif total != sum(printed, NOTHING) and None in sources[: SOURCES.index("other")]:
        reason = "分项不全 (a source is blank or could not be read, and the others do not make it)"
    right = sum(printed, NOTHING) if printed else None
    return judged(project, SOURCES_ADD_UP, TITLES[horizon], total, right, reason)


def period_covers_year(project: Project) -> Check:
    """A16: the whole period costs no less than its year."""
    period, year = project["period_total"], project["annual_total"]
    reason = None
    if period is None or year is None:
        reason = "缺一时段总额 (the total of a horizon is not printed or could not be read)"
    check = judged(project, PERIOD_COVERS_YEAR, TITLES[PERIOD], period, year, reason)
    if reason is None and period >= year:
        check["verdict"] = "exact"
    return check


def form_and_table(project: Project) -> Check:
    """B14: the form's year in 元 is the table's row in 万元."""
    year, row = project["annual_total"], project["table_amount"]
    carried = project["carried_over_amount"]
    reason = None
    if project["form_pages"] is None:
        reason = "无绩效目标表 (the project has no performance form)"
    elif project["table_name"] is None:
        reason = "项目支出表无此项目 (no row of the table of projects)"
    elif year is None or row is None:
        reason = "无金额 (an amount is not printed or could not be read)"
    elif carried is not None and abs(year - carried) < abs(year - row):
        row = carried
    return judged(project, FORM_AND_TABLE, TITLES[ANNUAL], year, row, reason, HALF_STEP)


def judged(
    project: Project,
    identity: str,
    title: str,
    left: Decimal | None,
    right: Decimal | None,
    reason: str | None,
    tolerance: Decimal = NOTHING,
) -> Check:
    """One row of fact_check; with a reason it is untestable and has no values.

    Its terms are columns of fact_project, no amounts: `n_terms` is 0.
    """
    tested = reason is None and left is not None and right is not None
    residual = left - right if tested and left is not None and right is not None else None
    if residual is None:
        verdict = "untestable"
    elif residual == 0:
        verdict = "exact"
    else:
        verdict = "rounding" if abs(residual) <= tolerance else "breaks"
    return {
        "project_id": project["project_id"],
        "document_id": project["document_id"],
        "identity_id": identity,
        "statement_id": project["table_statement_id"] if identity == FORM_AND_TABLE else None,
        "subject": f"{project['name'] or '（无名称）'} · {title}",
        "left_value": left if tested else None,
        "right_value": right if tested else None,
        "residual": residual,
        "tolerance": tolerance if tested else None,
        "unit": "yuan",
        "n_terms": 0,
        "suspicious": False,
        "reason": reason,
        "verdict": verdict,
    }
