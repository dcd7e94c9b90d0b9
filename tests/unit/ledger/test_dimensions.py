"""Dimensions: every declared word, every listed code, and every code that anybody printed."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.ledger.dimensions import dim_codes, dim_measure, dim_region, dim_statement
from pipeline.schema.catalogue import measures, statements, tables

CODES = {"function": "dim_function", "revenue": "dim_revenue_class"}


def printed(*rows: tuple[str, str, str | None, int]) -> dict[str, pl.DataFrame]:
    """The code dimensions where (system, code, label, year) was printed."""
    amounts = pl.DataFrame(
        [(str(n), system, code, label) for n, (system, code, label, _) in enumerate(rows)],
        schema={name: pl.String() for name in ("document_id", "code_system", "code", "label")},
        orient="row",
    )
    documents = pl.DataFrame(
        [(str(n), year) for n, (*_, year) in enumerate(rows)],
        schema={"document_id": pl.String(), "fiscal_year": pl.Int32()},
        orient="row",
    )
    return dim_codes(amounts, documents)


def row(frame: pl.DataFrame, code: str) -> dict[str, object]:
    """The only row of a code."""
    return frame.row(by_predicate=pl.col("code") == code, named=True)


def test_statements_and_measures_are_all_there() -> None:
    assert set(dim_statement()["statement_id"]) == set(statements())
    assert set(dim_measure()["measure_id"]) == set(measures())


@pytest.mark.parametrize(("system", "table"), CODES.items())
def test_a_code_in_no_list_is_kept_with_its_printed_name_and_marked(
    system: str, table: str
) -> None:
    found = row(printed((system, "2997799", "未见过的支出", 2026))[table], "2997799")
    assert found["status"] == "unlisted"
    assert found["name_zh"] == "未见过的支出"
    assert found["valid_from"] == 2026
    assert found["level"] == "项"
    assert found["name_en"] is None


def test_a_listed_code_stays_listed_whatever_name_is_printed() -> None:
    listed = printed()["dim_function"]
    assert printed(("function", "201", "别的名字", 2026))["dim_function"].equals(listed)
    assert row(listed.filter(code="201"), "201")["status"] == "listed"


@pytest.mark.parametrize("side", ["department", "government"])
def test_the_two_economic_classifications_are_kept_apart(side: str) -> None:
    frame = printed((f"economic_{side}", "39977", "未见过的款", 2026))["dim_economic"]
    added = frame.filter(code="39977")
    assert added["classification"].to_list() == [side]
    assert added["status"].to_list() == ["unlisted"]


def test_a_code_printed_without_a_name_still_has_a_row() -> None:
    found = row(printed(("function", "2997799", None, 2026))["dim_function"], "2997799")
    assert found["name_zh"] == "（无名称）"
    assert found["status"] == "unlisted"


def test_a_name_holds_until_the_next_begins() -> None:
    frame = printed(("function", "2997799", "旧名", 2024), ("function", "2997799", "新名", 2026))[
        "dim_function"
    ].filter(code="2997799")
    assert frame.select("valid_from", "valid_to", "name_zh").rows() == [
        (2024, 2025, "旧名"),
        (2026, None, "新名"),
    ]


@pytest.mark.parametrize("name", ["dim_function", "dim_revenue_class", "dim_economic"])
def test_code_lists_have_unique_keys_and_parents_that_are_there(name: str) -> None:
    frame = printed()[name]
    assert frame.columns == list(tables()[name].schema)
    assert not frame.select(tables()[name].key).is_duplicated().any()
    parents = set(frame["parent_code"].drop_nulls())
    assert parents <= set(frame["code"])


def test_regions_form_one_tree() -> None:
    frame = dim_region()
    assert frame.columns == list(tables()["dim_region"].schema)
    assert frame["region_code"].is_unique().all()
    assert set(frame["parent_region_code"].drop_nulls()) <= set(frame["region_code"])
