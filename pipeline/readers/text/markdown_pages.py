"""Table segments of OCR markdown joined to tables, page by page.

Here: telling a page that goes on from a table of its own, rows that came out bottom up, and
columns that a page lost. What is not proved is not joined: the grid then says that it may be the
rest of the one before it. Not here: lines to segments (markdown_blocks), sums (markdown_sums).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.readers.text.markdown_blocks import Segment
from pipeline.readers.text.markdown_cells import value
from pipeline.readers.text.markdown_sums import (
    CODE,
    MAX_ROWS,
    Row,
    checks,
    fits,
    heads_below,
    is_total,
    nature,
    placed,
)

ORDINAL = re.compile(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)、")
DIGITS = {digit: n for n, digit in enumerate("一二三四五六七八九", start=1)}
MAX_HEAD = 5
# So many body rows tell what the columns of a table hold.
MAX_SAMPLE = 200
# A table of so many rows is no official one: it is not joined any longer.
MAX_TABLE = 3000
# So many neighbours in falling order, and none in rising order, tell rows that stand bottom up.
MIN_FALLING = 2


@dataclass(frozen=True)
class Table:
    """Segments that are one table.

    `head` rows on top are its header, `starts` the rows that begin a later page; `width` goes up
    to the last column that holds anything. `sample` are body rows that tell what columns hold.
    """

    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    head: int
    width: int
    printed_width: int
    totalled: bool
    sample: tuple[Row, ...]
    starts: tuple[int, ...] = ()


def table_of(segment: Segment) -> Table:
    """A segment as a table of one page."""
    upright = turned(segment)
    head = head_rows(upright.rows)
    body = upright.rows[head:]
    return Table(
        rows=upright.rows,
        lines=upright.lines,
        head=head,
        width=segment.width,
        printed_width=segment.printed_width,
        totalled=any(map(is_total, body)),
        sample=body[:MAX_SAMPLE],
    )


def continued(table: Table, segment: Segment) -> Table | None:
    """A table with the rows of another page, null where it is not proved to go on there."""
    if len(table.rows) > MAX_TABLE or not table.sample:
        return None
    page = turned(segment)
    head = head_rows(page.rows)
    if head and trimmed(page.rows[0]) not in {trimmed(r) for r in table.rows[:MAX_HEAD]}:
        return None
    totalled = any(map(is_total, page.rows))
    if not head and table.totalled and totalled:
        return None
    # Under the same header the columns are the same.
    rows = page.rows if head else in_place(table, page)
    if rows is None or (not head and begins_anew(table.sample, rows)):
        return None
    width = max(table.width, *(len(row) for row in rows))
    above = table.rows
    if width > len(above[0]):
        above = tuple(padded(row, width) for row in above)
    return replace(
        table,
        rows=above + tuple(padded(row, len(above[0])) for row in rows),
        lines=table.lines + page.lines,
        width=width,
        totalled=table.totalled or totalled,
        starts=(*table.starts, len(table.rows)),
    )


def in_place(table: Table, page: Segment) -> tuple[Row, ...] | None:
    """The rows of a page in the columns of the table.

    As they stand where the page has as many columns, unless the sums of the table contradict
    that and prove another placement. With fewer or more columns only as the sums prove.
    """
    enough = page.width <= table.width <= page.printed_width
    same = page.printed_width == table.printed_width
    width = max(table.width, page.width) if same else table.width
    body = tuple(padded(row, width) for row in table.rows[table.head :][:MAX_ROWS])
    if not (enough or same):
        return placed(body, page.rows, width)
    rows = tuple(padded(row, width) for row in page.rows)
    sample = tuple(padded(row, width) for row in table.sample)
    like = all(fits(sample, rows, column) for column in range(width))
    if like and not refuted(body, rows):
        return rows
    return placed(body, page.rows, width) or (rows if like else None)


def begins_anew(above: tuple[Row, ...], rows: tuple[Row, ...]) -> bool:
    """Whether codes that stand once each in a table are printed again: it is another table."""
    coded = next((c for c in range(len(above[0])) if nature(above, c) == "codes"), None)
    if coded is None or coded >= len(rows[0]):
        return False
    known = [row[coded] for row in above if CODE.fullmatch(row[coded])]
    return len(known) == len(set(known)) and not set(known).isdisjoint(row[coded] for row in rows)


def refuted(body: tuple[Row, ...], rows: tuple[Row, ...]) -> bool:
    """Whether printed sums contradict the rows of a page as they stand."""
    if len(body) + len(rows) > MAX_ROWS:
        return False
    return not all(check.holds for check in checks(body + rows))


def padded(row: Row, width: int) -> Row:
    """A row with exactly so many cells; only blank ones are cut."""
    return (row + ("",) * (width - len(row)))[:width]


def trimmed(row: Row) -> Row:
    """A row as compared: without blanks, and without blank cells at its end."""
    words = ["".join(text.split()) for text in row]
    while words and not words[-1]:
        words.pop()
    return tuple(words)


def head_rows(rows: tuple[Row, ...]) -> int:
    """How many rows on top are a header: words above the figures of a column."""
    first = next((r for r, row in enumerate(rows) if has_value(row)), len(rows))
    bearing = {c for row in rows for c, text in enumerate(row) if value(text) is not None}
    above = [r for r in range(min(first, MAX_HEAD)) if any(rows[r][c].strip() for c in bearing)]
    return above[-1] + 1 if above else 0


def has_value(row: Row) -> bool:
    """Whether a row has a figure beside or below words: bare numbers in a header tell nothing."""
    found = [text for text in row if value(text) is not None]
    words = [text for text in row if text.strip() and value(text) is None]
    return bool(found) and len(found) >= len(words) - 1


def turned(segment: Segment) -> Segment:
    """A segment whose body rows stand from top to bottom.

    OCR gives some pages bottom up. Falling enumerators, codes of which the part stands before the
    whole, or, where there are neither, sums that stand below their parts prove it.
    """
    head = head_rows(segment.rows)
    body = segment.rows[head:]
    # The sums of a table that is whole may stand below; a page that goes on has them above.
    if not is_bottom_up(body) and (head or enumerated(body) or not heads_below(body)):
        return segment
    order = [*range(head), *reversed(range(head, len(segment.rows)))]
    return Segment(tuple(segment.rows[n] for n in order), tuple(segment.lines[n] for n in order))


def is_bottom_up(rows: tuple[Row, ...]) -> bool:
    """Whether enumerators and codes of a segment run from its last row to its first."""
    steps = enumerated(rows)
    return steps.count(-1) >= MIN_FALLING and 1 not in steps


def enumerated(rows: tuple[Row, ...]) -> list[int]:
    """What enumerators and codes tell of the order of rows, column by column."""
    return [step for column in zip(*rows, strict=True) for step in directions(column)]


def directions(column: tuple[str, ...]) -> Iterator[int]:
    """1 for each pair of neighbours that goes on (一、二、; 201, 20105), -1 for one that goes back.

    Neighbours are the next cells that are enumerated at all.
    """
    texts = ["".join(text.split()) for text in column]
    numbers = [number for text in texts if (number := ordinal(text)) is not None]
    yield from (b - a for a, b in pairwise(numbers) if abs(b - a) == 1)
    codes = [text for text in texts if CODE.fullmatch(text)]
    for one, two in pairwise(codes):
        if one != two and (one.startswith(two) or two.startswith(one)):
            yield 1 if two.startswith(one) else -1


def ordinal(text: str) -> int | None:
    """The Chinese number before a label: 二十一、 is 21."""
    found = ORDINAL.match(text)
    if found is None or not any(found.groups()):
        return None
    tens, ten, ones = found.groups()
    if tens and ones and not ten:
        return None
    if not ten:
        return DIGITS[tens or ones]
    return DIGITS.get(tens, 1) * 10 + DIGITS.get(ones, 0)
