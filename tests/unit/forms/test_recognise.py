"""Which grids of a reading are official statements, and what becomes of the others."""

from __future__ import annotations

import pytest

from pipeline.documents.document import Refusal
from pipeline.forms.disclosure import Disclosure
from pipeline.forms.family import family_named
from pipeline.forms.recognise import recognise
from pipeline.readers.shapes import Reading
from tests.unit.forms.printed import (
    CAPTION,
    HEADERS,
    TITLES,
    document,
    grid,
    reading,
    rejection,
    statement,
    table,
)

CODES = "合计||30.00|10.00|20.00\n201|一般公共服务支出|30.00|10.00|20.00"
EXPENDITURE = table("expenditure", CODES)
FUND = table("fund_expenditure", CODES)
THREE_PUBLIC = table("three_public", "公务接待费|1.00|1.00||\n合计|1.00|1.00||")
PROJECTS = table("projects", "某市某局|9.00|9.00||||\n信息化|9.00|9.00||||")
FORM = "项目名称|信息化||\n主管部门|某局|实施单位|某局\n负责人：某某|||"


def known(found: Disclosure) -> dict[str, str]:
    """Every statement that is not absent, with its state."""
    return {key: state for key, state in found.coverage.items() if state != "absent"}


def figures(found: Disclosure, statement_id: str) -> list[str]:
    """All figures of a statement in order."""
    return [f.text for one in statement(found, statement_id).lines for f in one.figures]


# Title and table


def test_a_titled_table_is_a_statement() -> None:
    found = document(EXPENDITURE)
    assert known(found) == {"expenditure": "data"}
    assert (found.rejected, found.leftovers) == ((), ())
    one = statement(found, "expenditure")
    assert (one.state, one.money_unit, one.year) == ("data", "万元", 2026)
    assert (one.unit_name, one.scope, one.family) == ("某市某局", "unit", "shanxi_budget")
    assert one.missing_columns == ()


def test_every_form_of_the_family_has_a_state() -> None:
    found = document(EXPENDITURE)
    assert set(found.coverage) == {
        form.statement_id for form in family_named("shanxi_budget").forms
    }
    assert set(found.coverage.values()) == {"data", "absent"}


def test_equal_headers_are_told_apart_by_their_titles() -> None:
    other = FUND.replace("30.00", "31.00")
    found = document(EXPENDITURE, other)
    assert figures(found, "expenditure")[0] == "30.00"
    assert figures(found, "fund_expenditure")[0] == "31.00"


def test_a_missing_column_is_named() -> None:
    text = EXPENDITURE.replace("|项目支出", "").replace("|20.00", "")
    assert statement(document(text), "expenditure").missing_columns == ("project",)


def test_two_units_of_money_in_one_document() -> None:
    found = document(EXPENDITURE, THREE_PUBLIC.replace("万元", "元"))
    assert statement(found, "expenditure").money_unit == "万元"
    assert statement(found, "three_public").money_unit == "元"


def test_without_a_unit_of_money_no_figure_can_be_read() -> None:
    found = document(EXPENDITURE.replace("单位：万元\n", ""), THREE_PUBLIC)
    reason, detail = rejection(found, "expenditure")
    assert (reason, found.coverage["expenditure"]) == ("unit_unknown", "unreadable")
    assert "no 单位：万元 or 单位：元 above the table" in detail


def test_the_unit_of_money_of_an_empty_table_above_is_not_that_of_this() -> None:
    empty = f"{TITLES['fund_revenue']}\n单位：元\n注：本表无数据"
    other = FUND.replace("单位：万元\n", "").replace("30.00", "70.00").replace("0.00", "1.00")
    found = document(EXPENDITURE, empty, other)
    assert rejection(found, "fund_expenditure")[0] == "unit_unknown"


