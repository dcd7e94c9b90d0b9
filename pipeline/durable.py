"""What must be on the disk before the next step: flushing a file, or the entries of a folder.

Here: that one act, for every room that writes what must survive a power failure. Not here: drafts
and renames, which each room does in its own way.
"""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Flush a file or folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
