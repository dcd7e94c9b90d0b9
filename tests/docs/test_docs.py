"""The documentation is true: generated pages are current, examples run, links lead somewhere."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from pipeline.docs.pages import PAGES, page
from pipeline.documents.document import Document
from pipeline.forms import figures
from pipeline.forms.family import parse_family
from pipeline.forms.recognise import recognise
from pipeline.readers.text import tab_grid
from pipeline.settings import PROJECT, Settings

BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
PAGES_WITH_LINKS = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]


def blocks(path: Path, language: str) -> list[str]:
    """The code blocks of one language on a page."""
    found = BLOCK.findall(path.read_text(encoding="utf-8"))
    return [code for name, code in found if name == language]


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_current(name: str) -> None:
    committed = (PROJECT / "docs" / name).read_text(encoding="utf-8")
    assert committed == page(name), f"docs/{name} is stale: run `make docs` and commit it"


@pytest.mark.parametrize("path", PAGES_WITH_LINKS, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_readme_commands_exist_in_the_makefile() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for command in re.findall(r"`?make (\w+)", (PROJECT / "README.md").read_text("utf-8")):
        if command != "on":
            assert re.search(rf"^{command}:", makefile, re.MULTILINE), command


def test_readme_queries_run(built_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(built_release.parents[3])
    (query,) = blocks(PROJECT / "README.md", "sql")
    rows = duckdb.sql(query).fetchall()
    assert len(rows) == 20
    for code in blocks(PROJECT / "README.md", "python"):
        exec(compile(code, "README.md", "exec"), {})


def test_operations_example_of_a_pin_is_valid(tmp_path: Path) -> None:
    from pipeline.gate import pins

    (example,) = blocks(PROJECT / "docs" / "stewardship.md", "yaml")
    (tmp_path / "known_breaks.yml").write_text(example, encoding="utf-8")
    (pin,) = pins.known_breaks(tmp_path)
    assert pin["expect"] == {"left": "800000.00", "right": "300000.00"}


def test_every_vocabulary_of_exit_codes_is_documented() -> None:
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    for code in (0, 1, 2, 3):
        assert re.search(rf"^\| {code} \|", text, re.MULTILINE)


def test_add_a_form_example_is_recognised(tmp_path: Path) -> None:
    source = PROJECT / "docs" / "add-a-form.md"
    (declaration,) = blocks(source, "yaml")
    (text,) = blocks(source, "text")
    path = tmp_path / "example.txt"
    path.write_text(text, encoding="utf-8")
    document = Document("0" * 16, "example.txt", path, "0" * 64, len(text), "text/plain")
    family = parse_family(yaml.safe_load(declaration))
    disclosure = recognise(tab_grid.read(document), (family,))
    (statement,) = disclosure.statements
    assert disclosure.unit_name == "某市档案馆"
    assert (disclosure.fiscal_year, disclosure.scope) == (2026, "unit")
    assert statement.money_unit == "元"
    found = {
        (line.code or line.label, figure.measure): figures.parse(figure.text)
        for line in statement.lines
        for figure in line.figures
    }
    assert len(found) == 12
    assert found["合计", "total"] == Decimal("300.00")
    assert found["2012604", "project"] == Decimal("200.00")


def test_the_example_of_a_source_and_of_fetching_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.acquisition import sources

    page = PROJECT / "docs" / "sources.md"
    (declaration,), (program,) = blocks(page, "yaml"), blocks(page, "python")
    (tmp_path / "my_city.yml").write_text(declaration, encoding="utf-8")
    (source,) = sources.load(tmp_path)
    assert (source.source_id, source.recheck_days) == ("my_city", 7)
    # The program is run where no source is enabled: it asks nobody.
    (tmp_path / "sources").mkdir()
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "sources.md", "exec"), {})


def test_every_field_of_a_source_is_explained() -> None:
    from pipeline.acquisition.sources import SCHEMA

    text = (PROJECT / "docs" / "sources.md").read_text(encoding="utf-8")
    rows = " ".join(line for line in text.splitlines() if line.startswith("| "))
    for name, field in SCHEMA["properties"].items():
        for inner in field.get("properties", {name: {}}):
            assert re.search(rf"\b{inner}\b", rows), f"{name}.{inner}"


def test_project_declares_its_expectations_folder() -> None:
    assert (Settings().expectations / "suites").is_dir()
