"""The arithmetic of claims: printed steps, what rounding explains, percentages in exact fractions.

Here: pure functions over figures. Not here: which figures belong together (claim_verdicts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.identities.percent import Figure as Printed
from pipeline.identities.percent import Percentage, Range, growth, growth_by, share
from pipeline.ledger.claim_cells import Cell

Claim = Mapping[str, Any]
AGREES, ROUNDING, CONTRADICTS, UNTESTABLE = "agrees", "rounding", "contradicts", "untestable"
STATED = ("amount", "count", "area", "score")
PERCENT = Decimal(100)


@dataclass(frozen=True)
class Verdict:
    """Verdict, the cell it was held against, and why where it is not plain."""

    verdict: str
    amount_id: str | None = None
    reason: str | None = None


def nothing(reason: str) -> Verdict:
    """A claim that cannot be tested."""
    return Verdict(UNTESTABLE, None, reason)


def step(value: str) -> Decimal:
    """The printed step of a figure: 0.01 for `1504.31`, 1 for `340`."""
    _, point, decimals = value.partition(".")
    return Decimal(1).scaleb(-len(decimals)) if point else Decimal(1)


def printed(claim: Claim) -> Printed:
    """A claim's money, or its count, with its printed step."""
    if claim["amount_yuan"] is None:
        return Printed(Decimal(claim["value"]), Decimal(0))
    return Printed(claim["amount_yuan"], step_yuan(claim))


def step_yuan(claim: Claim) -> Decimal:
    """The printed step of a claim in yuan."""
    if "step_yuan" in claim:
        known: Decimal = claim["step_yuan"]
        return known
    value = Decimal(claim["value"])
    if not value or claim["amount_yuan"] is None:
        return Decimal(0)
    yuan: Decimal = abs(claim["amount_yuan"])
    return step(claim["value"]) * yuan / value


def named(claim: Claim) -> tuple[str, str | None]:
    """What a claim speaks of: subject, and label where the subject is many."""
    many = claim["subject"] in ("expenditure_class", "function_item", "economic_item", "equipment")
    return claim["subject"], claim["label"] if many else None


def exact(holds: bool, otherwise: str) -> Verdict:
    """A count holds or not."""
    return Verdict(AGREES) if holds else Verdict(CONTRADICTS, None, otherwise)


def sum_of(cell: Cell) -> str | None:
    """Why a claim holds where it is no single cell."""
    if cell.parts == 0:
        return "the cell is blank"
    return f"sum of {cell.parts} cells" if cell.parts > 1 else None


def compare(claim: Claim, cell: Cell) -> str:
    """A claim's money against a cell: equal, within what rounding explains, or not."""
    gap = abs(claim["amount_yuan"] - cell.amount)
    if not gap:
        return AGREES
    if cell.parts == 0:
        return CONTRADICTS
    own, other = step_yuan(claim), cell.step
    if own == other:
        allowed = own if cell.is_sum else Decimal(0)
        allowed = max(allowed, own * (cell.parts // 2))
    else:
        # Publishers round, or cut off: less than a printed step either way.
        allowed = max(own, other) + min(own, other) * (cell.parts // 2)
        return ROUNDING if gap < allowed else CONTRADICTS
    return ROUNDING if gap <= allowed else CONTRADICTS


def percent(text: str, part: Printed, whole: Printed) -> str:
    """A printed percentage against what two printed figures can truly make (domain 2.2)."""
    if not whole.value:
        return AGREES if not part.value and not Decimal(text) else UNTESTABLE
    return judged(text, share(part, whole))


def moved(rate: Claim, change: Printed, current: Printed) -> str:
    """A rate of change against the change and the current amount it is printed beside."""
    if current.value == change.value:
        return UNTESTABLE
    return judged(signed(rate), growth_by(change, current))


def grown(rate: Claim, current: Printed, prior: Printed) -> str:
    """A rate of change against the current amount and an earlier one."""
    if not prior.value:
        return UNTESTABLE
    return judged(signed(rate), growth(current, prior))


def signed(rate: Claim) -> str:
    """A rate with the sign of its direction."""
    return f"-{rate['value']}" if rate["direction"] == "down" else str(rate["value"])


def judged(text: str, possible: Range | None) -> str:
    """Whether a percentage is the rounded one, one that rounding explains, or neither."""
    if possible is None:
        return UNTESTABLE
    places = len(text.partition(".")[2])
    said = Percentage(Decimal(text), places)
    if abs(possible.residual(said)) <= said.half:
        return AGREES
    return ROUNDING if possible.agrees(said) else CONTRADICTS


def recomputed(a: Decimal, b: Decimal) -> Decimal | None:
    """100a/b to two decimals, for a reason; null where b is nothing."""
    return (PERCENT * a / b).quantize(Decimal("0.01")) if b else None


def best(results: list[str]) -> Verdict | None:
    """The verdict where one way to compute a figure gives it."""
    return next((Verdict(one) for one in (AGREES, ROUNDING) if one in results), None)
