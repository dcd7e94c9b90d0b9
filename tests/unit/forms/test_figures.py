"""The grammar of printed figures: what is a number, and all that is none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.figures import NotAFigure, is_index_row, parse, step, unwrapped

AMOUNTS = st.decimals(0, Decimal(10**15 - 1), places=2) | st.integers(0, 10**15 - 1).map(Decimal)


@given(AMOUNTS, st.booleans(), st.sampled_from(("", " ", "\u3000", "\xa0", "\n")))
def test_every_printed_amount_comes_back(amount: Decimal, separators: bool, blank: str) -> None:
    text = f"{amount:,f}" if separators else f"{amount:f}"
    assert parse(f"{blank}{text}{blank}") == amount


@given(AMOUNTS, st.sampled_from(("-{}", "−{}", "－{}", "△{}", "▲{}", "({})", "（{}）")))
def test_every_printed_negative_comes_back(amount: Decimal, form: str) -> None:
    assert parse(form.format(f"{amount:,f}")) == -amount


@given(AMOUNTS.filter(lambda a: a >= 1000))
def test_separators_in_any_other_place_are_refused(amount: Decimal) -> None:
    text = f"{amount:,f}"
    with pytest.raises(NotAFigure):
        parse(text.replace(",", "", 1) if text.count(",") > 1 else text.replace(",", ",0"))


@given(st.text("0123456789.,-()（）△Ee+ ", min_size=1, max_size=9))
def test_a_value_is_only_what_its_digits_say(text: str) -> None:
    """Whatever is accepted is a row of digits with one point, commas and a sign set aside."""
    try:
        value = parse(text)
    except NotAFigure:
        return
    if value is None:
        assert not any(c.isdigit() for c in text)
        return
    digits = "".join(c for c in text if c.isdigit() or c == ".")
    assert abs(value) == Decimal(digits)


def test_values_are_exact() -> None:
    assert parse("0.10") == Decimal("0.10")
    assert str(parse("340")) == "340"
    assert parse("0") == 0


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\u3000", "\n", "-", "--", "—", "——", "────", "－", "−", "/", "／", "_"),
    ],
)
def test_blank_cells_and_dashes_hold_no_value(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "-5E-17",
        "1e3",
        "3334. 01",
        "13     4.70",
        "1,50.00",
        "1,5000.00",
        ",500.00",
        "1,500,",
        "1，500.00",
        "١٥٠٤",
        "１５０４．３１",
        "1504．31",
        "〇",
        "三百",
        "12.50\n6.30",
        "1504\n31",
        "12.50 6.30",
        "5642.245642.24",
        "1.2.3",
        "12.",
        ".5",
        "+5",
        "--5",
        "- 5",
        "-(5)",
        "(5",
        "5)",
        "(5）",
        "5-",
        "5%",
        "¥5",
        "5万元",
        "$5",
        "nan",
        "inf",
        "Infinity",
        "None",
        "0x10",
        "1_000",
        "5\u200b",
        "5\x00",
        "1=2+3",
        "无",
        "*",
        "…",
        "9" * 16,
    ],
)
def test_everything_else_is_no_figure(text: str) -> None:
    with pytest.raises(NotAFigure):
        parse(text)


@pytest.mark.parametrize("text", ["20,153.7520131", "12.50340", "5642.245642"])
def test_figures_of_many_decimals_are_two_texts_jammed(text: str) -> None:
    """No form prints more than two decimals; in 万元 up to six are a whole number of fen."""
    with pytest.raises(NotAFigure):
        parse(text)


@pytest.mark.parametrize("by_width", [True, False])
@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("1504.31", "1504.31"),
        ("1504.\n31", "1504.31"),
        ("1504\n.31", "1504.31"),
        ("1,\n504.31", "1,504.31"),
    ],
)
def test_a_figure_broken_beside_a_mark_is_whole_again(
    text: str, whole: str, by_width: bool
) -> None:
    assert unwrapped(text, by_width) == whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [("1504.3\n1", "1504.31"), ("1504.3 \n 1", "1504.31"), ("15042.\n3\n1", "15042.31")],
)
def test_a_figure_broken_between_its_decimals_is_whole_where_the_cell_is_too_narrow(
    text: str, whole: str
) -> None:
    """Where it is not, the second line may be a figure of its own."""
    assert unwrapped(text, True) == whole
    with pytest.raises(NotAFigure):
        parse(unwrapped(text, False))


@pytest.mark.parametrize("by_width", [True, False])
@pytest.mark.parametrize(
    "text", ["1504\n31", "12.50\n6.30", "1\n2", "12.5\n6.3", "340\n12", "1,50\n4.31", "1504.31\n5"]
)
def test_two_figures_of_one_cell_are_never_joined(text: str, by_width: bool) -> None:
    with pytest.raises(NotAFigure):
        parse(unwrapped(text, by_width))


@pytest.mark.parametrize(
    ("text", "printed_step"),
    [
        ("1504.31", "0.01"),
        ("(1.5)", "0.1"),
        ("（1.50）", "0.01"),
        ("340", "1"),
        ("1,504.310", "0.001"),
    ],
)
def test_the_printed_step(text: str, printed_step: str) -> None:
    assert step(text) == Decimal(printed_step)


@pytest.mark.parametrize(
    ("row", "is_index"),
    [
        (["1", "2", "3"], True),
        (["", " 1 ", "", "2"], True),
        (["栏次", "1", "2", "3"], True),
        (["行次", "", "1", "2"], True),
        (["1"], False),
        (["栏次", "1"], True),
        (["栏次"], False),
        ([], False),
        (["", ""], False),
        (["1", "3"], False),
        (["2", "3"], False),
        (["合计", "1", "2"], False),
        (["1.00", "2.00"], False),
        (["1", "2", "2"], False),
    ],
)
def test_index_rows(row: list[str], is_index: bool) -> None:
    assert is_index_row(row) == is_index
