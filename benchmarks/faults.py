"""A small night under every fault we can think of; counts what was injected and what survived.

    python -m benchmarks.faults --instants 200

A fault is survived when the last good release is still whole and readable afterwards, and when the
next night, with nothing repaired by hand, ends well with exactly the release that an undisturbed
night makes: the same bytes, no document lost or doubled, nothing left lying about. Ends with 1
where one was not.

Nights run in forks of this process, which imports once and touches no file of a night itself. The
night is small in its documents and in its rules (a few of each kind), not in its code. Here: the
faults and the judgement.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from pipeline import lock, steps
from pipeline.gate import judge, structure
from pipeline.night import course
from pipeline.night.account import GOOD
from pipeline.night.order import Order
from pipeline.release import versions
from pipeline.release.write import content_hash, file_hash
from pipeline.settings import PROJECT, Settings
from pipeline.staging import pool
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import text_grid
from tests.unit.staging import fake_tasks

DAY = date(2026, 3, 2)
STEPS = ("take_in", "stage", "enter", "prove", "assemble", "judge", "publish")
IDENTITIES, RULES = ("conditions.yml", "sources.yml", "summary.yml"), 6
#: far more than a night takes on a machine that is busy; a night that takes longer hangs
SECONDS = 300
SEEDS, LATE = (700, 701), 702
T = TypeVar("T")


class Broken(AssertionError):
    """A fault was not survived; says what was found."""


@dataclass(frozen=True)
class Place:
    """A folder with raw files and a first good night behind it."""

    root: Path

    @property
    def settings(self) -> Settings:
        return Settings(
            raw=self.root / "raw",
            curated=self.root / "curated",
            expectations=self.root / "expectations",
            workers=1,
            today=DAY + timedelta(days=1),
        )

    @property
    def curated(self) -> Path:
        return self.root / "curated"

    def copy(self, to: Path) -> Place:
        """The same elsewhere."""
        shutil.copytree(self.root, to, symlinks=True)
        return Place(to)


def night(settings: Settings, at: Callable[[str], None] = lambda step: None) -> str:
    """A night as the job runs it, step by step; `at` is called at every boundary."""
    held = lock.held(settings.curated)
    try:
        at("lock")
        under_way = course.begin(settings, Order(settings=settings))
        at("begin")
        try:
            under_way.fetch()
            walk(settings, at)
        except Exception as error:
            # As Dagster does it: the failure is noted, the night is ended and told.
            under_way.fail(type(error).__name__, error)
        account = under_way.finish()
        at("end")
        if not account.good:
            why = account.failure or [stop.rule_id for stop in account.stops]
            print(f"  night {account.number}: {account.outcome}: {why}", flush=True)
        return account.outcome
    finally:
        held.release()


def lean() -> None:
    """Fewer rules of the gate, and workers that import no second reader: the rest is as ever."""
    few = structure.rules()[:RULES]
    structure.rules = lambda: few
    pool.run = partial(pool.run, preload=("pipeline.staging.extract",))  # type: ignore[assignment]


def walk(settings: Settings, at: Callable[[str], None]) -> None:
    """The steps from taking in to publishing; none of them where nothing is new."""
    steps.take_in(settings)
    if steps.is_nothing_new(settings):
        steps.save(settings, course.PUBLISHED, steps.nothing_new(settings))
        return
    for name in STEPS[1:]:
        made = getattr(steps, name)(settings)
        at(name)
    steps.save(settings, course.PUBLISHED, made)


def forked(act: Callable[[], str]) -> int:
    """Run something in a fork; its process id. It ends with 0 only for a good outcome."""
    sys.stdout.flush()
    if child := os.fork():
        return child
    code = 70
    try:
        os.setsid()
        lean()
        code = 0 if act() in GOOD else 1
    except lock.Busy:
        code = 75
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def ended(child: int, seconds: float = SECONDS) -> int:
    """How a fork ended: its code, or minus the signal. `Broken` where it hangs."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise Broken(f"the night did not end within {seconds:.0f} s")


def run(settings: Settings) -> int:
    """One undisturbed night in a fork."""
    return ended(forked(partial(night, settings)))


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

    def check_after(self, place: Place, settings: Settings | None = None) -> None:
        """The release stands; the next night ends well, and makes what it should."""
        readable(place.curated)
        code = run(settings or place.settings)
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
        with sqlite3.connect(curated / "register.sqlite") as book:
            (running,) = book.execute(
                "SELECT (SELECT count(*) FROM nights WHERE outcome = 'running')"
                " + (SELECT count(*) FROM stages WHERE outcome = 'running')"
            ).fetchone()
            (present,) = book.execute(
                "SELECT count(*) FROM documents WHERE state = 'present'"
            ).fetchone()
        book.close()
        expect(running == 0, f"{running} nights or stages are said to run")
        expect(present == self.documents, f"{present} documents of {self.documents} known")


