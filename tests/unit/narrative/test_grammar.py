"""Sentences to claims, wording by wording; the sentences and figures are our own."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.narrative.prose import YEAR, read, said

Said = tuple[str, str, str, str | None, str | None]


def amount(subject: str, value: str, direction: str | None = None, unit: str = "万元") -> Said:
    return subject, "amount", value, unit, direction


def test_a_change_after_parts_speaks_of_the_whole() -> None:
    found = read(
        f"{YEAR}年度某局预算收入总计120.00万元，其中：本年收入100.00万元，上年结转20.00万元，"
        "比上年增加20.00万元，增长20.00%，主要原因是人员增加；本年单位预算支出总计120.00万元，"
        "其中：本年预算安排100.00万元，上年结转20.00万元，比上年增加20.00万元，增长20.00%。"
    )
    changes = [(c.subject, c.measure, c.of) for c in found if c.measure.startswith("change")]
    assert changes == [
        ("total_revenue", "change", 1),
        ("total_revenue", "change_rate", 1),
        ("total_expenditure", "change", 6),
        ("total_expenditure", "change_rate", 6),
    ]


def test_a_change_right_after_a_part_speaks_of_the_part() -> None:
    found = read(
        f"{YEAR}年，某局收入预算90.00万元，其中：财政拨款收入80.00万元，比上年预算减少8.00万元；"
        "事业收入10.00万元。",
        section="四、预算编制说明",
    )
    assert [(c.subject, c.measure, c.of) for c in found][2] == ("revenue_fiscal", "change", 2)


def test_shares_are_of_the_declared_whole() -> None:
    found = read(
        f"{YEAR}年度某局支出预算50.00万元，其中：基本支出30.00万元，占60.00%；项目支出20.00万元，"
        "占40.00%。",
        section="三、支出预算情况说明",
    )
    assert [(c.measure, c.of, c.base) for c in found if c.measure == "share"] == [
        ("share", 2, 1),
        ("share", 4, 1),
    ]


def test_a_share_names_its_whole() -> None:
    found = read("因公出国（境）费支出6万元，占“三公”经费的15.00%。", section="九、三公说明")
    assert (found[1].base, found[1].base_subject) == (None, "three_public")


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("财政拨款收支总预算", "fiscal_both"),
        ("财政拨款收、支预算", "fiscal_both"),
        ("收入、支出预算总计", "total_both"),
        ("上年结转资金预算数为", "carried_over"),
        ("财政专户管理资金收入预算总计", "revenue_special_account"),
        ("其他资金", "revenue_unit_funds"),
        ("单位预留机动经费预算数为", "reserve"),
        ("机关运行经费财政拨款预算", "operating_cost"),
        ("政府采购预算总额", "procurement"),
        ("拟采购货物支出", "procurement_goods"),
        ("政府采购工程预算", "procurement_works"),
        ("拟购买服务支出", "procurement_services"),
        ("面向中小企业预留政府采购项目预算金额", "procurement_sme"),
        ("其中，预留给小型和微型企业的政府采购项目预算为", "procurement_micro"),
        ("一般公共服务支出", "expenditure_class"),
        ("一般公共服务（类）支出", "expenditure_class"),
        ("1.甲事务（款）乙运行（项）", "function_item"),
        ("1.“甲支出（类）乙事务（款）丙（项）”", "function_item"),
        ("1.“甲支出-乙事务-丙”科目", "function_item"),
        ("1.甲（201类）乙（20103款）丙（2010301项）2031年预算数为", "function_item"),
        ("本部门2031年收支总预算", "total_both"),
        ("2031年度收、支总计均为", "total_both"),
        ("2031年收入总预算", "total_revenue"),
        ("国有资本经营预算财政拨款支出", "state_capital_expenditure"),
        ("公务用车购置及运行维护费", "vehicles"),
        ("公务用车运行维护费支出", "vehicle_operation"),
        ("公务用车购置费", "vehicle_purchase"),
        ("公务接待费预算支出", "reception"),
        ("（一）人员经费", "personnel"),
        ("日常公用经费", "operations"),
    ],
)
def test_subjects_are_named_in_many_ways(words: str, subject: str) -> None:
    assert said(f"{words}12.30万元。") == [amount(subject, "12.30")]


@pytest.mark.parametrize(
    ("section", "subject"),
    [
        ("二、收入预算情况说明", "revenue_general"),
        ("四、财政拨款收支预算总体情况说明", "fiscal_general"),
    ],
)
def test_the_section_decides_what_a_phrase_means(section: str, subject: str) -> None:
    words = "一般公共预算拨款" if "财政" in section else "一般公共预算拨款收入"
    assert said(f"{words}12万元。", section=section) == [amount(subject, "12")]


@pytest.mark.parametrize(
    "words",
    [
        f"与{YEAR - 1}年预算数相同",
        f"，与{YEAR - 1}年预算持平",
        "，与上年数一致",
        "，与上年预算数相同",
        "。与上年持平",
        f"，比{YEAR - 1}年预算持平",
    ],
)
def test_an_unchanged_amount_is_the_same(words: str) -> None:
    assert said(f"公务接待费0.70万元{words}。") == [amount("reception", "0.70", "same")]


def test_equal_to_the_budget_is_not_equal_to_last_year() -> None:
    found = said("公务接待费支出决算为0.70万元。决算数与预算数基本持平。", kind="final_account")
    assert found == [amount("reception", "0.70")]


def test_last_year_change_and_rate() -> None:
    assert said("机关运行经费预算24.00万元，比2030年预算20.00万元增加4.00万元，增长20.00%。") == [
        amount("operating_cost", "24.00"),
        ("operating_cost", "prior", "20.00", "万元", None),
        ("operating_cost", "change", "4.00", "万元", "up"),
        ("operating_cost", "change_rate", "20.00", "%", "up"),
    ]


def test_execution_of_last_year_and_budget_of_this() -> None:
    found = said(
        "1.“甲支出（类）乙（款）丙（项）”15.00万元，主要用于丙。2030年当年预算执行数为10.00万元，"
        "2031年预算安排15.00万元，比2030年预算执行数增加50.00%。主要原因是：丙增加。",
        section="四、预算编制说明",
    )
    assert [one[:3] for one in found] == [
        ("function_item", "amount", "15.00"),
        ("function_item", "prior", "10.00"),
        ("function_item", "amount", "15.00"),
        ("function_item", "change_rate", "50.00"),
    ]


def test_a_change_may_name_its_own_subject() -> None:
    found = read(
        "2031年度收入总计9.00元、支出总计8.00元。与2030年相比，收入总计增加1.00元，增长12.50%，"
        "支出总计减少2.00元，下降20.00%。",
        kind="final_account",
    )
    assert [(c.subject, c.measure, c.direction, c.of) for c in found][2:] == [
        ("total_revenue", "change", "up", 1),
        ("total_revenue", "change_rate", "up", 1),
        ("total_expenditure", "change", "down", 2),
        ("total_expenditure", "change_rate", "down", 2),
    ]


def test_a_template_left_to_choose_moves_nowhere() -> None:
    assert said("其他资金收入预算总计0万元。与上年相比增加（减少） 0 万元，增长（减少）0 %。") == [
        amount("revenue_unit_funds", "0"),
        ("revenue_unit_funds", "change", "0", "万元", "same"),
        ("revenue_unit_funds", "change_rate", "0", "%", "same"),
    ]


def test_a_verb_with_an_unknown_subject_speaks_of_nothing_before() -> None:
    found = read("基本支出5万元，其中某类补助比上年增加2万元；甲合同金额占乙合同金额的30%。")
    assert [(c.subject, c.of) for c in found[1:]] == [("unrecognised", None)] * 2


def test_what_follows_a_comma_is_no_subject_of_the_change() -> None:
    found = read("人员经费5万元，主要用于基本支出，比上年增加2万元。")
    assert [(c.subject, c.of) for c in found] == [("personnel", None), ("personnel", 1)]


def test_less_than_last_year_is_a_change() -> None:
    found = said("会议费预算支出5万元，本年数小于上年预算数3万元。", section="九、三公说明")
    assert found[1] == ("meetings", "change", "3", "万元", "down")


def test_a_final_account_is_set_against_its_budget() -> None:
    found = said(
        "1、甲支出（类）乙（款）丙（项）。主要用于：丙。年初预算为10.00万元，支出决算为9.00万元，"
        "完成年初预算的90.00%。",
        section="五、一般公共预算财政拨款支出决算情况说明",
        kind="final_account",
    )
    assert [one[:3] for one in found] == [
        ("function_item", "budget", "10.00"),
        ("function_item", "amount", "9.00"),
        ("function_item", "execution_rate", "90.00"),
    ]


def test_a_figure_in_a_cause_is_of_no_line_of_the_books() -> None:
    found = said("项目支出5万元，比上年增加2万元，主要原因是甲专项增加3万元；人员经费4万元。")
    assert found[2] == ("cause", "change", "3", "万元", "up")
    assert found[3] == amount("personnel", "4")


def test_a_cause_goes_on_where_it_enumerates() -> None:
    found = said("项目支出5万元。主要原因一是减少甲1万元；二是减少乙2万元。人员经费3万元。")
    assert [one[0] for one in found[1:]] == ["cause", "cause", "personnel"]


@pytest.mark.parametrize(
    ("cause", "direction"),
    [("人员减少", "down"), ("项目的增加", "up"), ("甲增加、乙减少", None), ("政策调整", None)],
)
def test_the_direction_of_a_cause(cause: str, direction: str | None) -> None:
    found = read(f"基本支出5万元，比上年增加2万元，增长66.67%。主要原因是{cause}。")
    assert {c.cause for c in found if c.measure.startswith("change")} == {direction}


def test_projects_and_their_sums() -> None:
    found = said(
        f"{YEAR}年某局纳入绩效目标管理的二级项目5个，共计金额50.00万元。其中：其他运转类项目2个，"
        "涉及金额20.00万元；特定目标类项目3个，涉及金额30.00万元。公开项目绩效目标5个，"
        "涉及项目金额50.00万元，占部门（单位）项目支出总额的100%。",
        section="十、绩效管理情况",
    )
    assert [(one[0], one[1]) for one in found] == [
        *product(["performance_projects"], ["count", "amount"]),
        *product(["performance_operating"], ["count", "amount"]),
        *product(["performance_specific"], ["count", "amount"]),
        *product(["performance_disclosed"], ["count", "amount", "share"]),
    ]


def test_vehicles_are_parts_of_what_is_held_or_bought() -> None:
    found = read(
        "截至2030年8月31日，某局共有车辆2辆，其中：机要通信用车1辆、其他用车1辆；单价100万元（含）"
        "以上设备（不含车辆）3台（套）。",
        f"{YEAR}年部门预算安排购置车辆1辆，其中：其他用车1辆；部门预算安排购置单价100万元（含）以上设备"
        "（不含车辆）0台（套）。",
        section="五、国有资产占有使用情况",
    )
    assert [(c.subject, c.part_of, c.value) for c in found] == [
        ("vehicles_held", None, "2"),
        ("vehicles_communication", "vehicles_held", "1"),
        ("vehicles_other", "vehicles_held", "1"),
        ("equipment", None, "3"),
        ("vehicles_bought", None, "1"),
        ("vehicles_other", "vehicles_bought", "1"),
        ("equipment_bought", None, "0"),
    ]


def test_posts_and_staff_of_a_body() -> None:
    found = read(
        "甲中心副处级，核定编制20名（其中：全额12名，差额8名）；实有人员18名。内设机构4个，退休人员3名。",
        section="二、机构设置情况",
    )
    assert [(c.subject, c.value, c.body) for c in found] == [
        ("posts", "20", "甲中心"),
        ("staff_fully_funded", "12", "甲中心"),
        ("staff_partly_funded", "8", "甲中心"),
        ("staff", "18", "甲中心"),
        ("departments", "4", "甲中心"),
        ("staff_retired", "3", "甲中心"),
    ]


def test_a_figure_of_no_known_subject_is_kept() -> None:
    assert said("某某某某某某7.00万元。") == [amount("unrecognised", "7.00")]


def test_what_is_printed_is_kept_as_printed() -> None:
    (found,) = read("“三公”经费预算１，２００.50万元。")
    assert (found.value, found.printed_text, found.label) == (
        "1200.50",
        "１，２００.50万元",
        "“三公”经费预算",
    )


MONEY = st.decimals("0", "99999999", places=2).map(lambda d: f"{d:,.2f}")
SUBJECTS = {
    "基本支出": "basic_expenditure",
    "项目支出": "project_expenditure",
    "公务接待费": "reception",
    "机关运行经费预算": "operating_cost",
    "住房保障支出": "expenditure_class",
    "政府采购预算总额": "procurement",
}
VERBS = {"增加": "up", "增长": "up", "减少": "down", "下降": "down", "提高": "up", "压减": "down"}
CLAUSE = st.tuples(
    st.sampled_from(sorted(SUBJECTS)),
    MONEY,
    st.sampled_from(sorted(VERBS)),
    MONEY,
    st.decimals("0", "999", places=2),
    st.sampled_from(["比上年", f"与{YEAR - 1}年相比，", f"比{YEAR - 1}年预算", "比上年度"]),
)


@given(st.lists(CLAUSE, min_size=1, max_size=5))
def test_what_the_grammar_writes_it_reads(clauses: list[tuple[str, ...]]) -> None:
    text = "；".join(
        f"{name}{value}万元，{base}{verb}{change}万元，{verb}{rate}%"
        for name, value, verb, change, rate, base in clauses
    )
    expected = [
        one
        for name, value, verb, change, rate, _ in clauses
        for one in (
            amount(SUBJECTS[name], value.replace(",", "")),
            (SUBJECTS[name], "change", change.replace(",", ""), "万元", VERBS[verb]),
            (SUBJECTS[name], "change_rate", str(rate), "%", VERBS[verb]),
        )
    ]
    assert said(f"{text}。") == expected


def test_a_figure_may_follow_an_aside_with_no_words_of_its_own() -> None:
    (found,) = read("接待国内来访（不含陪同人员在内）5人次。", section="九、三公说明")
    assert (found.subject, found.value, found.label) == ("guests", "5", None)


def test_counts_among_duties_are_no_claims_and_posts_are() -> None:
    found = said("办理12个事项，核定编制9名。", section="一、部门职责及机构设置情况")
    assert found == [("posts", "count", "9", "名", None)]
