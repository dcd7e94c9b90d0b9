"""What each printed row is: role, kind, parent, for every row scheme; and rows without a place."""

from __future__ import annotations

import pytest

from pipeline.forms.statement import Line
from tests.unit.forms.printed import CAPTION, document, lines, rejection, statement, table

DEPARTMENT = "某市某局2026年度部门预算公开"


def as_read(found: list[Line]) -> list[tuple[object, ...]]:
    """Lines without the place they stand at."""
    return [
        (o.line_no, o.role, o.kind, o.code, o.label, o.parent, [f.text for f in o.figures])
        for o in found
    ]


def kinds(found: list[Line]) -> dict[str | None, str]:
    """Label to kind."""
    return {one.label: one.kind for one in found}


def refused(statement_id: str, rows: str, cover: str = DEPARTMENT) -> tuple[str, str]:
    """Why a table with these rows is rejected; a sound table beside it stands."""
    sound = table("three_public", "公务接待费|1.00|1.00||\n合计|1.00|1.00||")
    other = table(statement_id, rows)
    return rejection(document(other, sound, cover=cover), statement_id)


# Rows named by label: summaries

SUMMARY = """
一、一般公共预算|70.00|一、一般公共服务支出|60.00|50.00|10.00
二、政府性基金预算||八、社会保障和就业支出|30.00|30.00|
三、国有资本经营预算||||
四、财政专户管理资金|10.00|二十、住房保障支出|||
五、单位资金|||||
本年收入合计|80.00|本年支出合计|90.00|80.00|10.00
上年结转|10.00|年终结转|||
收入总计|90.00|支出总计|90.00|80.00|10.00
"""


def test_a_summary() -> None:
    found = lines("summary", SUMMARY)
    revenue = [one for one in found if one.side == "revenue"]
    expenditure = [one for one in found if one.side == "expenditure"]
    assert [(one.role, one.item, one.kind) for one in revenue] == [
        ("fund", "general_public_budget", "item"),
        ("fund", "government_fund", "item"),
        ("fund", "state_capital", "item"),
        ("fund", "fiscal_special_account", "item"),
        ("fund", "unit_funds", "item"),
        ("this_year", None, "subtotal"),
        ("opening", None, "balance"),
        ("grand_total", None, "total"),
    ]
    assert [(one.role, one.item, one.kind) for one in expenditure] == [
        ("class", "201", "item"),
        ("class", "208", "item"),
        ("class", "221", "item"),
        ("this_year", None, "subtotal"),
        ("closing", None, "balance"),
        ("grand_total", None, "total"),
    ]
    assert [f.text for f in expenditure[0].figures] == ["60.00", "50.00", "10.00"]
    assert [f.measure for f in expenditure[0].figures] == ["total", "current_year", "carried_over"]


def test_labels_are_released_as_printed_and_blank_cells_have_no_figure() -> None:
    found = lines("summary", "一、 一般公共\u3000预算|1.00|八、社会保障/n和就业支出|||")
    assert [one.label for one in found] == ["一、一般公共预算", "八、社会保障和就业支出"]
    assert [len(one.figures) for one in found] == [1, 0]


@pytest.mark.parametrize(
    ("label", "item"),
    [
        ("一般公共服务支出", "201"),
        ("（八）社会保障和就业支出", "208"),
        ("二十九、债务发行费用支出", "233"),
        ("九十九、从未见过的支出", None),
    ],
)
def test_a_class_is_known_by_its_name_not_by_its_ordinal(label: str, item: str | None) -> None:
    (found,) = lines("summary", f"||{label}|1.00|1.00|")
    assert (found.role, found.item) == ("class", item)


FISCAL_SUMMARY = """
一、一般公共预算|70.00|一、一般公共服务支出|80.00|80.00||
二、政府性基金预算||||||
本年收入合计|70.00|本年支出合计|80.00|80.00||
上年财政拨款结转|10.00|年终结转||||
一、一般公共预算|10.00|||||
二、政府性基金预算||||||
收入总计|80.00|支出总计|80.00|80.00||
"""


def test_a_fund_printed_twice_is_this_years_first_and_carried_over_then() -> None:
    found = [one for one in lines("fiscal_summary", FISCAL_SUMMARY) if one.side == "revenue"]
    assert [(one.role, one.item, one.occurrence) for one in found] == [
        ("fund", "general_public_budget", 1),
        ("fund", "government_fund", 1),
        ("this_year", None, 1),
        ("opening", None, 1),
        ("opening_part", "general_public_budget", 2),
        ("opening_part", "government_fund", 2),
        ("grand_total", None, 1),
    ]


