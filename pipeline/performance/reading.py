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

from pipeline.documents import personal
from pipeline.forms.wording import folded
from pipeline.performance import heads, indicators
from pipeline.performance.money import agreed, sole
from pipeline.performance.pages import Page, Sheets, forms_in
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
    """The performance forms in the grids of a reading."""
    rows = tuple(table)
    forms, unread = [], []
    for sheets in forms_in(reading):
        form, lost = form_of(sheets, rows)
        forms.append(form)
        unread += lost
    return Performance(forms=tuple(settled(forms)), unread=tuple(unread))


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


def form_of(sheets: Sheets, table: Sequence[Printed]) -> tuple[ProjectForm, list[Unread]]:
    """The form on these pages; what a page lost stands on the next one that repeats it."""
    pages = sheets.pages
    damaged = sum(page.head.damaged for page in pages) > MAX_DAMAGED
    name = first_text(pages, "name", table)
    known = [row.amount for row in table]
    period = funds_of(pages, PERIOD, damaged, ())
    annual = funds_of(pages, ANNUAL, damaged, known)
    found: list[Indicator] = []
    unread: list[Unread] = []
    for read_rows, header, sure in tables_of(pages):
        rows, lost = indicators.read_rows(read_rows, header)
        unread += lost
        more, lost = indicators.indicators_of(rows, header, sure)
        found += more
        unread += lost
    department = first_text(pages, "department")
    form = ProjectForm(
        place=pages[0].first.place,
        pages=sheets.count,
        name=name,
        name_damaged=damaged or any("name" in page.head.pieced for page in pages),
        implementing_unit=first_text(pages, "unit"),
        supervising_department=department,
        attribute=heads.attribute_of(first_text(pages, "attribute")),
        duration_years=heads.duration_of(first_text(pages, "duration")),
        period=period,
        annual=annual,
        indicators=tuple(found),
    )
    return clean(form, unread)


def tables_of(pages: Sequence[Page]) -> list[tuple[list, indicators.Header, bool]]:  # type: ignore[type-arg]
    """The rows of indicators below each header; pages of one header are one table."""
    found: list[tuple[list, indicators.Header, bool]] = []  # type: ignore[type-arg]
    for page in pages:
        if page.header is None:
            continue
        if found and found[-1][1] == page.header:
            found[-1][0].extend(page.rows)
        else:
            found.append((list(page.rows), page.header, page.sure))
    return found


def first_text(pages: Sequence[Page], field: str, table: Sequence[Printed] = ()) -> str | None:
    """A field as the first page prints it whole; pieced together only where no page does."""
    printed = [page.head for page in pages if field in page.head.texts]
    known = {folded(row.name) for row in table}
    sure = [head for head in printed if folded(head.texts[field]) in known]
    whole = [head for head in printed if field not in head.pieced]
    return next((head.texts[field] for head in [*sure, *whole, *printed]), None)


def funds_of(
    pages: Sequence[Page], horizon: str, damaged: bool, known: Collection[Decimal]
) -> Funds:
    """The money of a horizon: as printed, and on damaged pages the reading its sum confirms."""
    found = [readings_of(pages, (horizon, name)) for name in ("total", *SOURCES)]
    if damaged:
        lost = {key for page in pages for key in page.head.ungrouped}
        found = [
            () if (horizon, name) in lost and (horizon, "total") not in lost else one
            for name, one in zip(("total", *SOURCES), found, strict=True)
        ]
        total, parts = agreed(found[0] or (), found[1:], known)
        return Funds(total, *parts)
    return Funds(*(sole(one or ()) for one in found))


def readings_of(pages: Sequence[Page], key: tuple[str, str]) -> tuple[Decimal, ...] | None:
    """What the pages print of one amount, each reading once; null where none prints anything."""
    found = [page.head.funds[key] for page in pages if key in page.head.funds]
    if not found:
        return None
    return tuple(dict.fromkeys(value for one in found for value in one))


def clean(form: ProjectForm, unread: list[Unread]) -> tuple[ProjectForm, list[Unread]]:
    """A form without texts in the shape of personal data: each is left out and told."""
    lost = list(unread)
    for field in ("name", "implementing_unit", "supervising_department"):
        if personal.found_in(getattr(form, field)):
            form = replace(form, **{field: None})  # type: ignore[arg-type]
            lost.append(Unread("personal_data", f"{field}: text in the form of personal data"))
    kept = []
    for one in form.indicators:
        if personal.found_in(one.indicator) or personal.found_in(one.target_text):
            lost.append(Unread("personal_data", "an indicator in the form of personal data"))
        else:
            kept.append(one)
    return replace(form, indicators=tuple(kept)), lost
