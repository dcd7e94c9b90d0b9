"""The second reader: its cells stand where the figures are printed, however the page is turned."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from PIL import Image, ImageDraw
from pypdf.generic import NameObject, NumberObject, RectangleObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.readers.second import lattice
from pipeline.readers.second.lattice import SecondCell
from pipeline.readers.shapes import Box

WIDTH, HEIGHT = 400.0, 300.0
COLUMNS, ROWS = (50.0, 150.0, 210.0, 270.0), (60.0, 75.0, 90.0, 105.0)
TEXTS = [["label", "100.50", "7"], ["other", "1,504.31", "0.00"], ["third", "12.00", ""]]


def draw(canvas: Canvas, texts: list[list[str]], over: float = 0.0) -> None:
    """A small ruled table; figures end `over` points right of where their cell does."""
    for x in COLUMNS:
        canvas.line(x, HEIGHT - ROWS[0], x, HEIGHT - ROWS[-1])
    for y in ROWS:
        canvas.line(COLUMNS[0], HEIGHT - y, COLUMNS[-1], HEIGHT - y)
    write(canvas, texts, over)


def write(canvas: Canvas, texts: list[list[str]], over: float = 0.0) -> None:
    """The texts of the table alone."""
    canvas.setFont("Helvetica", 9)
    for below, line in zip(ROWS[1:], texts, strict=True):
        for right, text in zip(COLUMNS[1:], line, strict=True):
            canvas.drawRightString(right - 2 + over, HEIGHT - below + 4, text)


def one_page(path: Path, texts: list[list[str]] = TEXTS, over: float = 0.0, turn: int = 0) -> Path:
    """A page with the table; `turn` sets the whole table on its side."""
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    if turn:
        canvas.translate(WIDTH if turn > 0 else 0, 0 if turn > 0 else HEIGHT)
        canvas.rotate(turn)
        canvas.scale(0.7, 0.7)
    draw(canvas, texts, over)
    canvas.save()
    return path


def turned(path: Path, rotate: int, crop: Box | None) -> Path:
    """The page with /Rotate and a crop box."""
    writer = pypdf.PdfWriter(clone_from=str(path))
    page = writer.pages[0]
    page[NameObject("/Rotate")] = NumberObject(rotate)
    if crop:
        page.cropbox = RectangleObject((crop.x0, crop.y0, crop.x1, crop.y1))
    writer.write(str(path))
    return path


def printed(cells: list[SecondCell]) -> dict[str, Box]:
    """Where each text stands."""
    return {cell.cut: cell.box for cell in cells}


def near(box: Box, *edges: float) -> bool:
    """Whether a box has these edges, give or take a rule's width."""
    return (box.x0, box.y0, box.x1, box.y1) == pytest.approx(edges, abs=1.0)


def test_every_text_stands_in_its_cell_both_ways(tmp_path: Path) -> None:
    cells = lattice.read(one_page(tmp_path / "a.pdf"), [1])
    assert sorted(c.cut for c in cells) == sorted(text for line in TEXTS for text in line if text)
    assert all(cell.whole == cell.cut for cell in cells)
    assert {cell.page for cell in cells} == {1}
    assert near(printed(cells)["1,504.31"], 150, 75, 210, 90)


CROP = Box(20, 30, 390, 280)


@pytest.mark.parametrize(
    ("rotate", "crop", "edges"),
    [
        (0, None, (150, 75, 210, 90)),
        (90, None, (210, 150, 225, 210)),
        (180, None, (190, 210, 250, 225)),
        (270, None, (75, 190, 90, 250)),
        (0, CROP, (130, 55, 190, 70)),
        (90, CROP, (180, 130, 195, 190)),
        (180, CROP, (180, 180, 240, 195)),
        (270, CROP, (55, 180, 70, 240)),
    ],
)
def test_boxes_are_those_of_the_displayed_page(
    tmp_path: Path, rotate: int, crop: Box | None, edges: tuple[float, float, float, float]
) -> None:
    """Worked out by hand; the print stands upright at 0 only, and so does its text."""
    cells = lattice.read(turned(one_page(tmp_path / "a.pdf"), rotate, crop), [1])
    assert len(cells) == 8
    assert any(near(cell.box, *edges) for cell in cells)


