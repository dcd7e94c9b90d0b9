"""A made-up department and its units, from their texts to the checks between their documents."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest

from pipeline.identities.engine import run
from pipeline.ledger.books import Ledger
from pipeline.ledger.links import links
from tests.facsimile.synthetic import synthetic_family
from tests.facsimile.tab_grid import text_grid
from tests.unit.identities.support import catalogue
from tests.unit.ledger.test_books import document, ledger

BETWEEN = [one for one in catalogue().values() if one.relations]
STEP = Decimal("100.00")


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A department and its three units."""
    folder = tmp_path_factory.mktemp("family")
    budgets = synthetic_family(5)
    texts = {f"{place}.txt": text_grid(budget) for place, budget in enumerate(budgets)}
    return ledger(*(document(folder, name, text) for name, text in texts.items()))


def of_scope(found: Ledger, scope: str) -> list[str]:
    return found.tables["dim_document"].filter(scope=scope)["document_id"].to_list()


def test_every_sum_over_the_units_holds_as_far_as_rounding_goes(family: Ledger) -> None:
    found = run(family.books, BETWEEN)
    assert not found.checks.filter(pl.col("verdict").is_in(["breaks", "crashed"])).height
    held = found.checks.filter(pl.col("verdict").is_in(["exact", "rounding"]))
    sums = held.filter(pl.col("identity_id").str.starts_with("units_make"))
    assert set(sums["document_id"]) == set(of_scope(family, "department"))
    within = held.filter(pl.col("identity_id").str.starts_with("unit_within"))
    assert set(within["document_id"]) == set(of_scope(family, "unit"))
    by_code = sums.filter(identity_id="units_make_the_department_by_code")
    assert {"expenditure", "revenue"} <= set(by_code["statement_id"])
    assert by_code.height > 50


def test_a_figure_that_differs_in_one_document_breaks_the_sum(family: Ledger) -> None:
    """Three printed steps in one unit's code, and the check names the code."""
    unit = of_scope(family, "unit")[0]
    rows = family.amounts.filter(
        pl.col("code").str.len_chars() == 7,
        document_id=unit,
        statement_id="general_expenditure_function",
        measure_id="total",
    ).sort("line_no")
    amount, code = rows["amount_id"][0], rows["code"][0]
    moved = pl.when(pl.col("amount_id") == amount).then(3 * STEP).otherwise(Decimal(0))
    cells = family.books.cells.with_columns(
        (pl.col("amount_yuan") + moved).cast(pl.Decimal(18, 2)).alias("amount_yuan")
    )
    found = run(replace(family.books, cells=cells), BETWEEN)
    broken = found.checks.filter(verdict="breaks", identity_id="units_make_the_department_by_code")
    assert broken.height == 1
    assert broken["subject"][0].startswith(code)
    proofs = dict(found.proofs.select("amount_id", "proof").iter_rows())
    assert proofs[amount] == "disputed"


def test_without_one_unit_no_sum_is_asked_and_the_reason_names_it(family: Ledger) -> None:
    gone = of_scope(family, "unit")[-1]
    tables, kept = family.tables, pl.col("document_id") != gone
    documents = tables["dim_document"].filter(kept)
    name = tables["dim_document"].filter(document_id=gone).join(tables["dim_unit"], on="unit_id")
    fewer = links(documents, tables["dim_unit"], family.books.coverage, family.amounts)
    found = run(replace(family.books, links=fewer), BETWEEN).checks
    sums = found.filter(pl.col("identity_id").str.starts_with("units_make"))
    assert set(sums["verdict"]) == {"untestable"}
    assert sums["reason"].str.contains(name["name"][0], literal=True).all()
    within = found.filter(pl.col("identity_id").str.starts_with("unit_within"))
    assert gone not in within["document_id"].to_list()
    assert set(within["verdict"]) == {"exact"}
