"""Shanxi budgets come out exactly: every amount, none too many, from PDF and from text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from pipeline.forms.disclosure import Disclosure
from pipeline.forms.family import family_named
from pipeline.forms.header import Match, match
from pipeline.forms.recognise import recognise
from pipeline.forms.wording import canon_title
from pipeline.readers.shapes import Cell, Grid, Place, Reading
from tests.accuracy.comparison import differences, reading, recognised, silent
from tests.facsimile.__main__ import file_name, manifest
from tests.facsimile.budget import Budget, load_all
from tests.facsimile.expected import STATEMENTS, expected
from tests.facsimile.forms import header_cells, header_lines, title
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text
from tests.facsimile.typeset import pdf_bytes, write_pdf

Printed = Callable[..., tuple[Reading, Disclosure]]
PROJECT = Path(__file__).parents[2]
RAW = PROJECT / "data" / "raw"
FACSIMILES = load_all()
RENDERED = PROJECT.parent / "shared" / "raw" / "rendered"

#: name -> a made-up budget: units and departments, every year, with and without each fund
SYNTHETIC = {
    "unit 2026": dict(seed=1, scope="unit", year=2026),
    "department 2023": dict(seed=2, scope="department", year=2023),
    "plain unit 2024": dict(
        seed=3, scope="unit", year=2024, with_carry_over=False, with_funds=False
    ),
    "department 2025 of every fund": dict(
        seed=4, scope="department", year=2025, with_state_capital=True, n_units=4
    ),
    "institution 2023": dict(
        seed=5, scope="unit", year=2023, with_state_capital=True, kind="institution"
    ),
    "large department 2026": dict(
        seed=6, scope="department", year=2026, with_funds=False, n_units=4, n_projects=12
    ),
}
EVERY_FUND = "department 2025 of every fund"
#: those with the most page breaks inside tables
LONG_TABLES = (EVERY_FUND, "unit 2026", "large department 2026")


@cache
def synthetic(name: str) -> Budget:
    """A made-up budget by its name."""
    return synthetic_budget(**SYNTHETIC[name])  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """A made-up budget typeset as a PDF, read and recognised, each once."""

    @cache
    def print_and_read(name: str, repeat_headers: bool) -> tuple[Reading, Disclosure]:
        path = tmp_path_factory.mktemp("pdf") / "a.pdf"
        seen = reading(write_pdf(synthetic(name), path, repeat_headers=repeat_headers))
        return seen, recognise(seen)

    return print_and_read


# Made-up budgets


@pytest.mark.parametrize(
    ("name", "repeat_headers"),
    [*((name, False) for name in SYNTHETIC), *((name, True) for name in LONG_TABLES)],
)
def test_a_made_up_budget_from_pdf(name: str, repeat_headers: bool, printed: Printed) -> None:
    seen, found = printed(name, repeat_headers)
    assert differences(found, synthetic(name)) == []
    assert seen.blind_pages == ()
    assert found.leftovers == ()
    figures = [f for s in found.statements for line in s.lines for f in line.figures]
    assert all(f.place.page and f.place.box and not f.place.line for f in figures)


@pytest.mark.parametrize("name", SYNTHETIC)
def test_a_made_up_budget_from_text(name: str, tmp_path: Path) -> None:
    budget = synthetic(name)
    path = write_text(budget, tmp_path / "a.txt")
    assert differences(recognised(path), budget) == []


@pytest.mark.parametrize("seed", range(10, 25))
def test_any_made_up_budget_from_text(seed: int, tmp_path: Path) -> None:
    budget = synthetic_budget(
        seed,
        "department" if seed % 2 else "unit",
        2023 + seed % 4,
        with_carry_over=seed % 3 > 0,
        with_funds=seed % 5 > 0,
        with_state_capital=seed % 4 > 1,
        n_projects=1 + seed % 7,
    )
    path = write_text(budget, tmp_path / "a.txt", kept_labels=range(1, seed % 14))
    assert differences(recognised(path), budget) == []


def test_every_figure_of_a_text_knows_the_line_it_stands_on(tmp_path: Path) -> None:
    path = write_text(synthetic(EVERY_FUND), tmp_path / "a.txt")
    lines = path.read_text(encoding="utf-8").split("\n")
    found = recognised(path)
    for statement in found.statements:
        for line in statement.lines:
            for figure in line.figures:
                assert figure.place.line is not None
                assert figure.text in lines[figure.place.line - 1].split("\t")


def test_every_figure_of_a_pdf_stands_on_a_page_of_its_table(printed: Printed) -> None:
    """Pages rise with the rows, and the figures of a row stand side by side."""
    _, found = printed(EVERY_FUND, False)
    for statement in found.statements:
        pages = [f.place.page for line in statement.lines for f in line.figures if not line.side]
        assert pages == sorted(pages)
        for line in statement.lines:
            boxes = [f.place.box for f in line.figures]
            assert [b.x0 for b in boxes] == sorted(b.x0 for b in boxes)
            assert len({(b.y0, b.y1) for b in boxes}) <= 1


# The committed facsimiles, and the texts they were made from


@pytest.mark.parametrize("name", FACSIMILES)
def test_a_committed_facsimile_comes_out_exactly(name: str) -> None:
    budget = FACSIMILES[name]
    assert differences(recognised(RAW / file_name(budget)), budget) == []


@pytest.mark.parametrize("name", FACSIMILES)
def test_a_facsimile_is_typeset_again_byte_for_byte(name: str) -> None:
    budget = FACSIMILES[name]
    assert pdf_bytes(budget) == (RAW / file_name(budget)).read_bytes()


def test_the_manifest_of_the_facsimiles_is_the_one_they_are_made_with() -> None:
    budgets = sorted(FACSIMILES.values(), key=lambda budget: budget.region_code)
    assert (RAW / "manifest.csv").read_text(encoding="utf-8") == manifest(budgets)


PUBLISHED = {
    "000_fb26f82e31875807.txt": "jincheng_exchange_2026",
    "002_f677152ddfc31562.txt": "datong_exchange_2026",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_text_comes_out_exactly(name: str, shared_texts: Path) -> None:
    found = recognised(shared_texts / name)
    assert differences(found, FACSIMILES[PUBLISHED[name]]) == []


@pytest.mark.parametrize("name", ["d1_calc_000.pdf", "d3_chrome_000.pdf"])
def test_a_published_budget_in_another_print_comes_out_exactly(name: str) -> None:
    """LibreOffice and Chrome printed 000: other rules, fonts and pages, the same amounts."""
    if not RENDERED.is_dir():
        pytest.skip(f"{RENDERED} is not there: no rendered PDFs to test with")
    found = recognised(RENDERED / name)
    assert silent(found, FACSIMILES["jincheng_exchange_2026"]) == []
    assert found.rejected == ()


# The form family


def test_every_form_of_the_family_is_reached(printed: Printed) -> None:
    """One made-up budget fills every form, so that each is tested by the comparisons above."""
    family = family_named("shanxi_budget")
    budget = synthetic(EVERY_FUND)
    assert {form.statement_id for form in family.forms} == {
        a.statement_id for a in expected(budget)
    }
    _, found = printed(EVERY_FUND, True)
    assert set(found.coverage.values()) == {"data"}


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
@pytest.mark.parametrize("number", STATEMENTS)
def test_titles_and_columns_of_every_form_are_declared(number: int, year: int) -> None:
    family = family_named("shanxi_budget")
    (form,) = (f for f in family.forms if f.number == f"表{number}")
    statement_id, blocks = STATEMENTS[number]
    assert form.statement_id == statement_id
    assert canon_title(title(number, year)) in form.titles
    for grid in (merged_header(number, year), flat_header(number, year)):
        found = match(grid, form)
        assert isinstance(found, Match)
        assert found.missing == ()
        printed = {
            (side.side, column): declared.name
            for column, (side, declared) in found.columns.items()
            if declared.measure
        }
        assert printed == {
            (block.side, column): measure
            for block in blocks
            for column, measure in block.measures.items()
        }


def merged_header(number: int, year: int) -> Grid:
    """The header as a PDF prints it, above one row."""
    lines = header_lines(number, year)
    cells = [
        Cell(c.row, c.column, c.text, Place(page=1), c.row_span, c.column_span)
        for c in header_cells(number, year)
    ]
    columns = len(lines[0])
    body = [Cell(len(lines), column, "x", Place(page=1)) for column in range(columns)]
    return Grid(len(lines) + 1, columns, (*cells, *body), spans_known=True)


def flat_header(number: int, year: int) -> Grid:
    """The header as a text extraction prints it, above one row."""
    lines = [["" if c in "<^" else c for c in line] for line in header_lines(number, year)]
    rows = [*lines, ["x"] * len(lines[0])]
    cells = tuple(
        Cell(r, c, text, Place()) for r, row in enumerate(rows) for c, text in enumerate(row)
    )
    return Grid(len(rows), len(lines[0]), cells, spans_known=False)
