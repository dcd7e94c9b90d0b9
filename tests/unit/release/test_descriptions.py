"""The descriptions of a release hold against the checkers of their own formats, offline.

What those checkers miss (categories, Parquet hashes, whether anything is explained) is asked by
our own: `pipeline/verify`.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest
import yaml

from pipeline.docs import dictionary
from pipeline.release import about
from pipeline.schema.catalogue import literal, tables, vocabularies
from tests.builds import Built

SCHEMAS = Path(__file__).parent / "schemas"


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No checker may ask the network."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a checker of descriptions asked the network")

    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)


def read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


# --- Frictionless -------------------------------------------------------------------------------


def frictionless_errors(package: Path) -> list[str]:
    from frictionless import Package

    report = Package(str(package)).validate()
    return [error[0] for error in report.flatten(["type"])]


def test_frictionless_finds_nothing_wrong(base: Built) -> None:
    assert frictionless_errors(base.release / "datapackage.json") == []


def test_frictionless_would_find_an_orphan(base: Built, tmp_path: Path) -> None:
    """The check above can fail: keys, types and hashes are looked at."""
    release = tmp_path / "release"
    shutil.copytree(base.release, release)
    path = release / "csv" / "dim_unit.csv"
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    found = frictionless_errors(release / "datapackage.json")
    assert {"foreign-key", "hash-count", "byte-count"} & set(found)


def test_the_package_labels_every_word_of_a_closed_list(base: Built) -> None:
    package = read_json(base.release / "datapackage.json")
    for resource, table in zip(package["resources"], tables().values(), strict=True):
        for field, column in zip(resource["schema"]["fields"], table.columns, strict=True):
            listed = vocabularies()[column.words] if column.words else {}
            assert {one["value"] for one in field.get("categories", [])} == set(listed)
            assert all(" | " in one["label"] for one in field.get("categories", []))
            assert field.get("unit") == column.unit


# --- Croissant and schema.org -------------------------------------------------------------------


LOADED = """
import json, socket, sys
import mlcroissant

def refuse(*_, **__):
    raise AssertionError("a checker of descriptions asked the network")

socket.create_connection = socket.getaddrinfo = refuse
dataset = mlcroissant.Dataset(jsonld=sys.argv[1])
for name in sys.argv[2:]:
    first, rows = None, 0
    for record in dataset.records(record_set=name):
        first, rows = first or record, rows + 1
    told = {k: v.decode() if isinstance(v, bytes) else str(v) for k, v in (first or {}).items()}
    print(json.dumps([name, rows, told]))
"""


def loaded(release: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Rows and first row of each table, as mlcroissant loads them.

    In a process of its own: its logging takes hold of the streams of the one that imports it.
    """
    path = str(release / "croissant.json")
    return subprocess.run(
        [sys.executable, "-c", LOADED, path, *names], capture_output=True, text=True, check=False
    )


def test_croissant_is_valid_and_every_table_loads(base: Built) -> None:
    ran = loaded(base.release, *tables())
    assert ran.returncode == 0, ran.stderr
    assert not re.search(r"(?i)warning|error", ran.stderr), ran.stderr
    found = {name: (rows, first) for name, rows, first in map(json.loads, ran.stdout.splitlines())}
    with duckdb.connect() as connection:
        for name, table in tables().items():
            path = literal(str(base.release / "parquet" / f"{name}.parquet"))
            rows = connection.execute(f"SELECT * FROM read_parquet({path})").fetchall()
            assert found[name][0] == len(rows)
            if rows:
                assert found[name][1][f"{name}/{table.columns[0].name}"] == str(rows[0][0])


def test_croissant_would_refuse_another_file(base: Built, tmp_path: Path) -> None:
    release = tmp_path / "release"
    shutil.copytree(base.release, release)
    shutil.copyfile(release / "parquet/dim_unit.parquet", release / "parquet/dim_measure.parquet")
    ran = loaded(release, "dim_measure")
    assert ran.returncode != 0
    assert "hash" in ran.stderr.lower()


def test_schema_org_reads_as_linked_data_without_its_context_being_fetched(base: Built) -> None:
    told = read_json(base.release / "schema.jsonld")
    assert (told["@context"], told["@type"]) == ("https://schema.org/", "Dataset")
    wanted = {"name", "description", "license", "creator", "version", "distribution", "citation"}
    assert wanted <= set(told)
    assert 50 <= len(told["description"]) <= 5000
    assert re.fullmatch(r"\d{4}-01-01/\d{4}-12-31", told["temporalCoverage"])
    files = {one["contentUrl"] for one in told["distribution"]}
    assert files == {f"{kind}/{name}.{kind}" for kind in ("csv", "parquet") for name in tables()}


# --- citation and card --------------------------------------------------------------------------


