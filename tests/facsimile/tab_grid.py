"""Renders a budget as the tab-grid text extraction that circulates of such disclosures.

Here belong the order and the quirks of those files: most table labels lost, header merges left as
blank cells, a blank line where a page broke, spaces inside wrapped labels. The prose around the
tables is in `prose.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from tests.facsimile.budget import Budget, PrintedRow, Table
from tests.facsimile.forms import TITLES, header_lines, name_line, table_label, title
from tests.facsimile.prose import (
    glossary,
    narrative,
    overview,
    performance_form,
)

#: the tables whose label such extractions keep
KEPT_LABELS = frozenset({1, 9, 10})
#: the pages the table of contents gives for 表1 … 表13
CONTENTS_PAGES = (2, 4, 6, 7, 9, 10, 11, 12, 13, 13, 14, 15, 16)
ORDINALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三")
#: header cells that come out with the space of their line break
SPACED_HEADERS: Mapping[int, Mapping[str, str]] = {
    12: {
        "财政专户管理资金": "财政专户管理 资金",
        "政府性基金预算": "政府性基 金预算",
        "国有资本经营预算": "国有资本经营预 算",
    },
    13: {"政府性基金预算": "政府性基金 预算", "国有资本经营预算": "国有资本 经营预算"},
}
WRAP_AFTER = 14


def text_grid(
    budget: Budget,
    *,
    kept_labels: Collection[int] = KEPT_LABELS,
    before: Budget | None = None,
) -> str:
    """The whole disclosure as text; its prose states changes against the budget `before`."""
    blocks = [
        *_cover(budget),
        "\n".join(_contents(budget)),
        "第一部分 概况",
        *overview(budget),
        f"第二部分 {budget.year}年{budget.scope_word}预算报表",
        *(block for table in budget.tables for block in _table(budget, table, kept_labels)),
        f" \n第三部分 {budget.year}年度{budget.scope_word}预算情况说明",
        *narrative(budget, before),
        *performance_form(budget),
        "第四部分 名词解释",
        *glossary(),
    ]
    return "\n\n".join(blocks) + "\n"


def write_text(budget: Budget, path: Path, *, kept_labels: Collection[int] = KEPT_LABELS) -> Path:
    path.write_text(text_grid(budget, kept_labels=kept_labels), encoding="utf-8", newline="\n")
    return path


def damaged_text(text: str, number: int, label: str, old: str, new: str) -> str:
    """A damaged copy: in the row `label` of 表`number` the first cell `old` reads `new`.

    To change what is printed in both forms, use `budget.replace_figure` instead.
    """
    lines = text.split("\n")
    start, end = _table_lines(lines, number)
    for index in range(start, end):
        cells = lines[index].split("\t")
        if label in ("".join(cell.split()) for cell in cells) and old in cells:
            cells[cells.index(old)] = new
            return "\n".join([*lines[:index], "\t".join(cells), *lines[index + 1 :]])
    raise LookupError(f"表{number} prints no {old} in a row {label}")


def _table_lines(lines: list[str], number: int) -> tuple[int, int]:
    """From the title of 表`number` to the next title or the prose."""
    starts = {
        which: index
        for index, line in enumerate(lines)
        for which in TITLES
        if line[:4].isdigit() and line == title(which, int(line[:4]))
    }
    prose = next(
        i for i, line in enumerate(lines) if i > starts[13] and line.startswith("第三部分")
    )
    return starts[number], starts.get(number + 1, prose)


def _cover(budget: Budget) -> Iterator[str]:
    yield f"\n\n{budget.unit_name}"
    yield f"{budget.year}年度{budget.scope_word}预算公开"
    yield "目 录"


def _contents(budget: Budget) -> Iterator[str]:
    word, year = budget.scope_word, budget.year
    yield "第一部分 概况\t1"
    yield f"一、本{word}职责.....\t1"
    yield "二、机构设置情况.....\t1"
    yield f"第二部分 {year}年{word}预算报表\t2"
    for number, (ordinal, page) in enumerate(zip(ORDINALS, CONTENTS_PAGES, strict=True), start=1):
        yield f"表{ordinal}{title(number, year)}.....\t{page}"
    yield f"第三部分 {year}年度{word}预算情况说明\t17"
    yield f"一、{word}预算收支数据变动情况及原因.....\t17"
    yield "二、收入预算情况说明.....\t17"
    yield "三、支出预算情况说明.....\t17"
    yield "四、财政拨款收支预算总体情况说明.....\t17"
    yield "五、一般公共预算支出情况说明.....\t18"
    yield "六、一般公共预算基本支出情况说明.....\t18"
    yield "七、“三公”经费增减变动原因说明.....\t18"
    yield "八、机关运行经费增减变动原因说明.....\t19\n"
    yield "九、政府采购情况.....\t19"
    yield "十、绩效管理情况.....\t19"
    yield "十一、国有资产占有使用情况.....\t21"
    yield "十二、其他说明.....\t21"
    yield "第四部分 名词解释.....\t22"


def _table(budget: Budget, table: Table, kept_labels: Collection[int]) -> Iterator[str]:
    if table.number in kept_labels:
        yield table_label(table.number)
    yield title(table.number, budget.year)
    yield name_line(budget)
    yield "单位：万元"
    yield "\n".join([*_header(table.number, budget.year), *_body(budget, table)])
    if table.note:
        yield table.note


def _header(number: int, year: int) -> Iterator[str]:
    spaced = SPACED_HEADERS.get(number, {})
    for row, line in enumerate(header_lines(number, year)):
        cells = ["" if cell in "<^" else spaced.get(cell, cell) for cell in line]
        if number == 9 and row == 0:
            cells = [cells[0], "", cells[3], "", "", "", "", ""]
        yield "\t".join(cells)


def _body(budget: Budget, table: Table) -> Iterator[str]:
    for index, row in enumerate(table.rows):
        if index in table.breaks:
            yield ""
        yield "\t".join(_with_gap(budget, table.number, row))


def _with_gap(budget: Budget, number: int, row: PrintedRow) -> PrintedRow:
    """A long bracketed project name comes out with the space of its line break."""
    name = row[0]
    if number not in (12, 13) or len(name) <= WRAP_AFTER or "）" not in name:
        return row
    if name.strip() == budget.unit_name:
        return row
    return (f"{name[:WRAP_AFTER]} {name[WRAP_AFTER:]}", *row[1:])
