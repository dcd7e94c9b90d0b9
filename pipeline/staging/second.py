"""The second reading of a document, held against the figures of the first and kept beside them.

Here: which figure each second cell belongs to, what counts as a second reading, and its file in
the folder of the document's staged result, where it goes when that is made again. Nothing is kept
but what stands in the place of a figure of an official form. Not here: Camelot (readers.second)
and who is right where two readings differ (ledger.second).
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.documents.document import Document, Refusal
from pipeline.forms import figures
from pipeline.readers.second import lattice
from pipeline.readers.second.lattice import SecondCell
from pipeline.readers.shapes import Box
from pipeline.staging import pool, store
from pipeline.staging.pool import Limits, Outcome
from pipeline.staging.tables import ROW

# The first reading had the same time for pages and forms together.
LIMITS = Limits(seconds=60)
# A second cell belongs to a figure where at least this share of it lies in the figure's own cell.
INSIDE = 0.7
FIGURE = ["statement_id", "side", "line_no", "measure_id"]
READINGS: dict[str, pl.DataType] = {
    **ROW,
    "line_no": pl.Int64(),
    "measure_id": pl.String(),
    "second_text": pl.String(),
}


def stage_document(staging: Path, document: Document) -> None:
    """What a worker does: read the pages with figures again and keep what stands in their cells."""
    cells = placed(store.read(staging, document.document_id).cells)
    pages = cells.get_column("page").unique().to_list()
    write(staging, document.document_id, readings(cells, lattice.read(document.path, pages)))


def stage(documents: list[Document], staging: Path, workers: int) -> Iterator[Outcome]:
    """Read documents a second time, each in a worker, yielding each outcome as it comes."""
    yield from checked(
        staging, pool.run(documents, staging, workers, limits=LIMITS, task=stage_document)
    )


def checked(staging: Path, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """The outcomes of a second reading, those that left none as refusals."""
    for outcome in outcomes:
        if outcome.refusal is None and not is_sound(staging, outcome.document.document_id):
            refusal = Refusal("readers", "reader_failed", "what it left is no second reading")
            yield Outcome(outcome.document, refusal)
        else:
            yield outcome


def placed(cells: pl.DataFrame) -> pl.DataFrame:
    """The staged figures that have a place on a page."""
    return cells.filter(pl.col("page").is_not_null() & pl.col("x0").is_not_null())


def readings(cells: pl.DataFrame, found: Iterable[SecondCell]) -> pl.DataFrame:
    """The figures that the second reader read too, each with the text it saw.

    A cell of the second reader that two figures claim says nothing of either.
    """
    by_page: dict[int, list[SecondCell]] = {}
    for cell in found:
        by_page.setdefault(cell.page, []).append(cell)
    rows = cells.select("document_id", *FIGURE, "page", "x0", "y0", "x1", "y1").to_dicts()
    claims = [(row, within(box_of(row), by_page.get(row["page"], []))) for row in rows]
    times = Counter(cell for _, claimed in claims for cell in claimed)
    texts = [
        (row, None if any(times[cell] > 1 for cell in claimed) else printed(claimed))
        for row, claimed in claims
    ]
    kept = [row | {"second_text": text} for row, text in texts if text is not None]
    wanted = [{name: row[name] for name in READINGS} for row in kept]
    return pl.DataFrame(wanted, schema=READINGS, orient="row")


def box_of(row: dict[str, Any]) -> Box:
    """The box of a staged cell. Places are geometry, not money: floats do."""
    return Box(*(float(row[name]) for name in ("x0", "y0", "x1", "y1")))


def within(box: Box, cells: list[SecondCell]) -> list[SecondCell]:
    """The second cells that lie in a box."""
    return [cell for cell in cells if share_inside(cell.box, box) >= INSIDE]


def share_inside(inner: Box, outer: Box) -> float:
    """Which share of one box lies in another."""
    area = (inner.x1 - inner.x0) * (inner.y1 - inner.y0)
    width = min(inner.x1, outer.x1) - max(inner.x0, outer.x0)
    height = min(inner.y1, outer.y1) - max(inner.y0, outer.y0)
    return width * height / area if area > 0 and width > 0 and height > 0 else 0.0


def printed(cells: list[SecondCell]) -> str | None:
    """The one figure the second reader saw in a place, null where it saw none or several.

    Whole lines first: they alone show a figure that runs over a rule, which every reading glyph by
    glyph tears in two. Where they jam neighbours, the lines cut at the rules tell.
    """
    for texts in ([c.whole for c in cells if c.whole], [c.cut for c in cells if c.cut]):
        if len(texts) == 1 and (text := one_figure(texts[0])) is not None:
            return text
    return None


def one_figure(text: str) -> str | None:
    """The text where it is one printed number and nothing else.

    Camelot sees print that is drawn twice to look bold as two equal lines, or as doubled
    characters: a text of doubled characters may be either, and says nothing.
    """
    lines = {line.strip() for line in text.split("\n")}
    plain = lines.pop() if len(lines) == 1 else figures.unwrapped(text, by_width=False)
    doubled = len(plain) > 1 and plain[::2] == plain[1::2]
    try:
        is_figure = figures.parse(plain) is not None
    except figures.NotAFigure:
        return None
    return plain if is_figure and not doubled else None


def write(staging: Path, document_id: str, frame: pl.DataFrame) -> None:
    """Keep a second reading, and the hash that tells whether it is whole, in two renames."""
    target = path(staging, document_id)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    frame.write_parquet(draft, compression="zstd")
    digest = hashlib.sha256(draft.read_bytes()).hexdigest()
    draft.replace(target)
    draft.write_text(digest, encoding="ascii")
    draft.replace(target.with_suffix(".sha256"))


def path(staging: Path, document_id: str) -> Path:
    """Where the second reading of a document stands."""
    return store.folder(staging, document_id) / "second.parquet"


def is_sound(staging: Path, document_id: str) -> bool:
    """Whether a second reading is there, whole, and of figures of this document, each once.

    A worker that has opened an untrusted file wrote it: what it left is not taken on trust.
    """
    target = path(staging, document_id)
    try:
        written = target.with_suffix(".sha256").read_text(encoding="ascii")
        if written != hashlib.sha256(target.read_bytes()).hexdigest():
            return False
        frame = pl.read_parquet(target)
    except (OSError, ValueError, pl.exceptions.PolarsError):
        return False
    return (
        dict(frame.schema) == READINGS
        and set(frame.get_column("document_id")) <= {document_id}
        and not frame.select(FIGURE).is_duplicated().any()
    )


def read(staging: Path, document_ids: Iterable[str]) -> pl.DataFrame:
    """The second readings of some documents that are sound."""
    return pl.concat([pl.DataFrame(schema=READINGS), *each(staging, document_ids)])


def each(staging: Path, document_ids: Iterable[str]) -> Iterator[pl.DataFrame]:
    """One second reading after the other."""
    for document_id in document_ids:
        yield pl.read_parquet(path(staging, document_id), schema=READINGS)
