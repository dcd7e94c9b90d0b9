"""Flowing text of made-up budgets: what comes out is what they print, or is refused."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from pipeline.forms.disclosure import Disclosure
from pipeline.forms.family import families
from pipeline.forms.flow import tables
from pipeline.ledger.money import to_yuan
from pipeline.readers.shapes import Grid, Paragraph, Place, Reading
from pipeline.readers.text import flow
from pipeline.restore import texts
from tests.facsimile.budget import Budget
from tests.facsimile.expected import expected
from tests.facsimile.flowing import Damage, flowing_text
from tests.facsimile.synthetic import synthetic_budget

Amount = tuple[str, str | None, str | None, str, int, str, Decimal]


def reading(text: str) -> Reading:
    """A text as the reader of flowing text sees it."""
    return Reading("text", tuple(flow.paragraphs(text)))


def amounts(found: Disclosure) -> Counter[Amount]:
    """Every amount of a disclosure with its key."""
    return Counter(
        (
            s.statement_id,
            line.side,
            line.code,
            line.label or "",
            line.occurrence,
            f.measure,
            to_yuan(f.figure, s.money_unit or "元"),
        )
        for s in found.statements
        for line in s.lines
        for f in line.figures
    )


def printed(budget: Budget) -> Counter[Amount]:
    """Every amount that a budget prints, with its key."""
    return Counter(
        (e.statement_id, e.side, e.code, e.label, e.occurrence, e.measure_id, e.amount_yuan)
        for e in expected(budget)
    )


def budget(seed: int) -> Budget:
    """A made-up budget: units and departments, of several years, with all funds or not."""
    scope = "department" if seed % 2 else "unit"
    return synthetic_budget(seed, scope, 2023 + seed % 4, with_state_capital=seed % 3 == 0)


MILD = {
    "as it is": Damage(wrap=0, bold=False, jam=False),
    "wrapped, bold, jammed": Damage(wrap=0.5),
    "ends cut": Damage(no_ends=True),
    "no empty lines": Damage(no_gaps=True),
}


@pytest.mark.parametrize("damage", MILD.values(), ids=MILD.keys())
@pytest.mark.parametrize("seed", [0, 1])
def test_with_mild_damage_every_amount_comes_out(seed: int, damage: Damage) -> None:
    known = budget(seed)
    _, found = texts.understood(reading(flowing_text(known, damage, seed)))
    assert found.rejected == ()
    assert amounts(found) == printed(known)
    assert (found.unit_name, found.fiscal_year) == (known.unit_name, known.year)


HEAVY = {
    "torn": Damage(tear=0.7),
    "blanks lost": Damage(one_blank=True),
    "everything": Damage(0.4, 0.4, one_blank=True, no_ends=True, no_gaps=True),
}


@pytest.mark.parametrize("damage", HEAVY.values(), ids=HEAVY.keys())
def test_whatever_comes_out_is_right_and_what_does_not_is_told(damage: Damage) -> None:
    known = budget(2)
    _, found = texts.understood(reading(flowing_text(known, damage, 2)))
    told = {one.statement_id for one in found.rejected}
    wanted, got = printed(known), amounts(found)
    assert got - wanted == Counter()
    assert {key[0] for key in wanted - got} <= told
    assert len(told) < len(found.coverage)


def test_torn_figures_come_out_whole_and_say_by_what() -> None:
    known = budget(3)
    _, found = texts.understood(reading(flowing_text(known, Damage(tear=1.0), 3)))
    assert found.rejected == ()
    assert amounts(found) == printed(known)
    restored = [f for s in found.statements for line in s.lines for f in line.figures if f.restored]
    assert restored
    assert all(f.restored_from and f.text and " " in f.text for f in restored)


TREE = """2023年预算支出总表

部门名称：某市某局 单位：万元

项目 2023年预算数

科目编码 科目名称 合计 基本支出 项目支出

{rows}

