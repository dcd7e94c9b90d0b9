"""The column catalogue as Dagster metadata. Here: translation only."""

from __future__ import annotations

from dagster import TableColumn, TableColumnConstraints, TableConstraints, TableSchema

from pipeline.schema.catalogue import DUCKDB_TYPES, Table


def table_schema(table: Table) -> TableSchema:
    """A released table's columns as the UI shows them."""
    return TableSchema(
        columns=[
            TableColumn(
                name=column.name,
                type=DUCKDB_TYPES[column.type],
                description=f"{column.zh} · {column.en}",
                constraints=TableColumnConstraints(
                    nullable=column.null, unique=table.key == (column.name,)
                ),
            )
            for column in table.columns
        ],
        constraints=TableConstraints(other=[f"key: {', '.join(table.key)}"]),
    )
