"""Glyphs to lines of text: what is one line, where a word ends, how far a line is indented.

Here: arithmetic on glyphs. Not here: where glyphs come from (glyphs) and cells (filling).
"""

from __future__ import annotations

from operator import attrgetter

from pipeline.readers.pdf.glyphs import Glyph
from pipeline.readers.pdf.turning import back, mapped, upright
from pipeline.readers.shapes import Box

# A gap wider than this share of a glyph's height parts two words.
WORD_GAP = 0.6
# Baselines nearer than this share of a glyph's height are one line.
LINE_SHARE = 0.4
# The same character this near, as a share of its own width and height, is drawn twice to look bold.
TWICE_ACROSS, TWICE_DOWN = 0.35, 0.2

BASELINE = attrgetter("baseline", "x0")
LEFT = attrgetter("x0")


def text_lines(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Glyphs as lines from top to bottom, each from left to right, copies left out."""
    lines: list[list[Glyph]] = []
    baseline = reach = height = float("-inf")
    for glyph in sorted(glyphs, key=BASELINE):
        if glyph.baseline <= reach or (
            glyph.baseline - baseline <= LINE_SHARE * min(glyph.height, height)
        ):
            lines[-1].append(glyph)
        else:
            baseline, height = glyph.baseline, glyph.height
            # Glyphs on one baseline are the rule; heights need no comparing there.
            reach = baseline
            lines.append([glyph])
    return [undoubled(sorted(line, key=LEFT)) for line in lines]


def undoubled(line: list[Glyph]) -> list[Glyph]:
    """A line without glyphs that stand on a copy of themselves."""
    kept: list[Glyph] = []
    for glyph in line:
        reach = glyph.x0 - TWICE_ACROSS * (glyph.x1 - glyph.x0)
        for other in reversed(kept):
            if other.x0 < reach:
                kept.append(glyph)
                break
            if other.character == glyph.character and is_level(glyph, other):
                break
        else:
            kept.append(glyph)
    return kept


def is_level(glyph: Glyph, other: Glyph) -> bool:
    """Whether two glyphs stand on one baseline, but for the shift that makes them look bold."""
    return abs(glyph.baseline - other.baseline) <= TWICE_DOWN * other.height


def turned_lines(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Lines of glyphs of which some may run up or down: each quarter in its own direction.

    Glyphs of a line that runs otherwise than the page stand where they would on a turned page.
    """
    if not any(glyph.quarter for glyph in glyphs):
        return text_lines(glyphs)
    found = []
    for quarter in sorted({glyph.quarter for glyph in glyphs}):
        own = [glyph for glyph in glyphs if glyph.quarter == quarter]
        found += text_lines(own if quarter == 0 else [turned(glyph) for glyph in own])
    return found


def turned(glyph: Glyph) -> Glyph:
    """A glyph as it stands when the page is turned to its text."""
    matrix = upright(glyph.quarter, 0.0, 0.0)
    x0, y0, x1, y1 = mapped(matrix, glyph.x0, glyph.y0, glyph.x1, glyph.y1)
    return Glyph(glyph.character, x0, y0, x1, y1, y1, glyph.quarter)


def line_box(line: list[Glyph]) -> Box:
    """The rectangle around a line, on the page as it is."""
    x0, y0 = min(glyph.x0 for glyph in line), min(glyph.y0 for glyph in line)
    x1, y1 = max(glyph.x1 for glyph in line), max(glyph.y1 for glyph in line)
    return Box(*mapped(back(line[0].quarter, 0.0, 0.0), x0, y0, x1, y1))


def indent_of(line: list[Glyph], left: float) -> str:
    """The blanks before a line that begins right of `left`, one per full glyph height.

    pdfium drops some blanks at the start of a line, and publishers indent by position as often as
    by blanks; the distance says it in both cases.
    """
    first = line[0]
    return "\u3000" * int((first.x0 - left) / first.height) if first.height > 0 else ""


def line_text(line: list[Glyph]) -> str:
    """The characters of a line, a blank where a gap parts two words."""
    text = ""
    end = None
    for character, x0, y0, x1, y1, _, _ in line:
        if end is not None and x0 - end > WORD_GAP * (y1 - y0):
            text += " "
        text += character
        end = x1
    return text
