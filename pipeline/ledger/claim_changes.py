"""Changes against an earlier year: their amounts and rates, held against what is printed of both.

Here: pure functions over claims and the amounts they are of. Not here: which belong together
(claim_verdicts).
"""

from __future__ import annotations

from decimal import Decimal

from pipeline.identities.percent import Figure as Printed
from pipeline.ledger.claim_arithmetic import (
    AGREES,
    CONTRADICTS,
    ROUNDING,
    Claim,
    Verdict,
    best,
    grown,
    moved,
    nothing,
    printed,
    recomputed,
)

NO_PRIOR = "the earlier year is not at hand"


def changed(change: Claim, amounts: list[Printed], priors: list[Claim]) -> Verdict:
    """A change against the earlier value, where that is stated."""
    stated = [printed(one) for one in priors if one["amount_yuan"] is not None]
    if not stated or not amounts or change["amount_yuan"] is None:
        said = "a change of nothing" if not Decimal(change["value"]) else NO_PRIOR
        return nothing(said)
    moved_by = amounts[0].value - stated[-1].value
    said = -change["amount_yuan"] if change["direction"] == "down" else change["amount_yuan"]
    gap = abs(moved_by - said)
    if not gap:
        return Verdict(AGREES)
    allowed = amounts[0].half + stated[-1].half + printed(change).half
    if gap <= allowed:
        return Verdict(ROUNDING)
    return Verdict(CONTRADICTS, None, f"recomputed {moved_by} yuan")


def rated(
    rate: Claim, amounts: list[Printed], changes: list[Claim], priors: list[Claim]
) -> Verdict:
    """A rate of change: change / (current - change), or (current - prior) / prior."""
    results, worked = [], None
    for current in amounts:
        for prior in priors:
            before = printed(prior)
            worked = worked or recomputed(abs(current.value - before.value), before.value)
            results.append(grown(rate, current, before))
        for change in changes:
            if change["number"] > rate["number"]:
                continue
            by = printed(change)
            if change["direction"] == "down":
                by = Printed(-by.value, by.step)
            worked = worked or recomputed(abs(by.value), current.value - by.value)
            results.append(moved(rate, by, current))
    if not results:
        return nothing("what it is of is not stated")
    if (verdict := best(results)) is not None:
        return verdict
    if CONTRADICTS not in results:
        return nothing("from nothing: no rate")
    return Verdict(CONTRADICTS, None, f"recomputed {worked}%")
