"""Handlers and telephone numbers: fictitious ones stand in the test disclosures, and stay there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.builds import Built
from tests.facsimile.prose import FICTITIOUS_HANDLER, FICTITIOUS_LEADER, FICTITIOUS_TELEPHONE
from tests.integration import runs
from tests.integration.conftest import Siege
from tests.integration.hostile import HOTLINE

PERSONAL = (FICTITIOUS_LEADER, FICTITIOUS_HANDLER, FICTITIOUS_TELEPHONE)


def traces(folder: Path) -> list[tuple[str, str]]:
    """Files below a folder that hold something personal, in their bytes or in their rows."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes() + "\n".join(texts(path)).encode()
        found += [(path.name, word) for word in PERSONAL if word.encode() in content]
    return found


def texts(path: Path) -> Iterator[str]:
    """Every text of a Parquet or DuckDB file, whose bytes are compressed."""
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
        for name in frame.select(pl.col(pl.String)).columns:
            yield from frame[name].drop_nulls()
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            for (name,) in connection.execute("SHOW TABLES").fetchall():
                yield from (str(row) for row in connection.execute(f"FROM {name}").fetchall())


def test_the_disclosures_have_what_must_not_get_out(base: Built) -> None:
    text = (base.settings.raw / "单位.txt").read_text(encoding="utf-8")
    assert all(word in text for word in PERSONAL)


def test_no_file_that_a_build_makes_holds_a_handler_or_a_telephone(base: Built) -> None:
    """Releases, staged results, work in progress, report, logs."""
    suffixes = {path.suffix for path in base.settings.curated.rglob("*")}
    assert {".parquet", ".csv", ".duckdb", ".html", ".json", ".md", ".pickle"} <= suffixes
    assert traces(base.settings.curated) == []


def test_a_finder_that_finds_nothing_is_no_proof(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": [f"经办人：{FICTITIOUS_HANDLER}"] * 100})
    frame.write_parquet(tmp_path / "a.parquet", compression="zstd")
    with duckdb.connect(str(tmp_path / "b.duckdb")) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT '{FICTITIOUS_TELEPHONE}' AS x")
    (tmp_path / "c.log").write_text(FICTITIOUS_LEADER, encoding="utf-8")
    assert {name for name, _ in traces(tmp_path)} == {"a.parquet", "b.duckdb", "c.log"}


SPOILT = """
    SELECT {} FROM {} t JOIN dim_document d USING (document_id)
    WHERE d.source_name = '联系▮▮▮.txt'
"""


def test_a_telephone_in_a_label_puts_its_statement_aside_and_the_release_goes_out(
    siege: Siege,
) -> None:
    assert siege.ran.code == 0, siege.ran.said
    put_aside = siege.ran.rows(SPOILT.format("statement_id, stage, reason", "fact_quarantine"))
    assert put_aside == [("projects", "forms", "personal_data")]
    states = dict(siege.ran.rows(SPOILT.format("statement_id, state", "fact_coverage")))
    assert states["projects"] == "unreadable"
    assert states["expenditure"] == "data"
    published = {s for (s,) in siege.ran.rows(SPOILT.format("statement_id", "fact_amount"))}
    assert "projects" not in published
    assert "expenditure" in published


def test_it_stands_in_no_released_or_staged_file_and_on_no_screen(siege: Siege) -> None:
    curated = siege.ran.curated
    for folder in (siege.ran.release, curated / "staging", curated / "work" / "quality"):
        assert traces(folder) == []
    assert "personal_data" in siege.ran.out
    assert not [word for word in PERSONAL if word in siege.ran.said]


def test_inspecting_shows_that_there_is_something_and_not_what(siege: Siege) -> None:
    path = siege.ran.curated.with_name("raw") / HOTLINE
    ran = runs.invoke(siege.ran.curated, "inspect", str(path))
    assert ran.code == 0
    assert "Quarantine: projects: personal_data" in ran.out
    assert not [word for word in PERSONAL if word in ran.said]


@pytest.mark.parametrize("content", [b"", b"no table here\n"], ids=["refused", "quarantined"])
def test_a_telephone_in_a_file_name_is_not_shown(tmp_path: Path, content: bytes) -> None:
    (tmp_path / HOTLINE).write_bytes(content)
    ran = runs.invoke(tmp_path, "inspect", str(tmp_path / HOTLINE))
    assert ran.code == 0
    assert FICTITIOUS_TELEPHONE not in ran.out
