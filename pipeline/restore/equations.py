"""The declared identities as linear equations over the cells of one disclosure, blank ones too.

Here: asking the engine of the identities which cells each instance speaks of; its blank cells
stand in it as zeros. An identity that holds on a condition counts where the condition is met
whatever the open cells are. Not here: solving them (solve).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import polars as pl

from pipeline.forms.disclosure import Disclosure
from pipeline.forms.statement import Line, Statement
from pipeline.identities.books import CELLS, COVERAGE, LINES, Books
from pipeline.identities.declaration import Declaration, load_catalogue
from pipeline.identities.engine import run
from pipeline.identities.gate import condition_cells
from pipeline.identities.rows import prepare
from pipeline.ledger.money import step_yuan, to_yuan
from pipeline.settings import PROJECT

DOCUMENT = "0" * 16
FEN = Decimal("0.01")
# Between totals of two tables the leaves below count, which an equation does not show.
MOST_LEAVES = 30


@dataclass(frozen=True, slots=True, order=True)
class Variable:
    """A money cell of a disclosure."""

    statement_id: str
    side: str
    line_no: int
    measure: str


@dataclass(frozen=True)
class Equation:
    """A signed sum of cells that is zero but for rounding; `name` says it in plain words."""

    name: str
    terms: tuple[tuple[Variable, int], ...]
    mode: str

    def tolerance(self, steps: Mapping[Variable, Decimal], filled: int) -> Decimal:
        """How far rounding alone can move the sum, in yuan, with so many cells that are not zero.

        Never less than the identities allow: what is decided here must hold there.
        """
        step = max((steps.get(v, Decimal(0)) for v, _ in self.terms), default=Decimal(0))
        if step <= FEN or self.mode == "none":
            return Decimal(0)
        count = max(filled - 1, 1)
        if self.mode in ("leaves", "breakdowns"):
            count = max(count, MOST_LEAVES * (2 if self.mode == "breakdowns" else 1))
        return step * (count // 2)


@cache
def declarations() -> tuple[Declaration, ...]:
    """Every declared identity."""
    return load_catalogue(PROJECT / "expectations" / "identities")


def values(disclosure: Disclosure) -> dict[Variable, Decimal]:
    """Every figure of a disclosure in yuan."""
    return {
        Variable(s.statement_id, line.side or "", line.line_no, f.measure): to_yuan(
            f.figure, s.money_unit or "元"
        )
        for s, line in rows(disclosure)
        for f in line.figures
    }


def steps(disclosure: Disclosure) -> dict[Variable, Decimal]:
    """The printed step of every figure in yuan."""
    return {
        Variable(s.statement_id, line.side or "", line.line_no, f.measure): step_yuan(
            f.figure, s.money_unit or "元"
        )
        for s, line in rows(disclosure)
        for f in line.figures
    }


def rows(disclosure: Disclosure) -> Iterable[tuple[Statement, Line]]:
    """Every line with its statement."""
    return ((s, line) for s in disclosure.statements for line in s.lines)


def equations(
    disclosure: Disclosure,
    blank: Iterable[Variable],
    doubtful: Iterable[Variable] = (),
    relations: Iterable[str] = ("=",),
) -> tuple[Equation, ...]:
    """The identities over the figures of a disclosure and the blank cells given.

    `doubtful` are figures that may be others: they meet no condition. Identities that the engine
    refuses (a form is missing, a row nobody recognised) give none.
    """
    known = values(disclosure)
    size = steps(disclosure)
    usual = {s.statement_id: usual_step(s, size) for s in disclosure.statements}
    cells = [(v, amount, size[v]) for v, amount in known.items()]
    cells += [(v, Decimal(0), usual[v.statement_id]) for v in sorted(set(blank)) if v not in known]
    asked = books(disclosure, cells)
    open_cells = {str(number) for number, (v, _, _) in enumerate(cells) if v not in known}
    open_cells |= {str(n) for n, (v, _, _) in enumerate(cells) if v in set(doubtful)}
    declared = {d.id: d for d in usable(asked, open_cells) if holds_equal(d, tuple(relations))}
    result = run(asked, tuple(declared.values()))
    numbered = {str(number): variable for number, (variable, _, _) in enumerate(cells)}
    named = result.checks.select("check_id", "identity_id")
    found: dict[str, list[tuple[Variable, int]]] = {}
    identity: dict[str, str] = {}
    joined = result.terms.join(named, on="check_id").select(
        "check_id", "identity_id", "amount_id", "sign"
    )
    for check_id, identity_id, amount_id, sign in joined.iter_rows():
        found.setdefault(check_id, []).append((numbered[amount_id], sign))
        identity[check_id] = identity_id
    return tuple(
        Equation(
            declared[identity[check_id]].title_zh,
            tuple(terms),
            declared[identity[check_id]].tolerance,
        )
        for check_id, terms in sorted(found.items())
    )


def usable(asked: Books, open_cells: set[str]) -> list[Declaration]:
    """The identities whose conditions no open cell decides."""
    rows = prepare(asked.checked())
    return [
        declaration
        for declaration in declarations()
        if not declaration.conditions
        or open_cells.isdisjoint(condition_cells(declaration, rows)["amount_id"])
    ]


def holds_equal(declaration: Declaration, relations: tuple[str, ...]) -> bool:
    """Whether every formula of an identity is of the relations wanted."""
    return all(
        formula.kind != "structure" and formula.relation in relations
        for formula in declaration.formulas
    )


def usual_step(statement: Statement, size: Mapping[Variable, Decimal]) -> Decimal:
    """The finest step in which a statement prints."""
    own = [step for v, step in size.items() if v.statement_id == statement.statement_id]
    return min(own, default=FEN)


def books(disclosure: Disclosure, cells: list[tuple[Variable, Decimal, Decimal]]) -> Books:
    """A disclosure as the engine takes it; cells are numbered by their place in the list."""
    lines = [
        {
            "document_id": DOCUMENT,
            "statement_id": s.statement_id,
            "side": line.side,
            "line_no": line.line_no,
            "role": line.role,
            "item": line.item,
            "code": line.code,
            "label": line.label,
            "government_item": line.government_item,
            "parent_line_no": line.parent,
        }
        for s, line in rows(disclosure)
    ]
    amounts = [
        {
            "amount_id": str(number),
            "document_id": DOCUMENT,
            "statement_id": v.statement_id,
            "side": v.side or None,
            "line_no": v.line_no,
            "measure_id": v.measure,
            "amount_yuan": amount,
            "step_yuan": step,
        }
        for number, (v, amount, step) in enumerate(cells)
    ]
    found = {s.statement_id: s for s in disclosure.statements}
    coverage = [
        {
            "document_id": DOCUMENT,
            "statement_id": statement_id,
            "state": state,
            "form": found[statement_id].family if statement_id in found else disclosure.family,
            "columns": " ".join(found[statement_id].printed_columns) or None
            if statement_id in found
            else None,
        }
        for statement_id, state in sorted(disclosure.coverage.items())
    ]
    return Books(
        pl.DataFrame(lines, schema=LINES, orient="row"),
        pl.DataFrame(amounts, schema=CELLS, orient="row"),
        pl.DataFrame(
            coverage,
            schema=COVERAGE | {"form": pl.String(), "columns": pl.String()},
            orient="row",
        ),
    )
