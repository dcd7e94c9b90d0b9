"""What acquisition remembers between runs: SQLite beside the raw files, in a folder nobody reads.

Here: which address gave which file, by which version, and which pages were seen. It can be lost:
the next run asks for everything again, and no document is doubled. Not here: what people are told
of a file (manifest.csv) and what became of it in the pipeline (register).
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from threading import Lock

from pipeline.acquisition.asking import Validators

SCHEMA = """
    CREATE TABLE IF NOT EXISTS document (
        source_id TEXT NOT NULL, url TEXT NOT NULL, sha256 TEXT NOT NULL, source_name TEXT,
        bundle TEXT, page_url TEXT, final_url TEXT, etag TEXT, last_modified TEXT,
        supersedes TEXT, retrieved_at TEXT NOT NULL, checked_at TEXT NOT NULL, gone_since TEXT,
        PRIMARY KEY (source_id, url)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS document_by_bundle ON document (source_id, bundle);
    CREATE TABLE IF NOT EXISTS file (
        sha256 TEXT PRIMARY KEY, source_name TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS file_by_name ON file (source_name);
    CREATE TABLE IF NOT EXISTS page (
        source_id TEXT NOT NULL, url TEXT NOT NULL, sha256 TEXT NOT NULL,
        final_url TEXT NOT NULL, content_type TEXT NOT NULL, etag TEXT, last_modified TEXT,
        first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
        PRIMARY KEY (source_id, url, sha256)
    ) STRICT;
"""


@dataclass(frozen=True)
class Remembered:
    """What one address of a source gave last. A bundle has no file of its own."""

    source_id: str
    url: str
    sha256: str
    source_name: str | None
    bundle: str | None
    page_url: str | None
    final_url: str | None
    etag: str | None
    last_modified: str | None
    supersedes: str | None
    retrieved_at: str
    checked_at: str
    gone_since: str | None = None

    @property
    def document_id(self) -> str:
        return self.sha256[:16]

    @property
    def validators(self) -> Validators:
        return Validators(self.final_url or self.url, self.etag, self.last_modified)


@dataclass(frozen=True)
class Seen:
    """One version of a listing page; its bytes are kept under its hash."""

    source_id: str
    url: str
    sha256: str
    final_url: str
    content_type: str
    etag: str | None
    last_modified: str | None
    first_seen: str
    last_seen: str

    @property
    def validators(self) -> Validators:
        return Validators(self.final_url, self.etag, self.last_modified)


REMEMBERED = ", ".join(field.name for field in fields(Remembered))
SEEN = ", ".join(field.name for field in fields(Seen))


# What SQLite says of a file that is no database, or none any more.
DAMAGE = frozenset({"SQLITE_NOTADB", "SQLITE_CORRUPT"})


class Memory:
    """The database, for several threads: one writes or reads at a time.

    Where SQLite fails, it is the disk or the system that does: `OSError`.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        # Held from the question whether bytes are known until they are put down.
        self.placing = Lock()
        self._path = path
        try:
            self._db = opened(path)
        except sqlite3.Error as error:
            raise OSError(errno.EIO, f"SQLite: {error}", str(path)) from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock, self._db:
                yield self._db
        except sqlite3.Error as error:
            raise OSError(errno.EIO, f"SQLite: {error}", str(self._path)) from error

    def document(self, source_id: str, url: str) -> Remembered | None:
        """What an address gave last."""
        query = f"SELECT {REMEMBERED} FROM document WHERE source_id = ? AND url = ?"
        with self._transaction() as db:
            row = db.execute(query, (source_id, url)).fetchone()
        return Remembered(*row) if row else None

    def documents(self, source_id: str) -> tuple[Remembered, ...]:
        """Everything a source gave, by address."""
        query = f"SELECT {REMEMBERED} FROM document WHERE source_id = ? ORDER BY url"
        with self._transaction() as db:
            rows = db.execute(query, (source_id,)).fetchall()
        return tuple(Remembered(*row) for row in rows)

    def members(self, source_id: str, bundle: str) -> tuple[Remembered, ...]:
        """Everything that came out of a bundle."""
        query = f"SELECT {REMEMBERED} FROM document WHERE source_id = ? AND bundle = ?"
        with self._transaction() as db:
            rows = db.execute(query, (source_id, bundle)).fetchall()
        return tuple(Remembered(*row) for row in rows)

    def remember(self, *given: Remembered) -> None:
        """Put down what addresses gave, all or none of them."""
        marks = ", ".join("?" for _ in fields(Remembered))
        with self._transaction() as db:
            for one in given:
                db.execute(f"INSERT OR REPLACE INTO document VALUES ({marks})", astuple(one))
                if one.source_name:
                    file = (one.sha256, one.source_name)
                    db.execute("INSERT OR IGNORE INTO file VALUES (?, ?)", file)

    def file(self, sha256: str) -> str | None:
        """The file that has these bytes, whichever address gave them."""
        query = "SELECT source_name FROM file WHERE sha256 = ?"
        with self._transaction() as db:
            row = db.execute(query, (sha256,)).fetchone()
        return str(row[0]) if row else None

    def sha256(self, source_name: str) -> str | None:
        """The bytes of a file, by their hash."""
        query = "SELECT sha256 FROM file WHERE source_name = ?"
        with self._transaction() as db:
            row = db.execute(query, (source_name,)).fetchone()
        return str(row[0]) if row else None

    def names(self) -> frozenset[str]:
        """Every file that is known."""
        with self._transaction() as db:
            rows = db.execute("SELECT source_name FROM file").fetchall()
        return frozenset(str(row[0]) for row in rows)

    def learn(self, sha256: str, source_name: str) -> None:
        """Put down a file that nobody fetched."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO file VALUES (?, ?)", (sha256, source_name))

    def page(self, source_id: str, url: str) -> Seen | None:
        """The newest version of a listing page."""
        query = f"""SELECT {SEEN} FROM page WHERE source_id = ? AND url = ?
                    ORDER BY last_seen DESC, sha256 LIMIT 1"""
        with self._transaction() as db:
            row = db.execute(query, (source_id, url)).fetchone()
        return Seen(*row) if row else None

    def saw(self, seen: Seen) -> None:
        """Put down that a listing page was seen; the first time it was stays."""
        marks = ", ".join("?" for _ in fields(Seen))
        query = f"""INSERT INTO page VALUES ({marks})
                    ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen,
                        final_url = excluded.final_url, content_type = excluded.content_type,
                        etag = excluded.etag, last_modified = excluded.last_modified"""
        with self._transaction() as db:
            db.execute(query, astuple(seen))


def opened(path: Path) -> sqlite3.Connection:
    """The database, made where there is none; a damaged one is moved aside and begun anew."""
    try:
        return connected(path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname not in DAMAGE:
            raise
        for suffix in ("", "-wal", "-shm"):
            broken = path.with_name(path.name + suffix)
            if broken.exists():
                broken.replace(broken.with_name(f"{broken.name}.damaged"))
        return connected(path)


def damaged(verdict: str) -> sqlite3.DatabaseError:
    """The error of a file in which SQLite's own check finds fault."""
    error = sqlite3.DatabaseError(verdict)
    error.sqlite_errorname = "SQLITE_CORRUPT"
    return error


def connected(path: Path) -> sqlite3.Connection:
    """A connection that survives a crash of the machine; `DatabaseError` for a damaged file."""
    db = sqlite3.connect(path, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        (verdict,) = db.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            raise damaged(verdict)
        db.executescript(SCHEMA)
    except BaseException:
        db.close()
        raise
    return db
