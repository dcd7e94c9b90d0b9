"""Headers of several rows: which column holds what, and what a header lacks or adds."""

from __future__ import annotations

import pytest

from pipeline.forms.header import Match, Mismatch, column_words, match
from tests.unit.forms.printed import HEADERS, form, grid

CODES = "\n201|一般公共服务支出|1.00|1.00|"


def columns(found: Match | Mismatch) -> dict[int, str]:
    """Column to side and name, as `revenue.label`."""
    assert isinstance(found, Match), found
    return {
        index: f"{side.side}.{column.name}" if side.side else column.name
        for index, (side, column) in found.columns.items()
    }


def matched(statement_id: str, text: str) -> dict[int, str]:
    """The columns of a grid read as a form."""
    return columns(match(grid(text), form(statement_id)))


TWO_SIDED = {
    0: "revenue.label",
    1: "revenue.amount",
    2: "expenditure.label",
    3: "expenditure.total",
    4: "expenditure.current_year",
    5: "expenditure.carried_over",
}


@pytest.mark.parametrize(
    "text",
    [
        "收入||支出|||\n项目|2026年|项目|2026年合计|当年预算安排|上年结转安排",
        "收入|<|支出|<|<|<\n项目|2026年|项目|2026年合计|当年预算安排|上年结转安排",
        "收 入||支 出|||\n项/n目|2026\u3000年|项目|2026 年合计|当年预/n算安排|上年结转安排",
    ],
    ids=["spans unknown", "spans known", "with blanks and line breaks"],
)
def test_a_two_sided_header(text: str) -> None:
    assert matched("summary", text + "\n一、一般公共预算|1.00|一、一般公共服务支出|1.00||") == (
        TWO_SIDED
    )


THREE_LEVELS = {
    0: "revenue.label",
    1: "revenue.amount",
    2: "expenditure.label",
    3: "expenditure.total",
    4: "expenditure.general_public_budget",
    5: "expenditure.government_fund",
    6: "expenditure.state_capital",
}


@pytest.mark.parametrize(
    "text",
    [
        HEADERS["fiscal_summary"],
        (
            "收入|<|支出|<|<|<|<\n项目|金额|项目|金额|<|<|<\n"
            "^|^|^|小计|一般公共预算|政府性基金预算|国有资本经营预算"
        ),
    ],
    ids=["spans unknown", "spans known"],
)
def test_a_header_of_three_levels(text: str) -> None:
    found = match(
        grid(text + "\n一、一般公共预算|1|一、一般公共服务支出|1|1||"), form("fiscal_summary")
    )
    assert columns(found) == THREE_LEVELS
    assert isinstance(found, Match)
    assert (found.caption_rows, found.header_rows, found.body) == (0, 3, 3)


def test_paths_are_the_words_above_a_column() -> None:
    known = grid("收入|<|支出\n项目|金额|^\na|b|c")
    assert column_words(known, 0, 2) == [("收入", "项目"), ("收入", "金额"), ("支出",)]
    unknown = grid("收入||支出\n项目|金额|\na|b|c")
    assert column_words(unknown, 0, 2) == [("收入", "项目"), ("收入", "金额"), ("支出",)]


def test_a_blank_place_never_takes_the_word_of_another_parent() -> None:
    """小计 reigns over its own column alone: 政府性基金 begins a new one."""
    text = "本年|||上年\n合计|一般|基金|\na|b|c|d"
    assert column_words(grid(text), 0, 2)[3] == ("上年",)


def test_the_revenue_table_with_its_column_beside_the_group() -> None:
    found = matched(
        "revenue",
        "项目||本年收入||||||上年结转\n科目编码|科目名称|合计|一般公共预算|政府性基金|"
        "国有资本经营预算|财政专户管理资金|单位资金|\n201|服务|1|1|||||",
    )
    assert list(found.values()) == [
        "code",
        "label",
        "total",
        "general_public_budget",
        "government_fund",
        "state_capital",
        "fiscal_special_account",
        "unit_funds",
        "carried_over",
    ]


def test_columns_may_stand_in_another_order() -> None:
    found = matched("expenditure", "科目名称|科目编码|合计|项目支出|基本支出\n服务|201|3|2|1")
    assert found == {0: "label", 1: "code", 2: "total", 3: "project", 4: "basic"}


# What is missing, and what is too much


