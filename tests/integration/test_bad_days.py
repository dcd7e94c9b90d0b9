"""Full disks, and hands that start a step out of turn: what stands is never harmed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import duckdb
import pytest

from pipeline import steps
from pipeline.release import versions
from pipeline.warehouse.build import connect
from tests.builds import Built, full_disk, relabelled, settings, tree
from tests.integration.conftest import Stopped

KIB = 1024


def amounts_in(warehouse: Path) -> int:
    """How many amounts a warehouse holds."""
    with connect(warehouse, read_only=True) as connection:
        (count,) = connection.execute("SELECT count(*) FROM fact_amount").fetchall()[0]
    return int(count)


@pytest.mark.parametrize("after", [100 * KIB, 2000 * KIB])
def test_a_disk_that_is_full_while_assembling_leaves_the_warehouse(
    copied: Built, after: int
) -> None:
    before = amounts_in(copied.settings.warehouse)
    with full_disk(after):
        try:
            steps.assemble(copied.settings)
            told = False
        except (OSError, duckdb.Error):
            told = True
    assert amounts_in(copied.settings.warehouse) == before
    assert told


@pytest.mark.parametrize("after", [2 * KIB, 40 * KIB, 300 * KIB, 3000 * KIB])
def test_a_disk_that_is_full_while_publishing_leaves_the_release(copied: Built, after: int) -> None:
    curated = copied.settings.curated
    relabelled(curated / "latest")
    before = tree(curated / "latest")
    with full_disk(after), pytest.raises((OSError, duckdb.Error, sqlite3.Error)):
        steps.publish(copied.settings)
    assert tree(curated / "latest") == before
    published = steps.publish(copied.settings)
    assert published.changed
    assert versions.latest(curated) == published.path
    assert not list((curated / "releases").glob(".*"))


def test_what_the_gate_stopped_cannot_be_published_out_of_turn(
    stopped: Stopped, tmp_path: Path
) -> None:
    shutil.copytree(stopped.settings.curated, tmp_path / "curated", symlinks=True)
    chosen = settings(stopped.settings.raw, tmp_path / "curated", strict=True)
    shutil.rmtree(chosen.curated / "releases")
    (chosen.curated / "latest").unlink()
    with pytest.raises(Exception, match=r"expenditure_row|stopped|gate"):
        steps.publish(chosen)


def test_a_raw_folder_full_of_things_that_are_no_files_hangs_nobody(
    base: Built, tmp_path: Path
) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "broken.pdf").symlink_to("/nowhere/at/all")
    (raw / "loop.pdf").symlink_to("loop.pdf")
    (raw / "endless.txt").symlink_to("/dev/zero")
    (raw / "folder").symlink_to(base.settings.raw, target_is_directory=True)
    os.mkfifo(raw / "pipe.pdf")
    intake = steps.take_in(settings(raw, tmp_path / "curated"))
    assert intake.documents == ()
    assert {q.source_name for q in intake.quarantine} == {p.name for p in raw.iterdir()}
