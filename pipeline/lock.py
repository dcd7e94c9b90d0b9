"""The lock of a curated folder: two builds never write one folder.

Here: taking and releasing it. The Dagster resource holds it for the length of a run.
"""

from __future__ import annotations

import fcntl
from dataclasses import dataclass
from pathlib import Path
from typing import IO


class Busy(RuntimeError):
    """Another build holds the lock."""


@dataclass(frozen=True)
class Lock:
    """A lock that is held until `release`, or until the process ends."""

    file: IO[str]

    def release(self) -> None:
        """Let others build."""
        self.file.close()


def held(curated: Path) -> Lock:
    """The lock of a folder, taken now; `Busy` where another build holds it."""
    curated.mkdir(parents=True, exist_ok=True)
    file = (curated / ".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise Busy(f"another build is writing to {curated}") from error
    return Lock(file)
