"""Tables without rules: read where every word has one place, left as lines where not."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.readers.pdf import reader
from pipeline.readers.pdf.borderless import Following, tables
from pipeline.readers.pdf.borderless_parts import Line, words
from pipeline.readers.pdf.glyphs import Glyph
from pipeline.readers.pdf.lines import text_lines
from pipeline.readers.shapes import Grid
from tests.unit.readers.drawn import Paper, drawn
from tests.unit.readers.support import document, only_grid, rows_of

LENGTH = 842.0
SIZE = 10.0
#: a line of print: its baseline, and its words with where they begin
Print = tuple[float, Sequence[tuple[float, str]]]

HEAD: list[Print] = [
    (60, [(200, "支出总表")]),
    (80, [(50, "单位名称：交易中心"), (400, "单位：万元")]),
]
COLUMNS: list[Print] = [
    (100, [(127, "项目"), (330, "预算数")]),
    (
        118,
        [(52, "科目编码"), (150, "科目名称"), (265, "合计"), (340, "基本支出"), (420, "项目支出")],
    ),
]
ROWS: list[Print] = [
    (136, [(50, "201"), (140, "教育支出"), (260, "300.00"), (345, "200.00"), (425, "100.00")]),
    (154, [(50, "20101"), (140, "行政运行"), (265, "20.00"), (350, "20.00")]),
    (172, [(50, "208"), (140, "社会保障"), (260, "280.00"), (345, "180.00"), (425, "100.00")]),
]
NOTE: Print = (210, [(50, "注：本表为预算数")])
WANTED = [
    ["项目", "", "预算数", "", ""],
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["201", "教育支出", "300.00", "200.00", "100.00"],
    ["20101", "行政运行", "20.00", "20.00", ""],
    ["208", "社会保障", "280.00", "180.00", "100.00"],
]


def glyphs(lines: Sequence[Print], size: float = SIZE) -> list[Glyph]:
    """Printed lines as glyphs, ideographs as wide as high."""
    found = []
    for baseline, texts in lines:
        for x, text in texts:
            for character in text:
                width = size if ord(character) > 255 else size / 2
                top, bottom = baseline - 0.88 * size, baseline + 0.12 * size
                found.append(Glyph(character, x, top, x + width, bottom, baseline))
                x += width
    return found


def grids(lines: Sequence[Print], following: Following = list) -> list[Grid]:
    """The tables among printed lines."""
    return [table.grid for table in tables(glyphs(lines), 1, LENGTH, following)[0]]


def texts(grid: Grid) -> list[list[str]]:
    """The texts of a grid, indentation and line breaks left out."""
    return [["".join(text.split()) for text in row] for row in rows_of(grid)]


def moved(lines: Sequence[Print], down: float) -> list[Print]:
    """Lines further down the page."""
    return [(baseline + down, found) for baseline, found in lines]


def test_aligned_columns_are_a_table_and_the_lines_around_it_are_not() -> None:
    page = glyphs([*HEAD, *COLUMNS, *ROWS, NOTE])
    (table,), left = tables(page, 1, LENGTH)
    assert texts(table.grid) == WANTED
    outside = ["".join(glyph.character for glyph in line) for line in text_lines(left)]
    assert outside == ["支出总表", "单位名称：交易中心单位：万元", "注：本表为预算数"]


def test_a_header_word_spans_the_columns_it_is_centred_over() -> None:
    (grid,) = grids([*HEAD, *COLUMNS, *ROWS])
    spans = [(c.text, c.column, c.column_span) for c in grid.cells if c.row == 0]
    assert spans == [("项目", 0, 2), ("预算数", 2, 3)]
    assert grid.spans_known


def test_no_figure_of_it_is_certain() -> None:
    (grid,) = grids([*HEAD, *COLUMNS, *ROWS])
    assert {cell.confidence for cell in grid.cells} == {Decimal("0.500")}


def test_a_column_that_only_the_header_shows_is_kept() -> None:
    rows = [(y, [word for word in found if word[0] != 345]) for y, found in ROWS]
    rows[1] = (154, [(50, "20101"), (140, "行政运行"), (265, "20.00")])
    (grid,) = grids([*HEAD, *COLUMNS, *rows])
    assert texts(grid)[2] == ["201", "教育支出", "300.00", "", "100.00"]


WRAPPED: list[Print] = [
    *HEAD,
    *COLUMNS,
    *ROWS,
    (190, [(140, "机关事业基本养老")]),
    (196, [(50, "20805"), (265, "80.00"), (350, "80.00")]),
    (202, [(140, "缴费支出")]),
    (220, [(50, "20899"), (140, "其他支出"), (265, "10.00"), (350, "10.00")]),
]


def test_a_label_on_two_lines_belongs_to_the_figures_centred_on_it() -> None:
    (grid,) = grids(WRAPPED)
    assert texts(grid)[5:] == [
        ["20805", "机关事业基本养老缴费支出", "80.00", "80.00", ""],
        ["20899", "其他支出", "10.00", "10.00", ""],
    ]


def test_a_label_that_had_room_is_not_joined_with_the_line_below() -> None:
    page = [(y, [(140, "机关")]) if y == 190 else (y, found) for y, found in WRAPPED]
    assert grids(page) == []


def test_a_line_that_may_be_a_row_or_the_rest_of_one_is_not_guessed() -> None:
    page = [*HEAD, *COLUMNS, *ROWS, (190, [(140, "社会保障")])]
    assert grids(page) == []
    assert len(grids([*HEAD, *COLUMNS, *ROWS, (193, [(140, "社保")])])) == 1


RAGGED = {
    "a figure over a column's edge": (154, [(50, "20101"), (140, "行政运行"), (300, "20.00")]),
    "two figures in one column": (
        154,
        [(50, "20101"), (140, "运行"), (235, "2.00"), (265, "1.00")],
    ),
    "figures out of line": (154, [(50, "20101"), (140, "行政运行"), (252, "20.00")]),
    "text among figures": (154, [(50, "20101"), (140, "行政运行"), (265, "不详"), (350, "2.00")]),
    "an amount that touches a label": (154, [(50, "20101"), (140, "行政20.00"), (350, "2.00")]),
    "two amounts that touch": (154, [(50, "20101"), (140, "行政运行"), (265, "2.001.00")]),
    "figures without a label": (154, [(265, "20.00"), (350, "20.00")]),
    "cells printed over each other": (154, [(50, "20101"), (140, "行政运行"), (177, "20.00")]),
}


@pytest.mark.parametrize("line", RAGGED.values(), ids=RAGGED)
def test_a_ragged_table_is_left_as_lines(line: Print) -> None:
    page = [*HEAD, *COLUMNS, ROWS[0], line, ROWS[2]]
    found, left = tables(glyphs(page), 1, LENGTH)
    assert found == []
    assert len(left) == len(glyphs(page))


def test_a_figure_broken_over_two_lines_is_left_as_lines() -> None:
    broken: list[Print] = [
        (190, [(260, "1504.3")]),
        (196, [(50, "2080"), (140, "社会保障")]),
        (202, [(280, "1")]),
    ]
    assert grids([*HEAD, *COLUMNS, *ROWS, *broken]) == []


def test_figures_without_a_header_are_left_as_lines() -> None:
    assert grids([*HEAD, *ROWS]) == []


def test_prose_is_no_table() -> None:
    prose: list[Print] = [
        (
            100,
            [(50, "本年收入总计1,504.31万元，比上年增长0.60%，"), (330, "其中：教育支出12.30万元")],
        ),
        (115, [(50, "支出总计 1504.31 万元，"), (250, "其中 基本支出 1164.25 万元。")]),
        (130, [(50, "教育支出 340.06 万元。"), (250, "社会保障 195.44 万元。")]),
    ]
    assert grids([*HEAD, *prose]) == []
    assert grids(prose) == []


# Where a table ends


def low() -> list[Print]:
    """A table that ends near the foot of its page."""
    return moved([*HEAD, *COLUMNS, *ROWS], 580)


def opening(lines: Sequence[Print]) -> list[Line]:
    """The first lines of a page."""
    return [words(line) for line in text_lines(glyphs(lines))]


def test_a_table_at_the_foot_of_a_page_may_go_on_and_is_left_as_lines() -> None:
    assert grids(low()) == []
    assert grids(low(), lambda: opening(ROWS)) == []
    assert grids(low(), lambda: opening(HEAD)) == []


def test_a_table_at_the_foot_of_a_page_ends_there_if_another_one_comes_next() -> None:
    other = [(60, [(200, "收入总表")]), HEAD[1]]
    assert len(grids(low(), lambda: opening(other))) == 1
    assert len(grids(low(), lambda: None)) == 1


def test_figures_below_the_end_of_a_table_are_not_left_behind() -> None:
    assert grids([*HEAD, *COLUMNS, *ROWS, *moved(ROWS, 150)]) == []


# Through the reader


def printed(paper: Paper) -> None:
    """The table as text on a page."""
    for baseline, found in [*HEAD, *COLUMNS, *ROWS]:
        for x, text in found:
            paper.text(x, baseline, text)


def ruled_too(paper: Paper) -> None:
    """A ruled table on the same page."""
    printed(paper)
    paper.grid(ys=(500.0, 520.0, 540.0, 560.0))
    paper.texts(ys=(500.0, 520.0, 540.0, 560.0))


def test_the_reader_finds_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(drawn(printed))
    assert texts(only_grid(reader.read(document(path)))) == WANTED


def test_a_page_with_a_ruled_table_is_read_by_its_rules_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(drawn(ruled_too))
    assert only_grid(reader.read(document(path))).columns == 3
