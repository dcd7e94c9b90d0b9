"""Dimensions from declarations and code lists: statements, measures, codes, regions.

Here: turning lists into released tables, every code printed in a document included. Not here: the
lists themselves (codes) and units (documents).
"""

from __future__ import annotations

import polars as pl

from pipeline.codes.code_lists import load, with_unlisted
from pipeline.codes.regions import load_regions
from pipeline.schema.catalogue import measures, statements, tables

# A code printed without a name still has a row; what it means, nobody has said.
NO_NAME = "（无名称）"


def dim_statement() -> pl.DataFrame:
    """The official statements."""
    return tables()["dim_statement"].frame(
        {"statement_id": k, "title_zh": s["zh"], "title_en": s["en"], "kind": s["kind"]}
        for k, s in statements().items()
    )


def dim_measure() -> pl.DataFrame:
    """What money columns measure."""
    return tables()["dim_measure"].frame(
        {"measure_id": k, "label_zh": m["zh"], "label_en": m["en"]} for k, m in measures().items()
    )


def dim_region() -> pl.DataFrame:
    """Administrative divisions."""
    return tables()["dim_region"].conform(load_regions())


def dim_codes(amounts: pl.DataFrame, documents: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """dim_function, dim_revenue_class and dim_economic, unlisted codes added and marked."""
    years = documents.select("document_id", "fiscal_year")
    printed = (
        amounts.filter(pl.col("code").is_not_null())
        .join(years, on="document_id")
        .select("code", "fiscal_year", "code_system", name="label")
        .unique(maintain_order=True)
    )
    named = {"dim_function": "function", "dim_revenue_class": "revenue"}
    found = {}
    for table, system in named.items():
        seen = printed.filter(code_system=system).drop("code_system")
        found[table] = conform(table, with_unlisted(load(system), seen))
    economic = printed.filter(pl.col("code_system").str.starts_with("economic_")).select(
        "code",
        "fiscal_year",
        "name",
        classification=pl.col("code_system").str.strip_prefix("economic_"),
    )
    found["dim_economic"] = conform("dim_economic", with_unlisted(load("economic"), economic))
    return found


def conform(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A code list as a released table."""
    return tables()[table].conform(frame.with_columns(pl.col("name_zh").fill_null(NO_NAME)))
