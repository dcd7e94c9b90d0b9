"""Readings kept apart from what is made of them: whoever understands anew need not read anew.

A reading holds everything that is printed, names of handlers and telephones too, which never leave
the raw file. So it is sealed with a key that is made of the file's bytes: whoever has the file can
open it, and nobody else; once the file is deleted, nobody can. Here: readings as bytes, their seal,
and their files. Not here: reading (readers), understanding (extract), staged tables (store).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.documents import media
from pipeline.documents.document import Document, Refusal
from pipeline.readers import asked
from pipeline.readers.shapes import Box, Cell, Grid, Paragraph, Place, Reading
from pipeline.staging import versions

FOLDER = "readings"
MAGIC = b"yusuan reading 1\n"
OWN, TAG = b"yusuan-reading", b"yusuan-tag"
TAG_BYTES = 32


@dataclass(frozen=True)
class Read:
    """What a reader made of a document, a refusal too, and of what kind it is."""

    kind: str
    reading: Reading | None = None
    refusal: Refusal | None = None

    def given(self) -> Reading:
        """The reading; raises the `Refusal` where there is none."""
        if self.reading is None:
            raise self.refusal or ValueError("neither a reading nor a refusal")
        return self.reading


Reader = Callable[[Document], Reading]


def read(document: Document, reader: Reader) -> Read:
    """What a reader makes of a document, as it will be found when it is opened again."""
    with asked.noted() as notes:
        try:
            reading, refusal = reader(document), None
        except Refusal as refused:
            reading, refusal = None, refused
    kind = kind_of(document, notes)
    return decoded(kind, encoded(Read(kind, reading, refusal)))


def kind_of(document: Document, notes: set[str]) -> str:
    """The kind of a reading for which these other readers were asked."""
    if document.media_type == media.TEXT:
        return versions.TEXT
    return versions.SCAN if asked.SCAN in notes else versions.PDF


def once(staging: Path, document: Document, reader: Reader) -> Read:
    """The reading of a document: the one that is kept, else it is read now and kept."""
    key = key_of(document.path)
    for kind in versions.kinds(document.media_type):
        path = staging / place(document.document_id, kind)
        if path.is_file() and (plain := opened(path.read_bytes(), key)) is not None:
            return decoded(kind, plain)
    found = read(document, reader)
    keep(staging, place(document.document_id, found.kind), sealed(encoded(found), key))
    return found


def place(document_id: str, kind: str) -> Path:
    """Where the reading of a document stands, below the staging folder."""
    version = versions.reading_version(kind)
    return Path(FOLDER) / version / document_id[:2] / document_id


def places(document_id: str) -> Iterator[Path]:
    """Where readings of a document may stand that the code of today made."""
    return (place(document_id, kind) for kind in versions.READ_KINDS)


def keep(staging: Path, where: Path, content: bytes) -> None:
    """Put a sealed reading in its place, in one step."""
    target = staging / where
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


# The seal


def key_of(path: Path) -> bytes:
    """The key that only the bytes of a file give. Its SHA-256 is released and gives none."""
    digest = hashlib.blake2b(person=OWN, digest_size=TAG_BYTES)
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.digest()


def sealed(plain: bytes, key: bytes) -> bytes:
    """Bytes that nobody reads without the key. The same bytes and key, the same seal."""
    tag = tag_of(plain, key)
    return MAGIC + tag + mixed(plain, key, tag)


def opened(content: bytes, key: bytes) -> bytes | None:
    """What was sealed; null where it was sealed with another key, or is not what was sealed."""
    start = len(MAGIC) + TAG_BYTES
    if len(content) < start or not content.startswith(MAGIC):
        return None
    tag = content[len(MAGIC) : start]
    plain = mixed(content[start:], key, tag)
    return plain if hmac.compare_digest(tag, tag_of(plain, key)) else None


def tag_of(plain: bytes, key: bytes) -> bytes:
    """What proves bytes unchanged, and makes the stream they are mixed with theirs alone."""
    return hashlib.blake2b(plain, key=key, person=TAG, digest_size=TAG_BYTES).digest()


def mixed(content: bytes, key: bytes, tag: bytes) -> bytes:
    """Bytes mixed with a stream that only key and tag give; mixed again they are as before."""
    stream = hashlib.shake_256(key + tag).digest(len(content))
    both = int.from_bytes(content, "big") ^ int.from_bytes(stream, "big")
    return both.to_bytes(len(content), "big")


# As bytes


def encoded(found: Read) -> bytes:
    """A reading or refusal as compressed JSON. Numbers come back as they were: no rounding."""
    if found.refusal is not None:
        refusal = found.refusal
        said: dict[str, Any] = {"refused": [refusal.stage, refusal.reason, refusal.detail]}
    else:
        reading = found.given()
        said = {
            "reader": reading.reader,
            "pages": reading.page_count,
            "blind": reading.blind_pages,
            "items": [
                paragraph_out(item) if isinstance(item, Paragraph) else grid_out(item)
                for item in reading.items
            ],
        }
    # Arrays of numbers come from image work as types of their own.
    text = json.dumps(said, separators=(",", ":"), default=lambda number: number.item())
    return zlib.compress(text.encode("ascii"))


def decoded(kind: str, content: bytes) -> Read:
    """What `encoded` made bytes of."""
    said = json.loads(zlib.decompress(content))
    if "refused" in said:
        return Read(kind, refusal=Refusal(*said["refused"]))
    items = tuple(grid_in(i) if "cells" in i else paragraph_in(i) for i in said["items"])
    return Read(kind, Reading(said["reader"], items, said["pages"], tuple(said["blind"])))


def paragraph_out(item: Paragraph) -> dict[str, Any]:
    """A paragraph as JSON."""
    return {"text": item.text, "place": place_out(item.place), "printed": item.printed}


def paragraph_in(said: dict[str, Any]) -> Paragraph:
    """A paragraph from JSON."""
    return Paragraph(said["text"], place_in(said["place"]), said["printed"])


def grid_out(grid: Grid) -> dict[str, Any]:
    """A grid as JSON."""
    return {
        "size": (grid.rows, grid.columns),
        "spans_known": grid.spans_known,
        "breaks": grid.breaks,
        "edges": grid.edges,
        "follows": grid.follows,
        "cells": [cell_out(cell) for cell in grid.cells],
    }


def grid_in(said: dict[str, Any]) -> Grid:
    """A grid from JSON."""
    rows, columns = said["size"]
    cells = tuple(map(cell_in, said["cells"]))
    breaks, edges = tuple(said["breaks"]), tuple(said["edges"])
    return Grid(rows, columns, cells, said["spans_known"], breaks, edges, said["follows"])


def cell_out(cell: Cell) -> list[Any]:
    """A cell as JSON, in the order of its fields."""
    return [
        cell.row,
        cell.column,
        cell.text,
        place_out(cell.place),
        cell.row_span,
        cell.column_span,
        str(cell.confidence),
        cell.wrapped,
        cell.reader,
        cell.restored,
        cell.restored_from,
    ]


def cell_in(said: list[Any]) -> Cell:
    """A cell from JSON."""
    row, column, text, where, row_span, column_span, confidence, *rest = said
    return Cell(
        row, column, text, place_in(where), row_span, column_span, Decimal(confidence), *rest
    )


def place_out(where: Place) -> list[Any]:
    """A place as JSON."""
    box = where.box
    return [where.page, where.line, *((box.x0, box.y0, box.x1, box.y1) if box else ())]


def place_in(said: list[Any]) -> Place:
    """A place from JSON."""
    page, line, *edges = said
    return Place(page, Box(*edges) if edges else None, line)
