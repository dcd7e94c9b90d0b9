"""Every form family: its books break nothing, are pinned, and cannot move unnoticed."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

from pipeline.identities.engine import Results, run
from pipeline.identities.example import read_example
from tests.unit.identities.support import catalogue, unmoved

# A budget in the wordings most provinces share: the revenue table's total has what is carried over.
NATIONAL = """
# form national_budget
# summary.revenue | amount
fund:general_public_budget 一、一般公共预算拨款收入 | 600.00
fund:government_fund 二、政府性基金预算拨款收入 |
fund:state_capital 三、国有资本经营预算拨款收入 |
fund:fiscal_special_account 四、财政专户管理资金收入 |
income:institutional_income 五、事业收入 | 9.03
income:other_income 六、其他收入 |
this_year 本年收入合计 | 609.03
opening 上年结转 | 20.00
grand_total 收入总计 | 629.03
# summary.expenditure | amount
class:201 一、一般公共服务支出 | 606.23
class:221 二、住房保障支出 | 22.80
this_year 本年支出合计 | 629.03
closing 结转下年 |
grand_total 支出总计 | 629.03
# revenue | total | carried_over | general_public_budget | institutional_income | other_income
total 合计 | 629.03 | 20.00 | 600.00 | 9.03 |
code:201 一般公共服务支出 | 606.23 | 20.00 | 577.20 | 9.03
code:20103 政府办公厅（室）及相关机构事务 | 606.23 | 20.00 | 577.20 | 9.03
code:2010301 行政运行 | 252.81 | | 243.78 | 9.03
code:2010302 一般行政管理事务 | 353.42 | 20.00 | 333.42
code:221 住房保障支出 | 22.80 | | 22.80
code:22102 住房改革支出 | 22.80 | | 22.80
code:2210201 住房公积金 | 22.80 | | 22.80
# expenditure | total | basic | project
total 合计 | 629.03 | 275.61 | 353.42
code:201 一般公共服务支出 | 606.23 | 252.81 | 353.42
code:20103 政府办公厅（室）及相关机构事务 | 606.23 | 252.81 | 353.42
code:2010301 行政运行 | 252.81 | 252.81
code:2010302 一般行政管理事务 | 353.42 | | 353.42
code:221 住房保障支出 | 22.80 | 22.80
code:22102 住房改革支出 | 22.80 | 22.80
code:2210201 住房公积金 | 22.80 | 22.80
# fiscal_summary.revenue | amount
this_year 一、本年收入 | 600.00
  fund:general_public_budget （一）一般公共预算拨款 | 600.00
  fund:government_fund （二）政府性基金预算拨款 |
  fund:state_capital （三）国有资本经营预算拨款 |
opening 二、上年结转 | 20.00
  opening_part:general_public_budget （一）一般公共预算拨款 | 20.00
  opening_part:government_fund （二）政府性基金预算拨款 |
  opening_part:state_capital （三）国有资本经营预算拨款 |
grand_total 收入总计 | 620.00
# fiscal_summary.expenditure | total | general_public_budget | government_fund | state_capital
this_year 一、本年支出 | 620.00 | 620.00
class:201 （一）一般公共服务支出 | 597.20 | 597.20
class:221 （二）住房保障支出 | 22.80 | 22.80
closing 二、结转下年 |
grand_total 支出总计 | 620.00 | 620.00
# general_expenditure_function | total | basic | personnel | operations | project
total 合计 | 620.00 | 266.58 | 239.14 | 27.44 | 353.42
code:201 一般公共服务支出 | 597.20 | 243.78 | 216.34 | 27.44 | 353.42
code:20103 政府办公厅（室）及相关机构事务 | 597.20 | 243.78 | 216.34 | 27.44 | 353.42
code:2010301 行政运行 | 243.78 | 243.78 | 216.34 | 27.44
code:2010302 一般行政管理事务 | 353.42 | | | | 353.42
code:221 住房保障支出 | 22.80 | 22.80 | 22.80
code:22102 住房改革支出 | 22.80 | 22.80 | 22.80
code:2210201 住房公积金 | 22.80 | 22.80 | 22.80
# general_basic_economic | total | personnel | operations
total 合计 | 266.58 | 239.14 | 27.44
code:301 工资福利支出 | 239.14 | 239.14
code:30101 基本工资 | 216.34 | 216.34
code:30113 住房公积金 | 22.80 | 22.80
code:302 商品和服务支出 | 27.44 | | 27.44
code:30201 办公费 | 20.04 | | 20.04
code:30217 公务接待费 | 1.00 | | 1.00
code:30231 公务用车运行维护费 | 6.40 | | 6.40
# three_public | amount
total:total 合计 | 8.40
  across:abroad 因公出国（境）费 |
  across:vehicles 公务用车购置及运行费小计 | 6.40
    across:vehicle_purchase 公务用车购置费 |
    across:vehicle_operation 公务用车运行费 | 6.40
  across:reception 公务接待费 | 2.00
