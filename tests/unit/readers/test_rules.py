"""Rules, however they are drawn: one table in every style, and what is no rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.colors import Color, black, white

from pipeline.documents.document import Refusal
from pipeline.readers.pdf import paths, reader
from pipeline.readers.shapes import Reading
from tests.unit.readers.drawn import (
    GREY,
    HEIGHT,
    STYLES,
    TEXTS,
    XS,
    YS,
    Draw,
    Paper,
    drawn,
)
from tests.unit.readers.support import document, only_grid, outline, rows_of

Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads what is drawn."""

    def read_drawn(*pages: Draw, **size: float) -> Reading:
        path = tmp_path / "a.pdf"
        path.write_bytes(drawn(*pages, **size))
        return reader.read(document(path))

    return read_drawn


@pytest.mark.parametrize("style", STYLES)
def test_a_table_is_the_same_however_its_rules_are_drawn(read: Read, style: str) -> None:
    def page(paper: Paper) -> None:
        STYLES[style](paper)
        paper.texts()

    grid = only_grid(read(page))
    assert rows_of(grid) == [list(row) for row in TEXTS]
    assert all((c.row_span, c.column_span) == (1, 1) for c in grid.cells)
    for cell in grid.cells:
        box = cell.place.box
        found = (box.x0, box.y0, box.x1, box.y1)
        wanted = (XS[cell.column], YS[cell.row], XS[cell.column + 1], YS[cell.row + 1])
        assert found == pytest.approx(wanted, abs=1.6)


def test_thousands_of_tiny_rectangles_are_one_table(read: Read) -> None:
    xs = tuple(60.0 + 60 * n for n in range(8))
    ys = tuple(60.0 + 18 * n for n in range(40))

    def page(paper: Paper) -> None:
        for y in ys:
            for n in range(70):
                paper.box(xs[0] + 6 * n, y - 0.24, xs[0] + 6 * n + 6, y + 0.24)
        for x in xs:
            for n in range(234):
                paper.box(x - 0.24, ys[0] + 3 * n, x + 0.24, ys[0] + 3 * n + 3)
        paper.texts([["1.00"] * 7] * 39, xs, ys)

    grid = only_grid(read(page))
    assert rows_of(grid) == [["1.00"] * 7] * 39


# What hides rules, and what does not


