"""The arithmetic of claims: printed steps, what rounding explains, percentages in exact fractions.

Here: pure functions over figures. Not here: which figures belong together (claim_verdicts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.ledger.claim_cells import Cell

Claim = Mapping[str, Any]
AGREES, ROUNDING, CONTRADICTS, UNTESTABLE = "agrees", "rounding", "contradicts", "untestable"
STATED = ("amount", "count", "area", "score")
HALF = Decimal("0.5")
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


def step_yuan(claim: Claim) -> Decimal:
    """The printed step of a claim in yuan."""
    value = Decimal(claim["value"])
    if not value:
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


def turned(rate: Claim, moved: Decimal) -> str | None:
    """`contradicts` where a rate is printed the other way round than the amounts moved."""
    wrong = moved < 0 if rate["direction"] == "up" else moved > 0
    return CONTRADICTS if wrong and rate["direction"] in ("up", "down") else None


def percent(printed: str, part: tuple[Decimal, Decimal], whole: tuple[Decimal, Decimal]) -> str:
    """A printed percentage of two amounts with their steps (domain 2.2).

    |p - 100a/b| <= half a printed step + what rounding of a and b can move, in exact fractions.
    """
    (a, a_step), (b, b_step) = part, whole
    if not b:
        if not a and not Decimal(printed):
            return AGREES
        return UNTESTABLE
    # All sides times b: no division, no rounding.
    p = Decimal(printed)
    gap = abs(p * b - PERCENT * a)
    half = HALF * step(printed) * abs(b)
    moved = PERCENT * HALF * (a_step + b_step * abs(a) / abs(b))
    if gap <= half:
        return AGREES
    return ROUNDING if gap <= half + moved else CONTRADICTS


def recomputed(a: Decimal, b: Decimal) -> Decimal | None:
    """100a/b to two decimals, for a reason; null where b is nothing."""
    return (PERCENT * a / b).quantize(Decimal("0.01")) if b else None
