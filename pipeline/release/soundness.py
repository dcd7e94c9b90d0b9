"""Whether the release that stands is still what was published; and standing back where it is not.

A disk that lost bytes must not keep every later night from its release. Here: comparing a release
with its checksums, and pointing at the newest one that is whole. What is damaged is never changed;
the next release is made beside it. Not here: the folders and the pointer (versions).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pipeline.release import versions
from pipeline.release.write import file_hash

SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class StoodBack:
    """The release that was found damaged, with the first damaged file, and the one that stands."""

    version: str
    damaged: str
    instead: str | None

    def __str__(self) -> str:
        stands = f"{self.instead} stands instead" if self.instead else "no other one is whole"
        return f"release {self.version} is damaged ({self.damaged}); {stands}"


def stand_back(curated: Path, only: Collection[str] | None = None) -> StoodBack | None:
    """Point at the newest whole release where the latest is damaged; null where it is whole.

    `only` looks at some files of the latest; the others are looked at whole.
    """
    latest = versions.latest(curated)
    damaged = None if latest is None else damage(latest, only)
    if latest is None or damaged is None:
        return None
    older = [n for n in versions.made(curated) if versions.is_before(n, latest.name)]
    newest_first = sorted(older, key=versions.sort_key, reverse=True)
    whole = next((n for n in newest_first if damage(curated / "releases" / n) is None), None)
    if whole is None:
        versions.unpoint(curated)
    else:
        versions.point(curated, whole)
    return StoodBack(latest.name, damaged, whole)


def damage(release: Path, only: Collection[str] | None = None) -> str | None:
    """The first file of a release that is not what its checksums say; null where all are."""
    try:
        lines = (release / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return SUMS
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if not sums or not all(sums):
        return SUMS
    for name, digest in sums.items():
        if (only is None or name in only) and not is_whole(release / name, digest):
            return name
    return None


def is_whole(path: Path, digest: str) -> bool:
    """Whether a file has this hash."""
    try:
        return file_hash(path) == digest
    except OSError:
        return False
