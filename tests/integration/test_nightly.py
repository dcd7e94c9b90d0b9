"""A whole night as an operator starts it, and when Dagster would start one."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from dagster import DagsterInstance, SkipReason, build_sensor_context

from assets.watches import new_files
from pipeline import lock
from pipeline.night import order, report, watch
from pipeline.night.account import Account
from pipeline.settings import Settings
from tests.builds import Built, tree
from tests.integration import runs

ORDER = """
raw: raw
curated: curated
workers: 2
distribute: {to: ./mirror}
keep: {releases: 5}
"""


@dataclass(frozen=True)
class Night:
    """A folder with an order, and what nights over it said."""

    folder: Path
    ran: tuple[runs.Ran, ...]

    def account(self, number: int) -> Account:
        """The account of a night."""
        (found,) = (self.folder / "curated" / report.FOLDER).glob(f"*-{number:04d}")
        return report.read(found)


def nightly(folder: Path) -> runs.Ran:
    """A night as it is ordered in a folder."""
    return runs.invoke(folder / "curated", "nightly", "--config", str(folder / "operations.yml"))


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, base: Built) -> Night:
    """Three nights: the mirror cannot be written to, then it can, then nothing is new."""
    folder = tmp_path_factory.mktemp("nights")
    shutil.copytree(base.settings.raw, folder / "raw")
    shutil.copytree(base.settings.staging, folder / "curated" / "staging")
    (folder / "operations.yml").write_text(ORDER.replace("./mirror", str(folder / "mirror")))
    (folder / "mirror").write_text("a file is in the way")
    first = nightly(folder)
    (folder / "mirror").unlink()
    return Night(folder, (first, nightly(folder), nightly(folder)))


def test_a_mirror_that_fails_costs_the_night_and_not_the_release(nights: Night) -> None:
    account = nights.account(1)
    assert nights.ran[0].code == 1
    assert account.outcome == "failed"
    assert account.failure is not None
    assert account.failure.step == "distributed_release"
    assert account.version is not None
    assert f"Release {account.version} stands here" in account.todo[0].en


def test_the_next_night_distributes_what_was_not(nights: Night) -> None:
    assert nights.ran[1].code == 0, nights.ran[1].said
    assert nights.account(2).outcome == "unchanged"
    pointer = json.loads((nights.folder / "mirror" / "latest.json").read_text())
    assert pointer["version"] == nights.account(2).version
    mirrored = tree(nights.folder / "mirror" / "releases" / pointer["version"])
    assert mirrored == tree(nights.ran[1].release)


def test_a_night_with_nothing_new_does_nothing_and_says_so(nights: Night) -> None:
    assert nights.ran[2].code == 0
    assert nights.account(3).outcome == "nothing_new"
    assert "Nothing new" in nights.ran[2].out
    assert {stage.name for stage in nights.account(3).stages} == {"take_in"}
    assert len(list((nights.folder / "curated" / "releases").iterdir())) == 1


def test_the_account_tells_what_came_and_what_each_stage_used(nights: Night, base: Built) -> None:
    account = nights.account(1)
    documents = base.rows("SELECT count(*) FROM dim_document")[0][0]
    figures = base.rows("SELECT count(*) FROM fact_amount")[0][0]
    now = {change.what: change.now for change in account.release}
    assert (now["documents"], now["figures"]) == (documents, figures)
    names = [stage.name for stage in account.stages]
    assert names == [
        "take_in",
        "read",
        "enter",
        "prove",
        "assemble",
        "judge",
        "publish",
        "distribute",
    ]
    assert [stage.outcome for stage in account.stages] == ["done"] * 7 + ["failed"]
    assert all(stage.peak_bytes and stage.seconds is not None for stage in account.stages)


def test_a_second_night_is_told_who_holds_the_folder(nights: Night) -> None:
    held = lock.held(nights.folder / "curated")
    ran = nightly(nights.folder)
    held.release()
    assert ran.code == 2
    assert "another build is writing to" in ran.said
    assert "since" in ran.said


def test_status_and_tidy_are_for_operators(nights: Night) -> None:
    words = ["--config", str(nights.folder / "operations.yml")]
    found = runs.invoke(nights.folder / "curated", "status", *words, "--json")
    said = json.loads(found.out)
    assert said["nights"][0]["outcome"] == "nothing_new"
    assert found.code == (0 if said["healthy"] else 1)
    planned = runs.invoke(nights.folder / "curated", "tidy", *words, "--dry-run")
    assert planned.code == 0
    assert "would go" in planned.out


# --- when Dagster starts one -------------------------------------------------------------------


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A folder that the sensor looks at."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "operations.yml").write_text("raw: raw\ncurated: curated\n")
    monkeypatch.setenv(order.VARIABLE, str(tmp_path / "operations.yml"))
    return order.load().settings


def looks(times: int) -> list[str | None]:
    """What so many looks of the sensor in a row ask for: run keys."""
    keys: list[str | None] = []
    cursor = None
    with DagsterInstance.ephemeral() as instance:
        for _ in range(times):
            context = build_sensor_context(instance=instance, cursor=cursor)
            found = new_files.evaluate_tick(context)
            keys += [request.run_key for request in found.run_requests or ()]
            cursor = found.cursor
    return keys


def test_many_new_files_are_one_run_once_they_stand_still(watched: Settings) -> None:
    for number in range(50):
        (watched.raw / f"{number}.txt").write_text(str(number))
    assert looks(1) == []
    assert len(looks(6)) == 1


def test_what_the_last_night_saw_starts_none(watched: Settings) -> None:
    (watched.raw / "a.txt").write_text("a")
    watch.keep(watched, watch.fingerprint(watched.raw))
    assert looks(4) == []


def test_while_a_build_runs_the_sensor_waits(watched: Settings) -> None:
    held = lock.held(watched.curated)
    with DagsterInstance.ephemeral() as instance:
        found = new_files(build_sensor_context(instance=instance))
    held.release()
    assert isinstance(found, SkipReason)
    assert "a build is under way" in str(found.skip_message)
