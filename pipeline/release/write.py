"""Writing a release: the tables of a warehouse as Parquet and CSV, the database, and checksums.

Parquet and CSV are the same bytes for the same content: sorted by key, one row group size, no
clock and no version inside. Here: data files and checksums. Not here: prose and metadata
(describe), folders and pointer (versions).
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import duckdb

from pipeline.schema.catalogue import Table, literal, quoted, tables
from pipeline.warehouse.build import connect

ROW_GROUP_SIZE = 122_880


def write_tables(warehouse: Path, folder: Path) -> None:
    """Every table as `parquet/<table>.parquet` and `csv/<table>.csv`."""
    for kind in ("parquet", "csv"):
        (folder / kind).mkdir()
    with connect(warehouse, read_only=True) as connection:
        for table in tables().values():
            write_table(connection, table, folder)


def write_table(connection: duckdb.DuckDBPyConnection, table: Table, folder: Path) -> None:
    """One table in both formats, in key order."""
    columns = ", ".join(quoted(column.name) for column in table.columns)
    keys = ", ".join(quoted(key) for key in table.key)
    query = f"SELECT {columns} FROM {quoted(table.name)} ORDER BY {keys}"
    parquet = literal(str(folder / "parquet" / f"{table.name}.parquet"))
    csv = literal(str(folder / "csv" / f"{table.name}.csv"))
    connection.execute(
        f"COPY ({query}) TO {parquet} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_SIZE})"
    )
    connection.execute(f"COPY ({query}) TO {csv} (FORMAT csv, HEADER, DELIMITER ',')")


def write_database(warehouse: Path, folder: Path) -> None:
    """The warehouse itself, with comments, keys and views."""
    shutil.copyfile(warehouse, folder / "yusuan.duckdb")


def write_checksums(folder: Path) -> None:
    """SHA256SUMS over every other file, in path order, as `sha256sum -c` reads it."""
    lines = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "SHA256SUMS"):
        lines.append(f"{file_hash(path)}  {path.relative_to(folder).as_posix()}\n")
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def content_hash(folder: Path) -> str:
    """One hash over the Parquet files of a release: the same content, the same hash."""
    digest = hashlib.sha256()
    for path in sorted((folder / "parquet").glob("*.parquet")):
        digest.update(f"{path.name} {file_hash(path)}\n".encode())
    return digest.hexdigest()
