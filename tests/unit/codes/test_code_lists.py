"""The code lists: what they hold, which name answers for a year, and what `check` catches."""

from __future__ import annotations

import re
from typing import Any, get_args

import polars as pl
import pytest

from pipeline.codes.code_lists import (
    SCHEMA,
    SCHEMAS,
    ListName,
    check,
    class_code_of,
    level_of,
    load,
    name_in,
    resolve,
    with_unlisted,
)
from pipeline.codes.economic import economic_code_of

NAMES: tuple[ListName, ...] = get_args(ListName)

BUDGET_CLASSES = {
    "一般公共服务支出": "201",
    "外交支出": "202",
    "国防支出": "203",
    "公共安全支出": "204",
    "教育支出": "205",
    "科学技术支出": "206",
    "文化旅游体育与传媒支出": "207",
    "社会保障和就业支出": "208",
    "社会保险基金支出": "209",
    "卫生健康支出": "210",
    "节能环保支出": "211",
    "城乡社区支出": "212",
    "农林水支出": "213",
    "交通运输支出": "214",
    "资源勘探工业信息等支出": "215",
    "商业服务业等支出": "216",
    "金融支出": "217",
    "援助其他地区支出": "219",
    "自然资源海洋气象等支出": "220",
    "住房保障支出": "221",
    "粮油物资储备支出": "222",
    "国有资本经营预算支出": "223",
    "灾害防治及应急管理支出": "224",
    "预备费": "227",
    "其他支出": "229",
    "转移性支出": "230",
    "债务还本支出": "231",
    "债务付息支出": "232",
    "债务发行费用支出": "233",
    "抗疫特别国债安排的支出": "234",
}

Row = tuple[str, int, str | None, str | None, str | None, str | None, int | None, str]
CLASS: Row = ("208", 2017, "社会保障", "Social security", "类", None, None, "listed")
OLD: Row = ("20805", 2017, "离退休", "Retirees", "款", "208", 2019, "listed")
NEW: Row = ("20805", 2020, "养老支出", "Old-age benefits", "款", "208", None, "listed")


