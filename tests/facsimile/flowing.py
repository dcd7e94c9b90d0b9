"""Renders a budget as the flowing text that some extractions make of such disclosures.

Here belong the quirks of those files, each at will: names wrapped over lines, bold drawn twice,
amounts glued to the next name, digits torn by the blanks of empty cells, blanks lost. One blank
parts two cells, and each blank cell adds one (two in bold rows).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tests.facsimile.budget import Budget, PrintedRow, Table
from tests.facsimile.forms import (
    CODE_AND_NAME,
    WORD_COLUMNS,
    header_lines,
    name_line,
    table_label,
    title,
)
from tests.facsimile.prose import glossary, narrative, overview

TOTALS = ("合计", "本年收入合计", "收入总计", "部门合计")
SIDES = frozenset({1, 4})
PROJECTS = frozenset({12, 13})


@dataclass(frozen=True)
class Damage:
    """What an extraction does to a text. `wrap` and `tear` are chances; the rest is all or none."""

    wrap: float = 0.2
    tear: float = 0.0
    bold: bool = True
    jam: bool = True
    one_blank: bool = False
    no_ends: bool = False
    no_gaps: bool = False


def flowing_text(budget: Budget, damage: Damage, seed: int = 1) -> str:
    """The whole disclosure as text."""
    random = Random(seed)
    parts = [
        " 第一部分 概况",
        *overview(budget),
        *(_table(budget, table, damage, random) for table in budget.tables),
        f" {twice(f'第三部分 {budget.year}年度{budget.scope_word}预算情况说明', damage)}",
        *narrative(budget),
        *glossary(),
    ]
    text = "\n\n".join(parts) + "\n"
    if damage.one_blank:
        text = re.sub(" +", " ", text)
    if damage.no_ends:
        text = "\n".join(line.rstrip() for line in text.split("\n"))
    return text.replace("\n\n", "\n") if damage.no_gaps else text


def twice(text: str, damage: Damage) -> str:
    """A bold text."""
    return text * 2 if damage.bold else text


def _table(budget: Budget, table: Table, damage: Damage, random: Random) -> str:
    blocks = [
        f" {title(table.number, budget.year)}",
        f"    {table_label(table.number)}",
        twice(title(table.number, budget.year), damage),
        f"{name_line(budget)} 单位：万元",
        *_header(table.number, budget.year, damage),
        *_body(table, damage, random),
    ]
    if table.note:
        blocks.append(table.note)
    return "\n\n".join(blocks)


def _header(number: int, year: int, damage: Damage) -> Iterator[str]:
    for line in header_lines(number, year):
        cells = [cell for cell in line if cell not in "<^"]
        numbered = all(cell.isdigit() for cell in cells)
        yield " ".join(cells if numbered else [twice(cell, damage) for cell in cells])


def _body(table: Table, damage: Damage, random: Random) -> Iterator[str]:
    for index, row in enumerate(table.rows):
        page_start = " " if index in table.breaks and index else ""
        yield page_start + _row(table.number, row, damage, random)


def _row(number: int, row: PrintedRow, damage: Damage, random: Random) -> str:
    cells = list(row)
    for code, name in CODE_AND_NAME.get(number, ()):
        if cells[code] in TOTALS and not cells[name]:
            # Printed across both columns, so that no blank cell stands between.
            del cells[name]
            return _joined(cells, damage, bold=damage.bold)
    bold = damage.bold and any("".join(cell.split()) in TOTALS for cell in cells)
    figures = [c for c in range(len(cells)) if c not in WORD_COLUMNS[number]]
    if number in PROJECTS and random.random() < damage.tear:
        return _torn(cells, figures, random)
    if number in SIDES and damage.jam and not bold:
        return _jammed(cells, damage, random)
    wrapped = _long_name(number, cells, damage, random)
    if wrapped is None or bold:
        return _joined(cells, damage, bold)
    return _wrapped(cells, wrapped, random)


def _joined(cells: Sequence[str], damage: Damage, bold: bool) -> str:
    """Cells on one line."""
    gap = "  " if bold else " "
    text, blanks = "", 0
    for cell in cells:
        if not cell:
            blanks += 1
            continue
        parted = " " if text else ""
        text += gap * blanks + parted + (twice(cell, damage) if bold else cell)
        blanks = 0
    return text + (gap * blanks + " " if blanks and text else gap * blanks)


def _jammed(cells: list[str], damage: Damage, random: Random) -> str:
    """A row of two sides, the amount of the first glued to the name of the second."""
    left, right = cells[:2], cells[2:]
    if not left[1] or not right[0]:
        wrapped = _long_name(1, cells, damage, random)
        return _joined(cells, damage, False) if wrapped is None else _wrapped(cells, 2, random)
    return _joined(left, damage, False) + _joined(right, damage, False)


def _long_name(number: int, cells: list[str], damage: Damage, random: Random) -> int | None:
    """A column whose name is wrapped, if one is."""
    column = 2 if number in SIDES else max(WORD_COLUMNS[number]) if number < 9 else 0
    name = cells[column].strip()
    long = len(name) > 6 and not name[0].isdigit()
    return column if long and random.random() < damage.wrap else None


def _wrapped(cells: list[str], column: int, random: Random) -> str:
    """A row whose name stands on two lines of its own."""
    name = cells[column]
    margin = len(name) - len(name.lstrip())
    cut = random.randint(margin + 3, max(len(name) - 2, margin + 3))
    before, after = cells[:column], cells[column + 1 :]
    head = "" if not before else _joined(before, Damage(bold=False), False) + "\n"
    rest = _joined(["", *after], Damage(bold=False), False)[1:]
    return f"{head}{name[:cut]}\n{name[cut:]}\n\n{rest if any(after) else ' ' * len(after)}"


def _torn(cells: list[str], figures: list[int], random: Random) -> str:
    """A project whose blank cells came out amid the digits of its total."""
    filled = [cells[c] for c in figures if cells[c]]
    blanks = len(figures) - len(filled)
    total, rest = filled[0], filled[1:]
    whole = total.partition(".")[0]
    if figures != sorted(figures, key=lambda c: not cells[c]) or not blanks or len(whole) < 2:
        return _joined(cells, Damage(bold=False), False)
    cut = random.randint(1, len(whole) - 1)
    return " ".join([cells[0], total[:cut] + " " * (blanks + 1) + total[cut:], *rest])
