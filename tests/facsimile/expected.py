"""The amounts a printed budget must yield, one per money cell, by the data contract alone.

Here belongs the meaning of the printed columns and rows of 表1 to 表13. It is written from the
contract, not from the pipeline, and imports none of it: tests compare the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tests.facsimile.budget import Budget, PrintedRow, Table

PRINTED_UNIT = "万元"
YUAN_PER_UNIT = Decimal(10_000)
FUNDS = ("general_public_budget", "government_fund", "state_capital")
GRANDTOTALS = frozenset({"合计", "收入总计", "支出总计", "部门合计"})
BALANCES = frozenset({"上年结转", "年终结转", "上年财政拨款结转"})
YEAR_TOTALS = frozenset({"本年收入合计", "本年支出合计"})


@dataclass(frozen=True)
class ExpectedAmount:
    """One money cell; the fields are named and filled as in `fact_amount` of the contract."""

    statement_id: str
    side: str | None
    code: str | None
    code_system: str | None
    label: str
    occurrence: int
    measure_id: str
    amount_yuan: Decimal
    printed_text: str
    printed_unit: str
    implementing_unit: str | None
    government_item: str | None
    line_kind: str


@dataclass(frozen=True)
class Block:
    """The columns of one side of one table."""

    side: str | None
    label: int
    measures: Mapping[int, str]
    code: int | None = None
    code_system: str | None = None
    government_item: int | None = None


@dataclass(frozen=True)
class Line:
    """One printed row seen through one block."""

    code: str | None
    label: str
    raw_label: str
    government_item: str | None
    figures: tuple[tuple[str, str], ...]


def _measures(first: int, *names: str) -> dict[int, str]:
    return dict(enumerate(names, start=first))


_BY_CODE = (Block(None, 1, _measures(2, "total", "basic", "project"), 0, "function"),)
_BY_FUND = (Block(None, 0, _measures(1, "total", *FUNDS)),)
STATEMENTS: Mapping[int, tuple[str, tuple[Block, ...]]] = {
    1: (
        "summary",
        (
            Block("revenue", 0, {1: "amount"}),
            Block("expenditure", 2, _measures(3, "total", "current_year", "carried_over")),
        ),
    ),
    2: (
        "revenue",
        (
            Block(
                None,
                1,
                _measures(
                    2, "total", *FUNDS, "fiscal_special_account", "unit_funds", "carried_over"
                ),
                0,
                "function",
            ),
        ),
    ),
    3: ("expenditure", _BY_CODE),
    4: (
        "fiscal_summary",
        (
            Block("revenue", 0, {1: "amount"}),
            Block("expenditure", 2, _measures(3, "total", *FUNDS)),
        ),
    ),
    5: ("general_expenditure_function", _BY_CODE),
    6: (
        "general_basic_economic",
        (Block(None, 0, _measures(2, "total", "personnel", "operations"), government_item=1),),
    ),
    7: ("fund_revenue", (Block(None, 1, {2: "amount"}, 0, "revenue"),)),
    8: ("fund_expenditure", _BY_CODE),
    9: (
        "state_capital",
        (
            Block("revenue", 1, {2: "amount"}, 0, "revenue"),
            Block("expenditure", 4, _measures(5, "total", "basic", "project"), 3, "function"),
        ),
    ),
    10: ("three_public", _BY_FUND),
    11: ("operating_cost", _BY_FUND),
    12: (
        "projects",
        (Block(None, 0, _measures(1, "total", *FUNDS, "fiscal_special_account", "unit_funds")),),
    ),
    13: ("projects_carried_over", _BY_FUND),
}


def expected(budget: Budget) -> list[ExpectedAmount]:
    """Every money cell of the budget, in printed order of table, side, row and column."""
    return [amount for table in budget.tables for amount in _table_amounts(budget, table)]


def _table_amounts(budget: Budget, table: Table) -> Iterator[ExpectedAmount]:
    statement_id, blocks = STATEMENTS[table.number]
    for block in blocks:
        lines = [line for row in table.rows if (line := _line(row, block)) is not None]
        kinds = _kinds(table.number, budget, lines)
        units = _implementing_units(table.number, budget, lines)
        seen: Counter[tuple[bool, str]] = Counter()
        for line, kind, unit in zip(lines, kinds, units, strict=True):
            key = (line.code is not None, line.code or line.label)
            seen[key] += 1
            for measure_id, text in line.figures:
                yield ExpectedAmount(
                    statement_id=statement_id,
                    side=block.side,
                    code=line.code,
                    code_system=block.code_system if line.code else None,
                    label=line.label,
                    occurrence=seen[key],
                    measure_id=measure_id,
                    amount_yuan=yuan(text),
                    printed_text=text,
                    printed_unit=PRINTED_UNIT,
                    implementing_unit=unit,
                    government_item=line.government_item,
                    line_kind=kind,
                )


def yuan(printed: str) -> Decimal:
    return (Decimal(printed) * YUAN_PER_UNIT).quantize(Decimal("0.01"))


def squeezed(text: str) -> str:
    """The text without any white space, full-width spaces included."""
    return "".join(text.split())


def _line(row: PrintedRow, block: Block) -> Line | None:
    """The row in this block; None where the block prints neither label nor code."""
    code = squeezed(row[block.code]) if block.code is not None else ""
    raw_label = row[block.label]
    if code and not code.isdigit():
        code, raw_label = "", code
    if not (code or raw_label.strip()):
        return None
    item = squeezed(row[block.government_item]) if block.government_item is not None else ""
    return Line(
        code=code or None,
        label=squeezed(raw_label),
        raw_label=raw_label,
        government_item=item or None,
        figures=tuple(
            (measure, text) for column, measure in block.measures.items() if (text := row[column])
        ),
    )


def _kinds(number: int, budget: Budget, lines: Sequence[Line]) -> list[str]:
    parents = _parents(number, budget, lines)
    with_figures = {
        parent for line, parent in zip(lines, parents, strict=True) if line.figures and parent >= 0
    }
    with_figures |= {parents[index] for index in with_figures if parents[index] >= 0}
    return [
        _kind(number, line, index, index in with_figures, parents[index])
        for index, line in enumerate(lines)
    ]


def _kind(number: int, line: Line, index: int, has_parts: bool, parent: int) -> str:
    if line.label in GRANDTOTALS or (number in (12, 13) and index == 0):
        return "total"
    if line.label in YEAR_TOTALS or has_parts:
        return "subtotal"
    if line.label in BALANCES or (number == 4 and parent >= 0):
        return "balance"
    return "item"


def _parents(number: int, budget: Budget, lines: Sequence[Line]) -> list[int]:
    """For each line the index of the nearest line it is a part of, -1 for none."""
    if number in (2, 3, 5, 7, 8, 9):
        return [_code_parent(lines, line) for line in lines]
    if number == 6:
        return _last_before(lines, lambda line: line.government_item is None)
    if number == 4:
        return _last_before(lines, lambda line: line.label == "上年财政拨款结转")
    if number == 10:
        return [
            parent if line.label[0] in "①②" else -1
            for line, parent in zip(
                lines, _last_before(lines, lambda line: line.label[0] not in "①②"), strict=True
            )
        ]
    if number in (12, 13) and budget.scope == "department":
        return _last_before(lines, lambda line: indentation(line.raw_label) == 1)
    return [-1] * len(lines)


def _code_parent(lines: Sequence[Line], line: Line) -> int:
    code = line.code or ""
    ancestors = [
        (len(other.code), index)
        for index, other in enumerate(lines)
        if other.code and other.code != code and code.startswith(other.code)
    ]
    return max(ancestors)[1] if ancestors else -1


def _last_before(lines: Sequence[Line], is_head: Callable[[Line], bool]) -> list[int]:
    """The index of the head above each line; -1 for heads, totals and what stands above them."""
    parents, head = [], -1
    for index, line in enumerate(lines):
        if line.label in GRANDTOTALS:
            parents.append(-1)
        elif is_head(line):
            head = index
            parents.append(-1)
        else:
            parents.append(head)
    return parents


def indentation(label: str) -> int:
    """Leading full-width spaces: 1 for a unit, 2 for a project, in 表12/13 of a department."""
    return len(label) - len(label.lstrip("\u3000"))


def _implementing_units(number: int, budget: Budget, lines: Sequence[Line]) -> list[str | None]:
    if number not in (12, 13):
        return [None] * len(lines)
    if budget.scope == "unit":
        name = squeezed(budget.unit_name)
        return [None if index == 0 else name for index in range(len(lines))]
    units: list[str | None] = []
    current: str | None = None
    for line in lines:
        level = indentation(line.raw_label)
        if level == 1:
            current = line.label
        units.append(current if level == 2 else None)
    return units
