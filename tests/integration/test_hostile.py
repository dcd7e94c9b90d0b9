"""A folder of hostile files beside good ones: each accounted for, nothing run, nothing lost."""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import steps
from pipeline.documents.formulas import FORMULA_STARTS
from pipeline.staging import readings, store, versions
from tests.builds import settings, tree
from tests.facsimile.budget import Budget
from tests.facsimile.expected import expected
from tests.facsimile.tab_grid import text_grid
from tests.integration import runs
from tests.integration.conftest import Siege
from tests.integration.hostile import BIDI, DOCUMENT, ESCAPE, SCRIPT, VICTIM, disclosure
from tests.integration.pages import Page

Amounts = Counter[tuple[object, ...]]


def amounts(ran: runs.Ran, name: str) -> Amounts:
    """What was published of a file."""
    return Counter(
        ran.rows(
            "SELECT statement_id, side, code, label, measure_id, amount_yuan, printed_text, "
            "line_kind FROM fact_amount JOIN dim_document USING (document_id) "
            f"WHERE source_name = '{name}'"
        )
    )


def known(budget: Budget) -> Amounts:
    """What must be published of a budget."""
    return Counter(
        (
            a.statement_id,
            a.side,
            a.code,
            a.label,
            a.measure_id,
            a.amount_yuan,
            a.printed_text,
            a.line_kind,
        )
        for a in expected(budget)
    )


def test_the_release_goes_out(siege: Siege) -> None:
    assert siege.ran.code == 0, siege.ran.said
    assert "Released" in siege.ran.out


#: the rows of files that gave no document; a document's own tables have rows beside it
NO_DOCUMENT = "source_name NOT IN (SELECT source_name FROM dim_document)"


def test_every_file_is_a_document_or_in_quarantine_exactly_once(siege: Siege) -> None:
    documents = [name for (name,) in siege.ran.rows("SELECT source_name FROM dim_document")]
    put_aside = [
        name
        for (name,) in siege.ran.rows(
            f"SELECT source_name FROM fact_quarantine WHERE {NO_DOCUMENT}"
        )
    ]
    good = ["部门.txt", "单位.txt", "单位.pdf", "散文.txt"]
    assert sorted(documents + put_aside) == sorted([*siege.names, *good])
    assert len(siege.names) == len(siege.files)


@pytest.mark.parametrize("name", ["部门.txt", "单位.txt", "单位.pdf"])
def test_the_good_documents_are_published_exactly(
    siege: Siege, budgets: dict[str, Budget], name: str
) -> None:
    assert amounts(siege.ran, name) == known(budgets[name])


def test_each_file_becomes_what_it_may_become(siege: Siege) -> None:
    reasons = dict(
        siege.ran.rows(f"SELECT source_name, reason FROM fact_quarantine WHERE {NO_DOCUMENT}")
    )
    wrong = {
        name: reasons.get(name, DOCUMENT)
        for name, one in siege.names.items()
        if reasons.get(name, DOCUMENT) not in one.may_be
    }
    assert not wrong


@pytest.mark.parametrize(
    ("name", "seed"),
    [("text/gbk.txt", 40), ("text/label_bidi.txt", 43), ('./=HYPERLINK("x").txt', 62)],
)
def test_a_good_disclosure_in_odd_clothes_is_published_exactly(
    siege: Siege, name: str, seed: int
) -> None:
    found, wanted = amounts(siege.ran, name), known(disclosure(seed))
    if "bidi" in name:
        found = Counter(tuple(str(v).replace("abc", "") for v in row) for row in found.elements())
        wanted = Counter(tuple(str(v) for v in row) for row in wanted.elements())
    assert found == wanted


