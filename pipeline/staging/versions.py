"""The versions of the code that makes staged results, in parts, so that a change redoes what it
touches and no more.

A result is of one kind: a `text`, a `pdf`, a `scan` (a PDF of which the reader of scans was asked),
or `any`: a refusal by the pool, which any change may cure. Here: which parts make which kind, and
their hashes. Not here: results on disk (store, readings).
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

import pipeline
from pipeline.documents import media

DECLARED = "staging/components.yml"
CODE = (".py", ".yml", ".csv")
TEXT, PDF, SCAN, ANY = "text", "pdf", "scan", "any"
KINDS = (TEXT, PDF, SCAN, ANY)
READ_KINDS = (TEXT, PDF, SCAN)
# What a kind does not depend on.
NOT_READ_WITH = {TEXT: (PDF, SCAN), PDF: (TEXT, SCAN), SCAN: (TEXT,)}
TEXTS_ONLY = ("restore", "identities")
DIGITS = 12

Versions = Mapping[str, str]


def kinds(media_type: str) -> tuple[str, ...]:
    """The kinds a reading of a document of this medium can be of."""
    return (TEXT,) if media_type == media.TEXT else (PDF, SCAN)


@cache
def declared(root: Path) -> dict[str, dict[str, dict[str, list[str]]]]:
    """The parts as declared, by group."""
    content: dict[str, Any] = yaml.safe_load((root / DECLARED).read_text(encoding="utf-8"))
    return content


def root() -> Path:
    """The folder of the code."""
    return Path(pipeline.__file__).parent


def files(part: Mapping[str, list[str]]) -> list[Path]:
    """Every file of a part, in path order."""
    found: set[Path] = set()
    for pattern in part["files"]:
        base = root().parent if pattern.startswith("expectations/") else root()
        found.update(p for p in base.glob(pattern) if p.suffix in CODE)
    return sorted(found)


def version(part: Mapping[str, list[str]]) -> str:
    """The version of a part: a hash of its files and libraries."""
    digest = hashlib.sha256(f"python {sys.version_info[:2]}".encode())
    for path in files(part):
        name = path.relative_to(root().parent).as_posix()
        digest.update(f"{name}\0".encode() + path.read_bytes())
    for library in part["libraries"]:
        digest.update(f"{library}=={metadata.version(library)}\0".encode())
    return digest.hexdigest()[:DIGITS]


@cache
def group(name: str) -> Versions:
    """The versions of the parts of a group."""
    return {part: version(spec) for part, spec in declared(root())[name].items()}


def of_reading(kind: str) -> Versions:
    """The parts a reading of this kind is made with."""
    apart = NOT_READ_WITH.get(kind, ())
    return {part: found for part, found in group("readings").items() if part not in apart}


def of_extract(kind: str) -> Versions:
    """The parts a document's staged tables are made with, its reading included."""
    if kind == ANY:
        return {**of_reading(ANY), **group("understanding"), **group("isolation")}
    apart = () if kind == TEXT else TEXTS_ONLY
    understood = {p: v for p, v in group("understanding").items() if p not in apart}
    return {**of_reading(kind), **understood}


def of_second() -> Versions:
    """The parts a second reading is made with."""
    return group("second")


def name(versions: Versions) -> str:
    """One name for the versions of some parts: twelve hex digits."""
    text = "".join(f"{part}={found}\n" for part, found in sorted(versions.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


@cache
def reading_version(kind: str) -> str:
    """The name of the code that makes readings of a kind."""
    return name(of_reading(kind))


@cache
def extract_version(kind: str) -> str:
    """The name of the code that makes staged tables of a kind."""
    return name(of_extract(kind))


def explain(before: Versions, now: Versions) -> str:
    """Why code of today makes a result anew that other code made; empty where it does not.

    `now` holds all parts there are; only those that made the result count.
    """
    changed = [part for part in before if now.get(part) != before[part]]
    readers = [part for part in changed if part in group("readings")]
    others = [part for part in changed if part not in readers]
    told = []
    if readers:
        told.append(f"reader version ({listed(readers)})")
    if others:
        told.append(f"version of {listed(others)}")
    return "; ".join(told)


def listed(parts: Iterable[str]) -> str:
    """Parts by name."""
    return ", ".join(sorted(parts))