def test_a_row_that_another_table_prints_too_tells_a_text_its_lost_unit_of_money() -> None:
    """In another unit the same row would print ten thousand times as much."""
    found = document(EXPENDITURE, FUND.replace("单位：万元\n", ""))
    assert statement(found, "fund_expenditure").money_unit == "万元"


def test_tables_in_two_units_of_money_tell_none() -> None:
    yuan = table("fund_revenue", "103|非税收入|9.00", caption="单位名称：某市某局\n单位：元")
    found = document(EXPENDITURE, yuan, FUND.replace("单位：万元\n", ""))
    assert rejection(found, "fund_expenditure")[0] == "unit_unknown"


def test_an_empty_form_needs_no_unit_of_money() -> None:
    text = table("fund_expenditure", "合计||||", caption="单位名称：某市某局")
    assert known(document(EXPENDITURE, text))["fund_expenditure"] == "blank"


def test_a_header_no_form_knows_is_named() -> None:
    found = document(EXPENDITURE.replace("基本支出", "日常支出"), THREE_PUBLIC)
    reason, detail = rejection(found, "expenditure")
    assert reason == "header_unknown"
    assert "{Y}年预算数/日常支出" in detail
    assert found.coverage["expenditure"] == "unreadable"


def test_one_bad_cell_rejects_its_statement_and_no_other() -> None:
    found = document(EXPENDITURE.replace("20.00", "2O.00", 1), THREE_PUBLIC)
    assert rejection(found, "expenditure")[0] == "cell_unparsed"
    assert known(found) == {"expenditure": "unreadable", "three_public": "data"}


# Data, stated empty, blank, absent

EMPTY = table("fund_expenditure", "合计||||")


@pytest.mark.parametrize(
    ("printed", "state"),
    [
        (EMPTY, "blank"),
        (f"{EMPTY}\n注：本表无数据", "stated_empty"),
        (f"{EMPTY}\n注：四舍五入\n说明：本单位无政府性基金预算支出", "stated_empty"),
        (f"{EMPTY}\n注：本表无数据||||", "stated_empty"),
        (f"{EMPTY}\n本表无数据||||", "stated_empty"),
        (f"{EMPTY}\n注：四舍五入", "blank"),
        (f"{EMPTY}\n{TITLES['three_public']}\n注：本表无数据", "blank"),
        (EMPTY.replace("合计||||", "201|一般公共服务支出|||"), "blank"),
        (EMPTY.replace("合计||||", "||||"), "blank"),
        (EMPTY.replace("合计||||", "合计||0.00||"), "data"),
        ("", "absent"),
    ],
)
def test_the_four_states(printed: str, state: str) -> None:
    assert document(EXPENDITURE, printed).coverage["fund_expenditure"] == state


def test_a_note_above_the_table_counts_too() -> None:
    text = EMPTY.replace(CAPTION, CAPTION + "\n注：本表无数据")
    assert document(EXPENDITURE, text).coverage["fund_expenditure"] == "stated_empty"


def test_a_note_of_the_next_table_is_none_of_this() -> None:
    last = f"{TITLES['projects_carried_over']}\n注：本表无数据"
    assert document(EXPENDITURE, f"{EMPTY}\n{last}").coverage["fund_expenditure"] == "blank"


def test_a_note_below_a_table_with_figures_changes_nothing() -> None:
    assert known(document(f"{FUND}\n注：本表无数据")) == {"fund_expenditure": "data"}


@pytest.mark.parametrize("between", ["", THREE_PUBLIC])
def test_a_title_with_nothing_but_a_note_is_stated_empty(between: str) -> None:
    text = f"{TITLES['fund_revenue']}\n{CAPTION}\n注：本表无数据"
    found = document(EXPENDITURE, text, between)
    assert found.coverage["fund_revenue"] == "stated_empty"
    assert statement(found, "fund_revenue").lines == ()


