"""Tombstones: keys of documents that were released and are so no longer, with the reason.

Here: which documents get one, from the last release, the documents of this one, and what was put
aside. They stay in every later release, unless the document comes back. Not here: whether a
document may go (the gate), and withdrawing it (the manifest).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.documents.document import Quarantined
from pipeline.schema.catalogue import tables

TABLE = "dim_tombstone"
WITHDRAWN, SUPERSEDED, GONE = "withdrawn", "superseded", "gone"
NO_REASON = "not in the folder any more"
KEPT = ("document_id", "sha256", "source_name", "disclosure_id")


@dataclass(frozen=True)
class Last:
    """What the last release says of documents: those it holds, and its tombstones."""

    documents: tuple[dict[str, Any], ...] = ()
    tombstones: tuple[dict[str, Any], ...] = ()
    losses: Mapping[str, str] = field(default_factory=dict)

    def names(self) -> dict[str, frozenset[str]]:
        """The hashes of what was released under each name, and of what was withdrawn there."""
        rows = [*self.documents, *(t for t in self.tombstones if t["state"] == WITHDRAWN)]
        found: dict[str, set[str]] = {}
        for row in rows:
            found.setdefault(row["source_name"], set()).add(row["sha256"])
        return {name: frozenset(hashes) for name, hashes in found.items()}


def last(release: Path | None, losses: Iterable[Mapping[str, Any]] = ()) -> Last:
    """What a release says; nothing where there is none, no tombstones where it is too old for
    them. `losses` are the documents a steward lets go.
    """
    allowed = {loss["document_id"]: loss["reason"] for loss in losses if loss["what"] == "document"}
    if release is None:
        return Last(losses=allowed)
    documents = rows(release, "dim_document", KEPT)
    return Last(documents, rows(release, TABLE, (*KEPT, "state", "reason")), allowed)


def rows(release: Path, table: str, columns: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    """Some columns of a released table; no rows where the release has no such table."""
    path = release / "parquet" / f"{table}.parquet"
    if not path.is_file():
        return ()
    return tuple(pl.read_parquet(path, columns=list(columns)).iter_rows(named=True))


def build(before: Last, documents: pl.DataFrame, entries: Iterable[Quarantined]) -> pl.DataFrame:
    """dim_tombstone beside the documents of this release."""
    return tables()[TABLE].frame(stones(before, documents, list(entries)))


def stones(
    before: Last, documents: pl.DataFrame, entries: list[Quarantined]
) -> Iterator[dict[str, Any]]:
    """The tombstones there were, and one for each document of the last release that is missing."""
    here = set(documents.get_column("document_id"))
    names = dict(documents.select("source_name", "document_id").iter_rows())
    buried = {row["document_id"] for row in before.tombstones}
    yield from (row for row in before.tombstones if row["document_id"] not in here)
    for row in before.documents:
        if row["document_id"] not in here | buried:
            state, reason = why(row, names, entries, before.losses)
            yield {**row, "state": state, "reason": reason}


def why(
    row: Mapping[str, Any],
    names: Mapping[str, str],
    entries: list[Quarantined],
    losses: Mapping[str, str],
) -> tuple[str, str]:
    """What became of a document, and the reason."""
    about = [e for e in entries if e.sha256 == row["sha256"] or e.source_name == row["source_name"]]
    for entry in sorted(about, key=lambda e: e.source_name != row["source_name"]):
        if entry.reason == WITHDRAWN:
            return WITHDRAWN, entry.detail or WITHDRAWN
    if new := names.get(row["source_name"]):
        return SUPERSEDED, f"replaced by {new}"
    if loss := losses.get(row["document_id"]):
        return GONE, loss
    for entry in about:
        return GONE, f"{entry.reason}: {entry.detail}" if entry.detail else entry.reason
    return GONE, NO_REASON
