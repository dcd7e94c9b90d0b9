"""The unit of money of tables that lost theirs, from tables of the same document.

The same row with the same figure in another unit would be ten thousand times as much: one such
row in a table whose unit is printed tells the unit. Only where every printed unit is the same
one; a figure of many digits tells it in any row. Not here: units printed above a table (captions).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.forms.disclosure import Rejected
from pipeline.forms.statement import Statement
from pipeline.forms.wording import TOTALS, canon_label

# A figure with so many digits between its zeros stands for itself, in whatever row.
MIN_DIGITS = 4


def with_units(
    statements: tuple[Statement, ...], proving: bool
) -> tuple[tuple[Statement, ...], tuple[Rejected, ...]]:
    """Statements with the unit that others prove for them, and those whose unit stays unknown.

    `proving`: only text extractions lose captions; elsewhere a table without a unit has none.
    """
    units = {s.money_unit for s in statements if s.money_unit and s.state == "data"}
    known = [s for s in statements if s.money_unit or s.state != "data"]
    open_ = [s for s in statements if not (s.money_unit or s.state != "data")]
    unit = next(iter(units)) if proving and len(units) == 1 else None
    rows = {row for s in known for row in figured_rows(s)}
    while unit and (proved := [s for s in open_ if not rows.isdisjoint(figured_rows(s))]):
        known += [replace(s, money_unit=unit) for s in proved]
        open_ = [s for s in open_ if s not in proved]
        rows |= {row for s in proved for row in figured_rows(s)}
    return tuple(known), tuple(
        Rejected(s.statement_id, "unit_unknown", "no 单位：万元 or 单位：元 above the table")
        for s in open_
    )


def figured_rows(statement: Statement) -> Iterator[tuple[str, str]]:
    """Each row with each of its figures, and each long figure by itself (rows of totals too)."""
    for line in statement.lines:
        name = line.code or canon_label(line.label or "")
        for figure in line.figures:
            plain = figure.figure.replace(",", "")
            if not (digits := plain.replace(".", "").strip("-0")):
                continue
            if name not in TOTALS:
                yield name, plain
            if len(digits) >= MIN_DIGITS:
                yield "", plain
