"""`manifest.csv`: what is known of each raw file besides its bytes.

Here: reading and checking the file. A folder without a manifest is fine: its files are taken as
published, of unknown address. Not here: the files themselves (intake).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from pipeline.codes.regions import load_regions
from pipeline.schema.catalogue import require_word

NAME = "manifest.csv"
STATUSES = ("current", "withdrawn")


class ManifestError(ValueError):
    """The manifest is not usable; says which line and what was expected."""


@dataclass(frozen=True)
class Entry:
    """One line of the manifest. `status` is `current` or `withdrawn` (then with a `reason`)."""

    source_name: str
    origin: str = "published"
    origin_url: str | None = None
    publisher: str | None = None
    retrieved_at: str | None = None
    region_code: str | None = None
    supersedes: str | None = None
    status: str = "current"
    reason: str | None = None


@dataclass(frozen=True)
class Said:
    """What a field may say: a test, and what was expected in words."""

    is_right: Callable[[str], bool]
    expected: str


@cache
def regions() -> frozenset[str]:
    """Every known region code."""
    return frozenset(load_regions().get_column("region_code"))


def is_region(code: str) -> bool:
    """Whether a text is a known region code."""
    return code in regions()


def is_moment(text: str) -> bool:
    """Whether a text is a date or time in ISO 8601."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


SAID = {
    "region_code": Said(is_region, "a GB/T 2260 code of regions.csv"),
    "supersedes": Said(
        lambda text: re.fullmatch(r"[0-9a-f]{16}(?:[0-9a-f]{48})?", text) is not None,
        "a document_id or SHA-256 in hex",
    ),
    "retrieved_at": Said(is_moment, "a date or time in ISO 8601"),
}
COLUMNS = tuple(Entry.__dataclass_fields__)


def read(folder: Path) -> dict[str, Entry]:
    """The manifest of a raw folder by source_name; empty where there is none.

    Raises `ManifestError` naming file, line and what was expected.
    """
    path = folder / NAME
    if not path.exists():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ManifestError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    rows = csv.DictReader(text.splitlines(), strict=True)
    try:
        check_columns(list(rows.fieldnames or ()), path)
        return collect(rows, path)
    except csv.Error as error:
        # The reader counts a line only when it has taken it whole.
        raise ManifestError(f"{path}, line {rows.line_num + 1}: no CSV: {error}") from error


def check_columns(names: list[str], path: Path) -> None:
    """Raise `ManifestError` for a header with unknown, doubled or missing columns."""
    if unknown := set(names) - set(COLUMNS):
        raise ManifestError(f"{path}, line 1: unknown columns {sorted(unknown)}; use {COLUMNS}")
    if doubled := sorted({n for n in names if names.count(n) > 1}):
        raise ManifestError(f"{path}, line 1: columns that stand twice: {doubled}")
    if "source_name" not in names:
        raise ManifestError(f"{path}, line 1: the column source_name is missing")


def collect(rows: csv.DictReader[str], path: Path) -> dict[str, Entry]:
    """Every line as an entry, by source_name."""
    entries: dict[str, Entry] = {}
    for row in rows:
        entry = parse(row, f"{path}, line {rows.line_num}")
        if entry.source_name in entries:
            raise ManifestError(f"{path}, line {rows.line_num}: {entry.source_name} stands twice")
        entries[entry.source_name] = entry
    return entries


def parse(row: dict[str, str], where: str) -> Entry:
    """One manifest line; blank fields take the default."""
    if None in row:
        raise ManifestError(f"{where}: more fields than columns; quote fields that hold commas")
    fields = {name: value.strip() for name, value in row.items() if value and value.strip()}
    if "source_name" not in fields:
        raise ManifestError(f"{where}: source_name is empty")
    entry = Entry(**fields)
    try:
        require_word("origin", entry.origin)
    except ValueError as error:
        raise ManifestError(f"{where}: {error}") from error
    for name, value in fields.items():
        if (said := SAID.get(name)) and not said.is_right(value):
            raise ManifestError(f"{where}: {name} {value!r} is not {said.expected}")
    if entry.status not in STATUSES:
        raise ManifestError(f"{where}: status {entry.status!r} is none of {STATUSES}")
    if entry.status == "withdrawn" and not entry.reason:
        raise ManifestError(f"{where}: a withdrawn file needs a reason")
    return entry