def frame(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def changed(row: Row, **values: object) -> pl.DataFrame:
    """A sound list with these values changed in one row."""
    edited = frame(row).with_columns(pl.lit(v, dtype=SCHEMA[k]).alias(k) for k, v in values.items())
    return frame(*(r for r in (CLASS, OLD, NEW) if r != row)).vstack(edited)


def seen(*rows: tuple[str | None, str | None, int]) -> pl.DataFrame:
    schema: dict[str, Any] = {"code": pl.String, "name": pl.String, "fiscal_year": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_list_is_sound_typed_and_sorted(name: ListName) -> None:
    listed = load(name)
    assert check(listed) == []
    assert dict(listed.schema) == SCHEMAS[name]
    assert set(listed["status"]) == {"listed"}
    key = [c for c in ("classification", "code", "valid_from") if c in listed.columns]
    assert listed.equals(listed.sort(key))


@pytest.mark.parametrize("name", NAMES)
def test_english_names_are_english_and_chinese_names_have_no_stray_characters(
    name: ListName,
) -> None:
    for zh, en in load(name).select("name_zh", "name_en").iter_rows():
        assert re.fullmatch(r"[A-Z][A-Za-z ,'()\-0-9]+", en), en
        assert re.fullmatch(r"[\u4e00-\u9fff（）、“”]+", zh), zh


def test_the_department_list_holds_ten_classes_and_every_group_in_force() -> None:
    department = load("economic").filter(
        (pl.col("classification") == "department") & pl.col("valid_to").is_null()
    )
    assert dict(department.group_by("level").len().iter_rows()) == {"类": 10, "款": 99}


@pytest.mark.parametrize(
    ("code", "year", "name", "expected"),
    [
        ("20805", 2019, "function", "行政事业单位离退休"),
        ("20805", 2020, "function", "行政事业单位养老支出"),
        ("20805", 2026, "function", "行政事业单位养老支出"),
        ("20805", 2010, "function", "行政事业单位离退休"),
        ("2040405", 2017, "function", "公诉和审判监督"),
        ("2040405", 2018, "function", "公诉、审判、侦查、执行等检察监督支出"),
        ("207", 2018, "function", "文化体育与传媒支出"),
        ("207", 2019, "function", "文化旅游体育与传媒支出"),
        ("1030148", 2017, "revenue", "国有土地使用权出让收入"),
        ("30307", 2017, "economic", "医疗费"),
        ("30307", 2018, "economic", "医疗费补助"),
        ("30311", 2017, "economic", "住房公积金"),
        ("30311", 2022, "economic", "代缴社会保险费"),
        ("310", 2017, "economic", "其他资本性支出"),
        ("310", 2026, "economic", "资本性支出"),
        ("30104", 2026, "economic", "其他社会保障缴费"),
        ("50101", 2026, "economic", "工资奖金津补贴"),
        ("2999999", 2026, "function", None),
        ("20805", 2026, "revenue", None),
    ],
)
def test_a_code_has_the_name_of_its_year_or_the_nearest(
    code: str, year: int, name: ListName, expected: str | None
) -> None:
    assert name_in(code, year, name) == expected


def test_a_classification_may_be_asked_for() -> None:
    assert name_in("30101", 2026, "economic", "department") == "基本工资"
    assert name_in("30101", 2026, "economic", "government") is None


def test_resolve_takes_the_row_that_name_in_takes_and_keeps_the_order() -> None:
    asked = [("20805", 2026), ("20805", 2010), ("99999", 2026), ("20805", 2019), ("20805", 2026)]
    used = pl.DataFrame(asked, schema=["code", "fiscal_year"], orient="row")
    resolved = resolve(load("function"), used)
    assert resolved["valid_from"].to_list() == [2020, 2017, None, 2017, 2020]
    assert resolved.select("code", "fiscal_year").equals(used)
    names = {
        (c, y): n
        for c, y, n in load("function").select("code", "valid_from", "name_zh").iter_rows()
    }
    for code, year, valid_from in resolved.drop_nulls().iter_rows():
        assert names[code, valid_from] == name_in(code, year)


def test_resolve_keeps_the_two_economic_classifications_apart() -> None:
    used = pl.DataFrame(
        {
            "classification": ["department", "government"],
            "code": ["310", "310"],
            "fiscal_year": [2026, 2026],
        }
    )
    assert resolve(load("economic"), used)["valid_from"].to_list() == [2022, None]


@pytest.mark.parametrize(("label", "code"), BUDGET_CLASSES.items())
def test_every_class_of_the_summary_table_has_its_code(label: str, code: str) -> None:
    assert class_code_of(label) == code
    assert class_code_of(label.removesuffix("支出")) == code
    assert class_code_of(f"二十八、{label}") == code


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("八、社会保障和就业支出", "208"),
        ("（八）社会保障和就业支出", "208"),
        ("8. 社会保障和就业", "208"),
        ("　八、社会保障\n和就业支出", "208"),
        ("社会保障和就业支出（类）", "208"),
        ("一般公共服务支出", "201"),
        ("一、一般公共服务支出", "201"),
        ("九、医疗卫生与计划生育支出", "210"),
        ("十七、国土海洋气象等支出", "220"),
        ("十四、资源勘探信息等支出", "215"),
        ("七、文化体育与传媒支出", "207"),
        ("一、一般公共预算", None),
        ("本年支出合计", None),
        ("行政运行", None),
        ("支出", None),
        ("", None),
    ],
)
def test_a_class_is_known_by_any_printed_form_of_any_of_its_names(
    label: str, code: str | None
) -> None:
    assert class_code_of(label) == code


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("208", "类"),
        ("20805", "款"),
        ("2080505", "项"),
        ("2080", None),
        ("２０８", None),
        ("20A", None),
    ],
)
def test_digits_give_the_level(code: str, level: str | None) -> None:
    assert level_of(code) == level


def test_listed_codes_add_nothing_in_any_year() -> None:
    listed = load("function")
    assert with_unlisted(listed, seen(("20805", "别的名字", 1999))).equals(listed)
    assert with_unlisted(listed, seen()).equals(listed)


