"""Two readings of one figure: whether they agree, and who is right where they do not.

The second reader never changes an amount. Where both read alike the figure is marked by its
`second_text`; where they differ the identities decide, and where they cannot, it is disputed and
both texts stand. Here: that judgement. Not here: how the second reading came about (staging), and
the repair of a figure that holds only as read second (findings).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from pipeline.identities.books import LINE_KEY, MONEY
from pipeline.identities.proof import STEPS
from pipeline.ledger.money import NotExact, to_yuan
from pipeline.readers.shapes import CERTAIN

PLACE = [*LINE_KEY, "measure_id"]


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
