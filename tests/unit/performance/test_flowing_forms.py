"""Performance forms in flowing text: small made-up texts with one difficulty each."""

from __future__ import annotations

from decimal import Decimal

from pipeline.performance import flowing
from pipeline.performance.shapes import Performance, ProjectForm
from pipeline.readers.shapes import Reading
from pipeline.readers.text.flow import paragraphs

TITLE = "某市市级预算部门项目支出绩效目标申报表"
HEADER = "一级指标 二级指标 三级指标 指标值 二级指标 三级指标 指标值"
FUNDS = """项目资金
（元）
实施期资金总额 ： 300,000 年度资金总额 ： 100,000
其中：中央财政资金 0 其中：中央财政资金 0
省级财政资金 20,000 省级财政资金
市县（区）财政资
金
280,000 市县（区）财政资金 100,000
单位自筹 0 单位自筹 0
其他资金 其他资金"""
SIGNED = "负责人： 经办人： 张三 联系电话： 13900001111 填报日期： 20230101"


def page(indicators: str, name: str = "路灯养护", end: str = SIGNED, head: str = HEADER) -> str:
    """A page of a form."""
    return f"""{TITLE}
（2023年度）
项目名称 {name}
主管部门及代码 011-某市城管局 实施单位 某市路灯所
项目属性 经常性项目（长期开展） 项目期 3年
{FUNDS}
项目概况
养护全市路灯，共需5个班组。
实施期目标 年度目标
总体目标
路灯常亮
绩
效
指
标
{head}
{indicators}
{end}
"""


def said(*pages: str) -> Performance:
    lines = paragraphs("\n".join(pages))
    return flowing.read(Reading(reader="text", items=tuple(lines)))


def form(*pages: str) -> ProjectForm:
    (found,) = said(*pages).forms
    return found


def told(one: ProjectForm) -> list[tuple[str, str | None, str, str | None]]:
    return [(i.horizon, i.level2, i.indicator, i.target_text) for i in one.indicators]


SAME = """产出指标
数量指标
养护路灯数量 ≥500盏
数量指标
养护路灯数量 ≥500盏
巡查次数 ≥1000 次 巡查次数 ≥1000次
质量指标 亮灯率 98% 质量指标 亮灯率 98%
成本指标 成本指标
效益指标
社会效益指标
保障市民夜间出行安全便利
程度
保障 社会效益指标
保障市民夜间出
行安全便利程度
保障"""


def test_a_form_with_its_head_and_funds() -> None:
    one = form(page(SAME))
    assert (one.name, one.implementing_unit, one.year) == ("路灯养护", "某市路灯所", 2023)
    assert (one.supervising_department, one.department_code) == ("011-某市城管局", "011")
    assert (one.attribute, one.duration_years, one.pages) == ("经常性", 3, 1)
    assert (one.period.total, one.period.provincial, one.period.municipal) == (
        Decimal(300_000),
        Decimal(20_000),
        Decimal(280_000),
    )
    assert (one.annual.total, one.annual.provincial, one.annual.other) == (
        Decimal(100_000),
        None,
        None,
    )


def test_rows_of_both_horizons_merged_levels_and_wrapped_names() -> None:
    one = form(page(SAME))
    period = [row[1:] for row in told(one) if row[0] == "period"]
    assert period == [
        ("数量指标", "养护路灯数量", "≥500盏"),
        ("数量指标", "巡查次数", "≥1000次"),
        ("质量指标", "亮灯率", "98%"),
        ("社会效益指标", "保障市民夜间出行安全便利程度", "保障"),
    ]
    assert [row[1:] for row in told(one) if row[0] == "annual"] == period
    assert {i.level1 for i in one.indicators} == {"产出指标", "效益指标"}
    first = one.indicators[0]
    assert (first.target.operator, first.target.value, first.target.unit) == (
        "≥",
        Decimal(500),
        "盏",
    )


def test_pages_that_repeat_the_head_are_one_form_until_it_is_signed() -> None:
    more = """绩
效
指
标
满意度指标
服务对象满意
度指标
市民满意度 ≥90%
服务对象满意度
指标
市民满意度 ≥90%"""
    found = said(page(SAME, end=""), page(more), page(SAME), page(SAME, name="绿化养护"))
    assert [(f.name, f.pages, len(f.indicators)) for f in found.forms] == [
        ("路灯养护", 2, 10),
        ("路灯养护", 1, 8),
        ("绿化养护", 1, 8),
    ]
    assert told(found.forms[0])[-1] == ("annual", "服务对象满意度指标", "市民满意度", "≥90%")
    assert found.unread == ()


def test_a_group_that_goes_on_over_the_page_without_naming_its_level_again() -> None:
    first = "产出指标\n数量指标\n修灯数量 9盏\n数量指标\n修灯数量 9盏"
    one = form(page(first, end=""), page("换杆数量 3根 换杆数量 3根"))
    assert told(one)[2:] == [
        ("period", "数量指标", "换杆数量", "3根"),
        ("annual", "数量指标", "换杆数量", "3根"),
    ]


def test_handlers_and_telephones_are_read_nowhere() -> None:
    assert not any(text in repr(said(page(SAME))) for text in ("张三", "13900001111", "20230101"))


