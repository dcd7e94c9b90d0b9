"""Lines cut into atoms: jammed cells parted, names left whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.flow.atoms import Kind, atoms, pieces
from pipeline.readers.shapes import Paragraph, Place


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("453340.0230201办公费", ["453340.02", "30201", "办公费"]),
        ("453340.0230201", ["453340.02", "30201"]),
        ("30201办公费", ["30201", "办公费"]),
        ("1,453.0230201办公费", ["1,453.02", "30201", "办公费"]),
        ("2010350事业运行", ["2010350", "事业运行"]),
        ("12.3413.05", ["12.34", "13.05"]),
    ],
)
def test_cells_that_touch_are_parted_where_rows_have_codes(token: str, parts: list[str]) -> None:
    assert pieces(token, coded=True) == parts


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("5642.24一、一般公共服务支出", ["5642.24", "一、一般公共服务支出"]),
        ("423.80年终结转", ["423.80", "年终结转"]),
        ("上年结转423.80", ["上年结转", "423.80"]),
        ("上年结转423.80年终结转", ["上年结转", "423.80", "年终结转"]),
        ("五、单位资金五、教育支出", ["五、单位资金", "五、教育支出"]),
        ("二十一、甲二十二、乙", ["二十一、甲", "二十二、乙"]),
    ],
)
def test_amounts_and_ordinals_part_names(token: str, parts: list[str]) -> None:
    assert pieces(token, coded=False) == parts


@pytest.mark.parametrize(
    "token",
    ["2022年项目尾款", "12345热线", "【2022】1号)(晋城市", "增长3.25%", "（一）行政单位", "50.00"],
)
def test_numbers_in_names_stay_there(token: str) -> None:
    assert pieces(token, coded=False) == [token]


def kinds(text: str) -> list[Kind]:
    """The kinds of the atoms of one line."""
    return [atom.kind for atom in atoms([Paragraph(text, Place(line=1))], coded=False)]


def test_what_an_atom_is() -> None:
    assert kinds("甲 1.00 ──── 13 3316. .08") == [
        Kind.TEXT,
        Kind.NUMBER,
        Kind.DASH,
        Kind.NUMBER,
        Kind.NUMBER,
        Kind.NUMBER,
        Kind.END,
    ]


def test_atoms_know_the_blanks_before_them() -> None:
    lines = ["  甲  1.00   ", "   ", " 乙 "]
    first, amount, second, end = atoms(
        [Paragraph(text, Place(line=n)) for n, text in enumerate(lines, 1)], coded=False
    )
    assert (first.spaces, first.above, first.first) == (2, 0, True)
    assert (amount.spaces, amount.first) == (2, False)
    assert (second.spaces, second.above, second.between, second.line) == (1, 3, 3, 3)
    assert end.above == 1


@given(st.text(alphabet="一二、费1234567890., ()（）-─", max_size=80), st.booleans())
def test_nothing_printed_is_lost(text: str, coded: bool) -> None:
    found = atoms([Paragraph(text, Place(line=1))], coded)
    assert "".join(a.text for a in found) == "".join(text.split())
