"""Unit, year and scope of a document, from its cover and the captions of its tables."""

from __future__ import annotations

import pytest

from pipeline.documents.document import Refusal
from pipeline.forms.captions import Captions
from pipeline.forms.disclosure import Cover, identify, majority, read_cover
from pipeline.forms.statement import Statement
from tests.unit.forms.printed import grid, paragraphs

NOTHING = Captions(None, None, None)


def stated(unit_name: str | None, year: int | None, scope: str | None = None) -> Statement:
    """A statement of which only the captions matter."""
    return Statement("summary", "shanxi_budget", "data", "万元", year, unit_name, scope)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["2026年度单位预算公开"], (2026, "unit")),
        (["某市某局", "2026年部门预算公开"], (2026, "department")),
        (["某市某局2025年度部门决算公开"], (2025, "department")),
        (["某市某局2026年预算公开"], (2026, None)),
        (["2026 年 度 部 门 预 算 公 开"], (2026, "department")),
        (["2026年部门预算信息公开"], (2026, "department")),
        (["目录", "第二部分 2026年单位预算报表"], (2026, "unit")),
        (["某市某局2024年度单位预算"], (2024, "unit")),
        (["关于批复2026年预算的通知"], (None, None)),
        (["文" * 60 + "2026年度单位预算公开"], (None, None)),
        (["x"] * 40 + ["2026年度单位预算公开"], (None, None)),
        ([], (None, None)),
    ],
)
def test_the_cover(lines: list[str], expected: tuple[int | None, str | None]) -> None:
    cover = read_cover([grid("2020年度单位预算公开|x"), *paragraphs(*lines)])
    assert (cover.year, cover.scope) == expected


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["某市某局2026年度单位预算公开"], "某市某局"),
        (["某市某局", "2026年度单位预算公开"], "某市某局"),
        (["某市公共资源", "交易中心", "2026年度单位预算公开"], "某市公共资源交易中心"),
        (["2026年度单位预算公开"], None),
        (["一", "二", "三", "四", "2026年度单位预算公开"], None),
    ],
)
def test_the_name_on_the_cover(lines: list[str], name: str | None) -> None:
    assert read_cover(paragraphs(*lines)).unit_name == name


def test_the_tables_decide_by_majority_and_the_cover_where_they_are_silent() -> None:
    tables = [stated("甲", 2026), stated("甲", 2026), stated("乙", 2025), stated(None, None)]
    assert identify(Cover(None, 2024, None, "丙"), tables, NOTHING) == ("甲", 2026, None)
    silent = [stated(None, None)]
    assert identify(Cover(None, 2024, None, "丙"), silent, NOTHING) == ("丙", 2024, None)
    anywhere = Captions(None, "丁", "unit")
    assert identify(Cover(None, 2024, None, "丙"), silent, anywhere) == ("丁", 2024, "unit")


def test_the_cover_decides_the_scope() -> None:
    tables = [stated("甲", 2026, "unit")]
    assert identify(Cover(scope="department"), tables, NOTHING)[2] == "department"
    assert identify(Cover(), tables, NOTHING)[2] == "unit"


@pytest.mark.parametrize(
    ("table", "lacking"),
    [(stated(None, 2026), "the unit's name"), (stated("甲", None), "the fiscal year")],
)
def test_a_document_without_unit_or_year_is_refused(table: Statement, lacking: str) -> None:
    with pytest.raises(Refusal) as caught:
        identify(Cover(), [table], NOTHING)
    assert (caught.value.stage, caught.value.reason) == ("forms", "document_unidentified")
    assert caught.value.detail.startswith(lacking)


def test_of_equals_the_smallest_is_the_majority() -> None:
    assert majority(["b", "a", None, "b", "a"]) == "a"
    assert majority([None]) is None
