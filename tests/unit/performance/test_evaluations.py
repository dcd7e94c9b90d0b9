"""Self-evaluations in flowing text: made-up reports."""

from __future__ import annotations

from decimal import Decimal

from pipeline.performance import flowing
from pipeline.performance.shapes import Evaluation, Performance
from pipeline.readers.shapes import Reading
from pipeline.readers.text.flow import paragraphs

MONEY = """资金来源
年初预算数
全年预算数(元) 全年执行数(元) 资金结(转)余(元) 执行率 得分
目标申报(元) 预算编制(元)
合计 90,000 80,000 70,000 35,000.50 34,999.50 50 5
市县区财政资金 90,000 80,000 70,000 35,000.50 34,999.50"""
HEADER = """一级
指标
二级指标 指标名称
年度指标
实际完成值 权重 得分
偏差原因分析及改
进措施
年初指标 调整后指标"""
ROWS = """产出
指标
数量指标 修灯数量 500 ≥500 盏 450 20 18 暴雨期间停工较多
，少修了50盏。
新换灯杆及其附属
设施数量
30 ≥30根 30 30 30
成本指标 成本指标 未填报 部分达成预期指
标并具有一定效
果
10 5 未设成本目标
满意
度指
标
服务对象满
意度指标
市民满意度 90 ≥90% 95 30 30"""


def report(money: str = MONEY, rows: str = ROWS, result: str = "总得分 88 分，属于“良”") -> str:
    """A report, a page number and a next section included."""
    return f"""项目支出绩效自评分析报告
项目名称：路灯养护
项目单位：011002-某市路灯所
主管部门：011-某市城管局
2022 年 12 月
一、项目基本信息
项目概况：养护路灯，预算 9 万元。
二、项目绩效完成情况
（一）预算执行情况
{money}
（二）绩效指标完成情况
{HEADER}
{rows}
三、项目自评结果
路灯养护项目自评价结果为:{result}。
"""


def said(text: str) -> Performance:
    return flowing.read(Reading(reader="text", items=tuple(paragraphs(text))))


def evaluation(text: str) -> Evaluation:
    (found,) = said(text).evaluations
    return found


def told(one: Evaluation) -> list[tuple[str | None, ...]]:
    return [
        (i.level1, i.level2, i.indicator, i.target_text, i.actual_text, str(i.weight), str(i.score))
        for i in one.indicators
    ]


def test_the_columns_below_a_heading_stand_in_its_place() -> None:
    one = evaluation(report())
    assert (one.name, one.implementing_unit) == ("路灯养护", "某市路灯所")
    assert (one.supervising_department, one.department_code) == ("011-某市城管局", "011")
    assert (one.requested, one.approved, one.year_budget) == (
        Decimal(90_000),
        Decimal(80_000),
        Decimal(70_000),
    )
    assert (one.year_executed, one.carried_forward) == (Decimal("35000.50"), Decimal("34999.50"))
    assert (one.execution_rate, one.execution_score) == (Decimal(50), Decimal(5))
    assert (one.total_score, one.grade) == (Decimal(88), "良")


def test_a_heading_without_columns_of_its_own_is_one() -> None:
    money = """资金来源 年初预算数 全年预算数(万元) 全年执行数(万元) 执行率 得分
合计 9 7 3.5 50% 5"""
    one = evaluation(report(money))
    assert (one.requested, one.approved, one.year_budget) == (
        None,
        Decimal(90_000),
        Decimal(70_000),
    )
    assert (one.year_executed, one.execution_rate) == (Decimal(35_000), Decimal(50))


def test_rows_with_wrapped_names_reasons_and_outcomes_in_words() -> None:
    assert told(evaluation(report())) == [
        ("产出指标", "数量指标", "修灯数量", "≥500盏", "450", "20", "18"),
        ("产出指标", "数量指标", "新换灯杆及其附属设施数量", "≥30根", "30", "30", "30"),
        (
            "产出指标",
            "成本指标",
            "成本指标",
            "未填报",
            "部分达成预期指标并具有一定效果",
            "10",
            "5",
        ),
        ("满意度指标", "服务对象满意度指标", "市民满意度", "≥90%", "95", "30", "30"),
    ]
    assert [i.deviation for i in evaluation(report()).indicators] == [
        "暴雨期间停工较多，少修了50盏。",
        None,
        "未设成本目标",
        None,
    ]


def test_an_outcome_that_is_not_filled_in_moves_no_score() -> None:
    rows = """产出
指标
时效指标 抢修响应时间 2 ≤2 小时 0 0 目标有误
完工时间 年底 年底 达成预期指标 10 10"""
    assert told(evaluation(report(rows=rows))) == [
        ("产出指标", "时效指标", "抢修响应时间", "≤2小时", None, "0", "0"),
        ("产出指标", "时效指标", "完工时间", "年底", "达成预期指标", "10", "10"),
    ]


def test_a_row_of_totals_with_another_number_of_figures_is_refused() -> None:
    found = said(report(MONEY.replace("合计 90,000 ", "合计 ")))
    assert found.evaluations[0].year_budget is None
    assert [one.reason for one in found.unread] == ["row_unplaced"]


def test_money_without_a_unit_is_refused() -> None:
    found = said(report(MONEY.replace("(元)", "")))
    assert found.evaluations[0].year_budget is None
    assert [one.reason for one in found.unread] == ["unit_unknown"]


def test_a_report_that_states_two_results_has_none() -> None:
    found = said(report(result="总得分 88 分，属于“良”，总得分为 78 分"))
    assert found.evaluations[0].total_score is None
    assert [one.reason for one in found.unread] == ["cell_lost"]


def test_a_row_without_its_score_is_told() -> None:
    found = said(report(rows="产出\n指标\n数量指标 修灯数量 500 ≥500盏 450"))
    assert found.evaluations[0].indicators == ()
    assert [one.reason for one in found.unread] == ["row_unplaced"]


def test_a_reason_in_the_form_of_personal_data_takes_its_row_along() -> None:
    rows = ROWS.replace("未设成本目标", "经办人：张三")
    found = said(report(rows=rows))
    assert len(found.evaluations[0].indicators) == 3
    assert [one.reason for one in found.unread] == ["personal_data"]
    assert "张三" not in repr(found)


def test_two_reports_are_two() -> None:
    other = report().replace("路灯养护", "绿化养护")
    assert [e.name for e in said(report() + other).evaluations] == ["路灯养护", "绿化养护"]
