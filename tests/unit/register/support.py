"""Documents and intakes for tests of the register: facts without files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.documents.document import Document, Quarantined
from pipeline.documents.intake import Intake


def sha(text: str) -> str:
    """The hash of a document that holds a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def document(name: str, content: str | None = None, supersedes: str | None = None) -> Document:
    """A document of a name; its content is its name unless given."""
    digest = sha(content or name)
    return Document(digest[:16], name, Path(name), digest, 1, "text/plain", supersedes=supersedes)


def intake(*names: str, withdrawn: dict[str, str] | None = None) -> Intake:
    """A folder with documents of these names (`name=content` where they differ)."""
    pairs = [name.partition("=") for name in names]
    documents = tuple(document(n, content or None) for n, _, content in pairs)
    entries = tuple(
        Quarantined(name, "documents", "withdrawn", reason)
        for name, reason in (withdrawn or {}).items()
    )
    return Intake(documents, entries)
