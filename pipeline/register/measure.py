"""What a stage of a night uses: seconds, CPU seconds of this process and its ended children, peak
memory of this process. Here: asking the system. Not here: keeping it (night).
"""

from __future__ import annotations

import resource
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SELF = Path("/proc/self")
KIB = 1024


@dataclass(frozen=True)
class Used:
    """What was used between two moments."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Meter:
    """Begun when made; time is that of a clock nobody can set."""

    began: float = field(default_factory=time.monotonic)
    cpu_began: float = field(default_factory=lambda: cpu_seconds())

    @staticmethod
    def start() -> Meter:
        """A meter from now on, the peak of memory too where the system lets it be reset."""
        with suppress(OSError):
            (SELF / "clear_refs").write_text("5")
        return Meter()

    def read(self) -> Used:
        """What was used since the meter was started."""
        return Used(
            round(time.monotonic() - self.began, 3),
            round(cpu_seconds() - self.cpu_began, 3),
            peak_bytes(),
        )


def cpu_seconds() -> float:
    """CPU seconds of this process and of its children that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def peak_bytes() -> int:
    """The most memory this process held, since the peak was reset where that can be done."""
    with suppress(OSError):
        for line in (SELF / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * KIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
