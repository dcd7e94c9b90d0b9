"""Lines of text that stand in no grid.

Here: finding them by detection, reading them, and pieces of one line put together. Not here:
tables.
"""

from __future__ import annotations

import numpy as np

from pipeline.readers.scan.engine import text_boxes
from pipeline.readers.scan.image import Image, Scan, opencv
from pipeline.readers.scan.recognition import UNREADABLE, Reading, read_line
from pipeline.readers.scan.rules import Ruling
from pipeline.readers.scan.segments import Line, blobs
from pipeline.readers.shapes import Paragraph, Place

Area = tuple[int, int, int, int]
# Detection sees a page at half its size as well and in a fifth of the time.
REDUCED = 0.5
# Detected boxes leave this much around the ink.
AROUND = 3
# A gap wider than this share of a line's height parts two words.
WORD_GAP = 0.6
# Below this, on the average of a line, a reading is dirt and not text.
LEGIBLE = 0.5


def read_lines(
    scan: Scan, page: Image, rulings: tuple[Ruling, ...], usual: int, number: int
) -> list[Paragraph]:
    """The lines outside the grids of a page, from top to bottom."""
    rest = page.copy()
    for ruling in rulings:
        rest[
            ruling.levels[0] - AROUND : ruling.levels[-1] + AROUND,
            max(ruling.edges[0] - AROUND, 0) : ruling.edges[-1] + AROUND,
        ] = 255
    if not blobs(rest):
        return []
    found = []
    for row in rows(detected(rest)):
        pieces = [(area, reading) for area in row if (reading := read_area(rest, area, usual))]
        if pieces:
            found.append(paragraph(scan, pieces, number))
    return found


def detected(page: Image) -> list[Area]:
    """The boxes of text on a page."""
    cv = opencv()
    small = cv.resize(page, None, fx=REDUCED, fy=REDUCED, interpolation=cv.INTER_AREA)
    return [
        (round(x0 / REDUCED), round(y0 / REDUCED), round(x1 / REDUCED), round(y1 / REDUCED))
        for x0, y0, x1, y1 in text_boxes(small)
    ]


def rows(areas: list[Area]) -> list[list[Area]]:
    """Boxes as lines from top to bottom, each from left to right."""
    lines: list[list[Area]] = []
    for area in sorted(areas, key=lambda a: (a[1] + a[3], a[0])):
        last = lines[-1][0] if lines else None
        if last and min(last[3], area[3]) - max(last[1], area[1]) > 0.5 * min(
            last[3] - last[1], area[3] - area[1]
        ):
            lines[-1].append(area)
        else:
            lines.append([area])
    return [sorted(line) for line in lines]


def read_area(page: Image, area: Area, usual: int) -> Reading | None:
    """What a detected box says; null where it bears no legible text."""
    x0, y0, x1, y1 = area
    piece = page[y0:y1, x0:x1]
    ink = blobs(piece)
    if not ink:
        return None
    line = Line(0, 0, x1 - x0, y1 - y0, tuple(sorted(ink, key=lambda b: (b.x0, b.y0))))
    reading = read_line(np.ascontiguousarray(piece), line, min(usual, y1 - y0))
    legible = reading.text != UNREADABLE and reading.confidence >= LEGIBLE
    return reading if legible or reading.is_number else None


def paragraph(scan: Scan, pieces: list[tuple[Area, Reading]], number: int) -> Paragraph:
    """The pieces of one line as a paragraph."""
    text, end = "", None
    for (x0, y0, x1, y1), reading in pieces:
        if end is not None and x0 - end > WORD_GAP * (y1 - y0):
            text += " "
        text += reading.text
        end = x1
    areas = [area for area, _ in pieces]
    box = scan.box(
        min(a[0] for a in areas),
        min(a[1] for a in areas),
        max(a[2] for a in areas),
        max(a[3] for a in areas),
    )
    return Paragraph(text, Place(page=number, box=box))
