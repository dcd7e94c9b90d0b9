"""Pages of performance forms among the tables of a document, and which of them are one form.

Here: where a form begins (the row that asks for the project's name, with the labels of a form below
it), where its indicators begin and end, and joining the pages that repeat a form's head or carry on
its table. Not here: what head and indicators say (heads, indicators).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher

from pipeline.forms.wording import folded, squeeze
from pipeline.performance import heads
from pipeline.performance.evaluated import is_report
from pipeline.performance.heads import Head
from pipeline.performance.indicators import Header, header_of
from pipeline.performance.rows import Row, is_personal, is_signature, labels_in, pieces, rows_of
from pipeline.performance.words import UNIT_ABOVE, Label
from pipeline.readers.shapes import Grid, Reading

# So many rows below the name other labels of a form must stand, and so many of them.
NEAR, MIN_LABELS = 8, 2
MIN_LIKENESS = 0.4
# Numbers that dirt beside an amount is read as; no project is worth so little.
SPECKS = frozenset(map(Decimal, range(1000)))


@dataclass
class Page:
    """One page of a form: its head, and the rows of its indicators below their header."""

    head: Head
    header: Header | None
    rows: list[Row]
    first: Row
    sure: bool
    #: the unit of money that a line above the table says
    unit: str | None = None
    #: pages of a ruled table that goes on without its head
    pages: int = 1


@dataclass
class Sheets:
    """The pages that are one form, in order."""

    pages: list[Page] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many printed pages they are."""
        return sum(page.pages for page in self.pages)


def forms_in(reading: Reading) -> list[Sheets]:
    """Every form of a reading, its pages joined."""
    found: list[Sheets] = []
    for page in pages_in(reading):
        if found and same_form(found[-1].pages, page):
            found[-1].pages.append(page)
        else:
            found.append(Sheets([page]))
    return found


def pages_in(reading: Reading) -> Iterator[Page]:
    """Every page that has a head. A table without one that follows a form carries it on."""
    last: Page | None = None
    captions: list[str] = []
    for item in reading.items:
        if not isinstance(item, Grid):
            captions.append(folded(squeeze(item.text)))
            continue
        units = {unit for text in captions for unit in UNIT_ABOVE.findall(text)}
        captions = []
        rows = rows_of(item)
        starts = starts_in(rows)
        before = rows[: starts[0]] if starts else rows
        if last is not None and before and carries_on(before, last):
            last.pages += 1
            last.rows += body(before)
        elif last is not None and not starts:
            yield last
            last = None
        for number, start in enumerate(starts):
            end = starts[number + 1] if number + 1 < len(starts) else len(rows)
            if last is not None:
                yield last
            last = page_of(rows[start:end])
            last.unit = units.pop() if len(units) == 1 else None
    if last is not None:
        yield last


def starts_in(rows: Sequence[Row]) -> list[int]:
    """The rows at which a form begins.

    Where recognition lost the row of the name, a table that begins with a form's other labels is
    one all the same.
    """
    named = [labels_in(row) for row in rows]
    found: list[int] = []
    for index, labels in enumerate(named):
        if Label("fields", "name") not in labels:
            continue
        below = {label for near in named[index : index + NEAR] for label in near}
        if is_form(below) and not is_report(rows[index : next_named(named, index)]):
            found.append(index)
    if not found:
        top = {label for near in named[:NEAR] for label in near}
        if len(top) > MIN_LABELS and is_form(top) and not is_report(rows):
            return [0]
    return found


def next_named(named: Sequence[set[Label]], index: int) -> int:
    """The next row that asks for a project's name."""
    below = range(index + 1, len(named))
    return next((n for n in below if Label("fields", "name") in named[n]), len(named))


def is_form(labels: set[Label]) -> bool:
    """Whether labels are of a form: money by horizon, and departments or attribute."""
    fields = {label.field for label in labels if label.section == "fields"} - {"name"}
    funds = {label.field for label in labels if label.section == "funds"}
    return len(fields) >= 1 and len(funds) >= 1 and len(fields) + len(funds) > MIN_LABELS


def page_of(rows: Sequence[Row]) -> Page:
    """The page in these rows."""
    at, header = header_in(rows)
    return Page(
        head=heads.read_head(rows if at is None else rows[:at]),
        header=header,
        rows=body(rows[at + 1 :]) if at is not None else [],
        first=rows[0],
        sure=rows[0].sure,
    )


def header_in(rows: Sequence[Row]) -> tuple[int | None, Header | None]:
    """The row that heads the indicators, with the horizons that the rows above it name."""
    horizons: list[str] = []
    for index, row in enumerate(rows):
        named = [p.label.field for p in pieces(row, "horizons") if p.label]
        horizons = named or horizons
        if (header := header_of(row, horizons)) is not None:
            return index, header
    return None, None


def body(rows: Sequence[Row]) -> list[Row]:
    """The rows up to the signatures, without headers that a page repeats."""
    kept = []
    for row in rows:
        if is_signature(row):
            break
        if header_of(row) is None and not is_personal(row):
            kept.append(row)
    return kept


def carries_on(rows: Sequence[Row], last: Page) -> bool:
    """Whether a table without a head is the rest of a form: it repeats its header, or is signed."""
    if last.header is None:
        return False
    return any(header_of(row) is not None for row in rows) or any(map(is_signature, rows))


def same_form(pages: Sequence[Page], page: Page) -> bool:
    """Whether a page repeats the head of the pages before it: the same money under the same name.

    Recognition spells one name in several ways; two names that are printed clearly are two.
    """
    before, after = pages[0].head, page.head
    shared = [key for key in before.funds if key[1] == "total" and key in after.funds]
    totals = [key for key in shared if set(before.funds[key]) & set(after.funds[key]) - SPECKS]
    names = [folded(head.texts.get("name", "")) for head in (before, after)]
    if names[0] == names[1] and names[0]:
        return bool(totals) or not shared
    alike = SequenceMatcher(a=names[0], b=names[1], autojunk=False).ratio()
    unclear = not all(names) or bool(before.damaged and after.damaged)
    return unclear and bool(totals) and (alike >= MIN_LIKENESS or not all(names))