def test_a_balance_with_parts_is_counted_once() -> None:
    """The parts are the balance then, and the row above them a subtotal."""
    found = [one for one in lines("fiscal_summary", FISCAL_SUMMARY) if one.side == "revenue"]
    assert [one.kind for one in found] == [
        "item",
        "item",
        "subtotal",
        "subtotal",
        "balance",
        "balance",
        "total",
    ]
    assert found[4].parent == found[3].line_no


def test_a_balance_without_figures_below_it_stays_one() -> None:
    rows = "上年财政拨款结转|10.00|||||\n一、一般公共预算||||||"
    assert [one.kind for one in lines("fiscal_summary", rows)] == ["balance", "balance"]


def test_a_summary_row_no_form_declares_is_named() -> None:
    reason, detail = refused("summary", "六、从未见过的资金|5.00|||")
    assert reason == "row_unplaced"
    assert "row 1 '六、从未见过的资金': its label is none that the form declares" in detail


def test_without_figures_it_is_kept_and_harmless() -> None:
    found = lines("summary", "一、一般公共预算|5.00|||\n六、从未见过的资金||||")
    assert [(one.role, one.kind) for one in found] == [("fund", "item"), ("other", "item")]


# The three public expenses

THREE_PUBLIC = """
因公出国（境）费|||
公务接待费|1.00|1.00|
公务用车购置及运行费|5.00|5.00|
①公务用车购置费|3.00|3.00|
②公务用车运行维护费|2.00|2.00|
合计|6.00|6.00|
"""


@pytest.mark.parametrize(
    "rows",
    [
        THREE_PUBLIC,
        THREE_PUBLIC.replace("（境）", "(境)").replace("①", "其中：1.").replace("②", "（二）"),
        "\n".join([THREE_PUBLIC.strip().split("\n")[-1], *THREE_PUBLIC.strip().split("\n")[:-1]]),
    ],
    ids=["as printed", "other enumerators", "total first"],
)
def test_the_three_public_expenses(rows: str) -> None:
    found = {one.item or one.role: one for one in lines("three_public", rows)}
    assert found["total"].kind == "total"
    assert found["vehicles"].kind == "subtotal"
    assert found["vehicle_purchase"].parent == found["vehicles"].line_no
    assert found["vehicle_operation"].parent == found["vehicles"].line_no
    assert found["reception"].kind == "item"
    assert found["vehicle_operation"].kind == "item"


def test_parts_without_figures_leave_the_row_above_an_item() -> None:
    rows = "公务用车购置及运行费|5.00|5.00|\n①公务用车购置费|||\n②公务用车运行维护费|||"
    assert list(kinds(lines("three_public", rows)).values()) == ["item"] * 3


# Rows found by code

CODES = """
合计||30.00|10.00|20.00
201|一般公共服务支出|20.00||20.00
20103|政府办公厅（室）及相关机构事务|20.00||20.00
2010302|一般行政管理事务|20.00||20.00
208|社会保障和就业支出|10.00|10.00|
2080505|机关事业单位基本养老保险缴费支出|10.00|10.00|
"""


def test_codes_and_their_parents() -> None:
    found = lines("expenditure", CODES)
    assert [one.code for one in found] == [
        None, "201", "20103", "2010302", "208", "2080505",
    ]  # fmt: skip
    assert {one.code_system for one in found if one.code} == {"function"}
    assert [one.kind for one in found] == [
        "total", "subtotal", "subtotal", "item", "subtotal", "item",
    ]  # fmt: skip
    assert [one.parent for one in found] == [None, 1, 2, 3, 1, 5]


def test_codes_of_an_income_table_are_revenue_codes() -> None:
    found = lines("fund_revenue", "合计||5.00\n103|非税收入|5.00\n1030148|土地出让收入|5.00")
    assert [(one.code, one.code_system) for one in found[1:]] == [
        ("103", "revenue"),
        ("1030148", "revenue"),
    ]
    assert found[0].code_system is None


