"""Claims of real disclosures against answers read from the page, figure by figure.

The answers hold figures, labels and our own words for what they measure; the documents are not in
the repository, so each test skips, saying so, where its file is not beside it. Every contradiction
that is found in the sample was looked at in the document; a new one must be looked at too.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.document import Document, Refusal
from pipeline.documents.intake import Intake, take_in
from pipeline.identities.declaration import load_catalogue
from pipeline.identities.engine import run
from pipeline.ledger import books
from pipeline.settings import Settings
from pipeline.staging.extract import extract
from pipeline.staging.tables import concat
from tests.accuracy.test_answers import SHARED, document, files
from tests.facsimile.budget import Budget
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import text_grid

ANSWERS = Path(__file__).parent / "answers" / "claims"
NAMES = sorted(path.stem for path in ANSWERS.glob("*.csv") if path.stem != "contradictions")
COLUMNS = ("place", "subject", "measure", "value", "unit", "direction", "verdict")
GOAL = 0.995


@cache
def told(*names: str) -> tuple[dict[str, Any], ...]:
    """The released claims of some documents, entered together."""
    documents = [document(name) for name in names]
    staged = concat([extract(one) for one in documents])
    ledger = books.build(Intake(tuple(documents), ()), staged, [])
    results = run(ledger.books, load_catalogue(Settings().expectations / "identities"))
    return tuple(books.told(ledger, results.proofs)["fact_claim"].iter_rows(named=True))


def as_answer(row: dict[str, Any]) -> tuple[str, ...]:
    """A claim as the answers write it."""
    place = row["page"] or row["source_line"]
    return (str(place), *(row[name] or "" for name in COLUMNS[1:]))


def answers(name: str) -> Counter[tuple[str, ...]]:
    """The written answers of one document."""
    with (ANSWERS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return Counter(tuple(row[column] for column in COLUMNS) for row in csv.DictReader(stream))


def with_tables(name: str) -> tuple[str, ...]:
    """A document, and the file that holds its tables where that is another."""
    with (ANSWERS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        first = next(csv.DictReader(stream))
    return (name, first["tables"]) if first.get("tables") else (name,)


@pytest.mark.parametrize("name", NAMES)
def test_claims_are_complete_and_exact(name: str) -> None:
    expected = answers(name)
    found = Counter(as_answer(r) for r in told(*with_tables(name)) if r["document_id"] == name)
    right = (expected & found).total()
    differences = [*((expected - found).elements()), "but found", *((found - expected).elements())]
    assert right >= GOAL * expected.total(), differences
    assert right >= GOAL * found.total(), differences


def test_every_contradiction_was_looked_at_in_the_source() -> None:
    """All files of the sample that are quick to read, held against each other."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there; its contradictions cannot be checked")
    quick = [
        name for name, path in sorted(files().items()) if path.suffix == ".pdf" and is_read(name)
    ]
    found = {
        (row["document_id"], *as_answer(row)[:4])
        for row in told(*quick)
        if row["verdict"] == "contradicts"
    }
    with (ANSWERS / "contradictions.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    known = {tuple(row[n] for n in ("document_id", *COLUMNS[:4])) for row in rows}
    assert found == known


def is_read(name: str) -> bool:
    """Whether a sample file is a disclosure that has prose: templates and renderings have none."""
    path = files()[name]
    if path.parent.name == "rendered":
        return False
    one: Document = document(name)
    try:
        return not extract(one).documents.is_empty()
    except Refusal:
        return False


@pytest.mark.parametrize("seed", range(4))
def test_prose_that_repeats_its_tables_contradicts_nothing(tmp_path: Path, seed: int) -> None:
    """Made-up budgets state what their tables print: all is recognised, nothing contradicts."""
    path = tmp_path / "budget.txt"
    path.write_text(text_grid(synthetic_budget(seed)), encoding="utf-8")
    intake = take_in(tmp_path)
    ledger = books.build(intake, concat([extract(one) for one in intake.documents]), [])
    results = run(ledger.books, load_catalogue(Settings().expectations / "identities"))
    claims = books.told(ledger, results.proofs)["fact_claim"]
    verdicts = Counter(claims.get_column("verdict"))
    assert verdicts["agrees"] > 40
    assert verdicts["contradicts"] == 0
    assert "unrecognised" not in set(claims.get_column("subject"))


def changes(folder: Path, budget: Budget, stated: Budget, held: Budget) -> list[tuple[str, ...]]:
    """The changes that a budget states from one earlier budget, held against another."""
    (folder / "a.txt").write_text(text_grid(budget, before=stated), encoding="utf-8")
    (folder / "b.txt").write_text(text_grid(held), encoding="utf-8")
    intake = take_in(folder)
    ledger = books.build(intake, concat([extract(one) for one in intake.documents]), [])
    results = run(ledger.books, load_catalogue(Settings().expectations / "identities"))
    claims = books.told(ledger, results.proofs)["fact_claim"].filter(measure="change")
    return claims.sort("source_line").select("subject", "verdict", "reason").rows()


def test_changes_are_held_against_last_years_document(tmp_path: Path) -> None:
    """A made-up unit's budgets of two years; a third stands for one that was revised since."""
    budget = synthetic_budget(7, year=2026)
    before = synthetic_budget(7, year=2025, n_projects=6)
    revised = synthetic_budget(7, year=2025, n_projects=5)
    said = "last year's document prints it"
    assert changes(tmp_path, budget, before, before) == [
        ("total_revenue", "agrees", said),
        ("fiscal_both", "agrees", said),
    ]
    subjects, verdicts, reasons = zip(*changes(tmp_path, budget, before, revised), strict=True)
    assert subjects == ("total_revenue", "fiscal_both")
    assert set(verdicts) == {"untestable"}
    assert all("last year's" in reason and "prints" in reason for reason in reasons)
