"""The register as its users see it: opened, asked how things stand, and given the next night.

Here: `Register`, the night this process is in, and a first night that takes what it can from the
last release. Not here: the file (file) and what a night writes (night).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pipeline.register import file, tombstones
from pipeline.register import night as nights
from pipeline.register.account import Account, NightReport, StageReport, Status
from pipeline.register.night import Night, Now, utc_now

# The night this process is in, by folder: steps of one run find it here.
_tonight: dict[Path, Night] = {}


@dataclass
class Register:
    """The register of one folder of releases, open."""

    curated: Path
    connection: sqlite3.Connection
    now: Now = utc_now

    def __enter__(self) -> Register:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. A night that was not ended stays open until the next one begins."""
        key = self.curated.resolve()
        if key in _tonight and _tonight[key].connection is self.connection:
            del _tonight[key]
        self.connection.close()

    def begin(self, *, held: bool = True) -> Night:
        """A new night; one that was left running was interrupted.

        The first one of a new register takes documents and tombstones from the last release.
        """
        with file.transaction(self.connection) as book:
            number = nights.begin(book, self.now())
            latest = self.curated / "latest"
            if number == 1 and latest.is_dir():
                remember(book, number, latest)
        night = Night(self.connection, number, held, self.now)
        _tonight[self.curated.resolve()] = night
        return night

    def status(self, last: int = 10) -> Status:
        """Where things stand."""
        rows = self.connection.execute(
            "SELECT night, started, ended, outcome, version, account FROM nights "
            "ORDER BY night DESC LIMIT ?",
            (last,),
        ).fetchall()
        return Status(
            nights=tuple(self.report(*row) for row in rows),
            documents=dict(
                self.connection.execute(
                    "SELECT state, count(*) FROM documents GROUP BY state ORDER BY state"
                )
            ),
            tombstones=self.count("SELECT count(*) FROM tombstones WHERE lifted IS NULL"),
            failing=self.count(LAST_ATTEMPTS.format("failed")),
            given_up=self.count(LAST_ATTEMPTS.format("given_up")),
            put_aside=file.all_put_aside(self.curated),
        )

    def report(
        self,
        night: int,
        started: str,
        ended: str | None,
        outcome: str,
        version: str | None,
        account: str | None,
    ) -> NightReport:
        """One night with its stages."""
        stages = self.connection.execute(
            "SELECT name, outcome, seconds, cpu_seconds, peak_bytes, detail FROM stages "
            "WHERE night = ? ORDER BY position",
            (night,),
        )
        told = Account.from_json(account) if account else None
        return NightReport(
            night, started, ended, outcome, version, told, tuple(StageReport(*s) for s in stages)
        )

    def count(self, query: str) -> int:
        """The number a query gives."""
        (found,) = self.connection.execute(query).fetchone()
        return int(found)


LAST_ATTEMPTS = """
    SELECT count(*) FROM attempts a JOIN documents d USING (sha256)
    WHERE a.outcome = '{}' AND d.state = 'present' AND NOT EXISTS (
        SELECT 1 FROM attempts b
        WHERE b.sha256 = a.sha256 AND b.stage = a.stage AND b.night > a.night)
"""


def open_register(curated: Path, now: Now = utc_now) -> Register:
    """The register of a folder; a damaged one is put aside by name, with a warning, and made
    again from the last release and from staging. Whoever writes holds the folder's lock.
    """
    return Register(curated, file.opened(curated), now)


def current(curated: Path) -> Night | None:
    """The night this process is in, if any."""
    night = _tonight.get(curated.resolve())
    return None if night is None or night.ended else night


def tonight(curated: Path, *, anew: bool = False) -> Night:
    """The night this process is in, or a new one that ends when its release is made.

    `anew`: a night that nobody holds was left by an earlier build in this process.
    """
    night = current(curated)
    if night is not None and anew and not night.held:
        night.connection.close()
        night = None
    return night or open_register(curated).begin(held=False)


def let_go(night: Night, outcome: str) -> None:
    """End a night that nobody holds; who holds one ends it."""
    if not night.held and not night.ended:
        night.end(outcome)
        night.connection.close()


def remember(book: sqlite3.Connection, night: int, release: Path) -> None:
    """Take documents and tombstones from a release into a register that knows nothing."""
    book.executemany(
        "INSERT INTO documents (sha256, source_name, media_type, byte_size, first_night, state) "
        "VALUES (?, ?, ?, ?, ?, 'present')",
        [
            (r["sha256"], r["source_name"], r["media_type"], int(r["byte_size"]), night)
            for r in tombstones.rows(release, "dim_document")
        ],
    )
    stones = tombstones.of_release(release)
    book.executemany(
        "INSERT INTO documents (sha256, source_name, first_night, last_night, state, reason) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(s.sha256, s.source_name, night, night, s.state, s.reason) for s in stones],
    )
    tombstones.write(book, night, stones)
