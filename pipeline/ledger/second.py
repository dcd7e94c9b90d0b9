"""Two readings of one figure: whether they agree, and who is right where they do not.

The second reader never changes an amount. Where both read alike the figure is marked by its
`second_text`; where they differ the identities decide, and where they cannot, it is disputed and
both texts stand. Here: that judgement. Not here: how the second reading came about (staging).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.identities.books import LINE_KEY, MONEY, Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import Results, run
from pipeline.identities.proof import HOLDING, STEPS
from pipeline.ledger.money import NotExact, step_yuan, to_yuan
from pipeline.readers.shapes import CERTAIN

PLACE = [*LINE_KEY, "measure_id"]
CHECK = ["identity_id", "statement_id", "subject"]
# Figures of one document, and copies of books in memory at once, for trying second readings.
FEW, COPIES = 20, 200


@dataclass(frozen=True)
class Tally:
    """Of the figures that were read twice: alike, differently, and by the first reader alone."""

    agree: int
    differ: int
    silent: int


def asked(amounts: pl.DataFrame, proofs: pl.DataFrame, choice: str) -> set[str]:
    """The documents that are to be read again: `all` with figures on pages, `failed` or `none`.

    `failed`: not every figure of the document is proved, or one was read with less than certainty.
    Figures that were recognised from images have no text for a second reader.
    """
    on_pages = amounts.filter(pl.col("x0").is_not_null(), reader="pdf")
    documents = set(on_pages.get_column("document_id"))
    unproved = proofs.filter(pl.col("proof") != "proved").select("amount_id")
    failed = set(amounts.join(unproved, on="amount_id", how="semi").get_column("document_id"))
    doubtful = set(on_pages.filter(pl.col("confidence") < CERTAIN).get_column("document_id"))
    return {"all": documents, "failed": documents & (failed | doubtful), "none": set()}[choice]


def with_second(amounts: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    """The amounts with `second_text`, and `second_yuan`: what it says in yuan.

    A second text that is no exact amount in the table's unit is no second reading.
    """
    joined = amounts.join(readings, on=PLACE, how="left", nulls_equal=True, maintain_order="left")
    pairs = joined.select("second_text", "printed_unit").iter_rows()
    told = pl.Series("second_yuan", [yuan(*pair) for pair in pairs], dtype=MONEY)
    text = pl.when(pl.col("second_yuan").is_not_null()).then("second_text")
    return joined.with_columns(told).with_columns(second_text=text)


def yuan(text: str | None, unit: str) -> Decimal | None:
    """A second text in yuan, null where there is none or it is no exact amount."""
    try:
        return None if text is None else to_yuan(text, unit)
    except NotExact:
        return None


def differs() -> pl.Expr:
    """Whether the second reading says another amount."""
    return pl.col("second_yuan").is_not_null() & (pl.col("second_yuan") != pl.col("amount_yuan"))


def undecided() -> pl.Expr:
    """Whether two readings differ and the identities cannot tell which is right.

    `proved` says that an identity which holds would break with a figure some printed steps away;
    they have decided between readings at least that far apart, and between no others.
    """
    fen = {name: pl.col(name).to_physical().cast(pl.Int64) for name in ("second_yuan", "step_yuan")}
    apart = (fen["second_yuan"] - pl.col("amount_yuan").to_physical().cast(pl.Int64)).abs()
    told_apart = (pl.col("proof") == "proved") & (apart >= STEPS * fen["step_yuan"])
    return differs() & ~told_apart


def tally(amounts: pl.DataFrame, documents: list[str]) -> Tally:
    """How the two readings of some documents compare; `amounts` as of `with_second`."""
    figures = amounts.filter(pl.col("document_id").is_in(documents), pl.col("x0").is_not_null())
    read_twice = figures.get_column("second_yuan").count()
    differ = figures.filter(differs()).height
    return Tally(read_twice - differ, differ, figures.height - read_twice)


def better_fitting(
    amounts: pl.DataFrame, books: Books, results: Results, declarations: Sequence[Declaration]
) -> list[str]:
    """The figures (amount_id) with which identities break as read first and hold as read second.

    Each such figure alone is put in the place of the first in a copy of its document's books: all
    its broken identities must hold then, and no other may break (those within the document: its
    copy stands alone). Nothing is replaced: it is a
    hint for a steward, who looks at the page. Documents with more than a few such figures are left
    out: no single one explains them.
    """
    within = [d.id for d in declarations if not d.relations]
    broken = results.checks.filter(pl.col("identity_id").is_in(within), verdict="breaks")
    broken = broken.select("document_id", "check_id", *CHECK)
    used = broken.join(results.terms.select("check_id", "amount_id").unique(), on="check_id")
    doubted = (
        amounts.filter(differs())
        .join(used, on="amount_id", how="semi")
        .filter(pl.len().over("document_id") <= FEW)
        .sort("amount_id")
        .to_dicts()
    )
    found = []
    for start in range(0, len(doubted), COPIES):
        some = doubted[start : start + COPIES]
        copies = zip(*(frames_of(exchanged(books, figure)) for figure in some), strict=True)
        after = run(Books(*map(pl.concat, copies)), declarations).checks
        for figure in some:
            key = figure["amount_id"]
            checks = after.filter(document_id=key)
            before = keys_of(broken.filter(document_id=figure["document_id"]))
            own = keys_of(used.filter(amount_id=key))
            held = keys_of(checks.filter(pl.col("verdict").is_in(HOLDING)))
            still = keys_of(checks.filter(verdict="breaks"))
            if own <= held and still <= before - own:
                found.append(key)
    return found


def keys_of(checks: pl.DataFrame) -> set[tuple[Any, ...]]:
    """What names a check within its document."""
    return set(checks.select(CHECK).iter_rows())


def described(
    amounts: pl.DataFrame, amount_ids: list[str], documents: pl.DataFrame
) -> Iterator[str]:
    """Where each figure stands and how it was read, in words."""
    names = documents.select("document_id", "source_name")
    rows = amounts.filter(pl.col("amount_id").is_in(amount_ids)).join(names, on="document_id")
    for row in rows.sort("source_name", "statement_id", "line_no", "amount_id").to_dicts():
        yield (
            f"{row['source_name']} {row['statement_id']} row {row['line_no']} "
            f"{row['measure_id']}, page {row['page']}: "
            f"{row['figure']} or {row['second_text']} {row['printed_unit']}"
        )


def frames_of(books: Books) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The frames of books in order."""
    return books.lines, books.cells, books.coverage


def exchanged(books: Books, figure: dict[str, Any]) -> Books:
    """A copy of a figure's document, named after the figure, with the second reading in place."""
    key = figure["amount_id"]
    document = pl.DataFrame({"document_id": [figure["document_id"]]})
    lines, cells, coverage = frames_of(books.of_documents(document))
    there = pl.col("amount_id") == key
    step = step_yuan(figure["second_text"], figure["printed_unit"])
    put = {"amount_yuan": figure["second_yuan"], "step_yuan": step}
    cells = cells.with_columns(
        pl.when(there).then(pl.lit(value, MONEY)).otherwise(name).alias(name)
        for name, value in put.items()
    ).with_columns(amount_id=pl.format("{}|{}", pl.lit(key), "amount_id"))
    renamed = pl.lit(key).alias("document_id")
    return Books(
        lines.with_columns(renamed), cells.with_columns(renamed), coverage.with_columns(renamed)
    )
