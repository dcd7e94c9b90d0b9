"""Tables over page breaks: joined by their rules, whatever furniture stands between."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.pdf import reader
from pipeline.readers.pdf.continuation import PageItems, join_pages
from pipeline.readers.shapes import Box, Cell, Grid, Paragraph, Place
from tests.unit.readers.drawn import Draw, Paper, drawn
from tests.unit.readers.support import document, only_grid, rows_of

HEIGHT = 842.0
EDGES = (60.0, 130.0, 280.0, 360.0)


def ruled(*rows: str, edges: tuple[float, ...] = EDGES, page: int = 1) -> Grid:
    """A grid with these rows; `<` is covered by the cell on its left."""
    cells = []
    for row, line in enumerate(rows):
        texts = line.split("|")
        for column, text in enumerate(texts):
            if text != "<":
                span = next(
                    (n for n, t in enumerate(texts[column + 1 :], 1) if t != "<"),
                    len(texts) - column,
                )
                box = Box(edges[column], 100.0 + 20 * row, edges[column + span], 120.0 + 20 * row)
                cells.append(Cell(row, column, text, Place(page, box), column_span=span))
    return Grid(len(rows), len(edges) - 1, tuple(cells), spans_known=True, edges=edges)


def words(text: str, y: float = 50.0) -> Paragraph:
    """A line of text at a height of its page."""
    return Paragraph(text, Place(1, Box(60.0, y, 200.0, y + 10)))


def page(*items: Paragraph | Grid | str) -> PageItems:
    """A page; plain texts stand near its top."""
    return PageItems([words(i) if isinstance(i, str) else i for i in items], HEIGHT)


def shape(items: list[Paragraph | Grid]) -> list[str]:
    """Texts, and the number of rows of each grid."""
    return [i.text if isinstance(i, Paragraph) else f"{i.rows} rows" for i in items]


A, B = ruled("201|服务|1.00", "208|保障|2.00"), ruled("301|其他|3.00", page=2)


def test_a_grid_at_the_top_continues_the_one_that_ends_the_page_before() -> None:
    (whole,) = join_pages([page(A), page(B)])
    assert isinstance(whole, Grid)
    assert rows_of(whole) == rows_of(A) + rows_of(B)
    assert whole.breaks == (2,)
    assert whole.covering(2, 0).place.page == 2


def test_three_pages_make_one_grid_with_two_breaks() -> None:
    (whole,) = join_pages([page(A), page(A), page(B)])
    assert (whole.rows, whole.breaks) == (5, (2, 4))


def test_what_stands_around_stays_in_order() -> None:
    joined = join_pages([page("标题", A), page(B, "注：无"), page("第三部分")])
    assert shape(joined) == ["标题", "3 rows", "注：无", "第三部分"]


@pytest.mark.parametrize("line", ["2026年预算支出总表", "单位：万元", "续表"])
@pytest.mark.parametrize("below", [True, False])
def test_any_other_line_between_parts_two_tables(line: str, below: bool) -> None:
    pages = [page(A, line), page(B)] if below else [page(A), page(line, B)]
    joined = join_pages(pages)
    assert shape(joined) == ["2 rows", line, "1 rows"]
    assert not joined[-1].follows


@pytest.mark.parametrize(
    "number", ["5", "- 5 -", "— 12 —", "第 5 页", "第5页 共20页", "5/20", "·7·"]
)
def test_page_numbers_are_left_out_and_part_nothing(number: str) -> None:
    joined = join_pages([page(A, number), page(number, B)])
    assert shape(joined) == ["3 rows"]


def test_lines_in_the_bottom_margin_are_left_out() -> None:
    low, high = words("某市某局", 0.95 * HEIGHT), words("某市某局", 0.93 * HEIGHT)
    assert shape(join_pages([page(A, low), page(B)])) == ["3 rows"]
    assert shape(join_pages([page(A, high), page(B)])) == ["2 rows", "某市某局", "1 rows"]


def test_a_line_that_repeats_on_many_pages_parts_nothing() -> None:
    others = [page("某局2026年预算 第1页", "文")]
    joined = join_pages([*others, page("某局2026年预算 第2页", A), page("某局2026年预算 第3页", B)])
    assert shape(joined) == ["某局2026年预算 第1页", "文", "某局2026年预算 第2页", "3 rows"]


def test_twice_is_not_many() -> None:
    joined = join_pages([page("某局2026年预算", A), page("某局2026年预算", B)])
    assert shape(joined) == ["某局2026年预算", "2 rows", "某局2026年预算", "1 rows"]


HEAD = "某市某局预算公开"


def test_on_a_long_document_a_line_must_repeat_on_half_of_the_pages() -> None:
    filler = [page(f"文 {'甲乙丙丁戊己庚辛壬癸'[n]}") for n in range(7)]
    three = [page(HEAD, A), page(HEAD, B), page(HEAD, "文")]
    assert "2 rows" in shape(join_pages(filler + three))
    assert "3 rows" in shape(join_pages(filler[:3] + three))


def test_a_caption_is_no_running_head_however_often_it_stands() -> None:
    pages = [page("单位：万元", A), page("单位：万元", B), page("单位：万元", "文")]
    assert "2 rows" in shape(join_pages(pages))


def test_what_repeats_above_separate_tables_stays_with_each() -> None:
    titles = ("表甲", "表乙", "表丙")
    joined = join_pages([page(title, "单位：万元", A) for title in titles])
    assert shape(joined) == [x for title in titles for x in (title, "单位：万元", "2 rows")]


def moved(points: float) -> Grid:
    """The second grid, printed further right."""
    return ruled("301|其他|3.00", edges=tuple(e + points for e in EDGES), page=2)


@pytest.mark.parametrize(("points", "rows"), [(2.9, [3]), (-2.9, [3]), (3.5, [2, 1])])
def test_rules_may_lie_three_points_apart(points: float, rows: list[int]) -> None:
    joined = join_pages([page(A), page(moved(points))])
    assert [grid.rows for grid in joined] == rows
    assert joined[-1].follows == (len(rows) > 1)


def test_a_page_that_shows_fewer_rules_is_widened() -> None:
    below = ruled("301|3.00", edges=(60.0, 280.0, 360.0), page=2)
    (whole,) = join_pages([page(A), page(below)])
    assert (whole.columns, rows_of(whole)[2]) == (3, ["301", "", "3.00"])
    assert whole.at(2, 0).column_span == 2
    (whole,) = join_pages([page(below), page(A)])
    assert (whole.columns, rows_of(whole)[0]) == (3, ["301", "", "3.00"])


@pytest.mark.parametrize(
    "edges",
    [(60.0, 130.0, 280.0, 400.0), (60.0, 150.0, 280.0, 360.0), (90.0, 130.0, 280.0, 360.0)],
)
def test_other_columns_are_another_grid_that_may_be_the_rest(edges: tuple[float, ...]) -> None:
    first, second = join_pages([page(A), page(ruled("1|2|3", edges=edges))])
    assert second.follows
    assert not first.follows


def test_what_may_be_the_rest_says_so_on_its_second_page_too() -> None:
    """Two pages printed 6 points to the right: together they may be the rest of the first."""
    first, second = join_pages([page(A), page(moved(6)), page(moved(6))])
    assert (first.rows, second.rows) == (2, 2)
    assert second.follows


def test_two_tables_of_one_page_are_not_joined() -> None:
    assert shape(join_pages([page(A, B)])) == ["2 rows", "1 rows"]


ROWS = st.lists(st.tuples(*[st.sampled_from(("", "甲", "1.00"))] * 3).map("|".join), min_size=2)


@given(ROWS.filter(lambda rows: rows != []), st.data())
def test_a_table_cut_anywhere_is_whole_again(rows: list[str], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(rows) - 1), max_size=3)))
    bounds = [0, *cuts, len(rows)]
    pages = [page(ruled(*rows[a:b])) for a, b in pairwise(bounds)]
    (whole,) = join_pages(pages)
    assert rows_of(whole) == rows_of(ruled(*rows))
    assert whole.breaks == tuple(cuts)


# Rows and merged cells cut by the break


def cut(*rows: str, top: bool = True, bottom: bool = True, at: float = 100.0) -> Draw:
    """A table that lacks its first or its last rule; `/` breaks a line, long texts fill cells."""

    def page(paper: Paper) -> None:
        ys = [at + 30 * n for n in range(len(rows) + 1)]
        for x in EDGES:
            paper.line(x, ys[0], x, ys[-1])
        for n, y in enumerate(ys):
            if (n > 0 or top) and (n < len(rows) or bottom):
                paper.line(EDGES[0], y, EDGES[-1], y)
        for y, row in zip(ys, rows, strict=False):
            for x, text in zip(EDGES, row.split("|"), strict=False):
                for n, part in enumerate(text.split("/")):
                    paper.text(x + 2, y + 12 + 13 * n, part)

    return page


def rows_over(tmp_path: Path, *pages: Draw) -> list[list[str]]:
    """The rows of the one table on these pages."""
    path = tmp_path / "a.pdf"
    path.write_bytes(drawn(*pages))
    return rows_of(only_grid(reader.read(document(path))))


UPPER = ("201|甲|1.00", "208|用于缴纳机关事业单位基本养老|2.00")


def test_a_row_cut_by_the_break_is_whole_again(tmp_path: Path) -> None:
    found = rows_over(
        tmp_path, cut(*UPPER, bottom=False), cut("|保险的支出|", "210|乙|3.00", top=False)
    )
    assert found[1:] == [
        ["208", "用于缴纳机关事业单位基本养老\n保险的支出", "2.00"],
        ["210", "乙", "3.00"],
    ]


@pytest.mark.parametrize(
    ("bottom", "top", "lower"),
    [
        (True, False, "|保险的支出|"),
        (False, True, "|保险的支出|"),
        (False, False, "|保险的支出|3.00"),
        (False, False, "210|保险的支出|"),
        (False, False, "|二、外交支出|"),
        (False, False, "|其中：外交|"),
    ],
)
def test_rows_at_the_break_stay_apart_without_evidence(
    tmp_path: Path, bottom: bool, top: bool, lower: str
) -> None:
    found = rows_over(tmp_path, cut(*UPPER, bottom=bottom), cut(lower, "211|乙|3.00", top=top))
    assert len(found) == 4
    assert found[2] == lower.split("|")


def test_a_short_line_above_the_break_is_complete(tmp_path: Path) -> None:
    upper = cut("201|甲|1.00", "208|保障|2.00", bottom=False)
    assert len(rows_over(tmp_path, upper, cut("|支出|", "210|乙|3.00", top=False))) == 4


def merged_over(paper: Paper, ys: list[float], first: str, *, top: bool, bottom: bool) -> None:
    """Rows whose first cell is one; its outer rule is missing where it goes on."""
    for x in EDGES:
        paper.line(x, ys[0], x, ys[-1])
    for n, y in enumerate(ys):
        left = EDGES[0] if (n == 0 and top) or (n == len(ys) - 1 and bottom) else EDGES[1]
        paper.line(left, y, EDGES[-1], y)
    if first:
        paper.text(EDGES[0] + 2, ys[0] + 14, first)
    for y in ys[:-1]:
        paper.text(EDGES[1] + 2, y + 14, "数量指标")
        paper.text(EDGES[2] + 2, y + 14, "1.00")


@pytest.mark.parametrize("again", ["", "产出"])
def test_a_merged_cell_reaches_over_the_break_unless_printed_again(
    tmp_path: Path, again: str
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(
        drawn(
            lambda p: merged_over(p, [100.0, 120.0, 140.0], "产出", top=True, bottom=False),
            lambda p: merged_over(p, [60.0, 80.0, 100.0], again, top=False, bottom=True),
        )
    )
    grid = only_grid(reader.read(document(path)))
    assert (grid.rows, grid.at(0, 0).row_span) == ((4, 2) if again else (4, 4))
    assert grid.text(3, 2) == "1.00"


def test_a_fragment_that_shows_other_columns_waits_for_one_that_shows_all() -> None:
    """The second page shows what the first lacks and lacks what it shows; the third shows all."""
    one = ruled("1|2|3", edges=(60.0, 130.0, 280.0, 360.0))
    other = ruled("4|5|6", edges=(60.0, 100.0, 280.0, 360.0), page=2)
    all_of_them = ruled("7|8|9|0", edges=(60.0, 100.0, 130.0, 280.0, 360.0), page=3)
    (whole,) = join_pages([page(one), page(other), page(all_of_them)])
    assert isinstance(whole, Grid)
    assert rows_of(whole) == [["1", "", "2", "3"], ["4", "5", "", "6"], ["7", "8", "9", "0"]]
    assert whole.breaks == (1, 2)
