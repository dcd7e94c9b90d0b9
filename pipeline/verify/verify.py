#!/usr/bin/env python3
"""Verify a release of Yusuan 核验发布包: `python3 verify.py [FOLDER] [--json]`.

Needs Python 3.10 or newer and DuckDB (`pip install duckdb`), no network, nothing else: this file
is the one that `yusuan verify` runs, copied into the release. It ends with 0 where the release is
good, 1 where it is not, 2 where there is no release to verify.

Everything is asked twice over: once against `manifest.json`, which holds the counts of every year
and a fingerprint of every column as they were when the release was made, and once of the data
itself, whatever the manifest says: keys, sums, proofs, units. Texts of documents are never printed,
only where they stand.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

try:
    import duckdb
except ImportError:  # pragma: no cover
    sys.exit("verify.py needs DuckDB: pip install duckdb")

GOOD, BAD, USAGE = 0, 1, 2
SUMS, MANIFEST, IDENTITIES = "SHA256SUMS", "manifest.json", "identities.json"
PACKAGE, CROISSANT, SCHEMA_ORG = "datapackage.json", "croissant.json", "schema.jsonld"
CITATION, CARD, DICTIONARY, DATABASE = (
    *("CITATION.cff", "README.md", "dictionary.csv"),
    "yusuan.duckdb",
)
CHANGES = "changes/changes.parquet"
FORMAT = 1
MOST = 5  # rows shown of one cause
MOST_TOLD = 40  # problems shown of one check
TEN_THOUSAND = 10_000
MEMORY = "2GB"
LONG = 100_000  # rows


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be: where, and why."""

    check: str
    table: str
    column: str
    key: str
    cause: str

    def __str__(self) -> str:
        place = ".".join(part for part in (self.table, self.column) if part)
        key = f" [{self.key}]" if self.key else ""
        return printable(f"{place}{key}: {self.cause}" if place else self.cause)


@dataclass(frozen=True)
class Asked:
    """One check that was asked, over how many things, and what it found."""

    name: str
    examined: int
    problems: tuple[Problem, ...]


def printable(text: str) -> str:
    """A text whose control characters, bidi marks and the like do nothing to a terminal."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def name(identifier: str) -> str:
    """A DuckDB identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A DuckDB string literal."""
    return "'" + value.replace("'", "''") + "'"


def semantic(version: str) -> str:
    """A version as MAJOR.MINOR.PATCH, which some formats ask for: 2026.3.2, then 2026.3.2+1."""
    year, month, day, *more = (int(part) for part in version.split("."))
    return f"{year}.{month}.{day}" + "".join(f"+{number}" for number in more)


def connect(spill: str) -> duckdb.DuckDBPyConnection:
    """A connection of bounded memory that loads nothing from the network."""
    config: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": MEMORY,
        "temp_directory": spill,
    }
    return duckdb.connect(config=config)


# --- what the manifest holds of a table: shared with the program that writes it -----------------


def years(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> dict[str, int]:
    """Rows per fiscal year, of the row or of its document; `-` where a row has none.

    Empty where the table knows no years.
    """
    known = ("fiscal_year", "document_id", "new_document_id")
    key = next((column for column in known if column in columns), None)
    if key is None:
        return {}
    counted = f"SELECT {key} AS k, count(*) AS n FROM {name(table)} GROUP BY 1"
    if key != "fiscal_year":
        documents = "(SELECT DISTINCT document_id, fiscal_year FROM dim_document)"
        counted = (
            f"SELECT fiscal_year AS k, sum(n) AS n FROM ({counted}) c"
            f" LEFT JOIN {documents} d ON d.document_id = c.k GROUP BY 1"
        )
    found = connection.execute(f"{counted} ORDER BY 1 NULLS FIRST").fetchall()
    return {"-" if year is None else str(year): int(count) for year, count in found}


def fingerprints(
    connection: duckdb.DuckDBPyConnection, path: Path, columns: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Number of nulls and a hash of Parquet columns: of what each row holds, and in which row.

    The hash is the sum over all rows of the row's number (from 1) times 60 bits of the value's MD5:
    any engine that knows MD5 can compute it, and equal columns are equal in it. A long table is
    summed by distinct value, which is the same sum.
    """
    rows = f"read_parquet({text(str(path))}, file_row_number = true)"
    counted = connection.execute(f"SELECT count(*) FROM {rows}").fetchone()
    if counted is not None and counted[0] > LONG:
        found: list[Any] = []
        for column in columns:
            value = f"CAST({name(column)} AS VARCHAR) AS v"
            grouped = (
                f"SELECT {value}, count(*) AS n, sum(file_row_number + 1) AS places"
                f" FROM {rows} GROUP BY 1"
            )
            query = f"SELECT coalesce(sum(n) FILTER (v IS NULL), 0), {weighed('v', 'places')}"
            found += connection.execute(f"{query} FROM ({grouped})").fetchone() or ()
    else:
        sums = ", ".join(
            f"count(*) - count({name(column)}), "
            + weighed(f"CAST({name(column)} AS VARCHAR)", "(file_row_number + 1)")
            for column in columns
        )
        found = list(connection.execute(f"SELECT {sums} FROM {rows}").fetchone() or ())
    pairs = zip(columns, found[::2], found[1::2], strict=True)
    return {c: {"nulls": int(n), "fingerprint": f"{int(h):x}"} for c, n, h in pairs}


def weighed(value: str, place: str) -> str:
    """The sum of 60 bits of the MD5 of a text times its place, as SQL."""
    bits = f"CAST('0x' || left(md5({value}), 15) AS BIGINT)"
    return f"coalesce(sum(CAST({bits} AS HUGEINT) * {place}), 0)"


