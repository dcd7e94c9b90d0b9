"""Amounts: staged cells and lines joined, keyed and turned into yuan.

Here: fact_amount but for its proof, and the `step_yuan` the identities need. Not here: documents
and units (documents), code lists (dimensions), checks (identities).
"""

from __future__ import annotations

import polars as pl

from pipeline.ledger import keys
from pipeline.ledger.money import step_yuan, to_yuan

LINE_KEY = ["document_id", "statement_id", "side", "line_no"]
MONEY = pl.Decimal(18, 2)


def amounts(lines: pl.DataFrame, cells: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """One row per printed money cell, with the columns of fact_amount but `proof`.

    Raises `LedgerError` where two cells claim one key: the recogniser has then taken one row for
    two, and nothing of it may be published.
    """
    joined = cells.join(lines, on=LINE_KEY, how="left", nulls_equal=True, maintain_order="left")
    readers = documents.select("document_id", "reader")
    joined = joined.join(readers, on="document_id", how="left", maintain_order="left").with_columns(
        reader=pl.coalesce("cell_reader", "reader"),
        figure=pl.coalesce("restored_text", "printed_text"),
    )
    keyed = joined.with_columns(amount_id=amount_ids(joined)).join(
        yuan(joined), on=["figure", "printed_unit"], how="left", maintain_order="left"
    )
    repeated = keyed.filter(pl.col("amount_id").is_duplicated())
    if repeated.height:
        row = repeated.row(0, named=True)
        raise LedgerError(
            f"{repeated.height} cells share their key, first {row['document_id']} "
            f"{row['statement_id']} line {row['line_no']} {row['measure_id']}"
        )
    return keyed


class LedgerError(ValueError):
    """The ledger's own rules are broken; a fault of the program, not of a document."""


def amount_ids(frame: pl.DataFrame) -> pl.Series:
    """The stable key of each cell."""
    columns = (
        "document_id",
        "statement_id",
        "side",
        "code",
        "label_path",
        "label",
        "occurrence",
        "measure_id",
    )
    found = [keys.amount_id(*row) for row in frame.select(columns).iter_rows()]
    return pl.Series("amount_id", found, dtype=pl.String())


def yuan(frame: pl.DataFrame) -> pl.DataFrame:
    """Each distinct figure in yuan, with its printed step."""
    distinct = frame.select("figure", "printed_unit").unique(maintain_order=True)
    pairs = list(distinct.iter_rows())
    return distinct.with_columns(
        amount_yuan=pl.Series([to_yuan(*p) for p in pairs], dtype=MONEY),
        step_yuan=pl.Series([step_yuan(*p) for p in pairs], dtype=MONEY),
    )
