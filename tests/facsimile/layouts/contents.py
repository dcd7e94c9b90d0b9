"""What the made-up self-evaluations and forms of targets say, and what is to be read of them.

Here: one content each, printed in the unit of money that a layout names. Not here: layouts.
"""

from __future__ import annotations

import re
from decimal import Decimal

from tests.facsimile.layouts import PERSONAL, Content, Layout

EVALUATION_MONEY = {
    "requested": Decimal(900_000),
    "approved": Decimal(800_000),
    "budget": Decimal(700_000),
    "executed": Decimal(637_000),
    "left": Decimal(63_000),
}
EVALUATION_FIELDS = {
    "name": "路灯养护及智慧照明",
    "department": "011-某市城管局",
    "unit": "某市路灯所",
    "rate": "91.00%",
    "bare_rate": "91.00",
    "execution_score": "9.1",
    "total": "96.1",
    "grade": "优",
}
# level1, level2, name, sign, value, unit, actual, weight, score, reason
EVALUATION_ROWS = """
产出指标|数量指标|修灯数量|≥|500|盏|500盏|20|20|
产出指标|数量指标|新换灯杆及其附属设施数量|＝|30|根|30根|10|10|
产出指标|质量指标|养护合格率|≥|95|%|96%|10|10|
产出指标|时效指标|项目完成情况|定性|12月底前|/|达成预期指标|10|10|
成本指标|经济成本指标|养护成本|≤|70|万元|63.7万元|20|18|招标后有节约
效益指标|社会效益指标|夜间出行安全|定性|有效保障|/|达成预期指标|10|10|
满意度指标|服务对象满意度指标|市民满意度|≥|90|%|92%|10|9|
"""
NAMES = ("level1", "level2", "name", "sign", "value", "unit", "actual", "weight", "score", "reason")


def evaluation(layout: Layout) -> Content:
    """The made-up self-evaluation as a layout prints it."""
    money = {name: amount(value, layout) for name, value in EVALUATION_MONEY.items()}
    rows = [dict(zip(NAMES, line.split("|"), strict=True)) for line in EVALUATION_ROWS.split()]
    for row in rows:
        row["target"] = target(row)
        row["first"] = row["value"]
        row["rule"] = "完成得满分"
    return Content(EVALUATION_FIELDS | money, rows)


def target(row: dict[str, str]) -> str:
    """A target in one cell."""
    if row["sign"] == "定性":
        return row["value"]
    return row["sign"] + row["value"] + row["unit"]


def unit_of(layout: Layout) -> str:
    """The unit of money a layout prints."""
    words = "".join(text for row in (*layout.rows, *layout.header) for text in row)
    words += "".join(word for word, _ in layout.table)
    found = re.search(r"万元", words + layout.caption)
    return "万元" if found else "元"


def amount(value: Decimal, layout: Layout) -> str:
    """An amount as printed."""
    return f"{value / 10_000:,.2f}" if unit_of(layout) == "万元" else f"{value:,.2f}"


TARGET_MONEY = {
    "period_total": Decimal(2_588_000),
    "period_other": Decimal(88_000),
    "annual_total": Decimal(630_000),
    "annual_other": Decimal(30_000),
    "fiscal": Decimal(600_000),
}
TARGET_FIELDS = {"name": "路灯养护及智慧照明", "department": "011-某市城管局", "unit": "某市路灯所"}
ODD = {"数量指标": "产出数量", "质量指标": "产出质量", "时效指标": "产出时效"}


def form(layout: Layout) -> Content:
    """The made-up form of targets as a layout prints it."""
    money = {name: amount(value, layout) for name, value in TARGET_MONEY.items()}
    rows = [dict(zip(NAMES, line.split("|"), strict=True)) for line in EVALUATION_ROWS.split()]
    for row in rows:
        row["target"] = target(row)
        row["period_target"] = row["value"] if row["sign"] == "定性" else "≥1" + row["value"]
        row["note"] = "按合同" if row["sign"] == "≥" else ""
        row["text"] = f"考核{row['name']}"
        row["kind"] = "定性指标" if row["sign"] == "定性" else "定量指标"
        row["odd"] = ODD.get(row["level2"], row["level2"])
        row["level1p"] = f"{row['level1']}（30分）"
    return Content(TARGET_FIELDS | money, rows)


LISTED = {"路灯养护及智慧照明": Decimal(630_000), "绿化养护": Decimal(12_345_600)}


def listed(layout: Layout) -> Content:
    """Two projects with their indicators, as a table of all projects prints them."""
    rows = []
    for name, money in LISTED.items():
        beside = {
            "name_": name,
            "money_": amount(money, layout),
            "unit_": "某市路灯所",
            "goal_": "完成测试。",
            "person_": PERSONAL["leader"],
            "code_": "011001",
        }
        rows += [dict(row) | beside for row in form(layout).indicators]
    return Content({}, rows)
