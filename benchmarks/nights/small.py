"""A small night in a fork: the real steps over a few small documents, few rules, one worker.

Here: the place, the steps in the order of the job, and running them apart from this process, which
imports once and touches no file of a night itself. Not here: faults.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from pipeline import lock, steps
from pipeline.gate import judge, structure
from pipeline.night import course
from pipeline.night.order import Order
from pipeline.register.account import GOOD
from pipeline.settings import Settings
from pipeline.staging import pool

DAY = date(2026, 3, 2)
STEPS = ("take_in", "stage", "enter", "prove", "assemble", "judge", "publish")
#: how many structural rules of the gate are asked
RULES = 6
#: far more than a night takes on a machine that is busy; a night that takes longer hangs
SECONDS = 300
#: how a fork ends that was told to wait, and one that raised
BUSY, RAISED = 75, 70


class Broken(AssertionError):
    """A fault was not survived; says what was found."""


def expect(holds: bool, said: str) -> None:
    """Raise `Broken` unless it holds."""
    if not holds:
        raise Broken(said)


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
    code = RAISED
    try:
        os.setsid()
        lean()
        code = 0 if act() in GOOD else 1
    except lock.Busy:
        code = BUSY
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


def warm() -> None:
    """Import what nights import late, so that each fork has it. No pool of threads may start."""
    judge.judge([], strict=False)
