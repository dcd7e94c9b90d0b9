"""Performance forms of a flowing text, with their indicators.

Here: pages to forms, in order. Not here: the parts (pages, heads, groups, rows).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from pipeline.forms.wording import squeeze
from pipeline.performance.flow.groups import Area, Group, below_header, grouped
from pipeline.performance.flow.heads import Head, head_of, same_form
from pipeline.performance.flow.labels import as_compared, known_label
from pipeline.performance.flow.pages import Page, pages_of
from pipeline.performance.flow.pieces import Piece, is_torn, pieces_of, wrapped_lines
from pipeline.performance.flow.rows import Limits, Pair, Row, rows_of
from pipeline.performance.shapes import (
    ANNUAL,
    PERIOD,
    Indicator,
    Performance,
    ProjectForm,
    Unread,
)
from pipeline.performance.target import parsed
from pipeline.performance.words import levels
from pipeline.readers.shapes import Paragraph, Place

# The columns a header may name and rows of this layout are read by.
KNOWN_COLUMNS = frozenset({"level1", "level2", "indicator", "target"})
MIN_WRAPS = 2


@dataclass(frozen=True)
class Sheet:
    """One page understood so far."""

    page: Page
    head: Head
    area: Area | None
    horizons: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """The pages of one form and the groups of its indicators."""

    sheets: tuple[Sheet, ...]
    groups: tuple[Group, ...]
    horizons: tuple[str, ...]
    unread: tuple[Unread, ...]


def forms_in(lines: Sequence[Paragraph]) -> Performance:
    """All performance forms of a text."""
    drafts = [draft(sheets) for sheets in by_form(sheet(page) for page in pages_of(lines))]
    limits = widths(drafts)
    read = [form(number, one, limits) for number, one in enumerate(drafts, start=1)]
    return Performance(
        forms=tuple(found for found, _ in read),
        unread=tuple(one for _, unread in read for one in unread),
    )


def sheet(page: Page) -> Sheet:
    """One page: its head, and what stands below the header of its indicators."""
    pieces = pieces_of(page.lines)
    end = next((n for n in range(len(pieces)) if begins_texts(pieces, n)), len(pieces))
    area = below_header(pieces_of(page.lines, as_printed=not is_bold(page)))
    labels = [found for piece in pieces if (found := known_label(piece.text))]
    named = tuple(dict.fromkeys(f.field for f in labels if f.section == "horizons"))
    return Sheet(page, head_of(pieces[:end]), area, horizons_of(area, named))


def is_bold(page: Page) -> bool:
    """Whether labels of a page came twice: then it is set in bold, and so may its targets be.

    On any other page what stands twice does so on the paper: publishers fill in 促进 once as value
    and once as unit.
    """
    doubled = (
        set(line.text.split()) - set(line.printed.split())
        for line in page.lines
        if line.printed is not None
    )
    return any(known_label(text) or as_compared(text) in known() for one in doubled for text in one)


@cache
def known() -> frozenset[str]:
    """The levels as compared."""
    return frozenset(levels().first) | frozenset(levels().second)


def begins_texts(pieces: Sequence[Piece], place: int) -> bool:
    """Whether the first of the long texts begins here, below the head."""
    found = known_label(pieces[place].text)
    return pieces[place].first and found is not None and found.section == "texts"


def horizons_of(area: Area | None, named: tuple[str, ...]) -> tuple[str, ...]:
    """The horizons of a page's columns; empty where its header has none or too many."""
    if area is None or area.horizons not in (1, 2) or not KNOWN_COLUMNS.issuperset(area.columns):
        return ()
    if area.horizons == 2:
        return named if len(named) == 2 else (PERIOD, ANNUAL)
    return named if len(named) == 1 else (ANNUAL,)


def by_form(sheets: Iterable[Sheet]) -> Iterator[tuple[Sheet, ...]]:
    """The pages of each form: those after it that repeat its head, until one is signed."""
    gathered: list[Sheet] = []
    for one in sheets:
        if gathered and (gathered[-1].page.signed or not same_form(gathered[-1].head, one.head)):
            yield tuple(gathered)
            gathered = []
        gathered.append(one)
    if gathered:
        yield tuple(gathered)


