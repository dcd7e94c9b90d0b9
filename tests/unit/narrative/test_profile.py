"""What prose says a unit is: duties, rank, nature, and the bodies that its lists name."""

from __future__ import annotations

import pytest

from pipeline.narrative.profile import profile
from tests.unit.narrative.prose import lines

UNIT = "某市甲中心"


def organisation(*texts: str) -> list[tuple[str, str]]:
    """The attributes of a section on organisation."""
    found = profile(lines("第一部分 概况", "二、机构设置情况", *texts), UNIT)
    return [(one.attribute, one.value) for one in found]


def named(attribute: str, *names: str) -> list[tuple[str, str]]:
    """The same attribute of several names."""
    return [(attribute, name) for name in names]


def test_duties_are_kept_as_printed_with_their_place() -> None:
    items = lines("第一部分 概况", "一、主要职责", "（一）办理甲事。", "（二）办理乙事。")
    (one,) = profile(items, UNIT)
    assert (one.attribute, one.value) == ("duties", "（一）办理甲事。\n（二）办理乙事。")
    assert one.place.line == 3


def test_tasks_of_the_year_are_no_duties() -> None:
    assert profile(lines("第一部分 概况", "二、2031年主要工作任务", "办理12件。"), UNIT) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("内设机构3个（综合科、法规科、信息科）。", ("综合科", "法规科", "信息科")),
        (
            "某市甲中心设2个内设机构，包括：办公室、财务处（审计处）。",
            ("办公室", "财务处（审计处）"),
        ),
        ("内设2个正科级科室，分别为：综合科、数据科。", ("综合科", "数据科")),
    ],
)
def test_internal_departments_are_named(text: str, expected: tuple[str, ...]) -> None:
    assert organisation(text) == named("internal_department", *expected)


def test_numbered_paragraphs_name_one_body_each_and_not_what_it_does() -> None:
    found = organisation(
        "某市甲中心设下列内设机构（正科级）：",
        "（一）综合科",
        "负责会务、档案、采购文件编制以及展示现场等工作。",
        "（二）法规科。负责审查。",
    )
    assert found == named("internal_department", "综合科", "法规科")


@pytest.mark.parametrize(
    "texts",
    [
        ("本部门下属事业单位包括：某市乙站、某市丙馆等。",),
        ("本部门下属事业单位包括：", "某市乙站、某市丙馆等。"),
        ("下设某市乙站（副处）、某市丙馆（正科）2个事业单位，共有干部40人。",),
    ],
)
def test_subordinate_units_are_named_without_their_ranks(texts: tuple[str, ...]) -> None:
    assert organisation(*texts) == named("subordinate_unit", "某市乙站", "某市丙馆")


@pytest.mark.parametrize(
    "texts",
    [
        ("纳入编制范围的预算单位共计2家，具体包括：某市甲中心本级、某市乙站。",),
        ("本部门中，行政单位1家，事业单位1家，具体包括：", "1.某市甲中心本级。", "2.某市乙站。"),
    ],
)
def test_budget_units_are_named(texts: tuple[str, ...]) -> None:
    assert organisation(*texts) == named("budget_unit", "某市甲中心本级", "某市乙站")


def test_rank_and_nature_are_those_of_the_unit_itself() -> None:
    assert organisation(f"{UNIT}为副处级公益一类事业单位，核定编制9名。", "某市乙站为正科级。") == [
        ("rank", "副处级"),
        ("nature", "公益一类事业单位"),
    ]


def test_rank_and_nature_may_stand_among_the_duties() -> None:
    text = f"{UNIT}是收养老人的事业单位，为正科级，挂某站牌子。"
    found = profile(lines("第一部分 概况", "一、主要职能", text), UNIT)
    assert [(one.attribute, one.value) for one in found][1:] == [
        ("rank", "正科级"),
        ("nature", "事业单位"),
    ]


def test_no_persons_and_no_sentences_are_taken_for_bodies() -> None:
    assert organisation("内设机构3个（张某某、按照规定设置的机构、负责人办公室）。") == []
