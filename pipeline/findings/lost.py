"""Figures that are lost by the row or by the column, and rows that are not printed at all.

Which cells are meant is guessed as a whole: a printed row, a column, or rows of codes that another
table prints and this one should. What they say follows from the instances, one cell after another,
as far as each leaves a single one open. Here: these guesses and that arithmetic. Not here: single
cells (search), the engine's word (verify), and any repair: what is lost stays lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.findings.codes import CODED, SHEET, rooted, under_prefix
from pipeline.findings.structure import MOST_FEN, Mistake, Sheet, sheets
from pipeline.findings.system import System
from pipeline.findings.verify import Put

LEAST_ALIKE = 2  # codes that two tables share, to be about the same things


def of_sheets(system: System, groups: Sequence[Sequence[int]]) -> Iterator[Mistake]:
    """Printed rows and columns all of whose figures may be lost or wrong."""
    concerned = {n for group in groups for i in group for n in system.instances[i].terms}
    for sheet in sheets(system):
        for kind, name, free in parts(sheet):
            if not concerned.isdisjoint(free):
                found = solved(system, free)
                if found and restoring(system, groups, found):
                    yield Mistake(kind, f"{kind} {name}", puts(system, found))


def parts(sheet: Sheet) -> Iterator[tuple[str, object, frozenset[int]]]:
    """The rows and columns of a sheet with their cells."""
    for row in sheet.rows:
        yield "row", row, frozenset(sheet.row(row))
    for column in sheet.columns:
        yield "column", column, frozenset(n for (_, c), n in sheet.at.items() if c == column)


def solved(system: System, free: Iterable[int]) -> dict[int, int]:
    """What free cells should say in fen, as far as the instances tell, the narrowest first.

    One that leaves a single cell open gives its value. Where the rest is nothing and several blank
    cells are to make it up, all of them are nothing: figures are not negative. Cells that nothing
    tells of stay as they are.
    """
    left, found = set(free), dict[int, int]()
    reached = sorted(
        {i for n in left for i in system.of_cell[n] if system.instances[i].low is not None},
        key=lambda i: (system.instances[i].high, i),
    )
    told: dict[int, int] | None = {}
    while told is not None:
        found |= told
        left -= told.keys()
        told = next((t for i in reached if (t := told_by(system, i, left, found))), None)
    return {n: v for n, v in found.items() if v != system.cells[n].value}


def told_by(
    system: System, number: int, left: Collection[int], found: Mapping[int, int]
) -> dict[int, int]:
    """What one instance says of the cells that are left in it."""
    instance = system.instances[number]
    unknown = {n: sign for n, sign in instance.terms.items() if n in left}
    rest = instance.residual + sum(
        sign * (found[n] - system.cells[n].value)
        for n, sign in instance.terms.items()
        if n in found
    )
    if len(unknown) == 1:
        ((cell, sign),) = unknown.items()
        return {cell: system.cells[cell].value - sign * rest}
    blank = all(system.cells[n].amount_id is None for n in unknown)
    if not rest and blank and len(set(unknown.values())) == 1:
        return dict.fromkeys(unknown, 0)
    return {}


def restoring(system: System, groups: Sequence[Sequence[int]], found: dict[int, int]) -> bool:
    """Whether all that the cells reach holds with these values, and some group is among it."""
    if any(v < 0 or v >= MOST_FEN for v in found.values()):
        return False

    def holds(i: int) -> bool:
        one = system.instances[i]
        residual = one.residual + sum(
            sign * (found[n] - system.cells[n].value) for n, sign in one.terms.items() if n in found
        )
        step = max(system.cells[n].step for n in one.terms)
        slack = step * len(found) if step > 1 else 0
        return residual <= one.high + slack and (one.low is None or residual >= one.low - slack)

    reached = {i for n in found for i in system.of_cell[n]}
    return any(reached.issuperset(group) for group in groups) and all(map(holds, reached))


def puts(system: System, found: dict[int, int]) -> tuple[Put, ...]:
    """The cells with their values; what should be nothing is blank."""
    cells = system.cells
    return tuple(Put(cells[n], value or None, cells[n].step) for n, value in sorted(found.items()))


@dataclass(frozen=True)
class Missing:
    """Rows that a table should print: its lines with them, and their codes by line number."""

    statement_id: str
    side: str | None
    lines: pl.DataFrame
    codes: dict[int, str]


def missing_rows(system: System, lines: pl.DataFrame) -> Iterator[Missing]:
    """For each table of codes, the rows of a like table that it does not print, where broken checks
    speak of them."""
    rows = lines.filter(pl.col("role") == CODED, pl.col("code").is_not_null())
    named = {str(system.instances[i].key[2]).split(" ")[0] for i in system.broken}
    named |= {part for _, _, subject in system.mute for part in (subject or "")[2:].split("、")}
    tables = {
        key: dict(part.select("code", "label").iter_rows())
        for key, part in rows.partition_by(SHEET, as_dict=True).items()
    }
    for sheet, codes in sorted(tables.items(), key=str):
        wanted: dict[str, str | None] = {}
        for other, theirs in sorted(tables.items(), key=str):
            if other != sheet and len(codes.keys() & theirs.keys()) >= LEAST_ALIKE:
                wanted |= {c: n for c, n in theirs.items() if c not in codes and c not in wanted}
        told = {code for code in wanted if code in named}
        whole = {
            code: name
            for code, name in wanted.items()
            if code in told or any(one.startswith(code) for one in told)
        }
        if told and all(rooted(code, {*codes, *whole}) for code in whole):
            yield with_rows(lines, str(sheet[0]), sheet[1], whole)


def with_rows(
    lines: pl.DataFrame, statement: str, side: object, rows: dict[str, str | None]
) -> Missing:
    """The lines of a document with rows of codes added at the end of one table."""
    document = lines.item(0, "document_id")
    last = lines.filter(statement_id=statement).get_column("line_no").max()
    start = int(str(last)) + 1
    added = [
        {
            "document_id": document,
            "statement_id": statement,
            "side": side,
            "line_no": number,
            "role": CODED,
            "code": code,
            "label": label,
        }
        for number, (code, label) in enumerate(sorted(rows.items()), start=start)
    ]
    new = pl.DataFrame(added, schema=lines.schema, orient="row")
    named = {number: code for number, code in enumerate(sorted(rows), start=start)}
    where = None if side is None else str(side)
    whole = under_prefix(pl.concat([lines, new]), {(statement, where)})
    return Missing(statement, where, whole, named)


def cells_of(system: System, missing: Missing) -> frozenset[int]:
    """The cells of the rows that were added, in the columns where the table has figures."""
    sheet = (missing.statement_id, missing.side or "")
    own = [(n, c) for n, c in enumerate(system.cells) if (c.statement_id, c.side) == sheet]
    used = {cell.measure_id for _, cell in own if cell.value}
    return frozenset(n for n, c in own if c.line_no in missing.codes and c.measure_id in used)
