"""Taking in a raw folder: every file becomes a `Document` or a quarantine entry.

Here: finding, hashing and telling apart. Nothing is opened by a parser here, and nothing is
written. Only `manifest.csv` and names that begin with a dot are passed over.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.documents import manifest, media, personal
from pipeline.documents.document import MAX_BYTES, Document, Quarantined, Refusal
from pipeline.documents.formulas import FORMULA_STARTS

MISSING = "named in manifest.csv and not in the folder"
READABLE = frozenset({media.PDF, media.TEXT})
# Stands in the metadata of every facsimile this project makes, so that one that strays from its
# manifest is still known for what it is.
FACSIMILE_MARK = b"yusuan-facsimile"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Intake:
    """All files of a raw folder: what can be read, and what was put aside."""

    documents: tuple[Document, ...]
    quarantine: tuple[Quarantined, ...]


def take_in(folder: Path, remembered: Mapping[str, frozenset[str]] | None = None) -> Intake:
    """Every file under `folder`, in path order.

    Byte-identical copies keep the first path; facsimiles never stand beside published files;
    files the manifest marks as withdrawn are put aside with its reason, and so are their copies
    under any name. `remembered` are the hashes of what stood under a name before: a withdrawn file
    that is deleted is still known by them.
    """
    entries = {printable(Path(n)): entry for n, entry in manifest.read(folder).items()}
    documents: dict[str, Document] = {}
    quarantine: list[Quarantined] = []
    present = list(files(folder))
    found = [(name, looked_at(name, path, entries.get(name))) for name, path in present]
    withdrawn = withdrawn_bytes(entries, dict(found), remembered or {})
    for name, document in found:
        if isinstance(document, Quarantined):
            quarantine.append(document)
        elif withdrawal := withdrawn.get(document.sha256):
            own = entries.get(name)
            is_named = own is not None and own.status == "withdrawn"
            detail = own.reason if own and is_named else copied_from(*withdrawal)
            quarantine.append(Refusal("documents", "withdrawn", detail or "").quarantine(document))
        elif kept := documents.get(document.document_id):
            detail = f"same bytes as {kept.source_name}"
            copy = Refusal("documents", "duplicate", detail).quarantine(document)
            quarantine.append(replace(copy, document_id=kept.document_id))
        else:
            documents[document.document_id] = document
    kept_apart, set_aside = separate_facsimiles(tuple(documents.values()))
    gone = not_there(entries, {name for name, _ in present})
    return Intake(kept_apart, tuple(quarantine) + set_aside + gone)


def looked_at(name: str, path: Path, entry: manifest.Entry | None) -> Document | Quarantined:
    """One file hashed and sniffed, or put aside at the door."""
    try:
        return describe(name, path, entry or manifest.Entry(source_name=name))
    except Refusal as refusal:
        return put_aside(name, path, refusal)


def withdrawn_bytes(
    entries: Mapping[str, manifest.Entry],
    found: Mapping[str, Document | Quarantined],
    remembered: Mapping[str, frozenset[str]],
) -> dict[str, tuple[str, str]]:
    """The hashes of all that the manifest withdraws, each with the name and the reason."""
    withdrawn: dict[str, tuple[str, str]] = {}
    for name, entry in entries.items():
        if entry.status == "withdrawn":
            own = found.get(name)
            hashes = {own.sha256} if own and own.sha256 else set()
            for sha256 in sorted(hashes | remembered.get(publishable(name), frozenset())):
                withdrawn.setdefault(sha256, (name, entry.reason or ""))
    return withdrawn


def copied_from(name: str, reason: str) -> str:
    """Why a file is put aside that has the bytes of a withdrawn one."""
    return f"{reason} (same bytes as {publishable(name)}, which is withdrawn)"


def not_there(entries: Mapping[str, manifest.Entry], present: set[str]) -> tuple[Quarantined, ...]:
    """Manifest lines whose file is not there: withdrawn, with the reason, or missing."""
    return tuple(
        Quarantined(publishable(name), "documents", "withdrawn", entry.reason)
        if entry.status == "withdrawn"
        else Quarantined(publishable(name), "documents", "missing_file", MISSING)
        for name, entry in entries.items()
        if name not in present
    )


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every entry that is not a folder, by (path under `folder` as printable text, path)."""
    found = []
    top = os.path.join(folder, "")
    for base, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".")]
        # A link to a folder is not followed; it is an entry like any other.
        linked = [f for f in folders if os.path.islink(os.path.join(base, f))]
        for name in names + linked:
            path = os.path.join(base, name)
            relative = path[len(top) :]
            if not name.startswith(".") and relative != manifest.NAME:
                found.append((printable(relative), path))
    yield from ((name, Path(path)) for name, path in sorted(found))


