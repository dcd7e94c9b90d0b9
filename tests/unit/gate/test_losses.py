"""What the gate says where a document of the last release is no longer in this one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.gate import rules, run
from pipeline.settings import PROJECT
from tests.builds import database
from tests.unit.gate.conftest import Loose

FACTS = ("fact_amount", "fact_check", "fact_coverage")
CONTINUITY = [
    rule for rule in rules.load(PROJECT / "expectations") if rule.suite in ("continuity", "content")
]


def told(
    loose: Loose, folder: Path, *, then: str, known: list[dict[str, Any]] | None = None
) -> dict[str, str]:
    """Rules that fail, with their severity, once the first document is gone; `then` is SQL."""
    warehouse = folder / "without.duckdb"
    shutil.copyfile(loose.warehouse, warehouse)
    with database(warehouse) as connection:
        row = connection.execute(
            "SELECT document_id, sha256, source_name FROM dim_document ORDER BY document_id"
        ).fetchone()
        assert row is not None
        document_id, sha256, name = row
        connection.execute(
            "DELETE FROM fact_check_term WHERE check_id IN "
            "(SELECT check_id FROM fact_check WHERE document_id = ?)",
            [document_id],
        )
        for table in (*FACTS, "dim_document"):
            connection.execute(f"DELETE FROM {table} WHERE document_id = ?", [document_id])
        connection.execute(then.format(sha256=sha256, name=name, document_id=document_id))
    losses = [{"document_id": document_id, **loss} for loss in known or []]
    pins = {"known_breaks": [], "known_losses": losses}
    examined = run.examine(warehouse, CONTINUITY, pins, loose.last)
    assert not [one.rule.id for one in examined if one.crashed]
    return {one.rule.id: one.rule.severity for one in examined if one.violations}


def quarantined(reason: str) -> str:
    """SQL for a quarantine entry of the document that is gone."""
    return (
        "INSERT INTO fact_quarantine VALUES ('ffffffffffffffff', '{name}', '{sha256}', NULL, "
        f"NULL, 'readers', '{reason}', 'why')"
    )


def test_a_document_that_is_simply_gone_stops_the_export(loose: Loose, tmp_path: Path) -> None:
    assert told(loose, tmp_path, then="SELECT 1") == {"documents_kept": "critical"}


def test_a_document_withdrawn_in_the_manifest_may_go(loose: Loose, tmp_path: Path) -> None:
    assert told(loose, tmp_path, then=quarantined("withdrawn")) == {}


def test_a_document_that_stewards_let_go_may_go(loose: Loose, tmp_path: Path) -> None:
    assert told(loose, tmp_path, then="SELECT 1", known=[{"what": "document"}]) == {}


def test_leave_to_lose_rows_is_no_leave_to_lose_the_document(loose: Loose, tmp_path: Path) -> None:
    found = told(loose, tmp_path, then="SELECT 1", known=[{"what": "rows"}])
    assert found == {"documents_kept": "critical"}


@pytest.mark.parametrize("reason", ["reader_failed", "nothing_recognised", "unreadable_file"])
def test_a_document_that_can_no_longer_be_read_does_not_go_unnoticed(
    loose: Loose, tmp_path: Path, reason: str
) -> None:
    assert told(loose, tmp_path, then=quarantined(reason))


def test_a_file_replaced_by_one_that_says_less_does_not_go_unnoticed(
    loose: Loose, tmp_path: Path
) -> None:
    other = (
        "INSERT INTO dim_document SELECT * REPLACE ('ffffffffffffffff' AS document_id, "
        "'f' AS sha256, '{name}' AS source_name) FROM dim_document ORDER BY document_id LIMIT 1"
    )
    assert {"documents_kept", "rows_kept"} & set(told(loose, tmp_path, then=other))
