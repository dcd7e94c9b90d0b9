"""From the listing pages of a source to the documents they list.

Here: walking pages by the source's patterns, round no circle and within its limits. Every page is
kept under its hash: it is the evidence that something was published, and what it was called. Not
here: fetching the documents (documents).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.acquisition import links, names, pages, urls
from pipeline.acquisition.account import Item, refused
from pipeline.acquisition.asking import Answer, Web, discarded
from pipeline.acquisition.memory import Memory, Seen
from pipeline.acquisition.refusal import Refused
from pipeline.acquisition.shelf import Shelf
from pipeline.acquisition.sources import Source
from pipeline.documents import media

PAGE_BYTES, PAGE_SECONDS = 8 << 20, 60.0
PAGES = "pages"
# No list has so many links on a page; a hostile one may have any number.
MOST_LINKS, MOST_TOLD = 50_000, 1_000


@dataclass(frozen=True)
class Found:
    """A listed document: where it is, what the list calls it, on which page it stands."""

    url: str
    title: str
    page_url: str


@dataclass
class Listing:
    """What the pages of a source list. Incomplete where one of them could not be read."""

    documents: dict[str, Found] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    pages: int = 0
    received: int = 0
    complete: bool = True
    notes: set[str] = field(default_factory=set)

    def refuse(self, url: str, title: str, refusal: Refused) -> None:
        """Put down an address that gives nothing; a hostile page cannot make this endless."""
        if len(self.items) < MOST_TOLD:
            self.items.append(refused(url, title, refusal))


@dataclass(frozen=True)
class Page:
    """A listing page that was read."""

    url: str
    sha256: str
    text: str
    encoding: str
    received: int


@dataclass
class Walk:
    """One walk over the pages of a source."""

    source: Source
    web: Web
    memory: Memory
    shelf: Shelf
    ends: float
    listing: Listing = field(default_factory=Listing)

    def walked(self) -> Listing:
        """Every page that the source's patterns lead to, each once, near ones first."""
        waiting = deque((url, False) for url in self.source.listings)
        known = set(self.source.listings)
        contents: set[str] = set()
        while waiting:
            if self.is_over():
                self.listing.complete = False
                left = Refused("over_limit", f"{len(waiting):,} pages were not read")
                self.listing.refuse(waiting[0][0], "", left)
                break
            url, is_article = waiting.popleft()
            page = self.page(url)
            # Some portals show the last page again under every further number.
            if page is None or page.sha256 in contents:
                continue
            contents.add(page.sha256)
            for target, leads_to_article in self.links(page, is_article):
                if target not in known:
                    known.add(target)
                    waiting.append((target, leads_to_article))
        return self.listing

    def is_over(self) -> bool:
        """Whether a limit of the source is reached."""
        clock = self.web.world.clock
        late = clock.stopped.is_set() or clock.monotonic() > self.ends
        return late or self.listing.pages >= self.source.most_pages

    def page(self, url: str) -> Page | None:
        """One page, asked for or as it was seen before; None where it cannot be read."""
        self.listing.pages += 1
        try:
            page = self.read(url)
        except Refused as refusal:
            self.listing.refuse(url, "", refusal)
            self.listing.complete = False
            return None
        self.listing.received += page.received
        return page

    def read(self, url: str) -> Page:
        """The newest version of a page, which is kept."""
        manners = replace(self.source.manners, most_bytes=PAGE_BYTES, seconds=PAGE_SECONDS)
        seen = self.memory.page(self.source.source_id, url)
        kept = self.shelf.recalled(PAGES, seen.sha256, ".html") if seen else None
        answer = self.web.get(url, manners, seen.validators if seen and kept else None)
        with discarded(answer):
            self.listing.notes.update(answer.notes)
            if answer.changed and answer.path:
                return self.taken(url, answer, answer.path)
        if seen is None or kept is None:
            raise Refused("http_status", "not modified, though nothing was known")
        self.memory.saw(replace(seen, last_seen=self.moment()))
        text, encoding = pages.decode(kept, seen.content_type)
        return Page(seen.final_url, seen.sha256, text, encoding, 0)

    def taken(self, url: str, answer: Answer, path: Path) -> Page:
        """A page that came, kept as evidence and put down."""
        content = answer.content()
        if media.sniff(content[:8192]) not in ("text/html", media.TEXT):
            raise Refused("unsupported", "the listing is no web page")
        content_type = answer.headers.get("content-type", "")[:200]
        text, encoding = pages.decode(content, content_type)
        self.shelf.keep(path, PAGES, answer.sha256, ".html")
        said, now = answer.validators, self.moment()
        version = (answer.url, content_type, said.etag, said.last_modified, now, now)
        self.memory.saw(Seen(self.source.source_id, url, answer.sha256, *version))
        return Page(answer.url, answer.sha256, text, encoding, answer.size)

    def moment(self) -> str:
        return self.web.world.clock.now().isoformat(timespec="seconds")

    def links(self, page: Page, is_article: bool) -> list[tuple[str, bool]]:
        """The further pages of a page, with whether they are articles; documents are put down."""
        declared, found = links.find(page.text)
        try:
            base = urls.absolute(page.url, declared) if declared else page.url
        except Refused:
            base = page.url
        further, listed = [], False
        for link in found[:MOST_LINKS]:
            try:
                url = urls.absolute(base, link.href, page.encoding)
            except Refused as refusal:
                if self.source.documents.fits(link.href, link.text):
                    self.listing.refuse(link.href, link.text, refusal)
                continue
            if self.source.documents.fits(url, link.text):
                self.put_down(url, link.text, page, is_article)
                listed = True
            elif self.source.next.fits(url, link.text):
                further.append((url, False))
            elif self.source.pages.fits(url, link.text):
                further.append((url, True))
        # Many portals have a field for passwords on every page: what lists something is a list.
        if not (listed or further) and (reason := pages.stands_in(page.text)):
            name = pages.title(page.text) or "a page without title"
            self.listing.refuse(page.url, "", Refused(reason, name))
            self.listing.complete = False
        return further

    def put_down(self, url: str, text: str, page: Page, is_article: bool) -> None:
        """A listed document. An attachment that is called nothing is called like its article."""
        title = text if names.tells(text) or not is_article else pages.title(page.text)
        self.listing.documents.setdefault(url, Found(url, title, page.url))
