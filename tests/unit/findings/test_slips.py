"""How one figure becomes another."""

from __future__ import annotations

import pytest

from pipeline.findings.slips import SLIPS, rank, slip
from pipeline.schema.catalogue import words


@pytest.mark.parametrize(
    ("printed", "value", "word"),
    [
        (123456, 123756, "digit"),
        (1000, 3000, "digit"),
        (0, 7, "digit"),
        (123456, 124356, "exchanged"),
        (123456, 623451, "exchanged"),
        (123456, 12345600, "factor"),
        (12345600, 123456, "factor"),
        (5000, 50, "factor"),
        (123456, -123456, "sign"),
        (123456, 13456, "length"),
        (13456, 123456, "length"),
        (123456, 654321, "none"),
        (123456, 999456, "none"),
        (123456, -123457, "none"),
        (123, 123, "none"),
        (None, 123, "none"),
    ],
)
def test_a_slip_has_its_name(printed: int | None, value: int, word: str) -> None:
    assert slip(printed, value) == word


def test_slips_are_the_words_of_the_closed_list_in_order() -> None:
    assert words("slip") == SLIPS
    assert [rank(word) for word in SLIPS] == list(range(len(SLIPS)))
