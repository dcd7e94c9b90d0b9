"""Printed numbers as a scan shows them: which readings are numbers, and when to trust one.

Here: the characters of numbers, and the checks that cost no recognition (grouping, lost points,
columns that agree on their decimals). A reading is never corrected, only doubted. Not here: what
a number is worth (the forms).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.readers.scan.segments import Line

# Each character of a number with those that print the same.
SAME_PRINT = {
    **{str(digit): str(digit) + chr(0xFF10 + digit) for digit in range(10)},
    ",": ",，",
    ".": ".．。",
    "-": "-－−–—",
    "(": "(（",
    ")": ")）",
    "%": "%％",
}
NUMERALS = tuple(SAME_PRINT)
PLAIN = {ord(same): plain for plain, group in SAME_PRINT.items() for same in group}
# What a recogniser takes for characters of numbers, and what numbers are printed with.
LOOKS = re.compile(r"[0-9OoQDIlSBZ|,.:;·'’\-()%\s△▲]+")
DIGIT = re.compile(r"[0-9]")
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
UNGROUPED = re.compile(r"[0-9]+(?:\.[0-9]+)?")
DASHES = re.compile(r"[-－−–—―─_一~～]+")
# Ink of a point is no less than this.
POINT = 16
# Marks that no number begins or ends with.
OUTER = ".,:;·'’"
DECIMALS = re.compile(r"\.([0-9]+)\)?%?$")
# A column says how many decimals it prints where so many figures agree.
ENOUGH, SHARE = 3, 0.8


def plain(text: str) -> str:
    """A reading in ASCII characters, without blanks."""
    return "".join(text.translate(PLAIN).split())


def is_number_like(text: str) -> bool:
    """Whether a line was read as digits, or as what digits are mistaken for."""
    found = plain(text)
    return DIGIT.search(found) is not None and LOOKS.fullmatch(found) is not None


def has_outer_mark(text: str) -> bool:
    """Whether a reading begins or ends with a mark, as dust beside a number is read."""
    found = plain(text)
    return found[:1] in OUTER or found[-1:] in OUTER


def is_printed_number(text: str) -> bool:
    """Whether a text is a number or code as they are printed: groups of three or none."""
    body = text.removesuffix("%")
    for opening, closing in (("-", ""), ("(", ")")):
        if body.startswith(opening) and body.endswith(closing):
            body = body[len(opening) : len(body) - len(closing)]
    return bool(GROUPED.fullmatch(body) or UNGROUPED.fullmatch(body))


def is_dash(text: str) -> bool:
    """Whether a reading is strokes only; a lone 一 is one of them."""
    return DASHES.fullmatch("".join(text.split())) is not None


def flat(line: Line, usual: int) -> bool:
    """Whether all ink of a line is level strokes."""
    return all(b.height <= 0.3 * usual and b.x1 - b.x0 >= 2 * b.height for b in line.blobs)


def marks_on_baseline(line: Line) -> int:
    """How many small blobs stand alone at the foot of a line of digits: points, commas, or dust."""
    digits = [b for b in line.blobs if b.height >= 0.6 * line.height]
    if not digits:
        return 0
    tall = sorted(b.height for b in digits)[len(digits) // 2]
    foot = sorted(b.y1 for b in digits)[len(digits) // 2]
    marks = [
        b
        for b in line.blobs
        if b.height <= 0.5 * tall
        and b.x1 - b.x0 <= 0.4 * tall
        and b.y0 >= foot - 0.4 * tall
        and b.area >= POINT
        and line.x0 < b.x0
        and b.x1 < line.x1
    ]
    # The foot of a 2 whose thin stroke is lost stands under the rest of it.
    return sum(
        not any(o is not b and o.y0 < b.y0 and o.x0 < b.x1 and b.x0 < o.x1 for o in line.blobs)
        for b in marks
    )


def widest_gap(line: Line) -> int:
    """The widest blank between neighbouring blobs of a line."""
    end, widest = line.x0, 0
    for blob in line.blobs:
        widest = max(widest, blob.x0 - end)
        end = max(end, blob.x1)
    return widest


def separators(text: str) -> int:
    """How many points and commas a number has."""
    return text.count(".") + text.count(",")


def odd_ones(texts: Sequence[str]) -> set[int]:
    """The numbers of a column that are printed unlike the others: a point or comma may be lost.

    Where most have as many decimals, one without a point and three digits or more is odd; where
    the long ones are grouped, a long one without commas is.
    """
    numbers = {n: t for n, t in enumerate(texts) if is_printed_number(t)}
    decimals = {n: found[1] for n, t in numbers.items() if (found := DECIMALS.search(t))}
    odd: set[int] = set()
    if len(decimals) >= ENOUGH and len(decimals) >= SHARE * len(numbers):
        counts = [len(d) for d in decimals.values()]
        usual = max(set(counts), key=lambda c: (counts.count(c), c))
        if counts.count(usual) >= SHARE * len(counts):
            odd |= {n for n, d in decimals.items() if len(d) != usual}
            odd |= {n for n, t in numbers.items() if n not in decimals and len(t) > usual}
    long = {n: t for n, t in numbers.items() if len(re.sub(r"\D", "", t.split(".")[0])) > 3}
    grouped = {n for n, t in long.items() if "," in t}
    if len(grouped) >= ENOUGH and len(grouped) >= SHARE * len(long):
        odd |= set(long) - grouped
    return odd
