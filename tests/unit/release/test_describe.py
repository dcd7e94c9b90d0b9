"""What a release says of itself where the ordinary fixture cannot show it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from pipeline.release import changes, describe
from pipeline.release.describe import summarise
from pipeline.settings import Settings
from tests.builds import Built, database

WARNING = "made from facsimiles"


def described(base: Built, folder: Path, sql: str) -> str:
    """The README of a release whose warehouse was changed by `sql`."""
    warehouse = folder / "w.duckdb"
    shutil.copyfile(base.settings.warehouse, warehouse)
    with database(warehouse) as connection:
        connection.execute(sql)
    release = folder / "release"
    shutil.copytree(base.release, release)
    day, version = date(2026, 3, 2), "2026.03.02"
    expectations = Settings().expectations
    describe.write_pages(release, version, day, summarise(warehouse), "notes", expectations)
    return (release / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("sql", "warns"),
    [("SELECT 1", False), ("UPDATE dim_document SET origin = 'facsimile'", True)],
    ids=["published", "facsimile"],
)
def test_a_release_of_facsimiles_says_so_first(
    base: Built, tmp_path: Path, sql: str, warns: bool
) -> None:
    head = described(base, tmp_path, sql).split("## Files")[0]
    assert (WARNING in head) is warns


def test_the_counts_are_those_of_the_warehouse(base: Built) -> None:
    found = summarise(base.settings.warehouse)
    assert (found.documents, found.quarantined_files, found.origins) == (3, 1, ("published",))
    assert found.amounts == sum(found.proofs.values()) == found.rows["fact_amount"]
    assert sum(found.verdicts.values()) == found.rows["fact_check"]
    assert sum(found.statements.values()) == found.rows["fact_coverage"]
    assert found.verdicts["crashed"] == found.proofs["repaired"] == 0


def test_a_file_name_cannot_end_the_code_it_stands_in(base: Built, tmp_path: Path) -> None:
    """Names stand between backquotes in the changelog."""
    last = tmp_path / "last"
    shutil.copytree(base.release, last)
    with database(tmp_path / "w.duckdb") as connection:
        path = last / "parquet" / "dim_document.parquet"
        connection.execute(
            f"CREATE TABLE t AS SELECT * REPLACE (document_id || 'x' AS document_id, "
            f"'a`**b**`<script>' AS source_name) FROM read_parquet('{path}')"
        )
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    notes = changes.notes(base.release, last)
    assert notes.count("- document gone:") == 3
    for line in notes.splitlines():
        if line.startswith("- document gone:"):
            assert line.count("`") == 2
            assert line.endswith("`a**b**<script>`")
