"""The Frictionless Data Package (v2) of a release.

Here: tables, fields, keys, closed lists and sources, generated from the catalogue. Not here: what
all descriptions say alike (about).
"""

from __future__ import annotations

from typing import Any

from pipeline.release import about
from pipeline.release.about import About
from pipeline.release.write import content_of
from pipeline.schema.catalogue import Column, Table, tables, vocabularies

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
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def data_package(release: About) -> dict[str, Any]:
    """The descriptor: resources are the CSV files; each names the Parquet file beside it."""
    return {
        "$schema": PROFILE,
        "name": about.NAME,
        "title": about.TITLE,
        "description": f"{about.ABSTRACT_ZH}\n\n{release.abstract}",
        "version": release.version,
        "created": f"{release.day.isoformat()}T00:00:00+08:00",
        "keywords": list(about.KEYWORDS),
        "contributors": [{"title": about.CREATOR, "roles": ["creator"]}],
        "licenses": [about.LICENCE],
        "sources": [
            {"title": name} | ({"path": url} if url else {}) for name, url in release.sources
        ],
        "contentHash": f"sha256:{content_of(parquet_hashes(release))}",
        "resources": [resource(release, table) for table in tables().values()],
    }


def parquet_hashes(release: About) -> dict[str, str]:
    """The hashes of the Parquet files by their names."""
    head = "parquet/"
    return {p.removeprefix(head): h for p, h in release.hashes.items() if p.startswith(head)}


def resource(release: About, table: Table) -> dict[str, Any]:
    """One table, described by its CSV; the Parquet file holds the same rows."""
    path = f"csv/{table.name}.csv"
    parquet = f"parquet/{table.name}.parquet"
    return {
        "name": table.name,
        "type": "table",
        "title": f"{table.zh} | {table.en}",
        "description": table.comment,
        "path": path,
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": release.size(path),
        "hash": f"sha256:{release.hashes[path]}",
        "rows": release.rows[table.name],
        "parquet": parquet,
        "parquetHash": f"sha256:{release.hashes[parquet]}",
        "dialect": {"header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "schema": {
            "fields": [field(column) for column in table.columns],
            "fieldsMatch": "exact",
            "primaryKey": list(table.key),
            "foreignKeys": [
                {
                    "fields": [column.name],
                    "reference": {
                        # A table that refers to itself is named by the empty text.
                        "resource": "" if column.ref == table.name else column.ref,
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
    """One column as a field of the data package; a closed list as categories with labels."""
    constraints: dict[str, Any] = {} if column.null else {"required": True}
    described: dict[str, Any] = {
        "name": column.name,
        "type": FIELD_TYPES[column.type],
        "title": column.zh,
        "description": f"{column.en}. {column.usage}" if column.usage else column.en,
    }
    if column.unit:
        described["unit"] = column.unit
    if column.words:
        known = vocabularies()[column.words]
        constraints["enum"] = list(known)
        described["categories"] = [
            {"value": word, "label": f"{said['zh']} | {said['en']}"} for word, said in known.items()
        ]
    return described | ({"constraints": constraints} if constraints else {})
