"""Assets of the group `warehouse`: one per released table, written by one step."""

from __future__ import annotations

from collections.abc import Iterator

from dagster import AssetSpec, MaterializeResult, multi_asset

from assets.columns import table_schema
from assets.ledger import ledger_entries, ledger_proofs
from assets.resources import Workspace
from pipeline import steps
from pipeline.schema.catalogue import Table, tables


def table_spec(table: Table) -> AssetSpec:
    """The asset of a released table, described from the column catalogue."""
    return AssetSpec(
        key=table.name,
        deps=[ledger_entries, ledger_proofs],
        group_name="warehouse",
        description=f"{table.zh}。{table.en}. {table.usage or ''}".strip(),
        kinds={"duckdb", "table"},
        owners=["team:data-stewards"],
        metadata={"dagster/column_schema": table_schema(table)},
    )


TABLES = [table_spec(table) for table in tables().values()]


@multi_asset(specs=TABLES, name="warehouse")
def warehouse(workspace: Workspace) -> Iterator[MaterializeResult]:
    """The DuckDB star schema, assembled anew by one writer."""
    for name, rows in steps.assemble(workspace.settings()).items():
        yield MaterializeResult(asset_key=name, metadata={"dagster/row_count": rows})
