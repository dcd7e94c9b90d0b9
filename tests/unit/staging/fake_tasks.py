"""Tasks for the pool that behave as parsers do on bad days. The file's text says how.

Here: top-level functions a spawned worker can import. Each stages an empty result when it ends
well, with the process that made it. Not here: assertions.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl

from pipeline.documents.document import Document, Refusal
from pipeline.staging import store
from pipeline.staging.tables import SCHEMAS, framed

KIB = 1024
# What a worker leaves burning; long enough for its answer on a machine that is busy.
FUSE, SLOW = 0.6, 1.2
NOISE = "0123456789abcdef" * 4 * KIB


def behave(staging: Path, document: Document) -> None:
    """Do what the document's text names, then stage a result."""
    ACTIONS[document.path.read_text(encoding="utf-8")](staging, document)
    stage(staging, document.document_id, str(os.getpid()))


def stage(staging: Path, document_id: str, *notes: str) -> None:
    """Stage a result that holds nothing but notes."""
    rows = [{"document_id": document_id, "detail": note} for note in notes]
    frame = pl.DataFrame(rows, schema=SCHEMAS["quarantine"], orient="row")
    store.write(staging, document_id, replace(framed(), quarantine=frame))


def look_around(staging: Path, document: Document) -> None:
    """Note which documents have a result here, and what else lies beside this one's."""
    place = store.folder(staging, document.document_id)
    extra = {path.name for path in place.iterdir()} - {f"{n}.parquet" for n in SCHEMAS}
    results = {path.name for path in staging.glob("*/*/*")}
    stage(staging, document.document_id, *sorted(results), *sorted(extra - {store.CHECKSUMS}))


def good(staging: Path, document: Document) -> None:
    """Nothing out of the way."""


def slow(staging: Path, document: Document) -> None:
    """Well within any limit, but not at once."""
    time.sleep(SLOW)


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
    if os.fork() == 0:
        time.sleep(3600)
        os._exit(0)


def fork_and_crash(staging: Path, document: Document) -> None:
    """Dies while a child still holds its pipes."""
    fork(staging, document)
    os.kill(os.getpid(), signal.SIGSEGV)


def fork_away(staging: Path, document: Document) -> None:
    """Leaves a child in a session of its own that nobody is the parent of."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(3600)
        os._exit(0)
    os.wait()


def fork_without_end(staging: Path, document: Document) -> None:
    """Doubles itself as long as it may, each process in a session of its own; 128 at the most."""
    for _ in range(7):
        try:
            if os.fork() == 0:
                os.setsid()
        except OSError:
            break
    time.sleep(3600)


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
    with (Path(tempfile.gettempdir()) / "too-large").open("wb") as stream:
        for _ in range(64):
            stream.write(NOISE.encode() * 16)


def die_later(staging: Path, document: Document) -> None:
    """Answers, and leaves behind what kills the worker a moment later."""
    threading.Timer(FUSE, os.kill, (os.getpid(), signal.SIGKILL)).start()


def crash_at_first(staging: Path, document: Document) -> None:
    """Dies in the first worker of a run and in no other."""
    if staging.parent.name == "1":
        crash(staging, document)


def crash_otherwise(staging: Path, document: Document) -> None:
    """Dies in every worker, and not always of the same."""
    crash_at_first(staging, document)
    leave(staging, document)


def killed(staging: Path, document: Document) -> None:
    """What an operator does, or a kernel out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def lose_a_disk(staging: Path, document: Document) -> None:
    """What a full disk does."""
    raise OSError(28, "No space left on device")


def picture(staging: Path, document: Document) -> None:
    """What libraries raise on a picture that is none."""
    raise OSError("cannot identify image file")


def hold(staging: Path, document: Document) -> None:
    """Keeps memory when it is done."""
    HELD.append(b"x" * (128 * KIB * KIB))


def stage_nothing(staging: Path, document: Document) -> None:
    """Says it is done and has staged nothing."""
    say_and_leave({"said": "done"})


def chatter(staging: Path, document: Document) -> None:
    """Answers what is no answer."""
    say_and_leave({"said": "hello"})


def talk_without_end(staging: Path, document: Document) -> None:
    """Answers more than anybody reads."""
    for fd in sockets():
        while True:
            os.write(fd, NOISE.encode())


def say_and_leave(answer: dict[str, str]) -> None:
    """Forge an answer on every socket there is, and wait."""
    for fd in sockets():
        os.write(fd, json.dumps(answer).encode() + b"\n")
    time.sleep(3600)


