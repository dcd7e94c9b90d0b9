"""Tolerance: the table of the domain notes, and which figures count."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.identities.tolerance import quantile
from tests.unit.identities.support import checked

TABLE = {1: (0, 0), 2: (1, 1), 3: (1, 1), 4: (2, 2), 5: (2, 2), 8: (4, 3), 10: (5, 3)}
TABLE |= {15: (7, 4), 20: (10, 4), 30: (15, 5), 50: (25, 7), 100: (50, 10)}


@pytest.mark.parametrize(("n", "expected"), TABLE.items())
def test_the_table_of_the_domain_notes(n: int, expected: tuple[int, int]) -> None:
    bound, beyond = expected
    rows = [f"project p{i} | 1.00" for i in range(n)]
    text = "\n".join(["# projects | total", f"total | {n}.{bound:02d}", *(f"  {r}" for r in rows)])
    found = checked("project_tree", text).row(0, named=True)
    assert found["tolerance"] == Decimal(100 * bound)
    assert quantile(n) == beyond
    assert found["verdict"] == ("rounding" if bound else "exact")
    assert found["suspicious"] == (bound > beyond)


@pytest.mark.parametrize("n", [2, 8, 20])
def test_one_step_beyond_the_bound_breaks(n: int) -> None:
    over = TABLE[n][0] + 1
    rows = "\n".join(f"  project p{i} | 1.00" for i in range(n))
    found = checked("project_tree", f"# projects | total\ntotal | {n}.{over:02d}\n{rows}")
    assert found["verdict"].to_list() == ["breaks"]
    assert found["suspicious"].to_list() == [False]


def test_blank_and_zero_cells_are_no_summands() -> None:
    text = """
    # projects | total
    total | 1.01
      project a | 1.00
      project b |
      project c | 0.00
    """
    found = checked("project_tree", text).row(0, named=True)
    assert (found["tolerance"], found["verdict"], found["n_terms"]) == (Decimal(0), "breaks", 3)


def test_figures_printed_to_the_fen_are_not_rounded() -> None:
    text = """
    # projects (元) | total
    total | 3.01
      project a | 1.00
      project b | 2.00
    """
    found = checked("project_tree", text).row(0, named=True)
    assert (found["residual"], found["tolerance"]) == (Decimal("0.01"), Decimal(0))
    assert found["verdict"] == "breaks"


def test_coarser_steps_widen_in_proportion() -> None:
    text = """
    # projects | total
    total | 3
      project a | 1
      project b | 1
    """
    found = checked("project_tree", text).row(0, named=True)
    assert (found["tolerance"], found["verdict"]) == (Decimal(10000), "rounding")


@pytest.mark.parametrize(("yuan", "verdict"), [("12350.00", "rounding"), ("12350.02", "breaks")])
def test_yuan_against_ten_thousand_yuan_is_half_a_step(yuan: str, verdict: str) -> None:
    text = f"""
    # revenue | carried_over
    total | 1.23
    # summary.revenue (元) | amount
    opening | {yuan}
    """
    assert checked("revenue_carried_over_agrees", text)["verdict"].to_list() == [verdict]


LEAVES = """
# summary.expenditure | total
closing |
# revenue | general_public_budget
total | {left}
{leaves}
# general_expenditure_function | total
total | 6.00
code:2010301 | 2.00
code:2010302 | 2.00
code:2010303 | 2.00
"""


@pytest.mark.parametrize(
    ("left", "verdict"),
    [("6.00", "exact"), ("6.01", "rounding"), ("5.99", "rounding"), ("6.02", "breaks")],
)
def test_a_total_printed_twice_may_be_rounded_two_ways(left: str, verdict: str) -> None:
    leaves = "\n".join(f"code:201030{i} | 2.00" for i in (1, 2, 3))
    text = LEAVES.format(left=left, leaves=leaves)
    assert checked("general_funded_total", text)["verdict"].to_list() == [verdict]


def test_a_leaf_printed_twice_must_agree_to_the_step() -> None:
    text = LEAVES.format(left="6.00", leaves="code:2010301 | 2.01")
    text = text.replace("code:2010302 | 2.00\ncode:2010303 | 2.00\n", "")
    found = checked("general_funded_by_code", text).row(0, named=True)
    assert (found["tolerance"], found["verdict"]) == (Decimal(0), "breaks")


@pytest.mark.parametrize(
    ("figure", "verdict"), [("46.56", "exact"), ("46.57", "rounding"), ("46.58", "breaks")]
)
def test_a_table_has_one_step_the_finest_it_prints(figure: str, verdict: str) -> None:
    text = f"""
    # three_public_operating | amount
    across:vehicles | {figure}
      across:vehicle_purchase | 25
      across:vehicle_operation | 21.56
    """
    found = checked("three_public_tree", text).row(0, named=True)
    assert (found["tolerance"], found["verdict"]) == (Decimal(100), verdict)


def test_a_figure_that_lost_its_last_digit_breaks() -> None:
    text = """
    # general_basic_economic | total | personnel | operations
    total | 46.34 | 12.34 | 34.00
    economic_class:301 | 12.3 | 12.34
    """
    found = checked("economic_row", text).sort("subject")
    assert found["verdict"].to_list() == ["breaks", "exact"]


def test_zeros_printed_more_finely_widen_nothing() -> None:
    text = """
    # form shanghai_budget
    # revenue (元) | total | fiscal_appropriation | other_income
    total | 2932700 | 2932701 | 0.00
    """
    found = checked("revenue_row", text).row(0, named=True)
    assert (found["tolerance"], found["verdict"]) == (Decimal(0), "breaks")


@pytest.mark.parametrize(("cost", "verdict"), [("213.28", "rounding"), ("213.29", "breaks")])
def test_ten_thousand_yuan_within_yuan(cost: str, verdict: str) -> None:
    text = f"""
    # form shanghai_budget
    # three_public_operating | amount
    apart:operating_cost | {cost}
    # general_basic_economic (元) | total | personnel | operations
    total | 2132777.54 | | 2132777.54
    """
    found = checked("operating_cost_beside_within_operations", text)
    assert found["verdict"].to_list() == [verdict]
