"""What stands in a release: the same rows thrice, described, hashed, and nothing inexact."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pytest
import yaml

from pipeline.schema.catalogue import DUCKDB_TYPES, Table, literal, tables, words
from tests.builds import Built, tree

TABLES = list(tables().values())
NAMES = [table.name for table in TABLES]
FOLDERS = {"csv", "parquet", "quality"}
FILES = {
    "CHANGELOG.md",
    "CITATION.cff",
    "README.md",
    "SHA256SUMS",
    "croissant.json",
    "datapackage.json",
    "dictionary.csv",
    "dictionary.html",
    "dictionary.md",
    "identities.json",
    "manifest.json",
    "schema.jsonld",
    "verify.py",
    "yusuan.duckdb",
}
FLOATING = re.compile(r"DOUBLE|FLOAT|REAL")


@pytest.fixture(scope="module")
def database(base: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    """The released database, opened as a researcher opens it."""
    connection = duckdb.connect(str(base.release / "yusuan.duckdb"), read_only=True)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def package(base: Built) -> dict[str, Any]:
    """The data package."""
    found: dict[str, Any] = json.loads((base.release / "datapackage.json").read_text("utf-8"))
    return found


def parquet(base: Built, table: Table) -> str:
    """A table's Parquet file as a DuckDB literal."""
    return literal(str(base.release / "parquet" / f"{table.name}.parquet"))


def query(text: str) -> list[tuple[Any, ...]]:
    """Rows of a query over files."""
    with duckdb.connect() as connection:
        return connection.execute(text).fetchall()


def csv_rows(base: Built, table: Table) -> list[list[str]]:
    """A table's CSV file as any CSV reader sees it, header first."""
    path = base.release / "csv" / f"{table.name}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, strict=True))


def test_a_release_holds_these_files_and_no_others(base: Built) -> None:
    assert {path.name for path in base.release.iterdir()} == FOLDERS | FILES
    for folder in ("csv", "parquet"):
        found = {path.name for path in (base.release / folder).iterdir()}
        assert found == {f"{name}.{folder}" for name in NAMES}
    assert {path.name for path in (base.release / "quality").iterdir()} == {
        "index.html",
        "results.json",
    }


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
def test_csv_and_parquet_hold_the_same_rows_in_the_same_order(base: Built, table: Table) -> None:
    header, *rows = csv_rows(base, table)
    assert header == list(table.schema)
    shown = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in table.schema)
    stored = query(f"SELECT {shown} FROM read_parquet({parquet(base, table)})")
    assert [["" if v is None else v for v in row] for row in stored] == rows


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
def test_the_database_holds_the_same_rows(
    base: Built, database: duckdb.DuckDBPyConnection, table: Table
) -> None:
    keys = ", ".join(table.key)
    stored = query(f"SELECT * FROM read_parquet({parquet(base, table)}) ORDER BY {keys}")
    assert database.execute(f"SELECT * FROM {table.name} ORDER BY {keys}").fetchall() == stored


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
def test_columns_have_the_declared_types_in_the_declared_order(base: Built, table: Table) -> None:
    described = query(f"DESCRIBE SELECT * FROM read_parquet({parquet(base, table)})")
    assert [(row[0], row[1]) for row in described] == [
        (c.name, DUCKDB_TYPES[c.type]) for c in table.columns
    ]
    assert not [row for row in described if FLOATING.search(row[1])]


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
def test_keys_are_unique_and_rows_stand_in_their_order(base: Built, table: Table) -> None:
    frame = pl.read_parquet(base.release / "parquet" / f"{table.name}.parquet")
    assert not frame.select(table.key).is_duplicated().any()
    assert frame.equals(frame.sort(table.key, nulls_last=False))


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
def test_no_text_is_empty_and_only_nullable_columns_have_nulls(base: Built, table: Table) -> None:
    frame = pl.read_parquet(base.release / "parquet" / f"{table.name}.parquet")
    texts = [name for name, kind in frame.schema.items() if kind == pl.String()]
    assert not [name for name in texts if (frame[name] == "").any()]
    assert not [c.name for c in table.columns if not c.null and frame[c.name].null_count()]


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
def test_every_reference_points_to_a_row(base: Built, table: Table) -> None:
    for column in table.columns:
        if column.ref is not None:
            target = tables()[column.ref]
            lost = query(
                f"SELECT count(*) FROM read_parquet({parquet(base, table)}) f ANTI JOIN "
                f"read_parquet({parquet(base, target)}) d ON f.{column.name} = d.{target.key[0]} "
                f"WHERE f.{column.name} IS NOT NULL"
            )
            assert lost == [(0,)], column.name


