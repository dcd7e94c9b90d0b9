"""Seeing that new files lie in the raw folder, and that they have stopped growing.

Here: pure decisions over two looks; no clock is asked, so one that jumps changes nothing. Not here:
who looks how often (the sensor), and what a file is (intake).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.settings import Settings

#: where a night that ended well leaves what it saw
SEEN = "raw.seen"


@dataclass(frozen=True)
class Cursor:
    """What was seen at the last look, for what state a night was last asked, and how often."""

    seen: str = ""
    asked: str = ""
    nights: int = 0

    @property
    def key(self) -> str:
        """The key of the night that is asked for: the same for one state until it is left."""
        return f"{self.nights}-{self.asked}"

    def to_text(self) -> str:
        """The cursor as it is kept between looks."""
        return json.dumps(asdict(self), sort_keys=True)

    @staticmethod
    def from_text(text: str | None) -> Cursor:
        """A kept cursor; a new one where nothing of use was kept."""
        try:
            said = json.loads(text or "")
            return Cursor(str(said["seen"]), str(said["asked"]), int(said["nights"]))
        except (ValueError, KeyError, TypeError):
            return Cursor()


@dataclass(frozen=True)
class Look:
    """What a look leads to: whether a night is asked for, why or why not, and the next cursor."""

    asks: bool
    why: str
    cursor: Cursor


def look(now: str, done: str, cursor: Cursor) -> Look:
    """Decide from what lies there now, what the last good night saw, and the last look.

    A state counts once it was seen twice: until then files may still be growing.
    """
    seen = Cursor(now, cursor.asked, cursor.nights)
    if now == done:
        return Look(False, "the last night has seen these files", seen)
    if now == cursor.asked:
        return Look(False, "a night was asked for with these files", seen)
    if now != cursor.seen:
        return Look(False, "files are coming: waiting until they have stopped growing", seen)
    return Look(True, "new files", Cursor(now, now, cursor.nights + 1))


def fingerprint(raw: Path) -> str:
    """One hash over the names, sizes and times of all files of the raw folder."""
    digest = hashlib.sha256()
    for name, size, moment in sorted(files(raw)):
        digest.update(f"{size} {moment} ".encode() + name + b"\0")
    return digest.hexdigest()[:16]


def files(raw: Path) -> Iterator[tuple[bytes, int, int]]:
    """Every file that intake would see, by name, size and time; hidden ones are left out."""
    root = os.fsencode(raw)
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(b".")]
        for name in names:
            if name.startswith(b"."):
                continue
            path = os.path.join(folder, name)
            try:
                found = os.lstat(path)
            except OSError:
                continue
            yield os.path.relpath(path, root), found.st_size, found.st_mtime_ns


def done(settings: Settings) -> str:
    """What the last good night saw; nothing where it is not known."""
    try:
        return (settings.work / SEEN).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def keep(settings: Settings, seen: str) -> None:
    """Keep what a good night saw."""
    settings.work.mkdir(parents=True, exist_ok=True)
    draft = settings.work / f".{SEEN}"
    draft.write_text(seen, encoding="utf-8")
    draft.replace(settings.work / SEEN)
