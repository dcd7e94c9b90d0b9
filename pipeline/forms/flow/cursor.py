"""Going through the atoms of a table's body.

Here: `Cursor`, the place one has come to, and `Segment`, one side's part of a printed row. Not
here: how rows are told apart (labelled, coded, named).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.forms.family import Side
from pipeline.forms.flow.atoms import Atom
from pipeline.forms.flow.placing import is_rest
from pipeline.forms.statement import Unplaced

# A name is wrapped over so many pieces at most.
MAX_NAME_ATOMS = 8


@dataclass(frozen=True)
class Segment:
    """One side's part of a printed row; `after` is the atom that follows its figures.

    `floating` are blank cells that came out amid the name.
    """

    side: Side
    cells: tuple[Atom, ...]
    after: Atom
    line: int
    label: str = ""
    code: str = ""
    government_item: str = ""
    block: int = 0
    starts_row: bool = True
    floating: int = 0


@dataclass
class Cursor:
    """A place among atoms."""

    atoms: tuple[Atom, ...]
    at: int = 0
    ends_kept: bool = True
    row_numbers: dict[str | None, int] = field(default_factory=dict)

    @property
    def now(self) -> Atom:
        """The atom here."""
        return self.atoms[self.at]

    def ahead(self, count: int = 1) -> Atom:
        """A later atom, the last one where there are not so many."""
        return self.atoms[max(0, min(self.at + count, len(self.atoms) - 1))]

    def cells(self, stop: Callable[[Cursor], bool]) -> tuple[Atom, ...]:
        """The figures and dashes from here on, up to where `stop` says, all on one line.

        A figure may be torn at the end of the line; its rest belongs to it.
        """
        begin = self.at
        while self.now.is_cell and not stop(self):
            if (
                self.at > begin
                and self.now.first
                and not is_rest(self.ahead(-1).text, self.now.text)
            ):
                break
            self.at += 1
        return self.atoms[begin : self.at]


def stray(atom: Atom, what: str) -> Unplaced:
    """The refusal of a text that belongs to no row."""
    return Unplaced("row_unplaced", f"line {atom.line}: {what}")
