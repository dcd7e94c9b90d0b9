"""Retention: what goes, what stays, and what is never touched."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.acquisition.memory import Memory, Seen
from pipeline.acquisition.shelf import Shelf
from pipeline.night import report, retention
from pipeline.night.order import Keep
from pipeline.release import versions
from pipeline.settings import Settings
from pipeline.staging import store
from tests.unit.night.support import account, settings

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def release(curated: Path, day: date) -> str:
    """A release of a day."""
    version = versions.next_version(curated, day)
    folder = versions.draft(curated, version)
    (folder / "table.csv").write_text(version)
    return versions.publish(curated, folder, version).name


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    """Releases of four months, two in each."""
    chosen = settings(tmp_path)
    for month in (1, 2, 3, 4):
        for day in (5, 20):
            release(chosen.curated, date(2026, month, day))
    return chosen


def left(chosen: Settings, keep: Keep) -> list[str]:
    """The releases that are left."""
    retention.carry_out(retention.plan(chosen, keep, NOW))
    return sorted(path.name for path in (chosen.curated / "releases").iterdir())


def test_without_an_order_nothing_goes(place: Settings) -> None:
    assert retention.plan(place, Keep(), NOW) == ()


def test_the_newest_the_first_of_each_month_and_the_named_stay(place: Settings) -> None:
    found = left(place, Keep(releases=2, named=("2026.02.20",)))
    firsts = ["2026.01.05", "2026.02.05", "2026.03.05", "2026.04.05"]
    assert found == sorted([*firsts, "2026.02.20", "2026.04.20"])


def test_the_latest_stays_also_where_it_is_not_the_newest(place: Settings) -> None:
    versions.point(place.curated, "2026.01.20")
    assert "2026.01.20" in left(place, Keep(releases=1, monthly=False))
    assert (place.curated / "latest" / "table.csv").read_text() == "2026.01.20"


def test_what_a_link_points_at_stays(place: Settings) -> None:
    (place.curated / "stable").symlink_to("releases/2026.01.20")
    (place.curated / "table.csv").symlink_to("releases/2026.02.20/table.csv")
    found = left(place, Keep(releases=1, monthly=False))
    assert found == ["2026.01.20", "2026.02.20", "2026.04.20"]


def test_without_a_latest_nothing_goes(place: Settings) -> None:
    versions.unpoint(place.curated)
    assert len(left(place, Keep(releases=1, monthly=False))) == 8


def test_a_plan_touches_nothing(place: Settings) -> None:
    planned = retention.plan(place, Keep(releases=1, monthly=False), NOW)
    assert len(planned) == 7
    assert all(one.path.is_dir() and one.size == len("2026.01.05") for one in planned)


def test_the_newest_reports_stay(place: Settings) -> None:
    for number in range(5):
        folder = report.write(place.curated, account(night=f"{number}"))
        os.utime(folder / report.NAMES[0], (number, number))
    (place.curated / "nights" / "notes.txt").write_text("of people")
    retention.carry_out(retention.plan(place, Keep(nights=2), NOW))
    names = sorted(path.name for path in (place.curated / "nights").iterdir())
    assert names == ["3", "4", "notes.txt"]


def test_results_of_other_code_go_and_nothing_else(place: Settings) -> None:
    for name in ("0123456789ab", store.stage_version(), "notes"):
        (place.staging / name).mkdir(parents=True)
    retention.carry_out(retention.plan(place, Keep(), NOW))
    found = {path.name for path in place.staging.iterdir()}
    assert "0123456789ab" not in found
    assert "notes" in found


def test_old_evidence_goes_but_never_the_newest_of_a_page(place: Settings) -> None:
    shelf = Shelf(place.raw)
    memory = Memory(shelf.memory)
    pages = (("/a", "a1", 900), ("/a", "a2", 700), ("/b", "b1", 900), ("/a", "a3", 1))
    for url, digest, days in pages:
        seen = (NOW - timedelta(days=days)).isoformat(timespec="seconds")
        memory.saw(Seen("s", url, digest, url, "text/html", None, None, seen, seen))
        path = shelf.evidence(retention.PAGES, digest, ".html")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(digest)
    memory.close()
    retention.carry_out(retention.plan(place, Keep(evidence_days=400), NOW))
    kept = sorted(path.stem for path in (shelf.hidden / retention.PAGES).rglob("*.html"))
    assert kept == ["a3", "b1"]


def test_a_removal_that_was_killed_is_swept_by_the_next_build(place: Settings) -> None:
    half = place.curated / "releases" / ".draft-removed-2025.01.01"
    half.mkdir()
    versions.draft(place.curated, "2026.05.01")
    assert not half.exists()