def expect(holds: bool, said: str) -> None:
    """Raise `Broken` unless it holds."""
    if not holds:
        raise Broken(said)


def readable(curated: Path) -> None:
    """The release that `latest` names is whole, to the byte."""
    latest = versions.latest(curated)
    expect(latest is not None, "latest points at nothing")
    assert latest is not None
    for line in (latest / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        path = latest / name
        whole = path.is_file() and file_hash(path) == digest
        expect(whole, f"release {latest.name}: {name} is damaged")


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


def die() -> None:
    """What kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


def boundaries(bench: Bench) -> None:
    """kill -9 at every boundary of steps."""
    for name in bench.chosen(("lock", "begin", *STEPS[1:], "end")):
        with bench.trial("kill -9 at step boundaries", name) as place:

            def at(step: str, wanted: str = name) -> None:
                if step == wanted:
                    die()

            code = ended(forked(partial(night, place.settings, at)))
            expect(code == -signal.SIGKILL, f"the night was not killed there ({code})")


def durable(bench: Bench) -> None:
    """kill -9 just before every rename and flush of the parent, from judging to the end."""
    place = bench.base.copy(bench.root / "counted")
    expect(ended(forked(partial(night, place.settings, partial(dying, 0, place.root)))) == 0, "")
    calls = int((place.root / "calls").read_text())
    for number in bench.chosen(range(1, calls + 1)):
        with bench.trial("kill -9 before renames and flushes", f"call {number}") as place:
            at = partial(dying, number, place.root)
            code = ended(forked(partial(night, place.settings, at)))
            expect(code == -signal.SIGKILL, f"the night ended with {code}")


def dying(number: int, root: Path, step: str) -> None:
    """From judging on, die at the n-th call that makes something lasting; count them."""
    if step == "end" and not number:
        (root / "calls").write_text(str(_calls[0]))
    if step != "judge":
        return

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **choices: object) -> object:
            _calls[0] += 1
            if _calls[0] == number:
                die()
            return real(*arguments, **choices)

        return call

    for name in ("fsync", "rename", "replace", "unlink"):
        setattr(os, name, counted(getattr(os, name)))


#: calls that made something lasting, in this fork
_calls = [0]


def instants(bench: Bench, number: int, seed: int) -> None:
    """kill -9 at random instants."""
    chance = random.Random(seed)
    for _ in range(number):
        moment = chance.uniform(0, bench.seconds * 1.1)
        with bench.trial("kill -9 at random instants", f"after {moment:.2f} s") as place:
            child = forked(partial(night, place.settings))
            time.sleep(moment)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            ended(child)


def disks(bench: Bench) -> None:
    """A full disk and one that is only read, on a tmpfs of its own."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        print("skipped: full and read-only disk (needs root and mount)")
        return
    for free in bench.chosen((0, 64, 512, 2_000, 6_000, 10_000, 14_000)):
        with bench.trial("full disk", f"{free} KiB free") as place, mounted(place, 64) as disk:
            fill(disk, free)
            code = run(place.settings)
            expect(code in (0, 1, 70), f"the night on a full disk ended with {code}")
            readable(place.curated)
            (disk / "filler").unlink()
            bench.check_after(place)
    with bench.trial("read-only disk", "remounted") as place, mounted(place, 64) as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        code = run(place.settings)
        expect(code in (1, 70), f"the night on a read-only disk ended with {code}")
        readable(place.curated)
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        bench.check_after(place)


@contextmanager
def mounted(place: Place, size: int) -> Iterator[Path]:
    """The curated folder on a disk of its own of some MiB; back where it was afterwards."""
    disk = place.root / "disk"
    disk.mkdir()
    options = f"size={size}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True)
    try:
        shutil.copytree(place.curated, disk / "curated", symlinks=True)
        shutil.rmtree(place.curated)
        place.curated.symlink_to(disk / "curated", target_is_directory=True)
        yield disk
        place.curated.unlink()
        shutil.copytree(disk / "curated", place.curated, symlinks=True)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path, kib: int) -> None:
    """Leave so much room."""
    room = os.statvfs(disk)
    size = room.f_bavail * room.f_frsize - kib * 1024
    with (disk / "filler").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(size, 1))


def garbage(path: Path) -> None:
    """Other bytes of the same length."""
    path.write_bytes(hashlib.shake_256(b"fault").digest(path.stat().st_size))


def cut(path: Path) -> None:
    """Half of it."""
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def foot(path: Path) -> None:
    """The last bytes turned: a Parquet file's footer."""
    content = bytearray(path.read_bytes())
    content[-24:] = bytes(byte ^ 0x5A for byte in content[-24:])
    path.write_bytes(content)


def gone(path: Path) -> None:
    path.unlink()


