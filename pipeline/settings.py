"""Where a build reads and writes, and how. Everything that differs between two runs is here."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

# China has one time zone and no daylight saving.
CHINA = timezone(timedelta(hours=8))
PROJECT = Path(__file__).resolve().parents[1]
# Which documents the second reader reads too: those where an identity fails, all, or none.
SECOND_READER = ("failed", "all", "none")
# Where reading happens: in processes of this machine, one at a time, or on a Dask cluster.
ENGINES = ("process", "serial", "dask")


def told(name: str) -> str:
    """What the environment says of a choice, empty where it says nothing."""
    return os.environ.get(f"YUSUAN_{name}", "")


def number(name: str, usual: int) -> int:
    """What the environment says of a number."""
    said = told(name)
    if said and not said.isdecimal():
        raise ValueError(f"YUSUAN_{name} is {said!r}; a number is expected")
    return int(said or usual)


@dataclass(frozen=True)
class Settings:
    """The folders of a build and its choices.

    All that a build makes stands under `curated`: staged results, work in progress, releases.
    `today` names the version; without it the day the build runs does.
    """

    raw: Path = PROJECT / "data" / "raw"
    curated: Path = PROJECT / "data" / "curated"
    expectations: Path = PROJECT / "expectations"
    workers: int = os.cpu_count() or 1
    strict: bool = False
    today: date | None = None
    second_reader: str = "failed"
    #: `process`, `serial` or `dask`; each of these four may come from the environment
    engine: str = field(default_factory=lambda: told("ENGINE") or "process")
    #: where the scheduler of a cluster listens: tcp://host:8786
    scheduler: str = field(default_factory=lambda: told("SCHEDULER"))
    #: a place of stores.yml, or an address, that carries documents and results to a cluster which
    #: does not share these folders; empty where it does
    exchange: str = field(default_factory=lambda: told("EXCHANGE"))
    #: documents that a machine of a cluster is given at once
    batch: int = field(default_factory=lambda: number("BATCH", 50))

    def __post_init__(self) -> None:
        if self.second_reader not in SECOND_READER:
            known = ", ".join(SECOND_READER)
            raise ValueError(f"second_reader is {self.second_reader!r}; it can be {known}")
        if self.engine not in ENGINES:
            raise ValueError(f"engine is {self.engine!r}; it can be {', '.join(ENGINES)}")
        if self.batch < 1:
            raise ValueError(f"batch is {self.batch}; a batch has at least one document")

    @property
    def staging(self) -> Path:
        """Results per document, used again until the document or the code changes."""
        return self.curated / "staging"

    @property
    def work(self) -> Path:
        """What the steps of a build hand on to each other."""
        return self.curated / "work"

    @property
    def warehouse(self) -> Path:
        """The DuckDB warehouse of the build."""
        return self.work / "yusuan.duckdb"

    @property
    def quality(self) -> Path:
        """The gate's results and the report of the build, released or not."""
        return self.work / "quality"

    @property
    def version_day(self) -> date:
        """The day that names the version: the day in China, wherever the machine stands."""
        return self.today or datetime.now(CHINA).date()
