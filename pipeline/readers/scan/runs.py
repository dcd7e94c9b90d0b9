"""Long runs of ink in a page, and which of them are rules.

Here: runs across and down, and that a rule ends on another rule: the character 一 and the strokes
of large print are runs of ink too. Not here: the grids that rules make (rules).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.scan.image import Image, Mask, opencv

# Ink of a hairline is faint once it is blurred.
FAINT = 205
SHORTEST_ACROSS, SHORTEST_DOWN = 40, 26
# Runs so long are no strokes of characters.
CERTAIN_ACROSS, CERTAIN_DOWN = 150, 100
THICKEST = 14
# Gaps that specks make in a rule.
BRIDGE = 7
# How often short rules may hang on other short rules.
ROUNDS = 4
# How near an end of a rule comes to the rule it ends on.
END, TOUCH = 7, 2
# Rules nearer than this are one (a double rule, a rule drawn twice).
SAME = 7
MAX_RULES = 20_000


def runs(grey: Image) -> tuple[Mask, Mask]:
    """The long thin runs of ink across and down the page."""
    cv = opencv()
    ink = (grey < FAINT).astype(np.uint8)
    solid = cv.morphologyEx(ink, cv.MORPH_OPEN, np.ones((THICKEST, THICKEST), np.uint8))
    ink &= ~cv.dilate(solid, np.ones((3, 3), np.uint8))

    def long(size: tuple[int, int], bridge: tuple[int, int]) -> Mask:
        kept = cv.morphologyEx(ink, cv.MORPH_OPEN, np.ones(size, np.uint8))
        joined = cv.morphologyEx(kept, cv.MORPH_CLOSE, np.ones(bridge, np.uint8))
        return np.asarray(joined > 0, dtype=np.bool_)

    return long((1, SHORTEST_ACROSS), (1, BRIDGE)), long((SHORTEST_DOWN, 1), (BRIDGE, 1))


def components(mask: Mask) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Labels and statistics (x, y, width, height, area) of a mask's components, 0 the ground."""
    cv = opencv()
    plain = np.ascontiguousarray(mask.astype(np.uint8))
    _, labels, stats, _ = cv.connectedComponentsWithStats(plain, connectivity=8)
    return labels, stats


def ending_on_another(across: Mask, down: Mask) -> tuple[Mask, Mask]:
    """The runs that end on a rule: long runs are rules, short ones by the rules they end on.

    Strokes of characters end on each other too, but on no long run.
    """
    level, upright = Runs.of(across, CERTAIN_ACROSS), Runs.of(down.T, CERTAIN_DOWN)
    for _ in range(ROUNDS):
        before = (level.kept.sum(), upright.kept.sum())
        upright = upright.with_those_ending_on(level.mask().T)
        level = level.with_those_ending_on(upright.mask().T)
        if before == (level.kept.sum(), upright.kept.sum()):
            break
    return level.meeting(upright.mask().T), upright.meeting(level.mask().T).T


@dataclass(frozen=True)
class Runs:
    """Level runs of ink, and which of them are known to be rules."""

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]
    kept: Mask

    @classmethod
    def of(cls, runs: Mask, certain: int) -> Runs:
        """The runs of a mask; those of a certain length are rules."""
        labels, stats = components(runs)
        kept = np.asarray(stats[:, 2] >= certain, dtype=np.bool_)
        kept[0] = False
        return cls(labels, stats, kept)

    def mask(self) -> Mask:
        """The ink of the rules."""
        return np.asarray(self.kept[self.labels], dtype=np.bool_)

    def met(self, label: int, near: NDArray[np.uint8]) -> Mask:
        """Along a run, where it is near other rules."""
        x, y, width, height = (int(v) for v in self.stats[label, :4])
        part = np.s_[y : y + height, x : x + width]
        here: Mask = ((self.labels[part] == label) & (near[part] > 0)).any(axis=0)
        return here

    def with_those_ending_on(self, others: Mask) -> Runs:
        """These runs, those with both ends on another rule known to be rules.

        A run in line with a known rule may end a little short of it; any other must touch, for in
        a tight row the strokes of a character come near the rules above and below.
        """
        near, touching = widened(others, END), widened(others, TOUCH)
        heights = self.stats[:, 1] + self.stats[:, 3] / 2
        known = np.unique(heights[self.kept])
        kept = self.kept.copy()
        for label in range(1, min(len(kept), MAX_RULES)):
            if kept[label] or self.stats[label, 2] <= 2 * END:
                continue
            in_line = bool((np.abs(known - heights[label]) <= SAME).any())
            met = self.met(label, near if in_line else touching)
            reach = END if in_line else TOUCH
            kept[label] = bool(met[:reach].any() and met[-reach:].any())
        return Runs(self.labels, self.stats, kept)

    def meeting(self, others: Mask) -> Mask:
        """The ink of the rules that meet another one."""
        near = widened(others, END)
        kept = self.kept.copy()
        for label in np.flatnonzero(kept)[:MAX_RULES]:
            kept[label] = bool(self.met(int(label), near).any())
        return np.asarray(kept[self.labels], dtype=np.bool_)


def widened(mask: Mask, reach: int) -> NDArray[np.uint8]:
    """A mask with everything near it."""
    cv = opencv()
    size = 2 * reach + 1
    near: NDArray[np.uint8] = cv.dilate(
        np.ascontiguousarray(mask.astype(np.uint8)), np.ones((size, size), np.uint8)
    )
    return near