def test_the_citation_is_valid(base: Built) -> None:
    schema = read_json(SCHEMAS / "cff-1.2.0.json")
    citation = yaml.safe_load((base.release / "CITATION.cff").read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(citation)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(citation | {"license": "CC-BY-9"})


def test_the_readme_is_a_dataset_card(base: Built) -> None:
    _, front, page = (base.release / "README.md").read_text("utf-8").split("---\n", 2)
    card = yaml.safe_load(front)
    assert card["license"] == "cc-by-4.0"
    assert card["language"] == ["zh", "en"]
    assert re.fullmatch(r"(n<1K|\d+K<n<\d+K|n>1B|\w+<n<\w+)", card["size_categories"][0])
    assert [one["config_name"] for one in card["configs"]] == list(tables())
    assert [one["config_name"] for one in card["configs"] if one.get("default")] == ["fact_amount"]
    assert all((base.release / one["data_files"]).is_file() for one in card["configs"])
    assert page.startswith(f"\n# {about.TITLE}\n")


def test_a_stranger_is_answered_on_the_first_screen(base: Built) -> None:
    lines = (base.release / "README.md").read_text("utf-8").split("---\n", 2)[2].splitlines()
    screen = "\n".join(lines[:30])
    for question in (
        "What does column X mean?",
        "May I use it?",
        "How do I cite it?",
        "Where is this number printed?",
        "Is it proved?",
        "What changed?",
    ):
        assert question in screen
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", "\n".join(lines)):
        assert (base.release / target).exists(), target


# --- inside the files ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", tables())
def test_parquet_files_say_what_they_are(base: Built, name: str) -> None:
    path = literal(str(base.release / "parquet" / f"{name}.parquet"))
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT key, value FROM parquet_kv_metadata({path})").fetchall()
    told = {bytes(key).decode(): bytes(value).decode() for key, value in rows}
    table = tables()[name]
    assert (told["title_zh"], told["title_en"]) == (table.zh, table.en)
    assert json.loads(told["primary_key"]) == list(table.key)
    columns = json.loads(told["columns"])
    assert {c.name: (c.zh, c.en) for c in table.columns} == {
        key: (said["zh"], said["en"]) for key, said in columns.items()
    }
    assert told.get("usage_zh") == table.usage_zh
    # No version and no time: the same rows are the same bytes in every release.
    assert base.release.name not in "".join(told.values())


# --- the dictionary -----------------------------------------------------------------------------


def rows_of(base: Built) -> list[dict[str, str]]:
    with (base.release / "dictionary.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_dictionary_explains_everything_in_both_languages(base: Built) -> None:
    rows = rows_of(base)
    assert {row["kind"] for row in rows} == set(dictionary.KINDS)
    assert [row for row in rows if not (row["zh"] and row["en"])] == []
    amount = next(r for r in rows if (r["parent"], r["name"]) == ("fact_amount", "amount_yuan"))
    assert (amount["unit"], amount["usage_en"]) == ("CNY", "Contains subtotals: filter line_kind")
    assert amount["type"] == "DECIMAL(18,2)"


def test_every_warning_is_in_both_languages() -> None:
    for entry in dictionary.declared():
        assert bool(entry.usage_zh) == bool(entry.usage_en), f"{entry.parent} {entry.name}"


def test_the_dictionary_is_the_same_in_all_three_formats(base: Built) -> None:
    markdown = (base.release / "dictionary.md").read_text("utf-8")
    html = (base.release / "dictionary.html").read_text("utf-8")
    for row in rows_of(base):
        assert f"{dictionary.cell(row['name'])} |" in markdown or f"## {row['name']}" in markdown
        assert f"<code>{row['name'].replace('<', '&lt;').replace('&', '&amp;')}</code>" in html


class Page(HTMLParser):
    """The parts of a page that could lead somewhere or do something."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.live: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {value for key, value in attrs if key == "id" and value}
        self.links |= {value for key, value in attrs if key == "href" and value}
        if tag in ("script", "img", "iframe", "link") or any(k.startswith("on") for k in given):
            self.live.append(tag)


def test_the_page_asks_nothing_from_outside_and_its_links_lead_somewhere(base: Built) -> None:
    page = Page()
    page.feed((base.release / "dictionary.html").read_text("utf-8"))
    assert page.live == []
    assert {link for link in page.links if not link.startswith("#")} == set()
    assert {link.removeprefix("#") for link in page.links} <= page.ids


def test_names_from_documents_are_inert_in_every_format() -> None:
    hostile = '<script>"|`x`*y*[z](w)'
    entry = dictionary.Entry(
        "code", "function", "999", hostile, "not translated", valid_from="2026"
    )
    html = dictionary.as_html([entry], "t", "v")
    assert "<script>" not in html
    markdown = "\n".join(dictionary.as_markdown([entry]))
    assert "<script>" not in markdown
    assert "\\|" in markdown
    (row,) = csv.DictReader(dictionary.as_csv([entry]).splitlines())
    assert row["zh"] == hostile


# --- the same bytes -----------------------------------------------------------------------------


def test_identities_are_there_as_data(base: Built) -> None:
    told = {one["id"]: one for one in read_json(base.release / "identities.json")["identities"]}
    asked = {
        row[0]
        for row in duckdb.sql(
            f"SELECT DISTINCT identity_id FROM '{base.release}/parquet/fact_check.parquet'"
        ).fetchall()
    }
    assert asked <= set(told)
    for one in told.values():
        assert one["title_zh"]
        assert one["title_en"]
        assert one["reason_zh"]
        assert one["reason_en"]
        assert set(one["relations"]) <= {"=", "<=", ">=", "computed"}
