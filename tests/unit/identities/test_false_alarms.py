"""Correct budgets of the awkward kinds: nothing breaks, and only what must be true is asked."""

from __future__ import annotations

from pipeline.identities.engine import run
from pipeline.identities.example import read_example
from tests.unit.identities.support import catalogue

# 5.00 is carried forward at year end (printed in the total column only), and the unit's own funds
# pay for basic expenditure as well as projects.
CLOSING = """
# summary.revenue | amount
fund:general_public_budget | 100.00
fund:government_fund |
fund:state_capital |
fund:fiscal_special_account |
fund:unit_funds | 20.00
this_year | 120.00
opening | 10.00
grand_total | 130.00
# summary.expenditure | total | current_year | carried_over
class:201 | 125.00 | 115.00 | 10.00
class:202 |
this_year | 125.00 | 115.00 | 10.00
closing | 5.00
grand_total | 130.00 | 115.00 | 10.00
# revenue | total | general_public_budget | unit_funds | carried_over
total | 120.00 | 100.00 | 20.00 | 10.00
code:201 | 120.00 | 100.00 | 20.00 | 10.00
# expenditure | total | basic | project
total | 125.00 | 95.00 | 30.00
code:201 | 125.00 | 95.00 | 30.00
# fiscal_summary.revenue | amount
fund:general_public_budget | 100.00
fund:government_fund |
fund:state_capital |
this_year | 100.00
opening | 10.00
  opening_part:general_public_budget | 10.00
  opening_part:government_fund |
  opening_part:state_capital |
grand_total | 110.00
# fiscal_summary.expenditure | total | general_public_budget
class:201 | 105.00 | 105.00
this_year | 105.00 | 105.00
closing | 5.00
grand_total | 110.00 | 105.00
# general_expenditure_function | total | basic | project
total | 95.00 | 80.00 | 15.00
code:201 | 95.00 | 80.00 | 15.00
# general_basic_economic | total | personnel | operations
total | 80.00 | 62.00 | 18.00
economic_class:301 | 60.00 | 60.00
  economic_item:30101 | 60.00 | 60.00
economic_class:302 | 20.00 | 2.00 | 18.00
  economic_item:30201 | 18.00 | | 18.00
  economic_item:30239 | 2.00 | 2.00
# fund_revenue: stated_empty
# fund_expenditure: stated_empty
# state_capital: stated_empty
# three_public: stated_empty
# operating_cost: stated_empty
# projects | total | general_public_budget | unit_funds
total | 20.00 | 15.00 | 5.00
  project a | 20.00 | 15.00 | 5.00
# projects_carried_over | total | general_public_budget
total | 10.00 | 10.00
  project b | 10.00 | 10.00
"""


def verdicts(text: str) -> dict[str, set[str]]:
    """The verdicts of every identity over a document."""
    checks = run(read_example(text), list(catalogue().values())).checks
    grouped = checks.group_by("identity_id").agg("verdict").iter_rows()
    return {identity: set(found) for identity, found in grouped}


def test_closing_balance_own_money_and_allowances_break_nothing() -> None:
    found = verdicts(CLOSING)
    assert {i for i, v in found.items() if v & {"breaks", "crashed"}} == set()
    assert found["summary_expenditure_grand_total"] == {"exact"}
    for conditional in (
        "summary_current_year_funding",
        "summary_grand_total_row",
        "expenditure_funded_by_code",
        "general_funded_by_code",
        "basic_by_code",
        "fiscal_class_agrees",
        "projects_carried_over_funding",
        "personnel_classes",
    ):
        assert found[conditional] == {"untestable"}, conditional


def test_carry_over_printed_on_the_total_row_only_breaks_no_code() -> None:
    text = CLOSING.replace("closing | 5.00", "closing |").replace(
        "code:201 | 120.00 | 100.00 | 20.00 | 10.00", "code:201 | 120.00 | 100.00 | 20.00"
    )
    assert verdicts(text)["expenditure_funded_by_code"] == {"untestable"}


def test_a_unit_that_charges_contributions_elsewhere_breaks_nothing() -> None:
    text = """
    # general_basic_economic | total
    economic_item:30108 | 10.00
    economic_item:30110 | 6.00
    economic_item:30111 | 3.00
    economic_item:30113 | 8.00
    # general_expenditure_function | basic
    code:2080505 | 9.00
    code:2101102 | 7.00
    code:2101103 | 2.00
    code:2210201 | 7.00
    """
    found = verdicts(text)
    b12 = [d.id for d in catalogue().values() if d.code == "B12"]
    assert {v for i in b12 for v in found[i]} == {"untestable"}
