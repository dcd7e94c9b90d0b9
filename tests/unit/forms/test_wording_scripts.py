"""Scripts and look-alikes: what is compared as one, and what is not."""

from __future__ import annotations

import pytest

from pipeline.forms.family import families
from pipeline.forms.wording import (
    SAME_CHARACTER,
    canon,
    canon_label,
    canon_title,
    folded,
    squeeze,
    taken_for,
    year_in,
)


def declared_words() -> set[str]:
    """Every title, header word and row label of every family."""
    words: set[str] = set()
    for form in (form for family in families() for form in family.forms):
        words |= form.titles
        words |= {w for _, c in form.columns for path in c.paths for w in path}
        words |= {label for side in form.sides for rule in side.rules for label in rule.labels}
    return words


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("財政專戶管理資金", "财政专户管理资金"),
        ("國有資本經營預算", "国有资本经营预算"),
        ("一般公共預算財政撥款", "一般公共预算财政拨款"),
        ("⻋辆购置", "车辆购置"),
        ("⽀出", "支出"),
        ("２０２５年合计", "2026年合计"),
    ],
)
def test_one_word_in_two_scripts_is_one(printed: str, meant: str) -> None:
    assert canon(printed) == canon(meant)


def test_titles_and_labels_too() -> None:
    assert canon_title("預算公開表1 ２０２５年預算收支總表") == "预算收支总表"
    assert canon_label("八、社會保障和就業支出") == "社会保障和就业支出"
    assert year_in("２０２５年預算收支總表") == 2025


def test_what_is_released_keeps_its_script() -> None:
    assert squeeze("財 政") == "財政"


def test_folding_is_stable_and_folds_no_declared_word_away() -> None:
    groups = SAME_CHARACTER.split()
    others = [other for group in groups for other in group[1:]]
    assert len(others) == len(set(others))
    assert {group[0] for group in groups}.isdisjoint(others)
    assert all(len(group) > 1 for group in groups)
    assert all(folded(word) == word for word in declared_words())


@pytest.mark.parametrize(
    ("read", "meant"),
    [("财改拨款", "财政拨款"), ("一股公共预算", "一般公共预算"), ("基夲支出", None)],
)
def test_one_character_that_scans_confuse_is_set_right(read: str, meant: str | None) -> None:
    assert taken_for(read, {"财政拨款", "一般公共预算", "基本支出"}) == meant


@pytest.mark.parametrize(
    ("read", "declared"),
    [
        ("财政拨款", {"财政拨款", "财改拨款"}),
        ("合汁", {"合计"}),
        ("本年结转", {"上年结转"}),
        ("年末结转", {"年初结转"}),
        ("包含上年结转", {"不含上年结转"}),
        ("财改拔款", {"财政拨款"}),
        ("财改拨款表", {"财政拨款"}),
        ("木未结转", {"本未结转", "木末结转"}),
    ],
    ids=["itself", "short", "other year", "other end", "other sense", "two", "longer", "two words"],
)
def test_nothing_else_is(read: str, declared: set[str]) -> None:
    assert taken_for(read, declared) is None


def test_no_declared_word_is_taken_for_another() -> None:
    words = declared_words()
    assert [w for w in words if taken_for(w, words - {w})] == []
