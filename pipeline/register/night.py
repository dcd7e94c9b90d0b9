"""A night as it goes: its stages measured, its documents and attempts written down, its end.

Here: `Night` and `Stage`. Everything is in the file the moment it is said, but for single
documents that went well, which are written in groups: their results stand in staging anyway.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pipeline.documents.document import Refusal
from pipeline.documents.intake import Intake
from pipeline.register import attempts, backoff, documents, tombstones
from pipeline.register.account import GOOD, Account
from pipeline.register.attempts import Attempt, Explain, Plan, Versions
from pipeline.register.file import transaction
from pipeline.register.measure import Meter
from pipeline.register.tombstones import Tombstone

Now = Callable[[], datetime]
# So many documents that went well are written down together.
TOGETHER = 200


def utc_now() -> datetime:
    """The clock. Nothing depends on it: nights are known by their number."""
    return datetime.now(UTC)


def said(moment: datetime) -> str:
    """A moment as it is written down."""
    return moment.isoformat(timespec="seconds")


@dataclass
class Stage:
    """A stage that runs; `detail` is what it says of itself in the end."""

    name: str
    detail: str | None = None


@dataclass
class Night:
    """A night that runs. `held` says that somebody ends it who began it on purpose."""

    connection: sqlite3.Connection
    number: int
    held: bool = True
    now: Now = utc_now
    account: Account = field(default_factory=Account)
    ended: bool = False
    came: dict[str, str] = field(default_factory=dict)
    intake: Intake | None = None
    version: str | None = None
    mark: str | None = None
    waiting: list[tuple[Plan, Attempt, Versions]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Measure a stage and write down how it ended; an error goes on its way."""
        with transaction(self.connection) as file:
            (position,) = file.execute(
                "SELECT coalesce(max(position), 0) + 1 FROM stages WHERE night = ?", (self.number,)
            ).fetchone()
            file.execute(
                "INSERT INTO stages (night, position, name, outcome) VALUES (?, ?, ?, 'running')",
                (self.number, position, name),
            )
        meter, stage = Meter.start(), Stage(name)
        try:
            yield stage
        except BaseException as error:
            # Its name only: what it says may be text of a document.
            self.stage_ended(position, "failed", meter, stage.detail or type(error).__name__)
            raise
        self.stage_ended(position, "done", meter, stage.detail)

    def stage_ended(self, position: int, outcome: str, meter: Meter, detail: str | None) -> None:
        """Write down how a stage ended."""
        self.flush()
        used = meter.read()
        with transaction(self.connection) as file:
            file.execute(
                """
                UPDATE stages SET outcome = ?, seconds = ?, cpu_seconds = ?, peak_bytes = ?,
                    detail = ? WHERE night = ? AND position = ?
                """,
                (
                    outcome,
                    used.seconds,
                    used.cpu_seconds,
                    used.peak_bytes,
                    detail,
                    self.number,
                    position,
                ),
            )

    def took_in(self, intake: Intake) -> Account:
        """Write down which documents are at the door; what came, changed and went."""
        comparison = documents.compare(documents.load(self.connection), intake)
        self.account, self.came = comparison.account(), comparison.came()
        self.intake = intake
        with transaction(self.connection) as file:
            documents.write(file, self.number, comparison)
            self.keep_account(file)
        return self.account

    def plan(self, stage: str, todo: Iterable[str], code: Versions, explain: Explain) -> Plan:
        """Which of the documents (by SHA-256) that have no result are tried tonight, and why."""
        planned = attempts.plan(self.connection, self.number, stage, todo, code, explain, self.came)
        self.say(
            redone=(*self.account.redone, *planned.redone()),
            deferred=self.account.deferred + len(planned.waiting),
        )
        return planned

    def done(
        self, planned: Plan, sha256: str, versions: Versions, seconds: float | None = None
    ) -> None:
        """A document has its result, made by these versions of code. A refusal is a result."""
        one = Attempt(sha256, "done", None, versions, seconds)
        self.waiting.append((planned, one, versions))
        if len(self.waiting) >= TOGETHER:
            self.flush()

    def is_last_try(self, planned: Plan, sha256: str) -> bool:
        """Whether a document that fails now has failed often enough: its refusal is then staged as
        its result, and it is not tried again until bytes or code change.
        """
        before = planned.failed.get(sha256)
        return backoff.is_last(1 + (before.failures if before else 0))

    def failed(
        self, planned: Plan, sha256: str, refusal: Refusal, code: Versions, *, final: bool
    ) -> None:
        """A document failed, and may not the next time; `final` says that there is none."""
        ended = Attempt(sha256, "given_up" if final else "failed", refusal)
        with transaction(self.connection) as file:
            attempts.write(file, self.number, planned, [ended], code)
        self.say(failed=self.account.failed + (not final), given_up=self.account.given_up + final)

    def found(self, stage: str, results: Mapping[str, Versions]) -> None:
        """Results that staging has (by SHA-256), with the versions that made each."""
        by_versions: dict[str, tuple[Versions, list[str]]] = {}
        for sha256, versions in results.items():
            by_versions.setdefault(attempts.packed(versions), (versions, []))[1].append(sha256)
        with transaction(self.connection) as file:
            for versions, group in by_versions.values():
                attempts.found(file, self.number, stage, group, versions)

    def settled(self, stage: str, code: Versions, open_still: Collection[str]) -> None:
        """What failed with this code and needs nothing any more: it has a result, or is not asked
        for. Without this it would be due for ever.
        """
        over = attempts.failures(self.connection, stage, code).keys() - set(open_still)
        with transaction(self.connection) as file:
            attempts.made(file, self.number, stage, sorted(over), code)

    def flush(self) -> None:
        """Write down what waits to be."""
        waiting, self.waiting = self.waiting, []
        if waiting:
            with transaction(self.connection) as file:
                for planned, one, code in waiting:
                    attempts.write(file, self.number, planned, [one], code)

    def has_failed(self, stage: str) -> bool:
        """Whether any document ever failed at a stage and was not given up."""
        (found,) = self.connection.execute(
            "SELECT EXISTS (SELECT 1 FROM attempts WHERE stage = ? AND outcome = 'failed')",
            (stage,),
        ).fetchone()
        return bool(found)

    def is_any_due(self, stage: str, code: Versions) -> bool:
        """Whether a document that failed with this code is to be tried tonight."""
        failed = attempts.failures(self.connection, stage, code)
        here = (
            {
                key
                for key, known in documents.load(self.connection).items()
                if known.state == "present"
            }
            if failed
            else set()
        )
        return any(
            backoff.is_due(one.failures, one.last_night, self.number)
            for sha256, one in failed.items()
            if sha256 in here
        )

    def fingerprint(self) -> str | None:
        """What the release that stands was made from, as the last good night said."""
        row = self.connection.execute(
            f"SELECT fingerprint FROM nights WHERE outcome IN ({', '.join('?' * len(GOOD))}) "
            "ORDER BY night DESC LIMIT 1",
            GOOD,
        ).fetchone()
        return row[0] if row else None

    def buried(self, stones: Iterable[Tombstone]) -> None:
        """The tombstones of the release that stands."""
        with transaction(self.connection) as file:
            tombstones.write(file, self.number, stones)

    def say(self, **said: object) -> None:
        """Add to the account."""
        self.account = replace(self.account, **said)  # type: ignore[arg-type]
        with transaction(self.connection) as file:
            self.keep_account(file)

    def keep_account(self, file: sqlite3.Connection) -> None:
        """Write the account down."""
        file.execute(
            "UPDATE nights SET account = ? WHERE night = ?", (self.account.to_json(), self.number)
        )

    def stands(self, version: str, fingerprint: str) -> None:
        """Which release stands now, and what it was made from. It counts once the night ends well:
        until then nothing keeps the next one from making it again.
        """
        self.version, self.mark = version, fingerprint

    def end(
        self, outcome: str, *, version: str | None = None, fingerprint: str | None = None
    ) -> None:
        """The night is over. Without more said, the release is the one that was said to stand."""
        version, fingerprint = version or self.version, fingerprint or self.mark
        self.flush()
        with transaction(self.connection) as file:
            close_stages(file)
            file.execute(
                "UPDATE nights SET outcome = ?, ended = ?, version = ?, fingerprint = ?, "
                "account = ? WHERE night = ? AND outcome = 'running'",
                (
                    outcome,
                    said(self.now()),
                    version,
                    fingerprint,
                    self.account.to_json(),
                    self.number,
                ),
            )
        self.ended = True


def begin(file: sqlite3.Connection, moment: datetime) -> int:
    """The number of a new night; one that was left running was interrupted. In a transaction."""
    close_stages(file)
    file.execute(
        "UPDATE nights SET outcome = 'interrupted', ended = ? WHERE outcome = 'running'",
        (said(moment),),
    )
    number = file.execute(
        "INSERT INTO nights (night, started, outcome) "
        "SELECT coalesce(max(night), 0) + 1, ?, 'running' FROM nights RETURNING night",
        (said(moment),),
    ).fetchone()
    return int(number[0])


def close_stages(file: sqlite3.Connection) -> None:
    """No stage runs any more."""
    file.execute("UPDATE stages SET outcome = 'interrupted' WHERE outcome = 'running'")
