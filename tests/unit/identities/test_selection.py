"""What a reference means and what a document is asked: groups, optional rows, conditions."""

from __future__ import annotations

import pytest

from pipeline.codes.code_lists import load
from tests.unit.identities.support import catalogue, checked, results, verdicts

SHARED = """
# summary.revenue | amount
fund_group:fiscal_appropriation 一、财政拨款收入 | {group}
  fund:general_public_budget 1、一般公共预算资金 | 9.00
  fund:government_fund 2、政府性基金 | 1.00
income:other_income 四、其他收入 | 2.00
this_year | {total}
"""


@pytest.mark.parametrize(
    ("group", "total", "verdict"),
    [("10.00", "12.00", "exact"), ("10.00", "22.00", "breaks"), ("", "12.00", "exact")],
)
def test_a_group_counts_once_and_its_parts_where_it_is_blank(
    group: str, total: str, verdict: str
) -> None:
    text = SHARED.format(group=group, total=total)
    assert verdicts("summary_revenue_of_the_year", text) == [verdict]


def test_a_form_without_groups_sums_its_sources() -> None:
    text = "# summary.revenue | amount\nfund | 9.00\nincome | 2.00\nthis_year | 11.00"
    assert verdicts("summary_revenue_of_the_year", text) == ["exact"]


@pytest.mark.parametrize(
    ("opening", "verdict"),
    [("opening | 2.00", "exact"), ("surplus_used | 2.00", "exact"), ("", "breaks")],
)
def test_optional_rows_need_not_be_printed_but_a_lost_one_shows(opening: str, verdict: str) -> None:
    text = f"# summary.revenue | amount\nthis_year | 9.00\n{opening}\ngrand_total | 11.00"
    assert verdicts("summary_revenue_grand_total", text) == [verdict]


def test_a_document_without_the_optional_rows_is_tested() -> None:
    text = "# summary.revenue | amount\nthis_year | 9.00\ngrand_total | 9.00"
    assert verdicts("summary_revenue_grand_total", text) == ["exact"]


@pytest.mark.parametrize("column", ["total", "amount"])
def test_a_form_prints_one_of_several_words_for_a_column(column: str) -> None:
    text = f"""
    # form national_budget
    # summary.revenue | amount
    grand_total | 9.00
    # summary.expenditure | {column}
    grand_total | 9.00
    """
    assert verdicts("summary_balance", text) == ["exact"]
    refused = checked(
        "summary_balance", text.replace(f"expenditure | {column}", "expenditure | project")
    )
    assert refused["verdict"].to_list() == ["untestable"]
    assert "column not printed: total / amount" in refused["reason"][0]


@pytest.mark.parametrize("sided", ["state_capital", "state_capital.expenditure"])
def test_a_table_of_one_side_needs_no_side(sided: str) -> None:
    text = f"""
    # form final_account
    # fiscal_summary.expenditure | state_capital
    this_year | 5.00
    # {sided} | total
    total | 4.00
    """
    assert verdicts("state_capital_spending_agrees", text) == ["breaks"]


def test_codes_are_classes_and_items_by_their_digits() -> None:
    text = """
    # general_basic_economic | total | personnel | operations
    code:301 | 9.00 | 9.00
    code:30101 | 9.00 | 9.00
    code:302 | 1.00 | | 1.00
    total | 10.00 | {} | 1.00
    """
    assert verdicts("personnel_classes", text.format("9.00")) == ["exact"]
    assert verdicts("personnel_classes", text.format("10.00")) == ["breaks"]


LISTED = """
# revenue | amount
total | 12.00
  fund:general_public_budget 小计 | 9.00
    head {} | {}
    head 专项收入 | 1.00
  opening:opening 小计 | 3.00
    head 其中：动用上年结转和结余资金 | 1.00
"""


def test_items_of_which_need_not_make_their_group() -> None:
    text = LISTED.format("拨款资金", "8.00")
    assert verdicts("rows_under_heads", text) == ["exact"]
    assert verdicts("function_total", text) == ["exact"]
    assert verdicts("function_total_of_items", text) == ["exact"]
    assert verdicts("rows_under_heads", LISTED.format("拨款资金", "7.00")) == ["breaks"]


def test_rows_beside_one_of_which_need_not_either() -> None:
    text = LISTED.format("其中：拨款资金", "2.00")
    assert verdicts("rows_under_heads", text) == ["untestable"]
    assert verdicts("function_total", text) == ["exact"]


LISTED_TWICE = """
# form {}
# summary.revenue | amount
fund:general_public_budget | 9.00
fund:unit_funds 五、单位资金 | 2.00
income:institutional_income 其中：事业收入 | 2.00
this_year | 11.00
"""


