"""What is repaired: a figure whose print is damaged, where the identities leave exactly one value.

A repair that is wrong is worse than none, so all of this must be so: the explanation is the only
one, of single cells, and the search was complete; the print of each cell is in doubt (recognised,
or read in two ways); the value is one exact figure, which two equalities give by way of different
figures, without any rounding; and it is what another reading says, or what a slip of the eye makes
of what was read. Everything else stays as it is printed. Here: that decision, and putting it into
amounts and books. Not here: blank cells, which nobody fills, printed figures that should be blank,
which nobody empties, and how a mistake is found (explain).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from pipeline.findings.model import Change, Explanation, Finding
from pipeline.forms import figures
from pipeline.identities.books import MONEY, Books
from pipeline.ledger.money import factor
from pipeline.readers.shapes import CERTAIN
from pipeline.schema.catalogue import words

CELLS = ("cell", "cells")
MIN_WITNESSES = 2
MOST_NAMED = 3


@dataclass(frozen=True)
class Repair:
    """A figure and the value, in yuan, that it is restored to; `because` are identities."""

    amount_id: str
    document_id: str
    value: Decimal
    because: tuple[str, ...]


def doubtful(amounts: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """The figures whose print is in doubt, with what another reader saw there.

    `amounts` as of `second.with_second`. A text extraction has no print to look at: its figures
    are in doubt only where it says so itself.
    """
    other = pl.col("second_yuan") != pl.col("amount_yuan")
    asked = amounts.filter((pl.col("confidence") < CERTAIN) | other.fill_null(False))
    rows = asked.select("amount_id", "second_text").iter_rows()
    return {amount_id: () if text is None else (text,) for amount_id, text in rows}


def repairs(
    findings: Iterable[Finding], doubtful: Mapping[str, Sequence[str]]
) -> tuple[Repair, ...]:
    """The repairs that findings allow, by figure."""
    found = [
        Repair(change.amount_id, finding.document_id, change.value, named(change))
        for finding in findings
        if finding.unique and finding.kind in CELLS
        for explanation in finding.explanations
        if allowed(explanation, doubtful)
        for change in explanation.changes
        if change.amount_id is not None
    ]
    return tuple(sorted(found, key=lambda repair: repair.amount_id))


def allowed(explanation: Explanation, doubtful: Mapping[str, Sequence[str]]) -> bool:
    """Whether every cell of an explanation may be repaired: all of them, or none."""
    return all(
        change.amount_id is not None
        and change.value != 0  # nobody empties a printed cell
        and change.exact
        and len(change.witnesses) >= MIN_WITNESSES
        and plausible(change, doubtful.get(change.amount_id))
        for change in explanation.changes
    )


def plausible(change: Change, others: Sequence[str] | None) -> bool:
    """Whether the print is in doubt (null: it is not), and another reading says the value, or a
    slip leads from what was read to it."""
    if others is None:
        return False
    return change.slip != "none" or any(says(text, change.value) for text in others)


def says(text: str, value: Decimal) -> bool:
    """Whether a text says an amount, in one of the units that are printed."""
    try:
        said = figures.parse(text)
    except figures.NotAFigure:
        return False
    return said is not None and any(said * factor(unit) == value for unit in words("money_unit"))


def named(change: Change) -> tuple[str, ...]:
    """The identities that ask for the value."""
    return tuple(sorted({identity for identity, _, _ in change.witnesses}))


def applied(
    amounts: pl.DataFrame, repaired: Sequence[Repair], titles: Mapping[str, str]
) -> pl.DataFrame:
    """The amounts with what is repaired: `restored_text` in the printed unit, and by what.

    `printed_text` stays as it was read.
    """
    by_id = {repair.amount_id: repair for repair in repaired}
    own = amounts.filter(pl.col("amount_id").is_in(list(by_id)))
    texts = [
        (
            row["amount_id"],
            *put(by_id[row["amount_id"]], row["figure"], row["printed_unit"], titles),
        )
        for row in own.select("amount_id", "figure", "printed_unit").to_dicts()
    ]
    schema = {"amount_id": pl.String(), "text": pl.String(), "why": pl.String(), "value": MONEY}
    found = pl.DataFrame(texts, schema=schema, orient="row")
    return (
        amounts.join(found, on="amount_id", how="left", maintain_order="left")
        .with_columns(
            restored_text=pl.coalesce("text", "restored_text"),
            restored_from=pl.coalesce("why", "restored_from"),
            figure=pl.coalesce("text", "figure"),
            amount_yuan=pl.coalesce("value", "amount_yuan"),
        )
        .drop("text", "why", "value")
    )


def put(
    repair: Repair, figure: str, unit: str, titles: Mapping[str, str]
) -> tuple[str, str, Decimal]:
    """The restored figure as the table would print it, the identities by name, and its amount."""
    text = f"{(repair.value / factor(unit)).quantize(decimals(repair.value, figure, unit)):f}"
    because = [titles.get(identity, identity) for identity in repair.because[:MOST_NAMED]]
    return text, "；".join(because), repair.value


def decimals(value: Decimal, figure: str, unit: str) -> Decimal:
    """The step to print a value in: that of the figure as read, finer where the value needs it."""
    exact = Decimal((value / factor(unit)).normalize().as_tuple().exponent)
    return min(figures.step(figure), Decimal(1).scaleb(int(exact)))


def in_books(books: Books, repaired: Sequence[Repair]) -> Books:
    """The books with the repaired figures."""
    values = {repair.amount_id: repair.value for repair in repaired}
    there = pl.DataFrame(
        {"amount_id": list(values), "repaired": list(values.values())},
        schema={"amount_id": pl.String, "repaired": MONEY},
    )
    cells = (
        books.cells.join(there, on="amount_id", how="left", maintain_order="left")
        .with_columns(amount_yuan=pl.coalesce("repaired", "amount_yuan"))
        .drop("repaired")
    )
    return replace(books, cells=cells)
