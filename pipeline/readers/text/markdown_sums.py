"""Columns of a continuation page found again by the arithmetic of the table.

OCR cuts each page into columns by itself: a page on which a column is blank has fewer. Here: the
one placement of a page's columns among those of the table under which every printed sum comes
out, if there is exactly one. Not here: which pages are one table (markdown_pages).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import comb

from pipeline.readers.text.markdown_cells import value

Row = tuple[str, ...]
CODE = re.compile(r"\d{3}(?:\d{2}){0,2}")
TOTAL = re.compile(r"(?:部门|单位)?[合总]计")
ORDINAL = re.compile(r"[一二三四五六七八九十]{1,3}、")
# So many enumerated cells make a list.
MIN_LISTED = 3
MAX_PLACEMENTS = 2000
# Official tables are shorter; sums over longer ones are not looked for.
MAX_ROWS = 600
# No page has more rows; beyond this nothing is looked for among them.
MAX_LIST = 150
STEP = Decimal("0.01")


@dataclass(frozen=True)
class Check:
    """One printed sum held against its parts; `places` are the (row, column) of the figures."""

    holds: bool
    places: frozenset[tuple[int, int]]


def placed(upper: tuple[Row, ...], lower: tuple[Row, ...], width: int) -> tuple[Row, ...] | None:
    """The lower rows in the columns of the upper ones, where the sums prove one placement.

    A placement is proved when no printed sum speaks against it, every column of the lower rows
    that bears figures is in a sum that comes out, and no other placement is as good. The order of
    columns is kept. Null where nothing is proved.
    """
    columns = [c for c in range(len(lower[0])) if any(row[c].strip() for row in lower)]
    if not columns or len(columns) > width or comb(width, len(columns)) > MAX_PLACEMENTS:
        return None
    if len(upper) + len(lower) > MAX_ROWS:
        return None
    proved: set[tuple[Row, ...]] = set()
    for places in combinations(range(width), len(columns)):
        moved = dict(zip(columns, places, strict=True))
        rows = tuple(spread(row, moved, width) for row in lower)
        if all(fits(upper, rows, c) for c in places) and is_proved(upper, rows, places):
            proved.add(rows)
            if len(proved) > 1:
                return None
    return next(iter(proved), None)


def spread(row: Row, moved: dict[int, int], width: int) -> Row:
    """A row with its cells in other columns."""
    cells = [""] * width
    for column, place in moved.items():
        cells[place] = row[column]
    return tuple(cells)


def fits(upper: tuple[Row, ...], lower: tuple[Row, ...], column: int) -> bool:
    """Whether a column holds words above and below, or figures above and below.

    Most cells decide; a column that is blank above takes anything.
    """
    above, below = nature(upper, column), nature(lower, column)
    return above == below or not above or not below


def nature(rows: tuple[Row, ...], column: int) -> str:
    """`codes`, `figures`, `words`, or nothing where a column is blank."""
    texts = [t for row in rows if column < len(row) and (t := row[column].strip())]
    if not texts:
        return ""
    codes = sum(bool(CODE.fullmatch(t)) for t in texts)
    figures = sum(value(t) is not None for t in texts)
    if 2 * codes > len(texts):
        return "codes"
    return "figures" if 2 * figures > len(texts) else "words"


def is_proved(upper: tuple[Row, ...], lower: tuple[Row, ...], places: tuple[int, ...]) -> bool:
    """Whether no sum speaks against a placement and one speaks for every column with figures."""
    found = list(checks(upper + lower))
    if not all(check.holds for check in found):
        return False
    covered = {c for check in found for r, c in check.places if r >= len(upper)}
    needed = {
        c
        for c in places
        if nature(upper + lower, c) != "codes" and any(value(row[c]) is not None for row in lower)
    }
    return needed <= covered


def checks(rows: tuple[Row, ...]) -> Iterator[Check]:
    """Every printed sum that can be told: of codes, of enumerated lists, else of one total."""
    width = max(len(row) for row in rows)
    rows = tuple(row + ("",) * (width - len(row)) for row in rows)
    coded = next((c for c in range(width) if nature(rows, c) == "codes"), None)
    if coded is not None:
        yield from coded_sums(rows, coded)
        return
    lists = [c for c in range(width) if sum(map(is_enumerated, column(rows, c))) >= MIN_LISTED]
    if lists:
        for c in lists:
            yield from listed_sums(rows, c)
    else:
        yield from total_sums(rows)


def coded_sums(rows: tuple[Row, ...], coded: int) -> Iterator[Check]:
    """Each code held against the codes below it, the total against those below none."""
    total = next((r for r, row in enumerate(rows) if is_total(row)), None)
    codes = {r: row[coded].strip() for r, row in enumerate(rows) if CODE.fullmatch(row[coded])}
    known = set(codes.values())
    above = {r: parent(code, known) for r, code in codes.items()}
    others = [c for c in range(len(rows[0])) if c != coded]
    parts: dict[str | None, list[int]] = {}
    for r, code in above.items():
        parts.setdefault(code, []).append(r)
    if total is not None:
        yield from sums(rows, total, parts.get(None, []), others)
    for r, own in codes.items():
        yield from sums(rows, r, parts.get(own, []), others)


def listed_sums(rows: tuple[Row, ...], label: int) -> Iterator[Check]:
    """An enumerated list (一、 to 三十、) held against the first row with figures below it."""
    own = []
    for c in range(label + 1, len(rows[0])):
        if nature(rows, c) == "words":
            break
        own.append(c)
    parts: list[int] = []
    for r, row in enumerate(rows):
        if is_enumerated(row[label]):
            parts.append(r)
        elif parts and row[label].strip() and has_figures(tuple(row[c] for c in own)):
            yield from sums(rows, r, parts, own)
            return


def total_sums(rows: tuple[Row, ...]) -> Iterator[Check]:
    """The total of a list held against all other rows.

    Where groups are printed with their parts, every other amount stands twice.
    """
    first = next((r for r, row in enumerate(rows) if has_figures(row)), None)
    top = next((r for r, row in enumerate(rows) if is_total(row)), first)
    if top is None:
        return
    parts = [r for r, row in enumerate(rows) if r != top and has_figures(row)]
    once, twice = (list(sums(rows, top, parts, range(len(rows[0])), n)) for n in (1, 2))
    yield from twice if all(check.holds for check in twice) else once


def column(rows: tuple[Row, ...], index: int) -> list[str]:
    """The texts of a column."""
    return [row[index] for row in rows]


def is_enumerated(text: str) -> bool:
    """Whether a label begins with a Chinese number."""
    return ORDINAL.match(text.strip()) is not None


def sums(
    rows: tuple[Row, ...], top: int, parts: list[int], columns: Sequence[int], times: int = 1
) -> Iterator[Check]:
    """One row, so many times, held against its parts, in each column where it prints a figure.

    A blank above its parts says nothing: OCR loses cells. Each figure is rounded by itself.
    """
    for column in columns:
        whole = value(rows[top][column])
        if whole is None or not parts:
            continue
        found = {r: v for r in parts if (v := value(rows[r][column])) is not None}
        distance = abs(whole * times - sum(found.values(), Decimal(0)))
        yield Check(
            holds=distance <= STEP * (len(found) // 2),
            places=frozenset((r, column) for r in (top, *found)),
        )


def heads_below(rows: tuple[Row, ...]) -> bool:
    """Whether rows are summed up by rows below them, and none by a row above it.

    A list of groups prints each sum above its parts; a total at the very bottom is no such sum.
    """
    if len(rows) > MAX_LIST:
        return False
    figures = [tuple(value(text) for text in row) for row in rows]
    above = any(sums_up(figures, n, 1) for n in range(len(rows)))
    named = [n for n, row in enumerate(rows) if not is_total(row)]
    return not above and any(sums_up(figures, n, -1) for n in named)


def sums_up(figures: list[tuple[Decimal | None, ...]], head: int, step: int) -> bool:
    """Whether a row is the sum of two or more rows next to it, in every column with figures.

    `step` is 1 for the rows below it, -1 for those above.
    """
    if not any(figures[head]):
        return False
    total = [figure or Decimal(0) for figure in figures[head]]
    left = list(total)
    count = 0
    at = head + step
    while 0 <= at < len(figures) and any(figures[at]):
        left = [rest - (part or 0) for rest, part in zip(left, figures[at], strict=True)]
        count += 1
        if count > 1 and all(abs(rest) <= STEP * (count // 2) for rest in left):
            return True
        at += step
    return False


def parent(code: str, known: set[str]) -> str | None:
    """The longest printed code that a code begins with."""
    return next((code[:n] for n in (5, 3) if n < len(code) and code[:n] in known), None)


def is_total(row: Row) -> bool:
    """Whether a row is called a total."""
    return any(TOTAL.fullmatch("".join(text.split())) for text in row[:3])


def has_figures(row: Row) -> bool:
    """Whether a row bears a figure; a row that numbers the columns does not."""
    found = [text for text in row if value(text) is not None]
    numbers = [str(n) for n in range(1, len(found) + 1)]
    return bool(found) and not (len(found) > 1 and found == numbers)
