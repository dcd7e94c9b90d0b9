"""The documents that mistakes are put into: real ones, facsimiles, and made-up ones.

Here: reading them, the way a build does, and telling which are clean. A document whose figures are
those of another (one budget in two media) counts once. Made-up ones are known to be right, so what
breaks there is a false alarm.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pipeline import steps
from pipeline.documents import media
from pipeline.documents.document import Document
from pipeline.forms.recognise import recognise
from pipeline.identities.books import CELLS, LINES, Books
from pipeline.identities.engine import Results
from pipeline.ledger import facts
from pipeline.ledger.books import Ledger
from pipeline.settings import PROJECT, Settings
from pipeline.staging import tables
from pipeline.staging.extract import extract, flatten
from pipeline.staging.tables import Extract
from tests.facsimile.budget import Budget
from tests.facsimile.provinces import make
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text

REAL = PROJECT.parent / "shared" / "raw"
FACSIMILES = PROJECT / "data" / "raw"
BROKEN = ("breaks", "crashed")
NAMED = [
    *("document_id", "statement_id", "side", "code"),
    *("label", "label_path", "occurrence", "measure_id"),
]


@dataclass(frozen=True)
class Originals:
    """Documents of one source: their books, and every amount with its text (`figure`), unit and
    row as the ledger has it.

    `true`: whether they are made up, so that nothing in them is wrong. `paths`: the files by
    document.
    """

    source: str
    books: Books
    texts: pl.DataFrame
    true: bool
    paths: Mapping[str, Path]

    def of(self, documents: Iterable[str]) -> Originals:
        """The same of some documents."""
        wanted = pl.DataFrame({"document_id": sorted(documents)}, schema={"document_id": pl.String})
        books = self.books.of_documents(wanted)
        texts = self.texts.join(books.cells, on="amount_id", how="semi", maintain_order="left")
        return replace(self, books=books, texts=texts)


def staged(source: str, raw: Path, cache: Path, true: bool) -> Originals:
    """The documents in a folder, read as a build reads them; kept in `cache` for the next run."""
    settings = Settings(raw=raw, curated=cache / source)
    intake = steps.take_in(settings)
    steps.stage(settings)
    ledger: Ledger = steps.enter(settings)
    paths = {document.document_id: document.path for document in intake.documents}
    return once(Originals(source, ledger.books, texts(ledger.amounts), true, paths))


def budgets(seeds: Iterable[int]) -> Originals:
    """Whole made-up budgets that obey every identity, written as texts and read."""
    with tempfile.TemporaryDirectory() as folder:
        read = [written(seed, Path(folder) / f"{seed}.txt") for seed in seeds]
    return of_extracts("made-up budgets", read)


def written(seed: int, path: Path) -> Extract:
    """A made-up budget as it is read from a text of it."""
    write_text(budget(seed), path)
    name = f"budget:{seed}"
    return extract(Document(name, name, path, "0" * 64, path.stat().st_size, media.TEXT))


def budget(seed: int) -> Budget:
    """One made-up budget; the seed chooses what it has."""
    return synthetic_budget(
        seed,
        scope="department" if seed % 4 == 3 else "unit",
        with_carry_over=seed % 2 == 0,
        with_funds=seed % 3 != 2,
        n_projects=3 + seed % 6,
    )


def provinces(seeds: Iterable[int]) -> Originals:
    """Tables in the layouts of other provinces, each a document: it knows nothing of the others."""
    return of_extracts("made-up tables", [one for seed in seeds for one in province(seed)])


def of_extracts(source: str, read: list[Extract]) -> Originals:
    """Made-up documents, as read."""
    whole = tables.concat(read)
    amounts = facts.amounts(whole.lines, whole.cells, whole.documents)
    books = Books(whole.lines.select(list(LINES)), amounts.select(list(CELLS)), whole.coverage)
    return once(Originals(source, books, texts(amounts), True, {}))


def province(seed: int) -> Iterable[Extract]:
    """The recognised tables of one made-up document, apart."""
    made = make(seed)
    disclosure = recognise(made.reading)
    for statement in disclosure.statements:
        name = f"{seed}:{statement.statement_id}"
        alone = replace(
            disclosure,
            statements=(statement,),
            coverage={statement.statement_id: statement.state},
            rejected=(),
            leftovers=(),
        )
        document = Document(name, name, Path(name), "0" * 64, 0, media.PDF)
        yield flatten(document, made.reading, alone)


def texts(amounts: pl.DataFrame) -> pl.DataFrame:
    """What stands in each cell, in what unit, on what page, and what its row is called."""
    return amounts.select("amount_id", *NAMED, "figure", "printed_unit", "page")


def once(originals: Originals) -> Originals:
    """The documents without those that print the same figures in the same places as another."""
    place = ["statement_id", "side", "line_no", "measure_id", "amount_yuan"]
    seen: dict[str, str] = {}
    cells = originals.books.cells.sort("document_id", *place, nulls_last=False)
    for (document,), found in cells.group_by("document_id", maintain_order=True):
        rows = found.select(place).rows()
        seen.setdefault(hashlib.sha256(repr(rows).encode()).hexdigest(), str(document))
    return originals.of(seen.values())


def broken(results: Results) -> set[str]:
    """The documents in which an identity breaks or crashed."""
    wrong = results.checks.filter(pl.col("verdict").is_in(list(BROKEN)))
    return set(wrong.get_column("document_id"))
