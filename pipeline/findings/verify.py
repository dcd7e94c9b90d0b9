"""The engine's own word on every hypothesis, all documents and hypotheses in few runs.

A hypothesis is put into a copy of its document's books, and the identities are run on the copies:
conditions, tolerances and which rows are meant may all change with it. Here: the copies and the
comparison before and after. Not here: where hypotheses come from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from pipeline.findings.model import Key
from pipeline.findings.system import Cell
from pipeline.identities.books import CELLS, LINES, MONEY, Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import run
from pipeline.identities.proof import HOLDING

COPIES = 300  # copies of documents in memory at once


@dataclass(frozen=True)
class Put:
    """A cell and what it is to say, in fen: a value with its printed step, null for a blank."""

    cell: Cell
    value: int | None
    step: int


@dataclass(frozen=True)
class Hypothesis:
    """A document with other figures, and rows with other codes or parents (by line key)."""

    document_id: str
    puts: tuple[Put, ...] = ()
    lines: pl.DataFrame | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Outcome:
    """What holds and what breaks in a document, and the figures that each identity holds with."""

    held: frozenset[Key]
    broken: frozenset[Key]


def outcomes(
    books: Books, declarations: Sequence[Declaration], hypotheses: Sequence[Hypothesis]
) -> Iterator[Outcome]:
    """What the engine finds under each hypothesis, in their order."""
    for start in range(0, len(hypotheses), COPIES):
        some = hypotheses[start : start + COPIES]
        checks = run(copies(books, some), declarations).checks
        found = judged(checks)
        for number in range(len(some)):
            yield found.get(str(number), Outcome(frozenset(), frozenset()))


def judged(checks: pl.DataFrame) -> Mapping[str, Outcome]:
    """What holds and what breaks, by document."""
    held: dict[str, set[Key]] = defaultdict(set)
    broken: dict[str, set[Key]] = defaultdict(set)
    columns = ["document_id", "verdict", "identity_id", "statement_id", "subject"]
    tested = checks.filter(pl.col("verdict").is_in([*HOLDING, "breaks"]))
    for document_id, verdict, *key in tested.select(columns).iter_rows():
        (held if verdict in HOLDING else broken)[document_id].add(tuple(key))
    return {d: Outcome(frozenset(held[d]), frozenset(broken[d])) for d in {*held, *broken}}


def copies(books: Books, hypotheses: Sequence[Hypothesis]) -> Books:
    """One copy of a document per hypothesis, named by its number."""
    numbered = pl.DataFrame(
        {
            "copy": [str(n) for n in range(len(hypotheses))],
            "document_id": [h.document_id for h in hypotheses],
        },
        schema={"copy": pl.String, "document_id": pl.String},
    )
    lines, cells, coverage = (
        numbered.join(frame, on="document_id").drop("document_id").rename({"copy": "document_id"})
        for frame in (
            books.lines.select(list(LINES)),
            books.cells.select(list(CELLS)),
            books.coverage,
        )
    )
    changed = [(str(n), h.lines) for n, h in enumerate(hypotheses) if h.lines is not None]
    if changed:
        other = [
            frame.select(pl.lit(n).alias("document_id"), *(c for c in LINES if c != "document_id"))
            for n, frame in changed
        ]
        own = lines.filter(~pl.col("document_id").is_in([n for n, _ in changed]))
        lines = pl.concat([own.select(list(LINES)), *(f.select(list(LINES)) for f in other)])
    puts = pl.DataFrame(
        [row for n, h in enumerate(hypotheses) for row in put_rows(str(n), h)],
        schema={**CELLS, "amount_yuan": MONEY},
        orient="row",
    )
    place = ["document_id", "statement_id", "side", "line_no", "measure_id"]
    cells = pl.concat(
        [
            cells.join(puts, on=place, how="anti", nulls_equal=True).select(list(CELLS)),
            puts.filter(pl.col("amount_yuan").is_not_null()),
        ]
    ).with_columns(amount_id=pl.format("{}|{}", "document_id", "amount_id"))
    return Books(lines, cells, coverage)


def put_rows(copy: str, hypothesis: Hypothesis) -> Iterator[tuple[object, ...]]:
    """The cells that a hypothesis puts into its copy, those made blank without an amount."""
    for number, put in enumerate(hypothesis.puts):
        cell = put.cell
        yield (
            cell.amount_id or f"put:{number}",
            copy,
            cell.statement_id,
            cell.side or None,
            cell.line_no,
            cell.measure_id,
            None if put.value is None else yuan(put.value),
            yuan(put.step),
        )


def yuan(fen: int) -> Decimal:
    """Fen in yuan."""
    return Decimal(fen).scaleb(-2)
