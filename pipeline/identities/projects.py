"""Identities of performance forms: sources and total, the two horizons, form and table.

Here: the three relations that hold between the columns of fact_project, as rows of fact_check. Not
here: what they are called (performance) and matching forms with rows (ledger).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import polars as pl

from pipeline.identities.performance import NOTHING, Check, Row, framed, judged
from pipeline.performance.shapes import ANNUAL, PERIOD, SOURCES

SOURCES_ADD_UP, PERIOD_COVERS_YEAR, FORM_AND_TABLE = (
    "form_sources",
    "form_horizons",
    "form_against_table",
)
# A form prints 元, the table 万元 with two decimals: half a printed step.
HALF_STEP = Decimal(50)
TITLES = {PERIOD: "实施期资金总额", ANNUAL: "年度资金总额"}


def checks(projects: pl.DataFrame) -> pl.DataFrame:
    """fact_check rows of every form, in documents that print any."""
    printed = projects.filter(pl.col("form_pages").is_not_null()).get_column("document_id")
    rows = [
        check
        for project in projects.filter(pl.col("document_id").is_in(printed.to_list())).to_dicts()
        for check in of_project(project)
    ]
    return framed(rows)


def of_project(project: Row) -> Iterator[Check]:
    """The checks of one project."""
    if project["form_pages"] is not None:
        for horizon in (PERIOD, ANNUAL):
            yield sources_add_up(project, horizon)
        yield period_covers_year(project)
    yield form_and_table(project)


def sources_add_up(project: Row, horizon: str) -> Check:
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


def period_covers_year(project: Row) -> Check:
    """A16: the whole period costs no less than its year."""
    period, year = project["period_total"], project["annual_total"]
    reason = None
    if period is None or year is None:
        reason = "缺一时段总额 (the total of a horizon is not printed or could not be read)"
    check = judged(project, PERIOD_COVERS_YEAR, TITLES[PERIOD], period, year, reason)
    if reason is None and period >= year:
        check["verdict"] = "exact"
    return check


def form_and_table(project: Row) -> Check:
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
    return judged(
        project,
        FORM_AND_TABLE,
        TITLES[ANNUAL],
        year,
        row,
        reason,
        HALF_STEP,
        statement=project["table_statement_id"],
    )