@pytest.mark.parametrize("total", ["合计", "合  计", "总计", "部门合计"])
@pytest.mark.parametrize("row", ["{}||30.00|10.00|20.00", "|{}|30.00|10.00|20.00"])
@pytest.mark.parametrize("last", [False, True])
def test_a_total_stands_in_either_column_first_or_last(total: str, row: str, last: bool) -> None:
    body = CODES.strip().split("\n")[1:]
    printed = row.format(total)
    found = lines("expenditure", "\n".join([*body, printed] if last else [printed, *body]))
    (one,) = (one for one in found if one.role == "total")
    assert (one.kind, one.code, one.label) == ("total", None, total.replace(" ", ""))
    assert {o.parent for o in found if o.code in ("201", "208")} == {one.line_no}


@pytest.mark.parametrize("merged", ["合计|<|30.00|10.00|20.00", "合计|<|30.00||"])
def test_a_total_merged_over_code_and_name(merged: str) -> None:
    found = lines("expenditure", f"{merged}\n201|一般公共服务支出|30.00|10.00|20.00")
    assert (found[0].role, found[0].label) == ("total", "合计")


@pytest.mark.parametrize("code", ["201 03 02", "2010302 ", "\u30002010302", "201/n0302"])
def test_blanks_inside_a_code_are_no_part_of_it(code: str) -> None:
    (found,) = lines("expenditure", f"{code}|一般行政管理事务|1.00||1.00")
    assert found.code == "2010302"


def test_a_code_printed_twice_is_counted() -> None:
    found = lines("expenditure", "201|甲|1.00||\n201|乙|2.00||\n20103|丙|2.00||")
    assert [one.occurrence for one in found] == [1, 2, 1]
    assert found[2].parent == 1


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("2010|一般|1.00||", "一般"),
        ("20103020|一般|1.00||", "一般"),
        ("类201|一般|1.00||", "一般"),
        ("201.0|一般|1.00||", "一般"),
        ("201一般公共服务支出||1.00||", "201一般公共服务支出"),
        ("|一般公共服务支出|1.00||", "一般公共服务支出"),
        ("||1.00||", "(no label)"),
        ("合计|某市某局|1.00||", "某市某局"),
    ],
)
def test_a_row_that_is_neither_code_nor_total_is_named(row: str, named: str) -> None:
    reason, detail = refused("expenditure", f"合计||1.00||\n{row}")
    assert reason == "row_unplaced"
    assert f"row 2 {named!r}: neither a 3-, 5- or 7-digit code nor a total" in detail


@pytest.mark.parametrize("code", ["２０１", "٢٠١"])
def test_a_code_in_other_digits_is_no_code(code: str) -> None:
    reason, detail = refused("expenditure", f"201|甲|1.00||\n{code}|乙|1.00||")
    assert reason == "row_unplaced"
    assert "row 2 '乙': neither a 3-, 5- or 7-digit code nor a total" in detail


def test_the_rest_of_a_label_cut_by_the_page_break_is_joined() -> None:
    rows = "20103|政府办公厅（室）|1.00||\n~~~\n|及相关机构事务|||\n2010302|一般|1.00||"
    found = lines("expenditure", rows)
    assert [one.label for one in found] == ["政府办公厅（室）及相关机构事务", "一般"]


def test_a_lone_label_elsewhere_is_no_rest() -> None:
    found = lines("expenditure", "20103|政府办公厅|1.00||\n|其中：|||\n2010302|一般|1.00||")
    assert [(one.label, one.role) for one in found][:2] == [
        ("政府办公厅", "code"),
        ("其中：", "other"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("信息系统（运行", "维护）", "信息系统（运行维护）"),
        (
            "某市公共资源交易中心（某市",
            "政府采购中心）",
            "某市公共资源交易中心（某市政府采购中心）",
        ),
    ],
)
def test_a_name_cut_inside_its_brackets_is_joined(first: str, second: str, whole: str) -> None:
    found = lines("projects", f"合计|1.00|1.00||||\n{first}|1.00|1.00||||\n~~~\n{second}||||||")
    assert [one.label for one in found] == ["合计", whole]


@pytest.mark.parametrize(
    ("statement_id", "above", "below"),
    [
        ("operating_cost", "部门合计|1.00|1.00||\n某市公共资源|1.00|1.00||", "交易中心||||"),
        ("operating_cost", "部门合计|1.00|1.00||\n某市某局|1.00|1.00||", "某市某队||||"),
        (
            "general_basic_economic",
            "合计||1.00||1.00\n商品和服务支出||1.00||1.00\n办公费|办公经费|1.00||1.00",
            "印刷费|办公经费|||",
        ),
        ("projects", "合计|1.00|1.00||||\n信息系统|1.00|1.00||||", "运行维护||||||"),
        ("projects", "合计|1.00|1.00||||\n信息化|1.00|1.00||||", "培训||||||"),
    ],
)
def test_a_name_alone_on_top_of_a_page_may_be_a_row_or_a_rest(
    statement_id: str, above: str, below: str
) -> None:
    """Nothing tells which: it must neither lengthen a name nor become a row."""
    reason, detail = refused(statement_id, f"{above}\n~~~\n{below}")
    assert reason == "row_unplaced"
    assert "it may be a row or the rest of the name above" in detail


