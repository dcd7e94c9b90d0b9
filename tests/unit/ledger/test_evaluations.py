"""Which project a self-evaluation is of, and the rows released of it."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from pipeline.ledger import evaluations, projects
from pipeline.schema.catalogue import tables
from pipeline.staging.tables import SCHEMAS


def staged(*names: str | None) -> pl.DataFrame:
    rows = [
        {
            "document_id": "d1",
            "form_no": number,
            "name": name,
            "implementing_unit": "某所",
            "year_budget": Decimal("10.00"),
            "total_score": Decimal(88),
            "grade": "良",
            "source_line": 7,
        }
        for number, name in enumerate(names, start=1)
    ]
    return pl.DataFrame(rows, schema=SCHEMAS["evaluations"], orient="row")


def planned(*names: str) -> pl.DataFrame:
    return tables()["fact_project"].frame(
        {"project_id": f"p{n}", "document_id": "d1", "name": name, "match": "none"}
        for n, name in enumerate(names, start=1)
    )


def test_a_report_is_of_the_project_that_bears_its_name() -> None:
    found, reports = evaluations.projects(planned("路灯（二期）", "绿化"), staged("路灯(二期)"))
    assert reports == {("d1", 1): "p1"}
    assert found.height == 2


def test_a_project_that_only_a_report_names_is_one_too() -> None:
    found, reports = evaluations.projects(planned("绿化"), staged("路灯"))
    row = found.filter(name="路灯").row(0, named=True)
    assert reports == {("d1", 1): row["project_id"]}
    assert (row["match"], row["form_name"], row["table_name"], row["implementing_unit"]) == (
        "none",
        None,
        None,
        "某所",
    )


def test_a_name_that_two_projects_bear_decides_nothing() -> None:
    found, reports = evaluations.projects(planned("路灯", "路灯"), staged("路灯", "路灯", None))
    assert len(set(reports.values())) == 3
    assert found["project_id"].n_unique() == found.height == 5


def test_every_report_is_released_with_its_project() -> None:
    reports = {("d1", 1): "p1", ("d1", 2): "p2"}
    frame = evaluations.build(staged("路灯", "绿化"), reports)
    assert frame.select("evaluation_no", "project_id", "grade").rows() == [
        (1, "p1", "良"),
        (2, "p2", "良"),
    ]
    assert frame["year_budget"].to_list() == [Decimal("10.00")] * 2


def test_indicators_of_a_report_belong_to_its_project_not_to_the_form_of_its_number() -> None:
    rows = [
        {
            "document_id": "d1",
            "form_no": 1,
            "indicator_no": 1,
            "horizon": horizon,
            "indicator": "数",
        }
        for horizon in ("annual", "evaluation")
    ]
    frame = pl.DataFrame(rows, schema=SCHEMAS["indicators"], orient="row")
    found = projects.indicators(frame, {("d1", 1): "planned"}, {("d1", 1): "evaluated"})
    assert sorted(found.select("horizon", "project_id").rows()) == [
        ("annual", "planned"),
        ("evaluation", "evaluated"),
    ]
