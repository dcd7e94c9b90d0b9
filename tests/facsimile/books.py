"""Sums over the exact leaves of a made-up budget, printed in 万元, and the tests that select them.

Here belongs the arithmetic (one rounding, at the very end); which sums make a table is in
`synthetic.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.facsimile.budget import Scope
from tests.facsimile.leaves import Fund, Leaf, Spender
from tests.facsimile.vocabulary import FUNCTIONS

FEN_PER_STEP = 10_000  # 0.01 万元
FUNDS: tuple[Fund, ...] = (
    "general_public_budget",
    "government_fund",
    "state_capital",
    "fiscal_special_account",
    "unit_funds",
)
FISCAL = FUNDS[:3]

Test = Callable[[Leaf], bool]


@dataclass(frozen=True)
class Books:
    """The leaves of one body, and the figures printed of them."""

    name: str
    scope: Scope
    year: int
    units: tuple[Spender, ...]
    leaves: tuple[Leaf, ...]

    def only(self, *tests: Test) -> list[Leaf]:
        return [leaf for leaf in self.leaves if all(test(leaf) for test in tests)]

    def figure(self, *tests: Test) -> str:
        return printed(self.only(*tests))


def printed(found: Sequence[Leaf]) -> str:
    """Blank for nothing, else the exact sum rounded half up to 0.01 万元."""
    return printed_fen(sum(leaf.fen for leaf in found)) if found else ""


def printed_fen(fen: int) -> str:
    steps = (fen + FEN_PER_STEP // 2) // FEN_PER_STEP
    return f"{steps // 100}.{steps % 100:02d}"


def current(leaf: Leaf) -> bool:
    return not leaf.carried


def carried(leaf: Leaf) -> bool:
    return leaf.carried


def basic(leaf: Leaf) -> bool:
    return bool(leaf.economic)


def project(leaf: Leaf) -> bool:
    return bool(leaf.project)


def fiscal(leaf: Leaf) -> bool:
    return leaf.fund in FISCAL


def of_fund(fund: Fund) -> Test:
    return lambda leaf: leaf.fund == fund


def in_class(name: str) -> Test:
    return lambda leaf: FUNCTIONS[leaf.function[:3]] == name


def under(code: str) -> Test:
    """Leaves under a function code; the empty code is 合计."""
    return lambda leaf: leaf.function.startswith(code)


def in_unit(index: int) -> Test:
    return lambda leaf: leaf.unit == index


def every(leaf: Leaf) -> bool:
    return True


def named(name: str) -> Test:
    return lambda leaf: leaf.project == name
