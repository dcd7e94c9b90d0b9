"""What one run of fetching did, as plain data.

Here: the shapes and their counts. Not here: how they are shown (command, night reports).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.acquisition.refusal import Refused, told

# What can become of a listed document. `gone` is one that is listed no more.
OUTCOMES = ("new", "changed", "unchanged", "duplicate", "withdrawn", "refused", "gone")


@dataclass(frozen=True)
class Item:
    """What became of one address. `source_name` is the file under the raw folder."""

    outcome: str
    url: str
    title: str = ""
    source_name: str | None = None
    document_id: str | None = None
    supersedes: str | None = None
    reason: str | None = None
    detail: str | None = None
    since: str | None = None


def refused(url: str, title: str, refusal: Refused) -> Item:
    """The item of an address that gave nothing."""
    return Item("refused", told(url), told(title), reason=refusal.reason, detail=refusal.detail)


@dataclass(frozen=True)
class SourceAccount:
    """One source: how many of what, and every address that is not simply unchanged.

    `complete`: every listing page could be read, so that what is missing there is gone.
    `not_tried`: listed, but left for the next run by a limit. `notes`: what was let pass and must
    be said, such as a redirect from https to http.
    """

    source_id: str
    pages: int
    listed: int
    not_tried: int
    complete: bool
    received_bytes: int
    counts: dict[str, int]
    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fetched:
    """The account of a run, by source id."""

    started_at: str
    ended_at: str
    sources: tuple[SourceAccount, ...]

    def total(self, outcome: str) -> int:
        """How many documents of all sources had an outcome."""
        return sum(source.counts[outcome] for source in self.sources)

    @property
    def complete(self) -> bool:
        """Whether every listing of every source could be read."""
        return all(source.complete for source in self.sources)

    def as_dict(self) -> dict[str, Any]:
        """The account as JSON can hold it."""
        return asdict(self)


def tally(items: Iterable[Item]) -> dict[str, int]:
    """How many items had each outcome, none left out."""
    counted = Counter(item.outcome for item in items)
    return {outcome: counted[outcome] for outcome in OUTCOMES}
