"""Scanned facsimiles: no figure is wrong that the reader trusts, and hardly one is wrong at all.

The truth is the sheet as it was typeset: cells by their place, not what another reader sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pypdfium2 as pdfium
import pytest

from pipeline.readers.scan.numerals import is_printed_number
from pipeline.readers.scan.reader import read_page
from pipeline.readers.shapes import Cell, Grid
from tests.facsimile import layout
from tests.facsimile.budget import Budget, load_all
from tests.facsimile.scanned import OFFICE, POOR, Damage, scanned
from tests.facsimile.typeset import pdf_bytes, text_width

DOUBTED = Decimal("0.5")
#: cover and section page come before the sheets
BEFORE = 2
#: which sheets of the facsimile are scanned how
SETS = {
    "office": (OFFICE, (1, 3, 6)),
    "poor": (POOR, (1, 5)),
    "on its side": (replace(OFFICE, turned=90), (2,)),
}


@dataclass(frozen=True)
class Pair:
    """A cell as typeset, and as read."""

    printed: str
    cell: Cell

    @property
    def read(self) -> str:
        """What was read, without blanks and breaks."""
        return "".join(self.cell.text.split())


@pytest.fixture(scope="module")
def budget() -> Budget:
    """The facsimile with the lowest file name."""
    return min(load_all().items())[1]


def sheets(budget: Budget) -> list[layout.Sheet]:
    """All sheets of a budget in their order."""
    return [sheet for table in budget.tables for sheet in layout.sheets(budget, table, text_width)]


def pairs(budget: Budget, damage: Damage, numbers: tuple[int, ...]) -> Iterator[Pair]:
    """The cells of scanned sheets; raises where a grid is not as it was typeset."""
    pages = [number + BEFORE for number in numbers]
    document = pdfium.PdfDocument(scanned(pdf_bytes(budget), damage, pages))
    typeset = sheets(budget)
    for index, number in enumerate(numbers):
        items = read_page(document[index], pages[index])
        (grid,) = (item for item in items if isinstance(item, Grid))
        wanted = sorted(typeset[number - 1].cells, key=lambda c: (round(c.y0), round(c.x0)))
        found = sorted(grid.cells, key=lambda c: (c.row, c.column))
        assert len(found) == len(wanted), f"sheet {number}"
        for cell, printed in zip(found, wanted, strict=True):
            yield Pair("".join("".join(printed.lines).split()), cell)
    document.close()


@pytest.mark.parametrize("name", SETS)
def test_no_trusted_figure_is_wrong(name: str, budget: Budget) -> None:
    found = list(pairs(budget, *SETS[name]))
    figures = [pair for pair in found if is_printed_number(pair.printed)]
    words = [pair for pair in found if pair.printed and not is_printed_number(pair.printed)]
    assert len(figures) >= 5
    trusted = [pair for pair in figures if pair.cell.confidence > DOUBTED]
    assert [(p.printed, p.read) for p in trusted if p.printed != p.read] == []
    # No figure that was not printed is trusted either, and none is silently gone.
    assert [p.read for p in found if not p.printed and p.cell.confidence > DOUBTED and p.read] == []
    assert [p.printed for p in figures if not p.read] == []
    assert len(trusted) >= 0.85 * len(figures)
    assert sum(p.printed == p.read for p in words) >= 0.97 * len(words)