# fund_expenditure: stated_empty
# state_capital: stated_empty
"""

ENOUGH = 40  # figures of one book to move
#: name -> the books of a family, and the figures nothing pins (statement, side, line, measure)
FAMILIES: dict[str, tuple[str, set[str]]] = {
    "jiangsu summary": (catalogue()["summary_fund_group"].example, {"revenue//10/amount"}),
    "jiangsu appropriations": (catalogue()["fiscal_purposes"].example, set()),
    "jiangsu basic expenditure": (
        catalogue()["general_basic_is_fiscal_basic"].example,
        {"fiscal_summary/revenue/1/amount"},
    ),
    "jiangsu lists": (catalogue()["rows_under_heads"].example, set()),
    "shanghai": (
        catalogue()["summary_spending_row"].example,
        {"three_public_operating//7/amount"},
    ),
    "final account": (
        catalogue()["fiscal_revenue_is_appropriation"].example,
        {"related_information//5/amount"},
    ),
    "final account in yuan": (catalogue()["economic_total_of_kinds"].example, set()),
    "national": (NATIONAL, set()),
}


@cache
def found(text: str) -> Results:
    """What every identity says of a document."""
    return run(read_example(text), list(catalogue().values()))


def broken(text: str) -> list[tuple[str, str]]:
    """Identity and subject of all that breaks or crashes."""
    wrong = found(text).checks.filter(pl.col("verdict").is_in(["breaks", "crashed"]))
    return wrong.select("identity_id", "subject").rows()


@pytest.mark.parametrize("name", FAMILIES)
def test_correct_books_break_nothing(name: str) -> None:
    assert broken(FAMILIES[name][0]) == []


@pytest.mark.parametrize("name", FAMILIES)
def test_every_figure_is_pinned_but_those_named(name: str) -> None:
    text, loose = FAMILIES[name]
    left = found(text).proofs.filter(pl.col("proof") != "proved")["amount_id"]
    assert {amount_id.removeprefix("example/") for amount_id in left} == loose


@pytest.mark.parametrize("name", FAMILIES)
def test_no_proved_figure_can_move_unnoticed(name: str) -> None:
    books = read_example(FAMILIES[name][0])
    assert unmoved(books, every=1 + books.cells.height // ENOUGH) == []


def test_the_total_of_a_revenue_table_may_leave_the_carry_over_out() -> None:
    apart = NATIONAL.replace(
        "total 合计 | 629.03 | 20.00 | 600.00", "total 合计 | 609.03 | 20.00 | 600.00"
    )
    apart = apart.replace("| 606.23 | 20.00 | 577.20", "| 586.23 | 20.00 | 577.20")
    apart = apart.replace("| 353.42 | 20.00 | 333.42", "| 333.42 | 20.00 | 333.42")
    assert broken(apart) == []
    held = found(apart).checks.filter(pl.col("verdict").is_in(["exact", "rounding"]))
    asked = held["identity_id"].to_list()
    assert {"revenue_row", "revenue_total_agrees", "expenditure_funded_by_code"} <= set(asked)
    assert "revenue_row_with_carry_over" not in asked