def total(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> str:
    """The exact sum of a money column."""
    row = connection.execute(
        f"SELECT coalesce(sum({name(column)}), 0) FROM {name(table)}"
    ).fetchone()
    assert row is not None
    return str(row[0])


# --- the release --------------------------------------------------------------------------------


class Unreadable(Exception):
    """A file of the release that cannot be read, with its name and why."""


class Release:
    """A release folder: its descriptions, read once, and its tables as views of one connection."""

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.folder = folder
        self.connection = connection
        self.broken: dict[str, str] = {}
        for table in self.tables:
            try:
                self.execute(
                    f"CREATE VIEW {name(table)} AS FROM read_parquet({self.parquet(table)})"
                )
            except duckdb.Error as error:
                self.broken[table] = first_line(error)

    def json(self, path: str) -> dict[str, Any]:
        """A JSON file of the release."""
        try:
            found = json.loads((self.folder / path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Unreadable(f"{path} cannot be read: {first_line(error)}") from error
        if not isinstance(found, dict):
            raise Unreadable(f"{path} is no JSON object")
        return found

    @cached_property
    def manifest(self) -> dict[str, Any]:
        return self.json(MANIFEST)

    @cached_property
    def identities(self) -> dict[str, Any]:
        return {one["id"]: one for one in self.json(IDENTITIES)["identities"]}

    @property
    def tables(self) -> dict[str, Any]:
        """What the manifest says of each table."""
        return dict(self.manifest["tables"])

    @property
    def whole(self) -> dict[str, Any]:
        """The tables whose Parquet file can be read."""
        return {table: spec for table, spec in self.tables.items() if table not in self.broken}

    def parquet(self, table: str) -> str:
        return text(str(self.folder / "parquet" / f"{table}.parquet"))

    def execute(self, query: str) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(query)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.execute(query).fetchall()

    def number(self, query: str) -> int:
        return int(self.rows(query)[0][0] or 0)


def first_line(error: BaseException) -> str:
    """What an error says, in a line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def shown(keys: Iterable[str], row: Iterable[Any]) -> str:
    """A key with its columns named."""
    return ", ".join(f"{k}={v}" for k, v in zip(keys, row, strict=False))


def columns_of(spec: dict[str, Any]) -> list[str]:
    return [column["name"] for column in spec["columns"]]


def each_row(
    release: Release, check: str, table: str, column: str, query: str, cause: str
) -> Iterator[Problem]:
    """A problem for the first rows of a query, whose last column may say more, and how many rest.

    The query gives the columns of the table's key, then whatever `cause` has places for.
    """
    keys = release.tables[table]["key"]
    found = release.execute(query).fetchmany(MOST + 1)
    for row in found[:MOST]:
        yield Problem(check, table, column, shown(keys, row), cause.format(*row[len(keys) :]))
    if len(found) > MOST:
        rest = release.number(f"SELECT count(*) FROM ({query})") - MOST
        yield Problem(check, table, column, "", f"and {rest} more rows like these")


# --- files --------------------------------------------------------------------------------------


def check_files(release: Release) -> Iterator[Problem]:
    """Every file stands in SHA256SUMS with its hash, and in the manifest; none is missing."""
    sums = checksums(release)
    made = dict(release.manifest["files"])
    present = {}
    for path in sorted(release.folder.rglob("*")):
        place = path.relative_to(release.folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            yield Problem("files", "", "", "", f"{place} is no regular file")
        elif path.is_file():
            present[place] = sha256(path)
    for place in sorted(set(sums) - set(present)):
        yield Problem("files", "", "", "", f"{place} is missing: {SUMS} names it")
    for place in sorted(set(made) - set(present) - set(sums)):
        yield Problem("files", "", "", "", f"{place} is missing: the release was made with it")
    for place, found in present.items():
        if place == SUMS:
            continue
        if place not in sums:
            yield Problem("files", "", "", "", f"{place} is not in {SUMS}")
        elif sums[place] != found:
            yield Problem("files", "", "", "", f"{place} has another hash than {SUMS} says")
        if place not in made and place != MANIFEST:
            yield Problem("files", "", "", "", f"{place} does not belong to the release")
        elif place != MANIFEST and made[place] != found:
            yield Problem("files", "", "", "", f"{place} was changed after the release was made")


def checksums(release: Release) -> dict[str, str]:
    """SHA256SUMS: path to hash."""
    try:
        lines = (release.folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise Unreadable(f"{SUMS} cannot be read: {first_line(error)}") from error
    found = {}
    for line in lines:
        digest, _, place = line.partition("  ")
        if not re.fullmatch(r"[0-9a-f]{64}", digest) or not place:
            raise Unreadable(f"{SUMS} has a line that is no hash and path")
        found[place] = digest
    return found


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


# --- what the release says of itself ------------------------------------------------------------


def check_description(release: Release) -> Iterator[Problem]:
    """One version, one licence, and the same tables, fields and hashes in every description."""
    manifest, package = release.manifest, release.json(PACKAGE)
    croissant, linked = release.json(CROISSANT), release.json(SCHEMA_ORG)
    citation = front(release, CITATION)
    card = front(release, CARD)
    licence = (package.get("licenses") or [{}])[0]
    said = {
        "version": {
            MANIFEST: manifest["version"],
            PACKAGE: package.get("version"),
            CROISSANT: manifest["version"]
            if croissant.get("version") == semantic(manifest["version"])
            else croissant.get("version"),
            SCHEMA_ORG: linked.get("version"),
            CITATION: citation.get("version"),
            CARD: card.get("version"),
        },
        "license": {
            MANIFEST: manifest["license"]["name"],
            PACKAGE: licence.get("name"),
            CITATION: citation.get("license"),
            CARD: (card.get("license") or "").upper(),
        },
        "license URL": {
            MANIFEST: manifest["license"]["path"],
            PACKAGE: licence.get("path"),
            CROISSANT: croissant.get("license"),
            SCHEMA_ORG: linked.get("license"),
        },
    }
    for what, places in said.items():
        wanted = next(iter(places.values()))
        for place, found in places.items():
            if not found or (found != wanted and found != wanted.upper()):
                cause = f"{place} says {what} {found!r}, {MANIFEST} {wanted!r}"
                yield Problem("description", "", "", "", cause)
    folder = release.folder.resolve().name
    if re.fullmatch(r"\d{4}\.\d{2}\.\d{2}(\.\d+)?", folder) and folder != manifest["version"]:
        cause = f"the folder is called {folder}, the release is version {manifest['version']}"
        yield Problem("description", "", "", "", cause)
    yield from check_package(release, package)
    yield from check_croissant(release, croissant)


def front(release: Release, path: str) -> dict[str, str]:
    """The plain `key: value` lines of a YAML file, or of the front matter of a page."""
    try:
        lines = (release.folder / path).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read: {first_line(error)}") from error
    if lines[:1] == ["---"]:
        lines = lines[1 : lines.index("---", 1)] if "---" in lines[1:] else []
    found = (re.fullmatch(r"([\w-]+): +(.+)", line) for line in lines)
    return {m[1]: m[2].strip("'\"") for m in found if m}


def check_package(release: Release, package: dict[str, Any]) -> Iterator[Problem]:
    """The data package describes the tables of the manifest, and the CSV files that are there."""
    resources = {one.get("name"): one for one in package.get("resources", [])}
    for table in sorted(set(resources) ^ set(release.tables), key=str):
        yield Problem("description", str(table), "", "", f"not in both {PACKAGE} and {MANIFEST}")
    for table, spec in release.tables.items():
        resource = resources.get(table, {})
        if not resource:
            continue
        path = release.folder / "csv" / f"{table}.csv"
        if path.is_file() and resource.get("hash") != f"sha256:{sha256(path)}":
            cause = f"{PACKAGE} has another hash than csv/{table}.csv"
            yield Problem("description", table, "", "", cause)
        if resource.get("rows") != spec["rows"]:
            cause = f"{PACKAGE} says {resource.get('rows')} rows, {MANIFEST} {spec['rows']}"
            yield Problem("description", table, "", "", cause)
        fields = {one.get("name"): one for one in resource.get("schema", {}).get("fields", [])}
        if list(fields) != columns_of(spec):
            cause = f"{PACKAGE} lists other columns, or in another order"
            yield Problem("description", table, "", "", cause)
        for column in spec["columns"]:
            field = fields.get(column["name"], {})
            if field and field.get("unit") != column["unit"]:
                cause = f"{PACKAGE} says unit {field.get('unit')}, {MANIFEST} {column['unit']}"
                yield Problem("description", table, column["name"], "", cause)
            if field and not (field.get("title") and field.get("description")):
                cause = f"{PACKAGE} lacks its Chinese or English meaning"
                yield Problem("description", table, column["name"], "", cause)


def check_croissant(release: Release, croissant: dict[str, Any]) -> Iterator[Problem]:
    """Croissant gives every file its hash."""
    for one in croissant.get("distribution", []):
        path = release.folder / str(one.get("contentUrl"))
        if not path.is_file():
            yield Problem("description", "", "", "", f"{CROISSANT} names {one.get('contentUrl')}")
        elif one.get("sha256") != sha256(path):
            cause = f"{CROISSANT} has another hash than {one.get('contentUrl')}"
            yield Problem("description", "", "", "", cause)


def check_dictionary(release: Release) -> Iterator[Problem]:
    """Every table, column, coded value, measure, statement, identity and code in both languages."""
    for table, spec in release.tables.items():
        for column, said in [("", spec), *((c["name"], c) for c in spec["columns"])]:
            for language in ("zh", "en"):
                if not said.get(language):
                    cause = f"no {LANGUAGES[language]} label in {MANIFEST}"
                    yield Problem("dictionary", table, column, "", cause)
    for table, query in LABELS.items():
        if table in release.whole:
            for column, language in LANGUAGES.items():
                cause = f"no {language} label"
                label = query[column]
                yield from each_row(
                    release,
                    "dictionary",
                    table,
                    label,
                    f"SELECT {', '.join(map(name, release.tables[table]['key']))} FROM {table}"
                    f" WHERE ({query['where']}) AND coalesce(trim({label}), '') = '' ORDER BY ALL",
                    cause,
                )
    known = set()
    for entry in dictionary(release):
        place = " ".join(part for part in (entry["kind"], entry["parent"], entry["name"]) if part)
        known.add((entry["kind"], entry["parent"], entry["name"]))
        for language, spoken in LANGUAGES.items():
            if not entry[language].strip():
                cause = f"{DICTIONARY}: {place} has no {spoken} label"
                yield Problem("dictionary", "", "", "", cause)
    for wanted in sorted(set(entries(release)) - known):
        place = " ".join(part for part in wanted if part)
        yield Problem("dictionary", "", "", "", f"{DICTIONARY} has no entry for {place}")


def dictionary(release: Release) -> list[dict[str, str]]:
    """The entries of dictionary.csv."""
    try:
        with (release.folder / DICTIONARY).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream, strict=True))
    except (OSError, ValueError, csv.Error) as error:
        raise Unreadable(f"{DICTIONARY} cannot be read: {first_line(error)}") from error
    if not rows or rows[0] != list(DICTIONARY_COLUMNS):
        raise Unreadable(f"{DICTIONARY} has other columns than {', '.join(DICTIONARY_COLUMNS)}")
    short = [row for row in rows if len(row) != len(DICTIONARY_COLUMNS)]
    if short:
        raise Unreadable(f"{DICTIONARY} has {len(short)} rows of another length")
    return [dict(zip(DICTIONARY_COLUMNS, row, strict=True)) for row in rows[1:]]


LANGUAGES = {"zh": "Chinese", "en": "English"}
DICTIONARY_COLUMNS = (
    *("kind", "parent", "name", "zh", "en", "type", "unit", "may_be_null", "refers_to"),
    *("usage_zh", "usage_en", "valid_from"),
)
LABELS = {
    "dim_statement": {"zh": "title_zh", "en": "title_en", "where": "true"},
    "dim_measure": {"zh": "label_zh", "en": "label_en", "where": "true"},
    "dim_function": {"zh": "name_zh", "en": "name_en", "where": "status = 'listed'"},
    "dim_revenue_class": {"zh": "name_zh", "en": "name_en", "where": "status = 'listed'"},
    "dim_economic": {"zh": "name_zh", "en": "name_en", "where": "status = 'listed'"},
}


def entries(release: Release) -> Iterator[tuple[str, str, str]]:
    """What the dictionary must explain: kind, what it belongs to, name."""
    for table, spec in release.tables.items():
        yield "table", "", table
        yield from (("column", table, column) for column in columns_of(spec))
    for listed, values in release.manifest["vocabularies"].items():
        yield from (("value", listed, value) for value in values)
    yield from (("identity", one["code"], one["id"]) for one in release.identities.values())
    for kind, table, key in (
        ("statement", "dim_statement", "statement_id"),
        ("measure", "dim_measure", "measure_id"),
    ):
        if table in release.whole:
            yield from (
                (kind, "", entry) for (entry,) in release.rows(f"SELECT {key} FROM {table}")
            )
    for table, system in CODES.items():
        if table in release.whole:
            rows = release.rows(f"SELECT DISTINCT {system}, code FROM {table}")
            yield from (("code", system_name, code) for system_name, code in rows)


CODES = {
    "dim_function": "'function'",
    "dim_revenue_class": "'revenue'",
    "dim_economic": "'economic_' || classification",
}


# --- tables -------------------------------------------------------------------------------------


def check_schema(release: Release) -> Iterator[Problem]:
    """Each table has its columns, in order, of their types; no floating point, no lost value."""
    for table, cause in release.broken.items():
        yield Problem("schema", table, "", "", f"the Parquet file cannot be read: {cause}")
    for table, spec in release.whole.items():
        found = {row[0]: row[1] for row in release.rows(f"DESCRIBE {name(table)}")}
        declared = {column["name"]: column["type"] for column in spec["columns"]}
        for column in declared:
            if column not in found:
                yield Problem("schema", table, column, "", "the column is missing")
        for column in found:
            if column not in declared:
                yield Problem("schema", table, column, "", "the column is not declared")
        if list(found) != list(declared) and set(found) == set(declared):
            moved = [a for a, b in zip(found, declared, strict=True) if a != b]
            cause = f"columns in another order than declared: {', '.join(moved)} swapped"
            yield Problem("schema", table, moved[0], "", cause)
        for column, kind in found.items():
            wanted = declared.get(column)
            if wanted is not None and kind != wanted:
                floating = " (floating point is never exact)" if FLOATING.search(kind) else ""
                yield Problem("schema", table, column, "", f"is {kind}, not {wanted}{floating}")
        present = [column for column in spec["columns"] if column["name"] in found]
        yield from check_values(release, table, spec, present)


FLOATING = re.compile("DOUBLE|FLOAT|REAL")


def check_values(
    release: Release, table: str, spec: dict[str, Any], columns: list[dict[str, Any]]
) -> Iterator[Problem]:
    """Nulls, empty texts and words of closed lists."""
    unfit = []
    for column in columns:
        place = name(column["name"])
        if not column["null"]:
            unfit.append((column["name"], f"{place} IS NULL", "has no value"))
        if column["type"] == "VARCHAR":
            unfit.append((column["name"], f"{place} = ''", "is an empty text, not null"))
        if column["words"]:
            known = ", ".join(map(text, release.manifest["vocabularies"][column["words"]]))
            cause = f"is not in the closed list {column['words']}"
            unfit.append((column["name"], f"{place} NOT IN ({known})", cause))
    if not unfit:
        return
    counts = ", ".join(f"count(*) FILTER ({condition})" for _, condition, _ in unfit)
    keys = ", ".join(map(name, spec["key"]))
    (found,) = release.rows(f"SELECT {counts} FROM {name(table)}")
    for (column, condition, cause), number in zip(unfit, found, strict=True):
        if number:
            query = f"SELECT {keys} FROM {name(table)} WHERE {condition} ORDER BY ALL"
            yield from each_row(release, "schema", table, column, query, cause)


def check_rows(release: Release) -> Iterator[Problem]:
    """Rows of each year as when the release was made; keys unique, in order."""
    for table, spec in release.whole.items():
        found = release.number(f"SELECT count(*) FROM {name(table)}")
        if found != spec["rows"]:
            yield Problem("rows", table, "", "", f"{found} rows, {spec['rows']} when made")
        if "dim_document" in release.whole:
            now = years(release.connection, table, columns_of(spec))
            for year in sorted(set(now) | set(spec["years"])):
                count, made = now.get(year, 0), spec["years"].get(year, 0)
                if count != made:
                    cause = f"{count} rows of {year}, {made} when made"
                    yield Problem("rows", table, "fiscal_year", "", cause)
        yield from check_order(release, table, spec)


def check_order(release: Release, table: str, spec: dict[str, Any]) -> Iterator[Problem]:
    """Strictly ascending keys: each is unique, and the rows are sorted."""
    keys = ", ".join(map(name, spec["key"]))
    joined = ", ".join(spec["key"])
    disordered = release.rows(
        f"SELECT * FROM (SELECT {keys}, row({keys}) AS this, lag(row({keys})) OVER () AS before"
        f" FROM {name(table)}) WHERE this <= before LIMIT 1"
    )
    if not disordered:
        return
    doubled = f"SELECT {keys} FROM {name(table)} GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL"
    if release.rows(f"{doubled} LIMIT 1"):
        yield from each_row(
            release, "rows", table, joined, doubled, "the key stands more than once"
        )
    else:
        key = shown(spec["key"], disordered[0])
        yield Problem("rows", table, joined, key, "rows are not in the order of their key")


def check_fingerprints(release: Release) -> Iterator[Problem]:
    """Every column holds what it held when the release was made, row by row."""
    for table, spec in release.whole.items():
        path = release.folder / "parquet" / f"{table}.parquet"
        made = {column["name"]: column for column in spec["columns"]}
        present = {row[0] for row in release.rows(f"DESCRIBE {name(table)}")}
        columns = [column for column in made if column in present]
        now = fingerprints(release.connection, path, columns) if columns else {}
        for column, found in now.items():
            declared = {key: made[column][key] for key in ("nulls", "fingerprint")}
            if found == declared:
                continue
            twins = [
                other
                for other, spec_ in made.items()
                if other != column
                and (spec_["nulls"], spec_["fingerprint"]) == (found["nulls"], found["fingerprint"])
            ]
            cause = "holds other values than when the release was made"
            if twins:
                cause = f"holds the values of {twins[0]}: the columns are swapped"
            elif "sum" in made[column]:
                cause += slip(made[column]["sum"], total(release.connection, table, column))
            yield Problem("fingerprints", table, column, "", cause)


def slip(made: str, found: str) -> str:
    """What the sums of a money column say of the slip."""
    before, after = int(made.replace(".", "")), int(found.replace(".", "") or 0)
    if before and after == before * TEN_THOUSAND:
        return " (all of it 10,000 times too large: 万元 for 元)"
    if after and before == after * TEN_THOUSAND:
        return " (all of it 10,000 times too small: 元 for 万元)"
    return f" (its sum was {made}, is {found})"


def check_references(release: Release) -> Iterator[Problem]:
    """What a row refers to exists; a printed code is in its dimension."""
    for table, spec in release.whole.items():
        keys = ", ".join(f"f.{name(key)}" for key in spec["key"])
        for column in spec["columns"]:
            target = column["ref"]
            if target is None or target not in release.whole:
                continue
            key = name(release.tables[target]["key"][0])
            place = name(column["name"])
            query = (
                f"SELECT {keys}, f.{place} FROM {name(table)} f ANTI JOIN {name(target)} d"
                f" ON f.{place} = d.{key} WHERE f.{place} IS NOT NULL ORDER BY ALL"
            )
            cause = f"orphan: {{}} is not in {target}"
            yield from each_row(release, "references", table, column["name"], query, cause)
    lists = [f"SELECT {system} AS s, code FROM {table}" for table, system in CODES.items()]
    if "fact_amount" in release.whole and not set(CODES) & set(release.broken):
        query = (
            "SELECT f.amount_id, f.code_system, f.code FROM fact_amount f ANTI JOIN"
            f" ({' UNION '.join(lists)}) d ON d.s = f.code_system AND d.code = f.code"
            " WHERE f.code IS NOT NULL ORDER BY ALL"
        )
        cause = "orphan: {} code {} is in no code list"
        yield from each_row(release, "references", "fact_amount", "code", query, cause)


def check_copies(release: Release) -> Iterator[Problem]:
    """CSV and database hold what Parquet holds, value for value, row by row."""
    for table, spec in release.whole.items():
        columns = columns_of(spec)
        path = release.folder / "csv" / f"{table}.csv"
        if not path.is_file():
            continue
        declared = ", ".join(f"{text(column)}: 'VARCHAR'" for column in columns)
        copy = (
            f"read_csv({text(str(path))}, header = true, auto_detect = false, delim = ',',"
            f" quote = '\"', escape = '\"', strict_mode = true, parallel = false,"
            f" max_line_size = 20000000, columns = {{{declared}}})"
        )
        with path.open(encoding="utf-8", errors="replace") as stream:
            header = stream.readline().rstrip("\r\n").split(",")
        if header != columns:
            cause = "the CSV file has other columns, or in another order"
            yield Problem("copies", table, "", "", cause)
            continue
        try:
            yield from compare(release, table, columns, copy, "CSV")
        except duckdb.Error as error:
            cause = f"csv/{table}.csv cannot be compared: {first_line(error)}"
            yield Problem("copies", table, "", "", cause)
    if (release.folder / DATABASE).is_file():
        yield from check_database(release)


def check_database(release: Release) -> Iterator[Problem]:
    """The database holds the same rows, and says what its tables and columns mean."""
    release.execute(f"ATTACH {text(str(release.folder / DATABASE))} AS db (READ_ONLY)")
    for table, spec in release.whole.items():
        try:
            yield from compare(
                release, table, columns_of(spec), f"db.main.{name(table)}", "the database"
            )
        except duckdb.Error as error:
            cause = f"{DATABASE} cannot be compared: {first_line(error)}"
            yield Problem("copies", table, "", "", cause)
    silent = release.rows(
        "SELECT table_name, column_name FROM duckdb_columns() c JOIN duckdb_tables() t"
        " USING (database_name, table_name)"
        " WHERE database_name = 'db' AND (c.comment IS NULL OR t.comment IS NULL) ORDER BY ALL"
    )
    for table, column in silent[:MOST]:
        yield Problem("copies", table, column, "", f"{DATABASE} does not say what it means")
    release.execute("DETACH db")


def compare(
    release: Release, table: str, columns: list[str], other: str, what: str
) -> Iterator[Problem]:
    """The columns in which another copy of a table differs, and the first row of each."""
    values = ", ".join(f"CAST({name(c)} AS VARCHAR) AS {name(c)}" for c in columns)
    numbered = f"(SELECT row_number() OVER () AS _row, {values} FROM {{}})"
    sums = ", ".join(f"sum(hash(_row, {name(c)}))" for c in columns)
    query = f"SELECT count(*), {sums} FROM {numbered}"
    mine = release.rows(query.format(name(table)))[0]
    theirs = release.rows(query.format(other))[0]
    if mine[0] != theirs[0]:
        yield Problem("copies", table, "", "", f"{what} has {theirs[0]} rows, Parquet {mine[0]}")
        return
    keys = release.tables[table]["key"]
    for column, left, right in zip(columns, mine[1:], theirs[1:], strict=True):
        if left == right:
            continue
        row = release.rows(
            f"SELECT {', '.join('p.' + name(k) for k in keys)}"
            f" FROM {numbered.format(name(table))} p JOIN {numbered.format(other)} o USING (_row)"
            f" WHERE p.{name(column)} IS DISTINCT FROM o.{name(column)} ORDER BY _row LIMIT 1"
        )
        key = shown(keys, row[0]) if row else ""
        yield Problem("copies", table, column, key, f"{what} has another value than Parquet")


# --- texts --------------------------------------------------------------------------------------


def check_texts(release: Release) -> Iterator[Problem]:
    """No telephone number, no handler's name, nothing a spreadsheet would run, in any text."""
    patterns = release.manifest["patterns"]
    personal = re.compile(patterns["personal"])
    widths = str.maketrans(patterns["widths"])
    starts = tuple(patterns["formula_starts"])
    figure = re.compile(patterns["signed_figure"])
    leading = ", ".join(map(text, starts))
    field = re.compile(patterns["fields"])
    for table, spec in release.tables.items():
        for column in spec["columns"]:
            if field.fullmatch(column["zh"] or ""):
                cause = "is a column for a handler's name or number"
                yield Problem("texts", table, column["name"], "", cause)
    if (release.folder / CHANGES).is_file():
        path = text(str(release.folder / CHANGES))
        release.execute(f"CREATE OR REPLACE TEMP VIEW changes AS FROM read_parquet({path})")
        # Their new values stand in the tables; what they were is here alone.
        sources = {"changes": (["key", "old", "new"], ["table_name", "key", "column_name"])}
    else:
        sources = {}
    for table, spec in release.whole.items():
        # Words of closed lists are ours: one of them is ＝.
        columns = [c["name"] for c in spec["columns"] if c["type"] == "VARCHAR" and not c["words"]]
        sources[table] = (columns, spec["key"])
    for table, (columns, key) in sources.items():
        suspects = " UNION ALL ".join(
            f"SELECT {text(column)} AS c, v FROM (SELECT DISTINCT {name(column)} AS v"
            f" FROM {name(table)}) WHERE regexp_matches(v, {text(patterns['suspect'])})"
            f" OR left(v, 1) IN ({leading})"
            for column in columns
        )
        unfit: dict[str, list[tuple[str, str]]] = {}
        found = release.execute(f"{suspects} ORDER BY ALL")
        while rows := found.fetchmany(10_000):
            for column, value in rows:
                if personal.search(value.translate(widths)):
                    cause = "looks like a telephone number or a handler's name"
                elif (
                    value.startswith(starts)
                    and not figure.fullmatch(value)
                    and not (table == "changes" and len(value) == 1)
                ):
                    cause = "begins like a spreadsheet formula"
                else:
                    continue
                unfit.setdefault(column, []).append((value, cause))
        for column, texts in unfit.items():
            yield from placed(release, table, key, column, texts)


def placed(
    release: Release, table: str, key: list[str], column: str, texts: list[tuple[str, str]]
) -> Iterator[Problem]:
    """Where texts stand that must not be there; they themselves are not shown."""
    for value, cause in texts[:MOST]:
        row = release.rows(
            f"SELECT {', '.join(map(name, key))} FROM {name(table)}"
            f" WHERE {name(column)} = {text(value)} ORDER BY ALL LIMIT 1"
        )
        pairs = zip(key, row[0], strict=True)
        place = shown(key, ["…" if k == column else v for k, v in pairs])
        yield Problem("texts", table, column, place, f"a text {cause}")
    if len(texts) > MOST:
        cause = f"and {len(texts) - MOST} more texts like these"
        yield Problem("texts", table, column, "", cause)


# --- money --------------------------------------------------------------------------------------


def check_units(release: Release) -> Iterator[Problem]:
    """Every amount is its print times its unit, 元 and 万元 told apart."""
    units = release.manifest["units"]
    factors = "MAP {" + ", ".join(f"{text(u)}: {factor}" for u, factor in units.items()) + "}"
    figure = "TRY_CAST(regexp_replace({}, '[^0-9.]', '', 'g') AS DECIMAL(20,2))"
    printed = f"{figure.format('printed_text')} * {factors}[printed_unit]"
    stated = f"CAST({figure.format('value')} * {factors}[unit] AS DECIMAL(20,2))"
    for table, key, worth, where in (
        ("fact_amount", "amount_id", printed, "restored_from IS NULL AND proof <> 'repaired'"),
        ("fact_claim", "claim_id", stated, "amount_yuan IS NOT NULL AND unit IS NOT NULL"),
    ):
        if table not in release.whole:
            continue
        measured = f"SELECT *, abs(amount_yuan) AS has, {worth} AS worth FROM {table} WHERE {where}"
        slipped = "has = worth * 10000 OR has * 10000 = worth"
        for condition, cause in (
            (
                f"has <> worth AND ({slipped})",
                "{} yuan is 10,000 times too large or too small for its print and unit",
            ),
            (
                f"worth IS NULL OR (has <> worth AND NOT ({slipped}))",
                "{} yuan is not what its print says in its unit",
            ),
        ):
            query = f"SELECT {key}, amount_yuan FROM ({measured}) WHERE {condition} ORDER BY ALL"
            yield from each_row(release, "units", table, "amount_yuan", query, cause)


def check_identities(release: Release) -> Iterator[Problem]:
    """Every identity computed anew from the cells: terms, residual, tolerance, verdict."""
    prepare_identities(release)
    select = "SELECT check_id, {} FROM checked WHERE {} ORDER BY ALL"
    for column, said, condition, cause in IDENTITY_RULES:
        query = select.format(said, condition)
        yield from each_row(release, "identities", "fact_check", column, query, cause)
    for column, said, condition, cause in TERM_RULES:
        query = f"SELECT check_id, position, {said} FROM term WHERE {condition} ORDER BY ALL"
        yield from each_row(release, "identities", "fact_check_term", column, query, cause)
    for identity, pairs in FORMS.items():
        options = " OR ".join(
            f"(p.{left} = c.left_value AND {right} = c.right_value)" for left, right in pairs
        )
        query = (
            f"SELECT c.check_id FROM fact_check c WHERE c.identity_id = '{identity}'"
            " AND c.residual IS NOT NULL AND NOT EXISTS (SELECT 1 FROM fact_project p"
            f" WHERE p.document_id = c.document_id AND ({options})) ORDER BY ALL"
        )
        cause = "its sides are those of no project of the document"
        yield from each_row(release, "identities", "fact_check", "left_value", query, cause)


def sources(horizon: str) -> str:
    """The sum of the sources of a horizon of a performance form."""
    parts = ("central", "provincial", "municipal", "self_raised", "other")
    return " + ".join(f"coalesce(p.{horizon}_{part}, 0)" for part in parts)


FORMS = {
    "form_sources": [(f"{h}_total", f"({sources(h)})") for h in ("period", "annual")],
    "form_horizons": [("period_total", "p.annual_total")],
    "form_against_table": [
        ("annual_total", "p.table_amount"),
        ("annual_total", "p.carried_over_amount"),
    ],
}
TESTED = "verdict IN ('exact', 'rounding', 'breaks')"
# column at fault, what to show, which rows are wrong, how to say it
IDENTITY_RULES = (
    ("identity_id", "identity_id", "relations IS NULL", "{} is no declared identity"),
    (
        "verdict",
        "verdict",
        f"({TESTED}) <> (residual IS NOT NULL) OR (reason IS NULL) <> ({TESTED})",
        "{} does not go with what it has of values and reason",
    ),
    (
        "residual",
        "residual, left_value - right_value",
        f"{TESTED} AND abs(residual - (left_value - right_value)) > shown_to",
        "residual {}, left less right is {}",
    ),
    (
        "residual",
        "residual, of_terms",
        f"{TESTED} AND n_terms > 0 AND residual IS DISTINCT FROM of_terms",
        "residual {}, the cells of its terms give {}",
    ),
    (
        "left_value",
        "left_value",
        f"{TESTED} AND n_terms > 0 AND NOT left_found",
        "left side {} is not the sum of its first terms",
    ),
    (
        "n_terms",
        "n_terms, found_terms",
        "n_terms <> found_terms",
        "{} terms, fact_check_term has {}",
    ),
    (
        "tolerance",
        "tolerance, least, most",
        f"{TESTED} AND n_terms > 0 AND NOT tolerance BETWEEN least AND most",
        "tolerance {}, its terms allow {} to {}",
    ),
    (
        "verdict",
        "verdict, due",
        "verdict IS DISTINCT FROM due AND due IS NOT NULL",
        "verdict {}, residual and tolerance say {}",
    ),
    (
        "statement_id",
        "statement_id",
        "statements IS NOT NULL AND statement_id NOT IN (SELECT unnest(statements))",
        "{} is no statement of the identity",
    ),
)
TERM_RULES = (
    ("amount_id", "sign", "amount_id IS NULL AND claim_id IS NULL", "the term is no cell"),
    ("sign", "sign", "sign NOT IN (1, -1)", "sign {} is neither 1 nor -1"),
    (
        "amount_id",
        "identity_id",
        "NOT between_documents AND cell_document <> document_id",
        "the cell is another document's, which {} does not ask",
    ),
    (
        "amount_id",
        "cell_statement",
        "statements IS NOT NULL AND cell_statement NOT IN (SELECT unnest(statements))",
        "the cell stands in {}, no statement of the identity",
    ),
)


def prepare_identities(release: Release) -> None:
    """`identity`, `term` (with its cell and step) and `checked` (with what its terms give)."""
    release.execute(
        "CREATE OR REPLACE TEMP TABLE identity (identity_id VARCHAR, relations VARCHAR,"
        " tolerance_rule VARCHAR, statements VARCHAR[], between_documents BOOLEAN)"
    )
    # One statement: many small ones are slow.
    declared = [
        f"({text(one['id'])}, {text('/'.join(one['relations']))}, {text(one['tolerance'])}, "
        + (f"[{', '.join(map(text, one['statements']))}]" if one["statements"] else "NULL")
        + f", {bool(one['between_documents'])})"
        for one in release.identities.values()
    ]
    if declared:
        release.execute(f"INSERT INTO identity VALUES {', '.join(declared)}")
    units = release.manifest["units"]
    factors = "MAP {" + ", ".join(f"{text(u)}: {factor}" for u, factor in units.items()) + "}"
    # A table is rounded to one step: the finest it prints, zeros apart.
    release.execute(
        f"""
        CREATE OR REPLACE TEMP VIEW stepped AS
        SELECT amount_id, document_id, statement_id, amount_yuan, {factors}[printed_unit]
               * [1, 0.1, 0.01][1 + len(regexp_extract(printed_text, '\\.([0-9]+)', 1))] AS own
        FROM fact_amount;
        CREATE OR REPLACE TEMP TABLE finest AS
        SELECT document_id, statement_id, min(own) FILTER (amount_yuan <> 0) AS step,
               count(*) FILTER (amount_yuan <> 0) AS figures
        FROM stepped GROUP BY ALL;
        CREATE OR REPLACE TEMP VIEW term AS
        SELECT t.*, c.identity_id, c.document_id, c.verdict, c.residual, c.tolerance, c.n_terms,
               a.document_id AS cell_document, a.statement_id AS cell_statement,
               coalesce(a.amount_yuan, p.amount_yuan) AS yuan,
               coalesce(f.step, a.own) AS step, f.figures, i.statements,
               coalesce(i.between_documents, true) AS between_documents
        FROM fact_check_term t JOIN fact_check c USING (check_id)
        LEFT JOIN stepped a ON a.amount_id = t.amount_id
        LEFT JOIN fact_claim p ON p.claim_id = t.claim_id
        LEFT JOIN finest f ON f.document_id = a.document_id AND f.statement_id = a.statement_id
        LEFT JOIN identity i ON i.identity_id = c.identity_id;
        CREATE OR REPLACE TEMP TABLE summed AS
        SELECT check_id, sum(sign * yuan) AS of_terms, count(*) AS found_terms,
               bool_or(running = left_value OR left_value = 0) AS left_found,
               count(*) FILTER (yuan <> 0) AS n, max(step) AS step, min(step) AS least_step,
               sum(step) FILTER (yuan <> 0) AS spread, sum(DISTINCT figures) AS figures,
               count(*) FILTER (yuan <> 0 AND running_before IS NOT NULL) AS unused
        FROM (SELECT *, sum(sign * yuan) OVER (PARTITION BY check_id ORDER BY position) AS running,
                     lag(position) OVER (PARTITION BY check_id ORDER BY position) AS running_before
              FROM term JOIN (SELECT check_id, left_value FROM fact_check) USING (check_id))
        GROUP BY check_id;
        """
    )
    release.execute(
        f"""
        CREATE OR REPLACE TEMP VIEW checked AS
        SELECT *, CASE tolerance_rule WHEN 'none' THEN 0 ELSE by_steps END AS least,
               CASE tolerance_rule WHEN 'none' THEN 0 WHEN 'rounding' THEN wide ELSE figures * step
               END AS most,
               CASE WHEN NOT {TESTED} OR tolerance_rule IS NULL THEN NULL
                    WHEN relations = '=' THEN CASE WHEN residual = 0 THEN 'exact'
                         WHEN abs(residual) <= tolerance THEN 'rounding' ELSE 'breaks' END
                    WHEN relations = '<=' THEN CASE WHEN residual <= 0 THEN 'exact'
                         WHEN residual <= tolerance THEN 'rounding' ELSE 'breaks' END
                    WHEN relations = '>=' THEN CASE WHEN residual >= 0 THEN 'exact'
                         WHEN -residual <= tolerance THEN 'rounding' ELSE 'breaks' END
               END AS due
        FROM (
            SELECT c.*, i.relations, i.tolerance_rule, i.statements,
                   coalesce(s.found_terms, 0) AS found_terms, s.of_terms, s.left_found, s.figures,
                   s.step, CASE WHEN i.tolerance_rule = 'columns' THEN 0.01 ELSE 0 END AS shown_to,
                   CASE WHEN s.step <= 0.01 OR s.step <> s.least_step THEN 0
                        ELSE s.step * (greatest(s.n - 1, 0) // 2) END AS by_steps,
                   CASE WHEN s.step <= 0.01 THEN 0 WHEN s.step <> s.least_step THEN s.spread / 2
                        ELSE s.step * (greatest(s.n, 2) // 2) END AS wide
            FROM fact_check c LEFT JOIN identity i USING (identity_id)
            LEFT JOIN summed s USING (check_id))
        """
    )


def check_proofs(release: Release) -> Iterator[Problem]:
    """A proof is what the checks make of it: proved where one pins the amount and none breaks."""
    prepare_identities(release)
    release.execute(
        """
        CREATE OR REPLACE TEMP TABLE weighed AS
        SELECT t.check_id, t.amount_id, bool_or(t.pins) AS pins, sum(t.sign) AS net,
               any_value(t.yuan) AS yuan, any_value(t.step) AS step,
               any_value(t.verdict) AS verdict, any_value(t.residual) AS residual,
               any_value(t.tolerance) AS tolerance, any_value(i.relations) AS relations
        FROM term t LEFT JOIN identity i USING (identity_id)
        WHERE t.amount_id IS NOT NULL GROUP BY t.check_id, t.amount_id;
        CREATE OR REPLACE TEMP VIEW judged AS
        SELECT a.amount_id, a.proof, a.proof_reason, a.restored_from, a.second_text,
               coalesce(w.pinned, false) AS pinned, coalesce(w.broken, false) AS broken,
               coalesce(a.confidence, 1) AS confidence
        FROM fact_amount a LEFT JOIN (
            SELECT amount_id, bool_or(pins) AS pinned, bool_or(verdict = 'breaks') AS broken
            FROM weighed GROUP BY amount_id) w USING (amount_id)
        """
    )
    for condition, cause in PROOF_RULES:
        query = f"SELECT amount_id FROM judged WHERE {condition} ORDER BY ALL"
        yield from each_row(release, "proofs", "fact_amount", "proof", query, cause)
    moved = "3 * step * net"
    margin = "tolerance + CASE WHEN yuan = 0 THEN step ELSE 0 END"
    query = (
        "SELECT check_id, min(position) FROM fact_check_term WHERE (check_id, amount_id) IN ("
        "SELECT (check_id, amount_id) FROM weighed WHERE pins AND (verdict NOT IN"
        " ('exact', 'rounding') OR relations <> '=' OR net = 0"
        f" OR abs(residual + {moved}) <= {margin} OR abs(residual - {moved}) <= {margin}))"
        " GROUP BY check_id, amount_id ORDER BY ALL"
    )
    cause = "pins is true, and three printed steps would not break the check"
    yield from each_row(release, "proofs", "fact_check_term", "pins", query, cause)


PROOF_RULES = (
    ("proof = 'proved' AND NOT pinned", "proved, and no check that holds pins it"),
    ("proof <> 'disputed' AND broken", "not disputed, and a check it takes part in breaks"),
    ("proof = 'unproved' AND pinned", "unproved, and a check pins it"),
    ("proof = 'repaired' AND restored_from IS NULL", "repaired, and nothing says what restored it"),
    (
        "proof = 'disputed' AND NOT broken AND second_text IS NULL AND confidence >= 1",
        "disputed, and no check breaks and no other reading differs",
    ),
    ("(proof = 'proved') <> (proof_reason IS NULL)", "its reason does not go with its proof"),
)


# --- asking and telling -------------------------------------------------------------------------

CHECKS = {
    "files": (check_files, "每个文件都在，哈希相符 · every file is there with its hash"),
    "description": (check_description, "版本、许可、说明一致 · descriptions agree"),
    "dictionary": (
        check_dictionary,
        "每一项都有中英文说明 · explained in both languages",
    ),
    "schema": (check_schema, "列、类型、取值 · columns, types, values"),
    "rows": (check_rows, "各年行数、主键、顺序 · rows per year, keys, order"),
    "fingerprints": (check_fingerprints, "各列内容未变 · columns as they were made"),
    "references": (check_references, "外键存在 · references lead somewhere"),
    "copies": (check_copies, "CSV、数据库与 Parquet 相同 · CSV and database equal Parquet"),
    "texts": (check_texts, "无个人信息，无公式 · no personal data, no formulas"),
    "units": (check_units, "金额与原文、单位相符 · amounts are what is printed"),
    "identities": (check_identities, "勾稽关系重新计算 · identities computed anew"),
    "proofs": (check_proofs, "证明状态有据 · proofs follow from the checks"),
}


def verify(folder: Path) -> list[Asked]:
    """Every check of a release. A check that cannot be asked is a problem, never a pass."""
    with tempfile.TemporaryDirectory(prefix="yusuan-verify-") as spill:
        connection = connect(spill)
        try:
            try:
                release = Release(folder, connection)
                if release.manifest["format"] != FORMAT:
                    raise Unreadable(f"{MANIFEST} is of format {release.manifest['format']}")
                return [asked(release, check) for check in CHECKS]
            except (Unreadable, KeyError, TypeError, AttributeError) as error:
                cause = f"{MANIFEST} cannot be used: {first_line(error)}"
                return [Asked("manifest", 0, (Problem("manifest", "", "", "", cause),))]
        finally:
            connection.close()


def asked(release: Release, check: str) -> Asked:
    """One check, whatever it runs into."""
    found: list[Problem] = []
    try:
        for problem in CHECKS[check][0](release):
            found.append(problem)
    except (Unreadable, duckdb.Error, OSError, KeyError, TypeError, ValueError) as error:
        kind = "" if isinstance(error, Unreadable) else f"{type(error).__name__}: "
        cause = f"could not be asked to its end: {kind}{first_line(error)}"
        found.append(Problem(check, "", "", "", cause))
    return Asked(check, len(release.tables), tuple(found))


def report(folder: Path, results: list[Asked]) -> str:
    """The results for people."""
    lines = []
    for one in results:
        said = CHECKS[one.name][1] if one.name in CHECKS else ""
        lines.append(f"{'ok  ' if not one.problems else 'FAIL'} {one.name:<13}{said}")
        lines += [f"       {problem}" for problem in one.problems[:MOST_TOLD]]
        if len(one.problems) > MOST_TOLD:
            lines.append(f"       and {len(one.problems) - MOST_TOLD} more: --json has all")
    bad = sum(len(one.problems) for one in results)
    place = printable(str(folder))
    lines.append("")
    lines.append(
        f"{place}: {bad} problems 不合格" if bad else f"{place}: good 合格，{len(results)} checks"
    )
    return "\n".join(lines)


def as_json(folder: Path, results: list[Asked]) -> str:
    """The results for programs."""
    told = {
        "release": folder.resolve().name,
        "good": not any(one.problems for one in results),
        "checks": [asdict(one) for one in results],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def run(folder: Path, json_wanted: bool) -> tuple[int, str]:
    """The exit code and what to print."""
    if not folder.is_dir():
        return USAGE, f"{folder} is not a folder; name the folder of a release"
    results = verify(folder)
    told = as_json(folder, results) if json_wanted else report(folder, results)
    return (BAD if any(one.problems for one in results) else GOOD), told


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Verify a release of Yusuan 核验发布包.")
    here = Path(__file__).resolve().parent
    parser.add_argument("folder", nargs="?", type=Path, default=here, help="a release folder")
    parser.add_argument("--json", action="store_true", help="results for programs")
    given = parser.parse_args()
    code, told = run(given.folder, given.json)
    print(told)
    sys.exit(code)


if __name__ == "__main__":
    main()
