"""Rows of the tables of projects and performance forms, matched by name, else by money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipeline.ledger.projects import CARRIED, CURRENT, Row, joined, match, unit_of


def row(name: str, yuan: int, unit: str | None = None, statement: str = CURRENT) -> Row:
    return Row(statement, name, unit, {"total": Decimal(yuan)})


def form(name: str | None, yuan: int | None, unit: str | None = None) -> dict[str, Any]:
    annual = None if yuan is None else Decimal(yuan)
    return {"name": name, "annual_total": annual, "implementing_unit": unit}


def matched(rows: list[Row], forms: list[dict[str, Any]]) -> list[tuple[str | None, ...]]:
    return [
        (one.row.name if one.row else None, (one.form or {}).get("name"), one.match)
        for one in match(rows, forms)
    ]


def test_one_name_is_an_exact_match_whatever_the_money() -> None:
    assert matched([row("运维", 100_00)], [form("运维", None)]) == [("运维", "运维", "exact")]


def test_brackets_of_another_width_are_no_other_name() -> None:
    assert matched([row("改造（采购）", 1)], [form("改造(采购)", 1)])[0][2] == "exact"


def test_the_same_money_under_another_name_is_a_finding() -> None:
    rows = [row("等保测评", 90_000), row("运维", 100_000)]
    assert matched(rows, [form("等级测评", 90_020)]) == [
        ("等保测评", "等级测评", "amount"),
        ("运维", None, "none"),
    ]


def test_51_yuan_are_other_money() -> None:
    assert matched([row("甲", 90_000)], [form("乙", 90_051)]) == [
        ("甲", None, "none"),
        (None, "乙", "none"),
    ]


def test_no_money_matches_nothing() -> None:
    assert [one[2] for one in matched([row("甲", 0)], [form("乙", 0)])] == ["none", "none"]


def test_of_equal_amounts_the_likeliest_name_is_taken() -> None:
    rows = [row("甲平台运维", 50_000), row("乙平台运维费", 50_000)]
    forms = [form("乙平台运维", 50_000), form("甲平台维护", 50_000)]
    assert matched(rows, forms) == [
        ("甲平台运维", "甲平台维护", "amount"),
        ("乙平台运维费", "乙平台运维", "amount"),
    ]


def test_one_name_in_two_units_is_told_apart_by_unit() -> None:
    rows = [row("工作经费", 10_000, "甲中心"), row("工作经费", 10_000, "乙中心")]
    forms = [form("工作经费", 10_000, "乙中心"), form("工作经费", 10_000, "甲中心")]
    found = [(one.row.unit if one.row else None, one.form) for one in match(rows, forms)]
    assert [(unit, f and f["implementing_unit"]) for unit, f in found] == [
        ("甲中心", "甲中心"),
        ("乙中心", "乙中心"),
    ]


def test_a_project_in_both_tables_is_one() -> None:
    rows = [row("运维", 3), row("运维", 5, statement=CARRIED), row("改造", 7, statement=CARRIED)]
    found = [(one.name, one.total, one.carried) for one in joined(rows)]
    assert found == [("运维", Decimal(3), Decimal(5)), ("改造", Decimal(7), None)]


def test_a_unit_that_its_cell_cut_off_is_that_of_the_row() -> None:
    assert (
        unit_of("某市公共资源交易", row("甲", 1, "某市公共资源交易中心")) == "某市公共资源交易中心"
    )
    assert unit_of("某市另一局", row("甲", 1, "某市公共资源交易中心")) == "某市另一局"
    assert unit_of(None, None) is None
