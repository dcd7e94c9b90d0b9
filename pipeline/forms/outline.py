"""The levels of a project table: total, units, projects.

The form shows them by indentation, or not at all. Here: levels from indentation; where there is
none, from the one partition of the rows whose sums come out. Not here: labels and figures.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from pipeline.forms import figures
from pipeline.forms.body import Row
from pipeline.forms.statement import Unplaced
from pipeline.forms.wording import canon, canon_label


@dataclass(frozen=True)
class Level:
    """How deep a row stands (0 is the total), and what it is."""

    depth: int
    role: str


TOTAL, UNIT, PROJECT = "total", "unit", "project"


def levels(
    rows: list[Row], unit_name: str | None, scope: str | None, totals: Collection[str]
) -> list[Level]:
    """A level for each row of a project table.

    A unit's own table is its total row and projects. In a department's, indentation tells where it
    adds up; else the one partition into units whose project sums agree; else indentation alone.

    Raises `Unplaced` (`form_ambiguous`) where none of them tells.
    """
    if not rows:
        return []
    last = next((n for n, row in enumerate(rows) if canon_label(row.label) in totals), 0)
    end = len(rows) - 1
    if not last and not named(rows[0].label, unit_name) and named(rows[end].label, unit_name):
        last = end if sums_to(rows[end], rows[:end]) else 0
    if last:
        # A total that is printed below what it sums: ask as if it stood on top.
        found = levels([rows[last], *rows[:last], *rows[last + 1 :]], unit_name, scope, totals)
        return [*found[1 : last + 1], found[0], *found[last + 1 :]]
    first = rows[0]
    summed = canon_label(first.label) in totals
    # A total may be centred: its distance from the edge is no indentation.
    indents = [-1 if summed else first.indent, *(row.indent for row in rows[1:])]
    flat = summed and len(set(indents)) == 2
    outlined = by_indent(indents) if is_outline(indents) and not flat else None
    if outlined and adds_up(rows, outlined):
        return outlined
    if scope == "department":
        return by_sums(rows, outlined)
    if summed and len(rows) > 1 and named(rows[1].label, unit_name):
        return [Level(0, TOTAL), Level(1, UNIT)] + [Level(2, PROJECT)] * (len(rows) - 2)
    if summed or named(first.label, unit_name) or sums_to(first, rows[1:]):
        return [Level(0, TOTAL)] + [Level(1, PROJECT)] * (len(rows) - 1)
    return [Level(0, PROJECT)] * len(rows)


MAX_LEVELS = 3


def is_outline(indents: list[int]) -> bool:
    """Whether indentation shows levels: one head, and few depths (centred text has many)."""
    depths = set(indents)
    return (
        2 <= len(depths) <= MAX_LEVELS
        and indents.count(min(depths)) == 1
        and (indents[0] == min(depths))
    )


def adds_up(rows: list[Row], found: list[Level]) -> bool:
    """Whether each row with rows below it is their sum."""
    below: dict[int, list[Row]] = {}
    path: list[int] = []
    for index, level in enumerate(found):
        del path[level.depth :]
        if path:
            below.setdefault(path[-1], []).append(rows[index])
        path.append(index)
    return all(sums_to(rows[head], parts) for head, parts in below.items())


def named(label: str, unit_name: str | None) -> bool:
    """Whether a row is named as the unit itself."""
    return unit_name is not None and canon(label) == canon(unit_name)


def by_indent(indents: list[int]) -> list[Level]:
    """Depth by indentation; a row with nothing deeper below it is a project."""
    stack: list[int] = []
    depths = []
    for indent in indents:
        while stack and stack[-1] >= indent:
            stack.pop()
        depths.append(len(stack))
        stack.append(indent)
    followed = [d < n for d, n in zip(depths, [*depths[1:], 0], strict=True)]
    return [
        Level(depth, TOTAL if depth == 0 else UNIT if has_children else PROJECT)
        for depth, has_children in zip(depths, followed, strict=True)
    ]


def value(row: Row) -> Decimal:
    """The row's first figure, zero where it has none."""
    parsed = figures.parse(row.figures[0].figure) if row.figures else None
    return parsed or Decimal(0)


def sums_to(head: Row, rows: list[Row]) -> bool:
    """Whether a row is the sum of others, rounding allowed."""
    if not rows or not head.figures:
        return False
    step = max((figures.step(r.figures[0].figure) for r in rows if r.figures), default=Decimal(0))
    return abs(value(head) - sum(map(value, rows))) <= step * (len(rows) // 2)


def by_sums(rows: list[Row], outlined: list[Level] | None) -> list[Level]:
    """The one partition below the total in which each unit is the sum of its projects.

    Where the sums allow none (a figure is wrong) or several, `outlined` holds.
    """
    found = partitions(rows, 1)
    heads_only = [p for p in found if sums_to(rows[0], [rows[i] for i in p])]
    flat = sums_to(rows[0], rows[1:])
    if len(heads_only) == 1 and not flat:
        heads = set(heads_only[0])
        return [Level(0, TOTAL)] + [
            Level(1, UNIT) if i in heads else Level(2, PROJECT) for i in range(1, len(rows))
        ]
    if flat and not heads_only:
        return [Level(0, TOTAL)] + [Level(1, PROJECT)] * (len(rows) - 1)
    if outlined:
        return outlined
    raise Unplaced(
        "form_ambiguous",
        "the rows of the department's project table are not indented and their sums allow "
        f"{len(heads_only) + flat} readings as units and projects",
    )


MAX_READINGS = 2


def partitions(rows: list[Row], start: int) -> list[tuple[int, ...]]:
    """Ways to split rows from `start` into a head and the rows it sums, just over two at most."""
    values = [value(row) for row in rows]
    running = list(accumulate(values, initial=Decimal(0)))
    step = max((figures.step(r.figures[0].figure) for r in rows if r.figures), default=Decimal(0))
    ways: dict[int, list[tuple[int, ...]]] = {len(rows): [()]}
    for head in range(len(rows) - 2, start - 1, -1):
        found: list[tuple[int, ...]] = []
        for end in range(head + 2, len(rows) + 1):
            if not ways.get(end):
                continue
            below = running[end] - running[head + 1]
            if abs(values[head] - below) <= step * ((end - head - 1) // 2):
                found += [(head, *rest) for rest in ways[end]]
        ways[head] = found[: MAX_READINGS + 1]
    return ways.get(start, [])
