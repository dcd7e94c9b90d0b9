"""A document as its figures stand on paper, and a mistake in it. Plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from benchmarks.injection.originals import Originals
from pipeline.forms.figures import NotAFigure
from pipeline.ledger.money import NotExact, step_yuan, to_yuan
from pipeline.schema.catalogue import measures

#: a change of so many printed steps is one that must be seen (0.03 万元 of two decimals)
STEPS = 3


class Place(NamedTuple):
    """Where a figure stands: statement, side, row, column."""

    statement_id: str
    side: str | None
    line_no: int
    measure_id: str


class Printed(NamedTuple):
    """What stands in a cell, and the unit its table is in."""

    text: str
    unit: str

    @property
    def yuan(self) -> Decimal:
        """The amount; raises where the text is no printed figure."""
        return to_yuan(self.text, self.unit)


@dataclass(frozen=True)
class Change:
    """One cell before and after; null is a blank cell."""

    place: Place
    before: Printed | None
    after: Printed | None

    @property
    def moved(self) -> Decimal:
        """By how many yuan; raises where what now stands there is no printed figure."""
        old, new = ((p.yuan if p else Decimal(0)) for p in (self.before, self.after))
        return new - old


@dataclass(frozen=True)
class Mistake:
    """What went wrong in one document: a kind, and every cell that is not as it was."""

    kind: str
    document_id: str
    changes: tuple[Change, ...]

    @property
    def readable(self) -> bool:
        """Whether every cell still holds a printed figure. If not, its reader refuses the table."""
        try:
            return all(change.moved is not None for change in self.changes)
        except (NotAFigure, NotExact):
            return False


@dataclass(frozen=True)
class Paper:
    """The figures of one document by place, and the rows and columns of its tables.

    `steps` is the finest step that each statement prints, in yuan; `proofs` what the identities
    say of each figure, with the reason.
    """

    document_id: str
    source: str
    figures: Mapping[Place, Printed]
    columns: Mapping[tuple[str, str | None], tuple[str, ...]]
    rows: Mapping[tuple[str, str | None], tuple[int, ...]]
    steps: Mapping[str, Decimal]
    proofs: Mapping[Place, tuple[str, str | None]]

    def is_large(self, change: Change) -> bool:
        """Whether a change is one of three printed steps or more."""
        return abs(change.moved) >= STEPS * self.steps[change.place.statement_id]

    def is_pinned(self, change: Change) -> bool:
        """Whether the identities promised that this change breaks one of them."""
        proved = self.proofs.get(change.place, ("", None))[0] == "proved"
        return proved and self.is_large(change)


def papers(originals: Originals, proofs: pl.DataFrame) -> Iterator[Paper]:
    """The documents in order; `proofs`: amount_id, proof, reason."""
    texts = originals.texts.select("amount_id", "figure", "printed_unit")
    cells = originals.books.cells.join(texts, on="amount_id").join(proofs, on="amount_id")
    figures: dict[str, dict[Place, Printed]] = defaultdict(dict)
    said: dict[str, dict[Place, tuple[str, str | None]]] = defaultdict(dict)
    wanted = ["document_id", *Place._fields, "figure", "printed_unit", "proof", "reason"]
    for document, *row in cells.sort("amount_id").select(wanted).iter_rows():
        place = Place(*row[:4])
        figures[document][place] = Printed(row[4], row[5])
        said[document][place] = (row[6], row[7])
    lines: dict[str, dict[tuple[str, str | None], list[int]]] = defaultdict(dict)
    sheet = ["document_id", "statement_id", "side", "line_no"]
    for document, statement, side, line_no in (
        originals.books.lines.sort(sheet).select(sheet).iter_rows()
    ):
        lines[document].setdefault((statement, side), []).append(line_no)
    heads = headers(originals.books.coverage)
    for document in sorted(figures):
        found = figures[document]
        yield Paper(
            document,
            originals.source,
            found,
            {key: columns(key, found, heads.get(document, {})) for key in lines[document]},
            {key: tuple(numbers) for key, numbers in lines[document].items()},
            finest(found),
            said[document],
        )


def headers(coverage: pl.DataFrame) -> dict[str, dict[str, set[str]]]:
    """The figure columns that each statement of each document has, as `side.measure`."""
    found: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for document, statement, named in coverage.select(
        "document_id", "statement_id", "columns"
    ).iter_rows():
        found[document][statement] = set((named or "").split())
    return found


def columns(
    key: tuple[str, str | None], figures: Mapping[Place, Printed], named: Mapping[str, set[str]]
) -> tuple[str, ...]:
    """The columns of one side in the order forms print them: those of the header, or in use."""
    statement, side = key
    heads = {
        c.rpartition(".")[2] for c in named.get(statement, ()) if c.startswith(f"{side or ''}.")
    }
    used = {p.measure_id for p in figures if p[:2] == key}
    return tuple(measure for measure in measures() if measure in heads | used)


def finest(figures: Mapping[Place, Printed]) -> dict[str, Decimal]:
    """The finest printed step of each statement, in yuan, zeros apart if there are others."""
    steps: dict[str, list[tuple[bool, Decimal]]] = defaultdict(list)
    for place, printed in figures.items():
        steps[place.statement_id].append((printed.yuan == 0, step_yuan(*printed)))
    return {
        statement: min(step for zero, step in found if zero == min(found)[0])
        for statement, found in steps.items()
    }
