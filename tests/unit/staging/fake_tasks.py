"""Tasks for the pool that behave as parsers do on bad days. The file's text says how.

Here: top-level functions a spawned worker can import. Each leaves a mark in the staging folder
when it ends well. Not here: assertions.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

from pipeline.documents.document import Document, Refusal

KIB = 1024
NOISE = "0123456789abcdef" * 4 * KIB


def behave(staging: Path, document: Document) -> None:
    """Do what the document's text names, then leave a mark."""
    ACTIONS[document.path.read_text(encoding="utf-8")](staging, document)
    (staging / document.document_id).write_text(str(os.getpid()), encoding="utf-8")


def good(staging: Path, document: Document) -> None:
    """Nothing out of the way."""


def slow(staging: Path, document: Document) -> None:
    """Well within any limit, but not at once."""
    time.sleep(0.4)


def crash(staging: Path, document: Document) -> None:
    """What a native parser does on a broken file."""
    os.kill(os.getpid(), signal.SIGSEGV)


def hang(staging: Path, document: Document) -> None:
    """Waits for ever."""
    time.sleep(3600)


def spin(staging: Path, document: Document) -> None:
    """Calculates for ever."""
    while True:
        pass


def deaf(staging: Path, document: Document) -> None:
    """Waits for ever and ignores every signal that can be ignored."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(3600)


def swell(staging: Path, document: Document) -> None:
    """Asks for more memory than there is."""
    held = []
    while True:
        held.append(bytearray(64 * KIB * KIB))


def leave(staging: Path, document: Document) -> None:
    """Ends the process as a program would."""
    sys.exit(3)


def leave_at_once(staging: Path, document: Document) -> None:
    """Ends the process without a word."""
    os._exit(0)


def fail(staging: Path, document: Document) -> None:
    """Raises what nobody expected, with text of the document in it."""
    raise StopIteration("联系电话：0300-0123456")


def interrupt(staging: Path, document: Document) -> None:
    """Raises what is no `Exception`."""
    raise KeyboardInterrupt


def refuse(staging: Path, document: Document) -> None:
    """Refuses the document as readers do."""
    raise Refusal("readers", "encrypted", "a password is needed")


def fork(staging: Path, document: Document) -> None:
    """Leaves a child behind."""
    if (child := os.fork()) == 0:
        time.sleep(3600)
        os._exit(0)
    (staging / f"child-{child}").touch()


def fork_and_crash(staging: Path, document: Document) -> None:
    """Dies while a child still holds its pipes."""
    fork(staging, document)
    os.kill(os.getpid(), signal.SIGSEGV)


def flood(staging: Path, document: Document) -> None:
    """Prints megabytes to both streams, past Python's own buffers too."""
    for _ in range(32):
        print(NOISE)
        print(NOISE, file=sys.stderr)
        os.write(1, NOISE.encode())
        os.write(2, NOISE.encode())


def listen(staging: Path, document: Document) -> None:
    """Reads from standard input, which must not block."""
    sys.stdin.read()


def fill_the_disk(staging: Path, document: Document) -> None:
    """Writes one file larger than any result."""
    with (staging / "too-large").open("wb") as stream:
        for _ in range(64):
            stream.write(NOISE.encode() * 16)


def die_later(staging: Path, document: Document) -> None:
    """Answers, and leaves behind what kills the worker a moment later."""
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGKILL)).start()


ACTIONS = {
    action.__name__: action
    for action in (
        good,
        slow,
        crash,
        hang,
        spin,
        deaf,
        swell,
        leave,
        leave_at_once,
        fail,
        interrupt,
        refuse,
        fork,
        fork_and_crash,
        flood,
        listen,
        fill_the_disk,
        die_later,
    )
}
