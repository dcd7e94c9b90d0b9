"""Against the last release: what goes needs a reason, and what is new publishes once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import steps
from pipeline.release import versions
from pipeline.release.diff import NotComparable
from tests.builds import Built, build, relabelled, tree
from tests.facsimile.budget import Budget
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text
from tests.integration import runs

UNIT = "单位.txt"


def withdraw(folder: Path, *names: str) -> None:
    """A manifest that withdraws files."""
    lines = [f"{name},withdrawn,取代有误" for name in names]
    text = "\n".join(["source_name,status,reason", *lines]) + "\n"
    (folder / "manifest.csv").write_text(text, encoding="utf-8")


def last_documents(built: Built) -> set[str]:
    """The files of the release that `latest` points at."""
    path = versions.latest(built.settings.curated)
    assert path is not None
    rows = (path / "csv" / "dim_document.csv").read_text("utf-8").splitlines()[1:]
    return {row.split(",")[1] for row in rows}


def test_a_deleted_file_stops_the_export_and_is_named(copied: Built) -> None:
    (copied.settings.raw / UNIT).unlink()
    before = tree(copied.settings.curated / "latest")
    ran = runs.build(copied.settings.raw, copied.settings.curated)
    assert ran.code == 3
    assert "STOPS documents_kept" in ran.out
    assert f"{UNIT} was in the last release; withdraw it in manifest.csv" in ran.out
    assert tree(copied.settings.curated / "latest") == before
    assert len(list((copied.settings.curated / "releases").iterdir())) == 1


def test_a_file_withdrawn_and_deleted_may_go_and_a_new_one_come(
    copied: Built, budgets: dict[str, Budget]
) -> None:
    (copied.settings.raw / UNIT).unlink()
    withdraw(copied.settings.raw, UNIT)
    write_text(synthetic_budget(90, n_projects=2), copied.settings.raw / "新.txt")
    built = build(copied.settings)
    assert built.stopped_by == []
    assert built.release.name == "2026.03.02.1"
    assert last_documents(built) == {*budgets, "新.txt"} - {UNIT}
    reasons = built.rows(f"SELECT reason, detail FROM fact_quarantine WHERE source_name = '{UNIT}'")
    assert reasons == [("withdrawn", "取代有误")]
    changes = (built.release / "CHANGELOG.md").read_text("utf-8")
    assert "Against 2026.03.02:" in changes
    assert "- amounts gone: 340" in changes
    assert "- amounts changed: 0" in changes
    assert f"document gone: {document_id(copied, UNIT)} `{UNIT}`" in changes
    assert "`新.txt`" in changes


def document_id(built: Built, name: str) -> str:
    """The id of a file in the build's own warehouse before it is built anew."""
    path = built.settings.curated / "releases" / "2026.03.02" / "csv" / "dim_document.csv"
    return next(row.split(",")[0] for row in path.read_text().splitlines() if f",{name}," in row)


def test_nothing_new_publishes_nothing_and_leaves_no_draft(copied: Built) -> None:
    before = tree(copied.settings.curated / "releases")
    again = steps.publish(copied.settings)
    assert (again.changed, again.version) == (False, "2026.03.02")
    assert tree(copied.settings.curated / "releases") == before


def test_a_crash_while_writing_leaves_the_old_release_and_is_cleaned_up(
    copied: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    curated = copied.settings.curated
    relabelled(curated / "latest")
    before = tree(curated / "latest")
    with monkeypatch.context() as patched:
        patched.setattr(steps.write, "write_checksums", lambda *_: exit("power failure"))
        with pytest.raises(SystemExit):
            steps.publish(copied.settings)
    assert (curated / "releases" / ".draft-2026.03.02.1").is_dir()
    assert tree(curated / "latest") == before
    published = steps.publish(copied.settings)
    assert published.changed
    assert sorted(p.name for p in (curated / "releases").iterdir()) == [
        "2026.03.02",
        "2026.03.02.1",
    ]
    assert versions.latest(curated) == published.path


def test_a_last_release_that_cannot_be_read_stops_the_new_one(copied: Built) -> None:
    """What changed could not be told."""
    curated = copied.settings.curated
    with (curated / "latest" / "parquet" / "dim_measure.parquet").open("ab") as stream:
        stream.write(b"a torn file")
    with pytest.raises(NotComparable, match=r"dim_measure\.parquet cannot be read"):
        steps.publish(copied.settings)
    assert [p.name for p in (curated / "releases").glob("2*")] == ["2026.03.02"]


def test_the_gates_results_say_what_was_compared(copied: Built) -> None:
    """A first build has nothing to compare with, and says so; a second compares."""
    first = json.loads((copied.settings.quality / "results.json").read_text("utf-8"))
    kept = {row["rule_id"]: row for row in first if row["suite"] == "continuity"}
    assert {row["outcome"] for row in kept.values()} == {"not_run"}
    assert {row["reason"] for row in kept.values()} == {"no last release to compare with"}
    second = {j.rule_id: j for j in steps.judge(copied.settings)}
    assert {second[rule_id].outcome for rule_id in kept} == {"passed"}
    assert second["rows_kept"].examined == len(copied_amounts(copied))


def copied_amounts(copied: Built) -> list[tuple[object, ...]]:
    """Every amount of the build."""
    return copied.rows("SELECT amount_id FROM fact_amount")
