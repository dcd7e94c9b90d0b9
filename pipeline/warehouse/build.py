"""Assembling the warehouse file from released tables.

Here: tables from the column catalogue, rows, and the views of the star schema. Not here: where
the rows come from (ledger, identities) and how they leave (release).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from pipeline.schema.catalogue import quoted, tables
from pipeline.warehouse.proofs import PROOFS

# One table wide enough for most questions; it repeats nothing that the tables do not say.
VIEWS = {
    "v_amount": """
        SELECT a.*, d.fiscal_year, d.kind, d.scope, d.is_current, u.name AS unit_name,
               u.region_code, s.title_zh AS statement_zh, s.title_en AS statement_en,
               m.label_zh AS measure_zh, m.label_en AS measure_en
        FROM fact_amount a
        JOIN dim_document d USING (document_id)
        JOIN dim_unit u USING (unit_id)
        JOIN dim_statement s USING (statement_id)
        JOIN dim_measure m USING (measure_id)
    """,
    "v_claim": """
        SELECT c.*, d.source_name, d.fiscal_year, d.kind, d.is_current, u.name AS unit_name,
               a.statement_id, a.label AS cell_label, a.amount_yuan AS cell_yuan
        FROM fact_claim c
        JOIN dim_document d USING (document_id)
        JOIN dim_unit u USING (unit_id)
        LEFT JOIN fact_amount a USING (amount_id)
    """,
    "v_finding": """
        SELECT c.*, d.source_name, u.name AS unit_name, d.fiscal_year
        FROM fact_check c
        JOIN dim_document d USING (document_id)
        JOIN dim_unit u USING (unit_id)
        WHERE c.verdict IN ('breaks', 'crashed')
    """,
    **PROOFS,
    # One row per finding: its likeliest explanation by its first cell.
    "v_explained": """
        SELECT f.*, d.source_name, u.name AS unit_name, d.fiscal_year, c.side, c.line_no,
               c.measure_id, c.code, c.label, c.amount_id, c.printed_yuan, c.low_yuan, c.high_yuan,
               c.slip, a.page, a.source_line, a.printed_text, a.second_text, a.printed_unit
        FROM fact_finding f
        JOIN dim_document d USING (document_id)
        JOIN dim_unit u USING (unit_id)
        LEFT JOIN fact_finding_cell c
          ON c.finding_id = f.finding_id AND c.explanation = 1 AND c.position = 1
        LEFT JOIN fact_amount a ON a.amount_id = c.amount_id
    """,
}


def connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection that loads nothing from the network."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    return duckdb.connect(str(path), read_only=read_only, config=config)


def assemble(path: Path, frames: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    """Write the warehouse anew and return rows per table.

    It is built beside its place and moved there whole. Raises `KeyError` where a declared table
    has no frame.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    # What builds that were killed left: this one holds the folder.
    for leftover in path.parent.glob(f".{path.name}.*"):
        leftover.unlink(missing_ok=True)
    counts = {}
    with connect(draft) as connection:
        for name, table in tables().items():
            frame = table.conform(frames[name])
            connection.execute(table.ddl)
            connection.register("incoming", frame.to_arrow())
            columns = ", ".join(quoted(c.name) for c in table.columns)
            connection.execute(
                f"INSERT INTO {quoted(name)} ({columns}) SELECT {columns} FROM incoming"
            )
            connection.unregister("incoming")
            counts[name] = frame.height
        for name, query in VIEWS.items():
            connection.execute(f"CREATE VIEW {quoted(name)} AS {query}")
    check_written(draft, counts)
    draft.replace(path)
    return counts


def check_written(path: Path, counts: Mapping[str, int]) -> None:
    """Raise `OSError` where the file does not hold what was written.

    On a full disk DuckDB closes without a word and leaves the rows in its log beside the file.
    """
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        log.unlink()
        raise OSError(f"{path} could not be written whole: is the disk full?")
    with connect(path, read_only=True) as connection:
        for name, expected in counts.items():
            found = connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()
            if found is None or found[0] != expected:
                raise OSError(f"{path}: {name} holds {found} of {expected} rows")
