"""Mistakes that move many figures at once: a table in another unit, columns or rows exchanged, a
row's figures shifted by a column, a run of rows shifted against their labels.

Here: which such mistakes a document's system allows, by its own arithmetic. Not here: the engine's
word on them (verify), misprinted codes (codes) and single cells (search).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice, pairwise

from pipeline.findings.system import Cell, System
from pipeline.findings.verify import Put
from pipeline.ledger.money import FEN, LIMIT
from pipeline.schema.catalogue import measures

UNITS = (Fraction(10000), Fraction(1, 10000), Fraction(100), Fraction(1, 100))
MOST_ASKED = 20000  # mistakes looked at per document
MOST_FEN = int(LIMIT / FEN)


@dataclass(frozen=True)
class Mistake:
    """One mistake: what it is called, what it is in words, and what every cell should say."""

    kind: str
    detail: str
    puts: tuple[Put, ...]


@dataclass(frozen=True)
class Sheet:
    """One side of a statement: its rows and columns in order, and its cells by both."""

    statement_id: str
    side: str
    rows: tuple[int, ...]
    columns: tuple[str, ...]
    at: dict[tuple[int, str], int]

    def row(self, line_no: int) -> list[int]:
        """The cells of a row in the order of the columns."""
        return [self.at[line_no, c] for c in self.columns if (line_no, c) in self.at]


def sheets(system: System) -> Iterator[Sheet]:
    """The sheets of a document. Columns stand as in the header, else as the measures are
    declared."""
    found: dict[tuple[str, str], dict[tuple[int, str], int]] = defaultdict(dict)
    for number, cell in enumerate(system.cells):
        found[cell.statement_id, cell.side][cell.line_no, cell.measure_id] = number
    order = {measure: place for place, measure in enumerate(measures())}
    for (statement, side), at in sorted(found.items()):
        rows = tuple(sorted({line_no for line_no, _ in at}))
        head = {c: place for place, c in enumerate(system.headers.get((statement, side), ()))}
        columns = tuple(sorted({c for _, c in at}, key=lambda c: (head.get(c, -1), order[c])))
        yield Sheet(statement, side, rows, columns, at)


def mistakes(system: System, groups: Sequence[Sequence[int]]) -> Iterator[Mistake]:
    """The mistakes that would restore at least one group of broken instances."""
    own = tuple(sheets(system))
    yield from units(system, groups)
    moved = (m for sheet in own for m in moves(system, sheet))
    for kind, detail, change in islice(moved, MOST_ASKED):
        if change and fits(system, groups, change):
            yield Mistake(kind, detail, tuple(puts(system, change)))


def puts(system: System, change: dict[int, int]) -> Iterator[Put]:
    """Cells with the cells whose figures they are to bear; a blank one makes them blank."""
    for target, source in sorted(change.items()):
        cell, other = system.cells[target], system.cells[source]
        yield Put(cell, None if other.amount_id is None else other.value, cell.step)


def units(system: System, groups: Sequence[Sequence[int]]) -> Iterator[Mistake]:
    """Statements whose figures would all stand in another unit.

    Steps and tolerances change with it, so the engine alone can say whether the books agree.
    """
    by_statement: dict[str, list[int]] = defaultdict(list)
    for number, cell in enumerate(system.cells):
        if cell.amount_id is not None:
            by_statement[cell.statement_id].append(number)
    for _statement, own in sorted(by_statement.items()):
        reached = {i for n in own for i in system.of_cell[n]}
        if not any(reached.issuperset(group) for group in groups):
            continue
        for factor in UNITS:
            scaled = [scale(system.cells[n], factor) for n in own]
            if all(put is not None for put in scaled):
                yield Mistake("unit", f"x{factor}", tuple(put for put in scaled if put))


def scale(cell: Cell, factor: Fraction) -> Put | None:
    """A cell in another unit, null where that is no whole number of fen, or more than can be."""
    value, step = cell.value * factor, cell.step * factor
    if value.denominator != 1 or abs(value) >= MOST_FEN:
        return None
    return Put(cell, int(value), max(int(step), 1))


def moves(system: System, sheet: Sheet) -> Iterator[tuple[str, str, dict[int, int]]]:
    """The ways in which the figures of a sheet may have moved: kind, words, target to source."""
    for left, right in combinations(sheet.columns, 2):
        change: dict[int, int] = {}
        for row in sheet.rows:
            if (row, left) in sheet.at and (row, right) in sheet.at:
                change |= exchange(system, sheet.at[row, left], sheet.at[row, right])
        yield "columns", f"{left} and {right}", change
    for row in sheet.rows:
        for words, change in shifts(system, sheet.row(row)):
            yield "row", f"row {row} {words}", change
    for one, other in combinations(sheet.rows, 2):
        yield "rows", f"rows {one} and {other}", swapped(system, sheet, one, other)
    for words, change in runs(system, sheet):
        yield "rows", words, change


def exchange(system: System, one: int, other: int) -> dict[int, int]:
    """Two cells with each other's figures; nothing where they say the same."""
    left, right = system.cells[one], system.cells[other]
    same = left.value == right.value and (left.amount_id is None) == (right.amount_id is None)
    return {} if same else {one: other, other: one}


