"""What a self-evaluation owes to arithmetic: its weights, its scores, its rate and its grade.

Here: each rule on one report, with a verdict as in fact_check. A report with indicators that were
not read is not tested for their sums: an untested rule must not look like a broken one. Not here:
reading reports (evaluations), and identities of official tables (identities).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.performance.evaluations import declared
from pipeline.performance.shapes import Evaluation

FULL = Decimal(100)
EXACT, ROUNDING, BREAKS, UNTESTABLE = "exact", "rounding", "breaks", "untestable"
# A rate that is printed without decimals may be rounded by half of one.
HALF = Decimal("0.5")


@dataclass(frozen=True)
class Check:
    """One rule on one report; the residual is left less right, null where it cannot be told."""

    identity_id: str
    left_value: Decimal | None
    right_value: Decimal | None
    tolerance: Decimal
    unit: str
    n_terms: int
    verdict: str
    reason: str | None = None

    @property
    def residual(self) -> Decimal | None:
        """How far the two sides are apart, signed."""
        if self.left_value is None or self.right_value is None:
            return None
        return self.left_value - self.right_value


def checks(one: Evaluation, complete: bool = True) -> tuple[Check, ...]:
    """Every rule on a report; `complete` says that all its indicators were read."""
    return (weights(one, complete), scores(one, complete), rate(one), *grades(one))


def weights(one: Evaluation, complete: bool) -> Check:
    """Indicators share what the execution of the budget leaves of 100."""
    name, found = "evaluation_weights", [i.weight for i in one.indicators]
    share = FULL - Decimal(declared()["execution_weight"])
    if not complete or not found or None in found:
        return untestable(name, "count", "an indicator or its weight was not read")
    return compared(name, total(found), share, Decimal(0), "count", len(found))


def scores(one: Evaluation, complete: bool) -> Check:
    """The total is the score of the execution and those of all indicators."""
    name, found = "evaluation_scores", [one.execution_score, *(i.score for i in one.indicators)]
    if not complete or not one.indicators or None in found or one.total_score is None:
        return untestable(name, "count", "a score or the total was not read")
    return compared(name, one.total_score, total(found), Decimal(0), "count", len(found))


def rate(one: Evaluation) -> Check:
    """The rate is what was spent of the year's budget."""
    name = "evaluation_execution_rate"
    if one.execution_rate is None or one.year_executed is None or one.year_budget is None:
        return untestable(name, "percent", "rate, budget or execution was not read")
    if not one.year_budget:
        return untestable(name, "percent", "the year's budget is 0")
    spent = one.year_executed / one.year_budget * FULL
    exponent = one.execution_rate.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    tolerance = HALF.scaleb(-decimals)
    return compared(name, one.execution_rate, spent, tolerance, "percent", 2)


def grades(one: Evaluation) -> Iterator[Check]:
    """The grade is the one its total score is due; the right side is where the grade begins."""
    name, known = "evaluation_grade", declared()["grades"]
    if one.total_score is None or one.grade is None:
        yield untestable(name, "count", "grade or total score was not read")
        return
    least = known[one.grade]
    better = [score for score in known.values() if score > least]
    below = min(better, default=None)
    fits = one.total_score >= least and (below is None or one.total_score < below)
    verdict = EXACT if fits else BREAKS
    yield Check(name, one.total_score, Decimal(least), Decimal(0), "count", 1, verdict)


def compared(
    name: str, left: Decimal, right: Decimal, tolerance: Decimal, unit: str, terms: int
) -> Check:
    """Two sides held against each other."""
    apart = abs(left - right)
    verdict = EXACT if not apart else ROUNDING if apart <= tolerance else BREAKS
    return Check(name, left, right, tolerance, unit, terms, verdict)


def untestable(name: str, unit: str, reason: str) -> Check:
    """A rule that cannot be tested, and why."""
    return Check(name, None, None, Decimal(0), unit, 0, UNTESTABLE, reason)


def total(found: list[Decimal | None]) -> Decimal:
    """The sum of what is printed."""
    return sum((value for value in found if value is not None), Decimal(0))