@pytest.mark.parametrize("after", ["", "第三部分 情况说明", THREE_PUBLIC])
def test_a_title_without_a_table_is_missed(after: str) -> None:
    found = document(EXPENDITURE, f"{TITLES['fund_revenue']}\n{CAPTION}", after)
    reason, detail = rejection(found, "fund_revenue")
    assert reason == "grid_missing"
    assert f"the title '{TITLES['fund_revenue']}' is printed and no table was found" in detail
    assert found.coverage["fund_revenue"] == "unreadable"


def test_prose_after_the_last_title_is_no_note_of_its_table() -> None:
    """The last table was not found, and the prose goes on to speak of something else."""
    prose = "第三部分 情况说明\n收入预算情况说明\n文字。\n本单位无国有资本经营预算支出。"
    found = document(EXPENDITURE, f"{TITLES['projects_carried_over']}\n{CAPTION}\n{prose}")
    assert found.coverage["projects_carried_over"] == "unreadable"


# Lists of tables

CONTENTS = "\n".join(["目录", *TITLES.values()])


def test_a_list_of_tables_before_them_changes_nothing() -> None:
    tables = [EXPENDITURE, FUND, THREE_PUBLIC, PROJECTS]
    others = [key for key in TITLES if not any(TITLES[key] in text for text in tables)]
    found = document(CONTENTS, *tables)
    assert {s.statement_id for s in found.statements} == {
        "expenditure",
        "fund_expenditure",
        "three_public",
        "projects",
    }
    for statement_id in others:
        assert rejection(found, statement_id)[0] == "grid_missing"


@pytest.mark.parametrize("dots", [".....", "………", " "])
def test_a_list_of_tables_with_page_numbers_names_no_table(dots: str) -> None:
    listed = "\n".join(f"{title}{dots}{page}" for page, title in enumerate(TITLES.values(), 2))
    assert known(document(listed, EXPENDITURE)) == {"expenditure": "data"}


def test_a_list_of_tables_that_is_a_grid_changes_nothing() -> None:
    listed = "\n".join(f"{title}|{page}" for page, title in enumerate(TITLES.values(), 2))
    found = document(listed, EXPENDITURE)
    assert figures(found, "expenditure")[0] == "30.00"


# Tables without a title


def test_an_untitled_table_is_known_where_one_form_alone_has_its_header() -> None:
    text = THREE_PUBLIC.replace(TITLES["three_public"] + "\n", "")
    found = document(EXPENDITURE, text)
    assert statement(found, "three_public").year is None
    assert known(found) == {"expenditure": "data", "three_public": "data"}


def test_an_untitled_table_that_several_forms_fit_is_rejected_with_their_names() -> None:
    text = FUND.replace(TITLES["fund_expenditure"] + "\n", "")
    reason, detail = rejection(document(THREE_PUBLIC, text), None)
    assert reason == "form_ambiguous"
    assert "fits expenditure, general_expenditure_function, fund_expenditure" in detail


def test_a_title_inside_the_table_is_one() -> None:
    inside = f"{TITLES['expenditure']}||||\n{HEADERS['expenditure']}\n{CODES}"
    found = document(THREE_PUBLIC, f"{CAPTION}\n{inside}")
    assert figures(found, "expenditure")[0] == "30.00"


def test_a_unit_of_money_inside_the_table_is_one() -> None:
    inside = f"单位名称：某市某局||||单位：万元\n{HEADERS['expenditure']}\n{CODES}"
    found = document(THREE_PUBLIC, f"{TITLES['expenditure']}\n{inside}")
    assert statement(found, "expenditure").money_unit == "万元"


@pytest.mark.parametrize(
    ("title", "statement_id", "rows"),
    [
        ("2026年专项转移支付安排表", "projects_carried_over", "合计|9.00|9.00||\n道路|9.00|9.00||"),
        ("2026年政府采购预算表", "operating_cost", "合计|9.00|9.00||\n某中心|9.00|9.00||"),
        ("2026年非税收入征收计划表", "fund_revenue", "103|非税收入|9.00"),
    ],
)
def test_a_table_with_another_title_is_none_of_ours(
    title: str, statement_id: str, rows: str
) -> None:
    foreign = table(statement_id, rows).replace(TITLES[statement_id], title)
    assert known(document(EXPENDITURE, foreign)) == {"expenditure": "data"}


