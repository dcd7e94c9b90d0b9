"""Camelot's lattice over the ruled pages of a PDF, as plain cells on the displayed page.

Here: calling Camelot with bounded memory, its two ways of giving text to cells, and its
coordinates. Rules come from the vectors of a page; where it has none, from its pixels. Not here:
text without rules, where Camelot can only guess columns.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.readers.shapes import Box

FLAVOR = "yusuan-second"
# Camelot keeps every page of a call in memory until it returns.
PAGES_AT_ONCE = 20

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SecondCell:
    """A place of Camelot's grid that holds text, in Camelot's two ways of filling it.

    `whole` gives each line of text to one place: a figure that runs over a rule stays whole, and
    neighbours that nearly touch are jammed. `cut` parts lines at the rules: neighbours are told
    apart, and a figure that runs over a rule is torn.
    """

    page: int
    box: Box
    whole: str
    cut: str


def read(path: Path, pages: Iterable[int]) -> list[SecondCell]:
    """Every place with text on the given pages (1-based).

    Camelot and its parser raise what they like on damaged files; the worker this runs in turns
    that into words.
    """
    wanted = sorted(set(pages))
    cells: list[SecondCell] = []
    for start in range(0, len(wanted), PAGES_AT_ONCE):
        left = wanted[start : start + PAGES_AT_ONCE]
        crops = crop_boxes(path, left)
        for engine in ("vector", "combined"):
            whole = tables(path, left, engine, cut=False)
            ruled = sorted({table.page for table in whole})
            cells += merged(whole, tables(path, ruled, engine, cut=True), crops)
            left = [page for page in left if page not in ruled]
    return cells


def tables(path: Path, pages: list[int], engine: str, *, cut: bool) -> list[Any]:
    """Camelot's tables of some pages, nearly empty ones too.

    Camelot drops ruled grids that are 90 % empty as noise; an official form with few figures is
    such a grid. Imported here: Camelot takes half a second to load.
    """
    from camelot import handlers
    from camelot.parsers.lattice import Lattice

    class Ruled(Lattice):
        def _reject_table(self, table: Any) -> bool:
            return False

    if not pages:
        return []
    handlers.PARSERS[FLAVOR] = Ruled
    span = ",".join(map(str, pages))
    # Its warnings hold the text of the document, and say that a page has no table.
    with warnings.catch_warnings(), handlers.PDFHandler(str(path), pages=span) as file:
        warnings.simplefilter("ignore")
        return list(file.parse(FLAVOR, suppress_stdout=True, engine=engine, split_text=cut))


def crop_boxes(path: Path, pages: list[int]) -> dict[int, Rect]:
    """What is displayed of each page, in Camelot's coordinates of the page.

    These begin at the bottom left of the media box, /Rotate applied, with no crop.
    """
    import playa
    from playa.utils import transform_bbox

    with playa.open(path, space="page") as file:
        found = {}
        for number in pages:
            page = file.pages[number - 1]
            media, crop = page.mediabox, page.cropbox
            shown = (
                max(media[0], crop[0]),
                max(media[1], crop[1]),
                min(media[2], crop[2]),
                min(media[3], crop[3]),
            )
            found[number] = transform_bbox(page.ctm, shown)
        return found


def merged(whole: list[Any], cut: list[Any], crops: dict[int, Rect]) -> Iterator[SecondCell]:
    """The places of the same tables, filled in both ways; empty places are left out."""
    for one, other in zip(whole, cut, strict=True):
        for row, other_row in zip(one.cells, other.cells, strict=True):
            for cell, other_cell in zip(row, other_row, strict=True):
                texts = cell.text.strip(), other_cell.text.strip()
                if any(texts):
                    edges = (float(cell.x1), float(cell.y1), float(cell.x2), float(cell.y2))
                    box = displayed(turned_back(edges, one), crops[one.page])
                    yield SecondCell(one.page, box, *texts)


def turned_back(edges: Rect, table: Any) -> Rect:
    """A rectangle of a page that Camelot has turned upright, where the page itself shows it."""
    x0, y0, x1, y1 = edges
    width, height = table.pdf_size
    if table.rotation == "clockwise":
        return y0, width - x1, y1, width - x0
    if table.rotation == "anticlockwise":
        return height - y1, x0, height - y0, x1
    return edges


def displayed(edges: Rect, crop: Rect) -> Box:
    """A rectangle with its origin at the bottom left, from the top left of what is displayed."""
    x0, y0, x1, y1 = edges
    return Box(x0 - crop[0], crop[3] - y1, x1 - crop[0], crop[3] - y0)
