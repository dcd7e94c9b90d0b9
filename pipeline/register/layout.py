"""The tables of the register, and how an older file becomes one of today.

Here: SQL that makes tables, one script per version; a script that was released is never edited, a
change is one more at the end. Not here: what is written into them (book, night, documents).
"""

from __future__ import annotations

import sqlite3

FIRST = """
CREATE TABLE nights (
    night INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    ended TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN (
        'running', 'released', 'unchanged', 'nothing_new', 'stopped', 'failed', 'interrupted')),
    version TEXT,                       -- the release that stands when the night ends
    fingerprint TEXT,                   -- of everything the release was made from
    account TEXT,                       -- JSON: what came, went and was done again
    CHECK ((outcome = 'running') = (ended IS NULL))
) STRICT;

CREATE TABLE stages (
    night INTEGER NOT NULL REFERENCES nights,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    seconds REAL,
    cpu_seconds REAL,
    peak_bytes INTEGER,
    outcome TEXT NOT NULL CHECK (outcome IN ('running', 'done', 'failed', 'interrupted')),
    detail TEXT,
    PRIMARY KEY (night, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
    sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    document_id TEXT NOT NULL GENERATED ALWAYS AS (substr(sha256, 1, 16)) STORED,
    source_name TEXT NOT NULL,
    media_type TEXT,
    byte_size INTEGER,
    first_night INTEGER NOT NULL REFERENCES nights,
    last_night INTEGER REFERENCES nights,  -- the last one that saw it; null while it is here
    state TEXT NOT NULL CHECK (state IN ('present', 'superseded', 'withdrawn', 'gone')),
    reason TEXT,
    CHECK (state <> 'withdrawn' OR reason IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX documents_by_state ON documents (state);

-- What was released and is so no longer. Rows are never removed: one that comes back is `lifted`.
CREATE TABLE tombstones (
    document_id TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    source_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('withdrawn', 'superseded', 'gone')),
    reason TEXT NOT NULL,
    night INTEGER NOT NULL REFERENCES nights,
    lifted INTEGER REFERENCES nights
) STRICT, WITHOUT ROWID;
CREATE TRIGGER tombstones_stay BEFORE DELETE ON tombstones
BEGIN SELECT RAISE(ABORT, 'a tombstone is never removed'); END;

-- Versions of code that made something, as JSON: component -> version. Few, and named often.
CREATE TABLE codes (
    code INTEGER PRIMARY KEY,
    versions TEXT NOT NULL UNIQUE
) STRICT;

-- One row per document, stage and night, failures alike.
CREATE TABLE attempts (
    night INTEGER NOT NULL REFERENCES nights,
    sha256 TEXT NOT NULL,
    stage TEXT NOT NULL,
    code INTEGER NOT NULL REFERENCES codes,
    why TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'given_up')),
    place TEXT,                         -- of a failure: where it stopped, reason, detail
    reason TEXT,
    detail TEXT,
    seconds REAL,
    PRIMARY KEY (sha256, stage, night)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_that_failed ON attempts (stage, code) WHERE outcome <> 'done';

-- The last sound result of a document and stage. The result itself stands in staging.
CREATE TABLE results (
    sha256 TEXT NOT NULL,
    stage TEXT NOT NULL,
    code INTEGER NOT NULL REFERENCES codes,
    night INTEGER NOT NULL REFERENCES nights,
    PRIMARY KEY (sha256, stage)
) STRICT, WITHOUT ROWID;
"""
SCRIPTS = (FIRST,)
NEWEST = len(SCRIPTS)
#: says in the file's header whose it is: "YSUR"
APPLICATION = 0x59535552


class FromTheFuture(RuntimeError):
    """The file was written by newer code; it is neither changed nor put aside."""


def version_of(connection: sqlite3.Connection) -> int:
    """Which version of the tables a file holds; 0 where it has none yet."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    return int(found)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file to the newest version, each step whole or not at all.

    Raises `FromTheFuture` for a file of newer code.
    """
    found = version_of(connection)
    if found > NEWEST:
        raise FromTheFuture(
            f"the register is of version {found}, this code knows {NEWEST}; "
            "run the newer code, or move register.sqlite away to begin a new one"
        )
    for number, script in enumerate(SCRIPTS[found:], start=found + 1):
        # executescript ends an open transaction before it begins: the script holds its own.
        connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