def draft(sheets: tuple[Sheet, ...]) -> Draft:
    """A form with its groups."""
    unread = list(sheets[0].head.unread)
    areas = [one for one in sheets if one.area is not None]
    kinds = {one.horizons for one in areas}
    if len(kinds) != 1 or () in kinds:
        detail = "indicators: no header whose columns are known"
        return Draft(sheets, (), (), (*unread, Unread("header_unknown", detail)))
    horizons = kinds.pop()
    found = grouped([one.area.pieces for one in areas if one.area], len(horizons))
    if found.unread:
        detail = "indicators: text that stands under no level, or under half of one"
        unread.append(Unread("row_unplaced", detail, found.unread))
    return Draft(sheets, found.groups, horizons, tuple(unread))


def widths(drafts: Sequence[Draft]) -> Limits:
    """How wide the columns of names are, from names that both horizons wrap differently."""
    found: tuple[list[float], list[float]] = ([], [])
    for one in drafts:
        if len(one.horizons) != 2:
            continue
        for group in one.groups:
            for row in rows_of(group.segments, Limits(), 2).rows:
                if row[0] is None or row[1] is None or row[0].texts != row[1].texts:
                    continue
                for side, pair in enumerate(row):
                    found[side].extend(wrapped_lines(pair.name)[:-1] if pair else ())
    return Limits(*(widest(lines) for lines in found))


def widest(lines: Sequence[float]) -> float | None:
    """The greatest width that lines have more than once."""
    return max((w for w, n in Counter(lines).items() if n >= MIN_WRAPS), default=None)


def form(number: int, one: Draft, limits: Limits) -> tuple[ProjectForm, list[Unread]]:
    """A form, and what of it could not be read."""
    head, page = one.sheets[0].head, one.sheets[0].page
    unread = [replace(u, detail=f"form {number}, line {page.line}: {u.detail}") for u in one.unread]
    indicators: list[Indicator] = []
    for key, same in groupby(one.groups, key=lambda g: (g.level1, g.level2)):
        segments = [segment for group in same for segment in group.segments]
        found = rows_of(segments, limits, len(one.horizons))
        where = f"form {number}, line {page.line}: {key[1]}"
        if found.unread:
            detail = f"{where}: indicators whose cells nothing tells apart"
            unread.append(Unread("row_unplaced", detail, found.unread))
        whole = [indicator(p, key, h) for h, p in told(found.rows, one.horizons) if not torn(p)]
        if lost := sum(torn(p) for _, p in told(found.rows, one.horizons)):
            detail = f"{where}: indicators of which characters are lost"
            unread.append(Unread("text_damaged", detail, lost))
        indicators += whole
    return (
        ProjectForm(
            place=Place(line=page.line),
            pages=len(one.sheets),
            year=page.year,
            name=head.name,
            name_damaged=head.torn,
            implementing_unit=head.implementing_unit,
            supervising_department=head.supervising_department,
            department_code=head.department_code,
            attribute=head.attribute,
            duration_years=head.duration_years,
            period=head.period,
            annual=head.annual,
            indicators=tuple(indicators),
        ),
        unread,
    )


def told(rows: Iterable[Row], horizons: Sequence[str]) -> Iterator[tuple[str, Pair]]:
    """Every name and target of some rows with its horizon."""
    for row in rows:
        for horizon, pair in zip(horizons, row, strict=False):
            if pair is not None:
                yield horizon, pair


def indicator(pair: Pair, level: tuple[str | None, str], horizon: str) -> Indicator:
    """One indicator."""
    name, target = (squeeze(text) for text in pair.texts)
    return Indicator(
        horizon=horizon,
        level1=level[0],
        level2=level[1],
        indicator=name,
        target_text=target,
        target=parsed(target),
        place=Place(line=pair.name[0].line),
    )


def torn(pair: Pair) -> bool:
    """Whether characters of an indicator are lost."""
    return is_torn(pair.name) or is_torn(pair.target)
