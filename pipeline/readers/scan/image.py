"""A page as a grey image that can be read: bounded, without seals, straight, on white paper.

Here: page to pixels, and what a scanner did undone. Not here: what the pixels show (rules, cells,
lines). All lengths are pixels at 200 dpi; `Scan` says where they are on the displayed page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from pipeline.readers.shapes import Box

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]

DPI, POINTS_PER_INCH = 200, 72
# An A3 page at 200 dpi and a little more; whatever size a page claims, no more is drawn.
MAX_PIXELS = 9_000_000
# Beyond this many points a side, a page's size counts the pixels of its image.
LARGEST_PAPER = 1300.0
# Paint is coloured where its channels differ by this much.
COLOURED = 50
# A seal is as large as this both ways; coloured print is not.
SEAL_SIDE = 110
SEAL_GAP = 25
# A coloured run so long, and not so thick, is a rule.
COLOURED_RULE, THICK = 200, 20
# Darker than this is ink; the level strokes of small print are no darker once they are blurred.
INK = 215
MAX_SKEW = 6.0


@dataclass(frozen=True)
class Scan:
    """The grey image of a page turned straight (255 is paper), and the way back to the page.

    The image is upright: on the page its text runs in a `quarter`, clockwise.
    """

    grey: Image
    scale: float
    skew: float
    quarter: int = 0

    def upright(self, quarter: int) -> Scan:
        """The same page turned back by a quarter; how straight lines are shows only now."""
        grey = np.ascontiguousarray(np.rot90(self.grey, quarter))
        left = skew_of(grey)
        return replace(
            self,
            grey=turned(grey, -left),
            skew=self.skew + left,
            quarter=(self.quarter + quarter) % 4,
        )

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """The box on the displayed page, in points; it moves with its centre and keeps its size."""
        height, width = self.grey.shape
        dx, dy = (x0 + x1 - width) / 2, (y0 + y1 - height) / 2
        half_width, half_height = (x1 - x0) / 2, (y1 - y0) / 2
        for _ in range(self.quarter):
            dx, dy = -dy, dx
        if self.quarter % 2:
            width, height = height, width
            half_width, half_height = half_height, half_width
        cos, sin = math.cos(math.radians(self.skew)), math.sin(math.radians(self.skew))
        x, y = cos * dx - sin * dy + width / 2, sin * dx + cos * dy + height / 2
        corners = (x - half_width, y - half_height, x + half_width, y + half_height)
        return Box(*(round(c / self.scale, 2) for c in corners))


def scan_of(page: pdfium.PdfPage) -> Scan:
    """The page as a straight grey image."""
    scale = scale_of(page)
    grey = on_white(without_seals(pixels(page, scale)))
    skew = skew_of(grey)
    return Scan(turned(grey, -skew), scale, skew)


def scale_of(page: pdfium.PdfPage) -> float:
    """Pixels per point: 200 dpi, less where the page is larger than paper or its image coarser."""
    width, height = page.get_size()
    scale = DPI / POINTS_PER_INCH
    if max(width, height) > LARGEST_PAPER:
        scale = min(scale, max(density(page), 1.0))
    bound = math.sqrt(MAX_PIXELS / max(width * height, 1.0))
    longest = 4 * math.sqrt(MAX_PIXELS) / max(width, height, 1.0)
    return float(min(scale, bound, longest))


def density(page: pdfium.PdfPage) -> float:
    """Pixels per point of the densest image on a page; 0 where it has none."""
    found = 0.0
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = item.get_bounds()
        if right - left > 1 and top - bottom > 1:
            across, down = item.get_px_size()
            found = max(found, math.sqrt(across * down / ((right - left) * (top - bottom))))
    return found


def pixels(page: pdfium.PdfPage, scale: float) -> Image:
    """The page as displayed, in red, green and blue."""
    bitmap = page.render(scale=scale, rev_byteorder=True)
    drawn = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
    bitmap.close()
    return drawn


def without_seals(colour: Image) -> Image:
    """The page in grey, the ink of seals taken away; print under a seal stays.

    A seal's ink is light in its own colour's channel, black print is dark in every one. Coloured
    print (small) and coloured rules (long and straight) are no seal and stay dark.
    """
    cv = opencv()
    grey: Image = cv.cvtColor(colour, cv.COLOR_RGB2GRAY)
    brightest, darkest = colour.max(axis=2), colour.min(axis=2)
    coloured = (brightest - darkest >= COLOURED).astype(np.uint8)
    if not coloured.any():
        return grey
    solid = cv.morphologyEx(coloured, cv.MORPH_OPEN, np.ones((THICK, THICK), np.uint8))
    for kernel in ((COLOURED_RULE, 1), (1, COLOURED_RULE)):
        ruled = cv.morphologyEx(coloured, cv.MORPH_OPEN, np.ones(kernel, np.uint8))
        coloured = coloured & ~(ruled & ~solid)
    joined = cv.morphologyEx(coloured, cv.MORPH_CLOSE, np.ones((SEAL_GAP, SEAL_GAP), np.uint8))
    # Paper under a seal is as white as other paper at most.
    paper = int(np.percentile(grey[::8, ::8], 90))
    count, labels, stats, _ = cv.connectedComponentsWithStats(joined, connectivity=8)
    for label in range(1, count):
        x, y, width, height = (int(v) for v in stats[label, :4])
        if min(width, height) < SEAL_SIDE:
            continue
        part = np.s_[y : y + height, x : x + width]
        # What its ring holds belongs to a seal: its star and its characters.
        ink = cv.dilate(coloured[part] | (labels[part] == label), np.ones((5, 5), np.uint8)) > 0
        bright = brightest[part].astype(np.int32)
        level = max(int(np.median(bright[ink & (coloured[part] > 0)])), 1)
        cleared = np.clip(bright * 255 // level, 0, 255).astype(np.uint8)
        grey[part] = np.where(ink, np.maximum(grey[part], np.minimum(cleared, paper)), grey[part])
    return grey


def on_white(grey: Image) -> Image:
    """The image with its background, however grey or shaded, brought to white."""
    cv = opencv()
    height, width = grey.shape
    small = cv.resize(grey, (max(width // 4, 1), max(height // 4, 1)), interpolation=cv.INTER_AREA)
    paper = cv.dilate(cv.medianBlur(small, 3), np.ones((11, 11), np.uint8))
    paper = cv.resize(cv.blur(paper, (15, 15)), (width, height), interpolation=cv.INTER_LINEAR)
    white: Image = cv.divide(grey, cv.max(paper, 1), scale=250)
    return white


def skew_of(grey: Image) -> float:
    """By how many degrees clockwise the page is turned, as its lines and rules tell."""
    cv = opencv()
    small = cv.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv.INTER_AREA)
    ys, xs = np.nonzero(small < INK)
    if len(ys) < 50:
        return 0.0
    step = max(len(ys) // 150_000, 1)
    x, y = xs[::step] - small.shape[1] / 2, ys[::step].astype(np.float64)
    best = 0.0
    for reach, stride in ((MAX_SKEW, 0.25), (0.25, 0.05), (0.05, 0.01)):
        turns = round(reach / stride)
        tried = [best + stride * n for n in range(-turns, turns + 1)]
        # Among equals, the least turn: a page of no lines stays as it is.
        best = max(tried, key=lambda angle: (sharpness(x, y, angle), -abs(angle)))
    return round(best, 2)


def sharpness(x: NDArray[np.float64], y: NDArray[np.float64], degrees: float) -> float:
    """How much ink gathers in few rows when the page is turned back by an angle."""
    rows = np.rint(y - x * math.tan(math.radians(degrees))).astype(np.int64)
    counts = np.bincount(rows - rows.min())
    return float((counts.astype(np.float64) ** 2).sum())


def turned(grey: Image, degrees: float) -> Image:
    """The image turned clockwise about its centre."""
    if abs(degrees) < 0.02:
        return grey
    cv = opencv()
    height, width = grey.shape
    matrix = cv.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    result: Image = cv.warpAffine(
        grey, matrix, (width, height), flags=cv.INTER_CUBIC, borderValue=255
    )
    return result


def opencv() -> Any:
    """OpenCV with one thread: a worker process per core already keeps them busy."""
    import cv2

    cv2.setNumThreads(1)
    return cv2
