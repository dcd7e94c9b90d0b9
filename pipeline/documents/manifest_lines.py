"""Adding lines to `manifest.csv` without touching a line that people wrote.

Here: the one writer of the manifest. Lines are appended under the columns that the file has; those
that a new line needs besides are added to its header, everything else stays byte for byte. The file
is replaced in one step. Not here: what a line means (manifest).
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pipeline.documents import manifest
from pipeline.documents.manifest import COLUMNS, NAME, Entry
from pipeline.durable import sync


def add(folder: Path, entries: Sequence[Entry]) -> int:
    """Append what the manifest of a folder does not have yet; how many lines that were.

    Raises `ManifestError` where the manifest is not usable as it stands: nothing is written then.
    """
    there = manifest.read(folder)
    new = list({e.source_name: e for e in entries if e.source_name not in there}.values())
    if not new:
        return 0
    for entry in new:
        check(entry)
    path = folder / NAME
    data = path.read_bytes() if path.exists() else b""
    replace(path, extended(data, new))
    return len(new)


def check(entry: Entry) -> None:
    """Raise `ValueError` for a field of several lines: the reader takes each for an entry."""
    for name, value in asdict(entry).items():
        if value and len(value.splitlines()) > 1:
            raise ValueError(f"{name} of {entry.source_name!r} has several lines")


def extended(data: bytes, entries: Sequence[Entry]) -> bytes:
    """The bytes of a manifest with lines appended, in its own line ends."""
    if not data:
        return (line(COLUMNS, "\n") + body(entries, COLUMNS, "\n")).encode()
    header, _, rest = data.partition(b"\n")
    end = "\r\n" if header.endswith(b"\r") else "\n"
    text = header.decode("utf-8-sig").rstrip("\r")
    columns = next(csv.reader([text], strict=True))
    used = [name for name in COLUMNS if any(is_said(entry, name) for entry in entries)]
    added = [name for name in used if name not in columns]
    if added:
        mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
        header = mark + line([*columns, *added], end).rstrip("\r\n").encode()
        header += b"\r" if end == "\r\n" else b""
    if rest and not rest.endswith(b"\n"):
        rest += end.encode()
    return header + b"\n" + rest + body(entries, [*columns, *added], end).encode()


def is_said(entry: Entry, column: str) -> bool:
    """Whether an entry says something that is not the default."""
    return bool(getattr(entry, column) != getattr(Entry(entry.source_name), column)) or (
        column == "source_name"
    )


def body(entries: Sequence[Entry], columns: Sequence[str], end: str) -> str:
    """The lines of entries under some columns."""
    rows = [asdict(entry) for entry in entries]
    return "".join(line([row.get(name) or "" for name in columns], end) for row in rows)


def line(fields: Sequence[str], end: str) -> str:
    """One line of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerow(fields)
    return text.getvalue()


def replace(path: Path, data: bytes) -> None:
    """Put new bytes in the place of a file, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".manifest-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync(path.parent)
