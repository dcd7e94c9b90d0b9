"""How words are compared: what makes no difference, and what does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.wording import (
    canon,
    canon_label,
    canon_title,
    indentation,
    squeeze,
    year_in,
)


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("  科 目\u3000编\n码\t", "科目编码"),
        ("一、一般公共预算", "一、一般公共预算"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("left\u202eright\x00\x07", "leftright"),
        ("①公务用车（购置）", "①公务用车（购置）"),
        ("\ue000private", "private"),
    ],
)
def test_what_is_released_has_no_blanks_and_nothing_hidden(text: str, squeezed: str) -> None:
    assert squeeze(text) == squeezed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("因公出国(境)费", "因公出国（境）费"),
        ("“三公”经费", '"三公"经费'),
        ("＂三公＂经费", '"三公"经费'),
        ("单位：万元", "单位:万元"),
        ("2026年预算数", "2025年度预算数"),
        ("2026预算数", "2026年预算数"),
        ("2026 年 合 计", "2026年合计"),
    ],
)
def test_brackets_quotes_blanks_and_years_make_no_difference(one: str, other: str) -> None:
    assert canon(one) == canon(other)


@pytest.mark.parametrize(
    ("one", "other"), [("2010301", "2010302"), ("20261", "20251"), ("一般公共预算", "一般公共")]
)
def test_codes_and_other_words_do(one: str, other: str) -> None:
    assert canon(one) != canon(other)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("一、一般公共预算", "一般公共预算"),
        ("三十、抗疫特别国债安排的支出", "抗疫特别国债安排的支出"),
        ("（一）一般公共预算", "一般公共预算"),
        ("(十二)其他", "其他"),
        ("①公务用车购置费", "公务用车购置费"),
        ("1.因公出国（境）费", "因公出国(境)费"),
        ("2、公务接待费", "公务接待费"),
        ("其中：公务用车购置费", "公务用车购置费"),
        ("其中:1.公务用车购置费", "公务用车购置费"),
        ("1.其中：公务接待费", "公务接待费"),
        ("合  计", "合计"),
        ("12.50", "12.50"),
        ("三公经费", "三公经费"),
        ("十三五规划", "十三五规划"),
        ("（1）公务用车购置费", "公务用车购置费"),
        ("1）公务用车购置费", "公务用车购置费"),
        ("其中：（1）公务用车购置费", "公务用车购置费"),
    ],
)
def test_a_label_is_compared_without_its_enumerator(label: str, name: str) -> None:
    assert canon_label(label) == name


@pytest.mark.parametrize(
    "title",
    [
        "2026年预算收支总表",
        "2026 年 预 算 收 支 总 表",
        "2023年度预算收支总表",
        "预算收支总表",
        "某市某局2026年预算收支总表",
        "预算公开表1:2026年预算收支总表",
        "预算公开表一2026年预算收支总表",
        "部门公开表9、2026年预算收支总表",
        "单位公开表1预算收支总表",
        "附表1：2026年预算收支总表",
        "表一、2026年预算收支总表",
        "附件：2026年预算收支总表",
        "（一）2026年预算收支总表",
        "2026年预算收支总表（续）",
        "2026年预算收支总表（续表）",
        "预算公开表12026年预算收支总表",
        "预算公开表10预算收支总表",
        "二〇二六年预算收支总表",
    ],
)
def test_number_unit_and_year_round_a_title_make_no_difference(title: str) -> None:
    assert canon_title(title) == "预算收支总表"


@pytest.mark.parametrize(
    "line",
    [
        "2026年预算收支总表的说明",
        "见2026年预算收支总表。",
        "预算收支总表.....2",
        "2025年决算与2026年预算收支总表",
        "收支总表",
    ],
)
def test_more_or_other_words_make_another_title(line: str) -> None:
    assert canon_title(line) != "预算收支总表"


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2026年预算收支总表", 2026),
        ("2026年（2026年度）", 2026),
        ("2025年与2026年", None),
        ("预算收支总表", None),
        ("编码2026001", None),
        ("20 26 年", 2026),
        ("1026年", None),
    ],
)
def test_the_one_year_of_a_title(text: str, year: int | None) -> None:
    assert year_in(text) == year


@pytest.mark.parametrize(
    ("label", "depth"),
    [
        ("项目", 0),
        (" 项目", 0),
        ("  项目", 1),
        ("\u3000项目", 1),
        ("\u3000\u3000项目", 2),
        ("\u3000  项目", 2),
        ("项 目", 0),
        ("", 0),
        ("\u3000", 1),
    ],
)
def test_indentation_counts_full_width_blanks(label: str, depth: int) -> None:
    assert indentation(label) == depth


TEXTS = st.text("年度表一、（）()2026 \u3000:：公开预算甲①其中\u200b", max_size=12)


@given(TEXTS)
def test_what_is_canonical_stays_so(text: str) -> None:
    assert squeeze(squeeze(text)) == squeeze(text)
    assert canon(canon(text)) == canon(text)


@given(TEXTS, st.sampled_from((" ", "\u3000", "\n", "\u200b")), st.integers(0, 12))
def test_a_blank_anywhere_changes_no_comparison(text: str, blank: str, at: int) -> None:
    broken = text[:at] + blank + text[at:]
    assert canon(broken) == canon(text)
    assert canon_label(broken) == canon_label(text)
    assert canon_title(broken) == canon_title(text)
