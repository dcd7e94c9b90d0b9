"""A finished release as a list of objects, checked against its own SHA256SUMS.

Here: reading and checking the folder. A release that is not whole is never published.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.release.versions import VERSION, sort_key
from pipeline.release.write import file_hash

CHECKSUMS = "SHA256SUMS"
LINE = re.compile(r"([0-9a-f]{64})  (.+)")


class NotWhole(RuntimeError):
    """A release folder is not what its SHA256SUMS says."""


@dataclass(frozen=True)
class Item:
    """One file of a release: where it stands, under which key it goes, and what it is."""

    path: Path
    key: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """A whole release. `items` end with its SHA256SUMS, whose hash names all the others."""

    version: str
    items: tuple[Item, ...]

    @property
    def prefix(self) -> str:
        """The folder of the version, which is the same everywhere."""
        return f"releases/{self.version}"

    @property
    def seal(self) -> Item:
        """The SHA256SUMS."""
        return self.items[-1]

    @property
    def size(self) -> int:
        """All bytes."""
        return sum(item.size for item in self.items)


def read(folder: Path) -> Manifest:
    """The manifest of a release folder, every file hashed. Raises `NotWhole`."""
    if VERSION.fullmatch(folder.name) is None:
        raise NotWhole(f"{folder} is no release: its name is no version")
    sort_key(folder.name)
    checksums = folder / CHECKSUMS
    try:
        sealed = checksums.read_bytes()
        listed = parsed(sealed.decode("utf-8"), checksums)
    except (OSError, UnicodeDecodeError) as error:
        raise NotWhole(f"{folder} has no readable {CHECKSUMS}; build the release again") from error
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}
    if wrong := sorted(there - {CHECKSUMS} ^ set(listed)):
        raise NotWhole(f"{folder}: {wrong[0]} is there or in {CHECKSUMS}, and not in both")
    prefix = f"releases/{folder.name}"
    items = []
    for name, digest in sorted(listed.items()):
        path = folder / name
        if path.is_symlink() or file_hash(path) != digest:
            raise NotWhole(f"{path} is not what {CHECKSUMS} says; build the release again")
        items.append(Item(path, f"{prefix}/{name}", digest, path.stat().st_size))
    seal = hashlib.sha256(sealed).hexdigest()
    items.append(Item(checksums, f"{prefix}/{CHECKSUMS}", seal, len(sealed)))
    return Manifest(folder.name, tuple(items))


def parsed(text: str, path: Path) -> dict[str, str]:
    """The hashes of a SHA256SUMS by file name."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        if match is None or match[2] in found:
            raise NotWhole(f"{path}: a line that is no hash and name, or a name that stands twice")
        found[match[2]] = match[1]
    if not found:
        raise NotWhole(f"{path} names no file")
    return found
