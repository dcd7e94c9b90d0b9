"""`Statement`: a recognised official table, its lines and figures, still as printed.

Here: plain data. Not here: how it was recognised, and anything computed from its figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.readers.shapes import CERTAIN, Place


@dataclass(frozen=True)
class Figure:
    """One printed money cell: its measure, text and place.

    `restored` is the figure that arithmetic puts in place of a damaged text, in the printed unit,
    and `restored_from` says by what; `text` stays what was read, null where nothing was (only in
    text extractions). `reader` as in `Cell`.
    """

    measure: str
    text: str | None
    place: Place
    confidence: Decimal = CERTAIN
    reader: str | None = None
    restored: str | None = None
    restored_from: str | None = None

    @property
    def figure(self) -> str:
        """The text of the figure that counts: the restored one, else the printed one."""
        found = self.restored if self.restored is not None else self.text
        if found is None:
            raise ValueError(f"a figure of {self.measure} that was neither read nor restored")
        return found


@dataclass(frozen=True)
class Line:
    """One printed body row of one side. `parent` is the line_no of the row it is part of.

    `role` and `item` say what the row is to the identities (`this_year`, `fund` /
    `unit_funds`, …); `occurrence` counts rows of the same side with the same key.
    `counts` are figures that count vehicles or equipment: no money.
    """

    line_no: int
    side: str | None
    role: str
    label: str | None
    figures: tuple[Figure, ...]
    kind: str = "item"
    item: str | None = None
    code: str | None = None
    code_system: str | None = None
    label_path: str | None = None
    government_item: str | None = None
    implementing_unit: str | None = None
    parent: int | None = None
    occurrence: int = 1
    indent: int = 0
    text: str = field(default="", compare=False)
    counts: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Statement:
    """One official statement of a document: state, unit, lines, and what was read around it.

    `unit_name_wrapped` is the unit's name with the line below it, which may be the rest of it.
    `printed_columns` are the figure columns its header has, as `side.measure`, and `header_year` is
    the year that its words name.
    """

    statement_id: str
    family: str
    state: str
    money_unit: str | None
    year: int | None
    unit_name: str | None
    scope: str | None
    lines: tuple[Line, ...] = ()
    missing_columns: tuple[str, ...] = ()
    columns: int = 0
    unit_name_wrapped: str | None = None
    printed_columns: tuple[str, ...] = ()
    header_year: int | None = None


class Unplaced(Exception):
    """A statement cannot be read without guessing: reason (closed list) and evidence."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")
