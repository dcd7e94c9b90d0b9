"""Whole-number intervals: what elimination says is what trying every value says."""

from __future__ import annotations

import random
from itertools import product

import pytest

from pipeline.findings import intervals
from pipeline.findings.intervals import constraint, feasible, fixed, joined, range_of

REACH = range(-6, 7)


def test_the_normal_form_has_no_common_divisor_and_begins_with_plus() -> None:
    assert constraint({1: -2, 0: 0}, -4, 6) == (((1, 1),), -3, 2)
    assert constraint({0: 2, 1: -4}, -3, 3) == (((0, 1), (1, -2)), -1, 1)
    assert constraint({}, 1, 2) == ((), 1, 2)


def test_a_constraint_without_variables_can_contradict() -> None:
    assert not feasible({(): (1, 2)}, [])
    assert not feasible({(): (1, None), ((0, 1),): (0, 0)}, [0])
    assert feasible({(): (-1, 2)}, [])


@pytest.mark.parametrize("seed", range(60))
def test_ranges_hold_every_solution_and_are_reached_by_units(seed: int) -> None:
    """With factors of one, what is found feasible has a solution and the ranges are tight enough
    to hold all of them."""
    draw = random.Random(seed)
    size = draw.choice([1, 2, 3])
    rows = [
        constraint(
            {v: draw.choice([-1, 0, 1]) for v in range(size)},
            low := draw.randint(-4, 2),
            low + draw.randint(0, 3),
        )
        for _ in range(draw.randint(1, 5))
    ] + [constraint({v: 1}, REACH[0], REACH[-1]) for v in range(size)]
    system = joined(rows)

    def solves(values: tuple[int, ...]) -> bool:
        return all(
            (low is None or low <= sum(f * values[v] for v, f in pattern))
            and (high is None or sum(f * values[v] for v, f in pattern) <= high)
            for pattern, low, high in rows
        )

    solutions = [values for values in product(REACH, repeat=size) if solves(values)]
    if solutions:
        assert feasible(system, range(size))
    for variable in range(size):
        bounds = range_of(system, variable, range(size))
        if not solutions:
            continue
        assert bounds is not None
        seen = [values[variable] for values in solutions]
        assert bounds[0] is not None
        assert bounds[1] is not None
        assert bounds[0] <= min(seen)
        assert max(seen) <= bounds[1]
        rest = fixed(system, variable, seen[0])
        assert feasible(rest, [v for v in range(size) if v != variable])


def test_bounds_may_be_missing() -> None:
    system = joined([constraint({0: 1, 1: -1}, None, 3), constraint({1: 1}, 2, 2)])
    assert range_of(system, 0, [0, 1]) == (None, 5)
    assert intervals.times(None, 3, -2) == (-6, None)
