"""Processes as the kernel shows them in /proc: whose they are, what they use, what they started.

Here: looking and killing. Where there is no /proc, nothing is seen. Not here: workers (pool).
"""

from __future__ import annotations

import os
import pwd
import random
import signal
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
#: what a process started by a worker has in its environment, whatever session it moved to
MARK = "YUSUAN_WORKER"
# User ids that systems hand out to services for a while, and to nobody for good.
SPARE_USERS = range(61_184, 65_520)
ROUNDS = 50


def running() -> Iterator[Path]:
    """Every process."""
    if PROC.is_dir():
        yield from (place for place in PROC.iterdir() if place.name.isdigit())


def is_running(process: int) -> bool:
    """Whether a process is there, whoever it belongs to."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def owner(place: Path) -> int | None:
    """Whose a process is; null where it is gone."""
    try:
        return place.stat().st_uid
    except OSError:
        return None


def threads(place: Path) -> int:
    """How many threads a process has."""
    try:
        return len(os.listdir(place / "task"))
    except OSError:
        return 0


def spare_user() -> int | None:
    """A user id that nobody has, for a worker; null where this process is not root."""
    if os.geteuid() != 0:
        return None
    taken = {owner(place) for place in running()} | {entry.pw_uid for entry in pwd.getpwall()}
    return random.choice([user for user in SPARE_USERS if user not in taken])


def cpu_seconds(process: int) -> float:
    """CPU seconds a process has used, its threads and ended children too; 0 where not known."""
    try:
        fields = (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(process: int) -> int:
    """Memory a process holds; 0 where not known."""
    try:
        pages = int((PROC / str(process) / "statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def marked(mark: str) -> list[int]:
    """Processes that still run and were started under a mark, at whatever remove."""
    return [int(place.name) for place in running() if bears(place, f"{MARK}={mark}".encode())]


def bears(place: Path, entry: bytes) -> bool:
    """Whether a process has an entry in its environment; one that has ended has none."""
    try:
        return entry in (place / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def kill_marked(mark: str) -> None:
    """Kill all that was started under a mark, until nothing of it is left.

    A process that forks faster than it is killed is stopped first.
    """
    for _ in range(ROUNDS):
        found = marked(mark)
        if not found:
            return
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in found:
                send(process, number)


def send(process: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone."""
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return
