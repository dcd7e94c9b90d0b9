"""The whole ledger: parts of a disclosure, versions of it, and what was put aside."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.documents.document import Document, Quarantined
from pipeline.documents.intake import Intake
from pipeline.ledger import books
from pipeline.schema.catalogue import tables
from pipeline.staging.extract import extract
from pipeline.staging.tables import concat
from tests.facsimile.budget import Budget, replace_figure
from tests.facsimile.forms import title
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import text_grid

BUDGET = synthetic_budget(1, n_projects=2)


def document(folder: Path, name: str, text: str) -> Document:
    """A text as a document; its id tells its name."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    key = name.encode().hex().ljust(16, "0")[:16]
    return Document(key, name, path, key * 4, path.stat().st_size, "text/plain")


def ledger(*documents: Document, refused: list[Quarantined] | None = None) -> books.Ledger:
    """The ledger of documents."""
    staged = concat([extract(d) for d in documents])
    return books.build(Intake(documents, ()), staged, refused or [])


def parts(budget: Budget) -> tuple[str, str]:
    """One disclosure in two files: 表1 to 表6, and 表7 to the end, each with the cover."""
    text = text_grid(budget)
    start, middle = text.rindex(title(1, budget.year)), text.rindex(title(7, budget.year))
    return text[:middle], text[:start] + text[middle:]


@pytest.fixture(scope="module")
def in_parts(tmp_path_factory: pytest.TempPathFactory) -> books.Ledger:
    folder = tmp_path_factory.mktemp("parts")
    first, second = parts(BUDGET)
    return ledger(document(folder, "a.txt", first), document(folder, "b.txt", second))


def test_parts_of_a_disclosure_both_hold_and_give_what_the_whole_gives(
    in_parts: books.Ledger, tmp_path: Path
) -> None:
    frame = in_parts.tables["dim_document"]
    assert frame["is_current"].to_list() == [True, True]
    assert frame["disclosure_id"].n_unique() == 1
    whole = ledger(document(tmp_path, "whole.txt", text_grid(BUDGET)))
    columns = ["statement_id", "side", "code", "label", "measure_id", "amount_yuan"]
    key = pl.struct(columns).sort()
    assert in_parts.amounts.select(key).equals(whole.amounts.select(key))


def test_what_one_part_prints_is_not_absent_from_the_disclosure(in_parts: books.Ledger) -> None:
    coverage = in_parts.tables["fact_coverage"]
    printed = set(coverage.filter(pl.col("state") != "absent")["statement_id"])
    absent = set(coverage.filter(state="absent")["statement_id"])
    assert not printed & absent


def test_a_version_that_cannot_be_read_is_current_all_the_same_and_says_so(tmp_path: Path) -> None:
    """The later file holds; that its statement is unreadable is told, never hidden."""
    good = text_grid(BUDGET)
    header = title(3, BUDGET.year)
    start = good.rindex(header)
    spoilt = good[:start] + good[start:].replace("基本支出", "基本花销", 1)
    found = ledger(document(tmp_path, "a.txt", good), document(tmp_path, "b.txt", spoilt))
    current = found.tables["dim_document"].filter("is_current")
    assert current["source_name"].to_list() == ["b.txt"]
    states = found.tables["fact_coverage"].filter(statement_id="expenditure").sort("document_id")
    assert states["state"].to_list() == ["data", "unreadable"]
    reasons = found.tables["fact_quarantine"]
    assert reasons.select("source_name", "statement_id", "reason").rows() == [
        ("b.txt", "expenditure", "header_unknown")
    ]


def test_every_frame_of_the_ledger_is_a_released_table_in_released_form(
    in_parts: books.Ledger,
) -> None:
    proved = {"fact_amount", "fact_check", "fact_check_term", "fact_finding", "fact_finding_cell"}
    made = proved | {"fact_claim", "fact_quantity"}
    assert set(in_parts.tables) | made == set(tables())
    for name, frame in in_parts.tables.items():
        assert dict(frame.schema) == tables()[name].schema, name


def test_what_the_pool_gave_up_stands_in_quarantine_without_a_document(tmp_path: Path) -> None:
    good = document(tmp_path, "a.txt", text_grid(BUDGET))
    bad = Quarantined("b.pdf", "readers", "reader_failed", "killed", sha256="b" * 64)
    found = ledger(good, refused=[bad]).tables["fact_quarantine"]
    assert found.select("source_name", "document_id", "statement_id", "reason").rows() == [
        ("b.pdf", None, None, "reader_failed")
    ]


def test_a_ledger_without_a_document_is_empty_and_whole() -> None:
    found = books.build(Intake((), ()), concat([]), [])
    assert found.amounts.is_empty()
    assert found.tables["dim_document"].is_empty()
    assert found.tables["dim_region"].height > 3000


def test_what_a_later_version_changed_is_listed(tmp_path: Path) -> None:
    old, new = text_grid(BUDGET), text_grid(replace_figure(BUDGET, 12, BUDGET.unit_name, 1, "0.01"))
    found = ledger(document(tmp_path, "a.txt", old), document(tmp_path, "b.txt", new))
    revised = found.tables["fact_revision"]
    documents = dict(found.tables["dim_document"].select("source_name", "document_id").iter_rows())
    (row,) = revised.iter_rows(named=True)
    assert (row["old_document_id"], row["new_document_id"]) == (
        documents["a.txt"],
        documents["b.txt"],
    )
    assert (row["statement_id"], row["measure_id"], row["change"]) == (
        "projects",
        "total",
        "changed",
    )
    assert str(row["new_amount_yuan"]) == "100.00"
    amounts = dict(found.amounts.select("amount_id", "amount_yuan").iter_rows())
    assert amounts[row["old_amount_id"]] == row["old_amount_yuan"]
