"""A built warehouse whose rows may be corrupted, shared by the tests of the gate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.schema.catalogue import literal, tables
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


#: no file of the base build replaces another: the rules need a row to look at
REVISION = """
    INSERT INTO fact_revision
    SELECT 'a' || amount_id, document_id, document_id, statement_id, side, code, label_path,
           label, 1, measure_id, 'changed', amount_id, amount_id, amount_yuan, amount_yuan
    FROM fact_amount ORDER BY amount_id LIMIT 1
"""


@pytest.fixture(scope="session")
def loose(tmp_path_factory: pytest.TempPathFactory, base: Built) -> Loose:
    """The base build's warehouse without constraints."""
    path = tmp_path_factory.mktemp("loose") / "yusuan.duckdb"
    with database(path) as connection:
        attached = literal(str(base.settings.warehouse))
        connection.execute(f"ATTACH {attached} AS built (READ_ONLY)")
        for name in tables():
            needed = NEEDED.get(name, "true")
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM built.{name} WHERE {needed}")
        connection.execute(REVISION)
    return Loose(path, base.release)
