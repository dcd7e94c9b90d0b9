"""Levels restored: which first and second level each row of indicators stands under.

Merged cells of levels come flattened: the label stands on one row of those it covers, beside the
wrong rows, or in the wrong column. Here: carrying labels down, sharing them between the two
horizons, and taking them back where the two horizons prove that rows belong together. Not here:
which word of a row is a level (indicators).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.performance.words import levels


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


def centred(rows: Sequence[Labelled]) -> list[tuple[str | None, str | None]]:
    """Levels of rows whose labels stand in the middle of what they cover, as recognition sees them.

    Of all ways to part the rows so that each part has one label, the one with the labels nearest
    to the middle of their parts.
    """
    places = [(i, labels_of(row, None)) for i, row in enumerate(rows)]
    marks = [(i, found[0]) for i, found in places if found]
    if not marks:
        return [(row.level1, None) for row in rows]
    # best[n][end]: what it costs to give the rows before `end` to the first n labels, and where the
    # last of them begins
    best: list[dict[int, tuple[int, int]]] = [{0: (0, 0)}]
    for number, (mark, _) in enumerate(marks):
        after = marks[number + 1][0] if number + 1 < len(marks) else len(rows)
        ends = range(mark + 1, after + 1) if number + 1 < len(marks) else [len(rows)]
        step: dict[int, tuple[int, int]] = {}
        for end in ends:
            options = [
                (cost + abs(2 * mark - (start + end - 1)), start)
                for start, (cost, _) in best[-1].items()
                if start <= mark
            ]
            if options:
                step[end] = min(options)
        best.append(step)
    cuts = [len(rows)]
    for number in range(len(marks), 0, -1):
        cuts.append(best[number][cuts[-1]][1])
    cuts.reverse()
    found: list[tuple[str | None, str | None]] = []
    level1: str | None = None
    for (_, label), start, end in zip(marks, cuts, cuts[1:], strict=False):
        level1 = next((r.level1 for r in rows[start:end] if r.level1), level1)
        found += [(parent(label, level1), label)] * (end - start)
    return found


def is_centred(rows: Sequence[Labelled]) -> bool:
    """Whether labels stand in the middle: the first row has an indicator and no second level."""
    return bool(rows) and rows[0].filled and not any(rows[0].level2)
