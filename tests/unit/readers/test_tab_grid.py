"""Tab grids: lines to grids and paragraphs, and the layouts that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.document import Refusal
from pipeline.readers.shapes import Grid, Paragraph, Reading
from pipeline.readers.text import tab_grid
from tests.unit.readers.support import document, only_grid, outline, rows_of

TABLE = "编码\t名称\t合计\n201\t服务\t1.00\n208\t保障\t2.00"


def read(folder: Path, text: str | bytes) -> Reading:
    """The reading of a text file."""
    path = folder / "a.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return tab_grid.read(document(path))


def grids(text: str) -> list[Grid]:
    """The grids among the lines of a text."""
    return [item for item in tab_grid.items(text.split("\n")) if isinstance(item, Grid)]


def test_lines_with_tabs_are_rows_and_others_paragraphs(tmp_path: Path) -> None:
    reading = read(tmp_path, f"封面\n\n 标题 \n单位：万元\n{TABLE}\n注：无\n")
    assert reading.reader == "text"
    assert outline(reading) == ["封面", "标题", "单位：万元", "3 x 3", "注：无"]
    assert rows_of(only_grid(reading))[1] == ["201", "服务", "1.00"]


def test_everything_knows_its_line(tmp_path: Path) -> None:
    reading = read(tmp_path, f"封面\n\n标题\n{TABLE}\n\n301\t其他\t3.00\n注\n")
    assert [i.place.line for i in reading.items if isinstance(i, Paragraph)] == [1, 3, 9]
    grid = only_grid(reading)
    assert [grid.covering(row, 0).place.line for row in range(4)] == [4, 5, 6, 8]


def test_where_cells_end_nobody_knows(tmp_path: Path) -> None:
    grid = only_grid(read(tmp_path, "收入\t\t支出\t\na\t1\tb\t2\nc\t3\td\t4"))
    assert not grid.spans_known
    assert {(c.row_span, c.column_span) for c in grid.cells} == {(1, 1)}


@pytest.mark.parametrize(
    "between",
    ["", "\n\n", "\n \u3000", "- 5 -", "\n— 12 —\n", "第 3 页", "7", "\n7\n", "－7－"],
)
def test_blank_lines_and_page_numbers_part_no_table(between: str) -> None:
    (grid,) = grids(f"{TABLE}\n{between}\n301\t其他\t3.00")
    assert rows_of(grid)[-2:] == [["208", "保障", "2.00"], ["301", "其他", "3.00"]]
    assert grid.breaks == (3,)
    assert not grid.follows


@pytest.mark.parametrize("between", ["第5页 共20页", "5/20", "第五页"])
def test_longer_page_numbers_part_no_table(between: str) -> None:
    assert len(grids(f"{TABLE}\n{between}\n301\t其他\t3.00")) == 1


def test_rows_right_below_each_other_are_no_page_break() -> None:
    (grid,) = grids(TABLE)
    assert grid.breaks == ()


def test_a_line_of_words_parts_two_tables() -> None:
    first, second = grids(f"{TABLE}\n2026年预算支出总表\n{TABLE}")
    assert (first.rows, second.rows) == (3, 3)
    assert not second.follows


def test_after_a_break_other_columns_make_another_grid_that_may_be_the_rest() -> None:
    first, second = grids(f"{TABLE}\n\n301\t其他\t3.00\t\n302\t又\t4.00\t")
    assert (first.columns, second.columns) == (3, 4)
    assert second.follows
    assert not first.follows


def test_without_a_break_short_rows_are_filled_up() -> None:
    (grid,) = grids("a\tb\tc\nd\te\nf\tg\th\ti")
    assert grid.columns == 4
    assert rows_of(grid)[1] == ["d", "e", "", ""]


def test_cells_keep_the_blanks_before_and_lose_those_behind() -> None:
    (grid,) = grids("\u3000\u3000某项目 \t 1.00\u3000\n\ta")
    assert rows_of(grid) == [["\u3000\u3000某项目", " 1.00"], ["", "a"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_line_ends_and_encodings_make_no_difference(
    tmp_path: Path, end: str, encoding: str
) -> None:
    text = f"封面\n\n{TABLE}\n\n301\t其他\t3.00\n注：①\n"
    plain = read(tmp_path, text)
    assert read(tmp_path, text.replace("\n", end).encode(encoding)) == plain


def test_a_form_feed_is_a_page_break(tmp_path: Path) -> None:
    grid = only_grid(read(tmp_path, f"{TABLE}\n\f301\t其他\t3.00"))
    assert grid.breaks == (3,)
    assert rows_of(grid)[3] == ["301", "其他", "3.00"]


@pytest.mark.parametrize("feed", ["\n\f", "\f\n"])
def test_a_form_feed_moves_no_line_number(tmp_path: Path, feed: str) -> None:
    grid = only_grid(read(tmp_path, f"{TABLE}{feed}301\t其他\t3.00"))
    assert grid.covering(3, 0).place.line == 4


@pytest.mark.parametrize(
    ("data", "reason", "says"),
    [
        (b"\xff\xfe\xff\xff\xff\n", "unreadable_file", "neither UTF-8 nor GB 18030"),
        (f"{TABLE}\x00".encode(), "unreadable_file", "neither UTF-8 nor GB 18030"),
        (b"", "unsupported_layout", "flowing text (0 of 1 lines have tabs)"),
        ("一\n二\n三\n".encode(), "unsupported_layout", "flowing text (0 of 4 lines have tabs)"),
        (b"a\tb\nc\td\n", "unsupported_layout", "flowing text (2 of 3 lines have tabs)"),
        (
            f"# 一\n## 二\n### 三\n{TABLE}".encode(),
            "unsupported_layout",
            "OCR markdown (3 headings begin with #)",
        ),
    ],
)
def test_other_layouts_are_refused_with_a_reason(
    tmp_path: Path, data: bytes, reason: str, says: str
) -> None:
    with pytest.raises(Refusal) as caught:
        read(tmp_path, data)
    assert (caught.value.stage, caught.value.reason) == ("readers", reason)
    assert says in caught.value.detail


def test_two_headings_or_a_number_sign_make_no_markdown(tmp_path: Path) -> None:
    reading = read(tmp_path, f"# 一\n## 二\n#\n#3 楼\n####### 七\n{TABLE}")
    assert outline(reading)[-1] == "3 x 3"


CELLS = st.text("甲乙1.,-（）　 ", max_size=4)
MATRIX = st.integers(2, 5).flatmap(
    lambda n: st.lists(st.tuples(st.just("行"), *[CELLS] * (n - 1)), min_size=2)
)


@given(MATRIX)
def test_any_cells_come_back_as_they_were_printed(matrix: list[tuple[str, ...]]) -> None:
    (grid,) = grids("\n".join("\t".join(row) for row in matrix))
    assert rows_of(grid) == [[cell.rstrip() for cell in row] for row in matrix]


@given(st.lists(st.sampled_from(("a\tb", "a\tb\tc", "", "7", "words %d")), max_size=12))
def test_no_line_is_lost_and_none_is_read_twice(kinds: list[str]) -> None:
    """Every line but blank ones and page numbers is one row or one paragraph, in order."""
    lines = [kind.replace("%d", str(n) + "th") for n, kind in enumerate(kinds)]
    found = []
    for item in tab_grid.items(lines):
        if isinstance(item, Grid):
            found += [item.covering(row, 0).place.line for row in range(item.rows)]
        else:
            found.append(item.place.line)
    assert found == [n for n, line in enumerate(lines, 1) if line not in ("", "7")]


@pytest.mark.parametrize("row", ["\t\t340", "340\t\t", "201\t\t"])
def test_a_row_that_holds_nothing_but_a_short_number_is_no_page_number(row: str) -> None:
    (grid,) = grids(f"{TABLE}\n{row}\n301\t其他\t3.00")
    assert "".join(rows_of(grid)[3]).strip() in row


# Running heads


def test_a_running_head_parts_no_table_where_it_stands_often() -> None:
    head = "某市某局2026年预算公开"
    text = f"{head}\n{TABLE}\n\n{head}\n301\t其他\t3.00\n\n{head}\n第三部分"
    (grid,) = grids(text)
    assert (grid.rows, grid.breaks) == (4, (3,))
    twice = text.replace(f"{head}\n第三部分", "第三部分")
    assert [grid.rows for grid in grids(twice)] == [3, 1]


def test_words_right_below_rows_that_lost_their_tabs_are_no_row() -> None:
    lines = ["编码\t名称\t合计", "201\t服务", "外交", "208\t保障\t2.00", "注：无"]
    assert [type(item) for item in tab_grid.items(lines)] == [Grid, Paragraph]


def test_a_caption_is_no_running_head_however_often_it_stands() -> None:
    text = f"单位：万元\n{TABLE}\n\n单位：万元\n301\t其他\t3.00\n\n单位：万元\n第三部分"
    assert [grid.rows for grid in grids(text)] == [3, 1]


def test_rows_that_lost_their_trailing_tabs_are_rows_still() -> None:
    text = "编码\t名称\t合计\n201\t服务\n外交\n208\t保障\t2.00"
    (grid,) = grids(text)
    assert rows_of(grid)[1:3] == [["201", "服务", ""], ["外交", "", ""]]
