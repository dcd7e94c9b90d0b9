"""How far rounding alone can move a printed percentage: shares, growth rates, sums of shares.

A printed figure stands for every true figure that rounds to it, half a step either way; a figure
printed to the fen (or a count) is exact. What a percentage of two figures can be is an interval,
found at the corners of theirs; a printed percentage agrees where that interval, widened by half of
its own last decimal, holds it. It may have been computed from the true or the printed figures: the
interval has both. All in exact fractions. Never a percentage of an amount.

Here: pure functions over numbers. Not here: which claims are compared with which cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product

FEN = Decimal("0.01")
HUNDRED = Fraction(100)


@dataclass(frozen=True)
class Figure:
    """A printed figure and the step it is printed in, in yuan (a count has step 0)."""

    value: Decimal
    step: Decimal

    @property
    def half(self) -> Fraction:
        """How far the true figure may lie from the printed one."""
        return Fraction(0) if self.step <= FEN else Fraction(self.step) / 2

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The least and the greatest figure that is printed like this."""
        return Fraction(self.value) - self.half, Fraction(self.value) + self.half


@dataclass(frozen=True)
class Percentage:
    """A printed percentage: its number (signed) and its decimals."""

    value: Decimal
    places: int

    @property
    def half(self) -> Fraction:
        """Half of its last decimal, in percentage points."""
        return Fraction(1, 2 * 10**self.places)


@dataclass(frozen=True)
class Range:
    """What a percentage of printed figures can truly be; `centre` is that of the printed ones."""

    low: Fraction
    centre: Fraction
    high: Fraction

    def residual(self, printed: Percentage) -> Fraction:
        """The printed percentage less that of the printed figures, in percentage points."""
        return Fraction(printed.value) - self.centre

    def tolerance(self, printed: Percentage) -> Fraction:
        """How far the residual can be from zero by rounding, on the side where it lies."""
        above = self.residual(printed) >= 0
        return printed.half + (self.high - self.centre if above else self.centre - self.low)

    def agrees(self, printed: Percentage) -> bool:
        """Whether rounding explains the printed percentage."""
        return abs(self.residual(printed)) <= self.tolerance(printed)


def share(part: Figure, whole: Figure) -> Range | None:
    """100·part/whole; null where the whole may be zero or less, for then there is no share.

    The corners give |Δ| = 100·(h_part + h_whole·|part/whole|)/(whole - h_whole) at most.
    """
    if whole.ends[0] <= 0:
        return None
    centre = HUNDRED * Fraction(part.value) / Fraction(whole.value)
    return spanned(centre, [HUNDRED * a / b for a, b in product(part.ends, whole.ends)])


def growth(now: Figure, before: Figure) -> Range | None:
    """100·(now - before)/before, against last year's figure; null where that is not positive."""
    found = share(now, before)
    return found and Range(found.low - HUNDRED, found.centre - HUNDRED, found.high - HUNDRED)


def growth_by(change: Figure, now: Figure) -> Range | None:
    """100·change/(now - change): the rate where a text gives the change and this year's figure.

    Negative where the figure fell. Null where last year's figure may be zero or less.
    """
    least = now.ends[0] - change.ends[1]
    if least <= 0:
        return None
    value = Fraction(change.value)
    corners = [HUNDRED * d / (n - d) for d, n in product(change.ends, now.ends)]
    return spanned(HUNDRED * value / (Fraction(now.value) - value), corners)


def spanned(centre: Fraction, corners: Sequence[Fraction]) -> Range:
    """The range of corners: the ratios here are monotone in each figure, so these bound them."""
    return Range(min(*corners, centre), centre, max(*corners, centre))


def sum_of_shares_tolerance(count: int, places: int, whole: Figure | None = None) -> Fraction:
    """How far `count` printed shares of one whole can sum from 100, in percentage points.

    floor(count/2) of the last decimal. With `whole` the shares may have been computed from the
    printed figures, whose sum is floor(count/2) steps from the printed whole at most: the rounding
    of the shares and what that makes of the whole together, in whole decimals.
    """
    if count < 1:
        raise ValueError(f"shares of a whole are one at least, not {count}")
    unit = Fraction(1, 10**places)
    if whole is None or whole.half == 0:
        return unit * (count // 2)
    if whole.value <= 0:
        raise ValueError(f"shares need a positive whole, not {whole.value}")
    apart = HUNDRED * (count // 2) * 2 * whole.half / Fraction(whole.value)
    return unit * ((unit * count / 2 + apart) // unit)
