"""The marks on a page besides characters: lines, painted patches, images, how text is inked.

Here: plain data in displayed coordinates, numbered in the order of painting. Not here: where marks
come from (paths) and what they mean (rules, unseen).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.readers.pdf.turning import Edges

# What is no thicker than this is a line, however it is painted.
THIN = 3.0
# Paint this light is the colour of paper.
WHITE = 250


class Line(NamedTuple):
    """A drawn line, upright or level: where it lies, from where to where, and how thick."""

    at: float
    start: float
    end: float
    width: float
    order: int


class Patch(NamedTuple):
    """A painted rectangle that hides what was painted before; `tone` is 255 for white."""

    x0: float
    y0: float
    x1: float
    y1: float
    tone: int
    order: int


class TextMark(NamedTuple):
    """One text object: when it is painted, whether it is inked at all, its tone, and the rectangle
    beyond which it is cut off."""

    order: int
    inked: bool
    tone: int
    clip: Edges | None


@dataclass
class Drawing:
    """Everything a page draws, `level` and `upright` lines apart; `shapes` are neither these nor
    rectangles: pictures, or letters drawn as outlines.

    `covers` are images that hide what was painted before them.
    """

    level: list[Line] = field(default_factory=list)
    upright: list[Line] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    texts: dict[int, TextMark] = field(default_factory=dict)
    images: list[Edges] = field(default_factory=list)
    covers: list[Patch] = field(default_factory=list)
    shapes: int = 0
