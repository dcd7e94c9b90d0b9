"""Bringing the objects of a release to a place, and proving that they are there.

Every object is written once: one that stands there is left alone where it is the same, and is an
error where it is not. What was uploaded counts only after it was read back and hashed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pipeline import progress
from pipeline.publication.manifest import Item, Manifest
from pipeline.stores.contract import Absent, Store, StoreError, Taken

# A read that was damaged on the way is asked for again; what is kept damaged stays damaged.
READS = 2


class Foreign(StoreError):
    """Something else stands at a key of this release."""


class Corrupted(StoreError):
    """The place gives back other bytes than it was given."""


class NotWriteOnce(StoreError):
    """The place overwrites what must never change."""


@dataclass(frozen=True)
class Uploaded:
    """What bringing a release there took: objects and bytes sent."""

    sent: int
    bytes_sent: int


def missing(store: Store, manifest: Manifest) -> list[Item]:
    """The items that are not there. Raises `Foreign` for an object this release does not have."""
    there = store.sizes(manifest.prefix)
    known = {item.key: item for item in manifest.items}
    for key, size in sorted(there.items()):
        item = known.get(key)
        if item is None or item.size != size:
            raise foreign(store, key, manifest.version)
    return [item for item in manifest.items if item.key not in there]


def upload(store: Store, manifest: Manifest) -> Uploaded:
    """Send what is missing, SHA256SUMS last, then read everything back."""
    check_sizes(store, manifest)
    todo = missing(store, manifest)
    sent = []
    for done, item in enumerate(todo):
        progress.tell("Uploading", done, len(todo))
        try:
            store.put_new(item.key, item.path)
        except Taken:
            # Somebody sent it meanwhile, or the store's answer to us was lost: hashed below.
            continue
        sent.append(item)
    verify(store, manifest, frozenset(item.key for item in sent))
    check_write_once(store, manifest.seal)
    return Uploaded(len(sent), sum(item.size for item in sent))


def check_sizes(store: Store, manifest: Manifest) -> None:
    """Raise `StoreError` before anything is sent, where an object is too large for the place."""
    for item in manifest.items:
        if store.largest is not None and item.size > store.largest:
            raise StoreError(
                f"{store.name}: {item.key} has {item.size:,} bytes; one write-once object holds "
                f"{store.largest:,}: publish to a folder, or split the table"
            )


def verify(store: Store, manifest: Manifest, sent: frozenset[str] = frozenset()) -> None:
    """Read every object back and compare its SHA-256; `sent` are those of this run.

    Raises `Corrupted` for an object that was sent, `Foreign` for one that stood there.
    """
    total = len(manifest.items)
    for done, item in enumerate(manifest.items):
        progress.tell("Verifying", done, total)
        if any(digest(store, item) == item.sha256 for _ in range(READS)):
            continue
        if item.key in sent:
            raise Corrupted(
                f"{store.name}: {item.key} was written and does not come back as it was. The "
                "pointer was not moved. Remove it there and publish again; look at the store "
                "if that happens twice"
            )
        raise foreign(store, item.key, manifest.version)
    progress.tell("Verifying", total, total)


def digest(store: Store, item: Item) -> str | None:
    """The SHA-256 of an object as the place gives it back, null where it has none."""
    found = hashlib.sha256()
    try:
        for chunk in store.chunks(item.key):
            found.update(chunk)
    except Absent:
        return None
    return found.hexdigest()


def check_write_once(store: Store, seal: Item) -> None:
    """Raise `NotWriteOnce` where the place would overwrite: the same bytes are offered again."""
    try:
        store.put_new(seal.key, seal.path)
    except Taken:
        return
    raise NotWriteOnce(
        f"{store.name} overwrites objects although it was told not to (If-None-Match): "
        "no release is safe there; use a store with conditional writes"
    )


def foreign(store: Store, key: str, version: str) -> Foreign:
    """The error of an object that this release does not have so."""
    return Foreign(
        f"{store.name}: {key} stands there and is not what release {version} has. Releases never "
        "change: remove it there if it is a stray or damaged, else publish under a new version. "
        "The pointer was not moved"
    )
