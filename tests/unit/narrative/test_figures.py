"""What is a figure of a sentence, and what is a year, a limit, a range or an enumerator."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.narrative.figures import figures, in_yuan


def found(text: str) -> list[tuple[str, str | None]]:
    """Value and unit of each figure."""
    return [(figure.value, figure.unit) for figure in figures(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("总计1,234.50万元", [("1234.50", "万元")]),
        ("总计1234.5元,占12.30%", [("1234.5", "元"), ("12.30", "%")]),
        ("实有3辆,面积20.5平方米", [("3", "辆"), ("20.5", "平方米")]),
        ("通用设备2台(套)", [("2", "台（套）")]),
        ("下降1.5个百分点", [("1.5", "个百分点")]),
        ("共接待4批次,56人次", [("4", "批次"), ("56", "人次")]),
        ("预算单位共计一家", [("1", "家")]),
        ("内设十二个科室", [("12", "个")]),
        ("购置为0,与上年持平", [("0", None)]),
        ("购置为0。", [("0", None)]),
    ],
)
def test_figures_are_read_with_their_units(
    text: str, expected: list[tuple[str, str | None]]
) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2031年1月1日",
        "财预[2031]12号",
        "单价100万元(含)以上设备",
        "价值50万元(原值)以上的通用设备",
        "400.00万元以上基本建设项目",
        "组织2-3次视察",
        "1、基本情况",
        "一个机构两块牌子",
        "12345政务服务",
    ],
)
def test_what_is_no_figure_is_none(text: str) -> None:
    assert found(text) == []


def test_a_printed_minus_is_told() -> None:
    (figure,) = figures("结余-3.20万元")
    assert (figure.value, figure.negative) == ("3.20", True)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("1234.56", "万元", "12345600.00"),
        ("1.5", "亿元", "150000000.00"),
        ("209", "万", "2090000.00"),
        ("0", None, "0.00"),
        ("12", "%", None),
        ("0.001", "元", None),
    ],
)
def test_money_is_exact_or_none(value: str, unit: str | None, expected: str | None) -> None:
    assert in_yuan(value, unit) == (None if expected is None else Decimal(expected))
