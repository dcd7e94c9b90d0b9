"""The PDF reader: pages to paragraphs and grids in reading order.

Here: which pages are read as text and which as images, and the whole document put together. One
page at a time is open. It runs in a limited worker process (isolation): whatever a file does to a
parser stays there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pypdfium2 as pdfium

from pipeline.documents.document import Document, Refusal
from pipeline.readers.pdf import gate
from pipeline.readers.pdf.continuation import PageItems, join_pages
from pipeline.readers.pdf.glyphs import open_pdf
from pipeline.readers.pdf.page import Page, read_page
from pipeline.readers.pdf.turning import back, mapped
from pipeline.readers.shapes import Box, Cell, Grid, Paragraph, Place, Reading


def read(document: Document) -> Reading:
    """A PDF as grids and paragraphs.

    Raises `Refusal` where the gate does not let it pass, or it gives nothing at all.
    """
    gate.check(document.path)
    pdf = open_pdf(document.path)
    try:
        pages = list(read_pages(pdf))
    finally:
        pdf.close()
    blind = {page.number for page in pages if page.is_blind}
    if all(page.is_blind or not page.items for page in pages):
        if blind:
            detail = f"{len(pages)} pages, none with text (images, or drawings)"
            raise Refusal("readers", "not_text", detail)
        raise Refusal("readers", "unreadable_file", "its pages show neither text nor images")
    items = join_pages([page_items(page) for page in pages])
    turned = {page.number: page for page in pages if page.quarter}
    if turned:
        items = [displayed(item, turned) for item in items]
    from_image = sum(page.recognised for page in pages)
    from_text = sum(bool(page.items) for page in pages) - from_image - len(blind)
    reader = "ocr" if from_image > from_text else "pdf"
    items = [named(item, reader) for item in items] if from_image else items
    return Reading(reader, tuple(items), len(pages), tuple(sorted(blind)))


def read_pages(pdf: pdfium.PdfDocument) -> Iterator[Page]:
    """Each page in turn."""
    for index in range(len(pdf)):
        yield read_page(pdf, index)


def page_items(page: Page) -> PageItems:
    """A page as it is joined with others."""
    return PageItems(list(page.items), page.length, page.first, page.last)


def named(item: Paragraph | Grid, reader: str) -> Paragraph | Grid:
    """An item whose cells name their reader where it is not the document's."""
    if isinstance(item, Paragraph):
        return item
    return replace(item, cells=tuple(named_cell(cell, reader) for cell in item.cells))


def named_cell(cell: Cell, reader: str) -> Cell:
    """A cell that names its reader where it is not the document's."""
    own = cell.reader or "pdf"
    return replace(cell, reader=None if own == reader else own)


def displayed(item: Paragraph | Grid, turned: dict[int, Page]) -> Paragraph | Grid:
    """An item with its boxes on the page as displayed, where it was read turned."""
    if isinstance(item, Paragraph):
        return replace(item, place=displayed_place(item.place, turned))
    return replace(item, cells=tuple(displayed_cell(cell, turned) for cell in item.cells))


def displayed_cell(cell: Cell, turned: dict[int, Page]) -> Cell:
    """A cell with its box on the page as displayed."""
    return replace(cell, place=displayed_place(cell.place, turned))


def displayed_place(place: Place, turned: dict[int, Page]) -> Place:
    """A place on the page as displayed."""
    page = turned.get(place.page) if place.page is not None else None
    if page is None or place.box is None:
        return place
    box = place.box
    matrix = back(page.quarter, page.width, page.height)
    return replace(place, box=Box(*mapped(matrix, box.x0, box.y0, box.x1, box.y1)))
