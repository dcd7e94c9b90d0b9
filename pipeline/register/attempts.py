"""What was tried with each document, by which code, how it ended; and why it is done again.

Here: the plan of a stage (what is tried tonight, what waits) and writing down how it went. Results
stand in staging: a row here says which code made one, and may be missing or wrong without harm. Not
here: the policy of waiting (backoff).
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pipeline.documents.document import Refusal
from pipeline.register import backoff
from pipeline.register.account import Redone

Versions = Mapping[str, str]
#: says in words what differs between the code that made a result and the code of today
Explain = Callable[[Versions, Versions], str]
AGAIN = "it failed in an earlier night"
LOST = "its result is missing or damaged"
NO_RESULT = "no result is known"
# Documents are asked for in groups, so that a query never has too many places.
GROUP = 500


@dataclass(frozen=True)
class Failure:
    """How a document failed with the code of today: how often, last when, and with what words."""

    failures: int
    last_night: int
    refusal: Refusal


@dataclass(frozen=True)
class Plan:
    """What a stage does tonight: why each document is tried, and those that wait, with why."""

    stage: str
    why: dict[str, str]
    waiting: dict[str, Failure]
    failed: dict[str, Failure]
    came: Mapping[str, str]

    def redone(self) -> tuple[Redone, ...]:
        """Documents done again, by reason; the most common reason first."""
        tally = Counter(why for key, why in self.why.items() if self.came.get(key) != why)
        return tuple(Redone(why, n) for why, n in sorted(tally.items(), key=lambda i: (-i[1], i)))


@dataclass(frozen=True)
class Attempt:
    """How one document ended at a stage. A failure is what may be tried again."""

    sha256: str
    outcome: str
    refusal: Refusal | None = None
    versions: Versions | None = None
    seconds: float | None = None


def plan(
    connection: sqlite3.Connection,
    night: int,
    stage: str,
    todo: Iterable[str],
    code: Versions,
    explain: Explain,
    came: Mapping[str, str],
) -> Plan:
    """What is done tonight of what staging lacks. `code` is all the code of the stage; `came`
    says how documents came that were not there before.
    """
    wanted = list(todo)
    failed = failures(connection, stage, code)
    before = results(connection, stage, wanted)
    why, waiting, tried = {}, {}, {}
    for sha256 in wanted:
        failure = failed.get(sha256)
        if failure and not backoff.is_due(failure.failures, failure.last_night, night):
            waiting[sha256] = failure
            continue
        if failure:
            tried[sha256] = failure
            why[sha256] = AGAIN
        elif sha256 in before:
            why[sha256] = explain(before[sha256], code) or LOST
        else:
            why[sha256] = came.get(sha256, NO_RESULT)
    return Plan(stage, why, waiting, tried, came)


def failures(connection: sqlite3.Connection, stage: str, code: Versions) -> dict[str, Failure]:
    """Documents that failed with this very code and have no result of it since."""
    rows = connection.execute(
        """
        SELECT a.sha256, count(*), max(a.night), a.place, a.reason, a.detail
        FROM attempts a LEFT JOIN results r ON r.sha256 = a.sha256 AND r.stage = a.stage
        WHERE a.stage = ? AND a.outcome = 'failed' AND a.night > coalesce(r.night, 0)
          AND a.code = (SELECT code FROM codes WHERE versions = ?)
        GROUP BY a.sha256
        """,
        (stage, packed(code)),
    )
    return {row[0]: Failure(row[1], row[2], Refusal(row[3], row[4], row[5])) for row in rows}


def results(connection: sqlite3.Connection, stage: str, wanted: list[str]) -> dict[str, Versions]:
    """Which code made the last result of each document."""
    query = f"""
        SELECT sha256, versions FROM results JOIN codes USING (code)
        WHERE stage = '{stage}' AND sha256 IN ({{}})
    """
    known: dict[str, Versions] = {}
    return {
        row[0]: known.setdefault(row[1], json.loads(row[1]))
        for row in grouped(connection, query, wanted)
    }


def grouped(
    connection: sqlite3.Connection, query: str, wanted: list[str]
) -> Iterable[tuple[str, ...]]:
    """The rows of a query that names documents, asked in groups."""
    for start in range(0, len(wanted), GROUP):
        group = wanted[start : start + GROUP]
        yield from connection.execute(query.format(", ".join("?" * len(group))), group)


def write(
    connection: sqlite3.Connection,
    night: int,
    planned: Plan,
    attempts: Iterable[Attempt],
    code: Versions,
) -> None:
    """Write down how documents ended; inside a transaction of the caller's."""
    own = code_number(connection, code)
    for one in attempts:
        said = one.refusal
        connection.execute(
            """
            INSERT INTO attempts (
                night, sha256, stage, code, why, outcome, place, reason, detail, seconds)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET
                code = excluded.code, outcome = excluded.outcome, place = excluded.place,
                reason = excluded.reason, detail = excluded.detail, seconds = excluded.seconds
            """,
            (
                night,
                one.sha256,
                planned.stage,
                own,
                planned.why.get(one.sha256, NO_RESULT),
                one.outcome,
                said.stage if said else None,
                said.reason if said else None,
                said.detail if said else None,
                one.seconds,
            ),
        )
        if one.outcome != "failed":
            made(connection, night, planned.stage, [one.sha256], one.versions or code)


def made(
    connection: sqlite3.Connection,
    night: int,
    stage: str,
    documents: Iterable[str],
    versions: Versions,
) -> None:
    """Note that results of these versions were made tonight: what failed before is over."""
    own = code_number(connection, versions)
    connection.executemany(
        """
        INSERT INTO results (sha256, stage, code, night) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET code = excluded.code, night = excluded.night
        """,
        [(sha256, stage, own, night) for sha256 in documents],
    )


def found(
    connection: sqlite3.Connection,
    night: int,
    stage: str,
    documents: Iterable[str],
    versions: Versions,
) -> None:
    """Note that results of these versions are there; what says so already stays as it is."""
    own = code_number(connection, versions)
    known = dict(connection.execute("SELECT sha256, code FROM results WHERE stage = ?", (stage,)))
    news = [sha256 for sha256 in documents if known.get(sha256) != own]
    made(connection, night, stage, news, versions)


def code_number(connection: sqlite3.Connection, versions: Versions) -> int:
    """The number these versions go by."""
    text = packed(versions)
    connection.execute("INSERT INTO codes (versions) VALUES (?) ON CONFLICT DO NOTHING", (text,))
    (number,) = connection.execute("SELECT code FROM codes WHERE versions = ?", (text,)).fetchone()
    return int(number)


def packed(versions: Versions) -> str:
    """Versions as the text they are compared by."""
    return json.dumps(dict(versions), sort_keys=True, separators=(",", ":"))
