"""The cells of a ruled grid read one by one.

Here: what stands in each cell, its lines, indentation and confidence, and the doubts that a column
casts on one of its numbers. A cell with ink is never empty: what cannot be read is `?`. Not here:
recognising a line (recognition), where the cells are (rules).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

import numpy as np

from pipeline.readers.scan import numerals
from pipeline.readers.scan.image import INK, Image, Scan
from pipeline.readers.scan.recognition import DOUBTED, Reading, read_line
from pipeline.readers.scan.rules import Ruling
from pipeline.readers.scan.segments import Line, text_lines
from pipeline.readers.shapes import CERTAIN, Cell, Grid, Place

READER = "ocr"
# A cell darker than this all over is print in white on a dark ground.
DARK_SHARE = 0.5
# A character's ink is lower than the line it is set in by this share.
EM = 1.12
# Punctuation whose ink stands in the right half of its place.
RIGHT_HALF = "（《【“〔［"
# A line is full that leaves less than this share of its cell, paddings included.
FULL = 0.7
# Ink this near the border of a cell is what is left of its rules.
BORDER = 3


@dataclass(frozen=True)
class Entry:
    """One cell as read, before its column is looked at."""

    cell: Cell
    is_number: bool = False
    is_dash: bool = False


def read_grid(scan: Scan, page: Image, ruling: Ruling, usual: int, number: int) -> Grid | None:
    """A grid with what stands in its cells; null where nothing does.

    `page` is the image without rules, `usual` the height of its characters.
    """
    entries = [read_cell(scan, page, ruling, place, usual, number) for place in ruling.places]
    if not any(entry.cell.text for entry in entries):
        return None
    return grid_of(scan, ruling, tuple(doubted(entries)))


def empty_grid(scan: Scan, ruling: Ruling, number: int) -> Grid:
    """A grid whose cells are all empty."""
    cells = (cell_at(scan, ruling, place, number) for place in ruling.places)
    return grid_of(scan, ruling, tuple(cells))


def grid_of(scan: Scan, ruling: Ruling, cells: tuple[Cell, ...]) -> Grid:
    """Cells as a grid; its edges are those of the straight page."""
    return Grid(
        rows=len(ruling.levels) - 1,
        columns=len(ruling.edges) - 1,
        cells=cells,
        spans_known=True,
        edges=tuple(round(edge / scan.scale, 2) for edge in ruling.edges),
    )


def cell_at(scan: Scan, ruling: Ruling, place: tuple[int, int, int, int], number: int) -> Cell:
    """The empty cell of a place."""
    row, column, rows, columns = place
    box = scan.box(*ruling.area(place))
    return Cell(row, column, "", Place(page=number, box=box), rows, columns)


def read_cell(
    scan: Scan,
    page: Image,
    ruling: Ruling,
    place: tuple[int, int, int, int],
    usual: int,
    number: int,
) -> Entry:
    """What stands in one cell."""
    cell = cell_at(scan, ruling, place, number)
    piece = inside(page, ruling.area(place))
    found = text_lines(piece, usual) if piece.size else []
    both = [(line, read_line(piece, line, usual)) for line in found]
    lines = [line for line, reading in both if reading.text]
    readings = [reading for _, reading in both if reading.text]
    if not lines:
        # That a cell is empty was seen in an image, too.
        return Entry(replace(cell, confidence=exact(0.999), reader=READER))
    confidence = min(reading.confidence for reading in readings)
    text = indent(lines[0], readings[0], usual) + "\n".join(r.text for r in readings)
    is_number = all(reading.is_number for reading in readings)
    if is_number and not numerals.is_printed_number("".join(text.split())):
        confidence = min(confidence, DOUBTED)
    width = piece.shape[1]
    return Entry(
        replace(
            cell,
            text=text,
            confidence=exact(confidence),
            wrapped=all(forced(*pair, usual, width) for pair in pairwise(lines)),
            reader=READER,
        ),
        is_number,
        all(
            numerals.is_dash(r.text) and numerals.flat(line, usual)
            for r, line in pairs(readings, lines)
        ),
    )


def pairs(readings: list[Reading], lines: list[Line]) -> Iterable[tuple[Reading, Line]]:
    """Readings with their lines."""
    return zip(readings, lines, strict=True)


def inside(page: Image, area: tuple[int, int, int, int]) -> Image:
    """The image of a cell, its border blank, dark print on light ground."""
    x0, y0, x1, y1 = area
    piece = page[y0 + BORDER : max(y1 - BORDER, 0), x0 + BORDER : max(x1 - BORDER, 0)]
    if piece.size and float((piece < INK).mean()) > DARK_SHARE:
        return np.asarray(255 - piece, dtype=np.uint8)
    return piece


def indent(line: Line, reading: Reading, usual: int) -> str:
    """The blanks before a line, one per character that would fit there."""
    em = EM * max(usual, line.height if not reading.is_number else 0)
    em = min(em, 1.3 * EM * usual)
    offset = line.x0 + BORDER - (0.4 * em if reading.text[:1] in RIGHT_HALF else 0)
    return "\u3000" * int(offset / em)


def forced(upper: Line, lower: Line, usual: int, width: int) -> bool:
    """Whether a line could not have held the first character of the next one."""
    wanted = min(usual, lower.x1 - lower.x0)
    return upper.x1 - upper.x0 + wanted > FULL * width


def doubted(entries: list[Entry]) -> list[Cell]:
    """The cells, with less confidence in odd or spanning numbers, and dashes as dashes."""
    columns: dict[int, list[int]] = {}
    for index, entry in enumerate(entries):
        columns.setdefault(entry.cell.column, []).append(index)
    cells = [entry.cell for entry in entries]
    for members in columns.values():
        numbers = [index for index in members if entries[index].is_number]
        for index in numbers:
            # Where a rule faded, a figure seems to stand in its neighbour's column too.
            if cells[index].row_span > 1 or cells[index].column_span > 1:
                cells[index] = less_sure(cells[index])
        for odd in numerals.odd_ones([cells[index].text.strip() for index in numbers]):
            cells[numbers[odd]] = less_sure(cells[numbers[odd]])
        for index in members:
            if entries[index].is_dash and (numbers or len(cells[index].text.strip()) > 1):
                cells[index] = replace(cells[index], text="—")
    return cells


def less_sure(cell: Cell) -> Cell:
    """A cell that is doubted."""
    return replace(cell, confidence=min(cell.confidence, exact(DOUBTED)))


def exact(confidence: float) -> Decimal:
    """A confidence with three places, below certainty."""
    rounded = Decimal(int(confidence * 1000)).scaleb(-3)
    return min(max(rounded, Decimal("0.000")), CERTAIN - Decimal("0.001"))
