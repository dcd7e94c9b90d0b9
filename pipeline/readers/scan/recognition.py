"""Lines of an image to text with an honest confidence.

Here: one reading for words, two or three for numbers. A number is trusted only where all
readings of its image, made ready in different ways, agree on every digit and mark, and its ink
shows no mark that was not read. Not here: where the lines are (segments) and columns of numbers
(cells).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from pipeline.readers import shapes
from pipeline.readers.scan import engine, numerals
from pipeline.readers.scan.engine import Probabilities, Read
from pipeline.readers.scan.image import Image, opencv
from pipeline.readers.scan.segments import Line, trimmed

UNREADABLE = "?"
DOUBTED = float(shapes.DOUBTED)
HIGHEST = 0.999
# Blank around a line, in shares of the usual height of characters.
MARGIN = 0.25
SECOND_MARGIN, SECOND_STRETCH = 0.45, 0.9
# Below this, a third reading is asked.
SURE = 0.98
# Below this, a number is doubted though all readings agree.
LEAST_SURE = 0.8
# Digits further apart than this belong to two numbers.
TWO_NUMBERS = 1.1


@dataclass(frozen=True)
class Reading:
    """What a line says, how sure that is, and whether it is a number."""

    text: str
    confidence: float
    is_number: bool = False


def read_line(piece: Image, line: Line, usual: int) -> Reading:
    """The text of one line of a piece of a page."""
    first = engine.probabilities(cropped(piece, line, usual, MARGIN))
    free = engine.decoded(first)
    if numerals.is_number_like(free.text) and numerals.has_outer_mark(free.text):
        line = trimmed(line)
        first = engine.probabilities(cropped(piece, line, usual, MARGIN))
        free = engine.decoded(first)
    if not free.text.strip():
        return Reading("" if only_dots(line, usual) else UNREADABLE, 0.0)
    if numerals.is_number_like(free.text):
        return read_number(piece, line, usual, first, free)
    return Reading(free.text.strip(), min(mean(free), HIGHEST))


def only_dots(line: Line, usual: int) -> bool:
    """Whether a line that says nothing has ink no larger than dirt."""
    return all(max(b.x1 - b.x0, b.height) <= 0.5 * usual for b in line.blobs)


def read_number(piece: Image, line: Line, usual: int, steps: Probabilities, free: Read) -> Reading:
    """A line of digits, read twice, and once more where a character is in doubt."""
    if numerals.widest_gap(line) > TWO_NUMBERS * usual:
        return Reading(free.text.strip(), min(mean(free), DOUBTED))
    read = [as_number(steps), again(sharpened(cropped(piece, line, usual, SECOND_MARGIN)))]
    if least(read) < SURE:
        read.append(again(darkened(cropped(piece, line, usual, MARGIN))))
    text = read[0].text
    trusted = (
        all(one.text == text for one in read)
        and text == numerals.plain(free.text)
        and numerals.is_printed_number(text)
        and numerals.marks_on_baseline(line) <= numerals.separators(text)
    )
    probable = least(read)
    confidence = min(probable, HIGHEST if trusted and probable >= LEAST_SURE else DOUBTED)
    return Reading(text or free.text.strip(), confidence, is_number=True)


def again(crop: Image) -> Read:
    """Another reading of a number."""
    return as_number(engine.probabilities(crop, SECOND_STRETCH))


def least(read: list[Read]) -> float:
    """The probability of the least probable character of several readings."""
    return min((p for one in read for p in one.probabilities), default=0.0)


def as_number(steps: Probabilities) -> Read:
    """The most probable number: characters that print the same count as one."""
    found = np.stack(
        [steps[:, 0], *(steps[:, list(places)].sum(axis=1) for places in numeral_places())], axis=1
    )
    best = found.argmax(axis=1)
    new = np.concatenate(([True], best[1:] != best[:-1])) & (best != 0)
    chosen = np.flatnonzero(new)
    return Read(
        "".join(numerals.NUMERALS[best[step] - 1] for step in chosen),
        tuple(float(found[step, best[step]]) for step in chosen),
    )


@cache
def numeral_places() -> tuple[tuple[int, ...], ...]:
    """Where the engine's list has each character of numbers."""
    known = {character: place for place, character in enumerate(engine.engine().characters)}
    return tuple(
        tuple(known[same] for same in group if same in known)
        for group in numerals.SAME_PRINT.values()
    )


def mean(read: Read) -> float:
    """The mean probability of the characters of a line."""
    return sum(read.probabilities) / max(len(read.probabilities), 1)


def cropped(piece: Image, line: Line, usual: int, margin: float) -> Image:
    """The image of a line with blank paper around it, never lower than a usual line."""
    around = round(margin * usual)
    lacking = max(usual - line.height, 0)
    upper, lower = line.y0 - lacking // 2 - around, line.y1 + (lacking + 1) // 2 + around
    left, right = line.x0 - around, line.x1 + around
    height, width = piece.shape
    inside = piece[max(upper, 0) : lower, max(left, 0) : right]
    return np.pad(
        inside,
        ((max(-upper, 0), max(lower - height, 0)), (max(-left, 0), max(right - width, 0))),
        constant_values=255,
    )


def sharpened(crop: Image) -> Image:
    """The crop enlarged, its edges and contrast raised."""
    cv = opencv()
    large = cv.resize(crop, None, fx=2, fy=2, interpolation=cv.INTER_CUBIC)
    sharp = cv.addWeighted(large, 1.7, cv.GaussianBlur(large, (0, 0), 2.0), -0.7, 0)
    return np.asarray(sharp, dtype=np.uint8)


def darkened(crop: Image) -> Image:
    """The crop with its faint strokes as dark as the others."""
    dark = 255 - np.minimum((255 - crop.astype(np.int16)) * 2, 255)
    return dark.astype(np.uint8)
