"""A small night under every fault we can think of; counts what was injected and what survived.

    python -m benchmarks.faults --instants 200

A fault is survived when the last good release is still whole and readable afterwards, and when the
next night, with nothing repaired by hand, ends well with exactly the release that an undisturbed
night makes: the same bytes, no document lost or doubled, nothing left lying about. Ends with 1
where one was not.

The night is small in its documents and in its rules (a few of each kind), not in its code.
Here: the faults. Not here: the night (nights.small) and the judgement (nights.bench).
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks.nights.bench import Bench, prepared, readable
from benchmarks.nights.small import (
    BUSY,
    DAY,
    RAISED,
    STEPS,
    Place,
    ended,
    expect,
    forked,
    night,
    run,
    warm,
)
from pipeline.release import versions
from pipeline.settings import Settings
from pipeline.staging import pool
from tests.unit.staging import fake_tasks


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
            expect(code in (0, 1, RAISED), f"the night on a full disk ended with {code}")
            readable(place.curated)
            (disk / "filler").unlink()
            bench.check_after(place)
    with bench.trial("read-only disk", "remounted") as place, mounted(place, 64) as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        code = run(place.settings)
        expect(code in (1, RAISED), f"the night on a read-only disk ended with {code}")
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
            expect(codes == [0, BUSY], f"one does the night, the other is told: {codes}")


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
