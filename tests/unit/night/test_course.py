"""The course of a night: however it ends, the end is written down, reported and told."""

from __future__ import annotations

import errno
import json
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipeline import lock, register, steps
from pipeline.night import course, report, status, watch
from pipeline.night.account import Account
from pipeline.night.order import Hook, Order
from pipeline.release import versions
from pipeline.schema.catalogue import tables
from tests.unit.night.support import settings

KEEPS = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read().replace('\\n', '') + '\\n')"


def order(folder: Path) -> Order:
    """An order that keeps what its hooks are told."""

    def kept(name: str) -> tuple[Hook, ...]:
        return (Hook(command=(sys.executable, "-c", KEEPS, str(folder / name))),)

    return Order(settings=settings(folder), on_failure=kept("failures"), on_success=kept("good"))


def told(folder: Path, name: str) -> list[Account]:
    """What the hooks were told."""
    path = folder / name
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [Account.from_json(line) for line in lines]


def published(chosen: Order, text: str = "rows") -> None:
    """A release, as the steps make and hand it on."""
    curated = chosen.settings.curated
    version = versions.next_version(curated, date(2026, 3, 2))
    folder = versions.draft(curated, version)
    (folder / "table.csv").write_text(text)
    (folder / "parquet").mkdir()
    columns = [column.name for column in tables()["fact_quarantine"].columns]
    empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    empty.write_parquet(folder / "parquet" / "fact_quarantine.parquet")
    path = versions.publish(curated, folder, version)
    steps.save(chosen.settings, course.PUBLISHED, steps.Published(path, version, True))


def night(chosen: Order, error: Exception | None = None) -> Account:
    """A whole night; one that fails where an error is given."""
    under_way = course.begin(chosen.settings, chosen)
    under_way.fetch()
    if error is None:
        published(chosen)
    else:
        under_way.fail("stage", error)
    return under_way.finish()


def test_a_good_night_is_written_down_reported_and_told(tmp_path: Path) -> None:
    chosen = order(tmp_path)
    found = night(chosen)
    assert (found.outcome, found.version, found.good) == ("released", "2026.03.02", True)
    folder = chosen.settings.curated / "nights" / found.night
    assert sorted(path.name for path in folder.iterdir()) == sorted(report.NAMES)
    assert [one.outcome for one in told(tmp_path, "good")] == ["released"]
    assert told(tmp_path, "failures") == []
    assert report.read(folder).told[0].ok
    with register.open(chosen.settings.curated) as book:
        last = book.status(1).last
    assert last is not None
    assert (last.outcome, last.version) == ("released", "2026.03.02")
    assert watch.done(chosen.settings) == watch.fingerprint(chosen.settings.raw)


@pytest.mark.parametrize(
    ("error", "advised"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (OSError(errno.EROFS, "Read-only file system"), "The disk is read only"),
        (ValueError("经办人：张三 13812345678"), "Step stage failed"),
    ],
)
def test_a_night_that_fails_says_what_to_do_and_no_name(
    tmp_path: Path, error: Exception, advised: str
) -> None:
    chosen = order(tmp_path)
    night(chosen)
    found = night(chosen, error)
    assert (found.outcome, found.version) == ("failed", "2026.03.02")
    assert advised in found.todo[0].en
    assert [one.outcome for one in told(tmp_path, "failures")] == ["failed"]
    texts = [path.read_text() for path in (chosen.settings.curated / "nights").rglob("*.*")]
    assert not [text for text in texts if "张三" in text or "13812345678" in text]


def test_the_first_cause_is_told(tmp_path: Path) -> None:
    try:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as error:
            raise RuntimeError("a step failed") from error
    except RuntimeError as error:
        found = night(order(tmp_path), error)
    assert found.failure is not None
    assert "No space left" in found.failure.error


def test_a_night_that_was_killed_is_reported_once_by_the_next(tmp_path: Path) -> None:
    chosen = order(tmp_path)
    killed = course.begin(chosen.settings, chosen)
    killed.book.connection.execute(
        "INSERT INTO stages (night, position, name, outcome) VALUES (1, 1, 'read', 'running')"
    )
    killed.book.close()
    assert any("did not end (it was in read)" in note for note in night(chosen).notes)
    assert night(chosen).notes == ()
    assert [one.outcome for one in told(tmp_path, "failures")] == ["interrupted"]
    (interrupted,) = told(tmp_path, "failures")
    folder = chosen.settings.curated / "nights" / interrupted.night
    assert report.read(folder).outcome == "interrupted"


