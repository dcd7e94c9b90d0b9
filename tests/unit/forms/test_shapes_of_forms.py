"""Shapes that the forms of some provinces have: rows named by several cells, lists side by side.

Each test prints a small table of its own and says which amounts it must give.
"""

from __future__ import annotations

from textwrap import dedent

import pytest

from pipeline.documents.document import Refusal
from pipeline.forms.disclosure import Disclosure
from pipeline.forms.recognise import recognise
from tests.unit.forms.printed import reading, rejection, statement

BUDGET = "某市某局2019年度部门预算公开\n"
ACCOUNT = "某市某局\n2024年度部门决算\n"
CAPTION = "部门：某市某局 单位：万元\n"

Amount = tuple[str | None, str | None, str | None, str | None, str, str]


def printed(text: str, cover: str = BUDGET) -> Disclosure:
    """What is recognised in a document of one table."""
    return recognise(reading(cover + dedent(text).strip("\n")))


def amounts(found: Disclosure, statement_id: str) -> list[Amount]:
    """side, code, path, label, measure and text of every figure."""
    return [
        (one.side, one.code, one.label_path, one.label, figure.measure, figure.figure)
        for one in statement(found, statement_id).lines
        for figure in one.figures
    ]


THREE_BLOCKS = """
    收支预算总表
    {caption}
    收入|<|支出|<|<|<
    项目名称|金额|功能分类|<|支出用途|<
    ^|^|功能科目名称|金额|项目名称|金额
    一、财政拨款|90.00|一、一般公共服务支出|80.00|一、基本支出|60.00
    1.一般公共预算|90.00|二、外交支出||二、项目支出|40.00
    三、其他资金|10.00|十八、住房保障支出|20.00||
    当年收入小计|100.00|当年支出小计|<|<|100.00
    收入合计|100.00|支出合计|<|<|100.00
"""


def test_a_label_over_two_blocks_has_a_side_of_its_own() -> None:
    found = amounts(printed(THREE_BLOCKS.format(caption=CAPTION.strip())), "summary")
    assert ("expenditure", None, None, "当年支出小计", "amount", "100.00") in found
    assert ("expenditure", None, None, "支出合计", "amount", "100.00") in found
    assert ("expenditure_purpose", None, None, "二、项目支出", "amount", "40.00") in found
    assert ("expenditure_function", None, None, "十八、住房保障支出", "amount", "20.00") in found
    assert len(found) == 11


def test_a_text_grid_tells_such_a_label_by_its_words() -> None:
    spread = THREE_BLOCKS.format(caption=CAPTION.strip()).replace("<", "").replace("^", "")
    whole = amounts(printed(THREE_BLOCKS.format(caption=CAPTION.strip())), "summary")
    assert amounts(printed(spread), "summary") == whole


def test_fund_groups_are_the_parents_of_their_funds() -> None:
    one = statement(printed(THREE_BLOCKS.format(caption=CAPTION.strip())), "summary")
    group, fund = (line for line in one.lines[:2])
    assert (group.role, group.item) == ("fund_group", "fiscal_appropriation")
    assert group.kind == "subtotal"
    assert (fund.role, fund.item, fund.parent) == ("fund", "general_public_budget", group.line_no)


def test_a_row_named_by_two_cells_keeps_the_group_as_its_path() -> None:
    found = printed(
        f"""
        收入预算总表
        {CAPTION.strip()}
        项目名称||金额
        收入总计|<|100.00
        一般公共预算资金|小计|90.00
        ^|专项收入|5.00
        其他资金|小计|10.00
        """
    )
    assert amounts(found, "revenue") == [
        (None, None, None, "收入总计", "amount", "100.00"),
        (None, None, "一般公共预算资金", "小计", "amount", "90.00"),
        (None, None, "一般公共预算资金", "专项收入", "amount", "5.00"),
        (None, None, "其他资金", "小计", "amount", "10.00"),
    ]
    total, group, item, other = statement(found, "revenue").lines
    assert (total.kind, group.kind, item.kind, other.kind) == ("total", "subtotal", "item", "item")
    assert (group.parent, item.parent) == (total.line_no, group.line_no)
    assert (group.item, other.item) == ("general_public_budget", "unit_funds")
    assert other.occurrence == 1


PROCUREMENT = """
    2019年政府采购预算表
    {caption}
    采购品目大类|专项名称|经济科目|采购物品名称|采购组织形式|总计
    合计|||||70.00
    一、货物A|||||50.00
    |办公费|办公设备购置|||50.00
    |||家具|分散|20.00
    |||电脑|集中|30.00
    三、服务C|||||20.00
    |会议|会议费|||20.00
"""


def test_a_purchase_is_named_by_its_deepest_cell() -> None:
    found = printed(PROCUREMENT.format(caption=CAPTION.strip()))
    assert [(path, label) for _, _, path, label, _, _ in amounts(found, "procurement")] == [
        (None, "合计"),
        (None, "一、货物A"),
        ("一、货物A/办公费", "办公设备购置"),
        ("一、货物A/办公费/办公设备购置/分散", "家具"),
        ("一、货物A/办公费/办公设备购置/集中", "电脑"),
        (None, "三、服务C"),
        ("三、服务C/会议", "会议费"),
    ]
    kinds = [one.kind for one in statement(found, "procurement").lines]
    assert kinds == ["total", "subtotal", "subtotal", "item", "item", "subtotal", "item"]


