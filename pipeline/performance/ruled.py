"""Indicators of a table whose columns can be trusted: ruled pages, and text that lost no tab.

Here: its header, of one line or two, as the sides and columns of the horizons, and each row read by
the column every word stands in; levels as printed, carried down. Not here: tables whose rows slid
(indicators), and the head of a form (heads).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from pipeline.forms.wording import squeeze
from pipeline.performance.columns import Column, Meaning, header_at, meaning_of
from pipeline.performance.indicators import (
    Half,
    Header,
    Levels,
    ReadRow,
    Slot,
    says_something,
)
from pipeline.performance.levels import LIKE_A_LEVEL, Carried
from pipeline.performance.money import is_numberlike
from pipeline.performance.rows import Row, Word, is_signature
from pipeline.performance.shapes import ANNUAL, PERIOD, Unread
from pipeline.performance.target import parsed
from pipeline.performance.words import level1_of, level2_of, plain, ruled_columns

#: a column whose word no family declares, and one that the data have no place for
UNKNOWN, OTHER = "unknown", "other"
HORIZON_OF = {"period_target": PERIOD, "annual_target": ANNUAL}


def where(rows: Sequence[Row]) -> str:
    """Page or line some rows begin on, for messages."""
    place = rows[0].place
    return f"page {place.page}" if place.page else f"line {place.line}"


@cache
def meaning() -> Meaning:
    """What a word of the header means."""
    return meaning_of(ruled_columns())


def header_in(rows: Sequence[Row], at: int, horizons: Sequence[str]) -> tuple[Header, int] | None:
    """The header that begins at a row and how many rows it has, null where it is none."""
    if sum(meaning()(word.text) is not None for word in rows[at].words) < 2:
        return None
    found = header_at(rows, at, meaning())
    columns = indicators_named(found.columns, rows[at + found.rows :])
    fields = [column.field for column in columns]
    targets = [f for f in fields if f == "target" or f in HORIZON_OF]
    sides = max(fields.count("indicator"), len(targets))
    if "indicator" not in fields or not targets or sides > 2:
        return None
    if fields.count("indicator") > len(targets):
        return None
    header = Header(tuple(sided(columns, sides)), horizons_of(targets, horizons), ruled=True)
    if rows[at].sure or (sides == 1 and is_clean(rows[at + found.rows :], header)):
        return header, found.rows
    return None


def indicators_named(columns: Sequence[Column], below: Sequence[Row]) -> list[Column]:
    """The columns, the one that bears the indicators among them called so.

    Where no column is called 三级指标, 指标内容 is; else the second level is, if none of the
    usual second levels stands in it.
    """
    fields = {column.field for column in columns}
    instead = None
    if "indicator" not in fields:
        instead = "described" if "described" in fields else "level2"
    if instead == "level2" and any(
        level2_of(word.text)
        for column in columns
        if column.field == "level2"
        for row in below
        for word in row.words
        if column.start <= word.column < column.end
    ):
        instead = None
    renamed = {instead: "indicator", "described": OTHER} if instead else {"described": OTHER}
    if instead == "described":
        renamed = {"described": "indicator"}
    return [
        Column(renamed.get(str(column.field), column.field or UNKNOWN), column.start, column.end)
        for column in columns
    ]


def sided(columns: Iterable[Column], sides: int) -> Iterable[Slot]:
    """The columns with the side they are of: what is named again is of the second one."""
    seen: dict[str, int] = {}
    for column in columns:
        name = str(column.field)
        name = "target" if name in HORIZON_OF else name
        side = seen.get(name, 0)
        seen[name] = side + 1
        repeated = name not in (OTHER, UNKNOWN, "level1")
        yield Slot(name, min(side, sides - 1) if repeated else 0, column.start, column.end)


def horizons_of(targets: Sequence[str | None], named: Sequence[str]) -> tuple[str, ...]:
    """The horizon of each side: by the word of its targets, else as the rows above name them."""
    worded = [HORIZON_OF.get(str(target)) for target in targets]
    if len(targets) == 1:
        only = tuple(dict.fromkeys(named))
        return (worded[0] or (only[0] if len(only) == 1 else ANNUAL),)
    if any(worded):
        first = worded[0] or next(h for h in (PERIOD, ANNUAL) if h != worded[1])
        return first, next(h for h in (PERIOD, ANNUAL) if h != first)
    printed = tuple(dict.fromkeys(named))
    return printed if len(printed) == 2 else (PERIOD, ANNUAL)


def is_clean(rows: Sequence[Row], header: Header) -> bool:
    """Whether every row of a text stands in the columns of its header, so that nothing slid."""
    starts = {slot.start for slot in header.slots}
    first = min(starts)
    seen = False
    for row in rows:
        if is_signature(row):
            break
        words = [word for word in row.words if word.column >= first]
        fields = {slot.field: w for w in words if (slot := header.at(w.column)) is not None}
        if len(words) <= 1:
            continue
        if not {"indicator", "target"} <= fields.keys():
            return False
        seen = True
        name = fields["indicator"].text
        if any(word.column not in starts for word in words):
            return False
        if not is_name(name) or level1_of(name) or level2_of(name):
            return False
        if "level1" in fields and not is_level(fields["level1"].text):
            return False
    return seen


def is_name(text: str) -> bool:
    """Whether a text may name an indicator: no sign, no number and no target in figures."""
    return says_something(text) and not is_numberlike(text) and parsed(text).value is None


def is_level(text: str) -> bool:
    """Whether a text is a level, or ends like one."""
    known = level1_of(text) or level2_of(text)
    return known is not None or LIKE_A_LEVEL.match(plain(text)) is not None


def read_rows(
    rows: Sequence[Row], header: Header, carried: Sequence[Carried]
) -> tuple[list[ReadRow], list[list[Levels]], list[Unread]]:
    """The rows below a header, the levels each stands under, and what has no place in it.

    `carried` are the levels that hold, for each horizon: each may print its own second level.
    """
    read: list[ReadRow] = []
    placed: list[list[Levels]] = [[] for _ in header.horizons]
    unread: list[Unread] = []
    strange = False
    for row in rows:
        cells = cells_of(row, header)
        if cells is None:
            unread.append(Unread("row_unplaced", "a row of indicators that fits no column"))
            continue
        strange = strange or (UNKNOWN, 0) in cells
        own = {slot.side for slot in header.slots if slot.field == "level2"}
        for side, one in enumerate(carried[: len(header.horizons)]):
            first, second = (
                next(iter(cells.get(key, ())), None)
                for key in (("level1", 0), ("level2", side if side in own else 0))
            )
            one.take(first, second, sure=True)
        halves = halves_of(cells, header)
        if any(half.name or half.target for half in halves):
            if any(half.name is None and half.target for half in halves):
                unread.append(Unread("row_unplaced", "a target without an indicator"))
                continue
            read.append(ReadRow(carried[0].level1, halves, row.place))
            for levels, one in zip(placed, carried, strict=False):
                levels.append((one.level1, one.level2))
    if strange:
        unread.append(Unread("header_unknown", "a column of indicators that no family names"))
    return read, placed, unread


def cells_of(row: Row, header: Header) -> dict[tuple[str, int], list[Word]] | None:
    """The words of a row by column and side; null where one stands in no column."""
    first = min(slot.start for slot in header.slots)
    found: dict[tuple[str, int], list[Word]] = {}
    for word in row.words:
        slot = header.at(word.column)
        if slot is not None:
            found.setdefault((slot.field, slot.side), []).append(word)
        elif word.column >= first:
            return None
    crowded = ("indicator", "weight", "operator", "measured_in")
    if any(len(words) > 1 and name in crowded for (name, _), words in found.items()):
        return None
    return found


def halves_of(cells: dict[tuple[str, int], list[Word]], header: Header) -> tuple[Half, ...]:
    """What a row prints of each horizon; one column of names may serve both."""
    own = {slot.side for slot in header.slots if slot.field == "indicator"}

    def text(name: str, side: int) -> str | None:
        return "".join(squeeze(word.text) for word in cells.get((name, side), ())) or None

    return tuple(
        Half(
            name=text("indicator", side if side in own else 0),
            target=text("target", side),
            operator=text("operator", side),
            unit=text("measured_in", side) or text("measured_in", 0),
            weight=text("weight", side),
        )
        for side in range(len(header.horizons))
    )
