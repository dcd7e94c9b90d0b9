"""What stands around a table: titles, unit of money, unit name, notes of emptiness."""

from __future__ import annotations

import pytest

from pipeline.forms.captions import Captions, read_captions, says_no_data, titles
from pipeline.forms.family import family_named
from tests.facsimile.forms import TITLES, title
from tests.unit.forms.printed import paragraphs

FORMS = family_named("shanxi_budget").forms
SUMMARY = "2026年预算收支总表"


def named(*lines: str) -> list[tuple[int, str]]:
    """The titles among lines: place and statement."""
    return [(t.index, t.forms[0].statement_id) for t in titles(paragraphs(*lines), FORMS)]


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
@pytest.mark.parametrize("number", TITLES)
def test_every_official_title_names_one_form(number: int, year: int) -> None:
    (found,) = titles(paragraphs(title(number, year)), FORMS)
    (form,) = found.forms
    assert (form.number, found.year) == (f"表{number}", year)


@pytest.mark.parametrize(
    "line",
    [
        "2026 年 预 算 收 支 总 表",
        "2026年度预算收支总表",
        "预算公开表1 2026年预算收支总表",
        "预算公开表1：2026年预算收支总表",
        "附表1 2026年预算收支总表",
        "表一2026年预算收支总表",
        "预算公开表1\u30002026年预算收支总表",
        "某市某局2026年预算收支总表",
        "某市某局 2026年预算收支总表",
        "预算收支总表",
        "收支预算总表",
    ],
)
def test_a_title_is_known_with_number_unit_and_year_before_it(line: str) -> None:
    assert named("封面", line, "单位：万元") == [(1, "summary")]


@pytest.mark.parametrize(
    "line",
    [
        "本单位2026年预算收支总表反映了全部收支情况。",
        "2026年预算收支总表.....2",
        "2026年预算收支总表……2",
        "2026年预算收支总表，2026年预算收入总表",
        "2025年决算收支总表与2026年预算收支总表",
        "一" * 50 + "2026年预算收支总表",
        "",
    ],
)
def test_a_line_that_says_more_is_no_title(line: str) -> None:
    assert named(line) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026年一般公共预算安排基本支出", "分经济科目表（不含上年结转）"),
        ("2026年一般公共预算安排基本支出分经济", "科目表（不含上年结转）"),
        ("2026 年一般公共预算安排", "基本支出分经济科目表（不含上年结转）"),
    ],
)
def test_a_title_wrapped_on_two_lines_counts_once(first: str, second: str) -> None:
    assert named("封面", first, second, "单位：万元") == [(1, "general_basic_economic")]


def test_titles_below_each_other_are_each_a_title() -> None:
    """A list of tables, or an empty table without a note: none may hide the next."""
    lines = [title(number, 2026) for number in TITLES]
    assert [index for index, _ in named(*lines)] == list(range(13))


def test_the_line_above_a_title_is_no_part_of_it() -> None:
    (found,) = titles(paragraphs("公开日期：2025年12月", SUMMARY), FORMS)
    assert (found.index, found.year, found.text) == (1, 2026, SUMMARY)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["单位：万元"], Captions("万元", None, None)),
        (["单位: 万元"], Captions("万元", None, None)),
        (["金额单位 ： 元"], Captions("元", None, None)),
        (["（单位：人民币万元）"], Captions("万元", None, None)),
        (["单位名称：某市某局"], Captions(None, "某市某局", "unit")),
        (["部门名称:某市某局", "单位：元"], Captions("元", "某市某局", "department")),
        (["单位名称：某市某局 单位：万元"], Captions("万元", "某市某局", "unit")),
        (["部门名称：某市某局   金额单位：万元"], Captions("万元", "某市某局", "department")),
        (["单位名称： 某市某局（某中心）"], Captions(None, "某市某局（某中心）", "unit")),
        (["编制单位：某局", "单位名称：另一局"], Captions(None, "某局", "unit")),
        (["填报单位：某局"], Captions(None, "某局", "unit")),
        (["公开部门：某局"], Captions(None, "某局", "department")),
        (["单位：元", "单位：万元"], Captions("万元", None, None)),
        (["单位名称：", "单位：万元"], Captions("万元", None, None)),
        (["长" * 121 + "单位：万元"], Captions(None, None, None)),
        ([], Captions(None, None, None)),
    ],
)
def test_captions(lines: list[str], expected: Captions) -> None:
    assert read_captions(lines) == expected


@pytest.mark.parametrize("line", ["单位：千元", "单位：亿元", "单位：万", "金额（万元）", "万元"])
def test_other_units_of_money_are_unknown(line: str) -> None:
    assert read_captions([line]).money_unit is None


def test_another_unit_of_money_is_no_name() -> None:
    assert read_captions(["单位：千元"]).unit_name is None


@pytest.mark.parametrize(
    "line",
    [
        "单位名称：某市某局 货币单位：万元",
        "单位名称：某市某局 计量单位：万元",
        "单位名称：某市某局 2026年1月15日 单位：万元",
        "单位名称：某市某局 公开01表",
        "预算单位：062003-某市某局",
    ],
)
def test_the_name_of_the_unit_ends_where_something_else_begins(line: str) -> None:
    assert read_captions([line]).unit_name == "某市某局"


def test_a_note_about_another_table_is_no_caption() -> None:
    assert read_captions(["单位：万元", "注：绩效目标表金额单位：元"]).money_unit == "万元"


@pytest.mark.parametrize(
    "note",
    [
        "注：本表无数据",
        "本表无数据。",
        "备注：此表没有数据",
        "该表中无相关数据",
        "上述表格没有数据",
        "本表为空表",
        "本表为空",
        "此表空白",
        "无数据",
        "（无相关数据）",
        "本单位无政府性基金预算支出",
        "说明：本部门当年未安排政府性基金预算支出，故本表无数据",
        "本单位未发生“三公”经费",
        "本部门本年度无上年结转",
        "注 : 本 表 无 数 据",
        "我部门没有使用政府性基金预算拨款安排的支出",
    ],
)
def test_the_many_ways_to_say_that_a_table_is_empty(note: str) -> None:
    assert says_no_data(["单位：万元", note])


@pytest.mark.parametrize(
    "note", ["本单位2026年无政府性基金预算支出", "我单位2026年没有国有资本经营预算安排的支出"]
)
def test_a_note_may_name_the_year(note: str) -> None:
    assert says_no_data([note])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "注：本套报表因取数时四舍五入，部分金额可能存在尾差",
        "单位：万元",
        "数据来源：财政一体化系统",
        "本表数据不含上年结转",
        "本单位无其他情况说明",
        "无线电监测数据",
        "本单位职责：无偿提供数据服务",
        "本表反映部门年度预算",
        "文" * 121 + "本表无数据",
    ],
)
def test_what_does_not_say_so(note: str) -> None:
    assert not says_no_data([note])


@pytest.mark.parametrize(
    "note",
    [
        "本单位无下属单位，预算为本级预算",
        "本部门未纳入集中核算的经费另行公开",
        "本单位无新增资产，支出减少",
    ],
)
def test_a_unit_that_lacks_something_else_says_nothing_of_the_table(note: str) -> None:
    assert not says_no_data([note])
