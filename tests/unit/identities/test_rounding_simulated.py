"""Simulated rounding: true fen figures, printed as exporters print them, never break an identity.

Many instances at once go through `balanced` and `holds`, the arithmetic that the verdicts rest on.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial, floor

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.identities.balance import balanced, holds
from pipeline.identities.tolerance import quantile, suspicious
from tests.unit.identities.support import catalogue, verdicts

U = 10_000  # 0.01 万元 in fen
Term = tuple[bool, int, int, int, int]  # left, sign, value, step, weight
amounts = st.integers(U // 2, 10**10)
rows = st.lists(amounts, min_size=1, max_size=24)
batches = st.lists(rows, min_size=1, max_size=20)
#: how a total is printed: rounded by itself, or as the sum of its rounded parts
ways = st.booleans()


def half_up(fen: int, step: int = U) -> int:
    """A true figure as printed: halves away from zero."""
    size = (abs(fen) + step // 2) // step * step
    return size if fen >= 0 else -size


def in_total(parts: list[int], summed: bool, step: int = U) -> int:
    """A total as printed."""
    return sum(half_up(p, step) for p in parts) if summed else half_up(sum(parts), step)


def judged(instances: list[list[Term]], mode: str) -> pl.DataFrame:
    """Residual, tolerance, and whether each instance holds."""
    figures = pl.DataFrame(
        [(key, *term) for key, terms in enumerate(instances) for term in terms],
        schema=["key", "left", "sign", "value", "step", "weight"],
        orient="row",
    )
    sides = balanced(figures, ["key"], mode)
    return sides.with_columns(holds=holds("="), flagged=suspicious(sides))


@given(batches, ways)
def test_a_total_of_independently_rounded_summands(many: list[list[int]], summed: bool) -> None:
    found = judged(
        [
            [
                (True, 1, in_total(parts, summed), U, 1),
                *((False, 1, half_up(p), U, 1) for p in parts),
            ]
            for parts in many
        ],
        "rounding",
    )
    assert found["holds"].all()


@given(batches, st.data())
def test_figures_of_either_sign_on_either_side(many: list[list[int]], data: st.DataObject) -> None:
    instances: list[list[Term]] = []
    for parts in many:
        signs = data.draw(st.lists(st.sampled_from([1, -1]), min_size=len(parts)))
        signed = [p * s for p, s in zip(parts, signs, strict=False)]
        rest = sum(signed)
        if abs(rest) < U // 2:
            continue
        cut = data.draw(st.integers(0, len(parts)))
        left = [(True, 1, half_up(rest), U, 1)]
        left += [(True, -1, half_up(p), U, 1) for p in signed[:cut]]
        instances.append([*left, *((False, 1, half_up(p), U, 1) for p in signed[cut:])])
    if instances:
        assert judged(instances, "rounding")["holds"].all()


@given(batches, ways, ways)
def test_a_total_of_the_same_leaves_in_two_tables(
    many: list[list[int]], one: bool, other: bool
) -> None:
    found = judged(
        [
            [
                (True, 1, in_total(parts, one), U, len(parts)),
                (False, 1, in_total(parts, other), U, len(parts)),
            ]
            for parts in many
        ],
        "leaves",
    )
    assert found["holds"].all()


tables = st.lists(
    st.lists(st.integers(0, 10**9), min_size=4, max_size=4), min_size=1, max_size=8
).filter(lambda table: all(sum(line) >= U for line in [*table, *zip(*table, strict=True)]))


@given(st.lists(tables, min_size=1, max_size=10), ways, ways)
def test_a_total_by_function_and_by_economic_item(
    many: list[list[list[int]]], one: bool, other: bool
) -> None:
    instances = []
    for table in many:
        functions = [sum(line) for line in table]
        items = [sum(column) for column in zip(*table, strict=True)]
        instances.append(
            [
                (True, 1, in_total(functions, one), U, len(functions)),
                (False, 1, in_total(items, other), U, len(items)),
            ]
        )
    assert judged(instances, "breakdowns")["holds"].all()


def test_sums_of_other_leaves_need_the_wider_bound() -> None:
    # three functions of .005 too much each, three items of .005 too little: both totals are sums
    functions, items = [10 * U + 5000] * 3, [10 * U + 4999, 10 * U + 4999, 10 * U + 5002]
    left, right = in_total(functions, True), in_total(items, True)
    terms = [(True, 1, left, U, 3), (False, 1, right, U, 3)]
    assert sum(functions) == sum(items)
    assert left - right == 2 * U
    assert judged([terms], "leaves")["holds"].to_list() == [False]
    assert judged([terms], "breakdowns")["holds"].to_list() == [True]


@given(st.lists(amounts, min_size=1, max_size=12), st.sampled_from([100, U, 10**6]))
def test_whole_yuan_and_ten_thousand_yuan_without_decimals(parts: list[int], step: int) -> None:
    parts = [p + step for p in parts]
    terms = [(True, 1, half_up(sum(parts), step), step, 1)]
    terms += [(False, 1, half_up(p, step), step, 1) for p in parts]
    found = judged([terms], "rounding").row(0, named=True)
    assert found["holds"]
    assert found["tolerance"] == len(parts) // 2 * step


@given(
    st.lists(st.tuples(amounts, st.sampled_from([1, 100, U, 10**6])), min_size=1, max_size=12),
    st.sampled_from([1, 100, U, 10**6]),
    st.sampled_from(["rounding", "leaves", "breakdowns"]),
)
def test_figures_of_several_steps(parts: list[tuple[int, int]], step: int, mode: str) -> None:
    parts = [(p + s, s) for p, s in parts]
    assume(half_up(sum(p for p, _ in parts), step))  # a printed zero is taken for an exact one
    terms = [(True, 1, half_up(sum(p for p, _ in parts), step), step, 1)]
    terms += [(False, 1, half_up(p, s), s, 1) for p, s in parts]
    assert judged([terms], mode)["holds"].all()


@given(rows, st.sampled_from(["rounding", "leaves", "breakdowns"]), st.integers(2, 10**6))
def test_no_tolerance_grows_with_the_amount(parts: list[int], mode: str, times: int) -> None:
    def tolerance(factor: int) -> int:
        terms: list[Term] = [(False, 1, half_up(p) * factor, U, 3) for p in parts]
        return int(judged([[(True, 1, U, U, 2), *terms]], mode)["tolerance"][0])

    assert tolerance(times) == tolerance(1)


@given(st.lists(amounts, min_size=1, max_size=12), st.integers(-3, 3).filter(bool))
def test_figures_printed_to_the_fen_must_be_exact(parts: list[int], off: int) -> None:
    terms = [(True, 1, sum(parts), 1, 1), *((False, 1, p, 1, 1) for p in parts)]
    wrong = [(True, 1, sum(parts) + off, 1, 1), *terms[1:]]
    assert judged([terms, wrong], "rounding")["holds"].to_list() == [True, False]


@given(amounts, st.sampled_from(["leaves", "breakdowns"]))
def test_a_leaf_printed_twice_may_not_differ(value: int, mode: str) -> None:
    one = half_up(value)
    twice = [(True, 1, one, U, 1), (False, 1, one, U, 1)]
    off = [(True, 1, one + U, U, 1), (False, 1, one, U, 1)]
    assert judged([twice, off], mode)["holds"].to_list() == [True, False]


@pytest.mark.parametrize("n", range(1, 41))
def test_the_bound_is_reached(n: int) -> None:
    """Every summand ends on a half: all are rounded up, their total once at most."""
    parts = [k * U + U // 2 for k in range(1, n + 1)]
    terms = [(True, 1, half_up(sum(parts)), U, 1)]
    terms += [(False, 1, half_up(p), U, 1) for p in parts]
    found = judged([terms], "rounding").row(0, named=True)
    assert abs(found["residual"]) == found["tolerance"] == n // 2 * U
    assert found["holds"]
    leaves = [(True, 1, in_total(parts, False), U, n), (False, 1, in_total(parts, True), U, n)]
    found = judged([leaves], "leaves").row(0, named=True)
    assert abs(found["residual"]) == found["tolerance"] == n // 2 * U


def beyond(n: int, steps: int) -> Fraction:
    """How often rounding n summands exceeds so many steps: Irwin and Hall's distribution."""
    x = Fraction(n, 2) - steps - Fraction(1, 2)
    terms = ((-1) ** k * comb(n, k) * (x - k) ** n for k in range(floor(x) + 1)) if x > 0 else ()
    return 2 * sum(terms, Fraction(0)) / factorial(n)


