"""Unpacking zipped bundles without being led astray.

Here: the members of one bundle, written under names of ours into a folder of ours; nothing is
written where a name of the bundle says. A bundle that is a bomb gives nothing at all; a member that
cannot be taken is told and the rest is kept. Not here: what becomes of the members (documents).
"""

from __future__ import annotations

import hashlib
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.acquisition import kinds
from pipeline.acquisition.names import text_of
from pipeline.acquisition.refusal import Refused

PIECE = 1 << 16
UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1
PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
DEEPEST = 2


@dataclass
class Budget:
    """What one bundle, with all bundles within, may still unpack to."""

    members: int = 2000
    total: int = 1 << 30
    each: int = 256 << 20
    # Deflate reaches 1,032; PDFs hardly compress, spreadsheets reach some 50.
    ratio: int = 200

    def spend(self, size: int) -> None:
        """Take bytes off; `Refused` where nothing is left."""
        self.total -= size
        if self.total < 0:
            raise Refused("bundle_bomb", "more bytes than one bundle may unpack to")


@dataclass(frozen=True)
class Member:
    """One file of a bundle: its name there, and where it was written, or why it was not."""

    name: str
    path: Path | None = None
    sha256: str = ""
    size: int = 0
    refusal: Refused | None = None


@dataclass
class Unpacking:
    """The unpacking of one bundle and of those within it."""

    folder: Path
    budget: Budget = field(default_factory=Budget)
    written: int = 0

    def members(self, path: Path, within: str = "", depth: int = 0) -> Iterator[Member]:
        """Every member in the order of the bundle."""
        try:
            with zipfile.ZipFile(path) as archive:
                infos = archive.infolist()
                self.check(infos, path)
                for info in infos:
                    name = readable(info)
                    if info.is_dir() or is_clutter(name):
                        continue
                    yield from self.member(archive, info, within + name, depth)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Refused("bundle_damaged", f"{type(error).__name__}: {error}") from error

    def check(self, infos: list[zipfile.ZipInfo], path: Path) -> None:
        """Refuse a bomb by what its directory declares, before anything is unpacked."""
        self.budget.members -= len(infos)
        if self.budget.members < 0:
            raise Refused("bundle_bomb", f"{len(infos):,} members")
        declared = sum(info.file_size for info in infos)
        if declared > self.budget.total:
            raise Refused("bundle_bomb", f"{declared:,} bytes are declared")
        if declared > PIECE and declared > self.budget.ratio * path.stat().st_size:
            raise Refused("bundle_bomb", f"unpacks to {self.budget.ratio} times its size and more")

    def member(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, depth: int
    ) -> Iterator[Member]:
        """One member, or the members of a bundle within."""
        try:
            check_member(info, name)
            path, digest, size = self.unpacked(archive, info)
        except Refused as refused:
            if refused.reason == "bundle_bomb":
                raise
            yield Member(name, refusal=refused)
            return
        if not is_bundle(path):
            yield Member(name, path, digest, size)
        elif depth == DEEPEST:
            yield Member(name, refusal=Refused("nested_too_deep", name))
        else:
            try:
                yield from self.members(path, f"{name}/", depth + 1)
            except Refused as refused:
                if refused.reason == "bundle_bomb":
                    raise
                yield Member(name, refusal=refused)

    def unpacked(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[Path, str, int]:
        """A member in a file of ours, counted as it comes: a directory may lie."""
        path = self.folder / f"{self.written:06}.part"
        self.written += 1
        digest, size = hashlib.sha256(), 0
        try:
            with archive.open(info) as source, path.open("wb") as target:
                while piece := source.read(PIECE):
                    size += len(piece)
                    self.budget.spend(len(piece))
                    if size > self.budget.each:
                        raise Refused("too_large", f"more than {self.budget.each:,} bytes")
                    digest.update(piece)
                    target.write(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise Refused("bundle_damaged", f"{type(error).__name__}: {error}") from error
        return path, digest.hexdigest(), size


def check_member(info: zipfile.ZipInfo, name: str) -> None:
    """Raise `Refused` for what no honest bundle of disclosures holds."""
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise Refused("link_in_bundle", name)
    if info.flag_bits & ENCRYPTED_FLAG:
        raise Refused("encrypted", name)
    if info.compress_type not in PACKINGS:
        raise Refused("unsupported_packing", f"{name}: method {info.compress_type}")
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or ":" in parts[0][1:2]:
        raise Refused("unsafe_name", name)


def readable(info: zipfile.ZipInfo) -> str:
    """The name of a member, with forward slashes.

    Names without the mark of UTF-8 are decoded by zipfile as if they came from a DOS of 1981, which
    loses nothing; what they are is mostly GBK, from some systems UTF-8.
    """
    name = info.orig_filename
    if not info.flag_bits & UTF8_FLAG:
        name = text_of(name.encode("cp437"))
    return name.split("\x00", 1)[0].replace("\\", "/")


def is_clutter(name: str) -> bool:
    """Whether a member is what file managers leave behind, or a hidden file."""
    parts = [part for part in name.split("/") if part]
    last = parts[-1] if parts else ""
    hidden = last.startswith(".") and last.strip(".") != ""
    return "__MACOSX" in parts or hidden or last.lower() in ("thumbs.db", "desktop.ini")


def is_bundle(path: Path) -> bool:
    """Whether an unpacked member is a bundle itself; a damaged one is judged with the others."""
    try:
        return kinds.judge(path)[0] == kinds.BUNDLE
    except Refused:
        return False
