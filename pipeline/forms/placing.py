"""What every row scheme needs: a `Line` from a `Row`, and the refusal of a row without a place.

Here: small shared steps. Not here: the schemes themselves (rows, heads).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.forms.body import Row
from pipeline.forms.family import Side
from pipeline.forms.statement import Line, Unplaced


@dataclass(frozen=True)
class Context:
    """What a table's own captions say that its rows may refer to."""

    unit_name: str | None
    scope: str | None
    year: int | None
    total_lines: frozenset[int] = frozenset()


def line(row: Row, side: Side, role: str, **fields: object) -> Line:
    """A `Line` from a `Row`; empty texts become null."""
    base = Line(
        line_no=row.line_no,
        side=side.side,
        role=role,
        label=row.label or None,
        figures=row.figures,
        government_item=row.government_item or None,
        indent=row.indent,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def unplaced(row: Row, expected: str) -> Unplaced:
    """A row with figures that has no place, and what was looked for."""
    named = row.label or row.code or "(no label)"
    return Unplaced("row_unplaced", f"row {row.line_no} {named!r}: {expected}")
