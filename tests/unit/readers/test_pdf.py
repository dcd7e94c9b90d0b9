"""The PDF reader on small pages drawn here: cells, merged cells, page breaks, damage."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfWriter, Transformation
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.documents.document import Refusal
from pipeline.readers import dispatch
from pipeline.readers.pdf import glyphs, reader
from pipeline.readers.shapes import Grid, Paragraph, Reading
from tests.facsimile.layout import Cell, Sheet
from tests.unit.readers.paper import HEIGHT, WIDTH, line, page, pdf_bytes, table
from tests.unit.readers.support import document, only_grid, outline, rows_of

WIDTHS = [70, 150, 80, 80, 80]
ROWS = """
项目|<|2026年预算数|<|<
科目编码|科目名称|合计|基本支出|项目支出
合计|<|30.00|10.00|20.00
201|一般公共服务支出|30.00|10.00|20.00
"""
Reader = Callable[..., Reading]


NO_TEXT = "2 pages, none with text (images, or drawings)"


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Reads pages, or the bytes of a file."""

    def read_pages(*pages: Sheet | bytes) -> Reading:
        path = tmp_path / "a.pdf"
        if isinstance(pages[0], bytes):
            path.write_bytes(pages[0])
        else:
            path.write_bytes(pdf_bytes(p for p in pages if isinstance(p, Sheet)))
        return reader.read(document(path))

    return read_pages


def refusal(read: Reader, data: bytes) -> Refusal:
    """Why the bytes are refused."""
    with pytest.raises(Refusal) as caught:
        read(data)
    assert caught.value.stage == "readers"
    return caught.value


# Cells


def test_a_page_is_lines_and_grids_from_top_to_bottom(read: Reader) -> None:
    reading = read(
        page(
            line("注：无", 300),
            table(ROWS, WIDTHS),
            line("2026年预算支出总表", 60, x=200, size=15),
            line("单位名称：某市某局", 90),
            line("单位：万元", 90, x=450),
        )
    )
    assert (reading.reader, reading.page_count, reading.blind_pages) == ("pdf", 1, ())
    assert outline(reading) == [
        "2026年预算支出总表",
        "单位名称：某市某局 单位：万元",
        "4 x 5",
        "注：无",
    ]


def test_cells_and_merged_cells(read: Reader) -> None:
    grid = only_grid(read(page(table(ROWS, WIDTHS))))
    assert grid.spans_known
    assert rows_of(grid)[0] == ["项目", "", "2026年预算数", "", ""]
    assert rows_of(grid)[3] == ["201", "一般公共服务支出", "30.00", "10.00", "20.00"]
    spans = {c.text: (c.row_span, c.column_span) for c in grid.cells if c.row in (0, 2)}
    assert spans["项目"] == (1, 2)
    assert spans["2026年预算数"] == (1, 3)
    assert spans["合计"] == (1, 2)


def test_cells_merged_over_rows(read: Reader) -> None:
    text = "项目|金额|<\n^|小计|一般\n甲|1.00|1.00"
    grid = only_grid(read(page(table(text, [100, 80, 80]))))
    top = grid.at(0, 0)
    assert (top.text, top.row_span, top.column_span) == ("项目", 2, 1)
    assert grid.covering(1, 0) is top
    assert grid.at(1, 0) is None
    assert grid.text(1, 1) == "小计"


def test_a_cell_knows_its_place_on_the_paper(read: Reader) -> None:
    first = page(line("封面", 100))
    grid = only_grid(read(first, page(table(ROWS, WIDTHS, x=60, y=100))))
    place = grid.at(3, 2).place
    assert place.page == 2
    box = place.box
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((280, 160, 360, 180), abs=1)


def test_neighbours_closer_than_a_character_stay_apart(read: Reader) -> None:
    """A figure that ends at the rule and a label that begins there: 5642.24 | 一、一般…"""
    cells = (
        Cell(60, 100, 103, 120, ("5642.24",), "right"),
        Cell(103, 100, 200, 120, ("一、一般公共服务",), "left"),
        Cell(60, 120, 103, 140, ("12345.67",), "right"),
        Cell(103, 120, 200, 140, ("二",), "left"),
    )
    grid = only_grid(read(page(cells)))
    assert rows_of(grid) == [["5642.24", "一、一般公共服务"], ["12345.67", "二"]]


