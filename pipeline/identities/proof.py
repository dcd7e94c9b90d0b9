"""Which figures the identities prove: those that could not be otherwise.

`proved`: some equality that holds now would break if this figure alone were three printed steps
more, and also if it were three less. `disputed`: in an identity that breaks. Else `unproved`, with
the reason. Here: the judgement over checks and terms. Not here: `repaired`, which is for whoever
restores values.
"""

from __future__ import annotations

import polars as pl

STEPS = 3
HOLDING = ("exact", "rounding")


def proof(cells: pl.DataFrame, checks: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """amount_id, proof, reason for every cell.

    `checks` as in fact_check; `terms` as in fact_check_term with `pins`: false where the check is
    an inequality or the figure also decides its condition (changed, it would not break but fall
    out of the test). A figure on both sides counts with its net sign. A printed zero that became
    a figure would be one summand more, so its tolerance is taken one step wider.
    """
    used = (
        terms.group_by("check_id", "amount_id")
        .agg(net=pl.col("sign").sum(), pins=pl.col("pins").all())
        .join(
            checks.select("check_id", "identity_id", "verdict", "residual", "tolerance"),
            on="check_id",
        )
        .join(cells.select("amount_id", "amount_yuan", "step_yuan"), on="amount_id")
    )
    fen = ["residual", "tolerance", "amount_yuan", "step_yuan"]
    used = used.with_columns(pl.col(name).to_physical().cast(pl.Int64) for name in fen)
    moved = STEPS * pl.col("step_yuan") * pl.col("net")
    widened = (
        pl.when(pl.col("amount_yuan") == 0)
        .then(pl.col("tolerance") + pl.col("step_yuan"))
        .otherwise("tolerance")
    )
    breaks_both_ways = ((pl.col("residual") + moved).abs() > widened) & (
        (pl.col("residual") - moved).abs() > widened
    )
    holding = pl.col("verdict").is_in(HOLDING)
    judged = used.with_columns(
        disputed=pl.col("verdict") == "breaks",
        equality=holding & pl.col("pins"),
        pinned=holding & pl.col("pins") & breaks_both_ways,
        margin=widened,
    )
    equal = pl.col("equality")
    by_margin = [pl.col("margin").filter(equal), pl.col("identity_id").filter(equal)]
    per_figure = judged.group_by("amount_id").agg(
        pl.col("disputed", "pinned", "equality").any(),
        breaking=pl.col("identity_id").filter("disputed").unique().sort().str.join(", "),
        margin=pl.col("margin").filter(equal).min(),
        by=pl.col("identity_id").filter(equal).sort_by(by_margin).first(),
    )
    wide = pl.format(
        "tolerance too wide: {} yuan in {}",
        (pl.col("margin").cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(18, 2)).cast(pl.String),
        "by",
    )
    return (
        cells.select("amount_id")
        .join(per_figure, on="amount_id", how="left")
        .select(
            "amount_id",
            proof=pl.when(pl.col("disputed"))
            .then(pl.lit("disputed"))
            .when(pl.col("pinned"))
            .then(pl.lit("proved"))
            .otherwise(pl.lit("unproved")),
            reason=pl.when(pl.col("disputed"))
            .then(pl.format("breaks: {}", "breaking"))
            .when(pl.col("pinned"))
            .then(None)
            .when(pl.col("disputed").is_null())
            .then(pl.lit("in no identity"))
            .when(~pl.col("equality"))
            .then(pl.lit("only inequalities, or it decides the condition"))
            .otherwise(wide),
        )
        .sort("amount_id")
    )
