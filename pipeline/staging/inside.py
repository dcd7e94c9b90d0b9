"""Inside a worker: confine itself, then a document in and one line of JSON out, again and again.

The parent never unpickles what comes from a process that has opened untrusted files. Here: the
loop and its few words. Not here: the parent's side of it (worker). Nothing is imported at the top
that starts threads: a process that has some may not leave its network.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.staging.limits import Confinement, Limits, allow_seconds, confine, limit

if TYPE_CHECKING:
    from pipeline.documents.document import Document

Task = Callable[[Path, "Document"], None]
MAX_LINE = 64 * 1024

WORDS = READY, BROKEN, DONE, REFUSED, FAILED = "ready", "broken", "done", "refused", "failed"


@dataclass(frozen=True)
class Orders:
    """What a worker is told when it starts."""

    staging: Path
    limits: Limits
    confinement: Confinement
    parent: int
    #: pickled, for what it needs is imported only after the confinement
    task: bytes
    #: modules to import before the first document, so that its time is its own
    preload: tuple[str, ...]
    #: the code the parent runs
    version: str


def main(descriptor: int) -> None:
    """What a worker's process calls, with its end of the pipe."""
    pipe = Connection(descriptor)
    work(pipe, pipe.recv())


def work(pipe: Connection, orders: Orders) -> None:
    """The worker's loop."""
    limit(orders.limits)
    left_out = confine(orders.confinement, orders.limits, orders.parent)
    try:
        check_place(orders.staging)
        check_version(orders.version)
        task: Task = pickle.loads(orders.task)
        for name in orders.preload:
            importlib.import_module(name)
    except (OSError, ImportError) as error:
        say(pipe, BROKEN, detail=f"{type(error).__name__}: {error}")
        return
    say(pipe, READY, left_out=left_out)
    while True:
        try:
            document = pipe.recv()
        except EOFError:
            return
        allow_seconds(orders.limits.seconds)
        said, told = answer(task, orders.staging, document)
        say(pipe, said, **told)


def check_place(staging: Path) -> None:
    """Raise `OSError` where this process may not write its results."""
    trial = staging / ".trial"
    trial.touch()
    trial.unlink()


def check_version(version: str) -> None:
    """Raise `ImportError` where the code here is not what the parent runs."""
    from pipeline.staging.store import stage_version

    if stage_version() != version:
        raise ImportError("the code has changed since the run began")


def answer(task: Task, staging: Path, document: Document) -> tuple[str, dict[str, Any]]:
    """How a document ended.

    The broad catch is this process's boundary: what a parser raises beyond its own errors must
    name the document, not end the night. It is reported, never passed over; what it says is not,
    for it may be text of the document.
    """
    from pipeline.documents.document import Refusal

    try:
        task(staging, document)
    except Refusal as refusal:
        told = {"stage": refusal.stage, "reason": refusal.reason, "detail": refusal.detail}
        return REFUSED, told
    except MemoryError:
        return FAILED, {"detail": "more memory than a document may use"}
    except OSError as error:
        # With a number it is the system's error (a full disk), but for the limit on a file's size;
        # libraries that decode pictures raise it without one.
        detail = error.strerror if error.errno else type(error).__name__
        machine = error.errno not in (None, errno.EFBIG)
        return FAILED, {"detail": f"{detail} in the reader", "machine": machine}
    except Exception as error:
        detail = f"{type(error).__name__} in the reader; please report it with the file"
        return FAILED, {"detail": detail}
    return DONE, {}


def say(pipe: Connection, said: str, **told: Any) -> None:
    """Send one line to the parent."""
    line = json.dumps({"said": said, **told}).encode() + b"\n"
    os.write(pipe.fileno(), line[:MAX_LINE])


def heard(line: bytes) -> dict[str, Any]:
    """A line of a worker; raises `ValueError` for what no worker says."""
    found = json.loads(line)
    if not isinstance(found, dict) or found.get("said") not in WORDS:
        raise ValueError("not a worker's answer")
    return found
