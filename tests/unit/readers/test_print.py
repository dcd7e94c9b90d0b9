"""What is print and what only lies in the file; characters as they are meant."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject
from reportlab.lib.colors import black, white
from reportlab.lib.utils import ImageReader

from pipeline.readers.pdf import glyphs, reader
from pipeline.readers.pdf.radicals import IDEOGRAPH
from pipeline.readers.shapes import Reading
from tests.unit.readers.drawn import HEIGHT, TEXTS, WIDTH, XS, YS, Draw, Paper, drawn
from tests.unit.readers.support import document, only_grid, outline, rows_of

Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads what is drawn, or the bytes of a file."""

    def read_drawn(*pages: Draw | bytes) -> Reading:
        path = tmp_path / "a.pdf"
        first = pages[0]
        data = first if isinstance(first, bytes) else drawn(*pages)  # type: ignore[arg-type]
        path.write_bytes(data)
        return reader.read(document(path))

    return read_drawn


def table(paper: Paper) -> None:
    """The table all pages have."""
    paper.grid()
    paper.texts()


def rows(reading: Reading) -> list[list[str]]:
    """The rows of the one table."""
    return rows_of(only_grid(reading))


PRINTED = [list(row) for row in TEXTS]


# Hidden text


def test_invisible_text_is_no_print(read: Read) -> None:
    def page(paper: Paper) -> None:
        table(paper)
        text = paper.canvas.beginText(XS[2] + 40, HEIGHT - YS[1] - 14)
        text.setTextRenderMode(3)
        text.textOut("99.99")
        paper.canvas.drawText(text)

    assert rows(read(page)) == PRINTED


def test_white_text_on_white_paper_is_no_print(read: Read) -> None:
    def page(paper: Paper) -> None:
        table(paper)
        paper.canvas.setFillColor(white)
        paper.text(XS[2] + 40, YS[1] + 14, "99")
        paper.canvas.setFillColor(black)

    assert rows(read(page)) == PRINTED


