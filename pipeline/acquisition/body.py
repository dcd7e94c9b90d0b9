"""Bodies of answers: decoded and counted as they come, never held whole.

Here: content encodings with limits. The decoders of httpx unpack a whole chunk at once: 64 KiB of
gzip are 64 MiB before anybody can count. Not here: what the bytes are (kinds).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from pipeline.acquisition.refusal import Refused

PIECE = 1 << 16
GZIP, ZLIB, RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS


def limited(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """The chunks, up to a number of bytes; `Refused` for more."""
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > most:
            raise Refused("too_large", f"more than {most:,} bytes")
        yield chunk


def decoded(chunks: Iterable[bytes], encoding: str, most: int) -> Iterator[bytes]:
    """The content of a body: neither what comes nor what it unpacks to exceeds `most` bytes."""
    coming = limited(chunks, most)
    match encoding.strip().lower():
        case "" | "identity":
            return coming
        case "gzip" | "x-gzip":
            return limited(inflated(coming, GZIP), most)
        case "deflate":
            return limited(inflated(coming, ZLIB), most)
    raise Refused("undecodable", f"content encoding {encoding!r} was not asked for")


def inflated(chunks: Iterable[bytes], window: int) -> Iterator[bytes]:
    """Inflated pieces; `Refused` for damage, and for a stream that ends before its end."""
    engine, begun = zlib.decompressobj(window), False
    for chunk in chunks:
        rest = chunk
        while rest:
            if engine.eof:
                # A gzip body may have several members one after the other.
                engine = zlib.decompressobj(window)
            try:
                piece = engine.decompress(rest, PIECE)
            except zlib.error as error:
                if window == ZLIB and not begun:
                    # Many servers send deflate without its wrapper.
                    window, engine = RAW, zlib.decompressobj(RAW)
                    continue
                raise Refused("undecodable", f"damaged compression: {error}") from error
            begun = True
            if piece:
                yield piece
            # Padding after the end is nobody's content.
            rest = engine.unused_data.lstrip(b"\0") if engine.eof else engine.unconsumed_tail
    while not engine.eof and (piece := engine.decompress(engine.unconsumed_tail, PIECE)):
        yield piece
    if begun and not engine.eof:
        raise Refused("cut_short", "the compressed body ended before its end")
