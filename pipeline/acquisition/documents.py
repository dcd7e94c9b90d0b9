"""From listed documents to files in the raw folder, each with what became of it.

Here: one source's documents: asked for on condition, judged, put in place, remembered, and
compared with what was there. Nothing is ever deleted or written over. Not here: which documents are
listed (listing), unpacking (bundles), asking (asking).
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from pipeline.acquisition import kinds, names
from pipeline.acquisition.account import Item, refused
from pipeline.acquisition.asking import Answer, Validators, Web, discarded
from pipeline.acquisition.bundles import Member, Unpacking
from pipeline.acquisition.listing import Found
from pipeline.acquisition.memory import Memory, Remembered
from pipeline.acquisition.refusal import Refused, told
from pipeline.acquisition.shelf import Shelf
from pipeline.acquisition.sources import Source
from pipeline.documents import personal
from pipeline.documents.manifest import Entry

BUNDLES = "bundles"
LONG_AGO = "1970-01-01T00:00:00+00:00"


@dataclass(frozen=True)
class Arrived:
    """Bytes that came for an address, judged and ready to be put in place."""

    found: Found
    path: Path
    sha256: str
    ending: str
    answer: Answer
    bundle: str | None = None
    name: str | None = None


@dataclass
class Collector:
    """Collects the documents of one source. Several threads may call `collect`."""

    source: Source
    web: Web
    memory: Memory
    shelf: Shelf
    manifest: Mapping[str, Entry]
    sizes: list[int] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    unpacked: dict[str, set[str]] = field(default_factory=dict)

    def collect(self, found: Found) -> list[Item]:
        """What became of one listed document; of each member where it is a bundle."""
        known = self.known(found)
        if known and self.is_fresh(known):
            return [self.unchanged(found, known, None)]
        try:
            asked = known.validators if known and self.is_there(known) else None
            answer = self.web.get(found.url, self.source.manners, asked)
            with discarded(answer):
                self.sizes.append(answer.size)
                self.notes.update(answer.notes)
                if not answer.changed and known:
                    return [self.unchanged(found, known, answer)]
                return self.taken(found, answer, known)
        except Refused as refusal:
            return [refused(found.url, found.title, refusal)]

    def known(self, found: Found) -> Remembered | None:
        """What an address gave last: by memory, or where that was lost by the manifest."""
        if row := self.memory.document(self.source.source_id, found.url):
            return row
        entry = self.by_address.get(found.url)
        if entry is None or (digest := self.memory.sha256(entry.source_name)) is None:
            return None
        bundle = found.url.partition("#")[0] if "#" in found.url else None
        row = self.row(found, digest, entry.source_name, Answer(found.url, False), bundle)
        then = entry.retrieved_at or LONG_AGO
        return replace(row, retrieved_at=then, checked_at=then)

    @cached_property
    def by_address(self) -> dict[str, Entry]:
        """The line that the manifest has for an address, the last where it has several."""
        return {e.origin_url: e for e in self.manifest.values() if e.origin_url}

    def is_fresh(self, known: Remembered) -> bool:
        """Whether an address was asked so lately that the source lets it be."""
        if not self.source.recheck_days or not self.is_there(known):
            return False
        checked = datetime.fromisoformat(known.checked_at)
        # People write dates without a zone.
        checked = checked if checked.tzinfo else checked.replace(tzinfo=UTC)
        return self.web.world.clock.now() < checked + timedelta(days=self.source.recheck_days)

    def is_there(self, known: Remembered) -> bool:
        """Whether what an address gave is still in its place, or was withdrawn by people."""
        if known.source_name is None:
            members = self.memory.members(known.source_id, known.url)
            return bool(members) and all(self.is_there(member) for member in members)
        return self.shelf.has(known.source_name) or self.is_withdrawn(known.source_name)

    def is_withdrawn(self, source_name: str | None) -> bool:
        """Whether people took a file out of the releases."""
        entry = self.manifest.get(source_name or "")
        return entry is not None and entry.status == "withdrawn"

    def taken(self, found: Found, answer: Answer, known: Remembered | None) -> list[Item]:
        """A document or a bundle that came whole."""
        if answer.path is None:
            raise Refused("http_status", "not modified, though nothing was known")
        kind, ending = kinds.judge(answer.path)
        if kind not in self.source.kinds:
            raise Refused("unsupported", f"the source declares no {kind}")
        if kind != kinds.BUNDLE:
            arrived = Arrived(found, answer.path, answer.sha256, ending, answer)
            return [self.placed(arrived, known)]
        if known and known.sha256 == answer.sha256 and self.is_there(known):
            return [self.unchanged(found, known, answer)]
        return self.opened(found, answer, answer.path)

    def opened(self, found: Found, answer: Answer, path: Path) -> list[Item]:
        """The members of a bundle. The bundle itself is kept as evidence."""
        items = []
        title = names.best(found.title, found.url, answer.headers)
        urls: set[str] = set()
        with self.workspace() as folder:
            try:
                members = list(Unpacking(folder).members(path))
            finally:
                self.shelf.keep(path, BUNDLES, answer.sha256, ".zip")
            for member in members:
                url = numbered(f"{found.url}#{one_line(member.name)}", urls)
                urls.add(url)
                items.append(self.member(replace(found, url=url), member, answer, title))
        self.unpacked[found.url] = urls
        self.memory.remember(self.row(found, answer.sha256, None, answer))
        return items

    def member(self, found: Found, member: Member, answer: Answer, bundle: str) -> Item:
        """One member of a bundle, placed like a document of its own."""
        url, _, name = found.url.partition("#")
        inside = replace(found, title=name.rsplit("/", 1)[-1])
        try:
            if member.refusal or member.path is None:
                raise member.refusal or Refused("bundle_damaged", member.name)
            kind, ending = kinds.judge(member.path)
            if kind not in self.source.kinds:
                raise Refused("unsupported", f"the source declares no {kind}")
        except Refused as refusal:
            return refused(found.url, inside.title, refusal)
        known = self.known(found)
        where = f"{bundle}/{names.safe(inside.title)}"
        arrived = Arrived(inside, member.path, member.sha256, ending, answer, url, where)
        return self.placed(arrived, known)

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """A folder for what is unpacked, gone at the end."""
        folder = Path(tempfile.mkdtemp(dir=self.shelf.temporary))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def placed(self, arrived: Arrived, known: Remembered | None) -> Item:
        """A file put in place under its own hash, unless its bytes are there already."""
        with self.memory.placing:
            return self.place(arrived, known)

    def place(self, arrived: Arrived, known: Remembered | None) -> Item:
        """`placed`, while nobody else puts anything in place."""
        found, digest = arrived.found, arrived.sha256
        there = self.memory.file(digest)
        stands = self.shelf.has(there) or self.is_withdrawn(there)
        if known and known.sha256 == digest and stands:
            return self.unchanged(found, known, arrived.answer)
        if there and stands:
            return self.there_already(arrived, known, there)
        name = arrived.name or names.best(found.title, found.url, arrived.answer.headers)
        source_name = self.free_name(name, digest, arrived.ending)
        self.shelf.put(arrived.path, source_name)
        replaced = known.document_id if known and known.source_name else None
        replaced = None if known and known.sha256 == digest else replaced
        row = self.row(found, digest, source_name, arrived.answer, arrived.bundle, replaced)
        self.memory.remember(row)
        outcome = "changed" if replaced else "new"
        return self.item(outcome, found, row, supersedes=replaced)

    def there_already(self, arrived: Arrived, known: Remembered | None, there: str) -> Item:
        """Bytes that another address, or this one earlier, gave."""
        earlier = known is not None and known.source_name not in (None, there)
        if earlier and known and not self.is_withdrawn(known.source_name):
            detail = f"the bytes of {there} in the place of {known.source_name}"
            return refused(arrived.found.url, arrived.found.title, Refused("back_to_known", detail))
        row = self.row(arrived.found, arrived.sha256, there, arrived.answer, arrived.bundle)
        self.memory.remember(row)
        outcome = "withdrawn" if self.is_withdrawn(there) else "duplicate"
        return self.item(outcome, arrived.found, row)

    def unchanged(self, found: Found, known: Remembered, answer: Answer | None) -> Item:
        """A document that is as it was; what the server said of it is put down anew."""
        row = replace(known, gone_since=None)
        if answer is not None:
            said = fresh(known, answer)
            row = replace(
                row,
                checked_at=self.moment(),
                final_url=said.url,
                etag=said.etag,
                last_modified=said.last_modified,
            )
        if row != known:
            self.memory.remember(row)
        outcome = "withdrawn" if self.is_withdrawn(known.source_name) else "unchanged"
        return self.item(outcome, found, row)

    def free_name(self, name: str, digest: str, ending: str) -> str:
        """A name under the source's folder that no other bytes have."""
        for length in (8, 16, 64):
            source_name = f"{self.source.source_id}/{name}.{digest[:length]}{ending}"
            path = self.shelf.raw / source_name
            if not path.exists() or sha256_of(path) == digest:
                return source_name
        raise FileExistsError(f"{path} is there with other bytes than its name says")

    def row(
        self,
        found: Found,
        digest: str,
        source_name: str | None,
        answer: Answer,
        bundle: str | None = None,
        supersedes: str | None = None,
    ) -> Remembered:
        """What is remembered of an address from now on."""
        said = answer.validators if bundle is None else Validators(answer.url)
        now = self.moment()
        return Remembered(
            source_id=self.source.source_id,
            url=found.url,
            sha256=digest,
            source_name=source_name,
            bundle=bundle,
            page_url=found.page_url,
            final_url=said.url,
            etag=said.etag,
            last_modified=said.last_modified,
            supersedes=supersedes,
            retrieved_at=now,
            checked_at=now,
        )

    def moment(self) -> str:
        return self.web.world.clock.now().isoformat(timespec="seconds")

    def item(
        self, outcome: str, found: Found, row: Remembered, supersedes: str | None = None
    ) -> Item:
        """What people are told of an address."""
        return Item(
            outcome,
            told(found.url),
            told(found.title),
            source_name=row.source_name,
            document_id=row.document_id if row.source_name else None,
            supersedes=supersedes,
        )

    def entry(self, row: Remembered) -> Entry:
        """The line of the manifest of a file."""
        # An address that holds personal data is not published; the page it was listed on is.
        shown = row.url if not personal.found_in(spoken(row.url)) else row.page_url
        return Entry(
            source_name=row.source_name or "",
            origin_url=shown,
            publisher=self.source.publisher,
            retrieved_at=row.retrieved_at,
            region_code=self.source.region_code,
            supersedes=row.supersedes,
        )


def fresh(known: Remembered, answer: Answer) -> Validators:
    """The newest validators: a 304 need not repeat them."""
    said = answer.validators
    return Validators(
        said.url if answer.changed else known.final_url or known.url,
        said.etag or (None if answer.changed else known.etag),
        said.last_modified or (None if answer.changed else known.last_modified),
    )


def one_line(name: str) -> str:
    """The name of a member as part of an address: what cannot be shown is escaped."""
    return "".join(c if c.isprintable() else quote(c, errors="replace") for c in name)


def numbered(url: str, taken: set[str]) -> str:
    """The address of a member; a second one of the same name gets a number."""
    number, candidate = 1, url
    while candidate in taken:
        number += 1
        candidate = f"{url}~{number}"
    return candidate


def sha256_of(path: Path) -> str:
    """The hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def spoken(url: str) -> str:
    """An address with its escapes undone, as somebody would read it."""
    return names.text_of(unquote_to_bytes(url))
