"""`latest.json`: which release readers take. Moved last, and only forwards.

It is replaced only by whoever saw its last state, so that of two publishers neither leaves it
pointing backwards. No clock stands in it: the same release makes the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import jsonschema

from pipeline.publication.manifest import CHECKSUMS, Manifest
from pipeline.release.versions import VERSION, sort_key
from pipeline.stores.contract import Moved, Seen, Store, StoreError, Taken

KEY = "latest.json"
# Publishers that meet at the pointer; each round one of them is through.
ROUNDS = 20
SCHEMA = {
    "type": "object",
    "required": ["version", "folder", "manifest", "manifest_sha256", "files", "size"],
    "properties": {
        "version": {"type": "string", "pattern": f"^{VERSION.pattern}$"},
        "folder": {"type": "string"},
        "manifest": {"type": "string"},
        "manifest_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "files": {"type": "integer", "minimum": 1},
        "size": {"type": "integer", "minimum": 1},
    },
}


class PointerError(StoreError):
    """The pointer of a place cannot be moved: why, and what to do."""


@dataclass(frozen=True)
class Pointer:
    """What `latest.json` says: the version, its folder, and the hash that proves all of it."""

    version: str
    folder: str
    manifest: str
    manifest_sha256: str
    files: int
    size: int

    def encoded(self) -> bytes:
        """The object's bytes."""
        return (json.dumps(asdict(self), indent=2) + "\n").encode()


def of(manifest: Manifest) -> Pointer:
    """The pointer at a release."""
    return Pointer(
        version=manifest.version,
        folder=manifest.prefix,
        manifest=f"{manifest.prefix}/{CHECKSUMS}",
        manifest_sha256=manifest.seal.sha256,
        files=len(manifest.items),
        size=manifest.size,
    )


def current(store: Store) -> Pointer | None:
    """Where a place points, null where nothing was published. Raises `PointerError`."""
    seen = store.look(KEY)
    return None if seen is None else decoded(store, seen)


def decoded(store: Store, seen: Seen) -> Pointer:
    """A pointer as it was read."""
    try:
        found = json.loads(seen.content)
        jsonschema.validate(found, SCHEMA)
    except (ValueError, jsonschema.ValidationError) as error:
        raise PointerError(
            f"{store.name}: {KEY} is no pointer of ours; is this the right place? "
            "Remove it there and publish again"
        ) from error
    return Pointer(**{name: found[name] for name in Pointer.__dataclass_fields__})


def move(store: Store, wanted: Pointer) -> Pointer:
    """Point at a release unless a newer one is pointed at; where the place points afterwards."""
    for _ in range(ROUNDS):
        seen = store.look(KEY)
        try:
            if seen is None:
                store.put_new(KEY, wanted.encoded())
                continue
            now = decoded(store, seen)
            if now == wanted or is_newer(now, wanted):
                return now
            if now.version == wanted.version:
                raise PointerError(
                    f"{store.name}: {KEY} names {now.version} with another manifest. A release "
                    "never changes: publish under a new version"
                )
            store.replace(KEY, wanted.encoded(), seen)
        except (Taken, Moved):
            # Somebody was faster, or our own answer was lost: look again.
            continue
    raise PointerError(f"{store.name}: {KEY} changes all the time; publish again later")


def is_newer(one: Pointer, other: Pointer) -> bool:
    """Whether a pointer names a later release than another."""
    return sort_key(one.version) > sort_key(other.version)