def test_a_name_with_figures_on_top_of_a_page_is_a_row() -> None:
    rows = "合计|2.00|2.00||||\n信息系统|1.00|1.00||||\n~~~\n运行维护|1.00|1.00||||"
    assert [one.label for one in lines("projects", rows)] == ["合计", "信息系统", "运行维护"]


@pytest.mark.parametrize("label", ["经办人员补助", "填报人员培训", "联系人制度"])
def test_a_project_named_like_a_signature_is_not_left_out(label: str) -> None:
    rows = f"合计|3.00|3.00||||\n信息化|1.00|1.00||||\n{label}|2.00|2.00||||"
    assert [one.label for one in lines("projects", rows)] == ["合计", "信息化", label]


@pytest.mark.parametrize("label", ["负责人：某某", "经办人 某某", "制表人某某某"])
def test_a_signature_below_the_table_is_left_out(label: str) -> None:
    rows = f"合计|1.00|1.00||||\n信息化|1.00|1.00||||\n{label}||联系电话：||||"
    assert [one.label for one in lines("projects", rows)] == ["合计", "信息化"]


# Both sides with codes

BOTH = """
国有资本经营预算收入|||国有资本经营预算支出||||
项目||国有资本经营收入预算|科目编码|科目名称|合计|基本支出|项目支出
收入科目编码|科目名称||||||
"""
STATE_CAPITAL = "2026年国有资本经营预算收支预算表（不含上年结转）\n" + CAPTION + BOTH


def test_codes_on_both_sides() -> None:
    rows = "合计||8.00|合计||8.00||8.00\n103|非税收入|8.00|223|国有资本经营预算支出|8.00||8.00"
    found = statement(document(STATE_CAPITAL + rows), "state_capital").lines
    assert [(one.side, one.code, one.code_system, one.role) for one in found] == [
        ("revenue", None, None, "total"),
        ("revenue", "103", "revenue", "code"),
        ("expenditure", None, None, "total"),
        ("expenditure", "223", "function", "code"),
    ]


def test_one_total_for_both_sides() -> None:
    """合计 is printed once, on the left; the figures on the right of it are a total too."""
    rows = "合计||8.00|||8.00||8.00\n103|非税收入|8.00|223|国有资本经营预算支出|8.00||8.00"
    found = statement(document(STATE_CAPITAL + rows), "state_capital").lines
    assert [(one.side, one.role, one.label) for one in found if one.role == "total"] == [
        ("revenue", "total", "合计"),
        ("expenditure", "total", None),
    ]


# Economic items by name

ECONOMIC = """
合计||40.00|30.00|10.00
工资福利支出||20.00|20.00|
基本工资|工资奖金津补贴|12.00|12.00|
基本工资|工资福利支出|8.00|8.00|
商品和服务支出||10.00||10.00
办公费|办公经费|10.00||10.00
对个人和家庭的补助||10.00|10.00|
退休费|离退休费|10.00|10.00|
"""


@pytest.mark.parametrize("last", [False, True])
def test_economic_classes_and_items(last: bool) -> None:
    rows = ECONOMIC.strip().split("\n")
    found = lines("general_basic_economic", "\n".join([*rows[1:], rows[0]] if last else rows))
    body = [one for one in found if one.role != "total"]
    assert [(one.role, one.item, one.kind) for one in body] == [
        ("economic_class", "301", "subtotal"),
        ("economic_item", "30101", "item"),
        ("economic_item", "30101", "item"),
        ("economic_class", "302", "subtotal"),
        ("economic_item", "30201", "item"),
        ("economic_class", "303", "subtotal"),
        ("economic_item", "30302", "item"),
    ]
    assert [one.occurrence for one in body[1:3]] == [1, 2]
    assert [one.government_item for one in body[1:3]] == ["工资奖金津补贴", "工资福利支出"]
    assert body[1].parent == body[0].line_no
    assert next(one for one in found if one.role == "total").kind == "total"


