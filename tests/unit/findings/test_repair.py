"""Repairs: only of doubted print, only where nothing else explains it, only the exact value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest

from pipeline.findings import repair
from pipeline.findings.explain import explain
from pipeline.findings.repair import MIN_WITNESSES, Repair, repairs, says
from pipeline.identities.example import read_example
from tests.unit.findings.support import amount, declarations, found, good, said
from tests.unit.findings.test_explain import ROUNDED, TWINS
from tests.unit.identities.support import catalogue

KEY = amount("expenditure", 4, "basic")
TRUTH = Decimal("408000.00")


def repaired(read: str | None, doubtful: Mapping[str, tuple[str, ...]]) -> tuple[Repair, ...]:
    """The repairs where one pinned figure was read so."""
    return repairs(found(said(good(), **{KEY: read})), doubtful)


def test_a_doubted_figure_with_a_slip_is_repaired() -> None:
    (one,) = repaired("48.80", {KEY: ()})
    assert (one.amount_id, one.value, one.document_id) == (KEY, TRUTH, "example")
    assert "expenditure_row" in one.because


def test_what_another_reading_says_is_repaired_without_a_slip() -> None:
    assert repaired("77.70", {KEY: ()}) == ()
    assert repaired("77.70", {KEY: ("99.90",)}) == ()
    (one,) = repaired("77.70", {KEY: ("99.90", "40.80")})
    assert one.value == TRUTH


def test_clean_print_stays_as_it_is_printed() -> None:
    assert repaired("48.80", {}) == ()
    assert repaired("48.80", {amount("expenditure", 5, "basic"): ("40.80",)}) == ()


def test_a_blank_cell_is_never_filled() -> None:
    assert found(said(good(), **{KEY: None}))[0].unique
    assert repaired(None, {KEY: ("40.80",)}) == ()


def test_what_several_cells_may_explain_is_not_repaired() -> None:
    books = read_example(TWINS)
    every = {key: ("4.00", "3.00") for key in books.cells["amount_id"]}
    findings = explain(books, declarations())
    assert findings
    assert repairs(findings, every) == ()


def test_an_interval_is_not_repaired() -> None:
    books = read_example(ROUNDED)
    findings = explain(books, [catalogue()["function_total"]])
    every = {key: ("10.98",) for key in books.cells["amount_id"]}
    assert (
        repairs([replace(f, explanations=f.explanations[:1], count=1) for f in findings], every)
        == ()
    )


def test_one_identity_alone_repairs_nothing() -> None:
    (finding,) = found(said(good(), **{KEY: "48.80"}))
    (explanation,) = finding.explanations
    (change,) = explanation.changes
    assert len(change.witnesses) >= MIN_WITNESSES
    lonely = replace(change, witnesses=change.witnesses[: MIN_WITNESSES - 1])
    other = replace(finding, explanations=(replace(explanation, changes=(lonely,)),))
    assert repairs([finding], {KEY: ()})
    assert repairs([other], {KEY: ()}) == ()


def test_a_search_that_ended_early_repairs_nothing() -> None:
    (finding,) = found(said(good(), **{KEY: "48.80"}))
    assert repairs([replace(finding, complete=False)], {KEY: ()}) == ()


def test_of_two_cells_both_are_repaired_or_none() -> None:
    other = amount("expenditure", 8, "basic")
    findings = found(said(good(), **{KEY: "41.80", other: "86.70"}))
    assert {r.amount_id for r in repairs(findings, {KEY: (), other: ("84.70",)})} == {KEY, other}
    assert repairs(findings, {KEY: ()}) == ()


@pytest.mark.parametrize(
    ("text", "value", "same"),
    [
        ("40.80", "408000", True),
        ("408,000.00", "408000", True),
        ("40.8O", "408000", False),
        ("", "0", False),
        ("40.81", "408000", False),
    ],
)
def test_a_text_says_an_amount_in_a_unit_that_is_printed(text: str, value: str, same: bool) -> None:
    assert says(text, Decimal(value)) is same


def amounts() -> pl.DataFrame:
    """Three figures as the ledger has them."""
    return pl.DataFrame(
        {
            "amount_id": ["a", "b", "c"],
            "figure": ["48.80", "1,000", "5.00"],
            "printed_unit": ["万元", "元", "元"],
            "restored_text": pl.Series([None, None, None], dtype=pl.String),
            "restored_from": pl.Series([None, None, None], dtype=pl.String),
            "amount_yuan": pl.Series(
                [Decimal("488000"), Decimal("1000"), Decimal("5")], dtype=pl.Decimal(18, 2)
            ),
            "second_text": [None, "1,000.50", "5.00"],
            "second_yuan": pl.Series(
                [None, Decimal("1000.50"), Decimal("5")], dtype=pl.Decimal(18, 2)
            ),
            "confidence": pl.Series(
                [Decimal("0.9"), Decimal("1"), Decimal("1")], dtype=pl.Decimal(4, 3)
            ),
        }
    )


def test_doubt_is_less_than_certainty_or_another_reading() -> None:
    assert repair.doubtful(amounts()) == {"a": (), "b": ("1,000.50",)}


def test_a_repair_is_printed_in_the_unit_and_the_decimals_of_its_table() -> None:
    some = (
        Repair("a", "d", Decimal("408000.00"), ("x",)),
        Repair("b", "d", Decimal("1000.50"), ("x", "y")),
    )
    put = repair.applied(amounts(), some, {"x": "甲"})
    assert put.columns == amounts().columns
    assert put.select("restored_text", "restored_from", "figure").rows() == [
        ("40.80", "甲", "40.80"),
        ("1000.5", "甲；y", "1000.5"),
        (None, None, "5.00"),
    ]
    assert put["amount_yuan"].to_list() == [Decimal("408000"), Decimal("1000.50"), Decimal("5")]
