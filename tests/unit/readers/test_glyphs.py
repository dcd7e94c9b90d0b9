"""Glyphs to lines: what is one line, where a word ends, and how far a line is indented."""

from __future__ import annotations

import pytest

from pipeline.readers.pdf.glyphs import Glyph
from pipeline.readers.pdf.lines import indent_of, line_text, text_lines


def glyphs(text: str, x: float = 0.0, baseline: float = 100.0, size: float = 10.0) -> list[Glyph]:
    """Characters one after the other, a blank as a gap of one character."""
    return [
        Glyph(c, x + n * size, baseline - size, x + (n + 1) * size, baseline, baseline)
        for n, c in enumerate(text)
        if c != " "
    ]


def test_glyphs_of_one_baseline_are_one_line_in_reading_order() -> None:
    found = text_lines(glyphs("万元", x=50) + glyphs("单位：", x=0))
    assert [line_text(line) for line in found] == ["单位： 万元"]


def test_lines_come_from_top_to_bottom() -> None:
    found = text_lines(glyphs("下", baseline=120) + glyphs("上", baseline=100))
    assert [line_text(line) for line in found] == ["上", "下"]


@pytest.mark.parametrize(("apart", "lines"), [(0, 1), (3.9, 1), (4.1, 2), (12, 2)])
def test_baselines_a_little_apart_are_one_line(apart: float, lines: int) -> None:
    found = text_lines(glyphs("甲", x=0) + glyphs("乙", x=10, baseline=100 + apart))
    assert len(found) == lines


@pytest.mark.parametrize(("gap", "text"), [(0.0, "甲乙"), (5.9, "甲乙"), (6.1, "甲 乙")])
def test_a_wide_gap_is_a_blank(gap: float, text: str) -> None:
    (line,) = text_lines(glyphs("甲") + glyphs("乙", x=10 + gap))
    assert line_text(line) == text


@pytest.mark.parametrize(("x", "indent"), [(0, 0), (9.9, 0), (10, 1), (29, 2)])
def test_the_distance_from_the_edge_is_the_indentation(x: float, indent: int) -> None:
    assert indent_of(glyphs("某项目", x=60 + x), 60.0) == "\u3000" * indent


def test_a_glyph_without_height_has_no_indentation() -> None:
    flat = Glyph("一", 90, 100, 95, 100, 100)
    assert indent_of([flat], 60.0) == ""
