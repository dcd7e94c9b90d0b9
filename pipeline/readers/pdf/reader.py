"""The PDF reader: pages to paragraphs and grids in reading order.

Here: putting glyphs, ruled grids and continuation together. It runs in a limited worker process
(isolation): whatever a file does to a parser stays there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.documents.document import Document, Refusal
from pipeline.readers.pdf import glyphs, ruled
from pipeline.readers.pdf.continuation import Items, PageItems, join_pages
from pipeline.readers.pdf.glyphs import Glyph, PageText
from pipeline.readers.shapes import Box, Grid, Paragraph, Place, Reading

# Fewer glyphs than this on a page that shows something else: the page was not read.
MIN_GLYPHS = 3
# A page that is one image and bears no more than a page number or a running foot is a scan.
SCAN_SHARE, SCAN_GLYPHS = 0.5, 60


def read(document: Document) -> Reading:
    """A PDF with a text layer as grids and paragraphs.

    Raises `Refusal` where it cannot be opened or has no text at all. Camelot raises what it
    likes on damaged files; the worker that runs this reader turns that into quarantine.
    """
    texts = read_texts(document.path)
    blind = {text.page for text in texts if is_blind(text)}
    if all(text.page in blind or not text.glyphs for text in texts):
        if blind:
            raise Refusal(
                "readers",
                "not_text",
                f"{len(texts)} pages, none with upright text (images, or text on its side)",
            )
        raise Refusal("readers", "unreadable_file", "its pages show neither text nor images")
    tables = ruled.tables_by_page(str(document.path), len(texts))
    pages = [page_items(text, tables.get(text.page, [])) for text in texts]
    for text, page in zip(texts, pages, strict=True):
        # Rules without any glyph between them: text and rules did not meet.
        has_grid = any(isinstance(item, Grid) for item in page.items)
        if tables.get(text.page) and text.glyphs and not has_grid:
            blind.add(text.page)
    return Reading("pdf", tuple(join_pages(pages)), len(texts), tuple(sorted(blind)))


def is_blind(text: PageText) -> bool:
    """Whether a page shows something and gave next to no text, or text that stands on its side.

    Camelot turns such a page upright and pdfium does not: rules and glyphs would not meet.
    """
    scanned = text.image_share >= SCAN_SHARE and len(text.glyphs) < SCAN_GLYPHS
    return text.sideways or scanned or (len(text.glyphs) < MIN_GLYPHS and text.shows_more)


def read_texts(path: Path) -> list[PageText]:
    """The glyphs of every page."""
    pdf = glyphs.open_pdf(path)
    try:
        return list(glyphs.pages(pdf))
    finally:
        pdf.close()


def page_items(text: PageText, tables: list[Any]) -> PageItems:
    """Grids and the lines outside them, from top to bottom."""
    grids, outside = ruled.page_grids(tables, text)
    lines = [paragraph(line, text.page) for line in glyphs.text_lines(outside)]
    items: Items = [*grids, *(p for p in lines if p.text.strip())]
    return PageItems(sorted(items, key=top), text.height)


def paragraph(line: list[Glyph], page: int) -> Paragraph:
    """A line of glyphs as a paragraph."""
    box = Box(
        min(g.box.x0 for g in line),
        min(g.box.y0 for g in line),
        max(g.box.x1 for g in line),
        max(g.box.y1 for g in line),
    )
    return Paragraph(glyphs.line_text(line).strip(), Place(page=page, box=box))


def top(item: Paragraph | Grid) -> float:
    """Where an item begins on its page."""
    place = item.place if isinstance(item, Paragraph) else item.cells[0].place
    return place.box.y0 if place.box else 0.0