注：无
"""


SHANXI = tuple(family for family in families() if family.family == "shanxi_budget")


def grids(rows: str) -> list[Grid]:
    """The tables found in a text with one table of codes."""
    found = tables.tables(reading(TREE.format(rows=rows)), SHANXI)
    return [grid for _, grid in found.grids()]


def body(rows: str) -> list[list[str]]:
    """The body of the one table, its header left out."""
    (grid,) = grids(rows)
    return [[grid.text(r, c) for c in range(grid.columns)] for r in range(1, grid.rows)]


def test_a_wrapped_name_is_joined_and_its_figures_follow() -> None:
    above = "合计 3.00  3.00\n\n201 甲 3.00  3.00\n\n20103 乙 3.00  3.00\n\n"
    rows = above + "2010399\n其他政府办公厅(室)\n及相关机构支出\n\n3.00  3.00"
    assert body(rows)[-1] == ["2010399", "其他政府办公厅(室)及相关机构支出", "3.00", "", "3.00"]


def test_a_heading_and_a_page_number_amid_a_table_are_no_rows() -> None:
    rows = "合计 3.00 2.00 1.00\n第二部分 2023年部门预算报表\n-5-\n201 甲 3.00 2.00 1.00"
    assert [row[0] for row in body(rows)] == ["", "201"]


def test_codes_in_three_pieces_are_one() -> None:
    assert body("201 03 01 行政运行 3.00 2.00 1.00")[0][:2] == ["2010301", "行政运行"]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("合计 3.00 2.00 1.00\n\n201 甲 3.00 2.00 1.00 4.00", "4 figures in 3 columns"),
        ("合计 3.00 2.00 1.00\n\n未知的一行 1.00 1.00", "neither a code nor a total"),
        ("201 甲 3.00 2.00 1.00\n4.00", "a figure without a row"),
    ],
)
def test_what_belongs_to_no_row_refuses_the_table(rows: str, why: str) -> None:
    found = tables.draft(reading(TREE.format(rows=rows)), SHANXI)
    assert found.drafts() == ()
    (rejected,) = found.rejected
    assert rejected.statement_id == "expenditure"
    assert why in rejected.detail


def test_a_table_that_goes_on_below_its_note_is_refused() -> None:
    text = TREE.format(rows="合计 3.00 2.00 1.00") + "201 甲 3.00 2.00 1.00\n"
    (rejected,) = tables.draft(reading(text), SHANXI).rejected
    assert "rows go on below" in rejected.detail


UNITS = """2023年机关运行经费预算表
部门名称：某市某局 单位：万元
单位名称 2023年预算数
合计 一般公共预算 政府性基金预算 国有资本经营预算
{rows}
"""


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        # Blank cells at its end say that the first row is over.
        ("甲中心    \n乙局 1.00 1.00  \n丙局 1.00  1.00 \n丁局 1.00  1.00 ", ["甲中心", "乙局"]),
        ("甲市乙\n丙局\n1.00 1.00  \n丙局 1.00  1.00 \n丁局 1.00  1.00 ", ["甲市乙丙局", "丙局"]),
        ("甲调查表\n\n1.00 1.00  \n丙局 1.00  1.00 \n丁局 1.00  1.00 ", ["甲调查表", "丙局"]),
    ],
)
def test_where_a_name_ends(rows: str, names: list[str]) -> None:
    found = tables.tables(reading(UNITS.format(rows=rows)), SHANXI)
    ((_, grid),) = found.grids()
    assert [grid.text(r, 0) for r in (1, 2)] == names


def test_a_name_that_may_be_two_is_refused() -> None:
    rows = "部门合计 1.00 1.00\n甲中心\n乙局的一个长长的名字 1.00 1.00"
    (rejected,) = tables.draft(reading(UNITS.format(rows=rows)), SHANXI).rejected
    assert "two rows" in rejected.detail


def test_lines_outside_the_tables_stay() -> None:
    text = TREE.format(rows="合计 3.00 2.00 1.00") + "第三部分 说明\n"
    found = tables.tables(reading(text), SHANXI)
    kinds = [item.text if isinstance(item, Paragraph) else "grid" for item in found.items]
    above = ["2023年预算支出总表", "部门名称：某市某局 单位：万元"]
    assert kinds == [*above, "grid", "注：无", "第三部分 说明"]


def test_rows_keep_the_line_they_stand_on() -> None:
    (grid,) = grids("合计 3.00 2.00 1.00\n\n201 甲 3.00 2.00 1.00")
    assert {cell.place for cell in grid.cells if cell.row == 2} == {Place(line=11)}


def shanghai(rows: str) -> Reading:
    """A summary of two sides whose header has three rows, and what follows it."""
    return reading(
        "2025年某市某局单位预算公开\n2025年单位财务收支预算总表\n编制单位：某市某局 单位：元\n"
        "本年收入 本年支出\n项目 预算数 项目 预算数\n合计 基本支出 项目支出\n人员经费 公用经费\n"
        f"{rows}\n"
    )


def test_a_header_of_three_rows_is_read_in_its_printed_order() -> None:
    rows = "一、财政拨款收入 9,600 一、一般公共服务支出 9,600 6,000 3,000 600"
    _, found = texts.understood(shanghai(rows))
    (statement,) = found.statements
    (line,) = (one for one in statement.lines if one.side == "expenditure")
    assert {f.measure: f.text for f in line.figures} == {
        "total": "9,600",
        "personnel": "6,000",
        "operations": "3,000",
        "project": "600",
    }


def test_a_header_printed_again_on_the_next_page_is_no_row() -> None:
    header = "项目 2023年预算数\n\n科目编码 科目名称 合计 基本支出 项目支出\n\n"
    rows = f"合计 3.00 2.00 1.00\n\n{header}201 甲 3.00 2.00 1.00"
    assert [row[1] for row in body(rows)] == ["合计", "甲"]


def test_a_refused_table_is_not_taken_for_an_empty_one() -> None:
    """Its note says that there is nothing in it; its row says otherwise."""
    other = TREE.format(rows="合计 3.00 2.00 1.00\n\n201 甲 3.00 2.00 1.00")
    refused = other.replace("预算支出总表", "预算收入总表").replace("注：无", "注：本表无数据")
    text = other + refused.replace("合计 基本支出 项目支出", "合计 一般公共预算 上年结转").replace(
        "201 甲 3.00 2.00 1.00", "甲 3.00 2.00"
    )
    _, found = texts.understood(reading(text))
    assert found.coverage["revenue"] == "unreadable"
    assert "revenue" not in {s.statement_id for s in found.statements}
    assert found.coverage["expenditure"] == "data"
