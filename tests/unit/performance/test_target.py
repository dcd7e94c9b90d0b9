"""Targets: operator, value and unit where there are figures, and none where there are words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.performance.shapes import Target
from pipeline.performance.target import parsed, signs
from pipeline.schema.catalogue import words

FIGURES = [
    ("≥95%", "≥", "95", "%"),
    ("4套", None, "4", "套"),
    ("≤12.16万元", "≤", "12.16", "万元"),
    ("=100%", "＝", "100", "%"),
    ("＝100%", "＝", "100", "%"),
    (">=5次", "≥", "5", "次"),
    ("不低于 95%", "不低于", "95", "%"),
    ("95%以上", "以上", "95", "%"),
    ("20分钟内", "内", "20", "分钟"),
    ("≤11月", "≤", "11", "月"),
    ("49台(个)", None, "49", "台(个)"),
    ("700,000元", None, "700000", "元"),
    ("3年", None, "3", "年"),
    ("12个月", None, "12", "个月"),
    ("0", None, "0", None),
]
WORDS = [
    "保障",
    "每周",
    "5月到10月",
    "7月",
    "12月",
    "2026年7月",
    "2026年年底前",
    "2026年",
    "7月底前",
]
WORDS += ["一般故障4小时内", "", "保障正常运转,网络通畅", "≥95%≤98%"]


@pytest.mark.parametrize(("text", "operator", "value", "unit"), FIGURES)
def test_a_figure_is_parsed(text: str, operator: str | None, value: str, unit: str | None) -> None:
    assert parsed(text) == Target(operator, Decimal(value), unit)


@pytest.mark.parametrize("text", WORDS)
def test_words_and_days_of_the_calendar_are_no_figures(text: str) -> None:
    assert parsed(text) == Target()


def test_more_digits_than_the_column_holds_are_no_figure() -> None:
    assert parsed("≥1.23456") == Target()
    assert parsed("123456789012345元") == Target()


def test_every_word_that_compares_is_in_the_closed_list() -> None:
    declared = {signs()["signs"].get(s, s) for where in ("before", "after") for s in signs()[where]}
    assert declared == set(words("operator"))
