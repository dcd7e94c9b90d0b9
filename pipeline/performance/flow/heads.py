"""The head of a form in flowing text: its fields and its funds, label by label.

Here: labels among pieces, and the value that follows each until the next label. Not here: where a
head begins and ends (pages).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.forms import figures
from pipeline.forms.wording import folded, squeeze
from pipeline.performance.flow.labels import known_label
from pipeline.performance.flow.pieces import Piece, is_torn, joined
from pipeline.performance.heads import attribute_of, department_of, duration_of
from pipeline.performance.money import YUAN
from pipeline.performance.shapes import Funds, Unread
from pipeline.performance.words import UNIT_OF_MONEY, UNRELEASED, Label

MAX_LABEL_PIECES = 5
COLONS = ":："
HORIZON_TOTALS = {"period_total": "period", "annual_total": "annual"}


@dataclass(frozen=True)
class Entry:
    """A label and the pieces after it."""

    label: Label
    value: tuple[Piece, ...]

    @property
    def text(self) -> str | None:
        """The value as printed, null where none is."""
        return squeeze(joined(self.value)).lstrip(COLONS) or None


@dataclass(frozen=True)
class Head:
    """What the head of one page says; `torn` says that characters of the name are lost."""

    name: str | None
    torn: bool
    implementing_unit: str | None
    supervising_department: str | None
    department_code: str | None
    attribute: str | None
    duration_years: int | None
    period: Funds
    annual: Funds
    unread: tuple[Unread, ...] = ()


def entries(pieces: Sequence[Piece]) -> list[Entry]:
    """Every label with its value, in order."""
    found: list[Entry] = []
    label: Label | None = None
    value: list[Piece] = []
    place = 0
    while place < len(pieces):
        here = label_at(pieces, place)
        if here is None:
            value.append(pieces[place])
            place += 1
            continue
        if label is not None:
            found.append(Entry(label, tuple(value)))
        label, count, rest = here
        value = [rest] if rest is not None else []
        place += count
    if label is not None:
        found.append(Entry(label, tuple(value)))
    return found


def label_at(pieces: Sequence[Piece], place: int) -> tuple[Label, int, Piece | None] | None:
    """The label that the pieces from a place on are, how many, and what touches its colon."""
    for count in range(min(MAX_LABEL_PIECES, len(pieces) - place), 0, -1):
        label = known_label(joined(pieces[place : place + count]))
        if label is not None and label.section in ("fields", "funds", "unit_of_money", "texts"):
            return label, count, None
    piece = pieces[place]
    for colon in COLONS:
        before, _, after = piece.text.partition(colon)
        label = known_label(before) if after else None
        if label is not None and label.section in ("fields", "funds"):
            return label, 1, Piece(after, piece.line, first=False)
    return None


def head_of(pieces: Sequence[Piece]) -> Head:
    """What a head says."""
    told = entries(pieces)
    named = first(told, "name")
    department = text_of(told, "department")
    code, _ = department_of(department)
    period, annual, unread = funds_of(told, unit_of_money(pieces))
    return Head(
        name=named.text if named else None,
        torn=named is not None and is_torn(named.value),
        implementing_unit=text_of(told, "unit"),
        supervising_department=department,
        department_code=code,
        attribute=attribute_of(text_of(told, "attribute")),
        duration_years=duration_of(text_of(told, "duration")),
        period=period,
        annual=annual,
        unread=unread,
    )


def first(told: Iterable[Entry], field: str) -> Entry | None:
    """The first entry of a field."""
    return next((e for e in told if e.label == Label("fields", field)), None)


def text_of(told: Iterable[Entry], field: str) -> str | None:
    """What is printed for a field."""
    entry = first(told, field)
    return entry.text if entry else None


def unit_of_money(pieces: Sequence[Piece]) -> str | None:
    """The one unit of money that is printed in brackets, null where there is none or two."""
    found = set(UNIT_OF_MONEY.findall(folded(joined(pieces))))
    return found.pop() if len(found) == 1 else None


def funds_of(told: Sequence[Entry], unit: str | None) -> tuple[Funds, Funds, tuple[Unread, ...]]:
    """The funds of both horizons: a source that is named twice is named for one and the other."""
    printed = [e for e in told if e.label.section == "funds" and e.label.field != UNRELEASED]
    totals = [HORIZON_TOTALS[e.label.field] for e in printed if e.label.field in HORIZON_TOTALS]
    if not printed:
        return Funds(), Funds(), ()
    if len(set(totals)) != len(totals) or not totals:
        detail = f"funds: {len(totals)} totals of a horizon, expected one or two different ones"
        return Funds(), Funds(), (Unread("row_unplaced", detail),)
    if unit is None:
        return Funds(), Funds(), (Unread("unit_unknown", "funds: no unit of money is printed"),)
    found: dict[str, dict[str, Decimal | None]] = {"period": {}, "annual": {}}
    unread: list[Unread] = []
    for entry in printed:
        field = "total" if entry.label.field in HORIZON_TOTALS else entry.label.field
        horizon = HORIZON_TOTALS.get(entry.label.field) or horizon_of(field, totals, found)
        if horizon is None or field in found[horizon]:
            unread.append(Unread("row_unplaced", f"funds: {field} is named more than twice"))
            continue
        try:
            value = figures.parse(entry.text or "")
        except figures.NotAFigure:
            value = None
            unread.append(Unread("cell_unparsed", f"funds: {horizon} {field} is no figure"))
        found[horizon][field] = None if value is None else value * YUAN[unit]
    period, annual = (Funds(**found[horizon]) for horizon in ("period", "annual"))
    return period, annual, tuple(unread)


def horizon_of(
    field: str, totals: Sequence[str], found: dict[str, dict[str, Decimal | None]]
) -> str | None:
    """The horizon a source belongs to: the first one whose line does not have it yet."""
    return next((horizon for horizon in totals if field not in found[horizon]), None)


def same_form(one: Head, other: Head) -> bool:
    """Whether two pages have the head of one form."""
    return (one.name, one.implementing_unit, one.period, one.annual) == (
        other.name,
        other.implementing_unit,
        other.period,
        other.annual,
    )
