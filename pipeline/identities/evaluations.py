"""Identities of self-evaluations: weights, scores, rate of execution and grade.

Here: what a report owes to arithmetic, on rows of fact_evaluation and their indicators. A report
whose indicators may not all be read is not tested for their sums: an untested rule must not look
like a broken one. Not here: what they are called (performance) and reading reports (performance).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import polars as pl

from pipeline.identities.percent import FEN, Figure, share
from pipeline.identities.performance import BREAKS, EXACT, NOTHING, Check, Row, framed, judged
from pipeline.performance.evaluations import declared
from pipeline.performance.shapes import EVALUATION

WEIGHTS, SCORES, RATE, GRADE = (
    "evaluation_weights",
    "evaluation_scores",
    "evaluation_execution_rate",
    "evaluation_grade",
)
FULL = Decimal(100)
#: 万元 with two decimals
STEP_10000 = Decimal(100)
NOT_ALL_READ = "指标未全部读出 (an indicator, its weight or its score was not read)"


def checks(
    evaluations: pl.DataFrame, indicators: pl.DataFrame, quarantine: pl.DataFrame
) -> pl.DataFrame:
    """fact_check rows of every report."""
    scored: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in indicators.filter(horizon=EVALUATION).iter_rows(named=True):
        scored[row["document_id"], row["project_id"]].append(row)
    lost = unread(quarantine)
    reports = evaluations.to_dicts()
    shared = Counter((one["document_id"], one["project_id"]) for one in reports)
    rows: list[Check] = []
    for one in reports:
        key = (one["document_id"], one["project_id"])
        # The indicators of two reports of one project cannot be told apart.
        complete = one["document_id"] not in lost and shared[key] == 1
        rows += of_report(one, scored[key] if complete else ())
    return framed(rows)


def unread(quarantine: pl.DataFrame) -> set[str]:
    """The documents in which something outside the official statements could not be placed."""
    lost = quarantine.filter(pl.col("statement_id").is_null(), stage="forms")
    return set(lost.get_column("document_id").drop_nulls())


def of_report(one: Row, indicators: Sequence[Row]) -> Iterator[Check]:
    """The checks of one report; no indicators where they are not all read."""
    yield weights(one, indicators)
    yield scores(one, indicators)
    yield rate(one)
    yield grade(one)


def weights(one: Row, indicators: Sequence[Row]) -> Check:
    """Indicators share what the execution of the budget leaves of 100."""
    found = [row["weight"] for row in indicators]
    reason = NOT_ALL_READ if not found or None in found else None
    left = None if reason else sum(found, NOTHING)
    right = FULL - Decimal(declared()["execution_weight"])
    return judged(one, WEIGHTS, "指标权重", left, right, reason, unit="count")


def scores(one: Row, indicators: Sequence[Row]) -> Check:
    """The total is the score of the execution and those of all indicators."""
    found = [one["execution_score"], *(row["score"] for row in indicators)]
    reason = NOT_ALL_READ if not indicators or None in found else None
    if one["total_score"] is None:
        reason = "无总得分 (the total is not stated or could not be read)"
    right = None if reason else sum(found, NOTHING)
    return judged(one, SCORES, "总得分", one["total_score"], right, reason, unit="count")


def rate(one: Row) -> Check:
    """The rate is what was spent of the year's budget, rounded to the decimals it has.

    Zeros at its end are not kept: a rate of 100 may be printed to the unit. Amounts of whole
    hundreds may be rounded themselves: they may be printed in 万元.
    """
    said, spent, budget = one["execution_rate"], one["year_executed"], one["year_budget"]
    if said is None or spent is None or budget is None:
        reason = "缺执行率、预算数或执行数 (rate, budget or execution was not read)"
        return judged(one, RATE, "执行率", said, None, reason, unit="percent")
    step = FEN if spent % STEP_10000 or budget % STEP_10000 else STEP_10000
    possible = share(Figure(spent, step), Figure(budget, step))
    if possible is None:
        reason = "全年预算数为零 (the year's budget is 0)"
        return judged(one, RATE, "执行率", said, None, reason, unit="percent")
    exponent = said.normalize().as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    low, right, high = (
        rounded(end, places) for end in (possible.low, possible.centre, possible.high)
    )
    tolerance = high - right if said > right else right - low
    return judged(one, RATE, "执行率", said, right, None, tolerance, "percent")


def rounded(value: Fraction, places: int) -> Decimal:
    """A fraction to so many decimals, half up."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def grade(one: Row) -> Check:
    """The grade is the one its total is due; the right side is where the grade begins."""
    known, score = declared()["grades"], one["total_score"]
    if score is None or one["grade"] not in known:
        reason = "缺等级或总得分 (grade or total score was not read)"
        return judged(one, GRADE, "等级", score, None, reason, unit="count")
    least = known[one["grade"]]
    below = min((other for other in known.values() if other > least), default=None)
    check = judged(one, GRADE, "等级", score, Decimal(least), None, unit="count")
    fits = score >= least and (below is None or score < below)
    return check | {"verdict": EXACT if fits else BREAKS}
