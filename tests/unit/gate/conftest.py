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
FINDING = (
    """
    INSERT INTO fact_finding SELECT 'finding', document_id, statement_id, 'cell', NULL, 1, 1, 1,
        true, 'unknown', '无', 'none', 1.00 FROM fact_amount ORDER BY amount_id LIMIT 1
    """,
    """
    INSERT INTO fact_finding_cell SELECT 'finding', 1, 1, amount_id, statement_id, side, line_no,
        measure_id, code, label, amount_yuan, amount_yuan, amount_yuan, 'none'
    FROM fact_amount ORDER BY amount_id LIMIT 1
    """,
)


@pytest.fixture(scope="session")
def loose(tmp_path_factory: pytest.TempPathFactory, base: Built) -> Loose:
    """The base build's warehouse without constraints, and a finding, which that build has not."""
    path = tmp_path_factory.mktemp("loose") / "yusuan.duckdb"
    with database(path) as connection:
        attached = literal(str(base.settings.warehouse))
        connection.execute(f"ATTACH {attached} AS built (READ_ONLY)")
        for name in tables():
            needed = NEEDED.get(name, "true")
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM built.{name} WHERE {needed}")
        for sql in FINDING:
            connection.execute(sql)
    return Loose(path, base.release)
