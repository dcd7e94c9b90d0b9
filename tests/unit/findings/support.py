"""A small budget in which everything holds, ways to spoil it, and the identities asked of it.

Here: what the tests of the findings share. The tables are invented.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import polars as pl

from pipeline.findings.explain import explain
from pipeline.findings.model import Explanation, Finding
from pipeline.identities.books import Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.example import read_example
from tests.unit.identities.support import catalogue

ASKED = (
    *("function_rollup", "function_total", "function_total_of_items", "code_hierarchy"),
    *("expenditure_row", "revenue_row", "expenditure_funded_by_code"),
    *("expenditure_funded_total", "expenditure_is_revenue_by_code"),
)
BUDGET = """
    # form shanxi_budget
    # summary.expenditure | total
    closing 年终结转 |
    # revenue | total | general_public_budget | unit_funds | carried_over
    total 合计 | 176.50 | 160.50 | 16.00 |
    code:208 社会保障和就业支出 | 61.20 | 61.20 | |
    code:20805 行政事业单位养老支出 | 61.20 | 61.20 | |
    code:2080505 基本养老保险缴费 | 40.80 | 40.80 | |
    code:2080506 职业年金缴费 | 20.40 | 20.40 | |
    code:210 卫生健康支出 | 115.30 | 99.30 | 16.00 |
    code:21001 卫生健康管理事务 | 115.30 | 99.30 | 16.00 |
    code:2100101 行政运行 | 84.70 | 84.70 | |
    code:2100199 其他管理事务 | 30.60 | 14.60 | 16.00 |
    # expenditure | total | basic | project
    total 合计 | 176.50 | 145.90 | 30.60
    code:208 社会保障和就业支出 | 61.20 | 61.20 |
    code:20805 行政事业单位养老支出 | 61.20 | 61.20 |
    code:2080505 基本养老保险缴费 | 40.80 | 40.80 |
    code:2080506 职业年金缴费 | 20.40 | 20.40 |
    code:210 卫生健康支出 | 115.30 | 84.70 | 30.60
    code:21001 卫生健康管理事务 | 115.30 | 84.70 | 30.60
    code:2100101 行政运行 | 84.70 | 84.70 |
    code:2100199 其他管理事务 | 30.60 | | 30.60
"""


@cache
def declarations() -> tuple[Declaration, ...]:
    """The identities asked."""
    return tuple(catalogue()[name] for name in ASKED if name in catalogue())


def good(name: str = "example") -> Books:
    """The budget in which everything holds."""
    return read_example(BUDGET, name)


def amount(statement: str, line_no: int, measure: str, name: str = "example") -> str:
    """The key of a figure of the budget."""
    return f"{name}/{statement}//{line_no}/{measure}"


def said(books: Books, **values: str | None) -> Books:
    """The books with other figures, in 万元; null takes a figure away. Keys are given by `at`."""
    cells = books.cells
    for key, value in values.items():
        there = pl.col("amount_id") == key
        assert cells.filter(there).height == 1, key
        if value is None:
            cells = cells.filter(~there)
        else:
            put = pl.lit(Decimal(value) * 10000).cast(pl.Decimal(18, 2))
            cells = cells.with_columns(
                amount_yuan=pl.when(there).then(put).otherwise("amount_yuan")
            )
    return Books(books.lines, cells, books.coverage)


def found(books: Books) -> tuple[Finding, ...]:
    """The findings of the books."""
    return explain(books, declarations())


def only(books: Books) -> Explanation:
    """The only explanation of the only finding."""
    (finding,) = found(books)
    assert finding.unique, finding
    (explanation,) = finding.explanations
    return explanation


def places(explanation: Explanation) -> list[tuple[str, int, str]]:
    """Where an explanation changes figures."""
    return [(c.statement_id, c.line_no, c.measure_id) for c in explanation.changes]
