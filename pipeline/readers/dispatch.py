"""Which reader takes a document. Here: the seam between media and readers, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.documents import media
from pipeline.documents.document import Document, Refusal
from pipeline.readers.pdf import reader as pdf
from pipeline.readers.shapes import Reading
from pipeline.readers.text import flow, markdown, tab_grid


def read_text(document: Document) -> Reading:
    """A text extraction as the reader of its layout sees it: markdown, tab grid or flowing text."""
    lines = tab_grid.decode(document.path.read_bytes()).split("\n")
    if markdown.looks_like(lines):
        return markdown.read(document)
    return tab_grid.read(document) if tab_grid.looks_like(lines) else flow.read(document)


READERS: dict[str, Callable[[Document], Reading]] = {
    media.PDF: pdf.read,
    media.TEXT: read_text,
}


def read(document: Document) -> Reading:
    """The document as its medium's reader sees it; raises `Refusal` where there is none."""
    reader = READERS.get(document.media_type)
    if reader is None:
        raise Refusal("readers", "unsupported_media", f"no reader for {document.media_type}")
    return reader(document)
