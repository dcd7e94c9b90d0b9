"""Printed figures to yuan: exact, or refused; never rounded, never floating point."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.figures import NotAFigure
from pipeline.ledger import facts
from pipeline.ledger.money import LIMIT, NotExact, step_yuan, to_yuan
from pipeline.schema.catalogue import words

FEN_PER = {"元": 100, "万元": 1_000_000}


@pytest.mark.parametrize(
    ("text", "unit", "yuan", "step"),
    [
        ("1,504.31", "万元", "15043100.00", "100.00"),
        ("1504.31", "元", "1504.31", "0.01"),
        ("0", "万元", "0.00", "10000.00"),
        ("0.00", "万元", "0.00", "100.00"),
        ("340", "万元", "3400000.00", "10000.00"),
        ("0.1", "万元", "1000.00", "1000.00"),
        ("-1.00", "万元", "-10000.00", "100.00"),
        ("(1.00)", "万元", "-10000.00", "100.00"),
        ("（1.00）", "万元", "-10000.00", "100.00"),
        ("△1.00", "万元", "-10000.00", "100.00"),
        ("９９", "元", None, None),
    ],
)
def test_a_printed_figure_in_yuan_with_its_printed_step(
    text: str, unit: str, yuan: str | None, step: str | None
) -> None:
    if yuan is None:
        with pytest.raises(NotAFigure):
            to_yuan(text, unit)
    else:
        assert str(to_yuan(text, unit)) == yuan
        assert str(step_yuan(text, unit)) == step


@given(fen=st.integers(0, 10**10), unit=st.sampled_from(sorted(FEN_PER)), grouped=st.booleans())
def test_every_whole_number_of_fen_is_kept_to_the_last_digit(
    fen: int, unit: str, grouped: bool
) -> None:
    whole, rest = divmod(fen, 100)
    text = f"{whole:,}" if grouped else str(whole)
    yuan = to_yuan(f"{text}.{rest:02d}", unit)
    assert yuan * 100 == fen * FEN_PER[unit] // 100
    assert yuan.as_tuple().exponent == -2


@given(
    whole=st.integers(0, 10**8),
    decimals=st.text("0123456789", min_size=1, max_size=9),
    unit=st.sampled_from(sorted(FEN_PER)),
)
def test_a_figure_is_exact_or_refused(whole: int, decimals: str, unit: str) -> None:
    if len(decimals) <= 2:
        exact = Decimal(f"{whole}.{decimals}") * FEN_PER[unit] / 100
        assert to_yuan(f"{whole}.{decimals}", unit) == exact
    else:
        with pytest.raises((NotExact, NotAFigure)):
            to_yuan(f"{whole}.{decimals}", unit)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("100000000000000", "万元"),
        (str(LIMIT // 10_000), "万元"),
        (f"-{LIMIT // 10_000}.00", "万元"),
        ("—", "万元"),
        ("", "万元"),
    ],
)
def test_too_many_digits_and_no_value_are_refused(text: str, unit: str) -> None:
    with pytest.raises(NotExact):
        to_yuan(text, unit)


@pytest.mark.parametrize(
    "text", ["1.001", "1.5E3", "-5E-17", "١٢٣", "1 504.31", "1.504,31", "NaN", "0x10"]
)
def test_what_is_no_printed_number_is_no_money(text: str) -> None:
    with pytest.raises(NotAFigure):
        to_yuan(text, "万元")


def test_every_money_unit_of_the_closed_list_has_a_factor() -> None:
    assert {unit: to_yuan("1", unit) for unit in words("money_unit")} == {
        "元": Decimal(1),
        "万元": Decimal(10_000),
    }


def test_a_column_of_figures_is_converted_without_passing_through_floats() -> None:
    texts = ["0.1", "0.2", "0.3", "99999999.99", "-0.01"]
    frame = pl.DataFrame({"figure": texts, "printed_unit": ["万元"] * len(texts)})
    found = facts.yuan(frame).sort("figure")
    assert found.schema["amount_yuan"] == pl.Decimal(18, 2)
    assert found.schema["step_yuan"] == pl.Decimal(18, 2)
    expected = [Decimal(text) * 10_000 for text in sorted(texts)]
    assert found["amount_yuan"].to_list() == expected
