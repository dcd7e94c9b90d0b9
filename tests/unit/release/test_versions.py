"""Release folders: names, the pointer, and what a crash leaves."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipeline.release import versions

DAY = date(2026, 3, 2)


def release(curated: Path, text: str = "rows", day: date = DAY) -> Path:
    """A release with one file."""
    version = versions.next_version(curated, day)
    folder = versions.draft(curated, version)
    (folder / "table.csv").write_text(text)
    return versions.publish(curated, folder, version)


def test_the_pointer_is_a_relative_link_to_a_whole_release(tmp_path: Path) -> None:
    assert versions.latest(tmp_path) is None
    path = release(tmp_path)
    assert path == tmp_path / "releases" / "2026.03.02"
    assert os.readlink(tmp_path / "latest") == "releases/2026.03.02"
    assert (tmp_path / "latest" / "table.csv").read_text() == "rows"
    assert versions.latest(tmp_path) == path.resolve()
    moved = tmp_path.with_name("moved")
    tmp_path.rename(moved)
    assert (moved / "latest" / "table.csv").read_text() == "rows"


def test_releases_of_one_day_are_numbered_and_sort_in_the_order_they_were_made(
    tmp_path: Path,
) -> None:
    made = [release(tmp_path, str(n)).name for n in range(12)]
    assert made == ["2026.03.02", *(f"2026.03.02.{n}" for n in range(1, 12))]
    later = release(tmp_path, "later", date(2026, 3, 3)).name
    assert sorted([later, *reversed(made)], key=versions.sort_key) == [*made, later]
    assert os.readlink(tmp_path / "latest") == f"releases/{later}"


def test_a_clock_that_goes_back_makes_no_release_older_than_the_newest(tmp_path: Path) -> None:
    """An older name would be taken for a leftover newer than the latest, or never be pointed at."""
    days = (DAY, date(2025, 1, 1), date(2026, 3, 1), date(2099, 1, 1), DAY)
    made = [release(tmp_path, str(n), day).name for n, day in enumerate(days)]
    assert made == ["2026.03.02", "2026.03.02.1", "2026.03.02.2", "2099.01.01", "2099.01.01.1"]
    assert sorted(made, key=versions.sort_key) == made
    assert {path.name for path in (tmp_path / "releases").iterdir()} == set(made)


def test_a_version_that_was_removed_is_never_given_again(tmp_path: Path) -> None:
    first, second = release(tmp_path, "1"), release(tmp_path, "2")
    shutil.rmtree(first)
    assert release(tmp_path, "3").name == "2026.03.02.2"
    assert second.is_dir()


@pytest.mark.parametrize("name", ["2026.3.2", "latest", "2026.03.02.x", ".draft-2026.03.02", ""])
def test_what_is_no_version_does_not_sort(name: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        versions.sort_key(name)


def test_a_release_never_changes(tmp_path: Path) -> None:
    path = release(tmp_path)
    folder = versions.draft(tmp_path, path.name)
    with pytest.raises(FileExistsError, match=r"2026\.03\.02"):
        versions.publish(tmp_path, folder, path.name)
    assert (path / "table.csv").read_text() == "rows"


def test_what_a_crash_while_writing_leaves_is_cleaned_up(tmp_path: Path) -> None:
    release(tmp_path, "old")
    stale = versions.draft(tmp_path, "2026.03.02.1")
    (stale / "half.parquet").write_text("PAR")
    assert (tmp_path / "latest" / "table.csv").read_text() == "old"
    release(tmp_path, "new")
    names = sorted(path.name for path in (tmp_path / "releases").iterdir())
    assert names == ["2026.03.02", "2026.03.02.1"]
    assert (tmp_path / "latest" / "table.csv").read_text() == "new"


def crash(*arguments: object, **choices: object) -> None:
    """The machine stops here."""
    raise SystemExit("power failure")


@pytest.fixture
def crashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose second release was renamed into place and never pointed at."""
    release(tmp_path, "old")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", crash)
        with pytest.raises(SystemExit):
            release(tmp_path, "new")
    return tmp_path


def test_a_crash_before_the_pointer_moves_leaves_the_old_release(crashed: Path) -> None:
    assert (crashed / "latest" / "table.csv").read_text() == "old"
    release(crashed, "new")
    assert (crashed / "latest" / "table.csv").read_text() == "new"


def test_the_build_after_such_a_crash_cleans_up(crashed: Path) -> None:
    release(crashed, "new")
    assert sorted(path.name for path in crashed.iterdir()) == ["latest", "releases"]
    assert len(list((crashed / "releases").iterdir())) == 2
