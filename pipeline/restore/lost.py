"""Totals that a text extraction lost, supplied where the identities leave exactly one value.

Here: which blank cells the form always fills (a total beside its parts, a sum above its items),
and their values. Not here: cells that may be blank, damaged text (placing), and PDFs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.forms import figures
from pipeline.forms.disclosure import Disclosure
from pipeline.forms.statement import Figure, Line, Statement
from pipeline.ledger.money import factor
from pipeline.readers.shapes import Place
from pipeline.restore.equations import (
    Equation,
    Variable,
    equations,
    rows,
    steps,
    usual_step,
    values,
)

TOTAL = "total"
# One identity might be short of a part that was lost as well; two that agree are not.
MIN_WITNESSES = 2
ZERO = Decimal(0)


@dataclass(frozen=True)
class Supplied:
    """The value of a lost cell in yuan, and the identity that gives it."""

    value: Decimal
    because: str


def supplied(disclosure: Disclosure) -> Disclosure:
    """A disclosure of a text extraction with its lost totals, those that arithmetic restores."""
    blank = wanting(disclosure)
    if not blank:
        return disclosure
    known = values(disclosure)
    size = steps(disclosure)
    usual = {s.statement_id: usual_step(s, size) for s in disclosure.statements}
    asked = {*blank, *beside(disclosure, blank)}
    size |= {v: usual[v.statement_id] for v in asked if v not in size}
    found = equations(disclosure, asked)
    # A total beside figures that are no part of it is blank by right, not lost.
    blank = frozenset(
        v for v in blank if any(w.value > 0 for w in witnesses(v, found, known, size, frozenset()))
    )
    values_found = {
        variable: value
        for variable in sorted(blank)
        if (value := restored(tuple(witnesses(variable, found, known, size, blank)))) is not None
    }
    statements = tuple(with_cells(s, values_found) for s in disclosure.statements)
    return replace(disclosure, statements=statements)


def wanting(disclosure: Disclosure) -> frozenset[Variable]:
    """Blank cells that the form always fills: the row total of a row with figures, and what stands
    above a figure in a sum."""
    found = set()
    for statement in disclosure.statements:
        by_place = {(line.side, line.line_no): line for line in statement.lines}
        totalled = {
            line.side for line in statement.lines for f in line.figures if f.measure == TOTAL
        }
        for line in statement.lines:
            measures = {f.measure for f in line.figures}
            if measures and line.side in totalled and TOTAL not in measures:
                found.add(variable_of(statement, line, TOTAL))
            above = by_place.get((line.side, line.parent)) if line.parent else None
            if above is not None:
                missing = measures - {f.measure for f in above.figures}
                found |= {variable_of(statement, above, measure) for measure in missing}
    return frozenset(found)


def beside(disclosure: Disclosure, blank: Iterable[Variable]) -> set[Variable]:
    """Totals without any figure in a statement that has lost some: they are asked for too."""
    statements = {v.statement_id for v in blank}
    return {
        variable_of(s, line, TOTAL)
        for s, line in rows(disclosure)
        if s.statement_id in statements and line.kind == "total"
    }


def variable_of(statement: Statement, line: Line, measure: str) -> Variable:
    """The variable of a cell."""
    return Variable(statement.statement_id, line.side or "", line.line_no, measure)


@dataclass(frozen=True)
class Witness:
    """What one identity says of a lost cell: its value, how far rounding may move that, and
    whether the identity is an equality with one other cell."""

    value: Decimal
    slack: Decimal
    name: str
    equality: bool


def witnesses(
    variable: Variable,
    found: Iterable[Equation],
    known: Mapping[Variable, Decimal],
    size: Mapping[Variable, Decimal],
    blank: frozenset[Variable],
) -> Iterable[Witness]:
    """What each identity says of a lost cell; those with another lost cell in them say nothing."""
    for equation in found:
        signs = dict(equation.terms)
        others = [v for v in signs if v != variable]
        filled = [v for v in others if known.get(v)]
        if variable not in signs or not filled or any(v in blank for v in others):
            continue
        value = -signs[variable] * sum((signs[v] * known[v] for v in filled), ZERO)
        slack = equation.tolerance(size, len(filled) + 1)
        yield Witness(value, slack, equation.name, len(filled) == 1)


def restored(said: Sequence[Witness]) -> Supplied | None:
    """The one value of a lost cell that every identity allows, null where there is not one.

    Sums of rounded figures may be a step off. So two identities must give the very same value, one
    of them as an equality with a single printed cell, and this must be so of no other value.
    """
    low = max((w.value - w.slack for w in said), default=ZERO)
    high = min((w.value + w.slack for w in said), default=ZERO)
    counted = Counter(w.value for w in said)
    equal = {w.value for w in said if w.equality}
    sure = [v for v in equal if v > 0 and counted[v] >= MIN_WITNESSES and low <= v <= high]
    if len(sure) != 1:
        return None
    exact = [w for w in said if w.value == sure[0]]
    return Supplied(sure[0], min(exact, key=lambda w: (not w.equality, w.slack)).name)


def with_cells(statement: Statement, found: Mapping[Variable, Supplied]) -> Statement:
    """A statement with the cells that were restored."""
    own = {v: value for v, value in found.items() if v.statement_id == statement.statement_id}
    if not own:
        return statement
    lines = tuple(
        replace(line, figures=(*line.figures, *new_figures(statement, line, own)))
        for line in statement.lines
    )
    return replace(statement, lines=lines)


def new_figures(
    statement: Statement, line: Line, own: Mapping[Variable, Supplied]
) -> Iterable[Figure]:
    """The restored figures of a line, in the unit and the decimals of its statement."""
    unit = statement.money_unit or "元"
    printed = [f.figure for other in statement.lines for f in other.figures]
    step = min((figures.step(text) for text in printed), default=Decimal(1))
    where = line.figures[0].place if line.figures else Place()
    for variable, value in own.items():
        if (variable.side, variable.line_no) == (line.side or "", line.line_no):
            amount = (value.value / factor(unit)).quantize(step)
            yield Figure(
                measure=variable.measure,
                text=None,
                place=where,
                restored=f"{amount:f}",
                restored_from=value.because,
            )
