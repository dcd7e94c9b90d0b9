"""Every condition both ways: met, the identity is asked; unmet, it is untestable and says why."""

from __future__ import annotations

import polars as pl
import pytest
import yaml

from tests.unit.identities.support import FOLDER, catalogue, checked

CONDITIONS = yaml.safe_load((FOLDER / "conditions.yml").read_text(encoding="utf-8"))["conditions"]
Change = tuple[str, str]
#: condition -> an identity that asks it, and the changes to its example that leave it unmet
UNMET: dict[str, tuple[str, list[Change]]] = {
    "administrative_medical_printed": (
        "operating_cost_beside_is_operations",
        [("行政单位医疗 | 782164 | 782164", "行政单位医疗 | 782164 |")],
    ),
    "all_basic_is_general": (
        "summary_kinds_are_economic",
        [("9501164 | 9501164\n# fund", "9501164 | 9501163 | 1\n# fund")],
    ),
    "basic_is_current": (
        "projects_carried_over_by_budget",
        [("3334.01 | 172.79", "3334.01 | 170.79")],
    ),
    "basic_without_carry_over": ("basic_by_code", [("某局 | 423.80 |", "某局 | 400.00 |")]),
    "basic_without_funds": (
        "basic_by_code",
        [
            ("| carried_over\n", "| carried_over | government_fund\n"),
            ("4674.04 | 423.80\n", "4674.04 | 423.80 | 1.00\n"),
            ("# revenue", "# fund_expenditure | basic\ntotal | 1.00\n# revenue"),
        ],
    ),
    "basic_without_own_money": (
        "basic_by_code",
        [
            ("| carried_over\n", "| carried_over | unit_funds\n"),
            ("4674.04 | 423.80\n", "4674.04 | 423.80 | 1.00\n"),
        ],
    ),
    "basic_without_state_capital": (
        "basic_by_code",
        [
            ("| carried_over\n", "| carried_over | state_capital\n"),
            ("4674.04 | 423.80\n", "4674.04 | 423.80 | 1.00\n"),
            ("# revenue", "# state_capital.expenditure | basic\ntotal | 1.00\n# revenue"),
        ],
    ),
    "budget_without_fiscal_opening": (
        "fiscal_fund_by_class",
        [("grand_total 收入总计", "opening | 1\ngrand_total 收入总计")],
    ),
    "budgets_without_carry_over": (
        "general_funded_by_code",
        [
            (
                "# summary.expenditure",
                "# form national_budget\n# summary.revenue | amount\nopening | 5.00\n"
                "# summary.expenditure",
            )
        ],
    ),
    "carry_over_by_code": (
        "expenditure_funded_by_code",
        [
            (f"{code} | {total} | {total} | 423.80", f"{code} | {total} | {total}")
            for code, total in (
                ("code:201 一般公共服务支出", "4674.04"),
                ("code:20103 政府办公厅（室）及相关机构事务", "4674.04"),
                ("code:2010306 政务公开审批", "3401.30"),
            )
        ],
    ),
    "carry_over_is_fiscal": (
        "projects_make_project_expenditure",
        [("财政拨款结转 | 714.01", "财政拨款结转 | 700.00")],
    ),
    "classes_keep_their_kind": (
        "operations_classes",
        [("支出 | 22.71 | | 22.71", "支出 | 22.71 | 1.00 | 21.71")],
    ),
    "fiscal_budgets_without_carry_over": (
        "fiscal_state_capital_spent",
        [("# form shanxi_budget", "# form national_budget")],
    ),
    "fiscal_closing_by_budget": (
        "state_capital_closing_agrees",
        [("结转和结余 | 1.00 | | | 1.00", "结转和结余 | 1.00 | | | 0.50")],
    ),
    "general_is_all": (
        "general_is_all_by_code",
        [("project\ntotal 合计 | 609.03", "project\ntotal 合计 | 609.04")],
    ),
    "housing_fund_follows_function": (
        "pension_in_detail",
        [("30113 住房公积金 | 117306.00 | 117306.00", "30113 住房公积金 | 117306.00 | 117000.00")],
    ),
    "housing_fund_printed": (
        "pension_in_detail",
        [
            ("2210201 住房公积金 | 117306.00 | 117306.00", "2210201 住房公积金 | 0.00 | 0.00"),
            ("30113 住房公积金 | 117306.00 | 117306.00", "30113 住房公积金 | 0.00 | 0.00"),
        ],
    ),
    "medical_printed": (
        "medical_insurance_of_administration",
        [
            ("行政单位医疗 | 57.69 | 57.69", "行政单位医疗 | 57.69 |"),
            ("事业单位医疗 | 35.36 | 35.36", "事业单位医疗 | 35.36 |"),
        ],
    ),
    "no_closing_balance": ("summary_carried_over_funding", [("年终结转 |", "年终结转 | 1.00")]),
    "no_fiscal_closing_balance": (
        "projects_carried_over_by_budget",
        [("年终结转 |", "年终结转 | 1.00")],
    ),
    "no_fiscal_opening": (
        "general_basic_is_fiscal_basic",
        [("# fiscal_basic_economic", "opening | 1.00\n# fiscal_basic_economic")],
    ),
    "no_institutional_medical": (
        "operating_cost_beside_is_operations",
        [("# three_public_operating", "code:2101102 | 1 | 1\n# three_public_operating")],
    ),
    "no_medical_subsidy": (
        "civil_service_medical_by_item_and_function",
        [
            (
                "# general_expenditure_function",
                "economic_item:30307 | 1.00 | 1.00\n# general_expenditure_function",
            )
        ],
    ),
    "no_other_fund": (
        "general_basic_is_fiscal_basic",
        [("二、政府性基金预算 |", "二、政府性基金预算 | 1.00")],
    ),
    "no_state_capital": (
        "fiscal_function_of_budgets",
        [("grand_total 收入合计", "fund:state_capital | 1.00\ngrand_total 收入合计")],
    ),
    "nothing_brought_forward": (
        "budgets_make_expenditure_by_code",
        [("上年结转 |", "上年结转 | 1.00")],
    ),
    "only_fiscal_revenue": (
        "budgets_make_expenditure_by_code",
        [("opening 上年结转", "income:other_income | 1.00\nopening 上年结转")],
    ),
    "only_general_appropriations_spent": (
        "vehicle_running_is_detail",
        [("9361502.66 | 9361502.66", "9361502.66 | 9361500.00")],
    ),
    "operating_cost_is_basic": (
        "operating_cost_items_are_basic",
        [("code:302 商品和服务支出 | 1130.74\ncode:30201", "code:302 | 1130.75\ncode:30201")],
    ),
    "own_money_in_one_column": (
        "revenue_row_with_carry_over",
        [
            ("| other_income\n", "| other_income | unit_funds\n"),
            (
                "合计 | 629.03 | 20.00 | 600.00 | 9.03",
                "合计 | 629.03 | 20.00 | 600.00 | 9.03 | 9.03",
            ),
        ],
    ),
    "own_money_listed_once": (
        "summary_revenue_of_the_year",
        [
            ("# summary.revenue", "# form national_budget\n# summary.revenue"),
            ("五、单位资金 |", "五、单位资金 | 1.00\nincome:other_income | 1.00"),
        ],
    ),
    "pension_follows_function": (
        "housing_fund_by_item_and_function",
        [("养老保险缴费支出 | 208.31 | 208.31", "养老保险缴费支出 | 208.31 | 200.00")],
    ),
    "pension_printed": (
        "housing_fund_by_item_and_function",
        [
            ("养老保险缴费支出 | 208.31 | 208.31", "养老保险缴费支出 | 208.31 |"),
            ("养老保险缴费 | 121.50 | 121.50", "养老保险缴费 |"),
            ("养老保险缴费 | 86.81 | 86.81", "养老保险缴费 |"),
        ],
    ),
    "revenue_with_carry_over": (
        "revenue_row_with_carry_over",
        [("grand_total 收入总计 | 629.03", "grand_total 收入总计 | 609.03")],
    ),
    "revenue_without_carry_over": (
        "revenue_total_agrees",
        [
            ("# form shanxi_budget", "# form national_budget"),
            ("合计 | 6334.01", "合计 | 7048.02"),
        ],
    ),
}


def changed(text: str, changes: list[Change]) -> str:
    """The text with each change made once."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_every_condition_has_its_case() -> None:
    assert set(UNMET) == set(CONDITIONS)


@pytest.mark.parametrize("condition", sorted(UNMET))
def test_met_the_identity_is_asked(condition: str) -> None:
    identity, _ = UNMET[condition]
    assert condition in {c.name for c in catalogue()[identity].conditions}
    found = checked(identity, catalogue()[identity].example)
    assert set(found["verdict"]) & {"exact", "rounding"}


@pytest.mark.parametrize("condition", sorted(UNMET))
def test_unmet_it_is_untestable_and_says_why(condition: str) -> None:
    identity, changes = UNMET[condition]
    found = checked(identity, changed(catalogue()[identity].example, changes))
    assert set(found["verdict"]) == {"untestable"}, found
    zh, en = CONDITIONS[condition]["zh"], CONDITIONS[condition]["en"]
    said = f"条件不满足：{zh} (condition not met: {en})"
    reasons = found.filter(pl.col("reason") == said)
    assert reasons.height == found.height, found["reason"].to_list()
