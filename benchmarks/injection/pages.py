"""A page lost from a file: the whole reading runs again on what is left.

Here: files without one of the pages that tables stand on, and whether somebody is told of every
statement that lost a figure. Not here: mistakes in single tables (`kinds`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
from pypdf import PdfReader, PdfWriter

from benchmarks.injection.originals import BROKEN, Originals
from pipeline import steps
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import run
from pipeline.ledger.books import Ledger
from pipeline.settings import Settings

PLACE = ["statement_id", "side", "code", "label", "label_path", "occurrence", "measure_id"]
UNTOLD = ("data", "stated_empty", "blank")


@dataclass(frozen=True)
class Lost:
    """A page taken out of a file, and what came of it.

    `lost` are the statements that lost figures or gained some, `told` those that somebody is told
    of; a refused file tells of all. A page whose loss changes no amount is no mistake.
    """

    document_id: str
    page: int
    lost: tuple[str, ...]
    told: tuple[str, ...]

    @property
    def detected(self) -> bool:
        """Whether anybody is told of anything."""
        return bool(self.told)

    @property
    def localised(self) -> bool:
        """Whether every statement that is not what it was is among those told of."""
        return set(self.lost) <= set(self.told)


def lost_pages(
    sources: list[Originals],
    declarations: tuple[Declaration, ...],
    cache: Path,
    most: int,
    seed: int,
) -> tuple[Lost, ...]:
    """At most so many pages of each file, each lost by itself."""
    raw = cache / "torn"
    raw.mkdir(parents=True, exist_ok=True)
    for stale in raw.iterdir():
        stale.unlink()
    torn = {
        name: (source, document, page)
        for source in sources
        for name, document, page in written(source, raw, most, seed)
    }
    if not torn:
        return ()
    settings = Settings(raw=raw, curated=cache / "torn-read")
    steps.take_in(settings)
    steps.stage(settings)
    ledger: Ledger = steps.enter(settings)
    checks = run(ledger.books, declarations).checks
    wrong = checks.filter(pl.col("verdict").is_in(list(BROKEN)))
    speaks = {d.id: d.statements for d in declarations}
    names = dict(ledger.tables["dim_document"].select("source_name", "document_id").iter_rows())
    found = []
    for name, (source, document, page) in torn.items():
        before = figures(source.texts, document)
        after = figures(ledger.amounts, names.get(name, ""))
        lost = sorted({key[0] for key in (before - after) + (after - before)})
        torn_id = names.get(name)
        told = tellings(ledger, source, document, name, torn_id) | {
            statement
            for identity in wrong.filter(pl.col("document_id") == torn_id)["identity_id"]
            for statement in speaks[identity]
        }
        if lost:
            found.append(Lost(document, page, tuple(lost), tuple(sorted(told))))
    return tuple(found)


def written(source: Originals, raw: Path, most: int, seed: int) -> Iterator[tuple[str, str, int]]:
    """Files without one page: name, document and page (from 1), at most so many of a document."""
    pages = (
        source.texts.filter(pl.col("page").is_not_null())
        .select("document_id", "page")
        .unique()
        .sort("document_id", "page")
    )
    for (document,), found in pages.group_by("document_id", maintain_order=True):
        path = source.paths.get(str(document))
        if path is None or path.suffix.lower() != ".pdf":
            continue
        numbers = found.get_column("page").to_list()
        Random(f"{seed}/{document}").shuffle(numbers)
        reader = PdfReader(path)
        for number in sorted(numbers[:most]):
            if len(reader.pages) > 1:
                name = f"{document}-{number}.pdf"
                without(reader, number - 1, raw / name)
                yield name, str(document), number


def without(reader: PdfReader, index: int, target: Path) -> None:
    """A file without one page."""
    writer = PdfWriter()
    for number, page in enumerate(reader.pages):
        if number != index:
            writer.add_page(page)
    writer.write(target)


def figures(amounts: pl.DataFrame, document: str) -> Counter[tuple[Any, ...]]:
    """Every figure of a document with what its row is called; not where it stands."""
    own = amounts.filter(pl.col("document_id") == document)
    return Counter(own.select(*PLACE, "figure", "printed_unit").iter_rows())


def tellings(
    ledger: Ledger, source: Originals, document: str, name: str, torn: str | None
) -> set[str]:
    """The statements somebody is told of because they are refused, or not there any more."""
    own = source.texts.filter(pl.col("document_id") == document)
    statements = set(own.get_column("statement_id"))
    refused = ledger.tables["fact_quarantine"].filter(pl.col("source_name") == name)
    named = set(refused.get_column("statement_id"))
    if torn is None or None in named:
        return statements if refused.height else set()
    coverage = ledger.books.coverage.filter(pl.col("document_id") == torn)
    states = dict(coverage.select("statement_id", "state").iter_rows())
    return named | {s for s in statements if states.get(s) not in UNTOLD}
