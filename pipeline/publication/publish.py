"""Publishing one release to one place. Safe to end at any instant and to begin again.

    local folder whole -> objects there, SHA256SUMS last -> all read back -> pointer

Until the last step nobody is pointed at what was uploaded; after it, publishing the same release
again only looks whether all of it is still there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.publication import manifest as manifests
from pipeline.publication import pointer, upload
from pipeline.publication.manifest import Manifest
from pipeline.release import versions
from pipeline.stores.contract import Store


class NothingToPublish(RuntimeError):
    """There is no release to publish."""


@dataclass(frozen=True)
class Published:
    """What publishing did; `latest` is the version readers are pointed at now."""

    version: str
    place: str
    files: int
    size: int
    read_back: bool
    sent: int
    bytes_sent: int
    latest: str


def release_folder(curated: Path, version: str | None = None) -> Path:
    """The folder of a release, the latest where none is named. Raises `NothingToPublish`."""
    if version is None:
        latest = versions.latest(curated)
        if latest is None:
            raise NothingToPublish(f"{curated} holds no release yet; run yusuan build first")
        return latest
    folder = curated / "releases" / version
    if versions.VERSION.fullmatch(version) is None or not folder.is_dir():
        raise NothingToPublish(f"{curated} holds no release {version!r}")
    return folder


def publish(folder: Path, store: Store, *, verify: bool = False) -> Published:
    """Publish a release folder. What is pointed at already is read back only with `verify`."""
    manifest = manifests.read(folder)
    wanted = pointer.of(manifest)
    if pointer.current(store) == wanted and not upload.missing(store, manifest):
        if verify:
            upload.verify(store, manifest)
        nothing = upload.Uploaded(0, 0)
        return told(manifest, store, nothing, wanted.version, read_back=verify)
    uploaded = upload.upload(store, manifest)
    latest = pointer.move(store, wanted).version
    return told(manifest, store, uploaded, latest, read_back=True)


def told(
    manifest: Manifest, store: Store, uploaded: upload.Uploaded, latest: str, *, read_back: bool
) -> Published:
    """What was done."""
    return Published(
        version=manifest.version,
        place=store.name,
        files=len(manifest.items),
        size=manifest.size,
        read_back=read_back,
        sent=uploaded.sent,
        bytes_sent=uploaded.bytes_sent,
        latest=latest,
    )
