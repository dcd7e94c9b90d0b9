"""Rules in pixels: which runs of ink are rules, and the grids they make."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.documents.document import Refusal
from pipeline.readers.scan import rules
from pipeline.readers.scan.image import Image
from pipeline.readers.scan.rules import erased, find_rules

EDGES = (100, 260, 420, 580)
LEVELS = (50, 110, 170, 230)


def blank() -> Image:
    """White paper."""
    return np.full((300, 700), 255, np.uint8)


def across(page: Image, y: int, x0: int = EDGES[0], x1: int = EDGES[-1]) -> None:
    """Draw a level rule."""
    page[y - 1 : y + 1, x0:x1] = 60


def down(page: Image, x: int, y0: int = LEVELS[0], y1: int = LEVELS[-1]) -> None:
    """Draw an upright rule."""
    page[y0:y1, x - 1 : x + 1] = 60


def table() -> Image:
    """Three rows of three columns."""
    page = blank()
    for y in LEVELS:
        across(page, y)
    for x in EDGES:
        down(page, x)
    return page


def only(page: Image) -> rules.Ruling:
    """The one grid of a page."""
    (found,) = find_rules(page).rulings
    return found


def near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether positions agree to two pixels."""
    return len(found) == len(wanted) and all(
        abs(a - b) <= 2 for a, b in zip(found, wanted, strict=True)
    )


def test_a_plain_grid() -> None:
    found = only(table())
    assert near(found.edges, EDGES)
    assert near(found.levels, LEVELS)
    assert len(found.places) == 9


def test_merged_cells_are_known_by_the_rules_they_lack() -> None:
    page = table()
    page[LEVELS[0] + 4 : LEVELS[1] - 4, EDGES[1] - 4 : EDGES[1] + 4] = 255
    page[LEVELS[1] - 4 : LEVELS[1] + 4, EDGES[2] + 4 : EDGES[3] - 4] = 255
    found = only(page)
    assert (0, 0, 1, 2) in found.places
    assert (0, 2, 2, 1) in found.places
    assert len(found.places) == 7


def test_open_sides_close_the_grid() -> None:
    page = blank()
    for y in LEVELS:
        across(page, y)
    for x in EDGES[1:-1]:
        down(page, x)
    found = only(page)
    assert near(found.edges, EDGES)


def test_a_rule_with_gaps_is_one_rule() -> None:
    page = table()
    page[:, 150:153] = 255
    page[:, 200:220] = 255
    page[140:143, :] = 255
    assert len(only(page).places) == 9


def test_strokes_that_end_on_no_rule_stay() -> None:
    page = table()
    stroke = np.s_[78:82, 140:180]
    long_dash = np.s_[138:140, 280:400]
    page[stroke] = 0
    page[long_dash] = 0
    found = find_rules(page)
    clean = erased(page, found)
    assert (clean[stroke] == 0).all()
    assert (clean[long_dash] == 0).all()
    assert (clean[LEVELS[1] - 1, EDGES[0] : EDGES[1]] == 255).all()
    assert len(found.rulings[0].places) == 9


def test_a_stroke_of_a_tight_row_parts_no_cell() -> None:
    page = table()
    down(page, 340, LEVELS[1] + 8, LEVELS[2] - 8)
    assert len(only(page).places) == 9


def test_pieces_of_one_table_make_one_grid() -> None:
    page = table()
    inner = np.s_[LEVELS[0] + 10 : LEVELS[-1] - 10, EDGES[0] + 10 : EDGES[-1] - 10]
    core = page[inner].copy()
    page[inner] = 255
    page[inner][20:-20, 20:-20] = core[20:-20, 20:-20]
    assert len(find_rules(page).rulings) == 1


def test_no_table_in_a_frame_of_large_print() -> None:
    page = blank()
    for y in (100, 170):
        across(page, y, 100, 170)
    for x in (100, 170):
        down(page, x, 100, 170)
    assert find_rules(page).rulings == ()


def test_more_cells_than_any_table_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_CELLS", 8)
    with pytest.raises(Refusal, match="too_large"):
        find_rules(table())
