"""A16 and B14 on projects: each holds, each breaks, and each says why it could not be tested."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from pipeline.identities.performance import declared
from pipeline.identities.projects import checks
from pipeline.performance.shapes import SOURCES
from pipeline.schema.catalogue import tables
from pipeline.settings import PROJECT

FORM = {
    "project_id": "a",
    "document_id": "d",
    "name": "运维",
    "form_name": "运维",
    "table_name": "运维",
    "table_statement_id": "projects",
    "table_amount": 600_000,
    "period_total": 1_800_000,
    "period_central": 0,
    "period_municipal": 1_800_000,
    "annual_total": 600_000,
    "annual_central": 200_000,
    "annual_provincial": 0,
    "annual_municipal": 400_000,
    "annual_self_raised": 0,
    "form_pages": 1,
    "match": "exact",
}
MONEY = {
    name for name, kind in tables()["fact_project"].schema.items() if kind == pl.Decimal(18, 2)
}
YEAR, PERIOD = "运维 · 年度资金总额", "运维 · 实施期资金总额"


def found(*changes: dict[str, Any]) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = [FORM | change for change in changes]
    typed = [
        {n: Decimal(v) if n in MONEY and v is not None else v for n, v in row.items()}
        for row in rows
    ]
    frame = checks(tables()["fact_project"].frame(typed))
    return {
        (row["identity_id"], row["subject"]): (row["verdict"], row["residual"])
        for row in frame.to_dicts()
    }


def test_a_sound_form_is_exact_throughout() -> None:
    assert {verdict for verdict, _ in found({}).values()} == {"exact"}
    assert len(found({})) == 4


def test_sources_that_do_not_add_up_break() -> None:
    assert found({"annual_municipal": 400_001})["form_sources", YEAR] == ("breaks", Decimal(-1))


def test_a_total_without_sources_is_untestable() -> None:
    blank = dict.fromkeys(f"annual_{s}" for s in SOURCES)
    assert found(blank)["form_sources", YEAR] == ("untestable", None)


def test_a_blank_source_may_be_what_is_lacking() -> None:
    assert found({"annual_central": None})["form_sources", YEAR] == ("untestable", None)
    assert found({"annual_provincial": None})["form_sources", YEAR][0] == "exact"


def test_a_year_that_costs_more_than_the_period_breaks() -> None:
    assert found({"annual_total": 1_800_001})["form_horizons", PERIOD] == ("breaks", Decimal(-1))


@pytest.mark.parametrize(
    ("amount", "verdict"), [(600_000, "exact"), (600_050, "rounding"), (600_051, "breaks")]
)
def test_form_and_table_agree_to_half_a_printed_step(amount: int, verdict: str) -> None:
    assert found({"table_amount": amount})["form_against_table", YEAR][0] == verdict


def test_the_carried_over_row_counts_where_it_is_the_one_meant() -> None:
    change = {"table_amount": 900_000, "carried_over_amount": 600_000}
    assert found(change)["form_against_table", YEAR][0] == "exact"


def test_a_row_without_a_form_says_so_where_the_document_prints_forms() -> None:
    lone = {"project_id": "b", "name": "改造", "form_pages": None, "annual_total": None}
    assert found({}, lone)["form_against_table", "改造 · 年度资金总额"][0] == "untestable"
    assert found(lone) == {}


def test_two_projects_of_one_name_are_told_apart() -> None:
    assert len(found({}, {"project_id": "b"})) == 8


def test_every_identity_is_declared() -> None:
    used = {identity for identity, _ in found({})}
    known = declared(PROJECT / "expectations")
    assert {one.id for one in known if one.table == "fact_project"} == used
