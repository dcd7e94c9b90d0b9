"""What every place for objects can do, and how it fails.

Two writes and no others: an object that never changes (`put_new`), and one small object that is
replaced only by whoever saw its last state (`replace`). Nothing is ever deleted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class StoreError(RuntimeError):
    """A place failed or refused: which, at what, and what it said. Never holds credentials."""


class Taken(StoreError):
    """An object stands at the key already."""


class Moved(StoreError):
    """An object is no more what it was when it was looked at."""


class Absent(StoreError):
    """No object stands at the key."""


@dataclass(frozen=True)
class Seen:
    """A small object as it was read; `tag` names this state of it to the place."""

    content: bytes
    tag: str


class Store(Protocol):
    """A place that keeps objects under keys such as `releases/2026.03.02/README.md`."""

    @property
    def name(self) -> str:
        """Where it is, as people may read it."""
        ...

    @property
    def largest(self) -> int | None:
        """The most bytes an object may have, null where nothing but space limits it."""
        ...

    def sizes(self, prefix: str) -> dict[str, int]:
        """Every object whose key begins with the folder `prefix`, by key, with its size."""
        ...

    def size(self, key: str) -> int | None:
        """How large an object is, null where there is none."""
        ...

    def put_new(self, key: str, source: Path | bytes) -> None:
        """Write an object whole or not at all; raises `Taken` where one stands there."""
        ...

    def chunks(self, key: str) -> Iterator[bytes]:
        """The bytes of an object as they are kept, piece by piece; raises `Absent`."""
        ...

    def look(self, key: str) -> Seen | None:
        """A small object and the tag of its state, null where there is none."""
        ...

    def replace(self, key: str, content: bytes, seen: Seen) -> None:
        """Replace an object that still is what was seen; raises `Moved` where it is not."""
        ...


def whole(store: Store, key: str) -> bytes:
    """The bytes of an object; raises `Absent`."""
    return b"".join(store.chunks(key))
