"""Small systems of linear intervals in whole numbers: is there a solution, and how far may each go?

A constraint says that a sum of variables, each times a whole number, lies between two bounds (null:
no bound). Variables are eliminated one by one (Fourier and Motzkin); two constraints give one over
the variables that are left. Here: this arithmetic. Not here: what the variables are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import gcd

Bound = int | None
# Variables in order, each with its factor; the first factor is positive.
Pattern = tuple[tuple[int, int], ...]
Constraints = Mapping[Pattern, tuple[Bound, Bound]]


def constraint(factors: Mapping[int, int], low: Bound, high: Bound) -> tuple[Pattern, Bound, Bound]:
    """The normal form: factors in order, without a common divisor, the first one positive."""
    pattern = tuple(sorted((v, f) for v, f in factors.items() if f))
    if not pattern:
        return pattern, low, high
    common = gcd(*(f for _, f in pattern))
    if pattern[0][1] < 0:
        common, low, high = -common, high, low
    pattern = tuple((v, f // common) for v, f in pattern)
    if common < 0:
        low, high = (None if b is None else -b for b in (low, high))
        common = -common
    low = None if low is None else -(-low // common)
    high = None if high is None else high // common
    return pattern, low, high


def joined(
    constraints: Iterable[tuple[Pattern, Bound, Bound]],
) -> dict[Pattern, tuple[Bound, Bound]]:
    """The constraints with those of one pattern met together."""
    found: dict[Pattern, tuple[Bound, Bound]] = {}
    for pattern, low, high in constraints:
        known = found.get(pattern, (None, None))
        found[pattern] = (most(known[0], low), least(known[1], high))
    return found


def most(one: Bound, other: Bound) -> Bound:
    """The higher of two lower bounds."""
    return other if one is None else one if other is None else max(one, other)


def least(one: Bound, other: Bound) -> Bound:
    """The lower of two upper bounds."""
    return other if one is None else one if other is None else min(one, other)


def empty(low: Bound, high: Bound) -> bool:
    """Whether nothing lies between two bounds."""
    return low is not None and high is not None and low > high


def without(constraints: Constraints, variable: int) -> dict[Pattern, tuple[Bound, Bound]] | None:
    """The constraints on the other variables, null where there is no solution."""
    with_it = [(dict(p), b) for p, b in constraints.items() if variable in dict(p)]
    kept = [(p, *b) for p, b in constraints.items() if variable not in dict(p)]
    for place, (one, (one_low, one_high)) in enumerate(with_it):
        for other, (other_low, other_high) in with_it[place + 1 :]:
            a, b = one[variable], other[variable]
            factors = {
                v: b * one.get(v, 0) - a * other.get(v, 0) for v in {*one, *other} - {variable}
            }
            low, high = added(times(one_low, one_high, b), times(other_low, other_high, -a))
            kept.append(constraint(factors, low, high))
    found = joined(kept)
    if contradictory(found):
        return None
    found.pop((), None)
    return found


def contradictory(constraints: Constraints) -> bool:
    """Whether a constraint by itself has no solution; one without variables says what zero is."""
    return any(
        empty(*bounds) if pattern else empty(most(bounds[0], 0), least(bounds[1], 0))
        for pattern, bounds in constraints.items()
    )


def times(low: Bound, high: Bound, factor: int) -> tuple[Bound, Bound]:
    """An interval times a number that is not zero."""
    ends = (None if low is None else low * factor, None if high is None else high * factor)
    return ends if factor > 0 else (ends[1], ends[0])


def added(one: tuple[Bound, Bound], other: tuple[Bound, Bound]) -> tuple[Bound, Bound]:
    """The sum of two intervals."""
    low = None if one[0] is None or other[0] is None else one[0] + other[0]
    high = None if one[1] is None or other[1] is None else one[1] + other[1]
    return low, high


def range_of(
    constraints: Constraints, variable: int, variables: Sequence[int]
) -> tuple[Bound, Bound] | None:
    """How far one variable may go, null where there is no solution."""
    if contradictory(constraints):
        return None
    left: Constraints = constraints
    for other in variables:
        if other != variable:
            reduced = without(left, other)
            if reduced is None:
                return None
            left = reduced
    return left.get(((variable, 1),), (None, None))


def feasible(constraints: Constraints, variables: Sequence[int]) -> bool:
    """Whether the constraints have a solution."""
    if not variables:
        return not contradictory(constraints)
    found = range_of(constraints, variables[0], variables)
    return found is not None and not empty(*found)


def fixed(
    constraints: Constraints, variable: int, value: int
) -> dict[Pattern, tuple[Bound, Bound]]:
    """The constraints with one variable's value put in."""
    found = []
    for pattern, (low, high) in constraints.items():
        factors = dict(pattern)
        moved = factors.pop(variable, 0) * value
        low = None if low is None else low - moved
        high = None if high is None else high - moved
        found.append(constraint(factors, low, high))
    return joined(found)
