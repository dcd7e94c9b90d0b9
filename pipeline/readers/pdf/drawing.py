"""What the pages of a PDF draw, counted before anything is drawn.

Here: the graph of forms, patterns, soft masks, drawn glyphs and annotations that content streams
draw, how often and how deep; the sizes to which streams unpack; and the pixels of images. A few
kilobytes may draw 2^29 forms, or unpack to gigabytes. Not here: the file around the pages (gate).

Only what a content stream names counts as drawn: real forms often hold themselves among their
resources without drawing themselves.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from pipeline.documents.document import Refusal

# Bytes one content stream, font or other stream may unpack to; bytes of all content streams.
MAX_DECODED, MAX_DECODED_IN_ALL = 64 * 1024**2, 512 * 1024**2
MAX_PIXELS = 250_000_000
MAX_FILTERS = 4
MAX_DEPTH = 24
# Streams drawn, and bytes of operators gone through, for one page and for a document.
MAX_DRAWN, MAX_DRAWN_IN_ALL = 100_000, 2_000_000
MAX_OPERATORS, MAX_OPERATORS_IN_ALL = 256 * 1024**2, 2 * 1024**3

# How much a filter's output may outgrow its input; others give pictures, whose pixels count.
GROWTH = {
    "/FlateDecode": 1_040,
    "/Fl": 1_040,
    "/LZWDecode": 1_400,
    "/LZW": 1_400,
    "/RunLengthDecode": 64,
    "/RL": 64,
    "/ASCII85Decode": 4,
    "/A85": 4,
    "/ASCIIHexDecode": 1,
    "/AHx": 1,
}
# `/Name Do` and its like; a font is named with its size, a pattern may follow colour components.
NAMED = re.compile(
    rb"/([^\x00\s()<>\[\]{}/%]++)[\s\x00]++(?:[-+.\d]++[\s\x00]++)?+(Do|gs|scn|SCN|Tf)\b"
)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
CHUNK = 1 << 20
# Resources through which a glyph may draw more than lines and pictures.
HOLDERS = frozenset({"/XObject", "/Pattern", "/ExtGState", "/Font"})
FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


@dataclass(frozen=True, order=True)
class Cost:
    """What drawing something amounts to: streams drawn, and bytes of operators gone through."""

    streams: int = 0
    operators: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.streams + other.streams, self.operators + other.operators)

    def times(self, count: int) -> Cost:
        """The same, drawn so often."""
        return Cost(self.streams * count, self.operators * count)


# What a name stands for under an operator: the stream, and its own resources if it has any.
Drawn = dict[tuple[bytes, bytes], list[tuple[StreamObject, DictionaryObject | None]]]
NOTHING = Cost()


@dataclass
class Drawing:
    """What was counted of one document so far."""

    in_all: Cost = NOTHING
    decoded: int = 0
    costs: dict[int, Cost] = field(default_factory=dict)
    drawn: dict[int, Drawn] = field(default_factory=dict)
    measured: set[int] = field(default_factory=set)
    above: list[int] = field(default_factory=list)
    #: an id tells an object from others only while it lives
    alive: dict[int, Any] = field(default_factory=dict)

    def check_page(self, page: PageObject) -> None:
        """Add a page; raises `Refusal` where it or the document is beyond a limit."""
        self.above.clear()
        resources = as_dictionary(page.get("/Resources")) or DictionaryObject()
        cost = self.content_cost(contents(page), resources)
        for appearance in appearances(page):
            cost += self.cost(appearance, None, resources)
        within(cost.streams, MAX_DRAWN, "forms drawn on a page")
        within(cost.operators, MAX_OPERATORS, "bytes of operators on a page")
        self.in_all += cost
        within(self.in_all.streams, MAX_DRAWN_IN_ALL, "forms drawn")
        within(self.in_all.operators, MAX_OPERATORS_IN_ALL, "bytes of operators")

    def content_cost(self, streams: list[StreamObject], resources: DictionaryObject) -> Cost:
        """What content streams that share resources amount to."""
        for stream in streams:
            self.measure(stream)
        drawn = self.drawables(resources)
        if not drawn:
            return Cost(0, sum(len(stored(stream)) for stream in streams))
        named: Counter[tuple[bytes, bytes]] = Counter()
        size = 0
        for stream in streams:
            data = self.decode(stream)
            named.update((plain_name(n), operator.lower()) for n, operator in NAMED.findall(data))
            size += len(data)
        total = Cost(0, size)
        for (name, operator), count in named.items():
            children = [
                self.cost(child, own, resources) for child, own in drawn.get((name, operator), ())
            ]
            if operator == b"tf":
                # Glyphs are drawn as often as there are bytes to show, at the most. One that draws
                # lines and pictures only is text like any other.
                total += max((c for c in children if c.streams > 1), default=NOTHING).times(size)
            else:
                total += sum(children, NOTHING).times(count)
        return total

    def cost(
        self, stream: StreamObject, own: DictionaryObject | None, outer: DictionaryObject
    ) -> Cost:
        """What drawing one form, pattern or glyph once amounts to, remembered."""
        key = self.key(stream)
        if key in self.above:
            raise Refusal("readers", "unreadable_file", "a form in it draws itself")
        if key not in self.costs:
            within(len(self.above), MAX_DEPTH, "forms drawn within each other")
            self.above.append(key)
            inner = own or as_dictionary(stream.get("/Resources")) or outer
            self.costs[key] = Cost(1, 0) + self.content_cost([stream], inner)
            self.above.pop()
        return self.costs[key]

    def drawables(self, resources: DictionaryObject) -> Drawn:
        """What content with these resources may draw, by name and operator; images are checked."""
        key = self.key(resources)
        if key in self.drawn:
            return self.drawn[key]
        found: Drawn = {}
        for name, one in entries(resources.get("/XObject")):
            if one.get("/Subtype") == "/Image":
                check_image(one)
            elif isinstance(one, StreamObject):
                found[name, b"do"] = [(one, None)]
        for name, one in entries(resources.get("/Pattern")):
            if isinstance(one, StreamObject):
                found[name, b"scn"] = [(one, None)]
        for name, one in entries(resources.get("/ExtGState")):
            mask = as_dictionary(one.get("/SMask"))
            group = as_dictionary(mask.get("/G")) if mask else None
            if isinstance(group, StreamObject):
                found[name, b"gs"] = [(group, None)]
        for name, font in entries(resources.get("/Font")):
            self.measure_font(font)
            own = as_dictionary(font.get("/Resources"))
            if font.get("/Subtype") == "/Type3" and (own is None or HOLDERS.intersection(own)):
                glyphs = [g for _, g in entries(font.get("/CharProcs"))]
                found[name, b"tf"] = [(g, own) for g in glyphs if isinstance(g, StreamObject)]
        self.drawn[key] = found
        return found

    def measure_font(self, font: DictionaryObject) -> None:
        """Check what a font unpacks to."""
        below = as_array(font.get("/DescendantFonts"))
        whole = (as_dictionary(below[0]) if below else None) or font
        descriptor = as_dictionary(whole.get("/FontDescriptor")) or DictionaryObject()
        for stream in (*(descriptor.get(name) for name in FONT_FILES), font.get("/ToUnicode")):
            stream = as_dictionary(stream)
            if isinstance(stream, StreamObject):
                self.measure(stream)

    def measure(self, stream: StreamObject) -> None:
        """Check that a stream unpacks to no more than a limit, unpacking it only where it could."""
        key = self.key(stream)
        if key in self.measured:
            return
        self.measured.add(key)
        filters = filters_of(stream)
        within(len(filters), MAX_FILTERS, "filters on one stream")
        could = len(stored(stream))
        for name in filters:
            could *= GROWTH.get(name, 1)
        if could <= MAX_DECODED:
            return
        if filters in (["/FlateDecode"], ["/Fl"]):
            within(inflated(stored(stream)), MAX_DECODED, "bytes in one unpacked stream")
        else:
            self.decode(stream)

    def decode(self, stream: StreamObject) -> bytes:
        """A stream unpacked, within pypdf's limits."""
        data: bytes = stream.get_data()
        self.decoded += len(data)
        within(self.decoded, MAX_DECODED_IN_ALL, "bytes of unpacked streams")
        return data

    def key(self, item: DictionaryObject) -> int:
        """What tells an object from all others of the document."""
        self.alive[id(item)] = item
        return id(item)


