"""Numbers as a scan shows them: what is one, and what casts doubt on it."""

from __future__ import annotations

import pytest

from pipeline.readers.scan import numerals
from pipeline.readers.scan.segments import Blob, Line


@pytest.mark.parametrize(
    "text", ["0", "2010301", "1504.31", "1,504.31", "-1.00", "(1.00)", "12.5%"]
)
def test_a_printed_number(text: str) -> None:
    assert numerals.is_printed_number(text)


@pytest.mark.parametrize("text", ["1,50.31", "1.504.31", "1,509,72", "12,", ".5", "5E-17", "", "-"])
def test_no_printed_number(text: str) -> None:
    assert not numerals.is_printed_number(text)


@pytest.mark.parametrize(
    ("text", "number_like"),
    [("１５０４．３１", True), ("15O4.3l", True), ("2026年", False), ("—", False), ("一", False)],
)
def test_what_was_read_as_digits(text: str, number_like: bool) -> None:
    assert numerals.is_number_like(text) is number_like


def test_a_number_without_its_point_is_odd_in_its_column() -> None:
    column = ["1504.31", "340.06", "36688", "15.46", "8.00", "21.10", "19.99", "6.60"]
    assert numerals.odd_ones(column) == {2}


def test_a_long_number_without_commas_is_odd_among_grouped_ones() -> None:
    assert numerals.odd_ones(["1,504.31", "2,340.06", "3,668.80", "11,546.00", "154600.00"]) == {4}


def test_codes_and_mixed_columns_cast_no_doubt() -> None:
    assert numerals.odd_ones(["201", "20103", "2010301", "208"]) == set()
    assert numerals.odd_ones(["127,886,849", "4,200,000", "33", "1,204.50"]) == set()


def digit(x: int) -> Blob:
    """A digit of usual size."""
    return Blob(x, 0, x + 12, 20, 110)


def line(*blobs: Blob) -> Line:
    """A line of blobs."""
    ordered = tuple(sorted(blobs, key=lambda b: b.x0))
    return Line(0, 0, max(b.x1 for b in blobs), 20, ordered)


def test_marks_at_the_foot_of_digits_are_counted() -> None:
    point = Blob(30, 16, 34, 20, 16)
    assert numerals.marks_on_baseline(line(digit(0), digit(14), point, digit(40))) == 1


@pytest.mark.parametrize(
    "other",
    [
        Blob(30, 2, 34, 6, 16),
        Blob(30, 18, 32, 20, 4),
        Blob(14, 17, 26, 20, 30),
    ],
    ids=["high up", "a speck", "the foot of a digit"],
)
def test_other_blobs_are_no_marks(other: Blob) -> None:
    upper = Blob(14, 0, 26, 15, 90)
    assert numerals.marks_on_baseline(line(digit(0), upper, other, digit(40))) == 0


def test_a_lone_stroke_is_a_dash_and_flat() -> None:
    stroke = Line(0, 8, 26, 11, (Blob(0, 8, 26, 11, 70),))
    assert numerals.is_dash("一")
    assert numerals.flat(stroke, 24)
    assert not numerals.flat(line(digit(0)), 24)
