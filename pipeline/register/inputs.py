"""Everything a release is made from, as one fingerprint: the same inputs, the same release.

Documents with what the manifest says of them, what is put aside at the door, code and data of the
pipeline, libraries, what people declare, choices of the build, and the release before. Here: the
fingerprint. Not here: whether tonight's equals that of the release (night, steps).
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from importlib import metadata
from operator import attrgetter
from pathlib import Path
from typing import Any

import pipeline
from pipeline.documents.document import Document, Quarantined
from pipeline.documents.intake import Intake
from pipeline.settings import Settings

# Choices that change what is released or whether it is; folders and the number of workers do not.
CHOICES = ("strict", "second_reader")
# Where the file stands says nothing; the quarantine entry's id follows from the rest.
APART = frozenset({"path"})
SUMS = "SHA256SUMS"
NO_RELEASE = "no release"
PROJECT = "yusuan"


def fingerprint(intake: Intake, settings: Settings) -> str:
    """One hash over all inputs but the release before."""
    digest = hashlib.sha256()
    for part in (
        described(intake.documents),
        described(intake.quarantine),
        [[name, repr(getattr(settings, name))] for name in CHOICES],
        sorted(libraries()),
    ):
        digest.update(json.dumps(part, ensure_ascii=True).encode() + b"\n")
    for folder in (Path(pipeline.__file__).parent, settings.expectations):
        for name, content in contents(folder):
            digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return digest.hexdigest()


def with_release(inputs: str, release: Path | None) -> str:
    """The fingerprint of inputs beside the release that stands."""
    return hashlib.sha256(f"{inputs}\n{state(release)}".encode()).hexdigest()


def state(release: Path | None) -> str:
    """What a release is: its version, and its checksums as they stand in its folder."""
    if release is None:
        return NO_RELEASE
    sums = release / SUMS
    content = sums.read_bytes() if sums.is_file() else b""
    there = all((release / name).is_file() for name in listed(content))
    return f"{release.name} {hashlib.sha256(content).hexdigest()} {there}"


def listed(sums: bytes) -> Iterator[str]:
    """The files that a release's checksums name."""
    return (line[66:] for line in sums.decode("utf-8").splitlines())


def described(entries: Sequence[Document] | Sequence[Quarantined]) -> list[tuple[Any, ...]]:
    """Entries as rows, in the order of their paths."""
    if not entries:
        return []
    values = attrgetter(*(f.name for f in fields(entries[0]) if f.name not in APART))
    return [values(entry) for entry in entries]


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, but what Python compiles, in path order."""
    found = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    for path in sorted(found):
        yield path.relative_to(folder).as_posix(), path.read_bytes()


def libraries() -> Iterator[str]:
    """Python and the libraries this project requires, with their versions."""
    yield f"python {sys.version.split()[0]}"
    for line in metadata.requires(PROJECT) or ():
        requirement, _, marker = line.partition(";")
        if "extra ==" not in marker:
            name = requirement.strip().split("[")[0]
            for sign in "<>=!~ (":
                name = name.partition(sign)[0]
            yield f"{name} {metadata.version(name)}"