def test_a_purchase_without_any_name_is_refused() -> None:
    nameless = PROCUREMENT.format(caption=CAPTION.strip()) + "    |||||9.00\n"
    # A table that is refused leaves none in this document.
    with pytest.raises(Exception, match="nothing names the row"):
        printed(nameless)


ACROSS = """
    “三公”经费、会议费、培训费支出预算表
    {caption}
    合计|“三公”经费|<|<|<|<|<|会议费|培训费
    ^|小计|因公出国/n（境）费|公务用车购置及运行维护费|<|<|公务接待费|^|^
    ^|^|^|小计|公务用车购置费|公务用车运行维护费|^|^|^
    9.00|6.00|1.00|3.00||3.00|2.00|2.00|1.00
"""


def test_items_across_the_columns_are_named_by_their_lowest_header() -> None:
    found = printed(ACROSS.format(caption=CAPTION.strip()))
    assert [(a[3], a[5]) for a in amounts(found, "three_public")] == [
        ("合计", "9.00"),
        ("“三公”经费小计", "6.00"),
        ("因公出国（境）费", "1.00"),
        ("公务用车购置及运行维护费小计", "3.00"),
        ("公务用车运行维护费", "3.00"),
        ("公务接待费", "2.00"),
        ("会议费", "2.00"),
        ("培训费", "1.00"),
    ]
    lines = {one.item: one for one in statement(found, "three_public").lines}
    assert lines["vehicles"].parent == lines["three_public"].line_no
    assert (lines["total"].kind, lines["vehicles"].kind) == ("total", "subtotal")


def test_a_second_row_of_figures_under_items_across_is_refused() -> None:
    twice = ACROSS.format(caption=CAPTION.strip()) + "    8.00|6.00|||||||\n"
    with pytest.raises(Exception, match="2 rows of figures"):
        printed(twice)


def test_one_row_of_figures_without_a_name_has_no_label() -> None:
    found = printed(
        f"""
        支出预算总表
        {CAPTION.strip()}
        合计|基本支出|项目支出|单位预留机动经费|结转下年资金
        10.00|6.00|3.00|1.00|
        """
    )
    assert amounts(found, "expenditure") == [
        (None, None, None, None, measure, text)
        for measure, text in (
            ("total", "10.00"),
            ("basic", "6.00"),
            ("project", "3.00"),
            ("reserve", "1.00"),
        )
    ]


CODES_IN_COLUMNS = """
    {title}
    编制部门：某市某局 单位：元
    项目|<|<|<|支出预算|<|<
    功能分类科目编码|<|<|功能分类科目名称|合计|基本支出|项目支出
    类|款|项|^|^|^|^
    201|||一般公共服务支出|30|10|20
    201|6||财政事务|30|10|20
    201|06|1|行政运行|30|10|20
    合计|<|<|<|30|10|20
"""


def test_the_parts_of_a_code_are_joined_and_their_zeros_given_back() -> None:
    found = printed(CODES_IN_COLUMNS.format(title="2025年部门支出预算总表"), cover="")
    assert [a[1] for a in amounts(found, "expenditure")[::3]] == ["201", "20106", "2010601", None]
    assert {one.role for one in statement(found, "expenditure").lines} == {"code", "total"}


def test_the_total_may_stand_beside_the_last_words_of_the_header() -> None:
    found = printed(
        """
        支出决算表
        单位：万元
        项目|<|<|<|本年支出合计|基本支出|项目支出|上缴上级支出|经营支出|对附属单位补助支出
        支出功能分类科目编码|<|<|科目名称|^|^|^|^|^|^
        类|款|项|合计|30.00|10.00|20.00|||
        201|||一般公共服务支出|30.00|10.00|20.00|||
        """,
        cover=ACCOUNT,
    )
    assert amounts(found, "expenditure")[0] == (None, None, None, "合计", "total", "30.00")
    assert statement(found, "expenditure").lines[0].line_no == 1


TWO_LISTS = """
    一般公共预算财政拨款基本支出决算表
    单位：万元
    经济分类科目编码|科目名称|决算数|经济分类科目编码|科目名称|决算数
    301|工资福利支出|5.00|302|商品和服务支出|3.00
    30101|基本工资|5.00|30201|办公费|3.00
    人员经费合计|<|5.00|公用经费合计|<|3.00
"""


def test_lists_side_by_side_are_read_one_after_the_other() -> None:
    found = printed(TWO_LISTS, cover=ACCOUNT)
    assert [(a[0], a[1], a[3]) for a in amounts(found, "general_basic_economic")] == [
        (None, "301", "工资福利支出"),
        (None, "30101", "基本工资"),
        (None, None, "人员经费合计"),
        (None, "302", "商品和服务支出"),
        (None, "30201", "办公费"),
        (None, None, "公用经费合计"),
    ]
    lines = statement(found, "general_basic_economic").lines
    assert len({one.line_no for one in lines}) == len(lines)
    assert lines[4].parent == lines[3].line_no