def test_equal_texts_of_a_row_all_stay(read: Reader) -> None:
    grid = only_grid(read(page(table("甲|30.00|30.00|30.00\n乙|1.00||1.00", [60] * 4))))
    assert rows_of(grid) == [["甲", "30.00", "30.00", "30.00"], ["乙", "1.00", "", "1.00"]]


def test_wrapped_text_keeps_its_line_breaks(read: Reader) -> None:
    grid = only_grid(read(page(table("财政专户/管理资金|1504./31\n甲|乙", [80, 60], height=30))))
    assert grid.text(0, 0) == "财政专户\n管理资金"
    assert grid.text(0, 1) == "1504.\n31"


@pytest.mark.parametrize(("width", "wrapped"), [(36, True), (80, False)])
def test_a_line_break_is_forced_only_where_the_cell_is_too_narrow(
    read: Reader, width: float, wrapped: bool
) -> None:
    """1504.3 above 1 is one figure in a narrow cell, and may be two in a wide one."""
    grid = only_grid(read(page(table("甲|1504.3/1\n乙|2.00", [60, width], height=30))))
    assert grid.text(0, 1) == "1504.3\n1"
    assert grid.at(0, 1).wrapped == wrapped


def test_a_nearly_empty_grid_is_kept(read: Reader) -> None:
    """Camelot drops such grids; an official form without figures is one."""
    rows = "编码|名称|数\n" + "\n".join(["||"] * 12)
    grid = only_grid(read(page(table(rows, [100, 200, 100]))))
    assert (grid.rows, grid.columns) == (13, 3)


def test_the_indentation_of_a_label_is_kept(read: Reader) -> None:
    rows = "部门|1.00\n\u3000单位|1.00\n\u3000\u3000项目|1.00"
    grid = only_grid(read(page(table(rows, [150, 80]))))
    assert [grid.text(r, 0) for r in range(3)] == ["部门", "\u3000单位", "\u3000\u3000项目"]


def test_text_drawn_twice_to_look_bold_is_read_once(read: Reader) -> None:
    cells = tuple(
        copy for c in table(ROWS, WIDTHS) for copy in (c, replace(c, x0=c.x0 + 0.3, x1=c.x1 + 0.3))
    )
    grid = only_grid(read(page(cells)))
    assert rows_of(grid)[3] == ["201", "一般公共服务支出", "30.00", "10.00", "20.00"]


def test_two_tables_of_one_page_are_two_grids(read: Reader) -> None:
    low = table("甲|1.00\n乙|2.00", [100, 80], y=300)
    reading = read(page(table(ROWS, WIDTHS), line("表二", 280), low))
    assert outline(reading) == ["4 x 5", "表二", "2 x 2"]


# Page breaks


def rest(*rows: str, y: float = 50.0) -> tuple[Cell, ...]:
    """The rows of a continuation page."""
    return table("\n".join(rows), WIDTHS, y=y)


def test_a_table_goes_on_over_the_page_break(read: Reader) -> None:
    grid = only_grid(
        read(page(table(ROWS, WIDTHS, y=700)), page(rest("208|社会保障支出|1.00|1.00|")))
    )
    assert rows_of(grid)[4] == ["208", "社会保障支出", "1.00", "1.00", ""]
    assert grid.breaks == (4,)
    assert [grid.at(r, 2).place.page for r in (3, 4)] == [1, 2]


def test_a_header_repeated_after_the_break_stays_as_printed(read: Reader) -> None:
    head = ROWS.strip().split("\n")[:2]
    grid = only_grid(read(page(table(ROWS, WIDTHS)), page(rest(*head, "208|保障|1.00|1.00|"))))
    assert (grid.rows, grid.breaks) == (7, (4,))
    assert rows_of(grid)[4] == rows_of(grid)[0]


def test_a_table_may_begin_with_its_header_at_the_bottom_of_a_page(read: Reader) -> None:
    head, body = ROWS.strip().split("\n")[:2], ROWS.strip().split("\n")[2:]
    reading = read(
        page(line("2026年预算支出总表", 740), table("\n".join(head), WIDTHS, y=750)),
        page(rest(*body)),
    )
    assert outline(reading) == ["2026年预算支出总表", "4 x 5"]


def test_furniture_between_does_not_part_a_table(read: Reader) -> None:
    def printed(number: int, *parts: tuple[Cell, ...]) -> Sheet:
        head = line(f"某市某局2026年预算公开（{number}）", 30)
        return page(head, *parts, line(f"- {number} -", 780), line("内部编号 AB-7", 810))

    reading = read(printed(1), printed(2, table(ROWS, WIDTHS)), printed(3, rest("208|保障|1.00||")))
    assert outline(reading)[-1] == "5 x 5"


