"""Staged results on disk: one folder per document and stage version, of Parquet files.

Here: writing whole or not at all, reading back, and the version of the code that made them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from functools import cache
from importlib import metadata
from pathlib import Path

import polars as pl

import pipeline
from pipeline.staging.tables import SCHEMAS, Extract, names

# The rooms whose code decides what a document reads as, and the libraries they read with.
ROOMS = ("documents", "readers", "forms", "codes", "staging")
CHECKSUMS = "checksums.json"
VERSION = re.compile(r"[0-9a-f]{12}")
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


def write(staging: Path, document_id: str, extract: Extract) -> None:
    """Write a result: beside its place first, then moved there in one step."""
    target = folder(staging, document_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{document_id}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    for name in names():
        getattr(extract, name).write_parquet(draft / f"{name}.parquet", compression="zstd")
    (draft / CHECKSUMS).write_text(json.dumps(checksums(draft)), encoding="utf-8")
    if target.exists():
        shutil.rmtree(target)
    draft.rename(target)


def checksums(place: Path) -> dict[str, str]:
    """The SHA-256 of each staged table in a folder."""
    return {
        name: hashlib.sha256((place / f"{name}.parquet").read_bytes()).hexdigest()
        for name in names()
    }


def is_sound(staging: Path, document_id: str) -> bool:
    """Whether a result is there, whole, and byte for byte what was written."""
    place = folder(staging, document_id)
    try:
        written = json.loads((place / CHECKSUMS).read_text(encoding="utf-8"))
        return bool(written == checksums(place))
    except (OSError, ValueError):
        return False


def read(staging: Path, document_id: str) -> Extract:
    """The staged result of a document that is sound."""
    place = folder(staging, document_id)
    frames = {
        name: pl.read_parquet(place / f"{name}.parquet", schema=SCHEMAS[name]) for name in names()
    }
    return Extract(**frames)


def prune(staging: Path) -> None:
    """Remove results of other versions of the code, and nothing else that may stand there."""
    if staging.is_dir():
        for stale in staging.iterdir():
            if VERSION.fullmatch(stale.name) and stale.name != stage_version():
                shutil.rmtree(stale, ignore_errors=True)
