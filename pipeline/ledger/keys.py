"""Stable keys: what a row is called today is what it is called tomorrow.

Here: the hashes behind amount_id, unit_id, disclosure_id and project_id. They depend on nothing
but what they name, never on order, time or place in a table.
"""

from __future__ import annotations

import base64
import hashlib

SEPARATOR = "\x1f"


def digest(*parts: object) -> str:
    """Lower-case base32 of a hash over parts; null and the empty text differ."""
    text = SEPARATOR.join("\x00" if part is None else str(part) for part in parts)
    return base64.b32encode(hashlib.sha256(text.encode("utf-8")).digest())[:26].decode().lower()


def amount_id(
    document_id: str,
    statement_id: str,
    side: str | None,
    code: str | None,
    label_path: str | None,
    label: str | None,
    occurrence: int,
    measure_id: str,
) -> str:
    """The key of one money cell: its row by code, else by label, and how often that occurred."""
    row = row_key(side, code, label_path, label, occurrence, measure_id)
    return digest("amount", document_id, statement_id, *row)


def row_key(
    side: str | None,
    code: str | None,
    label_path: str | None,
    label: str | None,
    occurrence: int,
    measure_id: str,
) -> tuple[object, ...]:
    """What names a money cell within its statement, in whatever document."""
    row = ("code", code) if code else ("label", label_path, label)
    return (side, *row, occurrence, measure_id)


def unit_id(region_code: str | None, name: str) -> str:
    """The key of a unit: its jurisdiction and normalised name."""
    return digest("unit", region_code, name)[:16]


def disclosure_id(unit: str, fiscal_year: int, kind: str, scope: str | None) -> str:
    """The key of a disclosure, shared by all files of it."""
    return digest("disclosure", unit, fiscal_year, kind, scope)[:16]


def project_id(document_id: str, name: str | None, unit: str | None, occurrence: int) -> str:
    """The key of a project in a document: its name, its unit, and how often that occurred."""
    return digest("project", document_id, name, unit, occurrence)
