"""The header of a table without rules: which column a header word heads, how many it spans.

Here: header words to header cells, and columns that only the header shows. A word that is centred
over several columns spans them; where another reading is nearly as good, nobody knows (`Unsure`).
Not here: the rows under the header (borderless).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

from pipeline.readers.pdf.borderless_parts import Block, Line, Stretch, Unsure, Word

# Lines of one header cell are this near and this well centred, in glyph heights.
WRAP, CENTRED = 1.35, 0.35
# Two header cells nearer than this from top to bottom share a row of the header.
SHARED = 1.05
# A spanning word stands this near to the centre of its columns, as a share of their width, and
# every other choice is at least so many times worse.
OFF_CENTRE, WORSE = 0.1, 2.0
# The glyphs of one spaced word (项　目) are this near, in glyph heights.
SPACED = 3.5
# More than this is no header, and no time is spent on it.
MOST_GROUPS, MOST_COLUMNS = 6, 16

Places = list[tuple[Block, tuple[int, int]]]


@dataclass(frozen=True)
class Headed:
    """A header cell with its place."""

    block: Block
    row: int
    column: int
    row_span: int
    column_span: int


def header_blocks(lines: list[Line]) -> list[Block]:
    """Header words with the lines of one cell joined."""
    blocks: list[Block] = []
    for line in lines:
        for group in respaced(line):
            block = Block((group,))
            upper = next((b for b in reversed(blocks) if wraps(b, block)), None)
            if upper is None:
                blocks.append(block)
            else:
                blocks[blocks.index(upper)] = Block((*upper.lines, group))
    return blocks


def respaced(line: Line) -> list[tuple[Word, ...]]:
    """The words of a header line, single glyphs near each other taken as one spaced word."""
    groups: list[tuple[Word, ...]] = []
    for word in line:
        last = groups[-1][-1] if groups else None
        single = last is not None and len(last.text) == 1 and len(word.text) == 1
        if last is not None and single and word.x0 - last.x1 <= SPACED * word.height:
            groups[-1] = (*groups[-1], word)
        else:
            groups.append((word,))
    return groups


def wraps(upper: Block, lower: Block) -> bool:
    """Whether a header line goes on in the one below it."""
    height = lower.lines[0][0].height
    gap = lower.first - upper.last
    return (
        0.5 * height < gap <= WRAP * height
        and abs(upper.middle - lower.middle) <= CENTRED * height
        and upper.x1 - upper.x0 >= lower.x1 - lower.x0 - CENTRED * height
    )


def leaves(blocks: list[Block], body: list[Stretch]) -> list[Block]:
    """The header cells that reach down to the body, from left to right."""
    lowest = max(block.last for block in blocks)
    height = blocks[0].lines[0][0].height
    top = max(b.first for b in blocks if lowest - b.last <= CENTRED * height)
    found = [b for b in blocks if b.last > top - SHARED * height]
    for block in blocks:
        if block in found:
            continue
        under = [s for s in body if s.meets(block.x0, block.x1)]
        # Over a column that nothing else heads: it reaches down by itself.
        if under and not any(s.meets(b.x0, b.x1) for s in under for b in found):
            found.append(block)
    return sorted(found, key=lambda block: block.x0)


def columns(heads: list[Block], body: list[Stretch]) -> list[tuple[Stretch, Block]]:
    """Every column with its header cell, those with nothing but a header put between."""
    owner: dict[int, int] = {}
    for number, stretch in enumerate(body):
        over = [n for n, head in enumerate(heads) if stretch.meets(head.x0, head.x1)]
        if len(over) > 1 or (over and over[0] in owner.values()):
            raise Unsure("columns and header words do not pair")
        if over:
            owner[number] = over[0]
    anchors = [(-1, -1), *sorted(owner.items()), (len(body), len(heads))]
    for (upper, above), (lower, below) in pairwise(anchors):
        unheaded, idle = range(upper + 1, lower), range(above + 1, below)
        # As many words as columns without one: each heads the one in its turn.
        if unheaded and len(unheaded) != len(idle):
            raise Unsure("a column has no header word of its own")
        for number, head in zip(unheaded, idle, strict=False):
            if not are_nearest(number, head, heads, body):
                raise Unsure("a header word stands nearer to another column")
            owner[number] = head
    taken = {head: body[number] for number, head in owner.items()}
    found = []
    for number, block in enumerate(heads):
        own = taken.get(number, Stretch(block.x0, block.x1))
        found.append((Stretch(min(own.x0, block.x0), max(own.x1, block.x1)), block))
    if any(left.x1 > right.x0 for (left, _), (right, _) in pairwise(found)):
        raise Unsure("columns overlap")
    return found


def are_nearest(number: int, head: int, heads: list[Block], body: list[Stretch]) -> bool:
    """Whether a column and a header word stand nearer to each other than to any other."""

    def apart(stretch: Stretch, block: Block) -> float:
        return max(block.x0 - stretch.x1, stretch.x0 - block.x1)

    own = apart(body[number], heads[head])
    others = [apart(body[number], one) for n, one in enumerate(heads) if n != head]
    others += [apart(one, heads[head]) for n, one in enumerate(body) if n != number]
    return all(own < other for other in others)


def header_cells(
    blocks: list[Block], heads: list[Block], edges: list[float]
) -> tuple[list[Headed], int]:
    """Header cells in their places, and how many rows the header has."""
    groups = sorted((b for b in blocks if b not in heads), key=lambda b: b.centre)
    levels: list[list[Block]] = []
    for block in groups:
        height = block.lines[0][0].height
        if levels and block.centre - levels[-1][0].centre <= CENTRED * height:
            levels[-1].append(block)
        else:
            levels.append([block])
    rows = len(levels) + 1
    depth = [0] * len(heads)
    cells = []
    for level, row_blocks in enumerate(levels):
        deepest = level == len(levels) - 1
        places = covers(row_blocks, heads, edges) if deepest else spans(row_blocks, edges)
        for block, (first, last) in places:
            tops = {depth[column] for column in range(first, last + 1)}
            if len(tops) > 1 or level + 1 in tops:
                raise Unsure("header cells overlap")
            top = tops.pop()
            cells.append(Headed(block, top, first, level + 1 - top, last + 1 - first))
            depth[first : last + 1] = [level + 1] * (last + 1 - first)
    for column, head in enumerate(heads):
        cells.append(Headed(head, depth[column], column, rows - depth[column], 1))
    return cells, rows


def covers(groups: list[Block], heads: list[Block], edges: list[float]) -> Places:
    """The columns under each word of the row above the lowest one.

    Header cells without a word above them are centred on the whole height of the header: they stand
    higher than those that have one. Side by side, these are covered by the words above them.
    """
    height = heads[0].lines[0][0].height
    lowest = max(head.centre for head in heads)
    runs: list[list[int]] = []
    for column, head in enumerate(heads):
        if lowest - head.centre > CENTRED * height:
            continue
        if runs and runs[-1][-1] == column - 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    places: Places = []
    for run in runs:
        x0, x1 = edges[run[0]], edges[run[-1] + 1]
        own = sorted((b for b in groups if x0 <= b.middle <= x1), key=lambda b: b.x0)
        if own:
            places += divided(run, own, edges)
    if len(places) != len(groups):
        raise Unsure("a header word stands over no columns")
    return places


def divided(run: list[int], groups: list[Block], edges: list[float]) -> Places:
    """Neighbouring columns divided among the words above them, each centred over its own."""
    if len(groups) > MOST_GROUPS or len(run) > MOST_COLUMNS:
        raise Unsure("too many header cells")
    choices = []
    for cuts in combinations(run[1:], len(groups) - 1):
        starts = [run[0], *cuts]
        ends = [*(cut - 1 for cut in cuts), run[-1]]
        places = list(zip(groups, zip(starts, ends, strict=True), strict=True))
        choices.append((max(off_centre(*place, edges) for place in places), places))
    choices.sort(key=lambda choice: choice[0])
    if not choices or choices[0][0] > OFF_CENTRE:
        raise Unsure("a header word is centred over no columns")
    if len(choices) > 1 and choices[1][0] < WORSE * max(choices[0][0], OFF_CENTRE / 2):
        raise Unsure("a header word may span more columns or fewer")
    return choices[0][1]


def off_centre(block: Block, place: tuple[int, int], edges: list[float]) -> float:
    """How far a word stands from the centre of columns, as a share of their width."""
    x0, x1 = edges[place[0]], edges[place[1] + 1]
    inside = x0 <= block.x0 and block.x1 <= x1
    return abs(block.middle - (x0 + x1) / 2) / (x1 - x0) if inside else 1.0


def spans(groups: list[Block], edges: list[float]) -> Places:
    """The columns each word of a higher row is centred over."""
    return [(block, span(block, edges)) for block in groups]


def span(block: Block, edges: list[float]) -> tuple[int, int]:
    """The first and the last column a header word is centred over."""
    choices = []
    for first in range(len(edges) - 1):
        for last in range(first, len(edges) - 1):
            x0, x1 = edges[first], edges[last + 1]
            if x0 <= block.x0 and block.x1 <= x1:
                choices.append((abs(block.middle - (x0 + x1) / 2), x1 - x0, first, last))
    choices.sort()
    if not choices:
        raise Unsure("a header word stands over no columns")
    off, width, first, last = choices[0]
    if off > OFF_CENTRE * width:
        raise Unsure("a header word is centred over no columns")
    if len(choices) > 1 and choices[1][0] < WORSE * max(off, block.lines[0][0].height / 2):
        raise Unsure("a header word may span more columns or fewer")
    return first, last
