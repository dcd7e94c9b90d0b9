"""The lock of a folder: two builds never write one folder.

Here: taking and releasing it, and who holds it. The kernel lets go of it when its process ends,
however it ends, so it is never stale; what the file says of a holder is for people alone, and what
is left of one that did not let go tells that it was ended. Over NFS it works between machines where
the server keeps locks. Not here: what is done under the lock.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

NAME = ".lock"
# Who only looks at a lock holds it for an instant; a build waits for that, not for other builds.
TRIES, PAUSE_SECONDS = 5, 0.1


class Busy(RuntimeError):
    """Another build holds the lock."""


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: a process of a machine, since when (ISO 8601)."""

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since}"


@dataclass(frozen=True)
class Lock:
    """A lock that is held until `release`, or until the process ends.

    `left_by` held it before and was ended before it could let go.
    """

    file: IO[bytes]
    left_by: Holder | None = field(default=None)

    def release(self) -> None:
        """Let others build."""
        if not self.file.closed:
            write(self.file, b"")
            self.file.close()


def held(folder: Path) -> Lock:
    """The lock of a folder, taken now; `Busy` where another build holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    # Not "w": it would wipe out what the holder wrote.
    file = (folder / NAME).open("a+b", buffering=0)
    try:
        if not taken(file, fcntl.LOCK_EX):
            raise Busy(told(folder, said(file)))
        before = said(file)
        own = Holder(os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat("T", "seconds"))
        write(file, json.dumps(asdict(own)).encode())
    except BaseException:
        file.close()
        raise
    return Lock(file, before)


def told(folder: Path, holder: Holder | None) -> str:
    """What is said to who may not build now."""
    by = f" ({holder})" if holder else ""
    return f"another build is writing to {folder}{by}; wait for it, or end that process"


def holder(folder: Path) -> Holder | None:
    """Who holds the lock of a folder now; null where nobody does. Nothing is written."""
    try:
        file = (folder / NAME).open("rb", buffering=0)
    except FileNotFoundError:
        return None
    with file:
        if taken(file, fcntl.LOCK_SH, tries=1):
            return None
        return said(file) or Holder(0, "an unknown machine", "an unknown time")


def taken(file: IO[bytes], kind: int, tries: int = TRIES) -> bool:
    """Whether the lock could be taken."""
    for left in reversed(range(tries)):
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if left:
                time.sleep(PAUSE_SECONDS)
        else:
            return True
    return False


def said(file: IO[bytes]) -> Holder | None:
    """The holder that a lock's file names; null where it names none."""
    file.seek(0)
    try:
        found: dict[str, Any] = json.loads(file.read())
        return Holder(int(found["pid"]), str(found["host"]), str(found["since"]))
    except (ValueError, KeyError, TypeError):
        return None


def write(file: IO[bytes], text: bytes) -> None:
    """Say who holds the lock. Where the disk is full it is held all the same."""
    with suppress(OSError):
        file.seek(0)
        file.truncate()
        file.write(text)
