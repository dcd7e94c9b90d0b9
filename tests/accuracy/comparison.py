"""A recognised disclosure against what its budget is known to print.

Here: both as the same rows, and every difference as a sentence. What a budget must yield stands in
`tests.facsimile.expected`, written from the data contract alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from pipeline.documents.intake import take_in
from pipeline.forms import figures
from pipeline.forms.disclosure import Disclosure
from pipeline.forms.recognise import recognise
from pipeline.readers.dispatch import read
from pipeline.readers.shapes import Reading
from tests.facsimile.budget import Budget
from tests.facsimile.expected import STATEMENTS, ExpectedAmount, expected

YUAN = {"元": Decimal(1), "万元": Decimal(10_000)}


def recognised(path: Path) -> Disclosure:
    """What is recognised in the one document at a path."""
    return recognise(reading(path))


def reading(path: Path) -> Reading:
    """The one document at a path as its reader sees it."""
    (document,) = (d for d in take_in(path.parent).documents if d.path == path)
    return read(document)


def amounts(found: Disclosure) -> Iterator[ExpectedAmount]:
    """Every money cell of a disclosure."""
    for statement in found.statements:
        for line in statement.lines:
            for figure in line.figures:
                value = figures.parse(figure.text)
                assert value is not None, figure
                unit = statement.money_unit or ""
                yield ExpectedAmount(
                    statement_id=statement.statement_id,
                    side=line.side,
                    code=line.code,
                    code_system=line.code_system,
                    label=line.label or "",
                    occurrence=line.occurrence,
                    measure_id=figure.measure,
                    amount_yuan=value * YUAN[unit],
                    printed_text=figure.text,
                    printed_unit=unit,
                    implementing_unit=line.implementing_unit,
                    government_item=line.government_item,
                    line_kind=line.kind,
                )


def states(budget: Budget) -> dict[str, str]:
    """The coverage a budget must yield."""
    filled = {amount.statement_id for amount in expected(budget)}
    return {
        STATEMENTS[table.number][0]: (
            "data"
            if STATEMENTS[table.number][0] in filled
            else "stated_empty"
            if table.states_no_data
            else "blank"
        )
        for table in budget.tables
    }


def differences(found: Disclosure, budget: Budget) -> list[str]:
    """Every way in which a disclosure is not exactly the budget; empty where it is."""
    got, wanted = Counter(amounts(found)), Counter(expected(budget))
    said = (found.unit_name, found.fiscal_year, found.scope, found.kind)
    known = (budget.unit_name, budget.year, budget.scope, "budget")
    return [
        *(f"missing: {amount}" for amount in (wanted - got).elements()),
        *(f"too much: {amount}" for amount in (got - wanted).elements()),
        *(f"rejected: {one.statement_id} {one.reason} {one.detail}" for one in found.rejected),
        *(
            f"{key} is {found.coverage.get(key)}, not {state}"
            for key, state in states(budget).items()
            if found.coverage.get(key) != state
        ),
        *([] if said == known else [f"the document is {said}, not {known}"]),
    ]


def silent(found: Disclosure, budget: Budget) -> list[str]:
    """The differences that nobody is told of: wrong or lost amounts of a statement that stands.

    A statement that is rejected, or known to be unreadable, is a loss and no lie.
    """
    told = {one.statement_id for one in found.rejected}
    wanted = expected(budget)
    got = Counter(a for a in amounts(found) if a.statement_id not in told)
    known = Counter(a for a in wanted if a.statement_id not in told)
    return [
        *(f"lost: {amount}" for amount in (known - got).elements()),
        *(f"made up: {amount}" for amount in (got - known).elements()),
    ]
