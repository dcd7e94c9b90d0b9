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
from pipeline.performance import heads, lists, ruled
from pipeline.performance.evaluated_pages import is_named, is_report
from pipeline.performance.heads import Head
from pipeline.performance.indicators import Header, header_of
from pipeline.performance.rows import Row, is_personal, is_signature, labels_in, pieces, rows_of
from pipeline.performance.shapes import Unread
from pipeline.performance.words import UNIT_ABOVE, Label
from pipeline.readers.shapes import Grid, Reading

# So many rows below the name other labels of a form must stand, and so many of them.
NEAR, MIN_LABELS = 8, 2
# What the title of a form of a whole department or unit says, in the lines above it.
WHOLE, MAX_CAPTIONS = ("整体支出", "整体绩效"), 3
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
    #: tables that go on with the form under headers of their own
    more: list[tuple[Header, list[Row]]] = field(default_factory=list)
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


def forms_in(reading: Reading) -> tuple[list[Sheets], list[Unread]]:
    """Every form of a reading, its pages joined, and the tables of indicators that are of none."""
    found: list[Sheets] = []
    unread: list[Unread] = []
    for page in pages_in(reading):
        if isinstance(page, Unread):
            unread.append(page)
        elif found and same_form(found[-1].pages, page):
            found[-1].pages.append(page)
        else:
            found.append(Sheets([page]))
    return found, unread


def pages_in(reading: Reading) -> Iterator[Page | Unread]:
    """Every page that has a head. A table without one that follows a form carries it on.

    A form of a whole department or unit, and indicators of no form at all, are told.
    """
    last: Page | None = None
    captions: list[str] = []
    for item in reading.items:
        if not isinstance(item, Grid):
            captions.append(folded(squeeze(item.text)))
            continue
        units = {unit for text in captions for unit in UNIT_ABOVE.findall(text)}
        rows = rows_of(item)
        whole = is_whole(captions, rows)
        captions = []
        if whole:
            if last is not None:
                yield last
            last = None
            if has_ruled_header(rows):
                yield Unread(
                    "unsupported_layout", f"a whole department's form, {ruled.where(rows)}"
                )
            continue
        starts = starts_in(rows)
        before = rows[: starts[0]] if starts else rows
        if last is not None and before and carries_on(before, last):
            carry_on(last, before)
        elif before:
            if last is not None and not starts:
                yield last
                last = None
            if has_ruled_header(before) and not (is_report(before) or lists.is_list(before)):
                yield Unread("header_unknown", f"indicators of no form, {ruled.where(before)}")
        for number, start in enumerate(starts):
            end = starts[number + 1] if number + 1 < len(starts) else len(rows)
            if last is not None:
                yield last
            last = page_of(rows[start:end])
            last.unit = units.pop() if len(units) == 1 else None
    if last is not None:
        yield last


def is_whole(captions: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether a table is the form of a whole department or unit, by its title or its labels."""
    titled = any(word in text for text in captions[-MAX_CAPTIONS:] for word in WHOLE)
    asked = {label.section for row in rows[:NEAR] for label in labels_in(row)}
    named = any(map(is_named, rows[:NEAR]))
    return (titled or "whole" in asked) and not named


def starts_in(rows: Sequence[Row]) -> list[int]:
    """The rows at which a form begins.

    Where recognition lost the row of the name, a table that begins with a form's other labels is
    one all the same.
    """
    named = [labels_in(row) for row in rows]
    found: list[int] = []
    for index, labels in enumerate(named):
        if Label("fields", "name") not in labels or not is_named(rows[index]):
            continue
        section = rows[index : next_named(named, index)]
        below = {label for near in named[index : index + NEAR] for label in near}
        if (is_form(below) or has_ruled_header(section)) and not is_report(section):
            found.append(index)
    if not found:
        top = {label for near in named[:NEAR] for label in near}
        if len(top) > MIN_LABELS and is_form(top) and not is_report(rows):
            return [0]
    return found


def has_ruled_header(rows: Sequence[Row]) -> bool:
    """Whether indicators stand below in columns that can be trusted."""
    return any(ruled.header_in(rows, index, ()) is not None for index in range(len(rows)))


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
    at, header, below = header_in(rows)
    return Page(
        head=heads.read_head(rows if at is None else rows[:at]),
        header=header,
        rows=body(rows[below:]) if at is not None else [],
        first=rows[0],
        sure=rows[0].sure,
    )


def header_in(rows: Sequence[Row]) -> tuple[int | None, Header | None, int]:
    """The row that heads the indicators, the header, and the first row below it.

    The rows above name the horizons.
    """
    horizons: list[str] = []
    for index, row in enumerate(rows):
        named = [p.label.field for p in pieces(row, "horizons") if p.label]
        horizons = named or horizons
        if (found := ruled.header_in(rows, index, horizons)) is not None:
            return index, found[0], index + found[1]
        if not row.sure and (header := header_of(row, horizons)) is not None:
            return index, header, index + 1
    return None, None, len(rows)


def body(rows: Sequence[Row]) -> list[Row]:
    """The rows up to the signatures, without headers that a page repeats."""
    kept: list[Row] = []
    skip = 0
    for index, row in enumerate(rows):
        if is_signature(row):
            break
        if skip:
            skip -= 1
        elif row.sure and (found := ruled.header_in(rows, index, ())) is not None:
            skip = found[1] - 1
        elif not is_personal(row) and (row.sure or header_of(row) is None):
            kept.append(row)
    return kept


def carry_on(last: Page, rows: Sequence[Row]) -> None:
    """Add the rows of a table without a head to the form it goes on with."""
    last.pages += 1
    at, header, below = header_in(rows)
    if header is None or at is None or not header.ruled:
        (last.more[-1][1] if last.more else last.rows).extend(body(rows))
        return
    (last.more[-1][1] if last.more else last.rows).extend(body(rows[:at]))
    last.more.append((header, body(rows[below:])))


def carries_on(rows: Sequence[Row], last: Page) -> bool:
    """Whether a table without a head is the rest of a form: it repeats its header, or is signed."""
    if last.header is None or is_report(rows) or lists.is_list(rows):
        return False
    return header_in(rows)[1] is not None or any(map(is_signature, rows))


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
