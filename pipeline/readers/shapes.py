"""What every reader returns: `Paragraph`, `Cell`, `Grid`, and the `Reading` that holds them.

Here: plain data about what stands on the paper, nothing interpreted. Not here: how it was read
(the readers) or what it means (the forms).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

# The confidence of text that is read, and the most of what is recognised or placed by guess.
CERTAIN, DOUBTED = Decimal("1.000"), Decimal("0.500")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the displayed page: PDF points from the top left."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: page and box of a paged medium, or the line of a text."""

    page: int | None = None
    box: Box | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text outside every grid.

    `printed` is the line as it came where `text` has less of it: runs that stand twice, as bold
    ones do in some text extractions, and as words may that a publisher repeats.
    """

    text: str
    place: Place
    printed: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed cell. `text` keeps leading blanks and line breaks; spans are at least 1.

    `wrapped` says that the cell's width forced every line break in it. `reader` names the reader of
    this cell where it is not the document's (a scanned page among printed ones). `restored` is
    what arithmetic puts in place of a damaged or lost figure of a text extraction, `restored_from`
    says by what; `text` stays what was read.
    """

    row: int
    column: int
    text: str
    place: Place
    row_span: int = 1
    column_span: int = 1
    confidence: Decimal = CERTAIN
    wrapped: bool = False
    reader: str | None = None
    restored: str | None = None
    restored_from: str | None = None


@dataclass(frozen=True)
class Grid:
    """A table as it stands on paper, continuation pages joined.

    `spans_known` is false where the medium does not say how far a cell reaches (tab grids print
    a merged cell in its first place and leave the others empty). `breaks` are the rows that begin
    a new page. `follows` says that nothing is printed between this grid and the one before it: it
    may be the rest of that one, though their columns do not fit.
    """

    rows: int
    columns: int
    cells: tuple[Cell, ...]
    spans_known: bool
    breaks: tuple[int, ...] = ()
    edges: tuple[float, ...] = field(default=(), compare=False)
    follows: bool = False

    @cached_property
    def _covering(self) -> dict[tuple[int, int], Cell]:
        return {
            (r, c): cell
            for cell in self.cells
            for r in range(cell.row, cell.row + cell.row_span)
            for c in range(cell.column, cell.column + cell.column_span)
        }

    @cached_property
    def _anchored(self) -> dict[tuple[int, int], Cell]:
        return {(cell.row, cell.column): cell for cell in self.cells}

    def covering(self, row: int, column: int) -> Cell | None:
        """The cell that covers a place, merged cells included."""
        return self._covering.get((row, column))

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that begins at a place; null where a merged cell reaches over it."""
        return self._anchored.get((row, column))

    def text(self, row: int, column: int) -> str:
        """The text of the cell that begins at a place, `""` where none does."""
        cell = self.at(row, column)
        return cell.text if cell else ""


@dataclass(frozen=True)
class Reading:
    """A whole document as read: paragraphs and grids in reading order.

    `blind_pages` are pages that show something and gave no text: whatever stands there was not
    read, and nobody may take it for absent.
    """

    reader: str
    items: tuple[Paragraph | Grid, ...]
    page_count: int | None = None
    blind_pages: tuple[int, ...] = ()

    def grids(self) -> Iterator[tuple[int, Grid]]:
        """Each grid with its position among the items."""
        return ((i, item) for i, item in enumerate(self.items) if isinstance(item, Grid))
