"""The file of the register: opened, made, checked, and put aside where it is damaged.

Here: all that is about the file and nothing of what it says. A register is made beside its place
and moved there whole, so that what stands there and is no register was damaged, never half made.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.durable import sync
from pipeline.register import layout

NAME = "register.sqlite"
BUSY_SECONDS = 30.0
#: what SQLite says of a file that is none of its own, or broken
BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
HEADER_BYTES = 100
BESIDE = ("", "-wal", "-shm")

log = logging.getLogger(__name__)


def opened(curated: Path) -> sqlite3.Connection:
    """The register of a folder, made where there is none.

    A damaged one is put aside under a name that says so, and a new one begun: its first night
    takes documents and tombstones from the last release, and finds results in staging.
    """
    path = curated / NAME
    if path.exists():
        try:
            return sound(path)
        except Damaged as damage:
            aside = put_aside(path)
            log.warning(
                "the register was damaged (%s) and is put aside as %s; a new one is made from the "
                "last release and from staging",
                damage,
                aside.name,
            )
    make(path)
    return connected(path)


class Damaged(Exception):
    """What stands in the place of the register is none."""


def sound(path: Path) -> sqlite3.Connection:
    """A register that is there, checked and brought to the newest version; raises `Damaged`."""
    check_header(path)
    connection = connected(path)
    try:
        (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise Damaged(said)
        layout.migrate(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF in BROKEN:
            raise Damaged(str(error)) from error
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def check_header(path: Path) -> None:
    """Raise `Damaged` where a file does not begin as a register; nothing is written to it."""
    with path.open("rb") as stream:
        head = stream.read(HEADER_BYTES)
    if not head:
        raise Damaged("the file is empty")
    if len(head) < HEADER_BYTES or not head.startswith(b"SQLite format 3\0"):
        raise Damaged("the file is no database")
    if int.from_bytes(head[68:72], "big") != layout.APPLICATION:
        raise Damaged("the file is a database of something else")


def connected(path: Path) -> sqlite3.Connection:
    """A connection whose transactions are ours to begin, and survive a loss of power once ended."""
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {setting}")
    except sqlite3.DatabaseError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF in BROKEN:
            raise Damaged(str(error)) from error
        raise
    return connection


def make(path: Path) -> None:
    """An empty register in its place, whole from its first moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{NAME}.{os.getpid()}")
    for leftover in (*(Path(f"{draft}{end}") for end in BESIDE), *beside(path)):
        leftover.unlink(missing_ok=True)
    connection = sqlite3.connect(draft, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        layout.migrate(connection)
    finally:
        connection.close()
    draft.replace(path)
    sync(path.parent)


def beside(path: Path) -> list[Path]:
    """What SQLite keeps beside a database: of one that is gone it would be read into the next."""
    return [Path(f"{path}{end}") for end in BESIDE[1:]]


def put_aside(path: Path) -> Path:
    """Move a damaged register, and what SQLite keeps beside it, to names that nothing has yet."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for end in reversed(BESIDE):
        part = Path(f"{path}{end}")
        if part.exists():
            part.rename(Path(f"{aside}{end}"))
    sync(path.parent)
    return aside


def all_put_aside(curated: Path) -> tuple[str, ...]:
    """The registers that were found damaged and still stand there."""
    found = (p.name for p in curated.glob(f"{NAME}.damaged-*"))
    return tuple(sorted(name for name in found if name.rpartition("-")[2].isdigit()))


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Everything inside the block, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
