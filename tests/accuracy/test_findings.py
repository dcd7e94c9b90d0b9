"""Findings in published documents, which are not part of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.documents.intake import take_in
from pipeline.findings.explain import explain
from pipeline.identities.declaration import load_catalogue
from pipeline.ledger import books
from pipeline.settings import PROJECT
from pipeline.staging.extract import extract

SHANGHAI = PROJECT.parent / "shared" / "raw" / "shanghai"
MISPRINTED = "普陀区2024年预算单位_16页.pdf"


@pytest.fixture
def misprinted(tmp_path: Path) -> Path:
    """A folder with the one document that prints a code wrongly."""
    if not (SHANGHAI / MISPRINTED).is_file():
        pytest.skip(f"{SHANGHAI} is not there: no published documents to test with")
    (tmp_path / MISPRINTED).write_bytes((SHANGHAI / MISPRINTED).read_bytes())
    return tmp_path


def test_a_code_that_a_publisher_misprinted_twice_is_one_finding(misprinted: Path) -> None:
    """Two tables print 71102 where a third prints 2101102 beside the same name and figure."""
    intake = take_in(misprinted)
    (document,) = intake.documents
    ledger = books.build(intake, extract(document), [])
    declarations = load_catalogue(PROJECT / "expectations" / "identities")
    (finding,) = explain(ledger.books, declarations)
    assert (finding.kind, finding.unique) == ("code", True)
    (explanation,) = finding.explanations
    assert explanation.detail == "71102 → 2101102"
    assert {change.statement_id for change in explanation.changes} == {
        "expenditure",
        "general_expenditure_function",
    }
    assert all(change.printed == change.value for change in explanation.changes)
    assert len(finding.checks) == len(explanation.restores) > 10
