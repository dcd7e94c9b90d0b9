"""Writing a release: the tables of a warehouse as Parquet and CSV, the database, and checksums.

Parquet and CSV are the same bytes for the same content: sorted by key, one row group size, no
clock and no version inside. Here: data files and checksums. Not here: prose and metadata
(describe), folders and pointer (versions).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import duckdb

from pipeline.release import about
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
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_SIZE}, "
        f"KV_METADATA {key_values(table)})"
    )
    connection.execute(f"COPY ({query}) TO {csv} (FORMAT csv, HEADER, DELIMITER ',')")


def key_values(table: Table) -> str:
    """What the Parquet file says of its table: meaning, key, columns, licence. No version, no time:
    the same content is the same bytes.
    """
    columns = {
        column.name: {
            "zh": column.zh,
            "en": column.en,
            **({"unit": column.unit} if column.unit else {}),
            **({"usage_zh": column.usage_zh, "usage_en": column.usage} if column.usage else {}),
        }
        for column in table.columns
    }
    told = {
        "title_zh": table.zh,
        "title_en": table.en,
        "usage_zh": table.usage_zh or "",
        "usage_en": table.usage or "",
        "primary_key": json.dumps(list(table.key)),
        "columns": json.dumps(columns, ensure_ascii=False),
        "license": about.LICENCE["name"],
        "dataset": about.TITLE,
    }
    return "{" + ", ".join(f"{key}: {literal(value)}" for key, value in told.items() if value) + "}"


def write_database(warehouse: Path, folder: Path) -> None:
    """The warehouse itself, with comments, keys and views."""
    shutil.copyfile(warehouse, folder / "yusuan.duckdb")


def write_checksums(folder: Path, hashes: dict[str, str]) -> None:
    """SHA256SUMS over every other file, in path order, as `sha256sum -c` reads it."""
    lines = [f"{digest}  {path}\n" for path, digest in sorted(hashes.items())]
    (folder / "SHA256SUMS").write_bytes("".join(lines).encode("utf-8"))


def file_hashes(folder: Path, known: dict[str, str] | None = None) -> dict[str, str]:
    """The hash of every file of a folder by its relative path; those known are not read again."""
    paths = sorted(path.relative_to(folder).as_posix() for path in files(folder))
    known = known or {}
    return {path: known.get(path) or file_hash(folder / path) for path in paths}


def files(folder: Path) -> list[Path]:
    """Every file of a folder, however deep."""
    return [path for path in folder.rglob("*") if path.is_file()]


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def content_hash(folder: Path) -> str:
    """One hash over the Parquet files of a release: the same content, the same hash."""
    return content_of({path.name: file_hash(path) for path in (folder / "parquet").iterdir()})


def content_of(parquet: dict[str, str]) -> str:
    """The same from the hashes of the Parquet files by their names."""
    digest = hashlib.sha256()
    for name, found in sorted(parquet.items()):
        digest.update(f"{name} {found}\n".encode())
    return digest.hexdigest()