def test_an_economic_name_no_list_knows_has_no_code_and_stays() -> None:
    rows = "合计||1.00|1.00|\n工资福利支出||1.00|1.00|\n从未见过|工资福利支出|1.00|1.00|"
    assert lines("general_basic_economic", rows)[2].item is None


def test_an_item_whose_government_item_is_blank_is_no_class() -> None:
    rows = (
        "合计||30.00|30.00|\n工资福利支出||30.00|30.00|\n基本工资||12.00|12.00|\n"
        "津贴补贴|工资奖金津补贴|18.00|18.00|"
    )
    found = lines("general_basic_economic", rows)
    assert [one.kind for one in found] == ["total", "subtotal", "item", "item"]


def test_an_economic_row_without_a_name_is_rejected() -> None:
    reason, detail = refused("general_basic_economic", "合计||1.00|1.00|\n|办公经费|1.00||1.00")
    assert reason == "row_unplaced"
    assert "row 2 '(no label)': an economic item has a name" in detail


# Units


def test_units_under_their_total() -> None:
    found = lines("operating_cost", "部门合计|3.00|3.00||\n某市某局|2.00|2.00||\n某队|1.00|1.00||")
    assert [(one.role, one.kind, one.parent) for one in found] == [
        ("total", "total", None),
        ("unit", "item", 1),
        ("unit", "item", 1),
    ]


def test_a_unit_without_a_name_is_rejected() -> None:
    reason, detail = refused("operating_cost", "部门合计|3.00|3.00||\n|3.00|3.00||")
    assert (reason, "a unit has a name" in detail) == ("row_unplaced", True)


# Projects

PROJECTS = "某市某局|9.00|9.00||||\n信息化|4.00|4.00||||\n培训|5.00|5.00||||"


@pytest.mark.parametrize("head", ["某市某局", "合计", "总计", "单位合计", "另一名称"])
def test_the_projects_of_a_unit(head: str) -> None:
    """The first row is the unit's total: named so, named as the unit, or equal to the others."""
    found = lines("projects", PROJECTS.replace("某市某局", head))
    assert [(one.role, one.kind, one.parent) for one in found] == [
        ("total", "total", None),
        ("project", "item", 1),
        ("project", "item", 1),
    ]


def test_projects_know_the_unit_they_stand_under() -> None:
    assert [one.implementing_unit for one in lines("projects", PROJECTS)] == [
        None,
        "某市某局",
        "某市某局",
    ]


def test_below_a_total_that_names_no_unit_nothing_is_guessed() -> None:
    found = lines("projects", PROJECTS.replace("某市某局", "合计"))
    assert {one.implementing_unit for one in found} == {None}


DEEP = """
某市某局|9.00|9.00||||
\u3000某市某局|5.00|5.00||||
\u3000\u3000培训|5.00|5.00||||
\u3000某市某中心|4.00|4.00||||
\u3000\u3000培训|3.00|3.00||||
\u3000\u3000信息化|1.00|1.00||||
"""
#: the same rows, their levels shown by nothing but their sums
FLAT = DEEP.replace("\u3000", "")
LEVELS = [
    ("total", "total", None, None),
    ("unit", "subtotal", None, 1),
    ("project", "item", "某市某局", 2),
    ("unit", "subtotal", None, 1),
    ("project", "item", "某市某中心", 4),
    ("project", "item", "某市某中心", 4),
]


@pytest.mark.parametrize("rows", [DEEP, FLAT], ids=["indented", "flat"])
def test_the_projects_of_a_department(rows: str) -> None:
    found = lines("projects", rows, cover=DEPARTMENT)
    assert [(o.role, o.kind, o.implementing_unit, o.parent) for o in found] == LEVELS
    assert [one.occurrence for one in found if one.label in ("某市某局", "培训")] == [1, 2, 1, 2]


def test_a_project_without_a_name_is_rejected() -> None:
    reason, detail = refused("projects", "合计|9.00|9.00||||\n|9.00|9.00||||")
    assert (reason, "a project has a name" in detail) == ("row_unplaced", True)


def test_a_row_that_lost_its_name_and_moved_left_is_rejected() -> None:
    """`| 9.00 | 9.00` printed one column further left is no project called 9.00."""
    refused("projects", "合计|9.00|9.00||||\n9.00|9.00|||||")


