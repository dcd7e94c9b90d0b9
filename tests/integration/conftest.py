"""Builds that several integration tests look at: one under siege, one elsewhere, one stopped."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetCheckEvaluation,
    AssetMaterialization,
    DagsterInstance,
    ExecuteInProcessResult,
)

from assets.definitions import defs
from assets.resources import workspace_of
from pipeline.documents.intake import printable, publishable
from pipeline.settings import PROJECT, Settings
from pipeline.staging import pool
from tests.builds import Built, settings, tree
from tests.integration import runs
from tests.integration.hostile import Hostile, write_all

#: far more than any of the files takes on a busy machine: none of them should reach it
SECONDS = 120
#: what must not matter: hash seeds, time zone, language
ANOTHER_WORLD = {
    "PYTHONHASHSEED": "4711",
    "TZ": "America/St_Johns",
    "LC_ALL": "C",
    "LANG": "tr_TR.UTF-8",
    "POLARS_MAX_THREADS": "4",  # elsewhere in the tests: one
}


@dataclass(frozen=True)
class Siege:
    """The build of a folder of hostile files: what was written, and how the command ended."""

    ran: runs.Ran
    files: dict[bytes, Hostile]
    names: dict[str, Hostile]
    desks: Path


@pytest.fixture(scope="session")
def siege(tmp_path_factory: pytest.TempPathFactory, base: Built) -> Siege:
    """`yusuan build` over the hostile files beside the good ones."""
    folder = tmp_path_factory.mktemp("siege")
    shutil.copytree(base.settings.raw, folder / "raw")
    shutil.copytree(base.settings.staging, folder / "curated" / "staging")
    files = write_all(folder / "raw")
    desks = folder / "desks"
    desks.mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pool, "run", partial(pool.run, limits=pool.Limits(seconds=SECONDS)))
        patched.setattr(tempfile, "tempdir", str(desks))
        ran = runs.build(folder / "raw", folder / "curated", "--workers", "2")
    names = {publishable(printable(Path(os.fsdecode(name)))): one for name, one in files.items()}
    return Siege(ran, files, names, desks)


@dataclass(frozen=True)
class Elsewhere:
    """A build in a process of its own, with a home of its own, in another world."""

    ran: runs.Ran
    folder: Path
    own_data: dict[str, bytes]

    @property
    def left_behind(self) -> list[Path]:
        """Whatever it wrote into its home or the folder for temporary files."""
        return [*(self.folder / "home").iterdir(), *(self.folder / "scratch").iterdir()]


@pytest.fixture(scope="session", autouse=True)
def _elsewhere_started(
    tmp_path_factory: pytest.TempPathFactory, raw: Path
) -> Iterator[tuple[Any, Path, dict[str, bytes]]]:
    """Started before the first integration test, so that it runs beside the others."""
    folder = tmp_path_factory.mktemp("elsewhere") / "a folder with a name as long as on servers"
    folder.mkdir()
    for name in ("der Rohstoff 原件", "home", "scratch"):
        (folder / name).mkdir()
    for path in sorted(raw.iterdir(), reverse=True):
        shutil.copyfile(path, folder / "der Rohstoff 原件" / path.name)
    words = runs.arguments(
        folder / "der Rohstoff 原件", folder / "out", "--workers", "1", "--strict"
    )
    own = tree(PROJECT / "data")
    homes = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "scratch")}
    process = runs.start(*words, **ANOTHER_WORLD, **homes)
    yield process, folder, own
    process.kill()
    process.communicate()


@pytest.fixture(scope="session")
def elsewhere(_elsewhere_started: tuple[Any, Path, dict[str, bytes]]) -> Elsewhere:
    """The same files as in `base`, laid down in another order, built by one worker."""
    process, folder, own = _elsewhere_started
    return Elsewhere(runs.wait(process, folder / "out"), folder, own)


@dataclass(frozen=True)
class Stopped:
    """A strict run of the job over a disclosure that breaks an identity."""

    result: ExecuteInProcessResult
    settings: Settings

    def events(self, kind: str) -> list[Any]:
        """The run's events of one kind."""
        return [e for e in self.result.all_events if e.event_type_value == kind]

    def materialized(self) -> dict[str, AssetMaterialization]:
        """What was made, by asset."""
        found = [e.step_materialization_data for e in self.events("ASSET_MATERIALIZATION")]
        return {m.materialization.asset_key.to_user_string(): m.materialization for m in found}

    def checks(self) -> dict[str, AssetCheckEvaluation]:
        """What was checked, by rule."""
        return {check.check_name: check for check in self.result.get_asset_check_evaluations()}


@pytest.fixture(scope="session")
def stopped(tmp_path_factory: pytest.TempPathFactory, broken: Built) -> Stopped:
    """The job `release` as Dagster runs it, after a release that let the break pass."""
    curated = tmp_path_factory.mktemp("stopped") / "curated"
    shutil.copytree(broken.settings.curated, curated, symlinks=True)
    chosen = settings(broken.settings.raw, curated, strict=True)
    with DagsterInstance.ephemeral(str(tmp_path_factory.mktemp("instance"))) as instance:
        result = defs.resolve_job_def("release").execute_in_process(
            instance=instance,
            resources={"workspace": workspace_of(chosen)},
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )
    return Stopped(result, chosen)
