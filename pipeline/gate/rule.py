"""`Rule` and `Violation`: an expectation of the gate and what it finds, as data.

Here: the two shapes. Not here: where rules come from, how they run and what a verdict costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


class Violation(NamedTuple):
    """What does not hold: where it stands, in words, and both sides where it is an equation."""

    document_id: str | None
    statement_id: str | None
    line: int | None
    detail: str
    subject: str | None = None
    left: Decimal | None = None
    right: Decimal | None = None
    residual: Decimal | None = None

    @property
    def told(self) -> str:
        """The violation in one line, without its place."""
        if self.residual is None:
            return self.detail
        sides = f"{self.left} against {self.right}, residual {self.residual}"
        return f"{self.detail} · {self.subject or ''}: {sides}"


#: how many columns a rule's query gives: a place and a text, or an equation too
WIDTHS = (4, len(Violation._fields))


@dataclass(frozen=True)
class Rule:
    """One rule. `sql` gives violations: the first four columns of `Violation`, or all of them.

    `examined` gives one row: how many rows the rule looked at and, where it can tell, what of it
    crashed and a remark (why there was nothing to look at, what was left out), null for none.
    `needs_last` rules compare with the last release and do not run without one. A `strict` rule
    is critical in strict builds.
    """

    id: str
    suite: str
    severity: str
    table: str
    zh: str
    en: str
    sql: str | None = None
    examined: str | None = None
    scan: str | None = None
    needs_last: bool = False
    strict: bool = False
