"""What the tests of the identities share: the catalogue, a run over an example, changed books."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl

from pipeline.identities.books import LINKS, Books
from pipeline.identities.declaration import Declaration, load_catalogue
from pipeline.identities.engine import Results, run
from pipeline.identities.example import read_example
from pipeline.identities.gate import BY_STATEMENT

FOLDER = Path(__file__).parents[3] / "expectations" / "identities"


@cache
def catalogue() -> dict[str, Declaration]:
    """Every declared identity by id."""
    return {declaration.id: declaration for declaration in load_catalogue(FOLDER)}


def checked(identity: str, text: str) -> pl.DataFrame:
    """fact_check of one identity over an example."""
    return results(identity, text).checks


def results(identity: str, text: str) -> Results:
    """Everything one identity says of an example."""
    return run(read_example(text), [catalogue()[identity]])


def verdicts(identity: str, text: str) -> list[str]:
    """The verdicts of one identity over an example, in order of the subject."""
    return checked(identity, text).sort("subject")["verdict"].to_list()


def together(many: Iterable[Books]) -> Books:
    """Several books as one."""
    books = list(many)
    return Books(
        pl.concat([b.lines for b in books]),
        pl.concat([b.cells for b in books]),
        pl.concat([b.coverage for b in books]),
        pl.concat([pl.DataFrame(schema=LINKS), *(b.links for b in books if b.links is not None)]),
    )


def changed(books: Books, amount_id: str, steps: int, name: str) -> Books:
    """A copy of the books of one document under a new name, one figure moved by printed steps."""
    moved = pl.col("amount_yuan") + pl.col("step_yuan") * Decimal(steps)
    target = pl.col("amount_id") == amount_id
    cells = books.cells.with_columns(
        amount_yuan=pl.when(target)
        .then(moved.cast(pl.Decimal(18, 2)))
        .otherwise(pl.col("amount_yuan"))
    ).with_columns(amount_id=pl.format("{}|{}", pl.lit(name), "amount_id"))
    renamed = pl.lit(name).alias("document_id")
    return Books(
        books.lines.with_columns(renamed),
        cells.with_columns(renamed),
        books.coverage.with_columns(renamed),
    )


def variants(books: Books, amount_ids: Iterable[str]) -> dict[str, Books]:
    """For each figure two copies of the books, three printed steps more and three less."""
    return {
        f"{place}{sign}": changed(books, amount_id, steps, f"{place}{sign}")
        for place, amount_id in enumerate(amount_ids)
        for sign, steps in (("+", 3), ("-", -3))
    }


def speaks_of(declaration: Declaration, printed: set[str]) -> bool:
    """Whether an identity can say anything of a document with these statements."""
    return any(
        printed & set(formula.statements)
        if formula.kind in BY_STATEMENT
        else printed.issuperset(formula.statements)
        for formula in declaration.formulas
    )


def unmoved(books: Books, every: int = 1) -> list[str]:
    """Proved figures that could move three steps, up or down, without a break.

    `every` n-th figure is tried where there are too many for all.
    """
    printed = set(books.coverage["statement_id"])
    declarations = [d for d in catalogue().values() if speaks_of(d, printed)]
    found = run(books, declarations).proofs
    proved = found.filter(found["proof"] == "proved")["amount_id"].to_list()
    proved = sorted(proved)[::every]
    if not proved:
        return []
    copies = variants(books, proved)
    checks = run(together(copies.values()), declarations).checks
    broken = set(checks.filter(checks["verdict"] == "breaks")["document_id"])
    return [f"{name} of {proved}" for name in copies if name not in broken]
