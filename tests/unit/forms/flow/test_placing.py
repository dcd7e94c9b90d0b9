"""Figures to columns: what the blanks of a text tell, and what they leave open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.flow.atoms import Kind, atoms
from pipeline.forms.flow.placing import Candidate, Gaps, Kept, candidates, kept_blanks
from pipeline.readers.shapes import Paragraph, Place

ALL = Kept(within=True, ends=True)


def ways(row: str, columns: int, kept: Kept = ALL, unnamed: int = 0) -> tuple[Candidate, ...]:
    """The ways to place the figures of a row that begins with a name."""
    lines = [Paragraph(text, Place(line=n)) for n, text in enumerate(row.split("\n"), 1)]
    found = [a for a in atoms(lines, coded=False) if a.kind is not Kind.TEXT]
    return candidates(tuple(found[:-1]), columns, Gaps(found[-1], kept, unnamed))


def places(way: Candidate) -> dict[int, str]:
    """Column to figure."""
    return {column: cell.figure for column, cell in way.cells}


@pytest.mark.parametrize(
    ("row", "placed"),
    [
        ("甲 1.00 2.00 3.00 4.00", {0: "1.00", 1: "2.00", 2: "3.00", 3: "4.00"}),
        ("甲 1.00  2.00  ", {0: "1.00", 2: "2.00"}),
        ("甲  1.00 2.00  ", {1: "1.00", 2: "2.00"}),
        ("甲 1.00    ", {0: "1.00"}),
        ("甲    1.00", {3: "1.00"}),
        # A name wrapped above: each blank of the line is a blank cell.
        ("甲\n 1.00  2.00", {1: "1.00", 3: "2.00"}),
        (
            "甲 ──── 1.00  ",
            {
                0: "────",
                1: "1.00",
            },
        ),
    ],
)
def test_blanks_tell_the_one_way(row: str, placed: dict[int, str]) -> None:
    columns = 3 if "────" in row else 4
    (way,) = ways(row, columns)
    assert way.told
    assert places(way) == placed


def test_blanks_that_do_not_add_up_tell_nothing() -> None:
    found = ways("甲 1.00 2.00", 4)
    assert len(found) == 6
    assert not any(way.told for way in found)


def test_blanks_of_bold_print_are_for_the_sums_to_confirm() -> None:
    found = ways("甲 1.00 2.00     ", 4)
    assert len(found) == 6
    assert [places(way) for way in found if way.told] == [{0: "1.00", 1: "2.00"}]


def test_where_ends_were_cut_the_rest_of_the_row_is_blank() -> None:
    (way,) = ways("甲 1.00  2.00", 4, Kept(within=True, ends=False))
    assert places(way) == {0: "1.00", 2: "2.00"}


def test_where_no_blanks_were_kept_nothing_is_told() -> None:
    assert not any(way.told for way in ways("甲 1.00 2.00", 4, Kept(within=False, ends=False)))


def test_a_blank_naming_column_is_no_blank_figure() -> None:
    (way,) = ways("甲  1.00 2.00  ", 3, unnamed=1)
    assert places(way) == {0: "1.00", 1: "2.00"}


def test_more_figures_than_columns_have_no_place() -> None:
    assert ways("甲 1.00 2.00 3.00", 2) == ()


@pytest.mark.parametrize("torn", ["3334. 01", "3334 .01", "3,334. 01", "3334.\n01"])
def test_a_figure_torn_at_its_point_is_simply_read(torn: str) -> None:
    (way,) = ways(f"甲 {torn} 2.00", 2)
    assert not way.joined
    assert places(way)[0].replace(",", "") == "3334.01"


def test_digits_that_may_be_two_cells_are_read_both_ways() -> None:
    found = ways("甲 13     4.70 134.70", 6)
    assert found[0].told
    assert found[0].joined
    assert places(found[0]) == {0: "134.70", 1: "134.70"}
    assert found[0].cells[0][1].text == "13     4.70"
    assert any(not way.joined for way in found)


def test_what_a_text_kept_shows_in_its_rows() -> None:
    full = [Paragraph(f"甲 {n}.00  2.00  ", Place(line=n)) for n in range(1, 5)]
    assert kept_blanks(full) == Kept(True, True)
    cut = [Paragraph(line.text.rstrip(), line.place) for line in full]
    assert kept_blanks(cut) == Kept(True, False)
    bare = [Paragraph(" ".join(line.text.split()), line.place) for line in full]
    assert kept_blanks(bare) == Kept(False, False)


@given(st.lists(st.sampled_from(["", "1.00", "20.55", "────"]), min_size=1, max_size=7))
def test_a_row_whose_blanks_were_kept_is_read_as_it_was(cells: list[str]) -> None:
    row = " ".join(["甲", *cells]) + (" " if not cells[-1] else "")
    if not any(cells):
        return
    found = ways(row, len(cells))
    told = [way for way in found if way.told]
    if len(found) == 1:
        told = list(found)
    assert len(told) <= 1
    assert all(places(way) == {n: cell for n, cell in enumerate(cells) if cell} for way in told)


@given(st.text(alphabet="12. ,─", max_size=60), st.integers(1, 12))
def test_hostile_rows_end(text: str, columns: int) -> None:
    assert len(ways(f"甲 {text}", columns)) <= 400
