"""Which reader takes a document. Here: the seam between media and readers, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.documents import media
from pipeline.documents.document import Document, Refusal
from pipeline.readers.pdf import reader as pdf
from pipeline.readers.shapes import Reading
from pipeline.readers.text import tab_grid

READERS: dict[str, Callable[[Document], Reading]] = {
    media.PDF: pdf.read,
    media.TEXT: tab_grid.read,
}


def read(document: Document) -> Reading:
    """The document as its medium's reader sees it; raises `Refusal` where there is none."""
    reader = READERS.get(document.media_type)
    if reader is None:
        raise Refusal("readers", "unsupported_media", f"no reader for {document.media_type}")
    return reader(document)
