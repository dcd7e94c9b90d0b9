"""Documents and staged results in a store, for machines that share no disk.

    raw/<first two digits>/<SHA-256>             a document, by its content
    staged/<version>/<…>/<document>.<work>.tar   a result: one object, whole or not there

One object per result, not one per table: it appears at once, and a store that charges by request
charges one. It is plain tar without clock or owner: the same result, the same bytes.
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from pipeline.documents.document import Document
from pipeline.staging import store as staged
from pipeline.stores.contract import Absent, Store, StoreError, Taken, whole


def document_key(document: Document) -> str:
    """The key of a document."""
    return f"raw/{document.sha256[:2]}/{document.sha256}"


def result_key(document: Document, work: str) -> str:
    """The key of a document's result, by the version of the code."""
    place = staged.folder(Path(), document.document_id).as_posix()
    return f"staged/{place}.{work}.tar"


def send_document(between: Store, document: Document) -> None:
    """Put a document where every machine can fetch it; one that is there stays."""
    key = document_key(document)
    if between.size(key) == document.byte_size:
        return
    try:
        between.put_new(key, document.path)
    except Taken:
        return


def fetch_document(between: Store, key: str, path: Path) -> None:
    """Write a document to a path; whether it is the right one its hash tells the pool."""
    with path.open("xb") as stream:
        for chunk in between.chunks(key):
            stream.write(chunk)


def has_result(between: Store, document: Document, work: str) -> bool:
    """Whether a result is there."""
    return between.size(result_key(document, work)) is not None


def send_result(between: Store, document: Document, work: str, staging: Path) -> None:
    """Put the staged result of a document there; one that is there stays."""
    folder = staged.folder(staging, document.document_id)
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    try:
        between.put_new(result_key(document, work), packed(files))
    except Taken:
        # Another machine was given the same batch when this one was thought lost.
        return


def fetch_result(between: Store, document: Document, work: str, staging: Path) -> bool:
    """Stage a result that is there; false where there is none.

    Raises `StoreError` for one that is not whole, or of another document.
    """
    key = result_key(document, work)
    try:
        content = whole(between, key)
    except Absent:
        return False
    try:
        staged.place(staging, document.document_id, unpacked(content))
    except (tarfile.TarError, staged.NotWhole) as error:
        raise StoreError(
            f"{between.name}: {key} is no staged result; remove it there and run again"
        ) from error
    return True


def packed(files: dict[str, bytes]) -> bytes:
    """Files as one tar."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a tar: plain files with plain names, or `TarError`."""
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for entry in archive:
            stream = archive.extractfile(entry) if entry.isreg() else None
            if stream is None or Path(entry.name).name != entry.name or entry.name in files:
                raise tarfile.TarError("something that is no plain file")
            files[entry.name] = stream.read()
    return files