def test_a_page_that_draws_fewer_columns_is_read_on_the_columns_of_both(read: Reader) -> None:
    below = table("208|社会保障|1.00\n210|卫生健康|2.00", [70, 150, 240], y=50)
    grid = only_grid(read(page(table(ROWS, WIDTHS)), page(below)))
    assert (grid.rows, grid.columns) == (6, 5)
    figure = grid.at(4, 2)
    assert (figure.text, figure.column_span) == ("1.00", 3)


def test_a_page_with_other_columns_is_another_grid(read: Reader) -> None:
    below = table("甲|1.00", [100, 80], y=50)
    _, second = (g for _, g in read(page(table(ROWS, WIDTHS)), page(below)).grids())
    assert second.follows


# Pages that are turned


def turned(data: bytes, degrees: int) -> bytes:
    """The pages drawn sideways, with /Rotate to display them upright."""
    writer = PdfWriter(clone_from=io.BytesIO(data))
    for sheet in writer.pages:
        width, height = float(sheet.mediabox.width), float(sheet.mediabox.height)
        matrix = {
            90: (0, 1, -1, 0, height, 0),
            180: (-1, 0, 0, -1, width, height),
            270: (0, -1, 1, 0, 0, width),
        }[degrees]
        sheet.add_transformation(Transformation(matrix))
        if degrees != 180:
            sheet.mediabox.upper_right = sheet.cropbox.upper_right = (height, width)
        sheet.rotate(degrees)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_is_read_as_it_is_displayed(read: Reader, degrees: int) -> None:
    sheet = page(line("2026年预算支出总表", 60), table(ROWS, WIDTHS))
    upright, turned_reading = read(sheet), read(turned(pdf_bytes([sheet]), degrees))
    assert outline(turned_reading) == outline(upright)
    straight, turned_grid = only_grid(upright), only_grid(turned_reading)
    assert rows_of(turned_grid) == rows_of(straight)
    for one, other in zip(straight.cells, turned_grid.cells, strict=True):
        assert one.place.box.x0 == pytest.approx(other.place.box.x0, abs=0.5)
        assert one.place.box.y1 == pytest.approx(other.place.box.y1, abs=0.5)


def sideways(sheet: Sheet, degrees: int) -> bytes:
    """A page whose text runs up, down or upside down, shown as it lies."""
    writer = PdfWriter(clone_from=io.BytesIO(turned(pdf_bytes([sheet]), degrees)))
    writer.pages[0].rotate(-degrees)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_text_that_runs_up_or_down_the_page_is_read_in_its_own_direction(
    read: Reader, degrees: int
) -> None:
    sheet = page(line("2026年预算支出总表", 60), table(ROWS, WIDTHS), line("3", 800))
    upright, lying = read(sheet), read(sideways(sheet, degrees))
    assert outline(lying) == outline(upright)
    assert rows_of(only_grid(lying)) == rows_of(only_grid(upright))
    assert lying.blind_pages == ()


def test_what_lies_sideways_has_its_box_on_the_page_as_displayed(read: Reader) -> None:
    """The page is shown turned anticlockwise: right becomes up."""
    sheet = page(line("标题", 60), table(ROWS, WIDTHS, x=60, y=100))
    box = only_grid(read(sideways(sheet, 90))).at(3, 2).place.box
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((160, 235, 180, 315), abs=1)


def test_a_crop_box_smaller_than_the_paper_moves_nothing(read: Reader) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf_bytes([page(table(ROWS, WIDTHS))])))
    sheet = writer.pages[0]
    sheet.mediabox.lower_left, sheet.mediabox.upper_right = (-50, -70), (WIDTH + 30, HEIGHT + 20)
    sheet.cropbox.lower_left, sheet.cropbox.upper_right = (0, 0), (WIDTH, HEIGHT)
    out = io.BytesIO()
    writer.write(out)
    grid = only_grid(read(out.getvalue()))
    assert rows_of(grid)[3] == ["201", "一般公共服务支出", "30.00", "10.00", "20.00"]


# Files that are damaged, closed, or no text


def whole() -> bytes:
    """A sound file of one table."""
    return pdf_bytes([page(table(ROWS, WIDTHS))])


def test_a_file_without_its_end_is_refused(read: Reader) -> None:
    found = refusal(read, whole()[:-400])
    assert (found.reason, found.detail) == (
        "unreadable_file",
        "truncated: the file has no trailer",
    )


