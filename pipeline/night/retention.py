"""What is removed to make room, and what never is.

Here: a plan, as plain data, of what may go, and doing it. The latest release stays, and whatever a
link beside it points at; releases of the keep list, the newest ones and the first of each month
stay. Evidence of listing pages goes by age, never the newest of a page. Without an order nothing
goes. Not here: results per document (staging prunes itself).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.acquisition.shelf import Shelf
from pipeline.night import report
from pipeline.night.order import Keep
from pipeline.release import versions
from pipeline.settings import Settings
from pipeline.staging import store

PAGES = "pages"


@dataclass(frozen=True)
class Removal:
    """Something that may go: what it is, where it stands, its size."""

    kind: str
    path: Path
    size: int


def plan(settings: Settings, keep: Keep, now: datetime) -> tuple[Removal, ...]:
    """Everything that may go, in a fixed order. Nothing is touched."""
    return tuple(
        Removal(kind, path, size(path))
        for kind, paths in (
            ("release", releases(settings.curated, keep)),
            ("night", nights(settings.curated, keep)),
            ("staging", store.stale(settings.staging)),
            ("evidence", evidence(settings.raw, keep, now)),
        )
        for path in paths
    )


def carry_out(planned: Iterable[Removal]) -> tuple[Removal, ...]:
    """Remove what was planned; what was removed. A folder goes out of sight first, at once."""
    return tuple(one for one in planned if removed(one.path))


def removed(path: Path) -> bool:
    """Remove a file or folder; false where it is gone already."""
    if not path.is_dir() or path.is_symlink():
        existed = path.exists()
        path.unlink(missing_ok=True)
        return existed
    # A name that drafts have: what a crash leaves of it, the next build cleans up.
    aside = path.with_name(f".draft-removed-{path.name}")
    shutil.rmtree(aside, ignore_errors=True)
    path.rename(aside)
    shutil.rmtree(aside)
    return True


def releases(curated: Path, keep: Keep) -> list[Path]:
    """Releases that nothing keeps. Without a latest one that can be told nothing goes."""
    latest = versions.latest(curated)
    if keep.releases is None or latest is None:
        return []
    made = sorted(versions.made(curated), key=versions.sort_key)
    # Newer than the latest is a leftover that the next build judges, not an old release.
    older = [name for name in made if versions.sort_key(name) <= versions.sort_key(latest.name)]
    kept = {latest.name, *keep.named, *older[-keep.releases :], *pointed_at(curated)}
    if keep.monthly:
        kept |= set({name[:7]: name for name in reversed(made)}.values())
    return [curated / "releases" / name for name in older if name not in kept]


def pointed_at(curated: Path) -> Iterator[str]:
    """Releases that a link in the folder or among the releases points at."""
    root = (curated / "releases").resolve()
    for link in (*curated.iterdir(), *root.glob("*")):
        if link.is_symlink() and root in (target := link.resolve()).parents:
            yield target.relative_to(root).parts[0]


def nights(curated: Path, keep: Keep) -> list[Path]:
    """Reports beyond the newest ones."""
    if keep.nights is None:
        return []
    return reports(curated)[: -keep.nights]


def reports(curated: Path) -> list[Path]:
    """The folders of night reports, oldest first by when they were written."""
    folder = curated / report.FOLDER
    found = [p for p in folder.glob("*") if (p / report.NAMES[0]).is_file()]
    return sorted(found, key=lambda p: ((p / report.NAMES[0]).stat().st_mtime_ns, p.name))


def evidence(raw: Path, keep: Keep, now: datetime) -> list[Path]:
    """Kept listing pages that were last seen too long ago; never the newest of a page.

    Where acquisition remembers nothing, nothing goes.
    """
    shelf = Shelf(raw)
    if keep.evidence_days is None or not shelf.memory.is_file():
        return []
    since = (now - timedelta(days=keep.evidence_days)).astimezone(UTC).isoformat("T", "seconds")
    query = """
        SELECT sha256 FROM page GROUP BY sha256 HAVING max(last_seen) < ?
        EXCEPT SELECT sha256 FROM (
            SELECT sha256, row_number() OVER (
                PARTITION BY source_id, url ORDER BY last_seen DESC, sha256) AS place FROM page)
        WHERE place = 1
    """
    connection = sqlite3.connect(f"file:{shelf.memory}?mode=ro", uri=True)
    try:
        hashes = [row[0] for row in connection.execute(query, (since,))]
    finally:
        connection.close()
    root = shelf.hidden / PAGES
    return sorted(p for sha256 in hashes for p in (root / sha256[:2]).glob(f"{sha256}*"))


def size(path: Path) -> int:
    """Bytes of a file or of all files below a folder; what vanishes meanwhile counts nothing."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for one in path.rglob("*"):
        try:
            if one.is_file() and not one.is_symlink():
                total += one.stat().st_size
        except OSError:
            continue
    return total
