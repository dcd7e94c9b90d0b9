"""Which figures the identities prove: those that could not be otherwise.

`proved`: some equality that holds now would break if this figure alone were three printed steps
more, and also if it were three less: that check pins it. `disputed`: in an identity that breaks.
Else `unproved`, with the reason. Here: the judgement over checks and terms. Not here: `repaired`,
which is for whoever restores values.
"""

from __future__ import annotations

import polars as pl

from pipeline.identities.rows import with_finest_step

STEPS = 3
HOLDING = ("exact", "rounding")
ALONE = "不在任何勾稽关系中 (in no identity)"
LOOSE = "仅在不等式中，或决定条件是否成立 (only inequalities, or it decides the condition)"


def weighed(cells: pl.DataFrame, checks: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """Every figure in every check that names it: whether the check breaks, and whether it pins it.

    `checks` as in fact_check; `terms` as in fact_check_term with `could_pin`: false where the check
    is an inequality or the figure also decides its condition (changed, it would not break but fall
    out of the test). A figure on both sides counts with its net sign. A printed zero that became
    a figure would be one summand more, so its tolerance is taken one step wider.
    """
    used = (
        terms.group_by("check_id", "amount_id")
        .agg(net=pl.col("sign").sum(), could_pin=pl.col("could_pin").all())
        .join(
            checks.select("check_id", "identity_id", "verdict", "residual", "tolerance"),
            on="check_id",
        )
        .join(in_fen(cells), on="amount_id")
        .with_columns(pl.col("residual", "tolerance").to_physical().cast(pl.Int64))
    )
    moved = STEPS * pl.col("step") * pl.col("net")
    widened = (
        pl.when(pl.col("value") == 0)
        .then(pl.col("tolerance") + pl.col("step"))
        .otherwise("tolerance")
    )
    breaks_both_ways = ((pl.col("residual") + moved).abs() > widened) & (
        (pl.col("residual") - moved).abs() > widened
    )
    equality = pl.col("verdict").is_in(HOLDING) & pl.col("could_pin")
    return used.select(
        "check_id",
        "amount_id",
        "identity_id",
        disputed=pl.col("verdict") == "breaks",
        equality=equality,
        pins=equality & breaks_both_ways,
        margin=widened,
    )


def in_fen(cells: pl.DataFrame) -> pl.DataFrame:
    """amount_id, value and step of every figure in fen; the step is its statement's finest."""
    money = {"value": "amount_yuan", "step": "step_yuan"}
    place = ["amount_id", "document_id", "statement_id"]
    exact = {name: pl.col(column).to_physical().cast(pl.Int64) for name, column in money.items()}
    return with_finest_step(cells.select(*place, **exact)).select("amount_id", *money)


def with_pins(terms: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """The terms with `pins`: whether this check, alone, pins this figure."""
    pins = weights.select("check_id", "amount_id", "pins")
    return terms.join(pins, on=["check_id", "amount_id"], how="left", maintain_order="left")


def proof(cells: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """amount_id, proof, reason for every cell; `weights` as of `weighed`."""
    equal = pl.col("equality")
    by_margin = [pl.col("margin").filter(equal), pl.col("identity_id").filter(equal)]
    per_figure = weights.group_by("amount_id").agg(
        pl.col("disputed", "pins", "equality").any(),
        breaking=pl.col("identity_id").filter("disputed").unique().sort().str.join(", "),
        by=pl.col("identity_id").filter(equal).sort_by(by_margin).first(),
    )
    return (
        cells.select("amount_id")
        .join(per_figure, on="amount_id", how="left")
        .select(
            "amount_id",
            proof=pl.when("disputed")
            .then(pl.lit("disputed"))
            .when("pins")
            .then(pl.lit("proved"))
            .otherwise(pl.lit("unproved")),
            reason=pl.when("disputed")
            .then(pl.format("勾稽不符：{} (breaks)", "breaking"))
            .when("pins")
            .then(None)
            .when(pl.col("disputed").is_null())
            .then(pl.lit(ALONE))
            .when(~pl.col("equality"))
            .then(pl.lit(LOOSE))
            .otherwise(pl.format("容差过宽：{} (tolerance too wide)", "by")),
        )
        .sort("amount_id")
    )
