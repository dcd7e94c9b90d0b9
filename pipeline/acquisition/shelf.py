"""Where fetched things are put: documents under the raw folder, evidence beside them.

Here: files on disk, each whole or not there at all. The folder `.acquisition` is hidden from
intake: pages and bundles are evidence, no documents. Not here: what is remembered (memory).
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.durable import sync

HIDDEN = ".acquisition"


@dataclass(frozen=True)
class Shelf:
    """The raw folder as acquisition sees it."""

    raw: Path

    @property
    def hidden(self) -> Path:
        """Everything of acquisition that is no document."""
        return self.raw / HIDDEN

    @property
    def temporary(self) -> Path:
        """What is still coming. On the same file system, so that a rename is enough."""
        return self.hidden / "incoming"

    @property
    def memory(self) -> Path:
        return self.hidden / "memory.sqlite"

    def cleared(self) -> None:
        """Throw away what an interrupted run left half done."""
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir(parents=True, exist_ok=True)

    def has(self, source_name: str | None) -> bool:
        """Whether a file is in the raw folder."""
        return source_name is not None and (self.raw / source_name).is_file()

    def put(self, path: Path, source_name: str) -> None:
        """Move a temporary file to its name in the raw folder."""
        moved(path, self.raw / source_name)

    def keep(self, path: Path, kind: str, sha256: str, ending: str) -> None:
        """Keep evidence under its hash, once; what is there and damaged is replaced."""
        if self.recalled(kind, sha256, ending) is None:
            moved(path, self.evidence(kind, sha256, ending))
        else:
            path.unlink(missing_ok=True)

    def evidence(self, kind: str, sha256: str, ending: str) -> Path:
        """Where evidence of a kind stands."""
        return self.hidden / kind / sha256[:2] / f"{sha256}{ending}"

    def recalled(self, kind: str, sha256: str, ending: str) -> bytes | None:
        """Kept evidence, if it is there and what it was."""
        path = self.evidence(kind, sha256, ending)
        content = path.read_bytes() if path.is_file() else b""
        return content if hashlib.sha256(content).hexdigest() == sha256 else None


def moved(path: Path, target: Path) -> None:
    """Give a finished temporary file its final name: written to disk first, then renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    sync(path)
    path.chmod(0o644)
    path.replace(target)
    sync(target.parent)
