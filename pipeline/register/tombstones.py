"""Tombstones in the register: keys that were released and are so no longer, with the reason.

The release is where they are true (`dim_tombstone`); here they stand for ever, those too whose
document came back (`lifted`). Here: writing them down, and reading those of a release, with the
standard library alone. Not here: which documents get one (ledger).
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

TABLE = "dim_tombstone"


@dataclass(frozen=True)
class Tombstone:
    """A document that was released and is so no longer."""

    document_id: str
    sha256: str
    source_name: str
    state: str
    reason: str


def write(file: sqlite3.Connection, night: int, stones: Iterable[Tombstone]) -> None:
    """Write down all tombstones of a release; those not among them are lifted."""
    standing = list(stones)
    file.executemany(
        """
        INSERT INTO tombstones (document_id, sha256, source_name, state, reason, night)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            state = excluded.state, reason = excluded.reason, lifted = NULL
        """,
        [(s.document_id, s.sha256, s.source_name, s.state, s.reason, night) for s in standing],
    )
    keys = {s.document_id for s in standing}
    rows = file.execute("SELECT document_id FROM tombstones WHERE lifted IS NULL").fetchall()
    file.executemany(
        "UPDATE tombstones SET lifted = ? WHERE document_id = ?",
        [(night, key) for (key,) in rows if key not in keys],
    )


def of_release(release: Path) -> tuple[Tombstone, ...]:
    """The tombstones of a release; none where it is older than the table."""
    return tuple(
        Tombstone(*(row[n] for n in ("document_id", "sha256", "source_name", "state", "reason")))
        for row in rows(release, TABLE)
    )


def rows(release: Path, table: str) -> Iterator[dict[str, str]]:
    """The rows of a released table, from its CSV; none where the release has no such table."""
    path = release / "csv" / f"{table}.csv"
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)
