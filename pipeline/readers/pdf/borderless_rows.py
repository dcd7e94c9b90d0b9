"""The rows of a table without rules: figures in columns, wrapped lines, one row under another.

Here: words under a header to cells in rows. Whatever has no certain place raises `Unsure`. Not
here: the header (borderless_header), and which lines are a table (borderless).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from pipeline.readers.pdf.borderless_parts import (
    Block,
    Line,
    Stretch,
    Unsure,
    Word,
    height_of,
    is_figured,
    is_numbering,
    stretches,
)

# In glyph heights: lines of one cell, at most and in the loosest print; words that begin or end
# together; lines of one row; what a line may leave of its column when the next one is its rest.
WRAP, LOOSE, ALIGNED, LEVEL, ROOM = 1.35, 2.0, 0.4, 0.25, 1.3
# As shares of the distance of two rows: lines of one cell are nearer, rows are not.
WITHIN, BETWEEN = 0.9, 0.95
FEWEST_ROWS = 2

# A number before a label: a line that begins so is no rest of the one above.
OPENING = re.compile(r"[①-⑳]|[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.．)）]|其中[:：]")

Placed = tuple[int, int, Block]


@dataclass(frozen=True)
class Body:
    """The rows under a header, and the columns they take up."""

    lines: list[Line]
    columns: list[Stretch]
    pitch: float
    height: float


def body_start(lines: list[Line]) -> int:
    """The first line under the header."""
    first = next((n for n, x in enumerate(lines) if is_figured(x) or is_numbering(x)), None)
    if first is None:
        raise Unsure("no figures")
    if is_numbering(lines[first]):
        return first
    lefts = Counter(
        round(word.x0) for line in lines[first:] for word in line if not word.is_numeric
    )
    usual = [x for x, count in lefts.items() if count > 1]
    near = ALIGNED * height_of(lines[first])
    while first and all(any(abs(w.x0 - x) <= near for x in usual) for w in lines[first - 1]):
        first -= 1
    return first


def measured(lines: list[Line]) -> Body:
    """The body with its columns; raises `Unsure` where figures do not stand in columns."""
    if any(word.is_glued for line in lines for word in line):
        raise Unsure("an amount touches other text")
    marked = [line for line in lines if is_figured(line) or is_numbering(line)]
    if sum(map(is_figured, lines)) < FEWEST_ROWS:
        raise Unsure("too few rows")
    height = max(height_of(line) for line in marked)
    pitch = min(b[0].baseline - a[0].baseline for a, b in pairwise(marked))
    if pitch < height:
        raise Unsure("figures overlap")
    plain = [line for line in lines if not is_numbering(line)]
    found = stretches(word for line in plain for word in line if not is_lone(word, line))
    for line in plain:
        for word in line:
            if is_lone(word, line) and sum(s.meets(word.x0, word.x1) for s in found) < 2:
                found = with_word(found, word)
    for stretch in found:
        check_column(stretch, plain)
    return Body(lines, found, pitch, height)


def is_lone(word: Word, line: Line) -> bool:
    """Whether a word is the only one beside amounts: a total may reach over several columns."""
    return not word.is_amount and is_figured(line) and sum(not w.is_amount for w in line) == 1


def with_word(found: list[Stretch], word: Word) -> list[Stretch]:
    """Stretches with that of one word, which meets at most one of them."""
    met = [s for s in found if s.meets(word.x0, word.x1)]
    own = Stretch(min([word.x0, *(s.x0 for s in met)]), max([word.x1, *(s.x1 for s in met)]))
    kept = [s for s in found if s not in met]
    return sorted([*kept, own], key=lambda s: s.x0)


def check_column(stretch: Stretch, lines: list[Line]) -> None:
    """Raise `Unsure` where a column has figures and anything else, or figures out of line."""
    held = [[w for w in line if stretch.meets(w.x0, w.x1)] for line in lines]
    inside = [word for line in held for word in line]
    if not any(word.is_amount for word in inside):
        if any(len(line) > 1 and any(w.is_numeric for w in line) for line in held):
            raise Unsure("two numbers in one cell")
        return
    if any(len(line) > 1 for line in held):
        raise Unsure("two words in one cell of figures")
    if not all(word.is_figure for word in inside):
        raise Unsure("text among figures")
    near = ALIGNED * max(word.height for word in inside)
    spread = [
        max(ends) - min(ends)
        for ends in (
            [w.x1 for w in inside],
            [w.x0 for w in inside],
            [(w.x0 + w.x1) / 2 for w in inside],
        )
    ]
    if min(spread) > near:
        raise Unsure("figures out of line")


def rows_of(body: Body, places: list[Stretch]) -> list[list[Placed]]:
    """The rows from top to bottom: each cell with its first column, its last one and its lines."""
    cells = blocks_of(body, places)
    try:
        return parted(cells, body, places, "centre")
    except Unsure:
        return parted(cells, body, places, "first")


def blocks_of(body: Body, places: list[Stretch]) -> list[Placed]:
    """The words of the body as cells, wrapped lines joined."""
    limit = min(WRAP * body.height, WITHIN * body.pitch)
    done: list[Placed] = []
    last: dict[int, int] = {}
    for line in body.lines:
        held: dict[tuple[int, int], list[Word]] = {}
        for word in line:
            over = [n for n, place in enumerate(places) if place.meets(word.x0, word.x1)]
            if not over:
                raise Unsure("a word stands in no column")
            held.setdefault((over[0], over[-1]), []).append(word)
        for (first, end), found in held.items():
            own = tuple(found)
            number = last.get(first)
            if first == end and number is not None:
                _, _, upper = done[number]
                near = own[0].baseline - upper.last <= limit
                if near and any(w.is_numeric for w in (*own, *upper.lines[-1])):
                    raise Unsure("a figure on two lines")
                if near and is_full(upper, places[first], body.height):
                    done[number] = (first, end, Block((*upper.lines, own)))
                    continue
            done.append((first, end, Block((own,))))
            if first == end:
                last[first] = len(done) - 1
    return done


def is_full(block: Block, place: Stretch, height: float) -> bool:
    """Whether a cell's last line had no room for one more character."""
    return block.lines[-1][-1].x1 >= place.x1 - ROOM * height


