"""What a release says of itself: data package, readme, changelog, citation.

Here: metadata generated from the column catalogue and the counts of the release. Not here: the
data files (write) and the quality report (review).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

from pipeline.release.write import content_hash, file_hash
from pipeline.schema.catalogue import Column, Table, tables, vocabularies, words
from pipeline.warehouse.build import connect

LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}
FIELD_TYPES: dict[str, str] = {
    "text": "string",
    "code": "string",
    "int": "integer",
    "year": "integer",
    "bool": "boolean",
    "money": "number",
    "quantity": "number",
    "box": "number",
    "ratio": "number",
}
TITLE = "Yusuan 预算: budgets and final accounts of China's public bodies"


@dataclass(frozen=True)
class Summary:
    """The counts of a release that its pages and the closing summary show."""

    documents: int
    quarantined_files: int
    amounts: int
    rows: dict[str, int]
    statements: dict[str, int]
    proofs: dict[str, int]
    verdicts: dict[str, int]
    origins: tuple[str, ...]
    sources: tuple[tuple[str, str | None], ...]


def summarise(warehouse: Path) -> Summary:
    """Counts from a warehouse, each in the order of its closed list."""
    with connect(warehouse, read_only=True) as connection:
        rows = {name: count(connection, f'SELECT count(*) FROM "{name}"') for name in tables()}
        quarantined = count(
            connection,
            "SELECT count(*) FROM fact_quarantine WHERE statement_id IS NULL"
            " AND (document_id IS NULL OR reason = 'duplicate')",
        )
        # Fetched at once: the next query on a connection ends an open result.
        origins = connection.execute(
            "SELECT DISTINCT origin FROM dim_document ORDER BY 1"
        ).fetchall()
        sources = connection.execute(
            "SELECT source_name, origin_url FROM dim_document ORDER BY source_name"
        ).fetchall()
        return Summary(
            documents=rows["dim_document"],
            quarantined_files=quarantined,
            amounts=rows["fact_amount"],
            rows=rows,
            statements=tally(connection, "fact_coverage", "state", "coverage"),
            proofs=tally(connection, "fact_amount", "proof", "proof"),
            verdicts=tally(connection, "fact_check", "verdict", "verdict"),
            origins=tuple(row[0] for row in origins),
            sources=tuple((name, url) for name, url in sources),
        )


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The single number a query gives."""
    found = connection.execute(query).fetchone()
    return int(found[0]) if found else 0


def tally(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, vocabulary: str
) -> dict[str, int]:
    """How often each word of a closed list occurs, words that do not occur included."""
    found = dict(
        connection.execute(f"SELECT {column}, count(*) FROM {table} GROUP BY 1").fetchall()
    )
    return {word: int(found.get(word, 0)) for word in words(vocabulary)}


def write_pages(folder: Path, version: str, today: date, summary: Summary, notes: str) -> None:
    """README, changelog, citation and data package of a release folder that holds its tables."""
    facts = {
        "version": version,
        "title": TITLE,
        "date": today.isoformat(),
        "summary": summary,
        "tables": tables(),
        "words": vocabularies(),
        "notes": notes,
    }
    for name in ("README.md", "CHANGELOG.md"):
        (folder / name).write_text(render(f"{name}.j2", facts), encoding="utf-8")
    citation = {
        "cff-version": "1.2.0",
        "type": "dataset",
        "title": TITLE,
        "message": "If you use this dataset, please cite it as below.",
        "authors": [{"name": "The Yusuan contributors"}],
        "version": version,
        "date-released": today.isoformat(),
        "license": LICENCE["name"],
    }
    write_yaml(folder / "CITATION.cff", citation)
    package = json.dumps(data_package(folder, version, summary), ensure_ascii=False, indent=1)
    (folder / "datapackage.json").write_text(package + "\n", encoding="utf-8")


def write_yaml(path: Path, content: dict[str, Any]) -> None:
    """A mapping as YAML in the order given."""
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")


def render(template: str, facts: dict[str, Any]) -> str:
    """A Markdown template filled in; it shows counts and declared texts only."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.release"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template(template).render(**facts)


def data_package(folder: Path, version: str, summary: Summary) -> dict[str, Any]:
    """The Frictionless Data Package (v2) of a release."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "yusuan",
        "title": TITLE,
        "version": version,
        "licenses": [LICENCE],
        "sources": [
            {"title": name} | ({"path": url} if url else {}) for name, url in summary.sources
        ],
        "contentHash": f"sha256:{content_hash(folder)}",
        "resources": [
            resource(folder, table, summary.rows[name]) for name, table in tables().items()
        ],
    }


def resource(folder: Path, table: Table, rows: int) -> dict[str, Any]:
    """One table, described by its CSV; the Parquet file holds the same rows."""
    path = folder / "csv" / f"{table.name}.csv"
    return {
        "name": table.name,
        "title": f"{table.zh} | {table.en}",
        "description": table.comment,
        "path": f"csv/{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{file_hash(path)}",
        "rows": rows,
        "parquet": f"parquet/{table.name}.parquet",
        "schema": {
            "fields": [field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {
                    "fields": [column.name],
                    "reference": {
                        "resource": column.ref,
                        "fields": [tables()[column.ref].key[0]],
                    },
                }
                for column in table.columns
                if column.ref is not None
            ],
            "missingValues": [""],
        },
    }


def field(column: Column) -> dict[str, Any]:
    """One column as a field of the data package."""
    constraints: dict[str, Any] = {} if column.null else {"required": True}
    if column.words:
        constraints["enum"] = list(words(column.words))
    described = {
        "name": column.name,
        "type": FIELD_TYPES[column.type],
        "title": column.zh,
        "description": column.en,
    }
    if column.unit:
        described["unit"] = column.unit
    return described | ({"constraints": constraints} if constraints else {})
