"""Bold drawn twice: printed once again, and nothing else touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.text.undoubling import undoubled


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("合计合计 12.3412.34", "合计 12.34"),
        ("2023年预算收支总表2023年预算收支总表", "2023年预算收支总表"),
        ("第一部分 概况第一部分 概况", "第一部分 概况"),
        ("预预算算公公开开表表", "预算公开表"),
        ("1,234.561,234.56", "1,234.56"),
        # The last glyph of a run drawn glyph by glyph comes out before the first.
        ("）22002233年年项项目目支支出出（（本本年年））"[1:], "2023年项目支出（本年）"),
        ("称项项目目名名称", "项目名称"),
        # Two bold cells that touch.
        ("收入总计收入总计 66.0466.04支出总计支出总计 7.007.00", "收入总计 66.04支出总计 7.00"),
    ],
)
def test_a_bold_line_is_printed_once(line: str, plain: str) -> None:
    assert undoubled(line) == plain


def test_blank_cells_of_a_bold_row_were_doubled_too() -> None:
    four_blank = "合计合计 12.3412.34" + " " * 9 + "5.605.60"
    assert undoubled(four_blank) == "合计 12.34" + " " * 5 + "5.60"
    two_blank_at_the_end = "合计合计 12.3412.34" + " " * 5
    assert undoubled(two_blank_at_the_end) == "合计 12.34" + " " * 3


def test_in_a_row_partly_bold_blanks_stay() -> None:
    assert undoubled("201 一般公共服务 22.51 22.5122.51   ") == "201 一般公共服务 22.51 22.51   "


@pytest.mark.parametrize(
    "line",
    ["", " ", "12.34 12.34", "2211 资本性支出", "20102010", "天天", "人人 1.00", "1111", "22.2222"],
)
def test_what_only_looks_doubled_stays(line: str) -> None:
    assert undoubled(line) == line


@given(st.text(alphabet="一二三年度 1234.,（）", max_size=60))
def test_no_line_becomes_longer_and_none_fails(line: str) -> None:
    assert len(undoubled(line)) <= len(line)


@given(st.text(alphabet="一般公共预算收支总表", min_size=2, max_size=30))
def test_words_drawn_twice_are_found(words: str) -> None:
    assert undoubled(words * 2) == words
