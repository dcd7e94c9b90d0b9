"""Politeness in time: the clock, and a gate per host that all requests to it pass.

Here: waiting. Not here: how long a site wants us to wait (robots, answers) - they tell the gate.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Condition, Event, Lock

from pipeline.acquisition.refusal import Refused

# A host that asks for a longer pause is left alone until the next run.
LONGEST_PAUSE = 15 * 60.0
# So often in a row may a host fail before it is left alone.
MOST_FAILURES = 5


class Clock:
    """Time as it passes. Tests give one whose sleep takes none."""

    def __init__(self) -> None:
        # Set where a run ends before its time: nobody sleeps any more.
        self.stopped = Event()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait. Raises `Refused` where the run is stopped meanwhile."""
        if self.stopped.wait(seconds):
            raise Refused("given_up", "the run was stopped")

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)


@dataclass
class Gate:
    """One host: so many at once, so long between two starts, nothing while it rests."""

    host: str
    clock: Clock
    delay: float = 0.0
    concurrency: int = 1

    def __post_init__(self) -> None:
        self._free = Condition()
        self._active = 0
        self._next = 0.0
        self._failures = 0
        self._given_up: str | None = None

    def tighten(self, delay: float, concurrency: int | None = None) -> None:
        """Slow down to what one more source, or the site itself, wants."""
        with self._free:
            self.delay = max(self.delay, delay)
            self.concurrency = min(self.concurrency, concurrency or self.concurrency)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a place and for the moment, and hold the place.

        Raises `Refused` where the host is left alone.
        """
        with self._free:
            self._free.wait_for(lambda: self._active < self.concurrency)
            self._active += 1
        try:
            self._await_start()
            yield
        finally:
            with self._free:
                self._active -= 1
                self._free.notify()

    def _await_start(self) -> None:
        """Sleep until a request may start, and put off the next one."""
        while True:
            with self._free:
                if self._given_up:
                    raise Refused("given_up", self._given_up)
                now = self.clock.monotonic()
                if (wait := self._next - now) <= 0:
                    self._next = now + self.delay
                    return
            self.clock.sleep(wait)

    def rest(self, seconds: float) -> None:
        """Let nobody ask this host for a while; leave it alone if the while is too long."""
        if seconds > LONGEST_PAUSE:
            self.give_up(f"{self.host} asks for a pause of {seconds:,.0f} s")
            return
        with self._free:
            self._next = max(self._next, self.clock.monotonic() + seconds)

    def failed(self) -> None:
        """Count a request that failed for good; too many in a row and the host is left alone."""
        with self._free:
            self._failures += 1
            if self._failures >= MOST_FAILURES:
                self._given_up = f"{self.host} failed {self._failures} times in a row"

    def answered(self) -> None:
        """The host works."""
        with self._free:
            self._failures = 0

    def give_up(self, why: str) -> None:
        """Leave the host alone from now on."""
        with self._free:
            self._given_up = why


class Gates:
    """The gate of every host, made when first asked for."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._gates: dict[str, Gate] = {}
        self._lock = Lock()

    def of(self, host: str, delay: float, concurrency: int) -> Gate:
        """The gate of a host, as slow as the slowest who asked."""
        with self._lock:
            gate = self._gates.setdefault(host, Gate(host, self.clock, delay, concurrency))
        gate.tighten(delay, concurrency)
        return gate
