"""Performance of a reading whose forms came as grids: forms with their funds and indicators.

Here: pages to `ProjectForm`, and what of them could not be read. Not here: flowing text, and the
table of projects a form is held against (ledger).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import SequenceMatcher

from pipeline.forms.wording import folded
from pipeline.performance import damaged, evaluated, heads, indicators, lists, ruled
from pipeline.performance.indicators import Header
from pipeline.performance.levels import Carried
from pipeline.performance.money import YUAN, agreed, sole
from pipeline.performance.pages import Page, Sheets, forms_in
from pipeline.performance.personal_free import cleaned
from pipeline.performance.rows import Row
from pipeline.performance.shapes import (
    ANNUAL,
    PERIOD,
    SOURCES,
    Funds,
    Indicator,
    Performance,
    ProjectForm,
    Unread,
)
from pipeline.readers.shapes import Reading

# More damaged labels than this, and no text of the form is trusted to be as printed.
MAX_DAMAGED = 3
# How much a damaged text must be like the one it is taken for.
MIN_LIKENESS = 0.5


@dataclass(frozen=True)
class Printed:
    """A row of the document's table of projects: what confirms one of several readings."""

    name: str
    amount: Decimal


def read(reading: Reading, table: Iterable[Printed] = ()) -> Performance:
    """The performance forms and the self-evaluations in the grids of a reading."""
    rows = tuple(table)
    sheets, unread = forms_in(reading)
    units = {unit for one in sheets for unit in units_of(one)}
    usual = damaged.usual_header(page.header for one in sheets for page in one.pages)
    forms = []
    for one in sheets:
        form, lost = form_of(one, rows, usual, sole(tuple(units)))
        forms.append(form)
        unread += [replace(u, detail=f"{where(one)}: {u.detail}") for u in lost]
    reports = evaluated.evaluations_in(reading)
    listed = lists.forms_in(reading)
    unread += [*listed.unread, *reports.unread]
    return Performance(
        forms=(*settled(forms), *(cleaned(form, unread) for form in listed.forms)),
        evaluations=tuple(cleaned(report, unread) for report in reports.evaluations),
        unread=tuple(unread),
    )


def where(sheets: Sheets) -> str:
    """Page or line a form begins on, for messages."""
    place = sheets.pages[0].first.place
    return f"the form of page {place.page}" if place.page else f"the form of line {place.line}"


def settled(forms: Sequence[ProjectForm]) -> list[ProjectForm]:
    """Forms whose damaged departments and units are what most forms of the document print alike."""
    found = list(forms)
    for field in ("implementing_unit", "supervising_department"):
        printed = Counter(getattr(form, field) for form in forms if getattr(form, field))
        for number, form in enumerate(found):
            value = getattr(form, field)
            if form.name_damaged and value is not None:
                meant = commonest(value, printed)
                found[number] = replace(found[number], **{field: meant})  # type: ignore[arg-type]
    return [
        replace(form, department_code=heads.department_of(form.supervising_department)[0])
        for form in found
    ]


def commonest(value: str, printed: Counter[str]) -> str:
    """What most forms print, where a value is like it; else the value."""
    most = max(printed, key=lambda text: (printed[text], text))
    alike = SequenceMatcher(a=value, b=most, autojunk=False).ratio() >= MIN_LIKENESS
    return most if alike and printed[most] > printed[value] else value


def form_of(
    sheets: Sheets, table: Sequence[Printed], usual: Header | None, unit: str | None = None
) -> tuple[ProjectForm, list[Unread]]:
    """The form on these pages; what a page lost stands on the next one that repeats it.

    `unit` is the one unit of money of the document's forms, for a form whose own is lost.
    """
    pages = sheets.pages
    broken = not pages[0].sure and sum(page.head.damaged for page in pages) > MAX_DAMAGED
    known = [row.amount for row in table]
    found, unread = indicators_in(pages, usual if broken else None, broken)
    said = units_of(sheets)
    unit = sole(tuple(said)) if said else unit
    bare = any(key not in page.head.units for page in pages for key in page.head.funds)
    if unit is None and bare:
        unread.append(Unread("unit_unknown", "funds: no unit of money is printed"))
    form = ProjectForm(
        place=pages[0].first.place,
        pages=sheets.count,
        name=first_text(pages, "name", table),
        name_damaged=broken or any("name" in page.head.pieced for page in pages),
        implementing_unit=first_text(pages, "unit"),
        supervising_department=first_text(pages, "department"),
        attribute=heads.attribute_of(first_text(pages, "attribute")),
        duration_years=heads.duration_of(first_text(pages, "duration")),
        period=funds_of(pages, PERIOD, broken, (), unit),
        annual=funds_of(pages, ANNUAL, broken, known, unit),
        indicators=tuple(found),
    )
    return cleaned(form, unread), unread


