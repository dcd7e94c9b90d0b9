"""`manifest.json` and `identities.json`: what a release is held against when it is verified.

Here: the tables as they were made (rows of every year, a fingerprint of every column), the closed
lists, the identities as data, the patterns of texts that must not be released, and the hash of
every file. Not here: how they are used (verify), nor what a fingerprint is (there too).
"""

from __future__ import annotations

from typing import Any

import duckdb

from pipeline.documents import formulas, personal
from pipeline.identities.declaration import Declaration
from pipeline.identities.performance import Declared
from pipeline.narrative.patterns import declared
from pipeline.release import about
from pipeline.release.about import About
from pipeline.schema.catalogue import (
    DUCKDB_TYPES,
    Column,
    Table,
    literal,
    quoted,
    tables,
    vocabularies,
)
from pipeline.verify import verify


def manifest(release: About, hashes: dict[str, str]) -> dict[str, Any]:
    """The manifest; `hashes` are of every other file but the checksums."""
    with duckdb.connect() as connection:
        for name in tables():
            path = literal(str(release.folder / "parquet" / f"{name}.parquet"))
            connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM read_parquet({path})")
        described = {
            name: described_table(connection, release, table) for name, table in tables().items()
        }
    return {
        "format": verify.FORMAT,
        "name": about.NAME,
        "title": about.TITLE,
        "version": release.version,
        "license": about.LICENCE,
        "units": units(),
        "patterns": {
            "personal": personal.PERSONAL.pattern,
            "suspect": personal.SUSPECT,
            "fields": personal.FIELD.pattern,
            "widths": {chr(wide): told for wide, told in personal.FULL_WIDTH_DIGITS.items()},
            "formula_starts": list(formulas.FORMULA_STARTS),
            "signed_figure": formulas.SIGNED_FIGURE.pattern,
        },
        "vocabularies": vocabularies(),
        "tables": described,
        "files": dict(sorted(hashes.items())),
    }


def units() -> dict[str, str]:
    """How many yuan one of each unit of money is, in tables and in prose."""
    tabled = {unit: said["yuan"] for unit, said in vocabularies()["money_unit"].items()}
    return tabled | dict(declared("figures")["yuan"])


def described_table(
    connection: duckdb.DuckDBPyConnection, release: About, table: Table
) -> dict[str, Any]:
    """One table: what is declared of it, and what it held when it was made."""
    names = [column.name for column in table.columns]
    path = release.folder / "parquet" / f"{table.name}.parquet"
    made = verify.fingerprints(connection, path, names)
    return {
        "zh": table.zh,
        "en": table.en,
        "usage_zh": table.usage_zh,
        "usage_en": table.usage,
        "key": list(table.key),
        "rows": release.rows[table.name],
        "years": verify.years(connection, table.name, names),
        "columns": [
            described_column(column) | made[column.name] | totalled(connection, table, column)
            for column in table.columns
        ],
    }


def described_column(column: Column) -> dict[str, Any]:
    """What is declared of a column."""
    return {
        "name": column.name,
        "type": DUCKDB_TYPES[column.type],
        "null": column.null,
        "unit": column.unit,
        "ref": column.ref,
        "words": column.words,
        "zh": column.zh,
        "en": column.en,
        "usage_zh": column.usage_zh,
        "usage_en": column.usage,
    }


def totalled(connection: duckdb.DuckDBPyConnection, table: Table, column: Column) -> dict[str, str]:
    """The sum of a money column, which shows a slip of the unit for what it is."""
    money = column.type == "money"
    return {"sum": verify.total(connection, table.name, column.name)} if money else {}


def identities(
    declarations: tuple[Declaration, ...], performance: tuple[Declared, ...]
) -> dict[str, Any]:
    """The identities as data: formula, tolerance, reason, sources; by id."""
    found = [*map(of_statements, declarations), *map(of_performance, performance)]
    return {"identities": sorted(found, key=lambda one: str(one["id"]))}


def of_statements(one: Declaration) -> dict[str, Any]:
    """An identity of the cells of official statements."""
    return {
        "id": one.id,
        "code": one.code,
        "title_zh": one.title_zh,
        "title_en": one.title_en,
        "formula": " ".join(one.formula.split()),
        "relations": sorted({formula.relation for formula in one.formulas}),
        "tolerance": one.tolerance,
        "statements": list(one.statements),
        "between_documents": bool(one.relations),
        "conditions": [{"zh": c.zh, "en": c.en} for c in one.conditions],
        "severity": one.severity,
        "reason_zh": one.reason_zh,
        "reason_en": one.reason_en,
        "sources": [{"zh": source.zh, "en": source.en} for source in one.sources],
    }


def of_performance(one: Declared) -> dict[str, Any]:
    """An identity of the columns of performance forms and self-evaluations."""
    return {
        "id": one.id,
        "code": one.code,
        "title_zh": one.title_zh,
        "title_en": one.title_en,
        "formula": None,
        "table": one.table,
        "relations": [one.relation],
        "tolerance": "columns",
        "statements": [],
        "between_documents": False,
        "conditions": [],
        "severity": one.severity,
        "reason_zh": one.reason_zh,
        "reason_en": one.reason_en,
        "sources": [],
    }