def sockets() -> list[int]:
    """The sockets of this process."""
    found = [int(name) for name in os.listdir("/proc/self/fd")]
    return [fd for fd in found if fd > 2 and is_socket(fd)]


def is_socket(fd: int) -> bool:
    """Whether a descriptor is a socket."""
    try:
        return os.readlink(f"/proc/self/fd/{fd}").startswith("socket:")
    except OSError:
        return False


def stage_for_others(staging: Path, document: Document) -> None:
    """Stages a result with rows of another document, under its own name."""
    stage(staging, document.document_id, "own")
    rows = pl.DataFrame([{"document_id": "f" * 16}], schema=SCHEMAS["documents"], orient="row")
    store.write(staging, document.document_id, replace(framed(), documents=rows))
    say_and_leave({"said": "done"})


def stage_beside(staging: Path, document: Document) -> None:
    """Stages a result of another document beside its own."""
    stage(staging, "f" * 16, "not mine")


def link(staging: Path, document: Document) -> None:
    """Stages a link to somebody else's file."""
    stage(staging, document.document_id, "own")
    place = store.folder(staging, document.document_id)
    (place / "cells.parquet").unlink()
    (place / "cells.parquet").symlink_to("/etc/hostname")
    say_and_leave({"said": "done"})


def link_folder(staging: Path, document: Document) -> None:
    """Stages a link to a folder instead of a folder."""
    place = store.folder(staging, document.document_id)
    place.parent.mkdir(parents=True)
    place.symlink_to("/etc")
    say_and_leave({"said": "done"})


def pipe(staging: Path, document: Document) -> None:
    """Stages a pipe that nobody writes to."""
    stage(staging, document.document_id, "own")
    place = store.folder(staging, document.document_id)
    (place / "cells.parquet").unlink()
    os.mkfifo(place / "cells.parquet")
    say_and_leave({"said": "done"})


def trespass(staging: Path, document: Document) -> None:
    """Tries what a worker must not do; refuses its document with what it could do."""
    done = []
    for name, attempt in ATTEMPTS.items():
        try:
            attempt(staging, document)
        except OSError:
            continue
        done.append(name)
    raise Refusal("readers", "reader_failed", f"could: {', '.join(done)}; limits {limits()}")


def connect(staging: Path, document: Document) -> None:
    """Reaches a listener of this machine, whose port the document's name holds."""
    socket.create_connection(("127.0.0.1", int(document.source_name)), timeout=5).close()


def send_datagram(staging: Path, document: Document) -> None:
    """Sends to this machine without a connection, which needs a network and no listener."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"secret", ("127.0.0.1", int(document.source_name)))


def write_document(staging: Path, document: Document) -> None:
    """Changes the document it was given."""
    document.path.open("a").close()


def write_elsewhere(staging: Path, document: Document) -> None:
    """Writes into a folder that is open to everybody."""
    handle, name = tempfile.mkstemp(dir="/var/tmp")
    os.close(handle)
    os.unlink(name)


def replace_staging(staging: Path, document: Document) -> None:
    """Puts another folder in the place of its own."""
    staging.rename(staging.with_name("elsewhere"))


def signal_parent(staging: Path, document: Document) -> None:
    """Sends nothing, which is allowed where a signal would be."""
    os.kill(os.getppid(), 0)


def limits() -> tuple[int, ...]:
    """The limits set for it: dumps, open files, size of a file, memory."""
    kinds = ("CORE", "NOFILE", "FSIZE", "AS")
    return tuple(resource.getrlimit(getattr(resource, f"RLIMIT_{kind}"))[0] for kind in kinds)


HELD: list[bytes] = []
ATTEMPTS: dict[str, Callable[[Path, Document], None]] = {
    "connect": connect,
    "send": send_datagram,
    "write its document": write_document,
    "write elsewhere": write_elsewhere,
    "replace its folder": replace_staging,
    "signal its parent": signal_parent,
}
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
        fork_away,
        fork_without_end,
        flood,
        listen,
        fill_the_disk,
        die_later,
        crash_at_first,
        crash_otherwise,
        killed,
        lose_a_disk,
        picture,
        hold,
        stage_nothing,
        chatter,
        talk_without_end,
        stage_for_others,
        stage_beside,
        link,
        link_folder,
        pipe,
        trespass,
    )
}
