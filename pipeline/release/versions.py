"""Release folders: their names, which one is the latest, and moving the pointer.

Here: the only code that touches `releases/` and `latest`. A folder appears whole by one rename;
the pointer moves by one rename after it. Not here: what is in a release (write).
"""

from __future__ import annotations

import os
import re
import shutil
from datetime import date
from pathlib import Path

from pipeline.durable import sync

VERSION = re.compile(r"(\d{4})\.(\d{2})\.(\d{2})(?:\.(\d+))?")


def latest(curated: Path) -> Path | None:
    """The folder of the latest release, null where there is none."""
    pointer = curated / "latest"
    return pointer.resolve() if pointer.is_dir() else None


def next_version(curated: Path, today: date) -> str:
    """YYYY.MM.DD, then .1, .2 … on the same day, and always after every release that is there.

    Where the clock went back the day of the newest release goes on: a version that sorts before it
    would be taken for the older release, here and wherever it is published.
    """
    base = f"{today:%Y.%m.%d}"
    newest = max(made(curated), key=sort_key, default=None)
    if newest is None or sort_key(base) > sort_key(newest):
        return base
    *day, number = sort_key(newest)
    return "{:04}.{:02}.{:02}.{}".format(*day, number + 1)


def made(curated: Path) -> list[str]:
    """The versions of all release folders."""
    return [p.name for p in (curated / "releases").glob("*") if VERSION.fullmatch(p.name)]


def sort_key(version: str) -> tuple[int, ...]:
    """Versions in the order they were made; `.10` after `.9`."""
    found = VERSION.fullmatch(version)
    if found is None:
        raise ValueError(f"{version!r} is no version: YYYY.MM.DD or YYYY.MM.DD.N")
    return tuple(int(part or 0) for part in found.groups())


def draft(curated: Path, version: str) -> Path:
    """An empty folder to write a release into.

    What a crash left behind is removed: drafts, pointers, and a release newer than the latest one,
    which was never pointed at. Without a latest one nothing is taken for a leftover.
    """
    releases = curated / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    for stale in (*releases.glob(".draft-*"), *unpublished(curated)):
        shutil.rmtree(stale)
    for pointer in curated.glob(".latest-*"):
        pointer.unlink()
    folder = releases / f".draft-{version}"
    folder.mkdir()
    return folder


def unpublished(curated: Path) -> list[Path]:
    """Release folders newer than the latest release."""
    current = latest(curated)
    if current is None or not VERSION.fullmatch(current.name):
        return []
    later = [name for name in made(curated) if sort_key(name) > sort_key(current.name)]
    return [curated / "releases" / name for name in later]


def abandon(folder: Path) -> None:
    """Remove a draft that will not be released."""
    shutil.rmtree(folder)


def publish(curated: Path, folder: Path, version: str) -> Path:
    """Make a finished draft the release `version` and point `latest` at it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            sync(path)
    final = curated / "releases" / version
    if final.exists():
        raise FileExistsError(f"{final} exists; a release never changes")
    folder.rename(final)
    sync(final.parent)
    point(curated, version)
    return final


def point(curated: Path, version: str) -> None:
    """Point `latest` at a release that is there."""
    pointer = curated / f".latest-{os.getpid()}"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(Path("releases") / version, target_is_directory=True)
    pointer.replace(curated / "latest")
    sync(curated)


def unpoint(curated: Path) -> None:
    """Point at no release."""
    (curated / "latest").unlink(missing_ok=True)
    sync(curated)


def is_before(version: str, other: str) -> bool:
    """Whether a version was made before another."""
    return sort_key(version) < sort_key(other)
