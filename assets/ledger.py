"""Assets of the group `ledger`: figures in yuan, and their proof."""

from __future__ import annotations

from dataclasses import asdict

from dagster import MaterializeResult, asset

from assets.extracted import extracted_statements
from assets.resources import Workspace
from pipeline import reading, steps


@asset(
    deps=[extracted_statements],
    group_name="ledger",
    kinds={"polars"},
    owners=["team:data-stewards"],
)
def ledger_entries(workspace: Workspace) -> MaterializeResult:
    """Every printed money cell in yuan with its stable key, and the dimensions it points to."""
    ledger = steps.enter(workspace.settings())
    return MaterializeResult(metadata={"dagster/row_count": ledger.amounts.height})


@asset(
    deps=[ledger_entries],
    group_name="ledger",
    kinds={"polars"},
    owners=["team:data-stewards"],
)
def ledger_proofs(workspace: Workspace) -> MaterializeResult:
    """Every accounting identity run over the ledger: verdicts, and the proof of each amount.

    PDFs where an identity fails (setting `second_reader`) are then read again by Camelot, each in
    a limited worker; a figure read in two ways that no identity tells apart is disputed. A crash
    of the second reader costs its document the second reading and nothing else. What breaks is
    explained by the smallest change that restores it, and repaired where the print is in doubt.
    """
    settings = workspace.settings()
    proved = steps.prove(settings)
    again: reading.ReadAgain = steps.saved(settings, "read_again")
    verdicts = proved["fact_check"].get_column("verdict").value_counts().iter_rows()
    return MaterializeResult(
        metadata={
            "dagster/row_count": proved["fact_check"].height,
            **{f"verdict_{verdict}": number for verdict, number in sorted(verdicts)},
            "findings": proved["fact_finding"].height,
            "documents_read_again": again.documents,
            "second_reader_failed": len(again.failed),
            **{f"second_reading_{name}": n for name, n in asdict(again.tally).items()},
        }
    )
