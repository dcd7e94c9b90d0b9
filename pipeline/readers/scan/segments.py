"""Where the lines of text stand in a piece of a page, told from the blobs of its ink.

Here: specks against print, blobs to lines, lines cut apart that touch. Not here: what the lines
say (recognition).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.scan.image import INK, Image, opencv

# Ink no larger than this, both ways, is dust where nothing larger stands with it.
DUST = 7
# Ink no larger than this is noise everywhere.
SPECK = 3
# Ink of punctuation is no less than this.
MARK = 10
# The strokes of digits are darker than this, or wider.
SHADE, SHADE_WIDTH = 130, 2
# Between two lines there is less ink than this share of the mean row.
VALLEY = 0.3
# Heights of blobs that may be characters.
LEAST, MOST = 10, 70
USUAL_HEIGHT = 24


@dataclass(frozen=True)
class Blob:
    """A connected piece of ink."""

    x0: int
    y0: int
    x1: int
    y1: int
    area: int

    @property
    def height(self) -> int:
        """From top to bottom."""
        return self.y1 - self.y0

    @property
    def is_small(self) -> bool:
        """Whether this may be dust: it is smaller than a dash."""
        return max(self.x1 - self.x0, self.height) <= DUST


@dataclass(frozen=True)
class Line:
    """A line of text: its extent, and the blobs in it from left to right."""

    x0: int
    y0: int
    x1: int
    y1: int
    blobs: tuple[Blob, ...]

    @property
    def height(self) -> int:
        """From top to bottom."""
        return self.y1 - self.y0


def usual_height(grey: Image) -> int:
    """How tall the characters of a page are, most of them in pieces."""
    heights = [b.height for b in blobs(grey) if LEAST <= b.height <= MOST and b.x1 - b.x0 <= MOST]
    return round(float(np.percentile(heights, 75))) if heights else USUAL_HEIGHT


def blobs(piece: Image) -> list[Blob]:
    """The connected pieces of ink that are larger than specks."""
    cv = opencv()
    ink = (piece < INK).astype(np.uint8)
    _, _, stats, _ = cv.connectedComponentsWithStats(ink, connectivity=8)
    large = stats[1:][np.maximum(stats[1:, 2], stats[1:, 3]) > SPECK]
    found = [Blob(int(x), int(y), int(x + w), int(y + h), int(a)) for x, y, w, h, a in large]
    return [blob for blob in found if not is_shade(piece, blob)]


def is_shade(piece: Image, blob: Blob) -> bool:
    """Whether a blob is the faint upright edge that a seal leaves where a JPEG's blocks meet."""
    if blob.x1 - blob.x0 > SHADE_WIDTH or blob.height < LEAST:
        return False
    return int(piece[blob.y0 : blob.y1, blob.x0 : blob.x1].min()) > SHADE


def text_lines(piece: Image, usual: int) -> list[Line]:
    """The lines of a piece of a page from top to bottom; none where it bears dust at most."""
    found = blobs(piece)
    groups: list[list[Blob]] = []
    for blob in sorted(found, key=lambda b: (-b.height, b.y0, b.x0)):
        home = min(
            (g for g in groups if belongs(blob, g, usual)),
            key=lambda g: (not beside(blob, g), distance(blob, g), top(g)),
            default=None,
        )
        if home is None:
            groups.append([blob])
        else:
            home.append(blob)
    lines = [line_of(group) for group in groups if not is_dust(group)]
    cut = [part for line in lines for part in untouched(piece, line, usual)]
    return sorted(cut, key=lambda line: (line.y0, line.x0))


def belongs(blob: Blob, group: list[Blob], usual: int) -> bool:
    """Whether a blob stands in the line of taller blobs, or completes its characters."""
    if beside(blob, group):
        return True
    upper, lower = top(group), bottom(group)
    shared = min(blob.y1, lower) - max(blob.y0, upper)
    whole = max(blob.y1, lower) - min(blob.y0, upper)
    return -shared <= 0.35 * usual and whole <= 1.35 * max(usual, max(b.height for b in group))


def beside(blob: Blob, group: list[Blob]) -> bool:
    """Whether a blob stands at the height of a line."""
    upper, lower = top(group), bottom(group)
    shared = min(blob.y1, lower) - max(blob.y0, upper)
    return shared >= 0.5 * min(blob.height, lower - upper)


def distance(blob: Blob, group: list[Blob]) -> float:
    """How far a blob's middle is from the middle of a line."""
    return abs(blob.y0 + blob.y1 - top(group) - bottom(group)) / 2


def top(group: list[Blob]) -> int:
    """Where the highest blob begins."""
    return min(b.y0 for b in group)


def bottom(group: list[Blob]) -> int:
    """Where the lowest blob ends."""
    return max(b.y1 for b in group)


def is_dust(group: list[Blob]) -> bool:
    """Whether nothing in a line is large enough for a dash, nor three dots in a row."""
    dots = [b for b in group if b.area >= MARK]
    in_a_row = len(dots) >= 3 and max(b.y0 for b in dots) - min(b.y0 for b in dots) <= 2
    return all(blob.is_small for blob in group) and not in_a_row


def line_of(group: list[Blob]) -> Line:
    """Blobs as a line; of the dust beside them, only what may be its punctuation widens it."""
    sure = [b for b in group if not b.is_small] or group
    tall = max(b.height for b in sure)
    x0, x1 = min(b.x0 for b in sure), max(b.x1 for b in sure)
    marks = [
        b
        for b in group
        if b.is_small and b.area >= MARK and x0 - tall <= b.x0 and b.x1 <= x1 + tall
    ]
    ordered = tuple(sorted(group, key=lambda b: (b.x0, b.y0)))
    top_, bottom_ = min(b.y0 for b in sure), max(b.y1 for b in sure)
    left = min([x0, *(b.x0 for b in marks)])
    right = max([x1, *(b.x1 for b in marks)])
    return Line(left, top_, right, bottom_, ordered)


def trimmed(line: Line) -> Line:
    """A line up to its last large blob: a number neither begins nor ends with a mark."""
    sure = [b for b in line.blobs if not b.is_small]
    if not sure:
        return line
    return replace(line, x0=min(b.x0 for b in sure), x1=max(b.x1 for b in sure))


def untouched(piece: Image, line: Line, usual: int) -> list[Line]:
    """The lines that touch each other and came as one, cut where there is least ink.

    A line of large print is tall too: it has characters about as wide as tall.
    """
    large = any(
        b.height > 1.3 * usual and 0.75 * b.height <= b.x1 - b.x0 <= 1.3 * b.height
        for b in line.blobs
    )
    parts = round(line.height / (1.2 * usual))
    if large or parts < 2 or line.height < 1.8 * usual:
        return [line]
    ink: NDArray[np.int64] = (piece[line.y0 : line.y1, line.x0 : line.x1] < INK).sum(axis=1)
    bounds = [0]
    for part in range(1, parts):
        middle, reach = line.height * part // parts, usual // 3
        window = ink[middle - reach : middle + reach + 1]
        if window.min() > VALLEY * ink.mean():
            return [line]
        bounds.append(middle - reach + int(window.argmin()))
    bounds.append(line.height)
    return [
        Line(line.x0, line.y0 + upper, line.x1, line.y0 + lower, line.blobs)
        for upper, lower in pairwise(bounds)
    ]
