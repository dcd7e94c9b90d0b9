"""Performance forms and self-evaluations in flowing text against answers written by hand.

Needs ../shared/raw, and says so where it is missing. Answers hold labels, figures and targets only.
Two indicators of which characters are lost, and one whose horizon nothing tells, must be told and
not read: the answers give the first as the text has them, and the last the horizon `either`.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import polars as pl

from pipeline.identities.evaluations import checks
from pipeline.ledger import evaluations, projects
from pipeline.performance.shapes import Performance, ProjectForm
from pipeline.schema.catalogue import tables
from pipeline.staging import performed
from pipeline.staging.extract import performance_of, understand
from pipeline.staging.tables import SCHEMAS
from tests.accuracy.test_answers import document

ANSWERS = Path(__file__).parent / "answers" / "performance"
FORMS, REPORTS = "c76161e9962c479b", "3c5451aadc81f9c1"
DAMAGED = {"OA公统产改造成本", "O办系统产化改造成本"}
SOURCES = ("total", "central", "provincial", "municipal", "self_raised", "other")
Row = tuple[str, ...]


@cache
def said(name: str) -> Performance:
    return performance_of(*understand(document(name)))


def answers(name: str, what: str) -> list[dict[str, str]]:
    with (ANSWERS / f"{name}.{what}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def form_row(form: ProjectForm) -> dict[str, str]:
    told = {
        "name": form.name,
        "implementing_unit": form.implementing_unit,
        "supervising_department": form.supervising_department,
        "department_code": form.department_code,
        "attribute": form.attribute,
        "duration_years": form.duration_years,
    }
    for horizon, funds in (("period", form.period), ("annual", form.annual)):
        told |= {f"{horizon}_{source}": getattr(funds, source) for source in SOURCES}
    return {name: "" if value is None else str(value) for name, value in told.items()}


def test_every_form_of_a_flowing_text_with_its_funds() -> None:
    assert [form_row(form) for form in said(FORMS).forms] == answers(FORMS, "forms")
    assert sum(form.pages for form in said(FORMS).forms) == 55
    assert [f.name for f in said(FORMS).forms if f.name_damaged] == ["O办系统产改造"]


def test_every_indicator_of_a_flowing_text_that_can_be_read() -> None:
    got: Counter[Row] = Counter(
        (
            form.name or "",
            i.horizon,
            i.level1 or "",
            i.level2 or "",
            i.indicator,
            i.target_text or "",
        )
        for form in said(FORMS).forms
        for i in form.indicators
    )
    rows = [r for r in answers(FORMS, "indicators") if r["indicator"] not in DAMAGED]
    wanted: Counter[Row] = Counter(
        tuple(row.values()) for row in rows if row["horizon"] != "either"
    )
    assert not wanted - got
    assert not got - wanted
    left_out = len(answers(FORMS, "indicators")) - wanted.total()
    assert sum(one.count for one in said(FORMS).unread) == left_out == 3


def test_no_line_that_is_signed_leaves_a_trace() -> None:
    text = repr(said(FORMS)) + repr(said(REPORTS))
    assert not any(word in text for word in ("经办人：", "联系电话", "填报日期"))


def test_every_self_evaluation_with_its_money_and_scores() -> None:
    got = [
        {
            "name": report.name or "",
            **{
                name: str(getattr(report, name))
                for name in (
                    "requested",
                    "approved",
                    "year_budget",
                    "year_executed",
                    "carried_forward",
                    "execution_rate",
                    "execution_score",
                    "total_score",
                    "grade",
                )
            },
        }
        for report in said(REPORTS).evaluations
    ]
    assert got == answers(REPORTS, "evaluations")
    assert {r.supervising_department for r in said(REPORTS).evaluations} == {
        "062-晋城市行政审批服务管理局"
    }


def test_every_indicator_of_the_self_evaluations() -> None:
    got: Counter[Row] = Counter(
        tuple(
            "" if value is None else str(value)
            for value in (
                report.name,
                i.horizon,
                i.level1,
                i.level2,
                i.indicator,
                i.target_text,
                i.actual_text,
                i.weight,
                i.score,
            )
        )
        for report in said(REPORTS).evaluations
        for i in report.indicators
    )
    wanted = Counter(tuple(row.values()) for row in answers(REPORTS, "indicators"))
    assert got == wanted
    assert said(REPORTS).unread == ()


def test_what_the_evaluations_owe_to_arithmetic_holds() -> None:
    reports = pl.DataFrame(
        list(performed.evaluation_rows(REPORTS, said(REPORTS))), schema=SCHEMAS["evaluations"]
    )
    indicators = pl.DataFrame(
        list(performed.indicator_rows(REPORTS, said(REPORTS))), schema=SCHEMAS["indicators"]
    )
    _, report_of = evaluations.projects(tables()["fact_project"].frame([]), reports)
    found = checks(
        evaluations.build(reports, report_of),
        projects.indicators(indicators, {}, report_of),
        tables()["fact_quarantine"].frame([]),
    )
    verdicts = Counter(found.select("identity_id", "verdict").iter_rows())
    assert verdicts == {
        ("evaluation_weights", "exact"): 7,
        ("evaluation_scores", "exact"): 7,
        ("evaluation_execution_rate", "exact"): 3,
        ("evaluation_execution_rate", "untestable"): 4,
        ("evaluation_grade", "exact"): 7,
    }