def test_budget_and_final_account_side_by_side_are_measures() -> None:
    found = printed(
        """
        财政拨款“三公”经费支出决算表
        单位：万元
        财政拨款“三公”经费|<|<|<|<|<|<|<|<|<|<|<
        合计|<|因公出国（境）费|<|公务用车购置及运行费|<|<|<|<|<|公务接待费|<
        ^|^|^|^|小计|<|公务用车购置费|<|公务用车运行费|<|^|^
        预算数|决算数|预算数|决算数|预算数|决算数|预算数|决算数|预算数|决算数|预算数|决算数
        3.95|2.00||||||| |1.00|0.95|1.00
        """.replace("| |", "||"),
        cover=ACCOUNT,
    )
    assert [a[3:] for a in amounts(found, "three_public")] == [
        ("合计", "budget", "3.95"),
        ("合计", "final", "2.00"),
        ("公务用车运行费", "final", "1.00"),
        ("公务接待费", "budget", "0.95"),
        ("公务接待费", "final", "1.00"),
    ]


def test_row_numbers_are_no_amounts_and_counts_neither() -> None:
    found = printed(
        """
        部门决算公开相关信息统计表
        单位：元
        项目|行次|采购金额
        合计|1|12.00
        货物|2|12.00
        二、机关运行经费||
        项目||统计数
        （一）行政单位|5|7.00
        三、国有资产占用情况||
        （一）车辆数合计（辆）|7|3
        """,
        cover=ACCOUNT,
    )
    assert [(a[3], a[5]) for a in amounts(found, "related_information")] == [
        ("合计", "12.00"),
        ("货物", "12.00"),
        ("（一）行政单位", "7.00"),
    ]


def test_a_table_of_a_sister_family_is_taken_too() -> None:
    own = CODES_IN_COLUMNS.format(title="2025年部门支出预算总表")
    sister = """
    2025年项目支出预算表（本年预算）
    项目名称|合计|一般公共预算|政府性基金预算|国有资本经营预算
    某市某局|9.00|9.00||
    信息化|9.00|9.00||
    """.replace("项目名称", "单位：万元\n    项目名称", 1)
    found = recognise(reading(dedent(own).strip("\n") + "\n" + dedent(sister).strip("\n")))
    assert found.family == "shanghai_budget"
    assert statement(found, "projects").family == "shanxi_budget"
    assert found.coverage["projects"] == "data"


def test_a_name_cut_by_the_page_is_made_whole_where_the_form_knows_it() -> None:
    cut = THREE_BLOCKS.format(caption=CAPTION.strip()).replace(
        "十八、住房保障支出|20.00||", "十八、住房保|20.00||\n    ~~~\n    ||障支出|||"
    )
    found = amounts(printed(cut), "summary")
    assert ("expenditure_function", None, None, "十八、住房保障支出", "amount", "20.00") in found
    assert not [a for a in found if a[3] == "障支出"]


def test_a_document_of_prose_alone_is_part_of_its_disclosure() -> None:
    prose = """
    某市某局2019年度部门预算公开
    第一部分部门概况
    一、主要职能
    第二部分2019年度部门预算表
    一、收支预算总表
    二、收入预算总表
    负责某事。
    第三部分2019年度部门预算情况说明
    某市某局2019年度收入、支出预算总计100.00万元。
    第四部分名词解释
    """
    found = recognise(reading(prose))
    assert (found.unit_name, found.fiscal_year, found.kind) == ("某市某局", 2019, "budget")
    assert found.statements == ()
    assert set(found.coverage.values()) == {"absent"}


def test_lines_of_figures_without_rules_are_no_prose() -> None:
    prose = "某市某局2019年度部门预算公开\n主要职能\n名词解释\n"
    rows = "\n".join(f"一般公共服务支出 {n}.00 {n}.50" for n in range(10, 30))
    with pytest.raises(Exception, match="none of them an official"):
        recognise(reading(prose + rows))


def test_rejections_of_one_table_leave_the_others() -> None:
    good = TWO_LISTS
    bad = """
    收入决算表
    单位：万元
    科目编码|科目名称|本年收入合计|不明栏目
    201|一般公共服务支出|1.00|1.00
    """
    found = recognise(reading(ACCOUNT + dedent(good + bad).strip("\n")))
    assert rejection(found, "revenue")[0] == "header_unknown"
    assert found.coverage["general_basic_economic"] == "data"


def test_a_template_that_nobody_filled_in_is_no_disclosure() -> None:
    empty = TWO_LISTS.replace("5.00", "").replace("3.00", "")
    with pytest.raises(Refusal) as refused:
        recognise(reading("上海市XX局\n2024年度部门决算\n" + dedent(empty).strip("\n")))
    assert refused.value.reason == "empty_template"
    assert statement(printed(empty, cover=ACCOUNT), "general_basic_economic").state == "blank"
