"""Real disclosures of each family: nothing breaks but what is wrong on paper, and most is pinned.

The documents are not in the repository: each test skips, saying so, where its file is not there.
They are found by content, never by name.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from pipeline.documents import media
from pipeline.documents.document import Document
from pipeline.documents.intake import Intake
from pipeline.identities.books import Books
from pipeline.identities.engine import Results, run
from pipeline.ledger import books as ledger
from pipeline.settings import PROJECT
from pipeline.staging.extract import extract
from tests.unit.identities.support import catalogue, unmoved

SHARED = PROJECT.parent / "shared" / "raw"
#: first digits of the SHA-256 -> the family, and the share of its figures that must be proved
#: (what cannot be: single columns of more than five rounded figures, and the operating costs of a
#: department with institutions)
DOCUMENTS = {
    "2baf474e2d655648": ("jiangsu_budget", "1"),
    "a7aeca568d65a104": ("jiangsu_budget", "0.95"),
    "6a138c25953bd95f": ("shanghai_budget", "0.99"),
    "af3bb6f5cf3c8c7f": ("shanghai_budget", "1"),
    "d45e923176f9fe4b": ("final_account", "0.91"),
}
# On paper two tables print a code as 7 11 02 that a third prints as 210 11 02.
IRREGULAR = "b302f0a0ac964398"


@cache
def files() -> dict[str, Path]:
    """The real PDFs by document id."""
    found = (path for path in SHARED.rglob("*.pdf") if path.is_file())
    return {hashlib.sha256(path.read_bytes()).hexdigest()[:16]: path for path in found}


@cache
def read(document_id: str) -> tuple[Books, Results]:
    """The books of a real document and what the identities say, or a skip."""
    path = files().get(document_id)
    if path is None:
        pytest.skip(f"{SHARED} has no document {document_id}")
    data = path.read_bytes()
    document = Document(
        document_id=document_id,
        source_name=f"{document_id}.pdf",
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        byte_size=len(data),
        media_type=media.sniff(data[:4096]),
    )
    found = ledger.build(Intake((document,), ()), extract(document), []).books
    return found, run(found, list(catalogue().values()))


def broken(results: Results) -> pl.DataFrame:
    """The checks that break or crashed."""
    return results.checks.filter(pl.col("verdict").is_in(["breaks", "crashed"]))


@pytest.mark.parametrize("document_id", DOCUMENTS)
def test_nothing_breaks_and_most_is_proved(document_id: str) -> None:
    found, results = read(document_id)
    family, least = DOCUMENTS[document_id]
    assert set(found.coverage["form"].drop_nulls()) == {family}
    assert broken(results).select("identity_id", "subject").rows() == []
    proved = results.proofs.filter(pl.col("proof") == "proved").height
    assert proved >= float(least) * found.cells.height


@pytest.mark.parametrize("document_id", list(DOCUMENTS)[::2])
def test_no_proved_figure_can_move_unnoticed(document_id: str) -> None:
    assert unmoved(read(document_id)[0], every=5) == []


def test_what_is_wrong_on_paper_breaks_and_nothing_else() -> None:
    _, results = read(IRREGULAR)
    wrong = broken(results)
    assert set(wrong["statement_id"]) == {
        "expenditure",
        "general_expenditure_function",
        "revenue",
    }
    assert set(wrong["residual"].abs().cast(pl.String)) <= {"503724.00", "1.00"}
    subjects = set(wrong["subject"].str.split(" ").list.first())
    assert subjects == {"合计", "缺", "2101102", "71102"}
