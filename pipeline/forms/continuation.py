"""Tables that begin anew on each page: title, captions and header printed again, rows going on.

Here: `Section`, and joining sections that are one table by their words. Tables that simply go on
over a page are joined by the readers, from geometry.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.forms import captions, header
from pipeline.forms.body import is_no_row, row_key
from pipeline.forms.family import Family
from pipeline.forms.wording import TOTALS, canon_label
from pipeline.readers.shapes import Grid, Paragraph


@dataclass(frozen=True)
class Section:
    """A grid with the paragraphs before it (since the last grid) and after it (to the next)."""

    grid: Grid
    before: tuple[Paragraph, ...]
    after: tuple[Paragraph, ...]


def join_repeated(sections: list[Section], family: Family) -> list[Section]:
    """Neighbouring sections of one header with other rows, as one section.

    The second bears the title of the first again, or none (captions, or 续表).
    """
    joined: list[Section] = []
    for section in sections:
        if joined and (whole := together(joined[-1], section, family)) is not None:
            joined[-1] = whole
        else:
            joined.append(section)
    return joined


def together(first: Section, second: Section, family: Family) -> Section | None:
    """Two sections as one where the second goes on with the first; null otherwise.

    The same rows printed again are no continuation: whoever compares copies must see both.
    """
    above, below = (captions.titles(list(s.before), family.forms) for s in (first, second))
    if not above or len(below) > 1:
        return None
    if below and below[0].forms != above[-1].forms:
        return None
    if not below and any(captions.looks_like_title(p.text) for p in second.before):
        return None
    if differ(*(captions.read_captions(p.text for p in s.before) for s in (first, second))):
        return None
    if below and below[0].year != above[-1].year:
        return None
    upper, lower = first.grid, second.grid
    if upper.columns != lower.columns or upper.spans_known != lower.spans_known:
        return None
    match = next(
        (m for f in above[-1].forms if isinstance(m := header.match(upper, f), header.Match)),
        None,
    )
    if match is None or lower.rows < match.header_rows or match.caption_rows:
        return None
    heads = [[row_key(grid, row) for row in range(match.header_rows)] for grid in (upper, lower)]
    if heads[0] != heads[1]:
        return None
    printed = {row_key(upper, row) for row in range(match.body, upper.rows)}
    again = {row_key(lower, row) for row in range(match.body, lower.rows)}
    if printed & {key for key in again if not is_no_row(list(key))} or (
        has_total(printed) and has_total(again)
    ):
        return None
    return Section(appended(upper, lower), first.before, second.after)


def differ(one: captions.Captions, other: captions.Captions) -> bool:
    """Whether two tables say that they are of another unit, or in another unit of money."""
    pairs = ((one.unit_name, other.unit_name), (one.money_unit, other.money_unit))
    return any(a and b and a != b for a, b in pairs)


def has_total(rows: set[tuple[str, ...]]) -> bool:
    """Whether a total is among rows: a table that goes on has one, a second print its own."""
    return any(canon_label(cell) in TOTALS for row in rows for cell in row[:2])


def appended(upper: Grid, lower: Grid) -> Grid:
    """The rows of one grid below those of another."""
    shifted = tuple(replace(cell, row=cell.row + upper.rows) for cell in lower.cells)
    breaks = (*upper.breaks, upper.rows, *(b + upper.rows for b in lower.breaks))
    return replace(upper, rows=upper.rows + lower.rows, cells=upper.cells + shifted, breaks=breaks)