def test_a_table_with_another_title_spoils_none_of_ours() -> None:
    rows = "合计|9.00|9.00||\n某中心|9.00|9.00||"
    foreign = table("operating_cost", rows).replace(
        TITLES["operating_cost"], "2026年政府采购预算表"
    )
    own = table("operating_cost", rows.replace("9.00", "1.00"))
    assert known(document(EXPENDITURE, own, foreign))["operating_cost"] == "data"


def test_other_tables_are_described_without_their_text() -> None:
    found = document(EXPENDITURE, "某市某局项目支出绩效目标表", FORM)
    (left,) = found.leftovers
    assert (left.rows, left.columns) == (3, 4)
    assert "某" not in repr(left)
    assert known(found) == {"expenditure": "data"}


# Printed again


def test_a_statement_printed_twice_alike_is_one() -> None:
    found = document(EXPENDITURE, THREE_PUBLIC, EXPENDITURE)
    assert len(found.statements) == 2
    assert found.rejected == ()


def test_printed_twice_with_other_figures_neither_holds() -> None:
    found = document(EXPENDITURE, THREE_PUBLIC, EXPENDITURE.replace("20.00", "21.00"))
    reason, detail = rejection(found, "expenditure")
    assert (reason, detail) == ("statement_repeated", "printed 2 times with different rows")
    assert known(found) == {"expenditure": "unreadable", "three_public": "data"}


def test_printed_twice_in_other_units_of_money_neither_holds() -> None:
    found = document(EXPENDITURE.replace("万元", "元"), THREE_PUBLIC, EXPENDITURE)
    assert rejection(found, "expenditure")[0] == "statement_repeated"


def test_an_empty_print_beside_a_filled_one_counts_for_nothing() -> None:
    found = document(EXPENDITURE, THREE_PUBLIC, table("expenditure", "合计||||"))
    assert figures(found, "expenditure")[0] == "30.00"


def test_one_unreadable_print_beside_a_sound_one_rejects_both() -> None:
    found = document(EXPENDITURE, THREE_PUBLIC, EXPENDITURE.replace("20.00", "2O.00", 1))
    assert rejection(found, "expenditure")[0] == "cell_unparsed"


@pytest.mark.parametrize(
    ("old", "new"),
    [("20.00", "21.00"), ("某市某局", "某市某中心"), ("2026", "2025"), ("万元", "元")],
    ids=["another print", "another unit", "another year", "another unit of money"],
)
def test_two_prints_next_to_each_other_are_no_pages_of_one_table(old: str, new: str) -> None:
    """Each begins with its total: one table has one."""
    other = EXPENDITURE.replace("0.00", "5.00").replace(old, new)
    found = document(THREE_PUBLIC, EXPENDITURE, other)
    assert rejection(found, "expenditure")[0] == "statement_repeated"


# Tables that go on


def test_a_table_that_begins_anew_on_each_page_is_one() -> None:
    rest = "208|社会保障和就业支出|5.00|5.00|"
    found = document(EXPENDITURE, table("expenditure", rest))
    assert figures(found, "expenditure") == [*["30.00", "10.00", "20.00"] * 2, "5.00", "5.00"]


REST = "208|社会保障和就业支出|5.00|5.00|"


@pytest.mark.parametrize("between", ["续表", "单位：万元", "某市某局\n第 3 页"])
def test_rows_without_a_header_after_a_line_or_two_may_be_the_rest(between: str) -> None:
    found = document(THREE_PUBLIC, EXPENDITURE, f"{between}\n{REST}\n210|甲|1.00||")
    reason, detail = rejection(found, "expenditure")
    assert reason == "row_unplaced"
    assert "it may belong here" in detail


