"""Printed figures to yuan, exactly.

Here: the only place where a unit is applied, by multiplication, in `Decimal`. Not here: what a
printed number looks like (forms.figures).
"""

from __future__ import annotations

from decimal import Decimal

from pipeline.forms import figures
from pipeline.schema.catalogue import vocabularies

FEN = Decimal("0.01")
# DECIMAL(18,2) holds sixteen digits before the point; a sum of a thousand such figures must fit.
LIMIT = Decimal(10) ** 13


class NotExact(ValueError):
    """An amount does not fit DECIMAL(18,2) in yuan without rounding."""


def factor(unit: str) -> Decimal:
    """How many yuan one printed unit is."""
    return Decimal(vocabularies()["money_unit"][unit]["yuan"])


def to_yuan(text: str, unit: str) -> Decimal:
    """The amount of a printed figure in yuan, two decimals.

    Raises `NotExact` where the print has more decimals than a fen, or more digits than the column
    holds: money is never rounded here.
    """
    value = figures.parse(text)
    if value is None:
        raise NotExact(f"{text!r} holds no value")
    yuan = value * factor(unit)
    if abs(yuan) >= LIMIT or yuan != yuan.quantize(FEN):
        raise NotExact(f"{text} {unit} is no whole number of fen below {LIMIT}")
    return yuan.quantize(FEN)


def step_yuan(text: str, unit: str) -> Decimal:
    """The printed step of a figure in yuan: 100.00 for `1504.31` 万元."""
    return (figures.step(text) * factor(unit)).quantize(FEN)
