"""What the assets are configured with. Here: one resource; its defaults are the project's own."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from dagster import ConfigurableResource, InitResourceContext
from pydantic import PrivateAttr

from pipeline.lock import Lock, held
from pipeline.settings import Settings


class Workspace(ConfigurableResource[Settings]):
    """Folders and choices of a build.

    `raw` is read only; everything a build makes stands under `curated`. Paths are absolute or
    relative to the project. `today` (ISO date) names the version; empty means the run's day.
    `second_reader` says which PDFs are read again: `failed` (an identity breaks), `all`, `none`.
    `engine` says where reading happens: `process`, `serial`, or `dask` with the address of its
    `scheduler`, `batch` documents at a time; `exchange` is the store that carries documents and
    results where the cluster does not share the folders. Empty means as the environment says.
    """

    raw: str = "data/raw"
    curated: str = "data/curated"
    expectations: str = "expectations"
    workers: int = os.cpu_count() or 1
    strict: bool = False
    today: str = ""
    second_reader: str = "failed"
    engine: str = ""
    scheduler: str = ""
    exchange: str = ""
    batch: int = 0

    _lock: Lock | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Hold the folder for this run; a second run that would write to it fails at once."""
        self._lock = held(self.settings().curated)

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        """Let others build."""
        if self._lock is not None:
            self._lock.release()

    def settings(self) -> Settings:
        """The same as plain data."""
        root = Settings().raw.parents[1]
        said = {name: getattr(self, name) for name in ("engine", "scheduler", "exchange", "batch")}
        return Settings(
            raw=root / self.raw,
            curated=root / self.curated,
            expectations=root / self.expectations,
            workers=self.workers,
            strict=self.strict,
            today=date.fromisoformat(self.today) if self.today else None,
            second_reader=self.second_reader,
            **{name: value for name, value in said.items() if value},
        )


def workspace_of(settings: Settings) -> Workspace:
    """A resource for the given settings."""
    return Workspace(
        raw=str(Path(settings.raw).resolve()),
        curated=str(Path(settings.curated).resolve()),
        expectations=str(Path(settings.expectations).resolve()),
        workers=settings.workers,
        strict=settings.strict,
        today=settings.today.isoformat() if settings.today else "",
        second_reader=settings.second_reader,
        engine=settings.engine,
        scheduler=settings.scheduler,
        exchange=settings.exchange,
        batch=settings.batch,
    )
