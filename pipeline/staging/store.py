"""Staged results on disk: one folder per document and version of the code, of Parquet files.

Here: writing whole or not at all, reading back, and where a result stands. Results stand under the
version of the code that makes their kind, readings beside them under theirs. Not here: the versions
(versions), readings (readings).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from pipeline.documents.document import Document, Refusal
from pipeline.staging import readings, versions
from pipeline.staging.tables import SCHEMAS, Extract, names, refused

CHECKSUMS = "checksums.json"
VERSION = re.compile(r"[0-9a-f]{12}")


class NotWhole(ValueError):
    """What was staged is no result of its document."""


def stage_version() -> str:
    """Twelve hex digits that change with any code or library that reading depends on."""
    return versions.extract_version(versions.ANY)


def place_of(document_id: str, kind: str) -> Path:
    """Where the result of a document stands, below the staging folder."""
    return Path(versions.extract_version(kind)) / document_id[:2] / document_id


def places(document_id: str) -> Iterator[Path]:
    """Where the result of a document may stand that the code of today made."""
    return (place_of(document_id, kind) for kind in versions.KINDS)


def kind_of(staging: Path, document_id: str) -> str:
    """The kind of the result of a document; `any` where it has none."""
    found = (k for k in versions.KINDS if (staging / place_of(document_id, k)).is_dir())
    return next(found, versions.ANY)


def folder(staging: Path, document_id: str) -> Path:
    """Where the result of a document stands, or would if nothing were known of its kind."""
    return staging / place_of(document_id, kind_of(staging, document_id))


def write(staging: Path, document_id: str, extract: Extract, kind: str = versions.ANY) -> None:
    """Write a result: beside its place first, then moved there in one step."""
    with draft(staging, document_id, kind) as folder:
        for name in names():
            getattr(extract, name).write_parquet(folder / f"{name}.parquet", compression="zstd")
        (folder / CHECKSUMS).write_text(json.dumps(checksums(folder)), encoding="utf-8")


def place(
    staging: Path, document_id: str, files: dict[str, bytes], kind: str = versions.ANY
) -> None:
    """Put files in the place of a result, in one step. Raises `NotWhole` where they are none."""
    with draft(staging, document_id, kind) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        if not is_whole(folder):
            raise NotWhole("what was staged is not whole")
        if document_ids(folder) - {document_id}:
            raise NotWhole("what was staged is of another document")


@contextmanager
def draft(staging: Path, document_id: str, kind: str) -> Iterator[Path]:
    """A folder beside the place of a result, which takes that place unless something fails.

    A document has one result: one of another kind, which was damaged, goes.
    """
    target = staging / place_of(document_id, kind)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{document_id}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        yield beside
        for old in places(document_id):
            shutil.rmtree(staging / old, ignore_errors=True)
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_refusal(staging: Path, document: Document, refusal: Refusal) -> None:
    """Stage that a document is refused: it is not read again until it or the code changes."""
    write(staging, document.document_id, refused(document, refusal))


def checksums(place: Path) -> dict[str, str]:
    """The SHA-256 of each staged table in a folder."""
    return {
        name: hashlib.sha256((place / f"{name}.parquet").read_bytes()).hexdigest()
        for name in names()
    }


def sound_kind(staging: Path, document_id: str) -> str | None:
    """The kind of the result of a document that is there and sound; null where there is none."""
    kind = kind_of(staging, document_id)
    return kind if is_whole(staging / place_of(document_id, kind)) else None


def is_sound(staging: Path, document_id: str) -> bool:
    """Whether a result is there, whole, and byte for byte what was written."""
    return is_whole(folder(staging, document_id))


def is_whole(place: Path) -> bool:
    """Whether a folder holds every table, byte for byte what was written."""
    try:
        written = json.loads((place / CHECKSUMS).read_text(encoding="utf-8"))
        return bool(written == checksums(place))
    except (OSError, ValueError):
        return False


def read(staging: Path, document_id: str) -> Extract:
    """The staged result of a document that is sound."""
    return read_folder(folder(staging, document_id))


def read_folder(place: Path) -> Extract:
    """The tables in a folder."""
    frames = {
        name: pl.read_parquet(place / f"{name}.parquet", schema=SCHEMAS[name]) for name in names()
    }
    return Extract(**frames)


def document_ids(place: Path) -> set[str]:
    """Every document that the tables in a folder have rows of."""
    frames = vars(read_folder(place)).values()
    return {key for frame in frames for key in frame.get_column("document_id").unique()}


def prune(staging: Path) -> None:
    """Remove results and readings of other code, what killed builds left half written, and nothing
    else that may stand there.
    """
    for path in stale(staging):
        shutil.rmtree(path, ignore_errors=True)
    for draft in (*staging.glob("*/??/.*"), *staging.glob("*/*/??/.*")):
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


def stale(staging: Path) -> list[Path]:
    """The folders of other code."""
    kept = {versions.extract_version(kind) for kind in versions.KINDS}
    kept_readings = {versions.reading_version(kind) for kind in versions.READ_KINDS}
    places = ((staging, kept), (staging / readings.FOLDER, kept_readings))
    found = [(p, current) for base, current in places if base.is_dir() for p in base.iterdir()]
    return sorted(p for p, now in found if VERSION.fullmatch(p.name) and p.name not in now)
