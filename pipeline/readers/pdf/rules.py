"""Lines to rules: what later paint hides is cut out, pieces and dashes become one rule.

Here: level and upright lines alike, as positions along and across. Not here: pdfium (paths) and
tables (lattice).
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.pdf.marks import THIN, Drawing, Line, Patch

# Pieces of one rule lie no further apart than this, across and along.
ACROSS, ALONG = 0.8, 2.0
# A dash is no longer than this, and no more than so many of its own lengths from the next one.
DASH, DASH_GAP, DASHES = 12.0, 6.0, 4
# What is shorter than this rules nothing.
SHORT = 3.1
# Paint that ends this close to the middle of a line leaves it visible.
EDGE = 0.4
# Comparisons of lines with patches at once, to bound memory.
BLOCK = 1_000_000
# Paint darker than this makes rules of the gaps between lighter patches on it.
DARK = 160
MAX_PATCHES = 3_000


class Rule(NamedTuple):
    """A straight rule: where it lies, from where to where."""

    at: float
    start: float
    end: float


def rules(drawing: Drawing) -> tuple[list[Rule], list[Rule]]:
    """The level and the upright rules of a page."""
    gaps_level, gaps_upright = gaps(drawing.patches)
    hiding = [*drawing.patches, *drawing.covers]
    sideways = [Patch(p.y0, p.x0, p.y1, p.x1, p.tone, p.order) for p in hiding]
    level = visible([*drawing.level, *gaps_level], hiding)
    upright = visible([*drawing.upright, *gaps_upright], sideways)
    return merged(level), merged(upright)


def visible(lines: list[Line], patches: list[Patch]) -> list[Line]:
    """The parts of level lines that no later patch hides."""
    if not lines or not patches:
        return lines
    first = min(line.order for line in lines)
    later = [p for p in patches if p.order > first]
    if not later:
        return lines
    drawn = np.array(lines, dtype=np.float64)
    hidden: dict[int, list[tuple[float, float]]] = {}
    step = max(1, BLOCK // len(lines))
    for begin in range(0, len(later), step):
        block = np.array(later[begin : begin + step], dtype=np.float64)
        for patch, line in zip(*np.nonzero(covers(block, drawn)), strict=True):
            start, end = float(block[patch, 0]), float(block[patch, 2])
            hidden.setdefault(int(line), []).append((start, end))
    found = []
    for index, line in enumerate(lines):
        found.extend(left_over(line, hidden[index]) if index in hidden else [line])
    return found


def covers(patches: NDArray[np.float64], lines: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which patch lies over which earlier level line, across its whole thickness."""
    x0, y0, x1, y1, _, order = (patches[:, n, None] for n in range(6))
    at, start, end, width, drawn = (lines[None, :, n] for n in range(5))
    # A patch that is itself thin hides a line of about its own thickness.
    edge = np.minimum(EDGE, (y1 - y0) / 4)
    over = (y0 <= at - np.maximum(edge, width / 2 - 0.1)) & (
        y1 >= at + np.maximum(edge, width / 2 - 0.1)
    )
    found: NDArray[np.bool_] = (order > drawn) & over & (x0 < end) & (x1 > start)
    return found


def left_over(line: Line, hidden: list[tuple[float, float]]) -> list[Line]:
    """A line without its hidden parts."""
    pieces = []
    start = line.start
    for begin, stop in sorted(hidden):
        if begin > start:
            pieces.append(line._replace(start=start, end=min(begin, line.end)))
        start = max(start, stop)
        if start >= line.end:
            break
    if start < line.end:
        pieces.append(line._replace(start=start))
    return [piece for piece in pieces if piece.end > piece.start]


def gaps(patches: list[Patch]) -> tuple[list[Line], list[Line]]:
    """Lines that are the narrow gaps lighter patches leave of a darker one below them."""
    level: list[Line] = []
    upright: list[Line] = []
    broad = [p for p in patches if p.x1 - p.x0 > THIN and p.y1 - p.y0 > THIN]
    grounds = [p for p in broad if p.tone < DARK]
    if not grounds or len(broad) > MAX_PATCHES:
        return level, upright
    for patch in broad:
        if patch.tone < DARK or not any(below(g, patch) for g in grounds):
            continue
        x, y = (patch.x0 + patch.x1) / 2, (patch.y0 + patch.y1) / 2
        for at, away in ((patch.y0, -1.0), (patch.y1, 1.0)):
            width = dark_gap(broad, x, at, 0.0, away)
            if width:
                level.append(Line(at + away * width / 2, patch.x0, patch.x1, width, patch.order))
        for at, away in ((patch.x0, -1.0), (patch.x1, 1.0)):
            width = dark_gap(broad, at, y, away, 0.0)
            if width:
                upright.append(Line(at + away * width / 2, patch.y0, patch.y1, width, patch.order))
    return level, upright


def below(ground: Patch, patch: Patch) -> bool:
    """Whether a patch was painted on another one."""
    return (
        ground.order < patch.order
        and ground.x0 - THIN < patch.x0 < patch.x1 < ground.x1 + THIN
        and ground.y0 - THIN < patch.y0 < patch.y1 < ground.y1 + THIN
    )


def dark_gap(patches: list[Patch], x: float, y: float, dx: float, dy: float) -> float:
    """How far dark paint reaches from a point in a direction; 0 where it is none, or no line."""
    reached = 0.0
    while reached <= THIN:
        step = reached + 0.15
        if top_tone(patches, x + dx * step, y + dy * step) >= DARK:
            return reached
        reached += 0.25
    return 0.0


def top_tone(patches: list[Patch], x: float, y: float) -> int:
    """The tone of the topmost patch at a point; paper is white."""
    for patch in reversed(patches):
        if patch.x0 <= x <= patch.x1 and patch.y0 <= y <= patch.y1:
            return patch.tone
    return 255


def merged(lines: list[Line]) -> list[Rule]:
    """Pieces of one rule as one rule, longest extent; scraps are left out."""
    found: list[Rule] = []
    for group in collinear(sorted(lines)):
        weight = sum(line.end - line.start for line in group) or 1.0
        at = sum(line.at * (line.end - line.start) for line in group) / weight or group[0].at
        pieces = joined(sorted((line.start, line.end) for line in group), ALONG)
        found.extend(Rule(at, start, end) for start, end in dashes(pieces))
    return [rule for rule in found if rule.end - rule.start >= SHORT]


def collinear(lines: list[Line]) -> list[list[Line]]:
    """Sorted lines in groups that lie at one place across."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and line.at - groups[-1][0].at <= ACROSS:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def joined(pieces: list[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """Sorted pieces, those that touch as one."""
    found: list[tuple[float, float]] = []
    for start, end in pieces:
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def dashes(pieces: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Pieces, many short ones in a row as one; its ends reach half a gap further."""
    found: list[tuple[float, float]] = []
    row: list[tuple[float, float]] = []
    for piece in [*pieces, (float("inf"), float("inf"))]:
        short = piece[1] - piece[0] <= DASH
        near = bool(row) and piece[0] - row[-1][1] <= DASH_GAP
        if row and not (short and near):
            found.extend(one_rule(row))
            row = []
        if short:
            row.append(piece)
        elif piece[0] != float("inf"):
            found.append(piece)
    return found


def one_rule(row: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Dashes in a row as one rule; too few are what they are."""
    if len(row) < DASHES:
        return row
    reach = max(b[0] - a[1] for a, b in pairwise(row)) / 2
    return [(row[0][0] - reach, row[-1][1] + reach)]