def test_an_unlisted_code_gets_a_row_for_each_name_over_the_years() -> None:
    printed = seen(
        ("2080590", "乙", 2021),
        ("2080590", "甲", 2018),
        ("2080590", "甲", 2019),
        ("2080590", "丙", 2018),
        ("2080590", "甲", 2024),
    )
    added = with_unlisted(frame(CLASS, OLD, NEW), printed).filter(status="unlisted")
    parts = ("项", "20805")
    assert added.rows() == [
        ("2080590", 2018, "丙", None, *parts, 2018, "unlisted"),
        ("2080590", 2019, "甲", None, *parts, 2020, "unlisted"),
        ("2080590", 2021, "乙", None, *parts, 2023, "unlisted"),
        ("2080590", 2024, "甲", None, *parts, None, "unlisted"),
    ]


def test_years_that_print_one_name_or_none_make_one_row() -> None:
    printed = seen(
        ("299", None, 2017),
        ("299", "甲", 2018),
        ("299", None, 2019),
        ("299", "甲", 2020),
        ("298", None, 2020),
    )
    added = with_unlisted(frame(CLASS), printed).filter(status="unlisted")
    assert added.select("code", "valid_from", "name_zh", "valid_to").rows() == [
        ("298", 2020, None, None),
        ("299", 2017, "甲", None),
    ]


def test_a_parent_is_named_only_if_it_was_listed_or_seen() -> None:
    printed = seen(
        ("29901", "款", 2020),
        ("2990101", "项", 2020),
        ("2980101", "项", 2020),
        ("20801", "款", 2020),
        ("1234", "怪", 2020),
    )
    full = with_unlisted(frame(CLASS), printed)
    parents = dict(full.select("code", "parent_code").iter_rows())
    assert parents == {
        "208": None,
        "20801": "208",
        "29901": None,
        "2990101": "29901",
        "2980101": None,
        "1234": None,
    }
    assert check(full) == []


def test_unlisted_rows_do_not_depend_on_the_order_of_what_was_seen() -> None:
    printed = seen(
        ("29901", "乙", 2020), ("29901", "甲", 2020), ("299", "丙", 2019), (None, "无", 2019)
    )
    listed = load("function")
    assert with_unlisted(listed, printed).equals(with_unlisted(listed, printed.reverse()))


def test_an_economic_code_is_unlisted_within_its_classification() -> None:
    printed = seen(("50101", "工资奖金津补贴", 2024)).with_columns(
        classification=pl.Series(["department"])
    )
    added = with_unlisted(load("economic"), printed).filter(status="unlisted")
    assert added.select("classification", "code", "parent_code").rows() == [
        ("department", "50101", None)
    ]
    assert check(with_unlisted(load("economic"), printed)) == []


def test_a_sound_list_has_no_problems() -> None:
    assert check(frame(CLASS, OLD, NEW)) == []


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (frame(CLASS, OLD, NEW, NEW), "stands on the list twice"),
        (frame(OLD, NEW), "has a parent 208 that is not on the list"),
        (changed(NEW, parent_code="20899"), "has a parent 20899 that is no prefix of it"),
        (changed(NEW, parent_code=None), "lacks a parent"),
        (changed(OLD, valid_to=2021), "overlaps the name that begins in 2020"),
        (changed(OLD, valid_to=None), "overlaps the name that begins in 2020"),
        (changed(OLD, valid_to=2018), "ends before the next name begins in 2020"),
        (changed(NEW, valid_to=2019), "ends before it begins"),
        (changed(NEW, level="项"), "has a level that does not fit its digits"),
        (changed(NEW, name_en=None), "lacks a name"),
        (changed(NEW, name_zh=""), "has an empty text where null belongs"),
        (changed(NEW, status="guessed"), "has an unknown status"),
    ],
)
def test_a_broken_list_is_caught(broken: pl.DataFrame, problem: str) -> None:
    assert any(found.endswith(problem) for found in check(broken)), check(broken)


def test_an_economic_name_is_known_with_brackets_of_either_width() -> None:
    for name in ("维修（护）费", "维修(护)费"):
        assert economic_code_of(name, "302", 2025) == "30213"
