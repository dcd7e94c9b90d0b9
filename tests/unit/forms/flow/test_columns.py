"""Headers in the order of their lines: which columns stand there, and in which order."""

from __future__ import annotations

import pytest

from pipeline.forms.family import Form, parse_form
from pipeline.forms.flow.columns import find, find_letters, ordered

TREE = {
    "statement": "expenditure",
    "number": "1",
    "titles": "支出表",
    "rows": "tree",
    "code_system": "function",
}
CODE, NAME = {"role": "code", "header": "科目编码"}, {"role": "label", "header": "科目名称"}


def form(*columns: tuple[str, str]) -> Form:
    """A form of codes with these figure columns: (measure, header)."""
    measures = [{"measure": measure, "header": header} for measure, header in columns]
    return parse_form("test", {**TREE, "columns": [CODE, NAME, *measures]})


def order(text: str, of: Form) -> list[str] | None:
    """The measures and names of a header in printed order."""
    found = ordered(text, find(text, of))
    return None if found is None else [placed.column.name for placed in found]


PLAIN = form(("total", "合计"), ("basic", "基本支出"), ("project", "项目支出"))
BALANCES = form(
    ("total", "本年支出/小计|小计"),
    ("opening_balance", "年初结转"),
    ("basic", "基本支出"),
    ("project", "项目支出"),
    ("closing_balance", "年末结转"),
)


@pytest.mark.parametrize(
    "text",
    ["科目编码科目名称合计基本支出项目支出", "项目{Y}年预算数科目编码科目名称合计基本支出项目支出"],
)
def test_words_in_the_order_of_the_form(text: str) -> None:
    assert order(text, PLAIN) == ["code", "label", "total", "basic", "project"]


def test_words_in_another_order_are_taken_as_printed() -> None:
    text = "科目编码科目名称项目支出基本支出合计"
    assert order(text, PLAIN) == ["code", "label", "project", "basic", "total"]


def test_lower_words_stand_below_the_word_that_groups_them() -> None:
    text = "项目年初结转本年支出年末结转科目编码科目名称小计基本支出项目支出"
    assert order(text, BALANCES) == [
        "code",
        "label",
        "opening_balance",
        "total",
        "basic",
        "project",
        "closing_balance",
    ]


def test_where_two_groups_may_share_the_words_no_order_is_told() -> None:
    of = form(
        ("total", "合计"),
        ("basic", "基本支出"),
        ("project", "项目支出"),
        ("carried_over", "上年结转"),
    )
    assert order("科目编码科目名称甲栏上年结转乙栏基本支出合计项目支出", of) is None


def test_a_column_may_be_missing() -> None:
    assert order("科目编码科目名称合计项目支出", PLAIN) == ["code", "label", "total", "project"]


def test_the_longest_word_is_taken_first() -> None:
    of = form(("total", "合计"), ("carried_over", "上年结转|上年结转安排"), ("basic", "安排"))
    placed = find("科目编码科目名称合计上年结转安排安排", of)
    assert [p.words[-1] for p in placed[2:]] == ["合计", "上年结转安排", "安排"]


def test_lines_out_of_order_are_known_by_their_letters() -> None:
    mixed = "计科科目目编称名合码项支目基支本出出"
    assert [p.column.name for p in find_letters(mixed, PLAIN)] == [
        "code",
        "label",
        "total",
        "basic",
        "project",
    ]
    assert find_letters("科目编码科目名称合计", PLAIN) == ()