def test_a_death_is_reported_by_the_sensor_and_not_again_by_the_next_night(
    tmp_path: Path,
) -> None:
    chosen = order(tmp_path)
    killed = course.begin(chosen.settings, chosen)
    held = lock.held(chosen.settings.curated)
    assert course.report_a_death(chosen.settings, chosen) is None
    held.release()
    killed.book.close()
    assert "did not end" in str(course.report_a_death(chosen.settings, chosen))
    night(chosen)
    assert course.report_a_death(chosen.settings, chosen) is None
    assert [one.outcome for one in told(tmp_path, "failures")] == ["interrupted"]


def test_a_report_that_cannot_be_written_keeps_nobody_from_being_told(tmp_path: Path) -> None:
    chosen = order(tmp_path)
    (chosen.settings.curated / "nights").write_text("in the way")
    found = night(chosen)
    assert "the report could not be written" in "".join(found.notes)
    assert found.outcome == "released"
    assert len(told(tmp_path, "good")) == 1


def test_a_night_that_cannot_begin_is_told(tmp_path: Path) -> None:
    chosen = order(tmp_path)
    (chosen.settings.curated / "register.sqlite").mkdir()
    with pytest.raises(OSError, match="register"):
        course.begin(chosen.settings, chosen)
    (found,) = told(tmp_path, "failures")
    assert found.failure is not None
    assert found.failure.step == "beginning"


def test_a_hook_that_fails_is_said_and_changes_nothing(tmp_path: Path) -> None:
    chosen = replace(order(tmp_path), on_success=(Hook(command=("/nowhere/tell",)),))
    found = night(chosen)
    assert found.outcome == "released"
    assert [one.ok for one in found.told] == [False]
    kept = report.read(chosen.settings.curated / "nights" / found.night)
    assert kept.told == found.told


def test_a_night_that_was_ended_from_outside_says_so(tmp_path: Path) -> None:
    chosen = order(tmp_path)
    found = course.begin(chosen.settings, chosen).finish()
    assert found.outcome == "failed"
    assert "ended from outside" in found.todo[0].en


def test_an_order_without_any_source_asks_nobody(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    chosen = replace(order(tmp_path), fetch_from=tmp_path / "sources")
    found = night(chosen)
    assert found.sources == ()
    assert [stage.name for stage in found.stages] == ["fetch"]


def test_a_damaged_release_before_is_said_and_costs_no_report(tmp_path: Path) -> None:
    chosen = order(tmp_path)
    night(chosen)
    latest = versions.latest(chosen.settings.curated)
    assert latest is not None
    (latest / "parquet" / "fact_quarantine.parquet").write_bytes(b"no footer")
    found = night(chosen)
    assert any("nothing could be compared with release 2026.03.02" in n for n in found.notes)
    assert found.release


# --- status ------------------------------------------------------------------------------------


def looked(chosen: Order, **later: float) -> status.Standing:
    """How things stand, now or later."""
    return status.standing(chosen, datetime.now(UTC) + timedelta(**later))


def test_status_is_healthy_after_a_good_night_and_writes_nothing(tmp_path: Path) -> None:
    chosen = replace(order(tmp_path), healthy=replace(Order().healthy, free_gb=0))
    assert not looked(chosen).healthy
    assert not (chosen.settings.curated / "register.sqlite").exists()
    night(chosen)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    found = looked(chosen)
    assert found.healthy, found.unhealthy
    assert json.loads(found.to_json())["healthy"] is True
    after = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    assert {p: t for p, t in after.items() if "sqlite-" not in p.name} == {
        p: t for p, t in before.items() if "sqlite-" not in p.name
    }


def test_status_says_what_is_not_well(tmp_path: Path) -> None:
    chosen = replace(order(tmp_path), healthy=replace(Order().healthy, free_gb=0))
    night(chosen)
    assert "more than 36 hours ago" in "".join(looked(chosen, hours=40).unhealthy)
    assert "look at the clock" in "".join(looked(chosen, hours=-9).unhealthy)
    full = replace(chosen, healthy=replace(chosen.healthy, free_gb=10**9))
    assert "GB are free" in "".join(looked(full).unhealthy)
    (chosen.settings.raw / "new.txt").write_text("x")
    assert looked(chosen, hours=1).waiting_files == 1
    night(chosen, ValueError("x"))
    assert "ended as failed" in "".join(looked(chosen).unhealthy)
    (chosen.settings.curated / "register.sqlite").write_bytes(b"no database " * 400)
    assert "the register cannot be read" in "".join(looked(chosen).unhealthy)


def test_a_night_under_way_is_no_fault_and_an_interrupted_one_is(tmp_path: Path) -> None:
    chosen = replace(order(tmp_path), healthy=replace(Order().healthy, free_gb=0))
    night(chosen)
    held = lock.held(chosen.settings.curated)
    under_way = course.begin(chosen.settings, chosen)
    found = looked(chosen)
    assert found.healthy, found.unhealthy
    assert found.running is not None
    held.release()
    assert "did not end" in "".join(looked(chosen).unhealthy)
    under_way.finish()