DAMAGED = b"%PDF-1.7\n" + b"x" * 99 + b"startxref\n9\n%%EOF"


@pytest.mark.parametrize("data", [b"%PDF-1.7\nstartxref\n0\n%%EOF\n", DAMAGED])
def test_a_file_pdfium_cannot_open_is_refused(read: Reader, data: bytes) -> None:
    assert refusal(read, data).reason == "unreadable_file"


def encrypted(user_password: str) -> bytes:
    """The sound file, protected."""
    writer = PdfWriter(clone_from=io.BytesIO(whole()))
    writer.encrypt(user_password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_file_behind_a_password_is_refused(read: Reader) -> None:
    found = refusal(read, encrypted("secret"))
    assert (found.reason, found.detail) == ("encrypted", "a password is needed to open it")


def test_a_file_protected_against_changes_only_is_read(read: Reader) -> None:
    assert rows_of(only_grid(read(encrypted(""))))[3][0] == "201"


@pytest.mark.parametrize("before", ["damaged", "encrypted"])
def test_a_file_without_pages_is_refused_whatever_was_read_before(
    read: Reader, before: str
) -> None:
    refusal(read, encrypted("secret") if before == "encrypted" else DAMAGED)
    out = io.BytesIO()
    PdfWriter().write(out)
    assert refusal(read, out.getvalue()).reason == "unreadable_file"


def test_a_file_of_too_many_pages_is_refused(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glyphs, "MAX_PAGES", 2)
    assert read(*[page(line("文", 60))] * 2).page_count == 2
    found = refusal(read, pdf_bytes([page(line("文", 60))] * 3))
    assert (found.reason, found.detail) == ("too_large", "3 pages; the limit is 2")


def scanned(canvas: Canvas, _: Sheet) -> None:
    """A page image: one grey pixel over the whole page."""
    grey = ImageReader(io.BytesIO(b"P5 1 1 255\n\x80"))
    canvas.drawImage(grey, 0, 0, WIDTH, HEIGHT)


def test_a_scan_is_no_text(read: Reader) -> None:
    found = refusal(read, pdf_bytes([page(), page()], also=scanned))
    assert (found.reason, found.detail) == ("not_text", NO_TEXT)


def test_empty_pages_are_refused(read: Reader) -> None:
    found = refusal(read, pdf_bytes([page(), page()]))
    assert (found.reason, found.detail) == (
        "unreadable_file",
        "its pages show neither text nor images",
    )


def mixed(*texts: str) -> bytes:
    """Two pages of text with a scanned one between them, which has these texts too."""
    foot = [line(text, 780, x=280) for text in texts]
    pages = [page(line("第一部分", 60)), page(*foot), page(line("第三部分", 60))]

    def second_scanned(canvas: Canvas, sheet: Sheet) -> None:
        if sheet is pages[1]:
            scanned(canvas, sheet)

    return pdf_bytes(pages, also=second_scanned)


@pytest.mark.parametrize("texts", [(), ("5",), ("12",)])
def test_a_page_that_shows_something_and_says_nothing_is_blind(
    read: Reader, texts: tuple[str, ...]
) -> None:
    reading = read(mixed(*texts))
    assert reading.blind_pages == (2,)
    assert reading.page_count == 3


@pytest.mark.parametrize("foot", ["- 5 -", "第 5 页", "某市某局2026年预算"])
def test_a_scan_with_a_page_number_or_running_foot_is_blind(read: Reader, foot: str) -> None:
    assert read(mixed(foot)).blind_pages == (2,)


def test_an_empty_page_is_not_blind(read: Reader) -> None:
    assert read(page(line("第一部分", 60)), page()).blind_pages == ()


# Which reader


def test_each_medium_has_its_reader(tmp_path: Path) -> None:
    pdf, text = tmp_path / "a.bin", tmp_path / "b.pdf"
    pdf.write_bytes(whole())
    text.write_bytes(b"a\tb\nc\td\ne\tf\n")
    assert dispatch.read(document(pdf)).reader == "pdf"
    assert dispatch.read(document(text)).reader == "text"


def test_a_medium_without_a_reader_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(Refusal, match="no reader for application/zip") as caught:
        dispatch.read(document(path))
    assert caught.value.reason == "unsupported_media"


def test_every_item_is_a_grid_or_a_paragraph(read: Reader) -> None:
    reading = read(page(line("标题", 60), table(ROWS, WIDTHS)))
    assert {type(item) for item in reading.items} == {Grid, Paragraph}
