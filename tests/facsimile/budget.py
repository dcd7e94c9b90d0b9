"""One budget disclosure of Shanxi (表1 to 表13) as printed: labels, codes, figures, page breaks.

Here belong the plain shapes, their YAML form and small edits of a printed figure. What the figures
mean stands in `expected.py`, the titles and header cells in `forms.py`, the page in `layout.py`.

A YAML budget holds the table bodies only, one line per printed row, cells separated by `|`:
trailing blank cells may be left out, `~~~` marks a page break, and leading full-width spaces
(the indentation of units and projects) are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import yaml

Scope = Literal["unit", "department"]
PrintedRow = tuple[str, ...]

BUDGETS = Path(__file__).parent / "budgets"
PAGE_BREAK = "~~~"
NO_DATA = "注：本表无数据"
ROUNDING_NOTE = "注：本套报表因取数时四舍五入，部分金额可能存在尾差"

#: printed columns of 表1 … 表13
COLUMN_COUNTS = dict(zip(range(1, 14), (6, 9, 5, 7, 5, 5, 3, 5, 8, 5, 5, 7, 5), strict=True))


@dataclass(frozen=True)
class Table:
    """The body of one official table; `breaks` are the row counts after which a page ends."""

    number: int
    rows: tuple[PrintedRow, ...] = ()
    note: str = ""
    breaks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        width = COLUMN_COUNTS[self.number]
        for row in self.rows:
            if len(row) != width:
                raise ValueError(f"表{self.number}: {len(row)} cells instead of {width}: {row}")

    @property
    def states_no_data(self) -> bool:
        return "本表无数据" in self.note


@dataclass(frozen=True)
class Budget:
    """One disclosure of one unit or department."""

    unit_name: str
    scope: Scope
    year: int
    region_code: str
    tables: tuple[Table, ...]

    def table(self, number: int) -> Table:
        return next(table for table in self.tables if table.number == number)

    @property
    def scope_word(self) -> str:
        return "部门" if self.scope == "department" else "单位"

    @property
    def title(self) -> str:
        return f"{self.unit_name}{self.year}年度{self.scope_word}预算公开"


def padded(number: int, cells: Iterable[str]) -> PrintedRow:
    """The cells of a row of 表`number`, completed with blank cells at its end."""
    row = tuple(cells)
    return row + ("",) * (COLUMN_COUNTS[number] - len(row))


def load(path: Path | str) -> Budget:
    """A budget from its YAML file; a bare file name is looked up in `budgets/`."""
    path = Path(path)
    found = path if path.exists() else BUDGETS / path
    return from_mapping(yaml.safe_load(found.read_text(encoding="utf-8")))


def load_all() -> dict[str, Budget]:
    """Every committed budget, by the stem of its file name."""
    return {path.stem: load(path) for path in sorted(BUDGETS.glob("*.yml"))}


def from_mapping(content: dict[str, Any]) -> Budget:
    return Budget(
        unit_name=content["unit"],
        scope=content["scope"],
        year=int(content["year"]),
        region_code=str(content["region"]),
        tables=tuple(_table(number, content[f"表{number}"]) for number in COLUMN_COUNTS),
    )


def _table(number: int, body: dict[str, str]) -> Table:
    rows: list[PrintedRow] = []
    breaks: list[int] = []
    for line in (body.get("rows") or "").splitlines():
        if line.strip(" ") == PAGE_BREAK:
            breaks.append(len(rows))
        elif line.strip(" "):
            rows.append(padded(number, (cell.strip(" ") for cell in line.split("|"))))
    return Table(number, tuple(rows), body.get("note") or "", tuple(breaks))


def replace_figure(
    budget: Budget, number: int, label: str, column: int, text: str, occurrence: int = 1
) -> Budget:
    """A damaged copy: in 表`number`, the row with a cell `label` prints `text` in `column`.

    `label` is compared without spaces, to a code or a name; `column` counts printed columns from 0.
    """
    table = budget.table(number)
    hits = [
        index
        for index, row in enumerate(table.rows)
        if label in ("".join(cell.split()) for cell in row)
    ]
    if len(hits) < occurrence:
        raise LookupError(f"表{number} has {len(hits)} row(s) with {label}")
    hit = hits[occurrence - 1]
    old = table.rows[hit]
    rows = (
        *table.rows[:hit],
        (*old[:column], text, *old[column + 1 :]),
        *table.rows[hit + 1 :],
    )
    return with_table(budget, replace(table, rows=rows))


def with_table(budget: Budget, table: Table) -> Budget:
    """The budget with one of its tables exchanged."""
    tables = (table if old.number == table.number else old for old in budget.tables)
    return replace(budget, tables=tuple(tables))