def test_a_figure_column_may_be_missing_and_is_named() -> None:
    found = match(grid("科目编码|科目名称|合计|基本支出\n201|服务|1|1"), form("expenditure"))
    assert isinstance(found, Match)
    assert found.missing == ("project",)


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("科目编码|科目名称|基本支出|项目支出", "total"),
        ("科目编码|合计|基本支出|项目支出", "label"),
        ("科目名称|合计|基本支出|项目支出", "code"),
    ],
)
def test_without_label_code_or_first_figure_nothing_can_be_read(header: str, missing: str) -> None:
    found = match(grid(f"{header}\na|b|c|d"), form("expenditure"))
    assert isinstance(found, Mismatch)
    assert found.missing == (missing,)


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("科目编码|科目名称|合计|基本支出|经营支出", "经营支出"),
        ("科目编码|科目名称|合计|基本支出|项目支出|项目支出", "项目支出"),
        ("科目编码|科目名称|2025年|合计|基本支出", "{Y}年"),
        ("类|款|科目编码|科目名称|合计", "类"),
    ],
)
def test_a_word_no_form_knows_is_named(header: str, word: str) -> None:
    body = "|".join("x" for _ in header.split("|"))
    found = match(grid(f"{header}\n{body}"), form("expenditure"))
    assert isinstance(found, Mismatch)
    assert word in found.unknown


def test_the_nearest_reading_is_the_evidence() -> None:
    """One unknown word of a whole header is named alone, not with all that a shallower one has."""
    text = "项目||2026年预算数|||\n科目编码|科目名称|合计|基本支出|项目支出|备用金\n201|a|1|1||1"
    found = match(grid(text), form("expenditure"))
    assert found == Mismatch(("{Y}年预算数/备用金",), ())


BLANK_COLUMNS = "|科目编码||科目名称|合计|基本支出|项目支出\n|201||a|1|1|"


def test_blank_columns_are_passed_over() -> None:
    found = match(grid(BLANK_COLUMNS, spans_known=True), form("expenditure"))
    assert columns(found) == {1: "code", 3: "label", 4: "total", 5: "basic", 6: "project"}


def test_a_blank_column_before_the_first_is_passed_over() -> None:
    found = matched("expenditure", "|科目编码|科目名称|合计\n|201|a|1")
    assert found == {1: "code", 2: "label", 3: "total"}


@pytest.mark.parametrize("column", ["x", "1.00"])
def test_a_column_without_header_that_holds_something_is_not(column: str) -> None:
    text = f"科目编码|<|科目名称|合计|基本支出|项目支出\n201|{column}|a|1|1|"
    found = match(grid(text), form("expenditure"))
    assert isinstance(found, Mismatch)


@pytest.mark.parametrize("text", [BLANK_COLUMNS, f"{HEADERS['expenditure']}|\n201|a|1|1||"])
def test_blank_columns_are_passed_over_where_spans_are_unknown(text: str) -> None:
    assert len(matched("expenditure", text)) == 5


@pytest.mark.parametrize("spans_known", [True, False])
def test_sides_the_other_way_round_keep_their_figures(spans_known: bool) -> None:
    text = (
        "支出||||收入|\n项目|2026年合计|当年预算安排|上年结转安排|项目|2026年\n"
        "一、一般公共服务支出|1|1||一、一般公共预算|1"
    )
    merged = text.replace("支出||||收入|\n", "支出|<|<|<|收入|<\n")
    found = match(grid(merged if spans_known else text), form("summary"))
    assert list(columns(found).values()) == [*TWO_SIDED.values()][2:] + [*TWO_SIDED.values()][:2]


# Caption rows inside the grid


@pytest.mark.parametrize(
    "caption",
    ["2026年预算支出总表||||", "||||单位：万元", "2026年预算支出总表|<|<|<|<\n单位：万元|<|<|<|<"],
)
def test_caption_rows_above_the_header_are_passed_over(caption: str) -> None:
    found = match(grid(f"{caption}\n{HEADERS['expenditure']}{CODES}"), form("expenditure"))
    assert list(columns(found).values()) == ["code", "label", "total", "basic", "project"]
    assert isinstance(found, Match)
    assert found.body == len(caption.split("\n")) + 2


def test_caption_rows_are_told_from_header_rows() -> None:
    """Else nobody reads the unit of money in them."""
    found = match(grid(f"单位：万元||||\n{HEADERS['expenditure']}{CODES}"), form("expenditure"))
    assert isinstance(found, Match)
    assert (found.caption_rows, found.header_rows) == (1, 2)


def test_a_header_below_many_rows_is_none() -> None:
    captions = "\n".join(["一|二|三|四|五"] * 2)
    found = match(grid(f"{captions}\n{HEADERS['expenditure']}{CODES}"), form("expenditure"))
    assert isinstance(found, Match)
    too_many = "\n".join(["一|二|三|四|五"] * 5)
    assert isinstance(
        match(grid(f"{too_many}\n{HEADERS['expenditure']}{CODES}"), form("expenditure")), Mismatch
    )


def test_an_empty_grid_matches_nothing() -> None:
    found = match(grid("|\n|"), form("operating_cost"))
    assert isinstance(found, Mismatch)
    assert found.missing[:2] == ("label", "total")
