"""Performance of a reading whose forms came as grids: forms with their funds and indicators.

Here: pages to `ProjectForm`, and what of them could not be read. Not here: flowing text, and the
table of projects a form is held against (ledger).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.documents import personal
from pipeline.forms.wording import folded
from pipeline.performance import heads, indicators
from pipeline.performance.money import agreed
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
from pipeline.readers.shapes import Grid, Reading

# A form's amount is printed in 元, the table's row in 万元 with two decimals.
HALF_STEP = Decimal(50)
# More damaged labels than this, and no text of the form is trusted to be as printed.
MAX_DAMAGED = 3


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
    return Performance(forms=tuple(forms), unread=tuple(unread))


def grids_of_forms(reading: Reading) -> int:
    """How many grids a reading has at all: for those who ask whether there is anything to read."""
    return sum(isinstance(item, Grid) for item in reading.items)


def form_of(sheets: Sheets, table: Sequence[Printed]) -> tuple[ProjectForm, list[Unread]]:
    """The form on these pages; what a page lost stands on the next one that repeats it."""
    pages = sheets.pages
    damaged = sum(page.head.damaged for page in pages) > MAX_DAMAGED
    name = first_text(pages, "name", table)
    period, annual = funds_of(pages, PERIOD, None), funds_of(pages, ANNUAL, amount_of(name, table))
    found: list[Indicator] = []
    unread: list[Unread] = []
    for read_rows, header, sure in tables_of(pages):
        rows, lost = indicators.read_rows(read_rows, header)
        unread += lost
        more, lost = indicators.indicators_of(rows, header, sure)
        found += more
        unread += lost
    department = first_text(pages, "department")
    code, _ = heads.department_of(department)
    form = ProjectForm(
        place=pages[0].first.place,
        pages=sheets.count,
        name=name,
        name_damaged=damaged or any("name" in page.head.pieced for page in pages),
        implementing_unit=first_text(pages, "unit"),
        supervising_department=department,
        department_code=code,
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


def amount_of(name: str | None, table: Sequence[Printed]) -> Decimal | None:
    """The amount of the one row of this name."""
    found = [row.amount for row in table if name and folded(row.name) == folded(name)]
    return found[0] if len(found) == 1 else None


def funds_of(pages: Sequence[Page], horizon: str, known: Decimal | None) -> Funds:
    """The money of a horizon: of each amount the reading that its sum confirms."""
    best = [page.head.funds.get((horizon, "total"), ()) for page in pages]
    totals = tuple(dict.fromkeys(v for found in sorted(best, key=len) for v in found))
    whole = next((found for found in best if len(found) == 1), totals)
    sources = []
    for source in SOURCES:
        found = [page.head.funds.get((horizon, source), ()) for page in pages]
        sure = next((f for f in found if len(f) == 1), None)
        sources.append(sure or tuple(dict.fromkeys(v for f in found for v in f)))
    total, parts = agreed(whole, sources, known)
    return Funds(total, *parts)


def clean(form: ProjectForm, unread: list[Unread]) -> tuple[ProjectForm, list[Unread]]:
    """A form without texts in the shape of personal data: each is left out and told."""
    lost = list(unread)
    texts: dict[str, None] = {}
    for field in ("name", "implementing_unit", "supervising_department"):
        if personal.found_in(getattr(form, field)):
            texts[field] = None
            lost.append(Unread("personal_data", f"{field}: text in the form of personal data"))
    kept = []
    for one in form.indicators:
        if personal.found_in(one.indicator) or personal.found_in(one.target_text):
            lost.append(Unread("personal_data", "an indicator in the form of personal data"))
        else:
            kept.append(one)
    return replace(form, indicators=tuple(kept), **texts), lost