def test_the_fixture_fills_every_table_so_that_these_tests_see_something(base: Built) -> None:
    empty = [t.name for t in TABLES if query(f"SELECT count(*) FROM {parquet(base, t)}") == [(0,)]]
    # No file of the fixture replaces another, is withdrawn, appends a directory or a report;
    # nothing breaks.
    assert sorted(empty) == [
        *("dim_service", "dim_tombstone", "fact_evaluation"),
        *("fact_finding", "fact_finding_cell", "fact_revision"),
    ]


def test_no_csv_has_thousands_separators_or_exponents_in_its_numbers(base: Built) -> None:
    number = re.compile(r"-?\d+(\.\d+)?")
    for table in TABLES:
        header, *rows = csv_rows(base, table)
        places = [
            header.index(c.name) for c in table.columns if c.type not in ("text", "code", "bool")
        ]
        cells = {row[place] for row in rows for place in places} - {""}
        assert not [cell for cell in cells if not number.fullmatch(cell)]


# --- the database -----------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
def test_tables_and_columns_of_the_database_say_what_they_mean(
    database: duckdb.DuckDBPyConnection, table: Table
) -> None:
    (comment,) = database.execute(
        "SELECT comment FROM duckdb_tables() WHERE table_name = ?", [table.name]
    ).fetchall()[0]
    assert table.zh in comment
    assert table.en in comment
    assert (table.usage or "") in comment
    rows = database.execute(
        "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ?", [table.name]
    ).fetchall()
    assert {c.name: f"{c.zh} | {c.en}" for c in table.columns} == dict(rows)


@pytest.mark.parametrize("table", [t for t in TABLES if t.name.startswith("dim_")], ids=str)
def test_dimensions_of_the_database_have_their_keys(
    database: duckdb.DuckDBPyConnection, table: Table
) -> None:
    keys = database.execute(
        "SELECT constraint_column_names FROM duckdb_constraints() "
        "WHERE table_name = ? AND constraint_type = 'PRIMARY KEY'",
        [table.name],
    ).fetchall()
    assert [tuple(key) for (key,) in keys] == [table.key]


def test_views_of_the_database_work_and_add_or_lose_no_amount(
    database: duckdb.DuckDBPyConnection,
) -> None:
    views = database.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    assert {name for (name,) in views} == {
        *("v_amount", "v_claim", "v_explained", "v_finding"),
        *("v_proof_by_identity", "v_proof_by_statement", "v_proof_reasons"),
    }
    counted = database.execute(
        "SELECT (SELECT count(*) FROM v_amount), (SELECT count(*) FROM fact_amount), "
        "(SELECT count(*) FROM v_finding) + (SELECT count(*) FROM v_explained)"
    ).fetchone()
    assert counted is not None
    assert counted[0] == counted[1] > 0
    assert counted[2] == 0
    types = database.execute("SELECT data_type FROM duckdb_columns() WHERE NOT internal")
    assert not [t for (t,) in types.fetchall() if FLOATING.search(t)]


