"""The reader of scanned pages: one page that is an image, to paragraphs and grids.

Here: image, rules, cells and lines put together. Not here: which pages are scans, and tables that
go on over pages (the PDF reader). It runs in the same limited worker process.
"""

from __future__ import annotations

import pypdfium2 as pdfium

from pipeline.readers.scan.cells import empty_grid, read_grid
from pipeline.readers.scan.image import scan_of
from pipeline.readers.scan.lines import read_lines
from pipeline.readers.scan.rules import erased, find_rules
from pipeline.readers.scan.segments import usual_height
from pipeline.readers.scan.upright import quarter_of
from pipeline.readers.shapes import Grid, Paragraph


def read_page(page: pdfium.PdfPage, number: int) -> tuple[Paragraph | Grid, ...]:
    """The grids of a scanned page, and the lines outside them, from top to bottom.

    Every cell has `reader="ocr"` and a confidence below 1: up to 0.5 where two readings of a
    number differ, where its marks are in doubt, or where it is unlike its column. A cell with ink
    that cannot be read is `?`. `Grid.edges` are those of the page turned straight and upright.
    """
    scan = scan_of(page)
    rules = find_rules(scan.grey)
    clean = erased(scan.grey, rules)
    if quarter := quarter_of(clean):
        scan = scan.upright(quarter)
        rules = find_rules(scan.grey)
        clean = erased(scan.grey, rules)
    usual = usual_height(clean)
    items: list[Paragraph | Grid] = []
    for ruling in rules.rulings:
        grid = read_grid(scan, clean, ruling, usual, number)
        if grid is not None:
            items.append(grid)
    items += read_lines(scan, clean, rules.rulings, usual, number)
    return tuple(sorted(items, key=lambda item: reading_order(item, scan.quarter)))


def grid_lines(page: pdfium.PdfPage, number: int) -> tuple[Grid, ...]:
    """The grids of a page whose rules are pixels, all cells empty.

    For a page whose text is in the file: the caller puts its glyphs into the cells by their boxes.
    """
    scan = scan_of(page)
    return tuple(empty_grid(scan, r, number) for r in find_rules(scan.grey).rulings)


def reading_order(item: Paragraph | Grid, quarter: int) -> float:
    """How far down the upright page an item begins."""
    box = (item if isinstance(item, Paragraph) else item.cells[0]).place.box
    if box is None:
        return 0.0
    return (box.y0, -box.x1, -box.y1, box.x0)[quarter]