def swapped(system: System, sheet: Sheet, one: int, other: int) -> dict[int, int]:
    """Two rows with each other's figures."""
    change: dict[int, int] = {}
    for column in sheet.columns:
        if (one, column) in sheet.at and (other, column) in sheet.at:
            change |= exchange(system, sheet.at[one, column], sheet.at[other, column])
    return change


def shifts(system: System, cells: list[int]) -> Iterator[tuple[str, dict[int, int]]]:
    """The figures of a row, or of its end, moved back by one column; the last one is blank then.

    What would be pushed out must be blank, and so is what is pulled in.
    """
    for start in range(len(cells) - 1):
        tail = cells[start:]
        for words, order in (("to the left", tail), ("to the right", tail[::-1])):
            if system.cells[order[0]].amount_id is not None:
                continue
            change = dict(pairwise(order)) | {order[-1]: order[0]}
            yield f"{words} from column {start + 1}", differing(system, change)


def runs(system: System, sheet: Sheet) -> Iterator[tuple[str, dict[int, int]]]:
    """A run of rows whose figures stand one row too low or too high; the row left over is blank."""
    filled = {
        row: any(system.cells[n].amount_id is not None for n in sheet.row(row))
        for row in sheet.rows
    }
    for first in range(len(sheet.rows)):
        for last in range(first + 2, len(sheet.rows)):
            run = sheet.rows[first : last + 1]
            for words, order in (("up", run), ("down", run[::-1])):
                if filled[order[0]]:
                    continue
                change: dict[int, int] = {}
                for target, source in zip(order, (*order[1:], order[0]), strict=True):
                    for column in sheet.columns:
                        if (target, column) in sheet.at and (source, column) in sheet.at:
                            change[sheet.at[target, column]] = sheet.at[source, column]
                yield f"rows {run[0]} to {run[-1]} {words}", differing(system, change)


def differing(system: System, change: dict[int, int]) -> dict[int, int]:
    """Without the cells that would say what they say already."""
    return {t: s for t, s in change.items() if exchange(system, t, s)}


def fits(system: System, groups: Sequence[Sequence[int]], change: dict[int, int]) -> bool:
    """Whether some group would be restored and no instance reached be broken.

    Steps of rounding are not counted here: the engine does that.
    """

    def holds(i: int) -> bool:
        one = system.instances[i]
        residual = one.residual + sum(
            sign * (system.cells[change[n]].value - system.cells[n].value)
            for n, sign in one.terms.items()
            if n in change
        )
        step = max(system.cells[n].step for n in one.terms)
        slack = step * (2 + len(one.terms) // 2) if step > 1 else 0
        return residual <= one.high + slack and (one.low is None or residual >= one.low - slack)

    if not any(all(holds(i) for i in group) for group in groups):
        return False
    return all(holds(i) for i in sorted({i for n in change for i in system.of_cell[n]}))
