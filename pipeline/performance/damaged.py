"""Indicators of pages that recognition has damaged: taken only where two prints confirm each other.

Such pages print every indicator twice, once for each horizon, in columns of different width. Where
both were recognised as the same target under names that are alike, the row is as good as read
twice; every other row is told and left out. Here: that rule, and levels as far as labels are sure.
Not here: tables whose words are whole (indicators).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from pipeline.forms.wording import folded, squeeze
from pipeline.performance import levels
from pipeline.performance.indicators import Half, Header, ReadRow, Slot
from pipeline.performance.rows import Row
from pipeline.performance.shapes import Unread
from pipeline.performance.target import parsed
from pipeline.performance.words import level1_of, level2_of

HAN = re.compile(r"[\u4e00-\u9fff]")
WORDED = re.compile(r"[\u4e00-\u9fff]{2}")
# A target in words; any other one must be a figure.
IN_WORDS = re.compile(r"[\u4e00-\u9fff]{1,12}|\d{1,2}月(?:底|末)?前?|\d{4}年\d{1,2}月(?:底|末)?前?")
MIN_LIKENESS = 0.8
MIN_SHARED = 3


def usual_header(headers: Iterable[Header | None]) -> Header | None:
    """The header that most pages print: columns of two horizons, each with indicator and target."""
    whole = Counter(h for h in headers if h is not None and is_whole(h))
    if not whole:
        return None
    return narrowed(max(whole, key=lambda h: (whole[h], [s.start for s in h.slots])))


def is_whole(header: Header) -> bool:
    """Whether a header has all the columns of both horizons."""
    fields = [(slot.field, slot.side) for slot in header.slots]
    wanted = [("level1", 0), *((f, s) for s in (0, 1) for f in ("level2", "indicator", "target"))]
    return fields == wanted


def narrowed(header: Header) -> Header:
    """A header whose last column is one column wide: beyond it stands dirt."""
    last = header.slots[-1]
    return replace(header, slots=(*header.slots[:-1], replace(last, end=last.start + 1)))


def fits(header: Header | None, usual: Header) -> bool:
    """Whether a page's own header is the usual one as far as it could be read."""
    if header is None:
        return False
    starts = {(s.field, s.start) for s in header.slots} & {(s.field, s.start) for s in usual.slots}
    return len(starts) >= MIN_SHARED


def read_rows(rows: Sequence[Row], header: Header) -> tuple[list[ReadRow], list[Unread]]:
    """The rows whose two horizons confirm each other, and those that bear only levels."""
    found: list[ReadRow] = []
    unread: list[Unread] = []
    for row in rows:
        read = by_columns(row, header)
        names = [half.name for half in read.halves]
        if any(names) and not confirmed(read.halves):
            unread.append(Unread("row_unplaced", "an indicator that its two prints do not confirm"))
            read = replace(read, halves=tuple(Half(level2=h.level2) for h in read.halves))
        found.append(read)
    return found, unread


def by_columns(row: Row, header: Header) -> ReadRow:
    """What stands in each column; dirt is left out."""
    level1: str | None = None
    halves = [Half() for _ in header.horizons]
    for word in row.words:
        slot = header.at(word.column)
        if slot is None:
            continue
        text = squeeze(word.text)
        if slot.field == "level1":
            level1 = level1_of(text, True) or level1
        else:
            halves[slot.side] = put(halves[slot.side], slot, text)
    return ReadRow(level1, tuple(halves), row.place)


def put(half: Half, slot: Slot, text: str) -> Half:
    """A half with the text of a column, where it is of the kind that stands there."""
    if slot.field == "level2":
        return replace(half, level2=level2_of(text, True) or half.level2)
    if slot.field == "indicator" and WORDED.search(text):
        return replace(half, name=text)
    if slot.field == "target" and is_target(text):
        return replace(half, target=text)
    return half


def is_target(text: str) -> bool:
    """Whether a text is a figure with its unit, or a word or two."""
    return parsed(text).value is not None or IN_WORDS.fullmatch(text) is not None


def confirmed(halves: Sequence[Half]) -> bool:
    """Whether both horizons print one target under names that are alike."""
    first, second = halves
    if not (first.name and second.name and first.target and second.target):
        return False
    names = [folded(str(half.name)) for half in halves]
    alike = SequenceMatcher(a=names[0], b=names[1], autojunk=False).ratio()
    return first.target == second.target and alike >= MIN_LIKENESS


def levels_of(read: Sequence[ReadRow]) -> list[tuple[str | None, str | None]]:
    """The levels of rows whose labels stand somewhere in the middle of what they cover.

    A row beside a label, or between two prints of one, stands under it. Any other one may stand
    under the label above or below: only a first level that both share is sure.
    """
    printed = [printed_on(row) for row in read]
    found: list[tuple[str | None, str | None]] = []
    for index, label in enumerate(printed):
        above = next((p for p in reversed(printed[: index + 1]) if p), None)
        below = next((p for p in printed[index:] if p), None)
        if label or above == below:
            found.append((levels.parent(label or above, None), label or above))
        else:
            parents = {levels.parent(p, None) for p in (above, below)}
            found.append((parents.pop() if len(parents) == 1 else None, None))
    return found


def printed_on(row: ReadRow) -> str | None:
    """The one second level printed on a row."""
    labels = {half.level2 for half in row.halves if half.level2}
    return labels.pop() if len(labels) == 1 else None