def contents(page: PageObject) -> list[StreamObject]:
    """The content streams of a page."""
    found = page.get("/Contents")
    parts = [found] if as_array(found) is None else as_array(found) or []
    return [s for s in map(as_dictionary, parts) if isinstance(s, StreamObject)]


def appearances(page: PageObject) -> Iterator[StreamObject]:
    """How the annotations of a page look."""
    for annotation in map(as_dictionary, as_array(page.get("/Annots")) or []):
        shown = as_dictionary(annotation.get("/AP")) if annotation is not None else None
        normal = as_dictionary(shown.get("/N")) if shown is not None else None
        if isinstance(normal, StreamObject):
            yield normal
        elif normal is not None:
            yield from (state for _, state in entries(normal) if isinstance(state, StreamObject))


def check_image(image: DictionaryObject) -> None:
    """Raise `Refusal` for an image of more pixels than anybody scans."""
    width, height = (resolved(image.get(side)) for side in ("/Width", "/Height"))
    if isinstance(width, int) and isinstance(height, int):
        within(abs(width * height), MAX_PIXELS, "pixels in one image")


def filters_of(stream: StreamObject) -> list[str]:
    """The names of a stream's filters, in the order they are undone."""
    found = resolved(stream.get("/Filter"))
    parts = found if isinstance(found, ArrayObject) else [found]
    return [str(resolved(name)) for name in parts if name is not None]


def stored(stream: StreamObject) -> bytes:
    """The bytes of a stream as the file holds them."""
    return stream._data


def inflated(data: bytes) -> int:
    """To how many bytes deflated data unpacks, counted no further than the limit; none is kept."""
    unpacker, count = zlib.decompressobj(), 0
    while data and not unpacker.eof and count <= MAX_DECODED:
        count += len(unpacker.decompress(data, CHUNK))
        data = unpacker.unconsumed_tail
    return count


def plain_name(name: bytes) -> bytes:
    """A name without its `#41` escapes."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), name)


def entries(dictionary: Any) -> Iterator[tuple[bytes, DictionaryObject]]:
    """The dictionaries and streams in a dictionary, by plain name."""
    for name, one in (as_dictionary(dictionary) or {}).items():
        one = as_dictionary(one)
        if one is not None:
            yield str(name).removeprefix("/").encode("utf-8", "surrogateescape"), one


def resolved(item: Any) -> Any:
    """An object of the file, its reference followed."""
    return item.get_object() if item is not None else None


def as_dictionary(item: Any) -> DictionaryObject | None:
    """A dictionary or stream of the file; null for anything else."""
    item = resolved(item)
    return item if isinstance(item, DictionaryObject) else None


def as_array(item: Any) -> list[Any] | None:
    """An array of the file; null for anything else."""
    item = resolved(item)
    return item if isinstance(item, ArrayObject) else None


def within(count: int, limit: int, what: str) -> None:
    """Raise `Refusal` beyond a limit."""
    if count > limit:
        raise Refusal("readers", "too_large", f"more than {limit:,} {what}")
