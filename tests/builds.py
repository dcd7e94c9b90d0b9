"""Building releases inside tests: the steps of `yusuan build`, in process and without Dagster.

Here: settings for a test's own folders, a build from raw folder to release, and small ways of
looking at what came out. Not here: the documents that are built from (facsimile, hostile).
"""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipeline import steps
from pipeline.gate.judge import Judgement
from pipeline.settings import Settings
from pipeline.warehouse.build import connect
from tests.facsimile.budget import Budget
from tests.facsimile.typeset import KEYWORDS, pdf_bytes

DAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Built:
    """One build: its settings, what the gate said, and the release unless the gate stopped it."""

    settings: Settings
    judgements: list[Judgement]
    published: steps.Published | None

    @property
    def release(self) -> Path:
        assert self.published is not None, self.stopped_by
        return self.published.path

    @property
    def stopped_by(self) -> list[str]:
        return [j.rule_id for j in self.judgements if j.stops]

    def judgement(self, rule_id: str) -> Judgement:
        return next(j for j in self.judgements if j.rule_id == rule_id)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query over the build's warehouse."""
        with connect(self.settings.warehouse, read_only=True) as connection:
            return connection.execute(query).fetchall()


def settings(raw: Path, curated: Path, **choices: Any) -> Settings:
    """Settings of a test build: its own folders, two workers, a fixed day."""
    return replace(Settings(raw=raw, curated=curated, workers=2, today=DAY), **choices)


def build(chosen: Settings, *, staged_by: Built | None = None) -> Built:
    """Every step of a build, in process; `staged_by` lends what another build read."""
    if staged_by is not None and not chosen.staging.exists():
        shutil.copytree(staged_by.settings.staging, chosen.staging)
    steps.take_in(chosen)
    steps.stage(chosen)
    steps.enter(chosen)
    steps.prove(chosen)
    steps.assemble(chosen)
    judgements = steps.judge(chosen)
    stops = any(judgement.stops for judgement in judgements)
    return Built(chosen, judgements, None if stops else steps.publish(chosen))


@contextmanager
def database(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A writable DuckDB file, closed at the end whatever happens."""
    connection = duckdb.connect(str(path))
    try:
        yield connection
    finally:
        connection.close()


def relabelled(release: Path) -> None:
    """Change a label of a release, so that the next one differs from it."""
    path = (release / "parquet" / "dim_measure.parquet").resolve()
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE t AS SELECT * REPLACE ('x' AS label_en) FROM read_parquet('{path}')"
        )
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")


def published_pdf(budget: Budget) -> bytes:
    """A disclosure as PDF without the mark that makes it a facsimile."""
    mark = KEYWORDS.encode()
    return pdf_bytes(budget).replace(mark, b"x" * len(mark))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@contextmanager
def full_disk(after: int) -> Iterator[None]:
    """No file can grow beyond `after` bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
