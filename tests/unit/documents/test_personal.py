"""Personal data: what is masked, and what must never be taken for it."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.personal import MASK, found_in, mask

FRAGMENTS = ("13812345678", "0356-2024567", "负责人：", "电话", "某某", "，", " ", "2010301", "\n")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13812345678", MASK),
        ("联系 19912345678。", f"联系 {MASK}。"),
        ("0356-2024567", MASK),
        ("010 12345678", MASK),
        ("0300—0123456 转", f"{MASK} 转"),
        ("03561234567", MASK),
        ("联系电话:2024567", f"联系{MASK}"),
        ("电话号码：(0356)2024567", MASK),
        ("手机 138-1234-5678", MASK),
        ("传真：0356 - 2024567，邮编", f"{MASK}，邮编"),
        ("Tel: 2024567", MASK),
        ("经办人：某某\t填报日期", f"{MASK}\t填报日期"),
        ("负责人: 某某，电话", f"{MASK}，电话"),
        ("项目负责人：某某某；", f"项目{MASK}；"),
        ("联系人姓名：某某", MASK),
        ("审核人：某某 制表人：某某", f"{MASK} {MASK}"),
        ("经办人 某某", MASK),
        ("合计 制表人　某某某", f"合计 {MASK}"),
        ("负责人\u3000某某", MASK),
    ],
)
def test_numbers_and_named_handlers_are_masked(text: str, masked: str) -> None:
    assert found_in(text)
    assert mask(text) == masked
    assert not found_in(masked)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "2010301",
        "201 2010301 30211",
        "3,000,000",
        "1504.31",
        "15043100.00",
        "8,406,200.00元",
        "138,123,456.78",
        "13812345678901234",
        "20260115",
        "2026年1月15日",
        "2026-01-15",
        "(2026)0123456",
        "140500000",
        "062003-12345678",
        "12140500MB1234567X",
        "负责人培训经费",
        "主要负责人员：",
        "电话费",
        "电话会议系统购置 12.50",
        "负责人经费：",
        "负责人某某费",
    ],
)
def test_codes_amounts_dates_and_plain_words_are_not(text: str | None) -> None:
    assert not found_in(text)
    assert mask(text or "") == (text or "")


@pytest.mark.parametrize("text", ["经办人员补助", "填报人员培训", "联系人制度"])
def test_words_that_begin_like_a_field_are_not(text: str) -> None:
    assert not found_in(text)


@given(st.binary(max_size=40), st.sampled_from((16, 64)))
def test_a_file_hash_is_never_a_number(data: bytes, length: int) -> None:
    assert not found_in(hashlib.sha256(data).hexdigest()[:length])


@given(st.decimals(0, 10**13, places=2), st.sampled_from(("", "万元", "元")))
def test_an_amount_with_separators_is_never_a_number(amount: Decimal, unit: str) -> None:
    assert not found_in(f"{amount:,.2f}{unit}")


@given(st.integers(0, 10**9), st.sampled_from((1, 2)))
def test_an_amount_below_ten_thousand_million_is_never_a_number(amount: int, places: int) -> None:
    assert not found_in(f"{Decimal(amount).scaleb(-places)}")


@pytest.mark.parametrize("text", ["13812345678.00", "15042345678.31"])
def test_an_amount_of_eleven_digits_with_decimals_is_not_a_number(text: str) -> None:
    assert not found_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "(0356)2024567",
        "（0356）2024567",
        "+8613812345678",
        "138 1234 5678",
        "１３８１２３４５６７８",
    ],
)
def test_telephone_numbers_in_other_print_are_found(text: str) -> None:
    assert found_in(text)


@pytest.mark.parametrize("text", ["经办人：李　四", "经办人：李 四"])
def test_a_name_of_two_characters_set_with_a_blank_is_masked_wholly(text: str) -> None:
    assert mask(text) == MASK


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=8))
def test_nothing_is_found_after_masking(parts: list[str]) -> None:
    once = mask("".join(parts))
    assert not found_in(once)
    assert mask(once) == once
