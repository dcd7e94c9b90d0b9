"""Matrices: the page as displayed, and turned to its text."""

from __future__ import annotations

import ctypes
import io

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from pipeline.readers.pdf.turning import back, composed, displaying, mapped, straight, upright


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [(0, 0, 595, 842), (40, 70, 500, 800)])
def test_the_displayed_place_is_where_pdfium_shows_it(
    rotate: int, crop: tuple[int, int, int, int]
) -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    page.cropbox.lower_left, page.cropbox.upper_right = crop[:2], crop[2:]
    page.rotate(rotate)
    out = io.BytesIO()
    writer.write(out)
    with pdfium.PdfDocument(out.getvalue()) as pdf:
        shown = pdf[0]
        width, height = shown.get_size()
        x, y = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(
            shown, 0, 0, round(100 * width), round(100 * height), 0, 123.0, 456.0, x, y
        )
        found = mapped(displaying(shown), 123.0, 456.0, 123.0, 456.0)
    assert found[:2] == pytest.approx((x.value / 100, y.value / 100), abs=0.02)


@given(
    st.integers(0, 3),
    st.tuples(*[st.integers(0, 500)] * 2).map(sorted),
    st.tuples(*[st.integers(0, 500)] * 2).map(sorted),
)
def test_what_is_turned_upright_can_be_turned_back(
    quarter: int, across: list[int], down: list[int]
) -> None:
    box = (across[0], down[0], across[1], down[1])
    there, again = upright(quarter, 595.0, 842.0), back(quarter, 595.0, 842.0)
    assert mapped(again, *mapped(there, *box)) == box
    assert mapped(composed(there, again), *box) == box
    assert straight(there)


def test_a_slanting_matrix_is_not_straight() -> None:
    assert not straight((0.7, 0.7, -0.7, 0.7, 0.0, 0.0))
    assert mapped((0.5, 0.5, -0.5, 0.5, 0.0, 0.0), 0, 0, 2, 2) == (-1, 0, 1, 2)