def test_the_database_cannot_be_written_through_and_old_clients_can_open_it(
    database: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        database.execute("DELETE FROM fact_amount")
    tags = database.execute(
        "SELECT tags FROM duckdb_databases() WHERE database_name = 'yusuan'"
    ).fetchone()
    assert tags is not None
    assert tags[0]["storage_version"].startswith("v1.0")


# --- what a release says of itself ------------------------------------------------------------


def test_every_file_has_its_checksum_and_sha256sum_agrees(base: Built) -> None:
    lines = (base.release / "SHA256SUMS").read_text("utf-8").splitlines()
    files = set(tree(base.release)) - {"SHA256SUMS"}
    assert {line.split("  ", 1)[1] for line in lines} == files
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
        cwd=base.release,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_the_package_describes_every_table_as_it_is(base: Built, package: dict[str, Any]) -> None:
    assert [r["name"] for r in package["resources"]] == NAMES
    for resource, table in zip(package["resources"], TABLES, strict=True):
        content = (base.release / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
        assert resource["rows"] == len(csv_rows(base, table)) - 1
        assert (base.release / resource["parquet"]).is_file()
        schema = resource["schema"]
        assert [f["name"] for f in schema["fields"]] == list(table.schema)
        assert tuple(schema["primaryKey"]) == table.key
        references = {key["fields"][0]: key["reference"] for key in schema["foreignKeys"]}
        assert references == {
            c.name: {
                "resource": c.ref if c.ref != table.name else "",
                "fields": [tables()[c.ref].key[0]],
            }
            for c in table.columns
            if c.ref
        }


def test_the_package_gives_every_field_its_type_and_closed_list(package: dict[str, Any]) -> None:
    types = {"int": "integer", "year": "integer", "bool": "boolean", "text": "string"}
    for resource, table in zip(package["resources"], TABLES, strict=True):
        for field, column in zip(resource["schema"]["fields"], table.columns, strict=True):
            known = types | {"code": "string"}
            assert field["type"] == known.get(column.type, "number")
            constraints = field.get("constraints", {})
            assert constraints.get("required", False) is not column.null
            enum = list(words(column.words)) if column.words else None
            assert constraints.get("enum") == enum


def test_the_package_bears_version_licence_and_content_hash(
    base: Built, package: dict[str, Any]
) -> None:
    assert package["version"] == base.release.name
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", package["contentHash"])


def test_the_package_names_its_sources(package: dict[str, Any]) -> None:
    assert package["sources"]


def test_the_readme_names_every_table_and_column_with_its_rows(base: Built) -> None:
    text = (base.release / "README.md").read_text("utf-8")
    for table in TABLES:
        section = text.split(f"### {table.name} {table.zh}\n", 1)[1].split("\n### ", 1)[0]
        assert f"{len(csv_rows(base, table)) - 1:,} rows" in section
        assert all(f"| {c.name} | {c.zh} |" in section for c in table.columns)
    assert "facsimile" not in text.split("## Tables")[0]


def test_the_query_of_the_readme_works(base: Built, database: duckdb.DuckDBPyConnection) -> None:
    text = (base.release / "README.md").read_text("utf-8")
    first, checks = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    assert len(database.execute(first).fetchall()) == 10
    assert {"exact", "rounding"} & {row[4] for row in database.execute(checks).fetchall()}


def test_the_citation_is_whole(base: Built) -> None:
    citation = yaml.safe_load((base.release / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == base.release.name
    assert citation["date-released"] == "2026-03-02"
    assert {"cff-version", "title", "message", "authors", "license"} <= set(citation)


def test_the_changelog_of_a_first_release_says_so(base: Built) -> None:
    assert "first release" in (base.release / "CHANGELOG.md").read_text("utf-8")


def test_nothing_in_a_release_tells_on_which_machine_it_was_made(base: Built) -> None:
    places = [str(base.settings.raw).encode(), str(base.settings.curated).encode()]
    content = tree(base.release)
    assert not [name for name, data in content.items() if any(p in data for p in places)]


def test_the_gates_results_are_kept_with_the_release(base: Built) -> None:
    results = json.loads((base.release / "quality" / "results.json").read_text("utf-8"))
    assert [row["rule_id"] for row in results] == [j.rule_id for j in base.judgements]
    assert {row["outcome"] for row in results} <= {"passed", "failed", "not_run"}
