"""Documents with mistakes in them, as books: thousands of copies for one run of the engine."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from benchmarks.injection.paper import Mistake, Place
from pipeline.identities.books import CELLS, Books
from pipeline.ledger.money import step_yuan

PLACE = ["statement_id", "side", "line_no", "measure_id"]
SEPARATOR = "|"


def name_of(number: int, mistake: Mistake) -> str:
    """What the copy with a mistake is called."""
    return f"{mistake.document_id}{SEPARATOR}{number:06d}"


def written(name: str, place: Place) -> str:
    """The amount_id of a changed cell in its copy."""
    return SEPARATOR.join([name, *map(str, place)])


def copies(books: Books, mistakes: Sequence[Mistake]) -> Books:
    """One copy of its document for each readable mistake."""
    named = [(name_of(n, m), m) for n, m in enumerate(mistakes) if m.readable]
    titles = pl.DataFrame(
        {"name": [name for name, _ in named], "document_id": [m.document_id for _, m in named]},
        schema={"name": pl.String, "document_id": pl.String},
    )
    cells = renamed(books.cells, titles).with_columns(
        amount_id=pl.format("{}" + SEPARATOR + "{}", "document_id", "amount_id")
    )
    touched = changes(named)
    untouched = cells.join(
        touched, on=["document_id", *PLACE], how="anti", nulls_equal=True, maintain_order="left"
    )
    written = touched.filter(pl.col("amount_yuan").is_not_null()).select(untouched.columns)
    return Books(
        renamed(books.lines, titles),
        pl.concat([untouched, written]),
        renamed(books.coverage, titles),
    )


def renamed(frame: pl.DataFrame, titles: pl.DataFrame) -> pl.DataFrame:
    """The rows of each title's document, under the title."""
    joined = titles.join(frame, on="document_id", maintain_order="left_right")
    return joined.with_columns(document_id="name").select(frame.columns)


def changes(named: Sequence[tuple[str, Mistake]]) -> pl.DataFrame:
    """The changed cells of every copy, null where they are blank now."""
    rows = [
        {
            "amount_id": written(name, change.place),
            "document_id": name,
            **change.place._asdict(),
            "amount_yuan": change.after.yuan if change.after else None,
            "step_yuan": step_yuan(*change.after) if change.after else None,
        }
        for name, mistake in named
        for change in mistake.changes
    ]
    return pl.DataFrame(rows, schema=CELLS, orient="row")
