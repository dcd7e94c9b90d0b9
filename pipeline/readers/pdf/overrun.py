"""Figures that overrun a rule: put into one cell whole, never torn in two.

A figure wider than its cell is printed over the rule beside it. By their centres its digits would
go to two cells, and both halves may look like figures. Here: telling such a figure by the digit
that the rule cuts, and giving all of it to the cell that holds most of it. Not here: figures that
merely stand close to each other on both sides of a rule (filling).
"""

from __future__ import annotations

from pipeline.readers.pdf.glyphs import Glyph

NUMERALS = frozenset("0123456789.,")
# A rule cuts a digit that reaches further beyond it than this share of its width.
CUT = 0.12
# Digits of one figure stand closer than this share of their height, on one baseline.
CLOSE, LEVEL = 0.25, 0.2

Held = dict[tuple[int, int], list[Glyph]]


def reunited(held: Held, xs: tuple[float, ...], merged: dict[tuple[int, int], int]) -> Held:
    """The glyphs of each place, every figure in one of them.

    `merged` numbers the cell that covers each place: within a merged cell nothing is torn.
    """
    moved = dict(held)
    for row, column in sorted(held):
        for beside in (column - 1, column + 1):
            apart = merged.get((row, column)) != merged.get((row, beside))
            if not 0 <= beside < len(xs) - 1 or not apart:
                continue
            rule = xs[max(column, beside)]
            cut = [g for g in moved.get((row, column), ()) if is_cut(g, rule)]
            for glyph in cut:
                join(moved, (row, min(column, beside)), (row, max(column, beside)), glyph)
    return moved


def taken_in(held: Held, outside: list[Glyph], xs: tuple[float, ...]) -> list[Glyph]:
    """What stays outside a table: figures that overrun its first or last rule go back in whole."""
    left = outside
    for place, group in list(held.items()):
        if place[1] not in (0, len(xs) - 2):
            continue
        rules = [xs[0]] * (place[1] == 0) + [xs[-1]] * (place[1] == len(xs) - 2)
        near = [g for g in left if g.character in NUMERALS and level_with(g, group)]
        for rule in rules:
            for cut in [g for g in (*group, *near) if is_cut(g, rule)]:
                figure = set(run([*group, *near], cut))
                if not figure.isdisjoint(group):
                    back = [g for g in near if g in figure]
                    held[place] = [*held[place], *back]
                    gone = set(back)
                    left = [g for g in left if g not in gone]
    return left


def level_with(glyph: Glyph, group: list[Glyph]) -> bool:
    """Whether a glyph stands on the baseline of one of a group."""
    return any(abs(glyph.baseline - g.baseline) <= LEVEL * g.height for g in group)


def overruns(held: Held, xs: tuple[float, ...]) -> bool:
    """Whether any glyph reaches over the rule beside it."""
    return any(
        glyph.x0 < xs[column] or glyph.x1 > xs[column + 1]
        for (_, column), group in held.items()
        for glyph in group
    )


def is_cut(glyph: Glyph, rule: float) -> bool:
    """Whether a rule runs through a digit."""
    margin = CUT * (glyph.x1 - glyph.x0)
    inside = glyph.x0 + margin < rule < glyph.x1 - margin
    return inside and glyph.character in NUMERALS and glyph.quarter == 0


def join(held: Held, left: tuple[int, int], right: tuple[int, int], cut: Glyph) -> None:
    """The figure that holds a cut digit, moved whole to the place with more of it."""
    in_cell = {place: set(held.get(place, ())) for place in (left, right)}
    figure = run([*in_cell[left], *in_cell[right]], cut)
    in_left = [g for g in figure if g in in_cell[left]]
    in_right = [g for g in figure if g in in_cell[right]]
    if not in_left or not in_right:
        return
    source, target, part = (
        (left, right, in_left) if len(in_left) <= len(in_right) else (right, left, in_right)
    )
    gone = set(part)
    held[source] = [g for g in held[source] if g not in gone]
    held[target] = [*held.get(target, []), *part]


def run(glyphs: list[Glyph], cut: Glyph) -> list[Glyph]:
    """The numerals of a line that stand close to each other around a cut digit."""
    level = LEVEL * cut.height
    line = sorted(
        {g for g in glyphs if g.character in NUMERALS and abs(g.baseline - cut.baseline) <= level}
        | {cut},
        key=lambda g: g.x0,
    )
    at = line.index(cut)
    first = last = at
    while first and line[first].x0 - line[first - 1].x1 <= CLOSE * cut.height:
        first -= 1
    while last + 1 < len(line) and line[last + 1].x0 - line[last].x1 <= CLOSE * cut.height:
        last += 1
    return line[first : last + 1]
