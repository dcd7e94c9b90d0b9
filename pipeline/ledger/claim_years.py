"""Earlier values, said or meant by a change, against the document of the year before.

Where that document prints another amount, it was revised since or is not the one meant: the reason
says so, and the verdict stays. Here: that comparison. Not here: which document is of the year
before (links), which cells are meant (claim_cells), and what the text says itself (claim_verdicts).
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.ledger.claim_arithmetic import (
    AGREES,
    CONTRADICTS,
    ROUNDING,
    Claim,
    Verdict,
    compare,
    step_yuan,
)
from pipeline.ledger.claim_cells import Cell
from pipeline.ledger.claim_changes import NO_PRIOR

AS_LAST_YEAR = "last year's document prints it"


def against_last_year(
    claim: Claim, own: Claim | None, held: Verdict, cells: Iterable[Cell]
) -> Verdict:
    """The verdict of an earlier value or a change, with what last year's cells say of it.

    `own` is the amount that a change is of, `held` the verdict so far.
    """
    said = claim if claim["measure"] == "prior" else before(claim, own)
    found = [cell for cell in cells if not cell.doubtful] if said is not None else []
    if said is None or not found or held.verdict == CONTRADICTS:
        return held
    for wanted in (AGREES, ROUNDING):
        for cell in found:
            if compare(said, cell) == wanted:
                amount_id = cell.amount_id if claim is said else held.amount_id
                kept = AGREES if held.verdict == AGREES else wanted
                return Verdict(kept, amount_id, AS_LAST_YEAR)
    printed = f"last year's {found[0].statement_id} prints {found[0].amount} yuan"
    reasons = [held.reason] if held.reason and held.reason != NO_PRIOR else []
    return Verdict(held.verdict, held.amount_id, "; ".join([*reasons, printed]))


def before(change: Claim, own: Claim | None) -> Claim | None:
    """The earlier amount that a change is from, as coarse as the coarser of its figures."""
    if own is None or own["amount_yuan"] is None or own["measure"] != "amount":
        return None
    by = -change["amount_yuan"] if change["direction"] == "down" else change["amount_yuan"]
    coarser = max(own, change, key=step_yuan)
    return {**own, "amount_yuan": own["amount_yuan"] - by, "step_yuan": step_yuan(coarser)}
