"""Levels restored: which first and second level each row of indicators stands under.

Merged cells of levels come flattened: the label stands on one row of those it covers, beside the
wrong rows, or in the wrong column. Here: carrying labels down, sharing them between the two
horizons, and taking them back where the two horizons prove that rows belong together. Not here:
which word of a row is a level (indicators).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.forms.wording import folded, squeeze
from pipeline.performance.rows import Word
from pipeline.performance.words import level1_of, level2_of, levels

# What a level may have beside its name, and what a text ends with that is one all the same.
POINTS = re.compile(r"\(\d{1,3}(?:\.\d+)?[分%]?\)$")
LIKE_A_LEVEL = re.compile(r"[\u4e00-\u9fff、()]{0,12}(?:指标|目标|效益|效果|影响|满意度|成本)")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A row of indicators: the levels printed on it, and the indicator of each horizon."""

    level1: str | None
    level2: tuple[str | None, ...]
    names: tuple[str | None, ...]

    @property
    def filled(self) -> bool:
        """Whether any horizon has an indicator here."""
        return any(self.names)


@dataclass
class Carried:
    """The levels that hold at a row of a table whose columns are known: printed once, carried down.

    A level that is not of the vocabulary is as it is printed, in a text extraction only where it
    ends like one.
    """

    level1: str | None = None
    level2: str | None = None

    def take(self, first: Word | None, second: Word | None, sure: bool) -> None:
        """Note the levels printed on a row."""
        level1 = named(first.text, level1_of, sure) if first is not None else self.level1
        if level1 != self.level1:
            self.level1, self.level2 = level1, None
        if second is not None:
            self.level2 = named(second.text, level2_of, sure)

    def lose(self) -> None:
        """Forget the levels: a row that may have printed others could not be read."""
        self.level1 = self.level2 = None


def named(text: str, known: Callable[[str], str | None], sure: bool) -> str | None:
    """A level as it is released, null where a text is none."""
    word = squeeze(text)
    name = word[: len(POINTS.sub("", folded(word)))]
    found = known(name)
    if found is None and (sure or LIKE_A_LEVEL.fullmatch(folded(name))):
        return name
    return found


def restored(rows: Sequence[Labelled]) -> list[tuple[str | None, str | None]]:
    """First and second level of each row.

    Where both horizons print the same indicators in another order, the rows between two places at
    which they have printed the same ones stand under one second level: a label printed among them
    is that of the rows below.
    """
    found: list[tuple[str | None, str | None]] = []
    level1: str | None = None
    current: str | None = None
    pending: list[str] = []
    for first, last in blocks(rows):
        own = [label for row in rows[first:last] for label in labels_of(row, current)]
        printed_first = next((row.level1 for row in rows[first:last] if row.level1), None)
        level1 = printed_first or level1
        distinct = list(dict.fromkeys(own))
        if not rows[first].filled and last - first == 1:
            # A level without indicators; one that was put off belongs above it and has none.
            current, pending = (distinct[-1] if distinct else current), []
        else:
            on_first = labels_of(rows[first], current)
            waiting = [] if on_first else pending
            queue = [*waiting, *distinct]
            current = queue[0] if queue else current
            pending = [label for label in queue[1:] if label != current]
        for _ in range(first, last):
            found.append((parent(current, level1), current))
    return found


def labels_of(row: Labelled, current: str | None) -> list[str]:
    """The second levels printed on a row, in the order of the forms; horizons share them."""
    printed = {label for label in row.level2 if label}
    order = levels().order
    ahead = sorted(printed, key=lambda label: order[label])
    if len(ahead) > 1 and current in ahead and row.filled:
        ahead.remove(current)
        ahead.insert(0, current)
    return ahead


def blocks(rows: Sequence[Labelled]) -> Iterator[tuple[int, int]]:
    """Ranges of rows that stand under one second level for sure: mostly single rows.

    Over rows with an indicator of both horizons, a block ends where both have printed the same.
    """
    at = 0
    while at < len(rows):
        end = permutation(rows, at)
        yield at, end
        at = end


def permutation(rows: Sequence[Labelled], start: int) -> int:
    """Where the shortest run of rows ends whose horizons hold the same indicators."""
    left: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for end in range(start, len(rows)):
        names = rows[end].names
        if len(names) != 2 or not all(names):
            break
        left[str(names[0])] += 1
        right[str(names[1])] += 1
        if left == right:
            return end + 1
    return start + 1


def parent(level2: str | None, level1: str | None) -> str | None:
    """The first level of a second one: the printed one where it may be, else the usual one."""
    if level2 is None:
        return level1
    parents = levels().parents[level2]
    return level1 if level1 in parents else parents[0]
