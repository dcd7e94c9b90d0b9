"""Percentages: never a false alarm on figures rounded right, and bounds that are reached."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identities.percent import (
    Figure,
    Percentage,
    growth,
    growth_by,
    share,
    sum_of_shares_tolerance,
)

WAN = Decimal(100)  # the step of 0.01 万元, in yuan
fen = st.integers(0, 10**12)
positive = st.integers(10**6, 10**12)
steps = st.sampled_from([Decimal("0.01"), Decimal(1), WAN, Decimal(10000)])
decimals = st.integers(0, 2)


def half_up(value: Fraction, unit: Fraction) -> Fraction:
    """The nearest multiple of a unit, halves away from zero."""
    size = floor(abs(value) / unit + Fraction(1, 2)) * unit
    return size if value >= 0 else -size


def printed(amount: int, step: Decimal) -> Figure:
    """A true amount in fen as printed in a step."""
    rounded = half_up(Fraction(amount, 100), Fraction(step))
    return Figure(Decimal(rounded.numerator) / Decimal(rounded.denominator), step)


def percentage(value: Fraction, places: int) -> Percentage:
    """A rate as printed."""
    rounded = half_up(value, Fraction(1, 10**places))
    exact = Decimal(rounded.numerator) / Decimal(rounded.denominator)
    return Percentage(exact, places)


@given(fen, positive, steps, steps, decimals)
def test_a_share_of_rounded_figures_agrees(
    a: int, b: int, one: Decimal, other: Decimal, places: int
) -> None:
    part, whole = printed(a, one), printed(b, other)
    found = share(part, whole)
    if found is None:
        return
    of_true = percentage(Fraction(100 * a, b), places)
    of_printed = percentage(100 * Fraction(part.value) / Fraction(whole.value), places)
    assert found.agrees(of_true)
    assert found.agrees(of_printed)


@given(fen, positive, steps, steps, decimals)
def test_a_rate_of_growth_agrees(
    now: int, before: int, one: Decimal, other: Decimal, places: int
) -> None:
    found = growth(printed(now, one), printed(before, other))
    if found is not None:
        assert found.agrees(percentage(Fraction(100 * (now - before), before), places))


@given(fen, positive, steps, decimals, st.booleans())
def test_a_rate_by_the_printed_change_agrees(
    now: int, before: int, step: Decimal, places: int, of_printed: bool
) -> None:
    change = printed(now - before, step)
    if of_printed:  # the change of the printed figures, which may be a step from the true one
        value = printed(now, step).value - printed(before, step).value
        if abs(Fraction(value) - Fraction(now - before, 100)) > change.half:
            return
        change = Figure(value, step)
    found = growth_by(change, printed(now, step))
    if found is not None:
        assert found.agrees(percentage(Fraction(100 * (now - before), before), places))


@given(st.lists(positive, min_size=1, max_size=12), steps, decimals)
def test_shares_sum_to_a_hundred(parts: list[int], step: Decimal, places: int) -> None:
    total = sum(parts)
    shares = [percentage(Fraction(100 * p, total), places) for p in parts]
    apart = abs(sum((Fraction(s.value) for s in shares), Fraction(-100)))
    assert apart <= sum_of_shares_tolerance(len(parts), places)
    whole = printed(total, step)
    if whole.value <= 0:
        return
    shown = [printed(p, step) for p in parts]
    of_printed = [
        percentage(100 * Fraction(f.value) / Fraction(whole.value), places) for f in shown
    ]
    apart = abs(sum((Fraction(s.value) for s in of_printed), Fraction(-100)))
    assert apart <= sum_of_shares_tolerance(len(parts), places, whole)


@pytest.mark.parametrize(("count", "places", "most"), [(1, 2, 0), (2, 2, 1), (3, 2, 1), (7, 0, 3)])
def test_the_sum_of_shares_reaches_its_bound(count: int, places: int, most: int) -> None:
    unit = Fraction(1, 10**places)
    assert sum_of_shares_tolerance(count, places) == unit * most
    # every share but one ends on a half, which is rounded up
    halves = [Fraction(1, 2) * unit + unit * k for k in range(count - 1)]
    if count % 2:
        halves = [*halves[:-1], Fraction(0)] if count > 1 else []
    true = [*halves, 100 - sum(halves, Fraction(0))]
    apart = sum((half_up(value, unit) for value in true), Fraction(-100))
    assert apart == unit * most


def test_the_bound_of_a_share_is_that_of_the_domain_and_reached() -> None:
    # 1.00 of 3.00 万元: the true part may be 1.005, the true whole 2.995
    part, whole = Figure(Decimal(10000), WAN), Figure(Decimal(30000), WAN)
    found = share(part, whole)
    assert found is not None
    assert found.high == Fraction(100 * 10050, 29950)
    first_order = Fraction(1, 6) * (1 + Fraction(1, 3))  # (0.5/b)(1 + a/b), b in 万元
    assert found.high - found.centre == first_order * 3 / (3 - Fraction(5, 1000))
    at_the_end = percentage(found.high, 2)
    assert found.agrees(at_the_end)
    assert not found.agrees(Percentage(at_the_end.value + Decimal("0.01"), 2))


@pytest.mark.parametrize(
    ("value", "agrees"),
    [("33.33", True), ("33.34", True), ("33.32", False), ("33.31", False), ("33.35", False)],
)
def test_a_share_agrees_with_what_its_figures_can_round_to(value: str, agrees: bool) -> None:
    found = share(Figure(Decimal(1_000_000), WAN), Figure(Decimal(3_000_000), WAN))
    assert found is not None
    assert found.agrees(Percentage(Decimal(value), 2)) is agrees


def test_exact_figures_leave_only_the_rounding_of_the_percentage() -> None:
    found = share(Figure(Decimal("1.00"), Decimal("0.01")), Figure(Decimal(3), Decimal(0)))
    assert found is not None
    assert found.low == found.centre == found.high
    assert found.tolerance(Percentage(Decimal("33.3"), 1)) == Fraction(1, 20)


def test_a_fall_is_negative_and_its_base_is_last_year() -> None:
    # 81.22 万元 this year after 100.00: 18.78 % down, not 23.12 % of this year
    found = growth_by(Figure(Decimal(-187800), WAN), Figure(Decimal(812200), WAN))
    assert found is not None
    assert found.agrees(Percentage(Decimal("-18.78"), 2))
    assert not found.agrees(Percentage(Decimal("18.78"), 2))
    assert not found.agrees(Percentage(Decimal("-23.12"), 2))


def test_without_a_positive_base_there_is_no_rate() -> None:
    some, none = Figure(Decimal(100), WAN), Figure(Decimal(0), WAN)
    assert share(some, none) is None
    assert growth(some, none) is None
    assert growth_by(some, some) is None


def test_shares_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="one at least"):
        sum_of_shares_tolerance(0, 2)
    with pytest.raises(ValueError, match="positive whole"):
        sum_of_shares_tolerance(2, 2, Figure(Decimal(0), WAN))