@pytest.mark.parametrize("n", range(1, 121))
def test_suspicious_is_rarer_than_once_in_a_thousand_and_no_rarer_than_need_be(n: int) -> None:
    steps = quantile(n)
    assert beyond(n, steps) <= Fraction(1, 1000)
    assert steps < 2 or beyond(n, steps - 2) > Fraction(1, 1000)


@settings(max_examples=20)
@given(st.integers(4, 100))
def test_what_lies_beyond_the_quantile_is_flagged(n: int) -> None:
    def instance(steps: int) -> list[Term]:
        parts: list[Term] = [(False, 1, 10 * U, U, 1)] * n
        return [(True, 1, 10 * U * n + steps * U, U, 1), *parts]

    at, over = quantile(n), quantile(n) + 1
    found = judged([instance(at), instance(-at), instance(over), instance(-over)], "rounding")
    within = over <= n // 2
    assert found["flagged"].to_list() == [False, False, within, within]


def test_an_identity_across_breakdowns_allows_what_a_real_exporter_does() -> None:
    text = """
    # general_expenditure_function | total | basic | project
    total 合计 | 33.03 | 33.03
    code:2010101 | 11.01 | 11.01
    code:2010102 | 11.01 | 11.01
    code:2010103 | 11.01 | 11.01
    # general_basic_economic | total | personnel | operations
    total 合计 | {} | {} |
    economic_class:301 | {} | {} |
      economic_item:30101 | 11.00 | 11.00
      economic_item:30102 | 11.00 | 11.00
      economic_item:30103 | 11.01 | 11.01
    """
    assert catalogue()["basic_by_economic_item"].tolerance == "breakdowns"
    assert verdicts("basic_by_economic_item", text.format(*["33.01"] * 4)) == ["rounding"]
    assert verdicts("basic_by_economic_item", text.format(*["33.00"] * 4)) == ["breaks"]
