"""One run of fetching: sources listed, documents collected, the manifest brought up to date.

Here: `fetch`, which a person calls through the command and a night by itself. It never raises for
what a server does; that stands in the account. Not here: how any of it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock
from typing import TypeVar

from pipeline import lock, progress
from pipeline.acquisition.account import Fetched, Item, SourceAccount, refused, tally
from pipeline.acquisition.asking import USER_AGENT, Web
from pipeline.acquisition.documents import Collector, sha256_of
from pipeline.acquisition.listing import Found, Listing, Walk
from pipeline.acquisition.memory import Memory, Remembered
from pipeline.acquisition.network import World
from pipeline.acquisition.refusal import Refused, told
from pipeline.acquisition.shelf import Shelf
from pipeline.acquisition.sources import Source
from pipeline.documents import manifest, manifest_lines

SOURCES_AT_ONCE = 8
T = TypeVar("T")
R = TypeVar("R")


def fetch(
    raw: Path,
    sources: Iterable[Source],
    *,
    world: World | None = None,
    user_agent: str = USER_AGENT,
) -> Fetched:
    """Ask every enabled source, and put what is new below `raw` with its line in the manifest.

    Raises `Busy` where another run fetches into the folder, `ManifestError` where its manifest is
    not usable, `OSError` where the disk refuses. What was fetched until then is kept.
    """
    world = world or World()
    world.clock.stopped.clear()
    chosen = sorted((s for s in sources if s.enabled), key=lambda s: s.source_id)
    shelf = Shelf(raw)
    begun = world.clock.now().isoformat(timespec="seconds")
    held = lock.held(shelf.hidden)
    try:
        shelf.cleared()
        run = Run(shelf, Memory(shelf.memory), world, Counted(), manifest.read(raw))
        try:
            run.adopt()
            with Web(world, shelf.temporary, user_agent) as web:
                accounts = each(
                    chosen, lambda s: run.source(s, web), SOURCES_AT_ONCE, world.clock.stopped
                )
        finally:
            run.memory.close()
    finally:
        held.release()
    ended = world.clock.now().isoformat(timespec="seconds")
    return Fetched(begun, ended, tuple(accounts))


def each(given: Sequence[T], work: Callable[[T], R], at_once: int, stopped: Event) -> list[R]:
    """The work on everything given, some at a time, in the given order.

    What one raises stops the others before their next request.
    """
    if not given:
        return []
    with ThreadPoolExecutor(max_workers=min(at_once, len(given))) as pool:
        futures: list[Future[R]] = [pool.submit(copy_context().run, work, g) for g in given]
        try:
            return [future.result() for future in futures]
        except BaseException:
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@dataclass
class Counted:
    """How far all sources are, for whoever watches."""

    done: int = 0
    total: int = 0

    def __post_init__(self) -> None:
        self._lock = Lock()

    def more(self, done: int = 0, total: int = 0) -> None:
        """Tell of documents that were listed or finished."""
        with self._lock:
            self.done, self.total = self.done + done, self.total + total
            progress.tell("Fetching documents", self.done, self.total)


@dataclass
class Run:
    """What all sources of a run share."""

    shelf: Shelf
    memory: Memory
    world: World
    counted: Counted
    entries: Mapping[str, manifest.Entry]

    def __post_init__(self) -> None:
        self._lines_lock = Lock()
        self._lines = set(self.entries)

    def adopt(self) -> None:
        """Learn the files that the manifest gives an address for and memory does not know.

        So a lost memory, or a file that people fetched by hand, is not fetched a second time.
        """
        known = self.memory.names()
        for name, entry in self.entries.items():
            if entry.origin_url and name not in known and self.shelf.has(name):
                self.memory.learn(sha256_of(self.shelf.raw / name), name)

    def source(self, source: Source, web: Web) -> SourceAccount:
        """One source, from its lists to its account."""
        ends = self.world.clock.monotonic() + 60 * source.minutes
        listing = Walk(source, web, self.memory, self.shelf, ends).walked()
        before = self.memory.documents(source.source_id)
        self.doubt(source, listing, before)
        due = self.due(source, listing, before)
        self.counted.more(total=len(due))
        collector = Collector(source, web, self.memory, self.shelf, self.entries)
        stopped = self.world.clock.stopped

        def collected(found: Found) -> list[Item] | None:
            if stopped.is_set() or self.world.clock.monotonic() > ends:
                return None
            items = collector.collect(found)
            self.counted.more(done=1)
            return items

        self.write_lines(collector)
        try:
            gathered = each(due, collected, source.manners.concurrency, stopped)
        finally:
            self.write_lines(collector)
        items = [item for some in gathered if some is not None for item in some]
        items += listing.items
        if listing.complete:
            items += self.gone(source, listing, collector.unpacked)
        return SourceAccount(
            source_id=source.source_id,
            pages=listing.pages,
            listed=len(listing.documents),
            not_tried=len(listing.documents) - len(due) + gathered.count(None),
            complete=listing.complete,
            received_bytes=listing.received + sum(collector.sizes),
            counts=tally(items),
            items=tuple(sorted((i for i in items if i.outcome != "unchanged"), key=order)),
            notes=tuple(sorted(told(note) for note in listing.notes | collector.notes)),
        )

    def doubt(self, source: Source, listing: Listing, before: Sequence[Remembered]) -> None:
        """A list that is suddenly empty is no list: nothing of it is gone."""
        standing = [row for row in before if row.gone_since is None]
        if standing and not listing.documents and listing.complete:
            listing.complete = False
            detail = f"{len(standing):,} documents were listed before"
            listing.items.append(refused(source.listings[0], "", Refused("empty_listing", detail)))

    def due(self, source: Source, listing: Listing, before: Sequence[Remembered]) -> list[Found]:
        """The documents to ask for: unknown ones first, then those not asked for longest."""
        checked = {row.url: row.checked_at for row in before}
        found = sorted(listing.documents.values(), key=lambda f: (checked.get(f.url, ""), f.url))
        return found[: source.most_documents]

    def write_lines(self, collector: Collector) -> None:
        """Give every file of a source its line, also those of a run that was interrupted."""
        source_id = collector.source.source_id
        with self._lines_lock:
            rows = self.memory.documents(source_id)
            own = [row for row in rows if (row.source_name or "").startswith(f"{source_id}/")]
            new = [row for row in own if row.source_name not in self._lines]
            there = [row for row in new if self.shelf.has(row.source_name)]
            if there:
                manifest_lines.add(self.shelf.raw, [collector.entry(row) for row in there])
                self._lines |= {row.source_name or "" for row in there}

    def gone(
        self, source: Source, listing: Listing, unpacked: Mapping[str, set[str]]
    ) -> list[Item]:
        """What the source lists no more. It is told every time, and never deleted."""
        rows = self.memory.documents(source.source_id)
        listed = {row.url for row in rows if is_listed(row, listing, unpacked)}
        moved = {row.sha256 for row in rows if row.url in listed}
        items, now = [], self.world.clock.now().isoformat(timespec="seconds")
        for row in rows:
            if row.url in listed or row.source_name is None or row.sha256 in moved:
                continue
            since = row.gone_since or now
            if row.gone_since is None:
                self.memory.remember(replace(row, gone_since=since))
            found = (told(row.url), "", row.source_name, row.document_id)
            items.append(Item("gone", *found, since=since))
        return items


def is_listed(row: Remembered, listing: Listing, unpacked: Mapping[str, set[str]]) -> bool:
    """Whether an address still stands in the list, or in a bundle that does."""
    if row.bundle is None:
        return row.url in listing.documents
    members = unpacked.get(row.bundle)
    return row.bundle in listing.documents and (members is None or row.url in members)


def order(item: Item) -> tuple[str, str, str]:
    """Items are told by outcome, address and file."""
    return item.outcome, item.url, item.source_name or ""
