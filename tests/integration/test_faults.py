"""A handful of the faults that `python -m benchmarks.faults` injects by the hundred.

In a process of its own: nights are forked there, and a process that has worked has threads that a
fork would lose.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.nights import bench
from benchmarks.nights.small import Broken, Place
from pipeline.settings import PROJECT
from tests.builds import Built


@pytest.mark.parametrize("kinds", [["boundaries", "instants"], ["last_release", "two_at_once"]])
def test_a_few_faults_of_each_kind_are_survived(kinds: list[str]) -> None:
    words = ["-m", "benchmarks.faults", "--most", "1", "--instants", "1", "--only", *kinds]
    ran = subprocess.run(
        [sys.executable, *words], cwd=PROJECT, capture_output=True, text=True, timeout=900
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    rows = [line for line in ran.stdout.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(kinds), ran.stdout
    assert "NOT SURVIVED" not in ran.stdout


# --- the judge must be able to say no ----------------------------------------------------------


def test_a_damaged_release_is_seen(copied: Built) -> None:
    bench.readable(copied.settings.curated)
    (copied.settings.curated / "latest" / "csv" / "dim_unit.csv").write_text("other")
    with pytest.raises(Broken, match=r"csv/dim_unit\.csv is damaged"):
        bench.readable(copied.settings.curated)


def test_what_lies_about_is_seen(copied: Built) -> None:
    bench.check_tidy(copied.settings.curated)
    for left in ("releases/.draft-2026.01.01", "staging/0123456789ab/00/.0000.1"):
        (copied.settings.curated / left).mkdir(parents=True)
        with pytest.raises(Broken, match="left behind"):
            bench.check_tidy(copied.settings.curated)
        shutil.rmtree(copied.settings.curated / left)


def test_a_lost_document_and_a_night_that_seems_to_run_are_seen(copied: Built) -> None:
    place = Place(copied.settings.curated.parent)
    judge = bench.Bench(Path("."), place, "", documents=99, seconds=1.0)
    with pytest.raises(Broken, match="documents of 99 known"):
        judge.check_register(place.curated)


def test_a_fault_that_is_not_survived_is_counted_and_named(tmp_path: Path, copied: Built) -> None:
    judge = bench.Bench(tmp_path / "bench", Place(copied.settings.curated.parent), "", 1, 1.0)
    with judge.trial("a kind", "a name"):
        raise Broken("it fell over")
    assert judge.tally == {"a kind": [1, 0]}
    assert judge.failures == ["a kind: a name: it fell over"]
