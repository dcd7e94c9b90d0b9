"""A built warehouse whose rows may be corrupted, shared by the tests of the gate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipeline.schema.catalogue import Column, Table, literal, quoted, tables, words
from tests.builds import Built, database


@dataclass(frozen=True)
class Loose:
    """A warehouse without constraints, so that any row can be corrupted, and the last release."""

    warehouse: Path
    last: Path


#: what the base build needs of the large dimensions; the rest would only cost time
NEEDED = {
    "dim_region": "level = '省级' OR region_code IN ('140100', '140105') OR region_code IN "
    "(SELECT region_code FROM built.dim_unit)",
    "dim_function": "level = '类' OR code IN (SELECT code FROM built.fact_amount)",
    "dim_economic": "level = '类'",
}

SAMPLES = {"text": "'text'", "code": "'code'", "bool": "true"}


def fill(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """One made-up row in a table that the base build leaves empty: no rule sees nothing."""
    counted = connection.execute(f"SELECT count(*) FROM {quoted(table.name)}").fetchone()
    if counted == (0,) and table.name != "fact_quarantine":
        values = ", ".join(sample(column) for column in table.columns)
        connection.execute(f"INSERT INTO {quoted(table.name)} SELECT {values}")


def sample(column: Column) -> str:
    """A value that a column may hold, as SQL."""
    if column.ref:
        key = quoted(tables()[column.ref].key[0])
        return f"(SELECT min({key}) FROM {quoted(column.ref)})"
    if column.words:
        return literal(words(column.words)[0])
    return SAMPLES.get(column.type, "1")


@pytest.fixture(scope="session")
def loose(tmp_path_factory: pytest.TempPathFactory, base: Built) -> Loose:
    """The base build's warehouse without constraints, every table with a row."""
    path = tmp_path_factory.mktemp("loose") / "yusuan.duckdb"
    with database(path) as connection:
        attached = literal(str(base.settings.warehouse))
        connection.execute(f"ATTACH {attached} AS built (READ_ONLY)")
        for name in tables():
            needed = NEEDED.get(name, "true")
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM built.{name} WHERE {needed}")
        for table in tables().values():
            fill(connection, table)
    return Loose(path, base.release)
