"""The same inputs and the same code give the same bytes, wherever and however they are built."""

from __future__ import annotations

import pytest

from pipeline.settings import PROJECT
from tests.builds import Built, tree
from tests.integration import runs
from tests.integration.conftest import Elsewhere


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_parquet_and_csv_are_the_same_bytes(base: Built, elsewhere: Elsewhere, kind: str) -> None:
    here, there = tree(base.release / kind), tree(elsewhere.ran.release / kind)
    assert sorted(here) == sorted(there)
    assert [name for name in here if here[name] != there[name]] == []


def test_the_gate_and_the_report_say_the_same(base: Built, elsewhere: Elsewhere) -> None:
    here, there = tree(base.release / "quality"), tree(elsewhere.ran.release / "quality")
    assert here["index.html"] == there["index.html"]


def test_nothing_in_the_data_tells_the_version_or_the_day(base: Built) -> None:
    version = base.release.name.encode()
    for kind in ("parquet", "csv"):
        found = tree(base.release / kind)
        assert [name for name, data in found.items() if version in data] == []


def test_a_build_says_what_it_did(elsewhere: Elsewhere, base: Built) -> None:
    out = elsewhere.ran.out
    (amounts,) = base.rows("SELECT count(*) FROM fact_amount")[0]
    assert elsewhere.ran.code == 0, elsewhere.ran.said
    for said in (
        "3 of 4 readable files",
        f"{amounts:,}: ",
        "proved",
        "exact",
        "1 files",
        "散文.txt",
    ):
        assert said in out
    assert f"Released {elsewhere.ran.release.name}" in out
    assert not runs.unprintable(elsewhere.ran.said.replace("\r", ""))


def test_paths_are_not_broken_where_nobody_watches(elsewhere: Elsewhere) -> None:
    """Logs are searched and copied from."""
    release = f"{elsewhere.folder}/out/releases/{elsewhere.ran.release.name}"
    assert f"Release: {release}\n" in elsewhere.ran.out
    assert f"Report:  {release}/quality/index.html\n" in elsewhere.ran.out


def test_a_build_writes_into_its_own_folder_and_nowhere_else(elsewhere: Elsewhere) -> None:
    found = {path.name for path in (elsewhere.folder / "out").iterdir()}
    assert found == {".lock", "latest", "register.sqlite", "releases", "staging", "work"}
    assert elsewhere.left_behind == []
    assert tree(PROJECT / "data") == elsewhere.own_data