def test_a_condition_is_asked_of_its_forms_only() -> None:
    identity = "summary_revenue_of_the_year"
    refused = checked(identity, LISTED_TWICE.format("national_budget"))
    assert refused["verdict"].to_list() == ["untestable"]
    assert "单位资金与事业等收入不重复列示" in refused["reason"][0]
    assert verdicts(identity, LISTED_TWICE.format("final_account")) == ["breaks"]


def proofs(identity: str, text: str) -> dict[str, str]:
    """Proof by statement, side, line and measure."""
    return {
        row["amount_id"].removeprefix("example/"): row["proof"]
        for row in results(identity, text).proofs.to_dicts()
    }


def test_a_figure_does_not_decide_a_condition_that_holds_without_it() -> None:
    once = LISTED_TWICE.format("national_budget").replace("单位资金 | 2.00", "单位资金 |")
    found = proofs("summary_revenue_of_the_year", once)
    assert found["summary/revenue/3/amount"] == "proved"


def test_a_figure_decides_a_condition_that_holds_by_it_alone() -> None:
    text = """
    # summary.revenue | amount
    this_year | 9.00
    # revenue | total | general_public_budget | carried_over
    total | 9.00 | 9.00 | 1.00
    """
    found = proofs("revenue_row", text)
    assert found["revenue//1/total"] == "unproved"
    assert found["revenue//1/general_public_budget"] == "proved"


FUNDS = """
# form final_account
# fund_expenditure | opening_balance | revenue | total | basic | project | closing_balance
total | 1.63 | 60.00 | 50.00 | | 50.00 | {}
"""


def test_balances_of_a_fund_follow_from_what_is_received_and_spent() -> None:
    assert verdicts("fund_balance_row", FUNDS.format("11.63")) == ["exact"]
    assert verdicts("fund_balance_row", FUNDS.format("11.83")) == ["breaks"]
    assert verdicts("expenditure_row", FUNDS.format("11.63")) == ["exact"]


FINAL = """
# form final_account
# summary.revenue | amount
fund:general_public_budget | 100.00
income:other_income | 6.20
this_year | 106.20
surplus_used | 1.00
opening | 4.00
grand_total | 111.20
# summary.expenditure | amount
class:201 | 105.00
this_year | 105.00
distribution | 0.20
closing | 6.00
grand_total | 111.20
"""


@pytest.mark.parametrize(
    "identity",
    [
        "summary_revenue_of_the_year",
        "summary_revenue_grand_total",
        "summary_revenue_grand_total_of_sources",
        "summary_expenditure_grand_total",
        "summary_expenditure_grand_total_of_classes",
        "summary_balance",
    ],
)
def test_a_final_account_with_income_surplus_and_balances_holds(identity: str) -> None:
    assert verdicts(identity, FINAL) == ["exact"]


def test_incomes_of_its_own_make_two_summaries_differ() -> None:
    fiscal = """
    # fiscal_summary.revenue | amount
    fund:general_public_budget | 100.00
    # fiscal_summary.expenditure | total
    class:201 | 98.80
    this_year | 98.80
    """
    closed = FINAL.replace("closing | 6.00", "closing |").replace("distribution | 0.20", "")
    found = checked("fiscal_class_agrees", closed + fiscal.replace("\n    ", "\n"))
    assert found["verdict"].to_list() == ["untestable"]
    assert "无财政专户管理资金、单位资金和事业等收入" in found["reason"][0]


KINDS = """
# form shanxi_budget
# general_basic_economic | total
economic_class:301 | 100.00
  economic_item:30108/社会保障缴费 | 10.00
  economic_item:30110/社会保障缴费 | 6.00
  economic_item:30110/工资福利支出 | {}
  economic_item:30113 | 8.00
# general_expenditure_function | basic
code:2080505 | 10.00
code:2101101 | 6.00
code:2101102 | 4.00
code:2210201 | 8.00
"""


def test_an_item_is_told_apart_by_the_government_side_name() -> None:
    for figure, verdict in (("4.00", "exact"), ("3.00", "exact"), ("4.02", "breaks")):
        text = KINDS.format(figure)
        assert verdicts("medical_insurance_of_administration", text) == ["exact"]
        assert verdicts("medical_insurance_of_institutions", text) == [verdict]
    unnamed = KINDS.format("4.00").replace("/社会保障缴费", "")
    refused = checked("medical_insurance_of_administration", unnamed)
    assert refused["verdict"].to_list() == ["untestable"]
    assert "30110/社会保障缴费" in refused["reason"][0]


def test_the_items_of_operating_costs_are_those_of_the_list() -> None:
    """Written out where they are asked for; the list of codes stays the one to follow."""
    (formula,) = catalogue()["operating_cost_items_are_basic"].formulas
    listed = load("economic").filter(
        classification="department", level="款", parent_code="302", status="listed"
    )
    for term in formula.terms:
        assert set(term.ref.items) == set(listed["code"])
