"""What the tests of the readers share: documents on disk, and readings as plain text."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.documents import media
from pipeline.documents.document import Document
from pipeline.readers.shapes import Grid, Paragraph, Reading


def document(path: Path) -> Document:
    """The document of a file, as intake would describe it."""
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return Document(digest[:16], path.name, path, digest, len(data), media.sniff(data[:8192]))


def rows_of(grid: Grid) -> list[list[str]]:
    """The texts of a grid by place; a merged cell stands in its first place."""
    return [[grid.text(r, c) for c in range(grid.columns)] for r in range(grid.rows)]


def outline(reading: Reading) -> list[str]:
    """Each item in order: the text of a paragraph, or `rows x columns` of a grid."""
    return [
        item.text if isinstance(item, Paragraph) else f"{item.rows} x {item.columns}"
        for item in reading.items
    ]


def only_grid(reading: Reading) -> Grid:
    """The one grid of a reading."""
    (found,) = (grid for _, grid in reading.grids())
    return found
