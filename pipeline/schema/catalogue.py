"""The column catalogue: every released table and column, read from `tables.yml`.

Here: loading the declarations, and generating from them the Polars schema, the DuckDB table and
an ordered, typed frame. Not here: values (they come from the ledger, the codes and the identities)
and the checks over them (the gate).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from pipeline.declared import beside

DUCKDB_TYPES = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "int": "BIGINT",
    "year": "INTEGER",
    "bool": "BOOLEAN",
    "money": "DECIMAL(18,2)",
    "quantity": "DECIMAL(18,4)",
    "box": "DECIMAL(8,2)",
    "ratio": "DECIMAL(4,3)",
}
POLARS_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "code": pl.String(),
    "int": pl.Int64(),
    "year": pl.Int32(),
    "bool": pl.Boolean(),
    "money": pl.Decimal(18, 2),
    "quantity": pl.Decimal(18, 4),
    "box": pl.Decimal(8, 2),
    "ratio": pl.Decimal(4, 3),
}


@dataclass(frozen=True)
class Column:
    """One released column: type, meaning in both languages, and what restricts its values."""

    name: str
    type: str
    zh: str
    en: str
    null: bool = False
    unit: str | None = None
    ref: str | None = None
    words: str | None = None
    usage: str | None = None
    usage_zh: str | None = None


@dataclass(frozen=True)
class Table:
    """One released table: its key, its columns in order, and a usage warning where one is due."""

    name: str
    zh: str
    en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    usage: str | None = None
    usage_zh: str | None = None

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column name to Polars type, in released order."""
        return {column.name: POLARS_TYPES[column.type] for column in self.columns}

    @property
    def ddl(self) -> str:
        """`CREATE TABLE` and comments for DuckDB; keys are constraints on dimensions only."""
        lines = [
            f'"{c.name}" {DUCKDB_TYPES[c.type]}{"" if c.null else " NOT NULL"}'
            for c in self.columns
        ]
        if self.name.startswith("dim_"):
            lines.append(f"PRIMARY KEY ({', '.join(quoted(k) for k in self.key)})")
        statements = [f"CREATE TABLE {quoted(self.name)} ({', '.join(lines)})"]
        statements.append(f"COMMENT ON TABLE {quoted(self.name)} IS {literal(self.comment)}")
        for column in self.columns:
            place = f"{quoted(self.name)}.{quoted(column.name)}"
            meaning = literal(f"{column.zh} | {column.en}")
            statements.append(f"COMMENT ON COLUMN {place} IS {meaning}")
        return ";\n".join(statements) + ";"

    @property
    def comment(self) -> str:
        """Both descriptions and usage warnings, as one line."""
        parts = (self.zh, self.en, self.usage_zh, self.usage)
        return " | ".join(part for part in parts if part)

    def frame(self, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
        """Rows as a typed frame sorted by key.

        Raises `KeyError` where a row has a column the catalogue does not declare, so that a
        misspelt column never becomes a column of nulls.
        """
        known = set(self.schema)
        collected = [dict(row) for row in rows]
        for row in collected:
            if unknown := set(row) - known:
                raise KeyError(f"{self.name}: no such column {sorted(unknown)}")
        return pl.DataFrame(collected, schema=self.schema, orient="row").sort(
            self.key, nulls_last=False
        )

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame with exactly the released columns, in order, typed and sorted by key."""
        missing = [name for name in self.schema if name not in frame.columns]
        if missing:
            raise KeyError(f"{self.name}: the frame lacks {missing}")
        return frame.select(pl.col(n).cast(t) for n, t in self.schema.items()).sort(
            self.key, nulls_last=False
        )


def quoted(identifier: str) -> str:
    """A DuckDB identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"


def read_yaml(name: str) -> dict[str, Any]:
    """One of the declaration files beside this module."""
    content: dict[str, Any] = beside(__package__, name)
    return content


@cache
def tables() -> dict[str, Table]:
    """Every released table by name, in the order of `tables.yml`."""
    return {
        name: Table(
            name=name,
            zh=spec["zh"],
            en=spec["en"],
            key=tuple(spec["key"]),
            usage=spec.get("usage"),
            usage_zh=spec.get("usage_zh"),
            columns=tuple(Column(column, **fields) for column, fields in spec["columns"].items()),
        )
        for name, spec in read_yaml("tables.yml").items()
    }


@cache
def vocabularies() -> dict[str, dict[str, dict[str, str]]]:
    """The closed lists: list name, value, then `zh` and `en`."""
    return read_yaml("vocabularies.yml")


def words(name: str) -> tuple[str, ...]:
    """The values of one closed list, in declared order."""
    return tuple(vocabularies()[name])


def require_word(vocabulary: str, value: str) -> str:
    """`value`, or `ValueError` where the closed list does not hold it."""
    if value not in vocabularies()[vocabulary]:
        raise ValueError(f"{value!r} is not in the closed list {vocabulary!r}: {words(vocabulary)}")
    return value


@cache
def statements() -> dict[str, dict[str, str]]:
    """The official statements by id: `kind`, `zh`, `en`."""
    return read_yaml("statements.yml")


@cache
def measures() -> dict[str, dict[str, str]]:
    """The measures by id: `zh`, `en`."""
    return read_yaml("measures.yml")