@pytest.mark.parametrize(
    ("turn", "left", "top"),
    [(90, WIDTH - 0.7 * (HEIGHT - 75), HEIGHT - 0.7 * 210), (-90, 0.7 * (HEIGHT - 90), 0.7 * 150)],
)
def test_a_table_on_its_side_is_read_and_placed_where_it_is_displayed(
    tmp_path: Path, turn: int, left: float, top: float
) -> None:
    """Camelot turns such a page upright; its coordinates are turned back."""
    found = printed(lattice.read(one_page(tmp_path / "a.pdf", turn=turn), [1]))
    assert near(found["1,504.31"], left, top, left + 0.7 * 15, top + 0.7 * 60)


def test_a_figure_that_runs_over_a_rule_stays_whole_in_one_way_and_is_torn_in_the_other(
    tmp_path: Path,
) -> None:
    texts = [["", "1,504.31", ""], ["", "", ""], ["a", "1.00", "2.00"]]
    cells = lattice.read(one_page(tmp_path / "a.pdf", texts, over=5), [1])
    held = next(cell for cell in cells if near(cell.box, 150, 60, 210, 75))
    assert (held.whole, held.cut) == ("1,504.31", "1,504.3")


def test_neighbours_that_nearly_touch_are_jammed_in_one_way_and_told_apart_in_the_other(
    tmp_path: Path,
) -> None:
    texts = [["", "12.00", "12,341,504.31"], ["", "", ""], ["a", "1.00", "2.00"]]
    cells = lattice.read(one_page(tmp_path / "a.pdf", texts), [1])
    row = [cell for cell in cells if abs(cell.box.y0 - 60) < 1]
    assert [cell.cut for cell in row] == ["12.00", "12,341,504.31"]
    assert "12.00" not in [cell.whole for cell in row]


def test_a_grid_with_one_figure_is_no_noise(tmp_path: Path) -> None:
    texts = [["", "", ""], ["", "340.00", ""], ["", "", ""]]
    (cell,) = lattice.read(one_page(tmp_path / "a.pdf", texts), [1])
    assert (cell.whole, cell.cut) == ("340.00", "340.00")


def test_only_the_pages_asked_for_are_read_however_many_they_are(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(WIDTH, HEIGHT))
    for number in range(1, 26):
        draw(canvas, [["", f"{number}.00", ""], ["", "", ""], ["", "", ""]])
        canvas.showPage()
    canvas.save()
    cells = lattice.read(tmp_path / "a.pdf", [*range(2, 25), 2])
    assert [(c.page, c.cut) for c in cells] == [(n, f"{n}.00") for n in range(2, 25)]
    assert lattice.read(tmp_path / "a.pdf", []) == []


def test_rules_that_exist_only_as_pixels_are_found(tmp_path: Path) -> None:
    picture = Image.new("RGB", (1600, 1200), "white")
    pen = ImageDraw.Draw(picture)
    for x in COLUMNS:
        pen.line((x * 4, ROWS[0] * 4, x * 4, ROWS[-1] * 4), fill="black", width=3)
    for y in ROWS:
        pen.line((COLUMNS[0] * 4, y * 4, COLUMNS[-1] * 4, y * 4), fill="black", width=3)
    data = io.BytesIO()
    picture.save(data, "PNG")
    data.seek(0)
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(WIDTH, HEIGHT))
    canvas.drawImage(ImageReader(data), 0, 0, WIDTH, HEIGHT)
    write(canvas, TEXTS)
    canvas.save()
    found = printed(lattice.read(tmp_path / "a.pdf", [1]))
    assert near(found["1,504.31"], 150, 75, 210, 90)


def test_text_without_rules_gives_nothing(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(WIDTH, HEIGHT))
    write(canvas, TEXTS)
    canvas.save()
    assert lattice.read(tmp_path / "a.pdf", [1]) == []
