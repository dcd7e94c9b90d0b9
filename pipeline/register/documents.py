"""What became of the documents: those known from before against those at the door tonight.

Here: the comparison, a pure function over plain data, and the statements that write it down. Not
here: files (documents) and why something is read again (attempts).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.documents.document import Document
from pipeline.documents.intake import Intake
from pipeline.register.account import Account, Moved

HERE = "present"
SHOWN = 50
NOT_THERE = "not in the folder any more"
CAME = ("new", "changed", "returned")
LEFT_FIRST = ("withdrawn", "gone", "changed", "returned", "new")


class Known(NamedTuple):
    """A document as the register remembers it."""

    sha256: str
    source_name: str
    state: str
    reason: str | None = None


@dataclass(frozen=True)
class Change:
    """One document whose row changes: what happened, and what it is from now on."""

    what: str
    now: Known
    document: Document | None = None

    @property
    def moved(self) -> Moved:
        """The change as the account tells it."""
        return Moved(self.what, self.now.sha256[:16], self.now.source_name, self.now.reason)


@dataclass(frozen=True)
class Comparison:
    """All that changed, and how many documents did not."""

    changes: tuple[Change, ...]
    unchanged: int
    documents: int
    put_aside: int
    counts: dict[str, int] = field(default_factory=dict)

    def account(self) -> Account:
        """The account of the night as far as documents go."""
        shown = [
            change.moved
            for what in LEFT_FIRST
            for change in [c for c in self.changes if c.what == what][:SHOWN]
        ]
        return Account(
            documents=self.documents,
            unchanged=self.unchanged,
            put_aside=self.put_aside,
            moved=tuple(shown),
            new=self.counts.get("new", 0),
            changed=self.counts.get("changed", 0),
            returned=self.counts.get("returned", 0),
            withdrawn=self.counts.get("withdrawn", 0),
            gone=self.counts.get("gone", 0),
        )

    def came(self) -> dict[str, str]:
        """How each document came that was not at the door before, by SHA-256."""
        return {c.now.sha256: c.what for c in self.changes if c.what in CAME}


def compare(known: Mapping[str, Known], intake: Intake) -> Comparison:
    """What came, changed, returned and went. A file that others' bytes replace under its own name
    is `superseded`, and the new one counts as changed.
    """
    here = {document.sha256: document for document in intake.documents}
    left = {k.source_name: k for k in known.values() if k.state == HERE and k.sha256 not in here}
    came = {d.source_name: d for d in intake.documents if not is_here(known.get(d.sha256))}
    replaced = replacements(intake.documents)
    changes = [*entering(known, here, left, replaced), *leaving(left.values(), came, intake)]
    moved = {change.now.sha256 for change in changes if change.what != "described"}
    counts: dict[str, int] = {}
    for change in changes:
        counts[change.what] = counts.get(change.what, 0) + 1
    return Comparison(
        changes=tuple(sorted(changes, key=lambda c: (c.now.source_name, c.now.sha256))),
        unchanged=len(here.keys() - moved),
        documents=len(here),
        put_aside=len(intake.quarantine),
        counts=counts,
    )


def is_here(known: Known | None) -> bool:
    """Whether a document was in the folder when it was last looked for."""
    return known is not None and known.state == HERE


def replacements(documents: Iterable[Document]) -> dict[str, str]:
    """Documents that another one's manifest line names as replaced, and by which."""
    return {d.supersedes[:16]: d.document_id for d in documents if d.supersedes}


def entering(
    known: Mapping[str, Known],
    here: Mapping[str, Document],
    left: Mapping[str, Known],
    replaced: Mapping[str, str],
) -> Iterator[Change]:
    """Documents at the door that are new, back, or described otherwise than before."""
    for sha256, document in here.items():
        by = replaced.get(document.document_id)
        reason = f"no longer current: replaced by {by}" if by else None
        now = Known(sha256, document.source_name, HERE, reason)
        before = known.get(sha256)
        if before == now:
            continue
        if before is None:
            what = "changed" if document.source_name in left else "new"
        elif before.state != HERE:
            what = "returned"
        else:
            what = "described"
        yield Change(what, now, document)


def leaving(
    left: Iterable[Known], came: Mapping[str, Document], intake: Intake
) -> Iterator[Change]:
    """Documents that are at the door no more: withdrawn with the reason, replaced, or gone."""
    entries = [entry for entry in intake.quarantine if entry.reason != "duplicate"]
    by_hash = {e.sha256: e for e in entries if e.sha256}
    by_name = {e.source_name: e for e in entries}
    for before in left:
        entry = by_hash.get(before.sha256) or by_name.get(before.source_name)
        new = came.get(before.source_name)
        if entry is not None and entry.reason == "withdrawn":
            yield Change("withdrawn", with_state(before, "withdrawn", entry.detail or "withdrawn"))
        elif new is not None:
            yield Change(
                "superseded",
                with_state(before, "superseded", f"replaced by {new.document_id} in its place"),
            )
        else:
            yield Change("gone", with_state(before, "gone", entry.reason if entry else NOT_THERE))


def with_state(known: Known, state: str, reason: str) -> Known:
    """A document as it is remembered from now on."""
    return Known(known.sha256, known.source_name, state, reason)


def load(connection: sqlite3.Connection) -> dict[str, Known]:
    """Every document the register knows, by SHA-256."""
    rows = connection.execute("SELECT sha256, source_name, state, reason FROM documents")
    return {known.sha256: known for known in map(Known._make, rows)}


def write(connection: sqlite3.Connection, night: int, comparison: Comparison) -> None:
    """Write a comparison down; inside a transaction of the caller's."""
    connection.executemany(
        """
        INSERT INTO documents (
            sha256, source_name, media_type, byte_size, first_night, state, reason)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (sha256) DO UPDATE SET
            source_name = excluded.source_name, media_type = excluded.media_type,
            byte_size = excluded.byte_size, last_night = NULL, state = excluded.state,
            reason = excluded.reason
        """,
        [
            (
                c.now.sha256,
                c.now.source_name,
                c.document.media_type,
                c.document.byte_size,
                night,
                c.now.state,
                c.now.reason,
            )
            for c in comparison.changes
            if c.document is not None
        ],
    )
    connection.executemany(
        "UPDATE documents SET state = ?, reason = ?, last_night = max(first_night, ?) "
        "WHERE sha256 = ?",
        [
            (c.now.state, c.now.reason, night - 1, c.now.sha256)
            for c in comparison.changes
            if c.document is None
        ],
    )
