"""The table of indicators in a form: its header, and each row as indicator and target per horizon.

Where the columns are sure (ruled pages) the header says what stands in each. Where they are not
(text extractions flatten merged cells, and rows slide to the left) a row is read by what its words
are and in which order they stand: a level is known by its word, an indicator by the target that
follows it. What cannot be placed is told, never guessed. Not here: which level a row stands under
when none is printed on it (levels).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.forms.wording import squeeze
from pipeline.performance import levels, target
from pipeline.performance.levels import Labelled
from pipeline.performance.money import printed
from pipeline.performance.rows import Row, Word, pieces
from pipeline.performance.shapes import ANNUAL, PERIOD, Indicator, Unread
from pipeline.performance.words import level1_of, level2_of
from pipeline.readers.shapes import Place

# The upright label beside the table, or what is left of it.
SIDE_LABEL = re.compile(r"[绩效指标缋缴鎖鐵]{1,4}")
MIN_HAN = re.compile(r"[\u4e00-\u9fff].*[\u4e00-\u9fff]", re.S)
DAMAGED_LEVEL = ("指标", "效益", "满意度", "影响")


#: first and second level
Levels = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Slot:
    """A column of the header: what it holds, of which horizon, and from where to where."""

    field: str
    side: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of the table; `horizons` names its sides in order."""

    slots: tuple[Slot, ...]
    horizons: tuple[str, ...]
    #: whether every word stands in the column it belongs to
    ruled: bool = False

    @property
    def border(self) -> int:
        """The column from which the second side stands, beyond all where there is one side."""
        return min((s.start for s in self.slots if s.side == 1), default=10_000)

    def at(self, column: int) -> Slot | None:
        """The slot that a column belongs to."""
        return next((s for s in self.slots if s.start <= column < s.end), None)