DAMAGES = (garbage, cut, emptied, foot, gone)
#: what is damaged, by a pattern below `curated`
VICTIMS = {
    "staged result": "staging/*/*/*/*.parquet",
    "staged checksums": "staging/*/*/*/checksums.json",
    "register": "register.sqlite",
    "warehouse": "work/yusuan.duckdb",
    "handed-on value": "work/*.pickle",
    "what was seen": "work/raw.seen",
    "last night's report": "nights/*/night.json",
    "lock": ".lock",
}


def corruption(bench: Bench) -> None:
    """Damage to what one night leaves for the next."""
    for what, damage in bench.chosen(list(itertools.product(VICTIMS, DAMAGES))):
        with bench.trial("corrupted leftovers", f"{what} {damage.__name__}") as place:
            found = sorted(p for p in place.curated.glob(VICTIMS[what]) if p.is_file())
            expect(bool(found), f"nothing is there to damage: {VICTIMS[what]}")
            for path in found:
                damage(path)


def last_release(bench: Bench) -> None:
    """Damage to the last release itself: the next night makes a whole one."""
    victims = (
        "parquet/fact_amount.parquet",
        "parquet/dim_document.parquet",
        "SHA256SUMS",
        "csv/dim_document.csv",
        "yusuan.duckdb",
    )
    for victim, damage in bench.chosen(list(itertools.product(victims, (foot, emptied, gone)))):
        with bench.trial("corrupted last release", f"{victim} {damage.__name__}") as place:
            latest = versions.latest(place.curated)
            assert latest is not None
            damage(latest / victim)
            code = run(place.settings)
            expect(code == 0, f"the night after ended with {code}")


def clocks(bench: Bench) -> None:
    """A clock that jumps between two nights, by days and by decades."""
    for days in bench.chosen((-10_000, -365, -1, 1, 365, 10_000)):
        with bench.trial("clock jumps", f"{days:+} days") as place:
            jumped = replace(place.settings, today=DAY + timedelta(days=days))
            expect(run(jumped) == 0, "the night with another day failed")
            after = versions.latest(place.curated)
            assert after is not None
            made = versions.made(place.curated)
            expect(after.name == max(made, key=versions.sort_key), "the latest is not the newest")
            expect(len(made) == 2, f"a release went or came: {made}")


def two_at_once(bench: Bench) -> None:
    """Two nights that begin together, and one that begins in the middle of another."""
    for wait in (0.0, 0.0, bench.seconds / 4, bench.seconds / 2):
        with bench.trial("two at once", f"{wait:.1f} s apart") as place:
            first = forked(partial(night, place.settings))
            time.sleep(wait)
            second = forked(partial(night, place.settings))
            codes = sorted((ended(first), ended(second)))
            expect(codes == [0, 75], f"one does the night, the other is told: {codes}")


WILD = (
    "fork",
    "fork_away",
    "fork_without_end",
    "flood",
    "deaf",
    "crash",
    "leave",
    "swell",
    "signal_parent",
    "trespass",
    "die_later",
)


def wild_workers(bench: Bench) -> None:
    """A worker that forks, floods its pipe, ignores TERM and worse, while it reads a document."""
    for name in bench.chosen(WILD):
        with bench.trial("wild workers", name) as place:
            code = ended(forked(partial(wildly, place.settings, name)))
            expect(code == 0, f"the night ended with {code}")
            readable(place.curated)
            # Its refusal is remembered: the document is tried again once its result is gone.
            shutil.rmtree(place.settings.staging)


def wildly(settings: Settings, name: str) -> str:
    """A night whose workers do what a bad parser does with the new document."""
    limits = pool.Limits(seconds=5, memory_bytes=1 << 30)
    pool.run = partial(pool.run, limits=limits, task=getattr(fake_tasks, name), preload=())  # type: ignore[assignment]
    return night(settings)


def warm() -> None:
    """Import what nights import late, so that each fork has it. No pool of threads may start."""
    judge.judge([], strict=False)


def main() -> None:
    """Inject everything, print what came of it, and end by it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instants", type=int, default=200, help="random instants to kill at")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, help="so many faults of each other class (all)")
    parser.add_argument("--only", nargs="*", help="classes by the name of their function")
    asked = parser.parse_args()
    classes = (
        boundaries,
        durable,
        partial(instants, number=asked.instants, seed=asked.seed),
        disks,
        corruption,
        last_release,
        clocks,
        two_at_once,
        wild_workers,
    )
    warm()
    with tempfile.TemporaryDirectory() as folder:
        bench = prepared(Path(folder))
        bench.most, bench.chance = asked.most, random.Random(asked.seed)
        for one in classes:
            function = getattr(one, "func", one)
            if not asked.only or function.__name__ in asked.only:
                one(bench)  # type: ignore[operator]
    print("| fault | injected | survived |\n|---|---:|---:|")
    for kind, (injected, survived) in bench.tally.items():
        print(f"| {kind} | {injected} | {survived} |")
    for failure in bench.failures:
        print(failure)
    sys.exit(1 if bench.failures else 0)


if __name__ == "__main__":
    main()