def indicators_in(
    pages: Sequence[Page], usual: Header | None, broken: bool
) -> tuple[list[Indicator], list[Unread]]:
    """The indicators of a form's pages; those of damaged ones under the usual header."""
    found: list[Indicator] = []
    unread: list[Unread] = []
    carried = (Carried(), Carried())
    for table in tables_of(pages):
        if table.header.ruled:
            header = table.header
            rows, placed, lost = ruled.read_rows(table.rows, header, carried)
        elif broken:
            if usual is None or not damaged.fits(table.header, usual):
                unread.append(Unread("header_unknown", "the header of its indicators is damaged"))
                continue
            header = usual
            rows, lost = damaged.read_rows(table.rows, header)
            placed = [damaged.levels_of(rows)] * len(header.horizons)
        else:
            header = table.header
            rows, lost = indicators.read_rows(table.rows, header)
            placed = [indicators.levels_of(rows)] * len(header.horizons)
        more, without = indicators.indicators_of(rows, header, placed)
        found += more
        unread += lost + without
    if not any(page.header for page in pages):
        unread.append(Unread("header_unknown", "its indicators have no header that can be read"))
    return found, unread


@dataclass
class Table:
    """Rows of indicators below one header."""

    header: Header
    rows: list[Row]


def tables_of(pages: Sequence[Page]) -> list[Table]:
    """The rows of indicators below each header; pages of one header are one table."""
    found: list[Table] = []
    for page in pages:
        if page.header is None:
            continue
        for header, rows in [(page.header, page.rows), *page.more]:
            if found and found[-1].header == header:
                found[-1].rows.extend(rows)
            else:
                found.append(Table(header, list(rows)))
    return found


def first_text(pages: Sequence[Page], field: str, table: Sequence[Printed] = ()) -> str | None:
    """A field as the first page prints it whole; pieced together only where no page does."""
    printed = [page.head for page in pages if field in page.head.texts]
    known = {folded(row.name) for row in table}
    sure = [head for head in printed if folded(head.texts[field]) in known]
    whole = [head for head in printed if field not in head.pieced]
    return next((head.texts[field] for head in [*sure, *whole, *printed]), None)


def funds_of(
    pages: Sequence[Page],
    horizon: str,
    broken: bool,
    known: Collection[Decimal],
    unit: str | None,
) -> Funds:
    """The money of a horizon: as printed, and on damaged pages the reading its sum confirms."""
    found = [readings_of(pages, (horizon, name), unit) for name in ("total", *SOURCES)]
    if broken:
        lost = {key for page in pages for key in page.head.ungrouped}
        found = [
            () if (horizon, name) in lost and (horizon, "total") not in lost else one
            for name, one in zip(("total", *SOURCES), found, strict=True)
        ]
        total, parts = agreed(found[0] or (), found[1:], known)
        return Funds(total, *parts)
    return Funds(*(sole(one or ()) for one in found))


def readings_of(
    pages: Sequence[Page], key: tuple[str, str], unit: str | None
) -> tuple[Decimal, ...] | None:
    """What the pages print of one amount in yuan, each reading once; null where none prints any."""
    found = []
    for head in (page.head for page in pages if key in page.head.funds):
        own = head.units.get(key, unit)
        if own is not None:
            found.append([value * YUAN[own] for value in head.funds[key]])
    if not found:
        return None
    return tuple(dict.fromkeys(value for one in found for value in one))


def units_of(sheets: Sheets) -> set[str]:
    """The units of money that the heads of a form's pages or the lines above them print."""
    inside = {page.head.unit for page in sheets.pages if page.head.unit}
    return inside or {page.unit for page in sheets.pages if page.unit}
