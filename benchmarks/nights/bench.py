"""The bench on which faults are tried: a place to begin from, and what must hold after each.

Here: the judgement. A fault is survived when the last good release is still whole, and the next
night, with nothing repaired by hand, makes exactly what an undisturbed one makes. Not here: the
faults (benchmarks.faults).
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from benchmarks.nights.small import DAY, Broken, Place, expect, run
from pipeline.release import versions
from pipeline.release.soundness import damage
from pipeline.release.write import content_hash
from pipeline.settings import PROJECT
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import text_grid

IDENTITIES = ("conditions.yml", "sources.yml", "summary.yml")
SEEDS, LATE = (700, 701), 702
T = TypeVar("T")


@dataclass
class Bench:
    """The place everything begins from, and what an undisturbed night makes of it."""

    root: Path
    base: Place
    reference: str
    documents: int
    seconds: float
    most: int | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    tally: dict[str, list[int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    trials: int = 0

    def chosen(self, faults: Sequence[T]) -> list[T]:
        """All faults of a class, or as many at random as were asked for."""
        if self.most is None or len(faults) <= self.most:
            return list(faults)
        return self.chance.sample(faults, self.most)

    @contextmanager
    def trial(self, kind: str, name: str) -> Iterator[Place]:
        """One fault: a fresh place, then judged."""
        self.trials += 1
        place = self.base.copy(self.root / f"trial-{self.trials}")
        counts = self.tally.setdefault(kind, [0, 0])
        counts[0] += 1
        try:
            yield place
            self.check_after(place)
            counts[1] += 1
        except Broken as error:
            self.failures.append(f"{kind}: {name}: {error}")
            print(f"NOT SURVIVED {self.failures[-1]}", flush=True)
        finally:
            shutil.rmtree(place.root, ignore_errors=True)

    def check_after(self, place: Place) -> None:
        """The release stands; the next night ends well, and makes what it should."""
        readable(place.curated)
        code = run(place.settings)
        expect(code == 0, f"the next night ended with {code}")
        readable(place.curated)
        latest = versions.latest(place.curated)
        expect(latest is not None, "there is no release")
        found = content_hash(latest) if latest else ""
        expect(found == self.reference, f"{latest}: other content than of an undisturbed night")
        self.check_register(place.curated)
        check_tidy(place.curated)

    def check_register(self, curated: Path) -> None:
        """Nothing runs any more, and every document is there once."""
        with closing(sqlite3.connect(curated / "register.sqlite")) as book:
            (running,) = book.execute(
                "SELECT (SELECT count(*) FROM nights WHERE outcome = 'running')"
                " + (SELECT count(*) FROM stages WHERE outcome = 'running')"
            ).fetchone()
            (present,) = book.execute(
                "SELECT count(*) FROM documents WHERE state = 'present'"
            ).fetchone()
        expect(running == 0, f"{running} nights or stages are said to run")
        expect(present == self.documents, f"{present} documents of {self.documents} known")


def readable(curated: Path) -> None:
    """The release that `latest` names is whole, to the byte."""
    latest = versions.latest(curated)
    expect(latest is not None, "latest points at nothing")
    found = None if latest is None else damage(latest)
    expect(found is None, f"release {latest and latest.name}: {found} is damaged")


def check_tidy(curated: Path) -> None:
    """Nothing half made lies about after a good night."""
    found = [*curated.glob("releases/.*"), *curated.glob(".latest-*"), *curated.glob("work/.*.*.*")]
    found += (curated / "staging").rglob(".*")
    expect(not found, f"left behind: {', '.join(p.name for p in found)}")


def prepared(root: Path) -> Bench:
    """A first good night, then one more document; and what a second night makes of it."""
    place = Place(root / "base")
    (place.root / "raw").mkdir(parents=True)
    shutil.copytree(PROJECT / "expectations", place.settings.expectations)
    for path in (place.settings.expectations / "identities").iterdir():
        if path.name not in IDENTITIES:
            path.unlink()
    (place.settings.expectations / "suites" / "content.yml").unlink()
    for seed in SEEDS:
        write(place, seed)
    (place.settings.raw / "picture.bin").write_bytes(bytes(range(32)))
    expect(run(replace(place.settings, today=DAY)) == 0, "the first night failed")
    write(place, LATE)
    reference = place.copy(root / "reference")
    begin = time.monotonic()
    expect(run(reference.settings) == 0, "the undisturbed night failed")
    seconds = time.monotonic() - begin
    latest = versions.latest(reference.curated)
    assert latest is not None
    bench = Bench(root, place, content_hash(latest), len(SEEDS) + 1, seconds)
    bench.check_register(reference.curated)
    return bench


def write(place: Place, seed: int) -> None:
    """A small document."""
    budget = synthetic_budget(seed, n_projects=2)
    (place.settings.raw / f"{seed}.txt").write_text(text_grid(budget), encoding="utf-8")
