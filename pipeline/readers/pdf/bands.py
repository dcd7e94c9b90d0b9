"""Rows that no rule parts: where every line of a row band stands on a baseline shared by all.

Here: the decision, and where to part. A band is parted only if its first column and a column of
figures have a line on every baseline, and no other column has a line between them: then no line is
a wrapped one. Everything else stays as ruled, for the forms to reject.
"""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.readers.pdf.glyphs import Glyph
from pipeline.readers.pdf.lattice import Lattice, Span
from pipeline.readers.pdf.lines import line_text, text_lines

# A whole printed amount: a wrapped one has no such lines.
AMOUNT = re.compile(r"[-－△▲(（]?\d{1,3}(?:[,，]?\d{3}){0,4}\.\d{2}[)）]?")
# Baselines of one row are this near, as a share of the glyphs' height.
SHARE = 0.35

Line = list[Glyph]


def parted_rows(table: Lattice, cells: list[tuple[Span, Line]]) -> dict[int, list[float]]:
    """For each row that holds several, the heights at which they part."""
    found: dict[int, list[float]] = {}
    if table.columns < 2:
        return found
    bands: dict[int, list[tuple[int, Line]]] = {}
    for (row, column, height, _), glyphs in cells:
        if height == 1 and glyphs:
            bands.setdefault(row, []).append((column, glyphs))
    for row, band in bands.items():
        if len(band) > 1 and (levels := parts(sorted(band, key=lambda pair: pair[0]))):
            found[row] = levels
    return found


def parts(band: list[tuple[int, Line]]) -> list[float]:
    """The heights between the rows of a band; empty where it is one row or nobody knows."""
    # One line can be told from the glyphs' heights alone; most bands end here.
    if all(one_line(glyphs) for _, glyphs in band):
        return []
    columns = [text_lines(glyphs) for _, glyphs in band]
    first = columns[0]
    if len(first) < 2 or any(glyph.quarter for _, glyphs in band for glyph in glyphs):
        return []
    levels = [line[0].baseline for line in first]
    near = SHARE * min(line[0].height for line in first)
    for lines in columns[1:]:
        for line in lines:
            if not any(abs(line[0].baseline - level) <= near for level in levels):
                return []
    if not any(is_figures(lines, len(levels)) for lines in columns[1:]):
        return []
    bottoms = [max(glyph.y1 for glyph in line) for line in first]
    tops = [min(glyph.y0 for glyph in line) for line in first]
    return [(bottom + top) / 2 for bottom, top in pairwise_ends(bottoms, tops)]


def pairwise_ends(bottoms: list[float], tops: list[float]) -> list[tuple[float, float]]:
    """The bottom of each line with the top of the next."""
    return [(bottoms[a], tops[b]) for a, b in pairwise(range(len(tops)))]


def one_line(glyphs: Line) -> bool:
    """Whether all glyphs stand on one baseline."""
    heights = [glyph.baseline for glyph in glyphs]
    return max(heights) - min(heights) <= SHARE * glyphs[0].height


def is_figures(lines: list[Line], rows: int) -> bool:
    """Whether a column has a whole amount on every baseline."""
    return len(lines) == rows and all(AMOUNT.fullmatch(line_text(line)) for line in lines)
