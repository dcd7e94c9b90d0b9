"""`Finding`, `Explanation` and `Change`: what is said of a group of broken identities.

Here: plain data. Not here: how it was found (explain) and how it is released (frames).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# What names a check within its document: identity, statement, subject.
Key = tuple[str, str | None, str | None]


@dataclass(frozen=True)
class Change:
    """A cell and what it should say, in yuan: `low` to `high` where rounding leaves several.

    `value` is the one that the engine was asked with; zero stands for a blank cell. `amount_id` and
    `printed` are null where the cell is blank. `slip` says how one could become the other.
    `witnesses` are broken equalities that give the cell this very value, by way of different
    figures. A row that is not printed has no `line_no`; `code` says which it is.
    """

    amount_id: str | None
    statement_id: str
    side: str | None
    line_no: int | None
    measure_id: str
    printed: Decimal | None
    low: Decimal
    high: Decimal
    value: Decimal
    slip: str
    witnesses: tuple[Key, ...] = ()
    code: str | None = None

    @property
    def exact(self) -> bool:
        """Whether it leaves exactly one value."""
        return self.low == self.high


@dataclass(frozen=True)
class Explanation:
    """One way to restore every identity of a finding: cells, and the mistake that moved them.

    `restores` names the checks that hold again; `detail` says the mistake where the cells alone do
    not (a code and what it should be).
    """

    kind: str
    changes: tuple[Change, ...]
    restores: tuple[Key, ...]
    detail: str | None = None


@dataclass(frozen=True)
class Finding:
    """Broken checks that belong together, and every smallest explanation of them.

    `count` is how many explanations there are, more than are listed where they are many. Without
    any it is `unexplained`: nothing was found, or the search ended early (`complete` is false).
    """

    document_id: str
    kind: str
    checks: tuple[str, ...]
    explanations: tuple[Explanation, ...]
    count: int
    complete: bool = True

    @property
    def unique(self) -> bool:
        """Whether exactly one explanation exists, and the search was not cut short."""
        return self.count == 1 and len(self.explanations) == 1 and self.complete
