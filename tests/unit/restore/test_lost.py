"""Lost totals: supplied where two identities give one value, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from random import Random

import pytest

from pipeline.forms.recognise import recognise
from pipeline.forms.statement import Figure
from pipeline.readers.shapes import Reading
from pipeline.readers.text import tab_grid
from pipeline.restore import lost
from pipeline.restore.lost import Witness, restored
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import text_grid
from tests.unit.forms.flow.test_tables import amounts, printed

AMOUNT = re.compile(r"\d+\.\d\d")


def witness(value: str, slack: str = "0", equality: bool = False) -> Witness:
    """What one identity says."""
    return Witness(Decimal(value), Decimal(slack), f"x = {value}", equality)


def test_two_that_agree_restore_if_one_is_an_equality() -> None:
    said = [witness("5.00", "0.01"), witness("5.00", "0.05", equality=True)]
    supplied = restored(said)
    assert supplied is not None
    assert (supplied.value, supplied.because) == (Decimal("5.00"), "x = 5.00")


def test_sums_that_agree_on_another_value_within_rounding_do_not_matter() -> None:
    said = [
        witness("5.01", "0.15", equality=True),
        witness("5.01", "0.01"),
        witness("5.00", "0.02"),
        witness("5.00", "0.02"),
    ]
    supplied = restored(said)
    assert supplied is not None
    assert supplied.value == Decimal("5.01")


@pytest.mark.parametrize(
    "said",
    [
        [],
        [witness("5.00", equality=True)],
        # Sums of rounded figures may be a step off, both of them.
        [witness("5.00", "0.01"), witness("5.00", "0.02")],
        [witness("5.00", "0.01", equality=True), witness("5.01", "0.01")],
        [witness("5.00", equality=True), witness("5.00"), witness("7.00")],
        [witness("0.00", equality=True), witness("0.00")],
    ],
)
def test_anything_less_restores_nothing(said: list[Witness]) -> None:
    assert restored(said) is None


def with_one_lost(text: str, random: Random) -> str:
    """A tab grid in which one amount was lost."""
    lines = text.split("\n")
    places = [
        (number, column)
        for number, line in enumerate(lines)
        if line.count("\t") > 1
        for column, cell in enumerate(line.split("\t"))
        if AMOUNT.fullmatch(cell)
    ]
    number, column = random.choice(places)
    cells = lines[number].split("\t")
    cells[column] = ""
    return "\n".join([*lines[:number], "\t".join(cells), *lines[number + 1 :]])


def supplied_figures(found: object) -> Iterator[Figure]:
    """The figures that were supplied."""
    for statement in found.statements:  # type: ignore[attr-defined]
        for line in statement.lines:
            yield from (f for f in line.figures if f.restored is not None)


def test_what_is_supplied_is_what_was_lost() -> None:
    """In made-up budgets whose sums show rounding, one amount lost at a time."""
    random = Random(7)
    restored_count = 0
    for seed in (1, 2):
        budget = synthetic_budget(seed, "department" if seed % 2 else "unit", 2026)
        known = printed(budget)
        for _ in range(6):
            lines = with_one_lost(text_grid(budget), random).split("\n")
            reading = Reading("text", tuple(tab_grid.items(lines)))
            found = lost.supplied(recognise(reading))
            assert not amounts(found) - known
            for figure in supplied_figures(found):
                restored_count += 1
                assert figure.text is None
                assert figure.restored_from
    assert restored_count


def test_a_sound_document_gets_nothing() -> None:
    budget = synthetic_budget(1, "unit", 2026)
    reading = Reading("text", tuple(tab_grid.items(text_grid(budget).split("\n"))))
    found = recognise(reading)
    assert lost.wanting(found) == frozenset()
    assert lost.supplied(found) is found
