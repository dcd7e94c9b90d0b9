"""How far rounding alone can move a sum, and how far it moves it once in a thousand (domain 2.2).

Each printed figure is the true one rounded half up to the printed step u, independently of the
printed total, so n summands explain up to floor(n/2)·u and no more. A figure printed to the fen is
not rounded at all. Where the figures of one instance are printed in different steps, half a step
of each is what rounding explains.

Exporters print a total in two ways: rounded by itself from the exact figures, or as the sum of its
rounded leaves. Within a table both stay within floor(n/2)·u of the printed summands.

Here: n, the bound and the 99.9 % quantile, from the counts of an instance. Not here: the counting.
"""

from __future__ import annotations

from functools import cache
from math import isqrt

import polars as pl

MODES = ("rounding", "none", "leaves", "breakdowns")
FEN = 1


def summands(mode: str) -> pl.Expr:
    """n, from the printed non-zero figures (`left_n`, `right_n`) and their leaves (`*_weight`).

    rounding: the figures themselves, less the one that is the total. leaves: both sides are sums
    of the same leaves; one may be printed as the sum of its rounded leaves, the other rounded by
    itself, the worse of both ways. breakdowns: the sides are sums of other leaves (by function
    and by economic item, or in two documents), each perhaps printed as the sum of its own.
    """
    left, right = pl.col("left_n").clip(1), pl.col("right_n").clip(1)
    left_leaves, right_leaves = pl.col("left_weight").clip(1), pl.col("right_weight").clip(1)
    if mode == "leaves":
        return pl.max_horizontal(left_leaves + right, left + right_leaves) - 1
    if mode == "breakdowns":
        return left_leaves + right_leaves - 1
    return left + right - 1


def bound(mode: str) -> pl.Expr:
    """The tolerance in fen: `n`, `step` (largest), `least_step` and `spread` (sum of steps)."""
    if mode == "none":
        return pl.lit(0, dtype=pl.Int64)
    return (
        pl.when(pl.col("step") <= FEN)
        .then(0)
        .when(pl.col("step") == pl.col("least_step"))
        .then(pl.col("step") * (pl.col("n") // 2))
        .otherwise(pl.col("spread") // 2)
        .cast(pl.Int64)
    )


def quantile(n: int) -> int:
    """Steps that rounding n summands exceeds once in a thousand times.

    3.29 standard deviations, u·√((n+1)/12), to the nearest step and never beyond the bound; this
    gives every point of the table in domain 2.2. In integers: the largest q with
    (q - ½)² <= 3.29²·(n+1)/12, that is (2q-1)²·30000 <= 108241·(n+1).
    """
    q = (isqrt(108241 * (n + 1) // 30000) + 1) // 2
    return min(q, n // 2)


@cache
def quantiles(count: int) -> pl.DataFrame:
    """The quantiles of so many n, from 0 on."""
    schema = {"n": pl.Int64, "q": pl.Int64}
    return pl.DataFrame([(n, quantile(n)) for n in range(count)], schema=schema, orient="row")


def suspicious(aggregated: pl.DataFrame) -> pl.Series:
    """Whether a residual within its tolerance lies beyond the quantile of its n."""
    most = int(str(aggregated.select(pl.col("n").max().fill_null(0)).item()))
    steps = quantiles(1 << most.bit_length())
    return (
        aggregated.with_columns(pl.col("n").cast(pl.Int64))
        .join(steps, on="n", how="left", maintain_order="left")
        .select(
            (pl.col("residual").abs() <= pl.col("tolerance"))
            & (pl.col("step") == pl.col("least_step"))
            & (pl.col("residual").abs() > pl.col("q") * pl.col("step"))
        )
        .to_series()
        .fill_null(False)
    )