@pytest.mark.parametrize(
    ("name", "statement", "reason"),
    [
        ("text/label_formula.txt", "expenditure", "hostile_text"),
        ("text/arabic_digits.txt", "general_expenditure_function", "cell_unparsed"),
        ("text/huge_cell.txt", "revenue", "row_unplaced"),
        ("text/wide_code.txt", "expenditure", "row_unplaced"),
    ],
)
def test_a_statement_that_cannot_be_released_is_put_aside_and_the_rest_stays(
    siege: Siege, name: str, statement: str, reason: str
) -> None:
    found = siege.ran.rows(
        "SELECT reason, state, (SELECT count(*) FROM fact_amount a WHERE a.document_id = "
        "d.document_id AND a.statement_id = q.statement_id), (SELECT count(*) FROM fact_amount a "
        "WHERE a.document_id = d.document_id) > 0 FROM fact_quarantine q JOIN dim_document d "
        "USING (document_id) JOIN fact_coverage c USING (document_id, statement_id) "
        f"WHERE d.source_name = '{name}' AND q.statement_id = '{statement}'"
    )
    assert found == [(reason, "unreadable", 0, True)]


def test_the_report_runs_and_loads_nothing_and_shows_hostile_text_as_text(siege: Siege) -> None:
    page = Page(siege.ran.release / "quality" / "index.html")
    assert page.strange == []
    assert SCRIPT in page.text
    assert not runs.unprintable(page.text)


def test_no_cell_of_a_csv_would_run_in_a_spreadsheet(siege: Siege) -> None:
    figure = set("0123456789.,")
    for path in (siege.ran.release / "csv").iterdir():
        with path.open(encoding="utf-8", newline="") as stream:
            cells = {cell for row in csv.reader(stream) for cell in row}
        starts = {c for c in cells if c.startswith(FORMULA_STARTS) and not set(c[1:]) <= figure}
        assert not starts, path.name


def test_no_released_text_holds_control_characters_or_marks_that_turn_text(siege: Siege) -> None:
    for name in ("fact_amount", "dim_document", "dim_unit", "fact_quarantine", "fact_check"):
        texts = [v for row in siege.ran.rows(f"FROM {name}") for v in row if isinstance(v, str)]
        assert not runs.unprintable("".join(texts)), name


def test_nothing_that_does_more_than_show_itself_reaches_a_terminal(siege: Siege) -> None:
    assert not runs.unprintable(siege.ran.out)
    assert not runs.unprintable(siege.ran.err.replace("\r", ""))


def test_raw_files_are_only_read(siege: Siege) -> None:
    folder = siege.ran.curated.with_name("raw")
    found = {os.fsencode(name): data for name, data in tree(folder).items()}
    regular = {n: one.content for n, one in siege.files.items() if one.content is not None}
    assert {name: found[name] for name in regular} == regular
    assert not list(siege.ran.curated.parent.rglob("escape.txt"))


def test_inspecting_a_hostile_file_shows_it_harmlessly(siege: Siege, tmp_path: Path) -> None:
    path = tmp_path / f"{ESCAPE}{BIDI}.txt".replace("/", "")
    path.write_bytes(siege.files[b"text/label_escape.txt"].content or b"")
    ran = runs.invoke(tmp_path, "inspect", str(path), "--statement", "expenditure")
    assert ran.code == 0
    assert "支出总表" in ran.out
    assert not runs.unprintable(ran.said)


def test_no_worker_and_nothing_of_one_is_left(siege: Siege) -> None:
    """Neither drafts in the staging folder, nor desks in the folder for temporary files."""
    assert not [path for path in siege.desks.iterdir() if path.name.startswith("yusuan-")]
    staging = siege.ran.curated / "staging"
    assert not [path for path in staging.rglob("*") if path.name.startswith(".")]
    assert all(store.is_sound(staging, path.parent.name) for path in staging.rglob(store.CHECKSUMS))
    places = {version.name for version in staging.iterdir()}
    assert places <= {versions.extract_version(k) for k in versions.KINDS} | {readings.FOLDER}


def test_every_refusal_is_kept_so_that_no_file_is_read_again(siege: Siege) -> None:
    """The next night reads nothing: each hostile file cost what it cost once."""
    chosen = settings(siege.ran.curated.with_name("raw"), siege.ran.curated)
    intake = steps.take_in(replace(chosen, curated=siege.desks / "again"))
    staging = siege.ran.curated / "staging"
    unread = [d.source_name for d in intake.documents if not store.is_sound(staging, d.document_id)]
    assert unread == []


def test_the_label_that_hostile_labels_replace_is_printed() -> None:
    assert text_grid(disclosure(41)).count(f"{VICTIM}\t") >= 3
