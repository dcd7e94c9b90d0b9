"""Staged results on disk: one folder per document and stage version, of Parquet files.

Here: writing whole or not at all, reading back, and the version of the code that made them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from functools import cache
from importlib import metadata
from pathlib import Path

import polars as pl

import pipeline
from pipeline.staging.tables import SCHEMAS, Extract, names

# The rooms whose code decides what a document reads as, and the libraries they read with.
ROOMS = ("documents", "readers", "forms", "codes", "staging")
LIBRARIES = ("camelot-py", "pypdfium2", "playa-pdf", "polars")


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


def is_staged(staging: Path, document_id: str) -> bool:
    """Whether a whole result is there: folders appear by one rename, so a folder is whole."""
    return folder(staging, document_id).is_dir()


def write(staging: Path, document_id: str, extract: Extract) -> None:
    """Write a result: beside its place first, then moved there in one step."""
    target = folder(staging, document_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{document_id}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    for name in names():
        getattr(extract, name).write_parquet(draft / f"{name}.parquet", compression="zstd")
    if target.exists():
        shutil.rmtree(target)
    draft.rename(target)


def read(staging: Path, document_id: str) -> Extract:
    """The staged result of a document.

    Raises `OSError` or a Polars error where it is damaged; the caller stages it again.
    """
    place = folder(staging, document_id)
    frames = {
        name: pl.read_parquet(place / f"{name}.parquet", schema=SCHEMAS[name]) for name in names()
    }
    return Extract(**frames)


def discard(staging: Path, document_id: str) -> None:
    """Forget a result, so that the document is read again."""
    shutil.rmtree(folder(staging, document_id), ignore_errors=True)


def prune(staging: Path) -> None:
    """Remove results of other versions of the code."""
    if staging.is_dir():
        for stale in staging.iterdir():
            if stale.name != stage_version():
                shutil.rmtree(stale, ignore_errors=True)
