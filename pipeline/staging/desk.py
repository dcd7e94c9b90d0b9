"""The desk of a worker: a copy of its document, a staging folder of its own, a place for scratch.

A worker reads and writes nothing else of ours. What it leaves in its staging folder is looked at
and taken over by the parent, byte by byte, and only for the document it was given. Here: folders
and copies. Not here: processes (pool) and what staged results are (store).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.documents import media
from pipeline.documents.document import Document, Refusal
from pipeline.staging import readings, store, versions

CHUNK = 1 << 20
# Staged files of one document: how many, and how large each.
MAX_FILES, MAX_BYTES = 32, 512 * 1024**2
OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class Desk:
    """The folders of one worker; `user` is whom they belong to, null where to ourselves."""

    place: Path
    user: int | None

    @property
    def staging(self) -> Path:
        """Where the worker stages."""
        return self.place / "staging"

    @property
    def scratch(self) -> Path:
        """Its home and its folder for temporary files."""
        return self.place / "scratch"

    def set_up(self) -> None:
        """Make the folders. The place itself stays ours, so that none of them can be replaced."""
        self.place.mkdir()
        self.place.chmod(0o711)
        for folder in (self.staging, self.scratch):
            folder.mkdir(mode=0o700)
            self.hand_over(folder)

    def hand_over(self, path: Path) -> None:
        """Let a file or folder belong to the worker."""
        if self.user is not None:
            os.chown(path, self.user, self.user)

    def lay(self, document: Document, staging: Path) -> Document:
        """Lay a document on the desk, with what is staged of it; the document as it lies there.

        Raises `Refusal` where it is not what was taken in, or cannot be read any more.
        """
        copy = self.place / ("document.pdf" if document.media_type == media.PDF else "document")
        copy.unlink(missing_ok=True)
        try:
            digest = copied(document.path, copy)
        except OSError as error:
            detail = error.strerror or "read error"
            raise Refusal("readers", "unreadable_file", detail) from error
        if digest != document.sha256:
            raise Refusal("readers", "unreadable_file", "changed since it was taken in")
        for part in (*store.places(document.document_id), *readings.places(document.document_id)):
            if (staging / part).is_dir():
                shutil.copytree(staging / part, self.staging / part)
            elif (staging / part).is_file():
                (self.staging / part).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(staging / part, self.staging / part)
        for path in self.staging.rglob("*"):
            self.hand_over(path)
        return replace(document, path=copy)

    def clear(self) -> None:
        """Empty the desk for the next document; raises `OSError` where something resists.

        The folders stay: confinement knows them by what they are, not by their names.
        """
        for path in self.staging.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        for path in self.place.glob("document*"):
            path.unlink()

    def remove(self) -> None:
        """Take the desk away, as far as it can be."""
        shutil.rmtree(self.place, ignore_errors=True)

    def take_over(self, staging: Path, document_id: str) -> None:
        """Put the staged result of a document in its place, and its reading.

        Raises `store.NotWhole` where there is none, or it is not what it should be.
        """
        for kind in versions.KINDS:
            files = self.result(store.place_of(document_id, kind))
            if files is not None:
                store.place(staging, document_id, files, kind)
                break
        else:
            raise store.NotWhole("nothing was staged")
        for where in readings.places(document_id):
            left = self.result(where.parent, where.name)
            if left:
                readings.keep(staging, where, left[where.name])

    def result(self, where: Path, only: str | None = None) -> dict[str, bytes] | None:
        """The files the worker left in a folder below its staging folder, or one of them; null
        where there is no such folder. No link is followed, no pipe waited for.
        """
        try:
            folder = opened((self.staging.name, *where.parts), self.place)
        except OSError:
            return None
        try:
            names = [name for name in sorted(os.listdir(folder)) if only in (None, name)]
            if len(names) > MAX_FILES:
                raise store.NotWhole("too many files were staged")
            return {name: contents(name, folder) for name in names}
        finally:
            os.close(folder)


def copied(source: Path, target: Path) -> str:
    """Copy a regular file; the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    reading = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(reading, "rb") as stream, target.open("xb") as copy:
        if not stat.S_ISREG(os.fstat(reading).st_mode):
            raise OSError(0, "no regular file any more")
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            copy.write(chunk)
    target.chmod(0o444)
    return digest.hexdigest()


def opened(parts: tuple[str, ...], base: Path) -> int:
    """A folder below `base`, opened step by step so that no step is a link."""
    folder = os.open(base, OPEN | os.O_DIRECTORY)
    for part in parts:
        try:
            below = os.open(part, OPEN | os.O_DIRECTORY, dir_fd=folder)
        finally:
            os.close(folder)
        folder = below
    return folder


def contents(name: str, folder: int) -> bytes:
    """The bytes of a regular file of a folder."""
    try:
        file = os.open(name, OPEN, dir_fd=folder)
    except OSError as error:
        raise store.NotWhole("something was staged that is no file") from error
    with open(file, "rb") as stream:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            raise store.NotWhole("something was staged that is no file")
        return stream.read(MAX_BYTES)