def test_white_text_on_a_dark_ground_is_print(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.paint(black, XS[0], YS[0], XS[-1], YS[1])
        paper.grid()
        paper.texts(TEXTS[1:], XS, YS[1:])
        paper.canvas.setFillColor(white)
        paper.texts(TEXTS[:1])
        paper.canvas.setFillColor(black)

    assert rows(read(page)) == PRINTED


def test_text_painted_over_is_no_print(read: Read) -> None:
    """A figure taken back with white and another one put in its place."""

    def page(paper: Paper) -> None:
        table(paper)
        paper.text(XS[2] + 40, YS[1] + 14, "99")
        paper.paint(white, XS[2] + 38, YS[1] + 2, XS[3] - 2, YS[2] - 2)

    assert rows(read(page)) == PRINTED


def test_text_outside_the_crop_box_is_no_print(read: Read) -> None:
    def page(paper: Paper) -> None:
        table(paper)
        paper.text(60, 790, "不在页面上")

    writer = PdfWriter(clone_from=io.BytesIO(drawn(page)))
    writer.pages[0].cropbox.lower_left = (0, 100)
    out = io.BytesIO()
    writer.write(out)
    assert outline(read(out.getvalue())) == ["3 x 3"]


def test_text_cut_off_by_a_clip_is_no_print(read: Read) -> None:
    """A label longer than its cell does not run into the figures."""

    def page(paper: Paper) -> None:
        paper.grid()
        paper.texts([*TEXTS[:1], ("201", "", "30.00"), *TEXTS[2:]])
        canvas = paper.canvas
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(XS[1], HEIGHT - YS[2], XS[2] - XS[1], YS[2] - YS[1])
        canvas.clipPath(path, stroke=0)
        paper.text(XS[1] + 100, YS[1] + 14, "一般公共服务")
        canvas.restoreState()

    assert rows(read(page))[1] == ["201", "\u3000" * 10 + "一般公共服"[:5], "30.00"]


def test_text_below_a_page_image_is_no_print(read: Read) -> None:
    """The text layer of a scan: what is read is the image, or nothing."""

    def page(paper: Paper) -> None:
        table(paper)
        grey = ImageReader(io.BytesIO(b"P6 1 1 255\n\x80\x80\x80"))
        paper.canvas.drawImage(grey, 0, 0, WIDTH, HEIGHT)

    reading = read(page, lambda paper: paper.text(60, 60, "第二部分"))
    assert (outline(reading), reading.blind_pages) == (["第二部分"], (1,))


def test_a_watermark_that_runs_aslant_is_in_no_cell(read: Read) -> None:
    def page(paper: Paper) -> None:
        table(paper)
        paper.canvas.saveState()
        paper.canvas.translate(XS[1], HEIGHT - YS[-1])
        paper.canvas.rotate(30)
        paper.canvas.setFillGray(0.8)
        paper.canvas.drawString(0, 0, "2026年预算公开")
        paper.canvas.restoreState()

    assert rows(read(page)) == PRINTED


# Text that runs another way than its page


def test_a_label_that_runs_up_its_cell_is_read_in_its_own_direction(read: Read) -> None:
    def page(paper: Paper) -> None:
        xs, ys = (60.0, 90.0, 250.0, 330.0), (100.0, 200.0, 220.0)
        paper.grid(xs, ys)
        paper.text(93, 114, "一般公共服务支出预算")
        paper.text(253, 114, "30.00")
        paper.text(93, 214, "合计")
        paper.canvas.saveState()
        paper.canvas.translate(80, HEIGHT - 190)
        paper.canvas.rotate(90)
        paper.canvas.drawString(0, 0, "2026年")
        paper.canvas.restoreState()

    assert rows(read(page))[0][0].strip() == "2026年"


def test_characters_stacked_in_a_narrow_cell_keep_their_order(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.grid((60.0, 80.0, 200.0), (100.0, 160.0))
        for n, character in enumerate("绩效指标"):
            paper.text(64, 113 + 13 * n, character)
        paper.text(83, 113, "数量")

    assert rows(read(page))[0] == ["绩\n效\n指\n标", "数量"]


# Bold, and characters as they are meant


@pytest.mark.parametrize(("dx", "dy"), [(0.4, 0.0), (1.2, 0.0), (0.5, 0.5), (0.0, 0.4)])
def test_text_printed_again_a_little_moved_is_read_once(read: Read, dx: float, dy: float) -> None:
    """All of it first, then all of it again: neighbours in the file are no copies."""

    def page(paper: Paper) -> None:
        paper.grid()
        paper.texts([("33", "公公有有", "11.00"), ("..", "——", "000.33")])
        paper.texts(
            [("33", "公公有有", "11.00"), ("..", "——", "000.33")],
            [x + dx for x in XS],
            [y + dy for y in YS],
        )

    assert rows(read(page))[:2] == [["33", "公公有有", "11.00"], ["..", "——", "000.33"]]


def test_radicals_are_read_as_the_ideographs_they_stand_for() -> None:
    radicals = "⼀⼈⼤⼾⽅⽉⽤⾦⾏⻔⻋⻓⻅⻉⻘⻚⻛⻜⻢⻥⻦⻩⻬⻰⺠⺟"
    meant = "一人大户方月用金行门车长见贝青页风飞马鱼鸟黄齐龙民母"
    assert "".join(map(glyphs.read_as, map(ord, radicals))) == meant


def test_other_characters_stay_as_they_are_printed() -> None:
    text = "（）：，。①Ⅱ％～ー─　１２３㈠一二三万元A"
    assert "".join(IDEOGRAPH.get(c, c) for c in text) == text
    assert "".join(glyphs.read_as(ord(c)) for c in text) == text.replace("\u3000", "")


def test_a_character_that_the_font_does_not_explain_is_not_lost(read: Read) -> None:
    """A figure without one of its digits is another figure."""

    def page(paper: Paper) -> None:
        table(paper)

    pdf = PdfReader(io.BytesIO(drawn(page)))
    writer = PdfWriter(clone_from=pdf)
    fonts = writer.pages[0]["/Resources"]["/Font"]
    for name in fonts:
        font = fonts[name].get_object()
        if "/ToUnicode" in font:
            stream = font["/ToUnicode"].get_object()
            told = stream.get_data()
            stream.set_data(told.replace(b"<0033>", b"<0000>"))
            font[NameObject("/ToUnicode")] = font.raw_get("/ToUnicode")
    out = io.BytesIO()
    writer.write(out)
    found = rows(read(out.getvalue()))
    assert found[1][2] == "\ufffd0.00"
    assert found[2] == PRINTED[2]


@pytest.mark.parametrize("code", [0, 0xFFFE, 0xE000, 0xF0B7, 0x110000])
def test_codes_that_are_no_characters_are_unknown(code: int) -> None:
    assert glyphs.read_as(code) == "\ufffd"


def test_a_hyphen_at_the_end_of_a_line_stays(read: Read) -> None:
    def page(paper: Paper) -> None:
        paper.grid((60.0, 130.0, 200.0), (100.0, 140.0))
        paper.text(63, 114, "ABC062-")
        paper.text(63, 130, "DEF")
        paper.text(133, 114, "某局")

    assert rows(read(page))[0][0] == "ABC062-\nDEF"


def test_an_ideograph_beyond_the_basic_plane_is_one_character() -> None:
    assert glyphs.paired(None, 0xD842) == (0xD842, None)
    assert glyphs.paired(0xD842, 0xDFB7) == (None, ord("𠮷"))
    assert glyphs.paired(None, 0xDFB7) == (None, 0xFFFD)


# Rows that no rule parts


BAND = [("201", "一般公共服务", "30.00"), ("208", "社会保障", "2.00"), ("210", "卫生健康", "1.50")]


def band(paper: Paper, lines: list[tuple[str, ...]]) -> None:
    """A header, and lines in a body that only column rules part."""
    ys = (100.0, 120.0, 130.0 + 18 * len(lines))
    paper.grid(XS, ys)
    paper.texts(TEXTS[:1])
    paper.texts(lines, XS, [122.0 + 18 * n for n in range(len(lines))])


def test_lines_that_stand_level_in_all_columns_are_rows(read: Read) -> None:
    assert rows(read(lambda paper: band(paper, BAND))) == [list(TEXTS[0]), *map(list, BAND)]


@pytest.mark.parametrize(
    "lines",
    [
        [("201", "一般公共服务", "30.00"), ("", "支出", ""), ("208", "社会保障", "2.00")],
        [("201", "一般公共服务", "30.00"), ("208", "社会保障", "")],
        [("201", "一般公共", "1504."), ("", "服务", "31")],
        [("1", "严格执行", "全年"), ("2", "按时完成", "全年")],
    ],
)
def test_lines_that_may_be_wrapped_stay_in_one_row(
    read: Read, lines: list[tuple[str, ...]]
) -> None:
    assert len(rows(read(lambda paper: band(paper, lines)))) == 2


# Figures wider than their cells


@pytest.mark.parametrize("x", [XS[2] - 20, XS[2] - 45, XS[3] - 30, XS[3] - 50])
def test_a_figure_that_overruns_a_rule_stays_whole(read: Read, x: float) -> None:
    """Over the rule on its left or out of the table: torn, both halves would look like figures."""

    def page(paper: Paper) -> None:
        paper.grid()
        paper.texts([TEXTS[0], ("201", "", ""), TEXTS[2]])
        paper.text(x, YS[1] + 14, "123,456,789.00")

    reading = read(page)
    found = [text.strip() for text in rows(reading)[1]]
    assert sorted(found) == ["", "123,456,789.00", "201"]
    assert outline(reading) == ["3 x 3"]
