"""Checks of performance forms and self-evaluations, as rows of fact_check.

The other identities are run on lines and cells of official statements; a form and a report are
neither. What these identities are stands in `expectations/project_checks.yml`. Here: reading that
declaration, and what both kinds of checks share. Not here: the relations (projects, evaluations).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.declared import parsed
from pipeline.identities.engine import check_ids
from pipeline.identities.percent import FEN
from pipeline.schema.catalogue import tables

NOTHING = Decimal(0)
EXACT, ROUNDING, BREAKS, UNTESTABLE = "exact", "rounding", "breaks", "untestable"

Row = dict[str, Any]
Check = dict[str, Any]


@dataclass(frozen=True)
class Declared:
    """What an identity of performance says of itself; `table` is the one whose rows it is of.

    `relation` is between left and right as released; `computed` where the figures behind them,
    which have more decimals, decide.
    """

    id: str
    code: str
    table: str
    title_zh: str
    title_en: str
    reason_zh: str
    reason_en: str
    severity: str
    relation: str = "="

    @property
    def family(self) -> str:
        """The letter of its code."""
        return self.code[0]


def declared(expectations: Path) -> tuple[Declared, ...]:
    """The declared identities; none where there is no such file."""
    path = expectations / "project_checks.yml"
    text = path.read_text(encoding="utf-8") if path.exists() else "[]"
    return tuple(Declared(**entry) for entry in parsed(text))


def framed(rows: Iterable[Check]) -> pl.DataFrame:
    """fact_check of the checks; subjects that occur again are numbered."""
    frame = pl.DataFrame(list(rows), schema=SCHEMA, orient="row").sort(
        "document_id", "identity_id", "subject", "about", nulls_last=False
    )
    group = ["document_id", "identity_id", "statement_id", "subject"]
    frame = frame.with_columns(times=pl.int_range(1, pl.len() + 1).over(group))
    again = pl.format("{} #{}", "subject", "times")
    frame = frame.with_columns(
        subject=pl.when(pl.col("times") > 1).then(again).otherwise("subject")
    )
    return tables()["fact_check"].conform(frame.with_columns(check_id=check_ids(frame)))


SCHEMA: dict[str, pl.DataType] = {
    "about": pl.String(),
    **{n: t for n, t in tables()["fact_check"].schema.items() if n != "check_id"},
}


def judged(
    of: Row,
    identity: str,
    title: str,
    left: Decimal | None,
    right: Decimal | None,
    reason: str | None,
    tolerance: Decimal = NOTHING,
    unit: str = "yuan",
    statement: str | None = None,
) -> Check:
    """One check of a project or a report; with a reason it is untestable and has no values.

    `about` tells apart what bears one name. Its terms are columns, no amounts: `n_terms` is 0.
    """
    tested = reason is None and left is not None and right is not None
    residual = left - right if tested and left is not None and right is not None else None
    if residual is None:
        verdict = UNTESTABLE
    elif residual == 0:
        verdict = EXACT
    else:
        verdict = ROUNDING if abs(residual) <= tolerance else BREAKS
    return {
        "about": f"{of['project_id']}{of.get('evaluation_no', '')}",
        "document_id": of["document_id"],
        "identity_id": identity,
        "statement_id": statement,
        "subject": f"{of['name'] or '（无名称）'} · {title}",
        "left_value": shown(left) if tested else None,
        "right_value": shown(right) if tested else None,
        "residual": shown(residual),
        "tolerance": shown(tolerance) if tested else None,
        "unit": unit,
        "n_terms": 0,
        "suspicious": False,
        "reason": reason,
        "verdict": verdict,
    }


def shown(value: Decimal | None) -> Decimal | None:
    """A value as released, to two decimals; the verdict is of the exact ones."""
    return None if value is None else value.quantize(FEN)
