"""OCR markdown: lines to paragraphs and grids, one cell, one page, one table."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.document import Refusal
from pipeline.readers.shapes import Grid, Paragraph
from pipeline.readers.text import markdown
from pipeline.readers.text.markdown_cells import as_number, cell_text, line_text, value
from pipeline.readers.text.markdown_pages import ordinal
from pipeline.readers.text.markdown_sums import placed
from tests.unit.readers.support import document, rows_of

HTML_LINE = "<tr><td>y</td><td>z</td></tr>"
HEAD = "编码\t名称\t合计\t基金\t结转"
TABLE = f"{HEAD}\n\t合计\t6.00\t1.00\t9.00\n201\t服务\t5.00\t\t\n212\t城乡\t1.00\t1.00\t"


def items(text: str) -> list[Paragraph | Grid]:
    """What is read of a text."""
    return list(markdown.items(text.split("\n")))


def grids(text: str) -> list[Grid]:
    """The grids of a text."""
    return [item for item in items(text) if isinstance(item, Grid)]


def only_rows(text: str) -> list[list[str]]:
    """The rows of the one grid of a text."""
    (grid,) = grids(text)
    return rows_of(grid)


def texts(text: str) -> list[str]:
    """The paragraphs of a text."""
    return [item.text for item in items(text) if isinstance(item, Paragraph)]


# One cell


@pytest.mark.parametrize(
    ("printed", "figure"),
    [
        ("3334. 01", "3334.01"),
        ("3334 .01", "3334.01"),
        ("1 ,234.5", "1,234.5"),
        ("90, 000, 000", "90,000,000"),
        ("３３３４．０１", "3334.01"),
        ("１，２３４", "1,234"),
        ("-12. 30", "-12.30"),
        ("（ 1. 50 ）", "(1.50)"),
        ("**118. 66**", "118.66"),
        ("<b>118.</b>66", "118.66"),
        ("118\\.66", "118.66"),
        ("118.66&nbsp;", "118.66"),
    ],
)
def test_a_figure_keeps_its_digits_and_loses_the_blanks_at_its_marks(
    printed: str, figure: str
) -> None:
    assert cell_text(printed) == figure
    assert value(figure) is not None


@pytest.mark.parametrize(
    "printed",
    [
        "33 34.01",
        "3334.0 1",
        "33O4.01",
        "l18.66",
        "3334, 01",
        "3. 334",
        "1.234.50",
        "12.34 56.78",
        "3000. 00 714. 01",
        "12<sup>3</sup>",
        "<s>12</s>34",
        "&amp;lt;12",
        "1234567890123456789012345.00",
    ],
)
def test_what_is_no_figure_for_sure_is_none_afterwards(printed: str) -> None:
    assert value(cell_text(printed)) is None


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("文化旅游体育与传 媒支出", "文化旅游体育与传媒支出"),
        ("维修 (护) 费", "维修(护)费"),
        ("<b>项目又山</b>", "项目又山"),
        ("政府经济科目名称 —", "政府经济科目名称"),
        ("·", ""),
        ("—", "—"),
        ("-", "-"),
        (".", "."),
        ("<u></u>", ""),
        ("A &lt;b&gt; &amp;amp;", "A <b> &amp;"),
        ("a<br>b", "a\nb"),
        ("≤10<20", "≤10<20"),
        ("<script>x</script>", "<script>x</script>"),
        ("\u3000\u3000某 项目 ", "\u3000\u3000某项目"),
        ("系统 OA 改造", "系统 OA 改造"),
    ],
)
def test_words_lose_marks_and_the_blanks_of_their_wrapping(printed: str, text: str) -> None:
    assert cell_text(printed) == text


@given(st.decimals(0, 10**9, places=2), st.sampled_from(("", " ", "\u3000")), st.booleans())
def test_blanks_at_marks_change_no_value(amount: Decimal, blank: str, grouped: bool) -> None:
    printed = f"{amount:,.2f}" if grouped else f"{amount:.2f}"
    for mark in ",.":
        printed = printed.replace(mark, f"{blank}{mark}{blank}")
    assert value(as_number(printed) or "") == amount


@given(st.text("0123456789., Oｏl１\u3000", max_size=14))
def test_no_digit_is_added_lost_or_moved(text: str) -> None:
    plain = text.translate(str.maketrans("１", "1"))
    digits = [c for c in plain if c.isdigit()]
    found = as_number(text)
    assert found is None or [c for c in found if c.isdigit()] == digits
    assert found is None or not set(text) & set("Oｏl")


# Lines


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("# 目 录", "目录"),
        ("#### 2025年预算收支总表 ####", "2025年预算收支总表"),
        ("## **一、说明**", "一、说明"),
        ("- 注: 本表无数据", "注:本表无数据"),
        ("<b>合计</b> 说明", "合计说明"),
        ("某局 2025年度", "某局 2025年度"),
    ],
)
def test_headings_lists_and_emphasis_lose_their_marks(line: str, text: str) -> None:
    assert line_text(line) == text
    assert texts(f"{TABLE}\n\n{line}\n") == [text]


@pytest.mark.parametrize(
    "line", ["", "---", "![](a.png)", "- 5 -", "<!-- page 3 -->", "{3}-----", "```", "第3页"]
)
def test_page_marks_part_no_table(line: str) -> None:
    found = grids(f"{TABLE}\n{line}\n221\t住房\t\t\t9.00")
    assert [grid.rows for grid in found] == [5]
    assert found[0].breaks == (4,)


def test_everything_knows_its_line() -> None:
    found = items(f"# 题\n\n{TABLE}\n\n221\t住房\t\t\t9.00\n\n尾")
    assert [i.place.line for i in found if isinstance(i, Paragraph)] == [1, 10]
    (grid,) = (i for i in found if isinstance(i, Grid))
    assert [grid.covering(r, 0).place.line for r in range(5)] == [3, 4, 5, 6, 8]


# Tables


def test_tab_rows_pipes_and_html_read_the_same() -> None:
    rows = [row.split("\t") for row in TABLE.split("\n")]
    pipes = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    ruled = pipes.replace("\n", "\n|:---|---|--:|---|---|\n", 1)
    html = "".join(f"<tr>{''.join(f'<td>{t}</td>' for t in row)}</tr>\n" for row in rows)
    wanted = only_rows(TABLE)
    assert wanted == rows
    for text in (pipes, ruled, html, f"<table>{html}</table>", f"题<TABLE>\n{html}</TABLE>注"):
        assert only_rows(text) == wanted


def test_merged_html_cells_stand_in_their_first_place() -> None:
    text = (
        "<table><tr><td rowspan='2'>编码</td><td colspan=\"2\">金额</td></tr>"
        "<tr><td>合计</td><td>其他</td></tr><tr><td>201</td><td>1. 00</td><td></td></tr></table>"
    )
    assert only_rows(text) == [["编码", "金额", ""], ["", "合计", "其他"], ["201", "1.00", ""]]


def test_what_stands_in_no_html_cell_is_words() -> None:
    text = "<table><caption>某表</caption><tr><td>a</td><td>b</td></tr></table> 注：无"
    assert texts(text) == ["某表", "注：无"]


def test_a_hostile_span_makes_no_endless_row() -> None:
    cell = "<td rowspan=9999 colspan=9999>1</td>"
    found = grids(f"<table><tr>{cell}<td>a</td></tr><tr><td>b</td><td>c</td></tr></table>")
    assert all(grid.columns < 200 for grid in found)


def test_an_escaped_pipe_parts_no_cells() -> None:
    assert only_rows("| a\\|b | c |\n|---|---|\n| d | 1.00 |")[0] == ["a|b", "c"]


def test_a_lone_row_with_one_text_is_words() -> None:
    assert texts("\t某表\t\n\n尾") == ["某表", "尾"]


# Pages


def test_spare_columns_at_the_right_make_no_other_table() -> None:
    wide = "\n".join(line + "\t\t\t" for line in TABLE.split("\n"))
    assert only_rows(f"{wide}\n\n221\t住房\t\t\t9.00") == only_rows(
        f"{TABLE}\n\n221\t住房\t\t\t9.00"
    )


def test_columns_that_a_page_lost_come_back_where_the_sums_prove_them() -> None:
    assert only_rows(f"{TABLE}\n\n221\t住房\t9.00")[-1] == ["221", "住房", "", "", "9.00"]


def test_columns_that_nothing_proves_make_a_grid_that_may_be_the_rest() -> None:
    bare = TABLE.replace("\t合计\t6.00\t1.00\t9.00\n", "")
    first, second = grids(f"{bare}\n\n221\t住房\t9.00")
    assert (first.follows, second.follows) == (False, True)
    assert rows_of(second) == [["221", "住房", "9.00"]]


def test_a_column_shifted_on_a_page_goes_back_only_by_proof() -> None:
    shifted = "221\t住房\t\t9.00\t"
    assert only_rows(f"{TABLE}\n\n{shifted}")[-1] == ["221", "住房", "", "", "9.00"]
    lost = TABLE.replace("9.00", "")
    assert only_rows(f"{lost}\n\n{shifted}")[-1] == ["221", "住房", "", "9.00", ""]


@pytest.mark.parametrize(
    "rest",
    [
        "编码\t名称\t基本\t项目\t其他\n301\t工资\t1.00\t\t",
        "\t合计\t7.00\t\t\n301\t工资\t7.00\t\t",
        "201\t服务\t5.00\t\t\n20103\t办公\t5.00\t\t",
        "工资\t办公经费\t1.00\t\t\n奖金\t办公经费\t1.00\t\t",
    ],
    ids=["own header", "own total", "codes again", "words for codes"],
)
def test_another_table_right_below_is_not_joined(rest: str) -> None:
    first, second = grids(f"{TABLE}\n\n{rest}")
    assert (first.rows, second.rows) == (4, 2)
    assert second.follows


def test_a_header_printed_again_is_of_the_same_table() -> None:
    (grid,) = grids(f"{TABLE}\n\n{HEAD}\n221\t住房\t\t\t9.00")
    assert (grid.rows, grid.breaks) == (6, (4,))


def test_words_between_part_tables() -> None:
    _, second = grids(f"{TABLE}\n\n2025年某表\n\n221\t住房\t\t\t9.00\n\n229\t其他\t\t\t1.00")
    assert not second.follows


@pytest.mark.parametrize(
    "rows",
    [
        ["三、国防\t1.00", "四、公安\t2.00", "五、教育\t3.00", "合计\t6.00"],
        ["208\t1.00", "20805\t1.00", "2080501\t1.00"],
        ["工资\t3.00", "基本工资\t1.00", "津贴\t2.00", "办公\t9.00"],
    ],
    ids=["enumerators", "codes", "sums"],
)
def test_a_page_bottom_up_is_turned(rows: list[str]) -> None:
    head = "项目\t金额\n前行\t5.00\n另行\t4.00"
    if rows[0][0] == "2":
        head = "编码\t金额\n201\t5.00\n204\t4.00"
    upright = only_rows("\n".join([head, "", *rows]))
    assert only_rows("\n".join([head, "", *reversed(rows)])) == upright
    assert [row[0] for row in upright[3:]] == [row.split("\t")[0] for row in rows]


def test_what_tells_no_order_is_left_as_it_stands() -> None:
    rows = "乙\t2.00\n甲\t1.00\n丙\t7.00"
    assert only_rows(f"项目\t金额\n前\t5.00\n\n{rows}")[2:] == [
        r.split("\t") for r in rows.split("\n")
    ]


def test_two_placements_that_are_as_good_prove_nothing() -> None:
    upper = (("201", "a", "1.00", "1.00", ""), ("", "合计", "3.00", "3.00", ""))
    assert placed(upper, (("208", "b", "2.00", "2.00"),), 5) == (("208", "b", "2.00", "2.00", ""),)
    assert placed(upper, (("208", "b", "2.00", ""),), 5) is None
    flat = (("", "合计", "2.00", "2.00", ""), ("201", "a", "", "", ""))
    assert placed(flat, (("208", "b", "2.00"),), 5) is None


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("一、某", 1),
        ("十、某", 10),
        ("十二、某", 12),
        ("三十、某", 30),
        ("二十一、某", 21),
        ("某", None),
        ("、某", None),
        ("一二、某", None),
    ],
)
def test_chinese_numbers(label: str, number: int | None) -> None:
    assert ordinal(label) == number


# Documents


@pytest.mark.parametrize(
    "text",
    ["# 一\n## 二\n### 三", "| a | b |\n|---|---|\n| c | d |", "文\n<table><tr><td>a</td></tr>"],
)
def test_markdown_is_known(text: str) -> None:
    assert markdown.looks_like(text.split("\n"))


@pytest.mark.parametrize("text", ["", TABLE, f"# 一\n#3 楼\n{TABLE}", "a < b\n| x", "一\n二"])
def test_other_texts_are_not(text: str) -> None:
    assert not markdown.looks_like(text.split("\n"))


def test_markdown_without_a_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("# 一\n## 二\n### 三\n", encoding="utf-8")
    with pytest.raises(Refusal, match="markdown without a table"):
        markdown.read(document(path))


@given(st.lists(st.sampled_from(("a\tb", "1.00\tc\td", "", "| x | y |", "words %d", HTML_LINE))))
def test_no_line_is_lost_and_none_is_read_twice(kinds: list[str]) -> None:
    lines = [kind.replace("%d", str(n) + "th") for n, kind in enumerate(kinds)]
    found: list[int] = []
    for item in markdown.items(lines):
        if isinstance(item, Grid):
            found += [item.covering(row, 0).place.line or 0 for row in range(item.rows)]
        else:
            found.append(item.place.line or 0)
    assert sorted(found) == [n for n, line in enumerate(lines, 1) if line]