def printable(path: Path | str) -> str:
    """A file name that is valid text: bytes that are no UTF-8 and control characters escaped."""
    name = path if isinstance(path, str) else path.as_posix()
    if name.isprintable():
        return name
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() or is_blank(c) else f"\\u{ord(c):04x}" for c in text)


def is_blank(character: str) -> bool:
    """Whether a character is a blank of some width: full-width ones are usual in file names."""
    return unicodedata.category(character) == "Zs"


def publishable(name: str) -> str:
    """A source name as released: personal data masked, and never like a spreadsheet formula."""
    masked = personal.mask(name)
    return f"./{masked}" if masked.startswith(FORMULA_STARTS) else masked


def describe(name: str, path: Path, entry: manifest.Entry) -> Document:
    """Hash and sniff one file.

    Raises `Refusal` for what is no regular file, empty, too large or of a kind no reader takes.
    """
    try:
        status = os.stat(path)
    except OSError as error:
        raise Refusal("documents", "unsupported_media", "not a regular file") from error
    if not stat.S_ISREG(status.st_mode):
        raise Refusal("documents", "unsupported_media", "not a regular file")
    if status.st_size == 0:
        raise Refusal("documents", "empty_file", "0 bytes")
    if status.st_size > MAX_BYTES:
        raise Refusal(
            "documents", "too_large", f"{status.st_size:,} bytes; the limit is {MAX_BYTES:,}"
        )
    try:
        digest, head, marked = fingerprint(path)
    except OSError as error:
        raise Refusal("documents", "unreadable_file", error.strerror or "read error") from error
    media_type = media.sniff(head)
    if media_type not in READABLE:
        raise Refusal(
            "documents", "unsupported_media", f"{media_type}; readers take PDF and plain text"
        )
    return Document(
        document_id=digest[:16],
        source_name=publishable(name),
        path=path,
        sha256=digest,
        byte_size=status.st_size,
        media_type=media_type,
        origin="facsimile" if marked else entry.origin,
        origin_url=entry.origin_url,
        publisher=entry.publisher,
        retrieved_at=entry.retrieved_at,
        region_code=entry.region_code,
        supersedes=entry.supersedes,
    )


def fingerprint(path: Path) -> tuple[str, bytes, bool]:
    """SHA-256 of a file, its first 8 KiB, and whether it is a PDF with the facsimile mark."""
    digest, head, tail, marked, is_pdf = hashlib.sha256(), b"", b"", False, False
    with open(path, "rb", buffering=0) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            if not head:
                head = chunk[:8192]
                is_pdf = b"%PDF-" in head[:1024]
            if is_pdf:
                marked = marked or FACSIMILE_MARK in tail + chunk
                tail = chunk[-len(FACSIMILE_MARK) :]
    return digest.hexdigest(), head, marked


def put_aside(name: str, path: Path, refusal: Refusal) -> Quarantined:
    """A file refused at the door, with its hash wherever it could be read at all."""
    try:
        digest = fingerprint(path)[0] if path.is_file() else None
    except OSError:
        digest = None
    return Quarantined(
        source_name=publishable(name),
        sha256=digest,
        stage=refusal.stage,
        reason=refusal.reason,
        detail=refusal.detail,
    )


def separate_facsimiles(
    documents: tuple[Document, ...],
) -> tuple[tuple[Document, ...], tuple[Quarantined, ...]]:
    """Facsimiles are put aside wherever one published document is present."""
    if len({d.origin for d in documents}) < 2:
        return documents, ()
    refusal = Refusal(
        "documents",
        "facsimile_beside_published",
        "a facsimile is never released together with published files; build it from its own folder",
    )
    kept = tuple(d for d in documents if d.origin == "published")
    return kept, tuple(refusal.quarantine(d) for d in documents if d.origin != "published")
