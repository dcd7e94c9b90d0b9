"""The same documents read by each engine: is the result the same, and what does it cost.

    python -m benchmarks.cluster [--documents N] [--write]

A real Dask scheduler and two workers in processes of their own on loopback; in the last run one
worker is killed with a batch half read. Real disclosures where they are there, else the facsimiles.
What is compared is every staged file, byte for byte. Ratios only: times are of one machine, and
the time on the clock is of what else runs there, too; processor time is of all processes of a run.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.readers import REPORT
from benchmarks.tables import spent, written
from pipeline.documents.document import Document
from pipeline.documents.intake import take_in
from pipeline.engines import run
from pipeline.engines.work import FIRST
from pipeline.settings import PROJECT, Settings
from pipeline.staging.store import is_sound
from tests.cluster import children, running

SHARED = PROJECT.parent / "shared" / "raw"
TITLE = "## Engines"
WORKERS = 2


@dataclass(frozen=True)
class Result:
    """One run: seconds, the hash of all that was staged, and how many documents were refused."""

    seconds: float
    staged: str
    files: int
    refused: int


def documents(most: int) -> list[Document]:
    """Real documents where they are there, a spread of them in a fixed order."""
    found = take_in(SHARED if SHARED.is_dir() else PROJECT / "data" / "raw").documents
    step = max(len(found) // most, 1)
    return [replace(one, region_code=None) for one in found[::step][:most]]


def read(settings: Settings, todo: list[Document], meanwhile: Callable[[], None]) -> Result:
    """Read all documents with the engine of the settings; `meanwhile` after the first outcome."""
    start, refused = time.perf_counter(), 0
    for number, outcome in enumerate(run.read(settings, FIRST, todo)):
        if number == 0:
            meanwhile()
        refused += outcome.refusal is not None
    seconds = time.perf_counter() - start
    digest, files = hashlib.sha256(), 0
    for path in sorted(p for p in settings.staging.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(settings.staging)} ".encode() + path.read_bytes())
        files += 1
    sound = sum(is_sound(settings.staging, one.document_id) for one in todo)
    assert sound == len(todo) - refused, "every document that was not refused is staged"
    return Result(seconds, digest.hexdigest(), files, refused)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of one run."""
    with tempfile.TemporaryDirectory(prefix="yusuan-cluster-") as made:
        yield Path(made)


def local(todo: list[Document], workers: int) -> Result:
    """One machine, so many worker processes."""
    with folder() as place:
        return read(Settings(curated=place, workers=workers, engine="process"), todo, nothing)


def nothing() -> None:
    """Let the run be."""


def clustered(todo: list[Document], batch: int, *, kill: bool) -> Result:
    """Two workers of a Dask cluster; one is killed in the middle of a batch, where asked."""
    with folder() as place, folder() as own, running(own, WORKERS) as cluster:

        def end_one() -> None:
            victim = next(one for one in cluster.workers if children(one.pid))
            victim.kill()
            print(f"  killed worker {victim.pid} with a reader of its own running", flush=True)

        settings = Settings(curated=place, engine="dask", scheduler=cluster.scheduler, batch=batch)
        return read(settings, todo, end_one if kill else nothing)


def report(most: int) -> str:
    """Every engine as a Markdown table."""
    todo = documents(most)
    batch = max(len(todo) // 4, 1)
    runs: dict[str, Callable[[], Result]] = {
        "process, 1 worker": lambda: local(todo, 1),
        f"process, {WORKERS} workers": lambda: local(todo, WORKERS),
        f"dask, {WORKERS} workers": lambda: clustered(todo, batch, kill=False),
        f"dask, {WORKERS} workers, one killed": lambda: clustered(todo, batch, kill=True),
    }
    results: dict[str, Result] = {}
    processor: dict[str, float] = {}
    for name, measure in runs.items():
        before = spent()
        results[name] = measure()
        processor[name] = spent() - before
        clock = results[name].seconds
        print(f"{name}: {clock:.1f} s, processor {processor[name]:.1f} s", flush=True)
    first, base = next(iter(results.items()))
    pages = "real disclosures" if SHARED.is_dir() else "facsimiles"
    rows = [
        f"{len(todo)} {pages}, batches of {batch}; times as multiples of one worker "
        "process. The clock leaves the start of a cluster out, the processor does not.",
        "",
        "| engine | clock | processor | staged files | refused | same bytes |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for name, result in results.items():
        same = "yes" if result.staged == base.staged else "NO"
        clock = result.seconds / base.seconds
        share = processor[name] / processor[first]
        rows.append(
            f"| {name} | {clock:.2f} | {share:.2f} | {result.files} | {result.refused} | {same} |"
        )
    return "\n".join(rows)


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--documents", type=int, default=24, help="how many (default: 24)")
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    asked = parser.parse_args()
    text = report(asked.documents)
    print(text)
    if asked.write:
        old = REPORT.read_text(encoding="utf-8")
        REPORT.write_text(written(old, "engines", TITLE, text), encoding="utf-8")


if __name__ == "__main__":
    main()
