"""Which reading of each damaged row the equations leave.

Here: plain arithmetic over candidates: a reading goes when an equation cannot hold with it,
whatever the other rows read. Not here: where equations and candidates come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product

from pipeline.restore.equations import Equation, Variable

# Joint readings of rows that hang together, tried one by one.
MAX_JOINT = 1500
ZERO = Decimal(0)
# A row is named by whatever its owner counts with: the draft and the part.
Key = tuple[int, int]
Cells = Mapping[Variable, Decimal]


@dataclass
class Doubt:
    """A row with several readings: those left, and the equation that each other one failed."""

    readings: Sequence[Cells]
    left: set[int] = field(default_factory=set)
    failed: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = set(range(len(self.readings)))


def solve(
    doubts: Mapping[Key, Doubt],
    known: Cells,
    equations: Sequence[Equation],
    steps: Mapping[Variable, Decimal],
) -> None:
    """Take from each doubt the readings that no equation allows; `left` may become empty."""
    at = cells_of(doubts)
    used = [Relation(e, known, at, steps) for e in equations]
    # Sums within one row come first: they are the plainest reason.
    used = sorted((r for r in used if r.doubts), key=lambda r: len(r.doubts))
    changed = True
    while changed:
        changed = any([relation.narrow(doubts) for relation in used])
    together(doubts, used)


def cells_of(doubts: Mapping[Key, Doubt]) -> dict[Variable, Key]:
    """The doubt that each open cell belongs to."""
    return {
        variable: key
        for key, doubt in doubts.items()
        for reading in doubt.readings
        for variable in reading
    }


class Relation:
    """One equation over the doubts it speaks of; the figures that stand are summed up."""

    def __init__(
        self,
        equation: Equation,
        known: Cells,
        at: Mapping[Variable, Key],
        steps: Mapping[Variable, Decimal],
    ) -> None:
        self.name = equation.name
        self.doubts: dict[Key, list[tuple[Variable, int]]] = {}
        self.constant = ZERO
        filled = 0
        for variable, sign in equation.terms:
            if variable in at:
                self.doubts.setdefault(at[variable], []).append((variable, sign))
                filled += 1
            elif known.get(variable):
                self.constant += sign * known[variable]
                filled += 1
        self.tolerance = equation.tolerance(steps, filled)

    def part(self, key: Key, reading: Cells) -> Decimal:
        """What a reading of a doubt adds to the sum."""
        return sum((sign * reading.get(v, ZERO) for v, sign in self.doubts[key]), ZERO)

    def narrow(self, doubts: Mapping[Key, Doubt]) -> bool:
        """Take the readings with which the equation cannot hold; whether any was taken."""
        parts = {
            key: {n: self.part(key, doubts[key].readings[n]) for n in doubts[key].left}
            for key in self.doubts
        }
        if any(not found for found in parts.values()):
            return False
        low = self.constant + sum((min(p.values()) for p in parts.values()), ZERO)
        high = self.constant + sum((max(p.values()) for p in parts.values()), ZERO)
        taken = False
        for key, found in parts.items():
            least, most = low - min(found.values()), high - max(found.values())
            for number, part in found.items():
                if least + part > self.tolerance or most + part < -self.tolerance:
                    doubts[key].left.discard(number)
                    doubts[key].failed.setdefault(number, self.name)
                    taken = True
        return taken

    def holds(self, doubts: Mapping[Key, Doubt], chosen: Mapping[Key, int]) -> bool:
        """Whether the equation holds with one reading of each doubt."""
        parts = (self.part(key, doubts[key].readings[chosen[key]]) for key in self.doubts)
        return abs(self.constant + sum(parts, ZERO)) <= self.tolerance


def together(doubts: Mapping[Key, Doubt], used: list[Relation]) -> None:
    """Try rows that hang together jointly, where they are few enough."""
    for group in groups(doubts, used):
        ways = 1
        for key in group:
            ways *= len(doubts[key].left)
        if not 1 < ways <= MAX_JOINT:
            continue
        own = [r for r in used if set(r.doubts) <= set(group) | single(doubts)]
        fixed = {key: next(iter(doubts[key].left)) for key in single(doubts)}
        fitting: dict[Key, set[int]] = {key: set() for key in group}
        for way in product(*(sorted(doubts[key].left) for key in group)):
            chosen = {**fixed, **dict(zip(group, way, strict=True))}
            if all(relation.holds(doubts, chosen) for relation in own):
                for key, number in zip(group, way, strict=True):
                    fitting[key].add(number)
        if not all(fitting.values()):
            continue
        names = {key: next((r.name for r in own if key in r.doubts), "") for key in group}
        for key in group:
            for number in doubts[key].left - fitting[key]:
                doubts[key].failed.setdefault(number, names[key])
            doubts[key].left &= fitting[key]


def single(doubts: Mapping[Key, Doubt]) -> set[Key]:
    """The doubts that are decided."""
    return {key for key, doubt in doubts.items() if len(doubt.left) == 1}


def groups(doubts: Mapping[Key, Doubt], used: list[Relation]) -> list[list[Key]]:
    """The open doubts that equations tie together."""
    open_ = {key for key, doubt in doubts.items() if len(doubt.left) > 1}
    found: list[set[Key]] = [{key} for key in open_]
    for relation in used:
        tied = open_ & set(relation.doubts)
        if len(tied) > 1:
            touched = [group for group in found if group & tied]
            found = [group for group in found if not group & tied]
            found.append(set().union(*touched))
    return [sorted(group, key=repr) for group in found]