def parted(cells: list[Placed], body: Body, places: list[Stretch], by: str) -> list[list[Placed]]:
    """Cells as rows whose cells share their centre, or their first line."""
    rows: list[list[Placed]] = []
    levels: list[float] = []
    for cell in sorted(cells, key=lambda c: (getattr(c[2], by), c[0])):
        level = getattr(cell[2], by)
        if rows and level - levels[-1] <= LEVEL * body.height:
            rows[-1].append(cell)
        else:
            rows.append([cell])
            levels.append(level)
    for row in rows:
        check_row(row)
    wrapped = any(len(block.lines) > 1 for _, _, block in cells)
    for upper, lower in pairwise(rows):
        check_rows(upper, lower, body, places, wrapped)
    return rows


def check_top(heads: list[Block], row: list[Placed], body: Body, places: list[Stretch]) -> None:
    """Raise `Unsure` where the lowest line of the header may be the start of the first row."""
    for first, _, block in row:
        head = heads[first]
        gap = block.first - head.last
        if gap < BETWEEN * body.pitch:
            raise Unsure("the first row is too near to its header")
        if all(word.is_numeric for word in block.lines[0]):
            continue
        aligned = abs(head.lines[-1][0].x0 - block.x0) <= ALIGNED * body.height
        near = gap <= LOOSE * body.height
        if aligned and near and is_full(head, places[first], body.height):
            raise Unsure("a line may be a header or the start of a label")


def check_row(row: list[Placed]) -> None:
    """Raise `Unsure` where two cells of a row share a column, or figures have no label."""
    taken = [column for first, end, _ in row for column in range(first, end + 1)]
    if len(taken) != len(set(taken)):
        raise Unsure("two cells of one row in one column")
    if all(block.is_figure for _, _, block in row):
        raise Unsure("figures without a label")


def check_rows(
    upper: list[Placed], lower: list[Placed], body: Body, at: list[Stretch], wrapped: bool
) -> None:
    """Raise `Unsure` where two rows overlap, or the lower may be the rest of the upper."""
    gap = min(b.first for _, _, b in lower) - max(b.last for _, _, b in upper)
    if gap < BETWEEN * body.pitch:
        raise Unsure("rows overlap")
    bare = any(not any(b.is_figure for _, _, b in row) for row in (upper, lower))
    # Where wrapped lines are seen to be nearer than rows, this is a row.
    if not bare or wrapped or gap > LOOSE * body.height:
        return
    below = {first for first, _, block in lower if not OPENING.match(block.text)}
    for first, _, block in upper:
        if first in below and not block.is_figure and is_full(block, at[first], body.height):
            raise Unsure("a line may be a row or the rest of one")