@dataclass(frozen=True, slots=True)
class Half:
    """What one row prints of one horizon."""

    level2: str | None = None
    name: str | None = None
    target: str | None = None
    operator: str | None = None
    unit: str | None = None
    weight: str | None = None


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row as read: its first level, and what it prints of each horizon."""

    level1: str | None
    halves: tuple[Half, ...]
    place: Place


def header_of(row: Row, horizons: Sequence[str] = ()) -> Header | None:
    """The header a row is, null where it is none: it names indicator and target.

    `horizons` are those that the rows above it name, in printed order.
    """
    found = [p for p in pieces(row, "columns") if p.label]
    fields = [p.label.field for p in found if p.label]
    if "indicator" not in fields or "target" not in fields:
        return None
    sides = max(fields.count("indicator"), fields.count("target"))
    if sides > 2:
        return None
    slots: list[Slot] = []
    seen: dict[str, int] = {}
    for number, piece in enumerate(found):
        name = fields[number]
        side = seen.get(name, 0)
        seen[name] = side + 1
        after = found[number + 1].word.column if number + 1 < len(found) else 10_000
        end = piece.word.column + piece.word.columns if row.sure else after
        slots.append(Slot(name, min(side, sides - 1), piece.word.column, end))
    named = tuple(dict.fromkeys(horizons))
    if len(named) != sides:
        named = (PERIOD, ANNUAL) if sides == 2 else (ANNUAL,)
    return Header(tuple(slots), named)


def read_rows(rows: Sequence[Row], header: Header) -> tuple[list[ReadRow], list[Unread]]:
    """The rows below a header, and those that have no place in it."""
    read: list[ReadRow] = []
    unread: list[Unread] = []
    for row in rows:
        words = [w for w in row.words if not is_side_label(w, header)]
        if not words:
            continue
        found = by_columns(words, row, header)
        if found is None and not row.sure:
            found = by_order(words, row, header)
        if found is None:
            unread.append(Unread("row_unplaced", "a row of indicators that fits no column"))
        else:
            read.append(found)
    return read, unread


def is_side_label(word: Word, header: Header) -> bool:
    """Whether a word is of the upright label that stands beside the table."""
    first = min(s.start for s in header.slots)
    return word.column < first and SIDE_LABEL.fullmatch(squeeze(word.text)) is not None


def by_columns(words: Sequence[Word], row: Row, header: Header) -> ReadRow | None:
    """A row whose words all stand under the column they belong to, else null."""
    level1: str | None = None
    passed_over = False
    halves = [Half() for _ in header.horizons]
    for word in words:
        slot = header.at(word.column)
        text = squeeze(word.text)
        if slot is None:
            if row.sure or level1_of(text) or level2_of(text) or MIN_HAN.search(text):
                return None
            continue
        if slot.field in ("level1", "level2"):
            known = (level1_of if slot.field == "level1" else level2_of)(text, not row.sure)
            if known is None and not row.sure and (is_any_level(text) or not is_speck(text)):
                return None
            passed_over = passed_over or known is None
            if known is None and row.sure:
                known = text
            if slot.field == "level1":
                level1 = known or level1
            elif known:
                halves[slot.side] = replace(halves[slot.side], level2=known)
            continue
        slid = is_level(text, halves[slot.side]) or not says_something(text)
        if not row.sure and slot.field == "indicator" and slid:
            return None
        name = {"indicator": "name", "measured_in": "unit"}.get(slot.field, slot.field)
        if getattr(halves[slot.side], name) is not None:
            return None
        halves[slot.side] = replace(halves[slot.side], **{name: text})
    shared = halves[0]
    for number, half in enumerate(halves):
        if half.target is not None and half.name is None:
            if not row.sure and number == 0:
                return None
            if row.sure and shared.name and not has_names(header, number):
                halves[number] = replace(half, name=shared.name)
    if any(h.target is not None and h.name is None for h in halves):
        return None
    if passed_over and any(h.name and h.target is None for h in halves):
        return None
    return ReadRow(level1, tuple(halves), row.place)


def has_names(header: Header, side: int) -> bool:
    """Whether a side has a column of indicators of its own."""
    return any(s.side == side and s.field == "indicator" for s in header.slots)


def says_something(text: str) -> bool:
    """Whether a text is more than a sign."""
    return sum(character.isalnum() for character in text) > 1


def is_level(text: str, half: Half) -> bool:
    """Whether a word in the column of indicators is a level that slid there."""
    return level1_of(text) is not None or (level2_of(text) is not None and half.level2 is None)


def is_any_level(text: str) -> bool:
    """Whether a word is a level of either kind."""
    return level1_of(text, True) is not None or level2_of(text, True) is not None


def is_speck(text: str) -> bool:
    """Whether a text in a column of levels is what recognition made of dirt or of a level."""
    return not MIN_HAN.search(text) or text.endswith(DAMAGED_LEVEL)


def by_order(words: Sequence[Word], row: Row, header: Header) -> ReadRow | None:
    """A displaced row by the order of its words, else null. Levels alone stand beside nothing."""
    texts = [squeeze(word.text) for word in words]
    if all(map(is_any_level, texts)):
        label = next((found for text in texts if (found := level2_of(text, True))), None)
        first_level = next((found for text in texts if (found := level1_of(text, True))), None)
        return ReadRow(first_level, tuple(Half(level2=label) for _ in header.horizons), row.place)
    level1: str | None = None
    sides: list[list[Word]] = [[], []]
    labels: list[str | None] = [None, None]
    side = 0
    for number, word in enumerate(words):
        text = squeeze(word.text)
        second, first = level2_of(text, True), level1_of(text, True)
        free = sides[side]
        if first and second and not goes_on_free(words, number):
            second = None
        if second and labels[side] == second and not free and goes_on_free(words, number):
            free.append(word)
        elif second:
            if (free or labels[side]) and side == 0 and len(header.horizons) == 2:
                side = 1
            elif free or labels[side]:
                return None
            labels[side] = second
        elif first:
            if free and side == 0 and len(header.horizons) == 2:
                side = 1
            level1 = level1 or first
        else:
            free.append(word)
    if side == 0 and len(header.horizons) == 2:
        parted = halved(sides[0], header)
        if parted is None:
            return None
        sides = list(parted)
    halves = [half_of(words_, label) for words_, label in zip(sides, labels, strict=True)]
    if any(half is None for half in halves):
        return None
    if len(header.horizons) == 1 and (sides[1] or labels[1]):
        return None
    kept = tuple(half for half in halves if half)[: len(header.horizons)]
    return ReadRow(level1, kept, row.place)


def goes_on_free(words: Sequence[Word], number: int) -> bool:
    """Whether a word that is no level follows this one."""
    return number + 1 < len(words) and not is_any_level(squeeze(words[number + 1].text))


def halved(free: Sequence[Word], header: Header) -> tuple[list[Word], list[Word]] | None:
    """The indicators and targets of a row without a level between them, parted by horizon."""
    texts = [squeeze(w.text) for w in free]
    if len(free) == 4:
        return list(free[:2]), list(free[2:])
    if len(free) == 3 and texts[0] == texts[2]:
        return list(free[:2]), list(free[2:])
    if len(free) == 3 and texts[0] == texts[1]:
        return list(free[:1]), list(free[1:])
    if len(free) == 2 and texts[0] == texts[1]:
        return list(free[:1]), list(free[1:])
    if len(free) <= 2:
        left = [w for w in free if w.column < header.border]
        return (list(free), []) if left else ([], list(free))
    return None


def half_of(words: Sequence[Word], level2: str | None) -> Half | None:
    """Indicator and target of one horizon; null where there are more words than that."""
    if len(words) > 2:
        return None
    texts = [squeeze(w.text) for w in words]
    return Half(level2, *texts)


def levels_of(read: Sequence[ReadRow]) -> list[tuple[str | None, str | None]]:
    """First and second level of each row."""
    labelled = [
        Labelled(r.level1, tuple(h.level2 for h in r.halves), tuple(h.name for h in r.halves))
        for r in read
    ]
    return levels.restored(labelled)


def indicators_of(
    read: Sequence[ReadRow], header: Header, placed: Sequence[Sequence[Levels]]
) -> tuple[list[Indicator], list[Unread]]:
    """Indicators with their levels, in printed order: the first horizon's, then the second's.

    `placed` are the levels of each row, for each horizon.

    One without a target is taken where the other horizon prints it with one: then its target is
    lost. Elsewhere it may be the rest of another one, and is told.
    """
    found: list[Indicator] = []
    unread: list[Unread] = []
    for side, horizon in enumerate(header.horizons):
        for row, (level1, level2) in zip(read, placed[side], strict=True):
            half = row.halves[side]
            if half.name is None:
                continue
            if half.target is None:
                whole = any(h.name == half.name and h.target for h in row.halves)
                reason = "cell_lost" if whole else "row_unplaced"
                unread.append(Unread(reason, f"an indicator of {horizon} without a target"))
                if not whole:
                    continue
            found.append(indicator(half, horizon, level1, level2, row.place))
    return found, unread


def indicator(
    half: Half, horizon: str, level1: str | None, level2: str | None, place: Place
) -> Indicator:
    """One indicator; operator and unit may stand in columns of their own."""
    text, parsed = target.composed(half.target, half.operator, half.unit)
    weight = printed(half.weight.rstrip("%％分")) if half.weight else None
    return Indicator(
        horizon=horizon,
        level1=level1,
        level2=level2,
        indicator=str(half.name),
        target_text=text,
        target=parsed,
        weight=weight,
        place=place,
    )
