"""Which other reader a document's reader asked: the code its reading depends on besides its own.

A PDF that shows no image was read without the reader of scans, and need not be read again when that
one changes. Here: the note, and who listens. Whoever asks another reader notes it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SCAN = "scan"
_notes: ContextVar[set[str] | None] = ContextVar("notes", default=None)


def note(reader: str) -> None:
    """Say that another reader is asked."""
    if (notes := _notes.get()) is not None:
        notes.add(reader)


@contextmanager
def noted() -> Iterator[set[str]]:
    """The readers that are asked inside the block."""
    notes: set[str] = set()
    token = _notes.set(notes)
    try:
        yield notes
    finally:
        _notes.reset(token)