def test_horizons_with_different_indicators_are_told_by_the_widths_of_their_columns() -> None:
    widths = """产出指标
数量指标
完成年度路灯设施安全检修
数量
9个
数量指标
完成年度路灯设
施安全检修数量
9个
完成城区主要道路照明改造
数量
8个
完成城区主要道
路照明改造数量
8个
时效指标
检修时间 6月前
时效指标
检修时间 6月前
冬季除雪保障人
员到位时间
12月前"""
    found = told(form(page(widths)))
    assert found[-1] == ("annual", "时效指标", "冬季除雪保障人员到位时间", "12月前")
    assert found[:2] == [
        ("period", "数量指标", "完成年度路灯设施安全检修数量", "9个"),
        ("annual", "数量指标", "完成年度路灯设施安全检修数量", "9个"),
    ]


def test_a_row_of_one_horizon_that_nothing_tells_is_left_out_and_told() -> None:
    text = "产出指标\n质量指标\n亮灯率 98%\n质量指标\n亮灯率 98%\n完好率 95%"
    found = said(page(text))
    assert told(found.forms[0]) == [
        ("period", "质量指标", "亮灯率", "98%"),
        ("annual", "质量指标", "亮灯率", "98%"),
    ]
    (unread,) = found.unread
    assert (unread.reason, unread.count) == ("row_unplaced", 1)
    assert "质量指标" in unread.detail
    assert "完好率" not in unread.detail


def test_a_first_row_that_only_the_second_horizon_has() -> None:
    text = "产出指标\n质量指标 质量指标\n亮灯率 98%"
    (row,) = told(form(page(text)))
    assert row == ("annual", "质量指标", "亮灯率", "98%")


def test_a_first_row_that_only_the_first_horizon_has() -> None:
    text = "效益指标\n经济效益指标 节约电费 减少 经济效益指标\n社会效益指标 社会效益指标"
    assert told(form(page(text))) == [("period", "经济效益指标", "节约电费", "减少")]


def test_a_name_of_which_characters_are_lost_is_told_and_not_read() -> None:
    text = """产出指标
质量指标 养护 路灯率 98% 质量指标 养护 路灯率 98%
时效指标 完工期限 6月 时效指标 完工期限 6月"""
    found = said(page(text))
    assert {row[1] for row in told(found.forms[0])} == {"时效指标"}
    assert {one.reason for one in found.unread} == {"text_damaged"}


def test_a_group_that_no_way_of_reading_fits_is_told_and_not_read() -> None:
    found = said(page("产出指标\n数量指标\n数量指标\n" + "路灯\n" * 40))
    assert found.forms[0].indicators == ()
    assert [one.reason for one in found.unread] == ["row_unplaced"]


def test_a_damaged_project_name_says_so() -> None:
    assert form(page(SAME, name="智 路 灯  系统")).name_damaged
    assert not form(page(SAME, name="2023年 LED 路灯 (二期)")).name_damaged


def test_a_form_of_one_horizon() -> None:
    text = "产出指标\n数量指标\n修灯数量 ≥10盏\n换杆数量\n≥2根\n质量指标 合格率 100%"
    head = "一级指标 二级指标 三级指标 指标值"
    assert told(form(page(text, head=head))) == [
        ("annual", "数量指标", "修灯数量", "≥10盏"),
        ("annual", "数量指标", "换杆数量", "≥2根"),
        ("annual", "质量指标", "合格率", "100%"),
    ]


def test_a_header_with_a_column_no_row_is_read_by_is_refused() -> None:
    found = said(page(SAME, head=f"{HEADER} 分值"))
    assert found.forms[0].indicators == ()
    assert [one.reason for one in found.unread] == ["header_unknown"]


def test_text_under_no_level_is_told() -> None:
    found = said(page("修灯数量 ≥10盏\n产出指标\n质量指标 合格率 100% 质量指标 合格率 100%"))
    assert len(found.forms[0].indicators) == 2
    assert [one.reason for one in found.unread] == ["row_unplaced"]


def test_funds_without_a_unit_of_money_are_refused() -> None:
    found = said(page(SAME).replace("（元）", ""))
    assert found.forms[0].annual.total is None
    assert [one.reason for one in found.unread] == ["unit_unknown"]


def test_funds_in_ten_thousands() -> None:
    assert form(page(SAME).replace("（元）", "（万元）")).annual.total == Decimal(1_000_000_000)


def test_an_amount_that_is_no_figure_is_told() -> None:
    found = said(page(SAME).replace("280,000", "28O,000"))
    assert found.forms[0].period.municipal is None
    assert [one.reason for one in found.unread] == ["cell_unparsed"]


def test_a_target_that_stands_twice_on_the_paper_is_kept() -> None:
    text = "效益指标\n社会效益指标 便民程度 便捷便捷 社会效益指标 便民程度 便捷便捷"
    assert {row[3] for row in told(form(page(text)))} == {"便捷便捷"}


def test_a_target_that_stands_twice_because_the_page_is_bold_is_not() -> None:
    text = (
        "效益指标效益指标\n社会效益指标社会效益指标 便民程度便民程度 便捷便捷 "
        "社会效益指标社会效益指标 便民程度便民程度 便捷便捷"
    )
    assert {row[2:] for row in told(form(page(text)))} == {("便民程度", "便捷")}


def test_prose_that_names_a_project_is_no_form() -> None:
    prose = "项目名称：路灯养护，项目单位：某市路灯所。\n本年完成了养护。\n预算 1,000.00 元\n"
    assert said(prose) == Performance()


def test_the_next_section_ends_a_form_that_is_not_signed() -> None:
    text = page(SAME, end="十一、其他说明\n产出指标 数量指标 车辆数量 3辆 数量指标 车辆数量 3辆")
    assert len(form(text).indicators) == 8
