"""Standing back from a release that is not what was published any more."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from pipeline.release import soundness, versions, write


def release(curated: Path, text: str) -> Path:
    """A release with one table in two formats, and its checksums."""
    version = versions.next_version(curated, date(2026, 3, 2))
    folder = versions.draft(curated, version)
    for kind in ("csv", "parquet"):
        (folder / kind).mkdir()
        (folder / kind / f"table.{kind}").write_text(text)
    write.write_checksums(folder, write.file_hashes(folder))
    return versions.publish(curated, folder, version)


def stands(curated: Path) -> str | None:
    """The release that is pointed at."""
    latest = versions.latest(curated)
    return latest.name if latest else None


def test_a_whole_release_stands_and_so_does_none(tmp_path: Path) -> None:
    assert soundness.stand_back(tmp_path) is None
    release(tmp_path, "rows")
    assert soundness.stand_back(tmp_path) is None
    assert stands(tmp_path) == "2026.03.02"


@pytest.mark.parametrize("damaged", ["csv/table.csv", "parquet/table.parquet", "SHA256SUMS"])
@pytest.mark.parametrize("content", [b"other", b"", b"\xff\xfe", None])
def test_the_newest_whole_release_stands_instead(
    tmp_path: Path, damaged: str, content: bytes | None
) -> None:
    release(tmp_path, "oldest")
    release(tmp_path, "older")
    last = release(tmp_path, "rows")
    (last / damaged).unlink()
    if content is not None:
        (last / damaged).write_bytes(content)
    found = soundness.stand_back(tmp_path)
    assert found == soundness.StoodBack("2026.03.02.2", damaged, "2026.03.02.1")
    assert "2026.03.02.1 stands instead" in str(found)
    assert stands(tmp_path) == "2026.03.02.1"
    assert soundness.stand_back(tmp_path) is None


def test_where_none_is_whole_none_stands_and_nothing_is_removed(tmp_path: Path) -> None:
    paths = [release(tmp_path, str(n)) for n in range(2)]
    for path in paths:
        (path / "csv" / "table.csv").write_text("other")
    found = soundness.stand_back(tmp_path)
    assert found is not None
    assert found.instead is None
    assert stands(tmp_path) is None
    assert all(path.is_dir() for path in paths)
    assert release(tmp_path, "new").name == "2026.03.02.2"


def test_only_some_files_are_looked_at_where_that_is_asked(tmp_path: Path) -> None:
    last = release(tmp_path, "rows")
    (last / "parquet" / "table.parquet").write_text("other")
    assert soundness.stand_back(tmp_path, ("csv/table.csv",)) is None
    assert soundness.stand_back(tmp_path, ("parquet/table.parquet",)) is not None


def test_a_file_in_place_of_a_folder_is_damage(tmp_path: Path) -> None:
    last = release(tmp_path, "rows")
    (last / "csv" / "table.csv").unlink()
    (last / "csv" / "table.csv").mkdir()
    assert soundness.damage(last) == "csv/table.csv"
    sums = f"{hashlib.sha256(b'').hexdigest()}  \n"
    (last / "SHA256SUMS").write_text(sums)
    assert soundness.damage(last) == "SHA256SUMS"
