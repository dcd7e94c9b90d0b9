"""One worker as its parent sees it: started, listened to, ended with all it started.

Here: the process, its pipe, its desk and its deadline. Not here: what it does (inside), and which
document it is given and blamed for (pool).
"""

from __future__ import annotations

import json
import os
import pickle
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from pipeline.documents.document import Document
from pipeline.staging import inside, processes
from pipeline.staging.desk import Desk
from pipeline.staging.inside import Orders, Task
from pipeline.staging.limits import Confinement, Limits
from pipeline.staging.store import stage_version

# One thread per library in a worker: the pool is the parallelism.
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")
# What a worker inherits of the environment, by how names begin.
KNOWN = ("PATH", "LANG", "LC_", "TZ", "LD_LIBRARY_PATH", "PYTHON", "VIRTUAL_ENV", "COV_CORE_")
START_SECONDS, EXIT_SECONDS = 180.0, 2.0
BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from pipeline.staging import inside; inside.main(int(sys.argv[2]))"
)


def harmless(environment: Mapping[str, str]) -> dict[str, str]:
    """What of an environment a process that opens untrusted files may know: no credentials."""
    return {name: said for name, said in environment.items() if name.startswith(KNOWN)}


@dataclass
class Case:
    """A document and how fresh workers failed on it so far."""

    document: Document
    again: bool = False
    failures: list[str] = field(default_factory=list)


@dataclass
class Worker:
    """One process, its pipe, its desk, and the document it works on until a deadline."""

    process: subprocess.Popen[bytes]
    pipe: Connection
    desk: Desk
    mark: str
    deadline: float
    ready: bool = False
    case: Case | None = None
    done: int = 0
    cpu_before: float = 0.0
    said: bytes = b""

    @property
    def idle(self) -> bool:
        """Whether it can be given a document."""
        return self.ready and self.case is None

    def begin(self, case: Case, seconds: int) -> None:
        """Note what it works on, and until when it may."""
        self.case, self.said = case, b""
        self.cpu_before = processes.cpu_seconds(self.process.pid)
        self.deadline = time.monotonic() + seconds

    def cpu_used(self) -> float:
        """CPU seconds spent on its document."""
        return processes.cpu_seconds(self.process.pid) - self.cpu_before

    def hear(self) -> bool:
        """Add to what it says without waiting for the rest; false where it says no more."""
        try:
            more = os.read(self.pipe.fileno(), inside.MAX_LINE)
        except ConnectionResetError:
            return False
        self.said += more
        return bool(more)

    @property
    def spoke(self) -> bool:
        """Whether it has said a whole line, or more than any line holds."""
        return self.said.endswith(b"\n") or len(self.said) > inside.MAX_LINE

    def has_ended(self) -> bool:
        """Whether the process is gone, though what it started may hold its pipe."""
        return self.process.poll() is not None

    def death(self) -> tuple[str, int | None]:
        """How it ended, in words and as exit code.

        A worker that ends itself closes its pipe first; its exit code comes a moment later.
        """
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(EXIT_SECONDS)
        code = self.process.returncode
        if code is not None and code < 0:
            return f"the worker was killed by {signal.Signals(-code).name}", code
        return f"the worker ended with exit code {code}", code

    def kill(self) -> None:
        """End the process and everything it started, in whatever session."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        processes.kill_marked(self.mark)
        self.process.wait()
        self.pipe.close()
        self.desk.remove()


def start(
    place: Path, unprivileged: bool, limits: Limits, task: Task, preload: tuple[str, ...]
) -> Worker:
    """A fresh worker: a new interpreter, which inherits nothing but one end of a pipe.

    Native libraries print what documents hold: its output goes nowhere.
    """
    user = processes.spare_user() if unprivileged else None
    desk = Desk(place, user)
    desk.set_up()
    confinement = Confinement(user, (desk.staging, desk.scratch))
    orders = Orders(
        desk.staging,
        limits,
        confinement,
        os.getpid(),
        pickle.dumps(task),
        preload,
        stage_version(),
    )
    mark = secrets.token_hex(8)
    homes = dict.fromkeys(("HOME", "TMPDIR"), str(desk.scratch))
    ours, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", BOOT, json.dumps(sys.path), str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=harmless(os.environ)
            | homes
            | dict.fromkeys(THREAD_LIMITS, "1")
            | {processes.MARK: mark},
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    ours.send(orders)
    return Worker(process, ours, desk, mark, time.monotonic() + START_SECONDS)
