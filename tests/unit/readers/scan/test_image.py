"""Page to image: bounded, straight, on white paper, without seals."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2 as pdfium
import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.readers.scan.image import (
    MAX_PIXELS,
    Image,
    Scan,
    on_white,
    scan_of,
    skew_of,
    turned,
    without_seals,
)


def page_of(width: float, height: float) -> pdfium.PdfPage:
    """An empty page of a size."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height))
    canvas.line(width / 4, height / 2, width / 2, height / 2)
    canvas.showPage()
    canvas.save()
    return pdfium.PdfDocument(buffer.getvalue())[0]


@pytest.mark.parametrize(("width", "height"), [(14_400, 14_400), (14_400, 3), (595, 842)])
def test_no_page_size_takes_more_than_its_share(width: float, height: float) -> None:
    assert scan_of(page_of(width, height)).grey.size <= MAX_PIXELS


def lines() -> Image:
    """A page with dark lines of print."""
    page = np.full((800, 1400), 255, np.uint8)
    for y in range(100, 700, 40):
        page[y : y + 8, 60:1340] = 0
    return page


@pytest.mark.parametrize("degrees", [-2.0, -0.3, 0.0, 1.5])
def test_skew_is_found_and_undone(degrees: float) -> None:
    skewed = turned(lines(), degrees)
    assert skew_of(skewed) == pytest.approx(degrees, abs=0.05)
    assert skew_of(turned(skewed, -skew_of(skewed))) == pytest.approx(0, abs=0.1)


def test_grey_and_shaded_paper_becomes_white() -> None:
    shade = np.linspace(150, 240, 1400).astype(np.float32)[None, :] / 255
    page = (lines() * shade).astype(np.uint8)
    white = on_white(page)
    assert white[60:90].min() > 235
    assert white[105, 100:500].max() < 60


def test_a_seal_goes_and_the_print_under_it_stays() -> None:
    page = np.full((600, 600, 3), 255, np.uint8)
    page[200:400, 200:400] = (205, 40, 50)
    page[290:310, 100:500] = 20
    page[290:310, 200:400] = (18, 4, 4)
    grey = without_seals(page)
    assert grey[210:280, 210:390].min() > 200
    assert grey[292:308, 110:490].max() < 90


def test_coloured_print_and_rules_are_no_seal() -> None:
    page = np.full((600, 600, 3), 255, np.uint8)
    page[100:120, 100:130] = (200, 20, 20)
    page[300:303, 50:550] = (20, 20, 200)
    grey = without_seals(page)
    assert grey[105:115, 105:125].max() < 120
    assert grey[301, 100:500].max() < 120


def test_boxes_return_to_the_page_as_it_lies() -> None:
    scan = Scan(np.full((400, 200), 255, np.uint8), scale=2.0, skew=0.0)
    box = scan.box(20, 40, 60, 100)
    assert (box.x0, box.y0, box.x1, box.y1) == (10, 20, 30, 50)
    sideways = Scan(np.full((200, 400), 255, np.uint8), scale=2.0, skew=0.0, quarter=1)
    box = sideways.box(0, 0, 40, 20)
    assert (box.x0, box.y0, box.x1, box.y1) == (90, 0, 100, 20)