def test_a_total_below_the_projects_is_a_total() -> None:
    found = lines("projects", "信息化|4.00|4.00||||\n培训|5.00|5.00||||\n合计|9.00|9.00||||")
    assert [one.kind for one in found] == ["item", "item", "total"]


def test_total_unit_and_projects_of_a_unit_are_three_levels() -> None:
    found = lines("projects", "合计|9.00|9.00||||\n" + PROJECTS)
    assert [one.kind for one in found] == ["total", "subtotal", "item", "item"]


# Rows that are no rows


@pytest.mark.parametrize(
    "extra",
    ["||||", "1|2|3|4|5", "|||1|2", "栏次||1|2|3", "注：本表含上年结转||||", "备注：无|x|||"],
)
@pytest.mark.parametrize("at", [0, 3, 6])
def test_index_rows_blank_rows_and_notes_are_left_out(extra: str, at: int) -> None:
    rows = CODES.strip().split("\n")
    rows.insert(at, extra)
    found = lines("expenditure", "\n".join(rows))
    assert as_read(found) == as_read(lines("expenditure", CODES))


@pytest.mark.parametrize("label", ["说明：运维费", "注：运维费", "备注1.运维费"])
@pytest.mark.parametrize(
    "figure",
    [
        "2.00",
        pytest.param(
            "(2.00)",
        ),
    ],
)
def test_a_note_with_figures_is_not_left_out_quietly(label: str, figure: str) -> None:
    rows = f"合计|3.00|3.00||||\n甲|1.00|1.00||||\n{label}|{figure}|{figure}||||"
    reason, _ = refused("projects", rows)
    assert reason == "row_unplaced"


def test_a_header_repeated_after_a_page_break_is_left_out() -> None:
    head = "项目||2026年预算数||\n科目编码|科目名称|合计|基本支出|项目支出"
    rows = CODES.strip().split("\n")
    broken = "\n".join([*rows[:3], "~~~", head, "1|2|3|4|5", *rows[3:]])
    assert as_read(lines("expenditure", broken)) == as_read(lines("expenditure", CODES))


def test_a_header_repeated_elsewhere_is_no_header() -> None:
    head = "科目编码|科目名称|合计|基本支出|项目支出"
    rows = CODES.strip().split("\n")
    reason, detail = refused("expenditure", "\n".join([*rows[:3], head, *rows[3:]]))
    assert reason == "cell_unparsed"
    assert "row 4, column total: '合计' is not a printed number" in detail


def test_rows_are_numbered_as_printed() -> None:
    found = lines("expenditure", CODES.replace("\n208", "\n||||\n注：x||||\n208"))
    assert [one.line_no for one in found] == [1, 2, 3, 4, 5, 6]


# Cells that are no figures


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("3334. 01", "3334.01"),
        ("-5E-17", "-5E-17"),
        ("12.50/n6.30", "12.506.30"),
        ("一般", "一般"),
        ("１２", "１２"),
    ],
)
def test_a_cell_that_is_no_number_rejects_the_table_and_is_shown(cell: str, shown: str) -> None:
    reason, detail = refused("expenditure", f"合计||1.00||\n201|甲|1.00|{cell}|")
    assert reason == "cell_unparsed"
    assert f"row 2, column basic: {shown!r} is not a printed number" in detail


def test_a_long_cell_is_cut_in_the_message() -> None:
    _, detail = refused("expenditure", f"合计||{'长' * 60}||")
    assert repr("长" * 24 + "…") in detail


def test_a_figure_over_several_columns_belongs_to_none() -> None:
    reason, detail = refused("expenditure", "合计||1.00|<|1.00\n201|甲|1.00||1.00")
    assert (reason, "stands over several columns" in detail) == ("row_unplaced", True)


def test_an_overlong_label_is_no_label() -> None:
    reason, detail = refused("expenditure", f"合计||1.00||\n201|{'长' * 301}|1.00||")
    assert (reason, "row 2: a label of more than 300 characters" in detail) == (
        "row_unplaced",
        True,
    )


def test_dashes_hold_no_figure_and_zero_does() -> None:
    (found,) = lines("expenditure", "201|甲|1.00|—|0")
    assert [(f.measure, f.text) for f in found.figures] == [("total", "1.00"), ("project", "0")]


def test_a_figure_keeps_its_print() -> None:
    (found,) = lines("expenditure", "201|甲| 1,504.31 |(1.00)|1504./n31")
    assert [f.text for f in found.figures] == ["1,504.31", "(1.00)", "1504.31"]
