"""Which way up a scanned page is: the quarter turn in which its lines can be read.

Here: a few lines tried in each quarter. Most pages are upright, which one try tells. Not here:
small skews (image).
"""

from __future__ import annotations

import numpy as np

from pipeline.readers.scan import engine
from pipeline.readers.scan.image import INK, Image, opencv

# Blobs nearer than this are one line.
JOIN = 13
# Lines tried in each quarter, their least height and length, and the length that is enough.
TRIED, LEAST_HEIGHT, MOST_HEIGHT, LEAST_LENGTH, LONGEST = 8, 13, 70, 60, 400
# Lines that read as well as this are upright.
UPRIGHT = 0.93
# Another quarter must read better by so much.
BETTER = 0.1


def quarter_of(page: Image) -> int:
    """The quarter, clockwise, in which the text of a page without rules runs."""
    first = legibility(page)
    if first >= UPRIGHT:
        return 0
    scores = {q: legibility(np.ascontiguousarray(np.rot90(page, q))) for q in (1, 3, 2)}
    best = max(scores, key=lambda q: scores[q])
    return best if scores[best] >= first + BETTER else 0


def legibility(page: Image) -> float:
    """How surely some lines of a page are read as it stands; 0 where it has none."""
    areas = sample(page)
    if not areas:
        return 0.0
    scores = []
    for x0, y0, x1, y1 in areas:
        margin = (y1 - y0) // 4
        crop = page[max(y0 - margin, 0) : y1 + margin, max(x0 - margin, 0) : x1 + margin]
        read = engine.decoded(engine.probabilities(np.ascontiguousarray(crop)))
        # A line of characters as wide as high has as many as fit; what is read as two is none.
        wanted = (x1 - x0) / (y1 - y0)
        share = min(len(read.text) / wanted, 1.0)
        scores.append(share * sum(read.probabilities) / max(len(read.probabilities), 1))
    return sum(scores) / len(scores)


def sample(page: Image) -> list[tuple[int, int, int, int]]:
    """Some lines of a page: boxes (x0, y0, x1, y1), spread over it."""
    cv = opencv()
    ink = (page < INK).astype(np.uint8)
    joined = cv.morphologyEx(ink, cv.MORPH_CLOSE, np.ones((3, JOIN), np.uint8))
    _, _, stats, _ = cv.connectedComponentsWithStats(joined, connectivity=8)
    found = [
        (int(x), int(y), int(x + min(w, LONGEST)), int(y + h))
        for x, y, w, h, _ in stats[1:]
        if LEAST_HEIGHT <= h <= MOST_HEIGHT and w >= max(LEAST_LENGTH, 2 * h)
    ]
    step = max(len(found) / TRIED, 1.0)
    return [found[int(n * step)] for n in range(min(TRIED, len(found)))]