@pytest.mark.parametrize("between", [f"续表\n{CAPTION}", f"预算公开表3（续）\n{CAPTION}"])
def test_rows_without_a_header_below_captions_may_be_the_rest(between: str) -> None:
    found = document(THREE_PUBLIC, EXPENDITURE, f"{between}\n{REST}\n210|甲|1.00||")
    assert known(found) == {"expenditure": "unreadable", "three_public": "data"}


def test_rows_under_the_title_again_may_be_the_rest() -> None:
    text = f"{TITLES['expenditure']}\n{CAPTION}\n{REST}\n210|甲|1.00||"
    found = document(THREE_PUBLIC, EXPENDITURE, text)
    assert known(found) == {"expenditure": "unreadable", "three_public": "data"}


@pytest.mark.parametrize("between", ["续表", CAPTION, f"{TITLES['expenditure']}（续）"])
def test_the_header_again_without_the_title_goes_on_with_the_table(between: str) -> None:
    """Three forms have this header; it stands below one of them."""
    text = f"{between}\n{HEADERS['expenditure']}\n{REST}"
    found = document(THREE_PUBLIC, EXPENDITURE, text)
    assert figures(found, "expenditure") == [*["30.00", "10.00", "20.00"] * 2, "5.00", "5.00"]


def test_a_table_of_other_columns_that_follows_at_once_may_be_the_rest() -> None:
    cover = "某市某局2026年度单位预算公开"
    first = reading("\n".join([cover, THREE_PUBLIC, EXPENDITURE])).items
    found = recognise(Reading("pdf", (*first, grid(FORM, follows=True))))
    assert rejection(found, "expenditure")[0] == "row_unplaced"


@pytest.mark.xfail(
    strict=True, reason="project tables begin with a name, not with 合计: joined as pages of one"
)
def test_two_project_tables_without_captions_are_no_pages_of_one() -> None:
    tables = (
        table("projects", f"{name}|9.00|9.00||||\n{name}的项目|9.00|9.00||||", "单位：万元")
        for name in ("某市某局", "某市某中心")
    )
    assert rejection(document(EXPENDITURE, *tables), "projects")[0] == "statement_repeated"


# The document


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026", "2025"),
        ("某市某局", "另一市某局"),
        pytest.param(
            "某市某局",
            "某市某局信息中心",
        ),
    ],
)
def test_a_table_of_another_year_or_unit_is_told(old: str, new: str) -> None:
    """It would be released under the document's year and unit."""
    found = document(EXPENDITURE, THREE_PUBLIC, PROJECTS, FUND.replace(old, new))
    assert "fund_expenditure" in {one.statement_id for one in found.rejected}


def test_what_a_disclosure_says_of_itself() -> None:
    found = document(EXPENDITURE)
    assert (found.unit_name, found.fiscal_year, found.scope) == ("某市某局", 2026, "unit")
    assert (found.kind, found.title) == ("budget", "某市某局2026年度单位预算公开")


@pytest.mark.parametrize("text", ["文字\n文字", "a|b\nc|d", f"目录\n{FORM}"])
def test_what_holds_no_statement_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="none of them an official statement") as caught:
        recognise(reading(text))
    assert (caught.value.stage, caught.value.reason) == ("forms", "nothing_recognised")


def test_the_refusal_says_what_came_nearest() -> None:
    with pytest.raises(Refusal, match="1 came near, first expenditure") as caught:
        document(EXPENDITURE.replace("基本支出", "日常支出"))
    assert "header_unknown" in caught.value.detail


def test_order_is_that_of_the_statements_not_of_the_pages() -> None:
    one, other = document(EXPENDITURE, THREE_PUBLIC), document(THREE_PUBLIC, EXPENDITURE)
    assert [s.statement_id for s in one.statements] == [s.statement_id for s in other.statements]
