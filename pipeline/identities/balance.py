"""Both sides of every instance: values, residual, tolerance.

Here: the arithmetic between selected figures and a verdict. Not here: the selection (`selection`),
the rules of rounding (`tolerance`) and the verdict itself (`engine`).
"""

from __future__ import annotations

import polars as pl

from pipeline.identities import tolerance


def balanced(figures: pl.DataFrame, keys: list[str], mode: str) -> pl.DataFrame:
    """One row per instance, in the order of its keys, all money in fen.

    A printed zero takes part and is no summand. Within a side a sign of -1 subtracts.
    """
    share = pl.col("weight") if mode in ("leaves", "breakdowns") else 1
    signed = pl.col("value") * pl.col("sign")
    left, counts = pl.col("left"), pl.col("value") != 0
    return (
        figures.group_by(keys)
        .agg(
            left_value=signed.filter(left).sum(),
            right_value=signed.filter(~left).sum(),
            left_n=(left & counts).sum().cast(pl.Int64),
            right_n=(~left & counts).sum().cast(pl.Int64),
            left_weight=pl.col("weight").filter(left & counts).sum(),
            right_weight=pl.col("weight").filter(~left & counts).sum(),
            spread=(share * pl.col("step")).filter(counts).sum(),
            step=pl.coalesce(pl.col("step").filter(counts).max(), pl.col("step").max()),
            least_step=pl.coalesce(pl.col("step").filter(counts).min(), pl.col("step").min()),
            n_terms=pl.len().cast(pl.Int64),
        )
        .with_columns(
            residual=pl.col("left_value") - pl.col("right_value"),
            n=tolerance.summands(mode),
        )
        .with_columns(tolerance=tolerance.bound(mode))
        .sort(keys)
    )


def holds(relation: str) -> pl.Expr:
    """Whether the relation holds as far as rounding allows; `<` is strict and exact."""
    residual, margin = pl.col("residual"), pl.col("tolerance")
    if relation == "<":
        return residual < 0
    return (residual if relation == "<=" else residual.abs()) <= margin
