"""Staged results on disk: one folder per document and stage version, of Parquet files.

Here: writing whole or not at all, reading back, and the version of the code that made them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path

import polars as pl

import pipeline
from pipeline.documents.document import Document, Refusal
from pipeline.staging.tables import SCHEMAS, Extract, names, refused

# The rooms whose code decides what a document reads as, and the libraries they read with.
ROOMS = (
    "documents",
    "readers",
    "forms",
    "performance",
    "narrative",
    "annexes",
    "codes",
    "identities",
    "restore",
    "staging",
)
CHECKSUMS = "checksums.json"
VERSION = re.compile(r"[0-9a-f]{12}")
LIBRARIES = (
    "camelot-py",
    "onnxruntime",
    "opencv-python-headless",
    "playa-pdf",
    "polars",
    "pypdf",
    "pypdfium2",
    "rapidocr",
)


class NotWhole(ValueError):
    """What was staged is no result of its document."""


@cache
def stage_version() -> str:
    """Twelve hex digits that change with any code or library that reading depends on."""
    digest = hashlib.sha256()
    root = Path(pipeline.__file__).parent
    paths = [p for room in ROOMS for p in (root / room).rglob("*") if p.is_file()]
    paths += [root / "ledger" / "money.py", *(root / "schema").glob("*.yml")]
    for path in sorted(p for p in paths if p.suffix in (".py", ".yml", ".csv")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library}=={metadata.version(library)}".encode())
    return digest.hexdigest()[:12]


def folder(staging: Path, document_id: str) -> Path:
    """Where the result of a document stands."""
    return staging / stage_version() / document_id[:2] / document_id


def write(staging: Path, document_id: str, extract: Extract) -> None:
    """Write a result: beside its place first, then moved there in one step."""
    with draft(staging, document_id) as folder:
        for name in names():
            getattr(extract, name).write_parquet(folder / f"{name}.parquet", compression="zstd")
        (folder / CHECKSUMS).write_text(json.dumps(checksums(folder)), encoding="utf-8")


def place(staging: Path, document_id: str, files: dict[str, bytes]) -> None:
    """Put files in the place of a result, in one step. Raises `NotWhole` where they are none."""
    with draft(staging, document_id) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        if not is_whole(folder):
            raise NotWhole("what was staged is not whole")
        if document_ids(folder) - {document_id}:
            raise NotWhole("what was staged is of another document")


@contextmanager
def draft(staging: Path, document_id: str) -> Iterator[Path]:
    """A folder beside the place of a result, which takes that place unless something fails."""
    target = folder(staging, document_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{document_id}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        yield beside
        if target.exists():
            shutil.rmtree(target)
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
    """Remove results of other versions of the code, and nothing else that may stand there."""
    if staging.is_dir():
        for stale in staging.iterdir():
            if VERSION.fullmatch(stale.name) and stale.name != stage_version():
                shutil.rmtree(stale, ignore_errors=True)