def test_white_painted_over_rules_merges_cells(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.grid()
        paper.paint(white, XS[0] + 1, YS[0] + 1, XS[2] - 1, YS[1] - 1)
        paper.text(XS[0] + 50, YS[0] + 14, "项目")
        paper.text(XS[2] + 3, YS[0] + 14, "金额")
        paper.texts(TEXTS[1:], XS, YS[1:])

    grid = only_grid(read(page))
    assert (grid.at(0, 0).text.strip(), grid.at(0, 0).column_span) == ("项目", 2)
    assert grid.at(1, 0).column_span == 1


def test_a_white_line_over_a_rule_takes_it_away(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.grid()
        paper.canvas.setStrokeColor(white)
        paper.canvas.setLineWidth(1.5)
        paper.line(XS[1], YS[0] + 1, XS[1], YS[1] - 1)
        paper.canvas.setStrokeColor(black)
        paper.texts()

    assert only_grid(read(page)).at(0, 0).column_span == 2


def test_white_painted_before_the_rules_hides_nothing(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.paint(white, 0, 0, 595, HEIGHT)
        paper.paint(white, XS[0] + 1, YS[0] + 1, XS[2] - 1, YS[1] - 1)
        paper.grid()
        paper.texts()

    assert rows_of(only_grid(read(page))) == [list(row) for row in TEXTS]


def test_a_glassy_patch_hides_nothing(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.grid()
        paper.texts()
        paper.paint(Color(1, 1, 0, alpha=0.3), XS[0] + 1, YS[0] + 1, XS[-1] - 1, YS[-1] - 1)

    assert rows_of(only_grid(read(page))) == [list(row) for row in TEXTS]


def test_white_areas_and_shades_are_no_cells(read: Read) -> None:
    """Rectangles that end where no rule is part nothing."""

    def page(paper: Paper) -> None:
        paper.paint(GREY, XS[0], YS[0], (XS[0] + XS[1]) / 2, YS[1])
        paper.paint(white, XS[0] + 10, YS[1] + 5, XS[2] - 10, YS[2] - 5)
        paper.grid()
        paper.texts()

    assert rows_of(only_grid(read(page))) == [list(row) for row in TEXTS]


def test_shades_without_rules_are_no_table(read: Read) -> None:
    def page(paper: Paper) -> None:
        for top in YS[:-1:2]:
            paper.paint(GREY, XS[0], top, XS[-1], top + 20)
        paper.texts()

    assert not list(read(page).grids())


def test_underlines_and_strokes_through_text_are_no_rules(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.grid()
        paper.texts()
        paper.line(XS[1] + 4, YS[1] + 16, XS[1] + 40, YS[1] + 16)
        paper.line(XS[0] + 4, YS[2] + 9, XS[0] + 20, YS[2] + 9)

    assert rows_of(only_grid(read(page))) == [list(row) for row in TEXTS]


def test_a_slanting_line_is_no_rule(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.grid()
        paper.line(XS[0], YS[0], XS[1], YS[1])
        paper.texts()

    assert rows_of(only_grid(read(page))) == [list(row) for row in TEXTS]


def test_rules_that_are_clipped_away_are_none(read: Read) -> None:
    """A sheet drawn whole on every page, each page showing its part."""

    def page(paper: Paper) -> None:
        canvas = paper.canvas
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(50, HEIGHT - YS[2], 500, YS[2] - 90)
        canvas.clipPath(path, stroke=0)
        paper.grid()
        paper.texts()
        canvas.restoreState()

    assert rows_of(only_grid(read(page))) == [list(row) for row in TEXTS[:2]]


# Forms within forms


def test_forms_nested_beyond_all_measure_are_refused(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "MAX_DEPTH", 1)

    def page(paper: Paper) -> None:
        STYLES["in_a_form"](paper)
        paper.texts()

    with pytest.raises(Refusal) as caught:
        read(page)
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize("limit", ["MAX_OBJECTS", "MAX_SEGMENTS"])
def test_a_page_that_draws_beyond_all_measure_is_refused(
    read: Read, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(paths, limit, 5)

    def page(paper: Paper) -> None:
        paper.grid()
        paper.texts()

    with pytest.raises(Refusal) as caught:
        read(page)
    assert caught.value.reason == "too_large"


# Which rules are a table


def test_a_frame_around_the_page_is_no_table(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.box(30, 30, 565, 812, stroke=1, fill=0)
        paper.box(33, 33, 562, 809, stroke=1, fill=0)
        paper.text(200, 70, "2026年预算支出总表", 15)
        paper.grid()
        paper.texts()
        paper.text(60, 300, "注：无")

    reading = read(page)
    assert outline(reading) == ["2026年预算支出总表", "3 x 3", "注：无"]


def test_a_divided_frame_around_tables_is_no_table(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.box(30, 30, 565, 812, stroke=1, fill=0)
        paper.line(30, 80, 565, 80)
        paper.text(200, 70, "2026年预算支出总表", 15)
        paper.grid()
        paper.texts()

    assert outline(read(page)) == ["2026年预算支出总表", "3 x 3"]


def test_a_box_in_a_cell_belongs_to_the_cell(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.grid()
        paper.texts()
        paper.box(XS[1] + 70, YS[1] + 5, XS[1] + 80, YS[1] + 15, stroke=1, fill=0)
        paper.text(XS[1] + 71, YS[1] + 13, "√", 8)

    grid = only_grid(read(page))
    assert rows_of(grid)[1][1].startswith("一般公共服务")


def test_a_table_in_a_cell_takes_its_own_text(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.grid((40, 400, 500), (50, 90, 300))
        paper.text(45, 70, "外")
        paper.text(405, 70, "说明")
        paper.grid()
        paper.texts()

    (_, outer), (_, inner) = read(page).grids()
    assert rows_of(outer) == [["外", "说明"], ["", ""]]
    assert rows_of(inner) == [list(row) for row in TEXTS]


def test_tables_side_by_side_are_read_one_after_the_other(read: Read) -> None:
    right = tuple(x + 270 - 30 for x in (60.0, 100.0, 180.0))
    left = (60.0, 130.0, 210.0)

    def page(paper: Paper) -> None:
        paper.text(200, 40, "两表", 15)
        paper.text(60, 90, "收入表")
        paper.text(right[0], 90, "支出表")
        paper.grid(left)
        paper.grid(right)
        paper.texts([row[:2] for row in TEXTS], left)
        paper.texts([row[1:] for row in TEXTS], right)
        paper.text(60, 200, "注：左")
        paper.text(right[0], 200, "注：右")

    wanted = ["两表", "收入表", "3 x 2", "注：左", "支出表", "3 x 2", "注：右"]
    assert outline(read(page)) == wanted


def test_tables_below_each_other_part_where_no_rule_joins_them(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.grid()
        paper.texts()
        below = tuple(y + 66 for y in YS)
        paper.grid(XS, below)
        paper.texts(TEXTS, XS, below)

    assert outline(read(page)) == ["3 x 3", "3 x 3"]


# Open sides


def sides(paper: Paper, *, top: bool, bottom: bool, left: bool, right: bool) -> None:
    """A table that lacks some of its outer rules."""
    for n, x in enumerate(XS):
        if (n > 0 or left) and (n < len(XS) - 1 or right):
            paper.line(x, YS[0], x, YS[-1])
    for n, y in enumerate(YS):
        if (n > 0 or top) and (n < len(YS) - 1 or bottom):
            paper.line(XS[0], y, XS[-1], y)
    paper.texts()


@pytest.mark.parametrize("missing", ["top", "bottom", "left", "right", "left right", "top bottom"])
def test_a_table_without_an_outer_rule_keeps_its_outer_cells(read: Read, missing: str) -> None:
    drawn_sides = {s: s not in missing.split() for s in ("top", "bottom", "left", "right")}
    reading = read(lambda paper: sides(paper, **drawn_sides))
    assert outline(reading) == ["3 x 3"]
    assert rows_of(only_grid(reading)) == [list(row) for row in TEXTS]


def test_rules_that_stick_out_make_no_empty_column(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.grid()
        for y in YS:
            paper.line(XS[0] - 20, y, XS[0], y)
        paper.texts()

    assert rows_of(only_grid(read(page))) == [list(row) for row in TEXTS]


def test_an_empty_table_on_a_page_without_text_is_kept(read: Read) -> None:
    """The rest of an empty form: nothing to read is no page that was not read."""

    def first(paper: Paper) -> None:
        paper.grid()
        paper.texts()

    reading = read(first, lambda paper: paper.grid())
    assert (outline(reading), reading.blind_pages) == (["6 x 3"], ())


def test_a_wide_sheet_is_read_to_its_end(read: Read) -> None:
    """A3 on its side."""
    xs = tuple(60.0 + 90 * n for n in range(13))

    def page(paper: Paper) -> None:
        paper.grid(xs, YS)
        paper.texts([[f"{n}.00" for n in range(12)]] * 3, xs, YS)

    grid = only_grid(read(page, width=1191, height=842))
    assert rows_of(grid) == [[f"{n}.00" for n in range(12)]] * 3


@pytest.mark.parametrize(
    "number", ["99999999999999999999999999999999999999999", "-9e99", "0.0000001"]
)
def test_coordinates_beyond_all_measure_rule_nothing(read: Read, number: str) -> None:
    def page(paper: Paper) -> None:
        paper.canvas._code.append(f"{number} {number} m {number} 5 l S")
        paper.canvas._code.append(f"q {number} 0 0 {number} {number} 0 cm 10 10 20 20 re f Q")
        paper.canvas._code.append(f"10 {number} {number} {number} re f")
        paper.grid()
        paper.texts()

    assert rows_of(only_grid(read(page))) == [list(row) for row in TEXTS]
