"""A folder as a place for objects: written beside, flushed, and linked into place.

A link is made only where nothing stands, which makes an object write-once even between programs;
replacing is done under a lock of the folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from pipeline.durable import sync
from pipeline.stores.contract import Absent, Moved, Seen, StoreError, Taken

CHUNK = 1 << 20
DRAFT = ".draft-"
LOCK = ".lock"


@dataclass(frozen=True)
class Folder:
    """A store that is a folder of this machine or of a shared disk."""

    root: Path
    largest: int | None = None

    @property
    def name(self) -> str:
        """Where it is."""
        return str(self.root)

    def sizes(self, prefix: str) -> dict[str, int]:
        """Every object below a folder; what an interrupted write left is none."""
        found = (p for p in (self.root / prefix).rglob("*") if p.is_file())
        return {
            path.relative_to(self.root).as_posix(): path.stat().st_size
            for path in found
            if not path.name.startswith(DRAFT)
        }

    def size(self, key: str) -> int | None:
        """How large an object is."""
        try:
            return (self.root / key).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None

    def put_new(self, key: str, source: Path | bytes) -> None:
        """Write an object where none stands."""
        with self.draft(key, source) as (draft, target):
            try:
                os.link(draft, target)
            except FileExistsError as error:
                raise Taken(f"{self.name}: {key} exists") from error

    def chunks(self, key: str) -> Iterator[bytes]:
        """The bytes of an object."""
        try:
            with (self.root / key).open("rb") as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except FileNotFoundError as error:
            raise Absent(f"{self.name}: there is no {key}") from error
        except OSError as error:
            raise StoreError(f"{self.name}: {key} cannot be read: {error.strerror}") from error

    def look(self, key: str) -> Seen | None:
        """A small object; its tag is its hash."""
        try:
            content = b"".join(self.chunks(key))
        except Absent:
            return None
        return Seen(content, hashlib.sha256(content).hexdigest())

    def replace(self, key: str, content: bytes, seen: Seen) -> None:
        """Replace an object that is what was seen."""
        with self.draft(key, content) as (draft, target), self.locked():
            now = self.look(key)
            if now is None or now.tag != seen.tag:
                raise Moved(f"{self.name}: {key} was changed meanwhile")
            draft.replace(target)

    @contextmanager
    def draft(self, key: str, source: Path | bytes) -> Iterator[tuple[Path, Path]]:
        """The content on disk beside its place, and the place; what stays there is flushed."""
        target = self.root / key
        draft = target.with_name(f"{DRAFT}{uuid4().hex}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("xb") as stream:
                if isinstance(source, bytes):
                    stream.write(source)
                else:
                    with source.open("rb") as reading:
                        shutil.copyfileobj(reading, stream, CHUNK)
                stream.flush()
                os.fsync(stream.fileno())
            draft.chmod(0o644)
            yield draft, target
            for folder in (target.parent, *target.parent.parents):
                if folder.is_relative_to(self.root):
                    sync(folder)
        except OSError as error:
            raise StoreError(f"{self.name}: {key} cannot be written: {error.strerror}") from error
        finally:
            with suppress(FileNotFoundError, NotADirectoryError):
                draft.unlink()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else replaces anything here meanwhile."""
        with (self.root / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
