"""The regions, and which one a unit's name begins with."""

from __future__ import annotations

import re

import polars as pl
import pytest

from pipeline.codes.regions import LEVELS, SCHEMA, load_former_names, load_regions, region_of


def test_every_region_stands_once_below_a_region_that_exists() -> None:
    regions = load_regions()
    assert dict(regions.schema) == SCHEMA
    codes = set(regions["region_code"])
    assert len(codes) == regions.height
    assert regions.equals(regions.sort("region_code"))
    for code, level, parent in regions.select(
        "region_code", "level", "parent_region_code"
    ).iter_rows():
        assert re.fullmatch(r"\d{6}", code)
        assert level in LEVELS
        assert (parent is None) == (level == "省级")
        assert parent is None or (parent in codes and parent[:2] == code[:2])


@pytest.mark.parametrize(
    ("code", "parent"),
    [
        ("140502", "140500"),
        ("140500", "140000"),
        ("140000", None),
        ("310107", "310000"),
        ("419001", "410000"),
        ("500241", "500000"),
        ("659001", "650000"),
    ],
)
def test_where_no_prefecture_stands_between_the_parent_is_the_province(
    code: str, parent: str | None
) -> None:
    row = load_regions().row(by_predicate=pl.col("region_code") == code, named=True)
    assert row["parent_region_code"] == parent


@pytest.mark.parametrize(
    ("code", "name", "name_en"),
    [
        ("140500", "晋城市", "Jincheng Shi"),
        ("610100", "西安市", "Xi'an Shi"),
        ("140428", "长子县", "Zhangzi Xian"),
        ("220623", "长白朝鲜族自治县", "Changbai Chaoxianzu Zizhixian"),
        ("310112", "闵行区", "Minhang Qu"),
        ("141100", "吕梁市", "Lüliang Shi"),
        ("500000", "重庆市", "Chongqing Shi"),
    ],
)
def test_names_in_latin_letters(code: str, name: str, name_en: str) -> None:
    row = load_regions().row(by_predicate=pl.col("region_code") == code, named=True)
    assert (row["name"], row["name_en"]) == (name, name_en)


def test_latin_names_are_letters_only() -> None:
    assert all(re.fullmatch(r"[A-Z][A-Za-zü' ]+", n) for n in load_regions()["name_en"])


def test_a_code_that_changed_its_name_keeps_the_latest_and_the_former_aside() -> None:
    row = load_regions().row(by_predicate=pl.col("region_code") == "420600", named=True)
    assert (row["name"], row["valid_from"], row["valid_to"]) == ("襄阳市", 1981, None)
    former = load_former_names().filter(region_code="420600")
    assert former.rows() == [("420600", "襄樊市", 1981, 2010)]
    assert set(load_former_names()["region_code"]) <= set(load_regions()["region_code"])


def test_a_code_given_to_another_place_begins_with_that_place() -> None:
    row = load_regions().row(by_predicate=pl.col("region_code") == "511400", named=True)
    assert (row["name"], row["valid_from"]) == ("眉山市", 2000)


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("晋城市公共资源交易中心", "140500"),
        ("山西省晋城市城区财政局", "140502"),
        ("晋城市城区住房和城乡建设局", "140502"),
        ("山西省 晋城市\n城区财政局", "140502"),
        ("上海市普陀区财政局", "310107"),
        ("上海市普陀区人民政府万里街道办事处", "310107"),
        ("江苏省人大常委会办公厅", "320000"),
        ("江苏省昆山市财政局", "320583"),
        ("海南省五指山市财政局", "469001"),
        ("吉林省吉林市财政局", "220200"),
        ("泽州县财政局", "140525"),
        ("新疆维吾尔自治区吐鲁番市高昌区财政局", "650402"),
        ("秀山土家族苗族自治县财政局", "500241"),
        ("中共上海市普陀区委社会工作部", "310107"),
        ("中国共产党江苏省委员会", "320000"),
        ("国家税务总局晋城市税务局", "140500"),
    ],
)
def test_a_name_begins_with_its_jurisdiction(unit: str, code: str) -> None:
    assert region_of(unit) == code


@pytest.mark.parametrize(
    "unit",
    [
        "普陀区财政局",
        "城区财政局",
        "矿区财政局",
        "河北省桥西区财政局",
        "大同公安局",
        "财政部",
        "中共中央办公厅",
        "中共",
        "",
    ],
)
def test_what_is_not_clear_is_no_region(unit: str) -> None:
    assert region_of(unit) is None


@pytest.mark.parametrize(
    ("unit", "year", "code"),
    [
        ("邢台市桥东区财政局", None, "130502"),
        ("襄樊市财政局", None, "420600"),
        ("上海市闸北区教育局", None, "310108"),
        ("巢湖市财政局", None, "340181"),
        ("巢湖市财政局", 2005, "341400"),
        ("吐鲁番市财政局", None, "650400"),
        ("吐鲁番市财政局", 2010, "652101"),
        ("栾城县财政局", None, None),
        ("栾城县财政局", 2013, "130124"),
    ],
)
def test_a_region_in_force_goes_before_an_abolished_one(
    unit: str, year: int | None, code: str | None
) -> None:
    assert region_of(unit, year) == code


def test_a_plain_word_is_an_abolished_county_only_in_its_years() -> None:
    assert region_of("大同市城区道路管理所") == "140200"
    assert region_of("大同市城区财政局", 2016) == "140202"
    assert region_of("大同市城区财政局", 2024) == "140200"


def test_a_region_is_found_by_its_full_path() -> None:
    """Every county in force, printed with its parents, is found again."""
    regions = load_regions().filter(pl.col("valid_to").is_null())
    rows: dict[str, tuple[str, str | None]] = {
        code: (name, parent)
        for code, name, parent in regions.select(
            "region_code", "name", "parent_region_code"
        ).iter_rows()
    }

    def path(code: str) -> str:
        name, parent = rows[code]
        return (path(parent) if parent else "") + name

    lost = [path(code) for code in rows if region_of(path(code) + "财政局") != code]
    assert lost == []
