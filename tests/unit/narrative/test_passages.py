"""Which lines are prose that states figures, and how wrapped lines become paragraphs again."""

from __future__ import annotations

import pytest

from pipeline.narrative.passages import passages
from pipeline.readers.shapes import Cell, Grid, Place
from tests.unit.narrative.prose import lines

TABLE = Grid(1, 1, (Cell(0, 0, "1", Place()),), spans_known=True)


def sections(*texts: str) -> list[tuple[str | None, str, list[str]]]:
    """Heading, kind and paragraphs of each section that is read."""
    return [(p.heading, p.kind, [t.printed for t in p.texts]) for p in passages(lines(*texts))]


def test_wrapped_lines_are_one_paragraph_and_keep_their_places() -> None:
    items = lines("第三部分 情况说明", "一、收支说明", "收入总计12", "万元。", "支出总计3万元")
    (one,) = passages(items)
    assert [text.printed for text in one.texts] == ["收入总计12万元。", "支出总计3万元"]
    assert [place.line for place in one.texts[0].places[-3:]] == [4, 4, 4]


def test_blanks_go_but_part_figures() -> None:
    found = sections("第三部分 情况说明", "一、说明", "预算 20 万元 3 4 辆")
    assert found[0][2] == ["预算20万元3 4辆"]


def test_page_numbers_part_nothing() -> None:
    found = sections("第三部分 情况说明", "一、说明", "预算总计12", "─7─", "万元。")
    assert found[0][2] == ["预算总计12万元。"]


def test_a_heading_over_two_lines_is_one() -> None:
    found = sections("第三部分 情况说明", "九、三公经费支出预算", "情况说明", "预算1万元")
    assert [heading for heading, _, _ in found] == ["九、三公经费支出预算情况说明"]


@pytest.mark.parametrize(
    "heading",
    ["第四部分 名词解释", "第五部分 附件", "第二部分 2031年单位预算报表", "目录"],
)
def test_some_parts_state_no_figures_of_the_year(heading: str) -> None:
    assert sections(heading, "一、基本支出", "预算12万元") == []


def test_duties_are_skipped_and_organisation_is_read() -> None:
    found = sections(
        "第一部分 概况",
        "一、本单位职责",
        "办理12个事项。",
        "二、机构设置情况",
        "核定编制12名。",
    )
    assert found == [("二、机构设置情况", "organisation", ["核定编制12名。"])]


def test_titles_without_ordinals_open_parts() -> None:
    found = sections("2031年单位预算编制说明", "收入预算12万元。", "名词解释", "指5万元。")
    assert found == [("2031年单位预算编制说明", "explanation", ["收入预算12万元。"])]


def test_a_performance_form_ends_at_the_next_section() -> None:
    found = sections(
        "第三部分 情况说明",
        "一、绩效情况",
        "项目3个。",
        "某市部门项目支出绩效目标申报表",
        "金额 5 万元",
        "二、国有资产情况",
        "车辆1辆。",
    )
    assert [texts for _, _, texts in found] == [["项目3个。"], ["车辆1辆。"]]


def test_a_table_ends_a_paragraph_and_rows_of_figures_are_none() -> None:
    items = (
        *lines("第三部分 情况说明", "一、说明", "预算"),
        TABLE,
        *lines("12万元。", "合计 12.00 13.00 14.00"),
    )
    (one,) = passages(items)
    assert [text.printed for text in one.texts] == ["预算", "12万元。"]


def test_an_attached_notice_opens_no_section() -> None:
    found = sections("第三部分 情况说明", "一、甲说明", "二、乙说明", "一、严格管理", "车辆1辆。")
    assert [heading for heading, _, _ in found] == ["二、乙说明"]


def test_duties_within_a_section_are_skipped_until_another_heading() -> None:
    found = sections(
        "一、部门基本情况",
        "（一）职能职责",
        "办理12个事项。",
        "（二）机构设置",
        "内设科室3个。",
        "（三）重点收支情况说明",
        "预算5万元。",
        "二、部门收支总体情况",
        "（一）收入预算",
        "预算6万元。",
    )
    assert found == [
        ("（二）机构设置", "organisation", ["内设科室3个。"]),
        ("一、部门基本情况", "organisation", ["预算5万元。"]),
        ("二、部门收支总体情况", "explanation", ["（一）收入预算预算6万元。"]),
    ]


def test_departments_in_a_list_open_no_section() -> None:
    found = sections(
        "第一部分 概况", "二、机构设置情况", "设2个科室：", "（一）职能转变科", "（二）综合科"
    )
    assert found == [
        ("二、机构设置情况", "organisation", ["设2个科室：", "（一）职能转变科", "（二）综合科"])
    ]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("三、“三公”经费", "explanation"),
        ("四、政府采购", "explanation"),
        ("五、国有资产", "explanation"),
        ("二、财政拨款支出", "explanation"),
        ("一、部门收支概况", "explanation"),
        ("一、部门职责及机构设置情况", "organisation"),
    ],
)
def test_a_heading_says_what_its_section_states_where_no_part_does(heading: str, kind: str) -> None:
    found = sections("2031年度某局预算公开", heading, "某某5万元。")
    assert found == [(heading, kind, ["某某5万元。"])]


@pytest.mark.parametrize("heading", ["一、收支预算总表", "二、主要职责", "三、重点工作"])
def test_tables_and_duties_are_not_read_where_no_part_says_so(heading: str) -> None:
    assert sections("2031年度某局预算公开", heading, "某某5万元。") == []
