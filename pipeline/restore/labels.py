"""The lost label of a total row: supplied where the row is the sum of all others.

Here: tables of codes, which print their total first. A row without code and name there can be
nothing else when every figure of it is the sum of the highest codes. Not here: lost figures (lost).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from pipeline.forms import figures
from pipeline.forms.body import is_no_row
from pipeline.forms.family import Family, Form, families
from pipeline.forms.header import Match, match
from pipeline.forms.rows import CODE
from pipeline.forms.wording import TOTALS, canon_label, squeeze
from pipeline.readers.shapes import Cell, Grid, Reading

LABEL = "合计"
BECAUSE = "合计 = 各类之和"
ZERO = Decimal(0)


def with_totals(reading: Reading, among: tuple[Family, ...] | None = None) -> Reading:
    """A reading of a text extraction with the lost labels of total rows."""
    forms = [form for family in among or families() for form in family.forms if is_list(form)]
    items = tuple(
        labelled(item, forms) if isinstance(item, Grid) else item for item in reading.items
    )
    return replace(reading, items=items)


def is_list(form: Form) -> bool:
    """Whether a form is one list of codes."""
    return len(form.sides) == 1 and form.sides[0].scheme == "tree" and form.sides[0].blocks == 1


def labelled(grid: Grid, forms: Iterable[Form]) -> Grid:
    """A grid with the label of its first body row, where that is lost and the row is the total."""
    for form in forms:
        found = match(grid, form)
        if not isinstance(found, Match):
            continue
        row = next((r for r in range(found.body, grid.rows) if not is_no_row(texts(grid, r))), None)
        if row is None or not is_total(grid, found, row):
            return grid
        column = next(c for c, (_, d) in sorted(found.columns.items()) if d.role == "label")
        place = next(cell.place for cell in grid.cells if cell.row == row)
        kept = tuple(c for c in grid.cells if (c.row, c.column) != (row, column))
        return replace(grid, cells=(*kept, Cell(row, column, LABEL, place, restored_from=BECAUSE)))
    return grid


def texts(grid: Grid, row: int) -> list[str]:
    """The texts of a row."""
    return [grid.text(row, column) for column in range(grid.columns)]


def is_total(grid: Grid, found: Match, row: int) -> bool:
    """Whether a nameless row is the sum of the highest codes below it, in every figure column."""
    naming = [c for c, (_, d) in found.columns.items() if d.role in ("code", "label")]
    measures = [c for c, (_, d) in found.columns.items() if d.role == "measure"]
    if any(squeeze(grid.text(row, c)) for c in naming):
        return False
    below = [r for r in range(row + 1, grid.rows) if not is_no_row(texts(grid, r))]
    if any(canon_label(grid.text(r, c)) in TOTALS for r in below for c in naming):
        return False
    codes = {r: "".join(squeeze(grid.text(r, c)) for c in code_columns(found)) for r in below}
    coded = {r: code for r, code in codes.items() if CODE.fullmatch(code)}
    highest = min(map(len, coded.values()), default=0)
    heads = [r for r, code in coded.items() if len(code) == highest]
    try:
        sums = [adds_up(grid, row, heads, column) for column in measures]
    except figures.NotAFigure:
        return False
    return bool(heads) and all(sums) and any(value(grid, row, c) for c in measures)


def code_columns(found: Match) -> list[int]:
    """The columns of a code, in order."""
    return sorted(c for c, (_, d) in found.columns.items() if d.role == "code")


def adds_up(grid: Grid, row: int, heads: list[int], column: int) -> bool:
    """Whether a figure is the sum of those below it, rounding allowed."""
    filled = [r for r in heads if value(grid, r, column)]
    printed = [grid.text(r, column) for r in (*filled, row) if grid.text(r, column).strip()]
    step = max((figures.step(text) for text in printed), default=ZERO)
    total = sum((value(grid, r, column) for r in filled), ZERO)
    return abs(value(grid, row, column) - total) <= step * (len(filled) // 2)


def value(grid: Grid, row: int, column: int) -> Decimal:
    """The figure of a cell, zero where it holds none."""
    cell = grid.at(row, column)
    text = (cell.restored if cell.restored is not None else cell.text) if cell else ""
    return figures.parse(text) or ZERO
