"""`Rule`: one expectation of the gate, as data. Not here: where rules come from, how they run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One rule. `sql` gives violations as (document_id, statement_id, line, detail).

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
