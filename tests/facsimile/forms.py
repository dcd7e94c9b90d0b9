"""The printed frame of 表1 to 表13: labels, titles, header cells, year wordings, column widths.

Here belongs what the Ministry's template prints around the figures. Bodies stand in `budget.py`,
geometry in `layout.py`, the text form in `tab_grid.py`.

A header is written as lines of cells separated by `|`: `<` is covered by the cell on its left,
`^` by the cell above, `{Y}` is the fiscal year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.facsimile.budget import Budget

TITLES: Mapping[int, str] = {
    1: "{Y}年预算收支总表",
    2: "{Y}年预算收入总表",
    3: "{Y}年预算支出总表",
    4: "{Y}年财政拨款收支总表",
    5: "{Y}年一般公共预算支出预算表（不含上年结转）",
    6: "{Y}年一般公共预算安排基本支出分经济科目表（不含上年结转）",
    7: "{Y}年政府性基金预算收入表（不含上年结转）",
    8: "{Y}年政府性基金预算支出表（不含上年结转）",
    9: "{Y}年国有资本经营预算收支预算表（不含上年结转）",
    10: "{Y}年财政拨款安排“三公”经费支出预算表",
    11: "{Y}年财政拨款安排机关运行经费预算表",
    12: "{Y}年项目支出预算表（本年预算）",
    13: "{Y}年项目支出预算表（上年结转）",
}
LAST_YEAR_OF_OLD_TITLES = 2023
OLD_TITLES: Mapping[int, str] = {
    10: "{Y}年一般公共预算“三公”经费支出预算表",
    11: "{Y}年机关运行经费预算财政拨款情况统计表",
}

_BY_CODE = "项目|<|{Y}年预算数|<|<\n科目编码|科目名称|合计|基本支出|项目支出"
HEADERS: Mapping[int, str] = {
    1: "收入|<|支出|<|<|<\n项目|{Y}年|项目|{Y}年合计|当年预算安排|上年结转安排",
    2: (
        "项目|<|本年收入|<|<|<|<|<|上年结转\n科目编码|科目名称|合计|一般公共预算|政府性基金|"
        "国有资本经营预算|财政专户管理资金|单位资金|^"
    ),
    3: _BY_CODE,
    4: (
        "收入|<|支出|<|<|<|<\n项目|金额|项目|金额|<|<|<\n"
        "^|^|^|小计|一般公共预算|政府性基金预算|国有资本经营预算"
    ),
    5: _BY_CODE,
    6: (
        "部门预算支出经济科目名称|政府预算支出经济科目名称|{Y}年预算数|<|<\n"
        "^|^|合计|人员经费|公用经费"
    ),
    7: "项目|<|政府性基金收入预算\n收入科目编码|科目名称|^",
    8: "科目编码|科目名称|合计|基本支出|项目支出",
    9: (
        "国有资本经营预算收入|<|<|国有资本经营预算支出|<|<|<|<\n"
        "项目|<|国有资本经营收入预算|科目编码|科目名称|合计|基本支出|项目支出\n"
        "收入科目编码|科目名称|^|^|^|^|^|^"
    ),
    10: ("项目|{Y}年预算数|<|<|<\n^|合计|一般公共预算|政府性基金预算|国有资本经营预算"),
    11: ("单位名称|{Y}预算数|<|<|<\n^|合计|一般公共预算|政府性基金预算|国有资本经营预算"),
    12: (
        "项目名称|合计|{Y}年财政拨款|<|<|财政专户管理资金|单位资金\n"
        "^|^|一般公共预算|政府性基金预算|国有资本经营预算|^|^\n1|2|3|4|5|6|7"
    ),
    13: (
        "项目名称|合计|{Y}年财政拨款|<|<\n"
        "^|^|一般公共预算|政府性基金预算|国有资本经营预算\n1|2|3|4|5"
    ),
}

#: columns of words (left-aligned); every other column holds figures
WORD_COLUMNS: Mapping[int, frozenset[int]] = {
    1: frozenset({0, 2}),
    2: frozenset({0, 1}),
    3: frozenset({0, 1}),
    4: frozenset({0, 2}),
    5: frozenset({0, 1}),
    6: frozenset({0, 1}),
    7: frozenset({0, 1}),
    8: frozenset({0, 1}),
    9: frozenset({0, 1, 3, 4}),
    10: frozenset({0}),
    11: frozenset({0}),
    12: frozenset({0}),
    13: frozenset({0}),
}
#: (code column, name column) pairs: a 合计 in the first is printed across both
CODE_AND_NAME: Mapping[int, tuple[tuple[int, int], ...]] = {
    2: ((0, 1),),
    3: ((0, 1),),
    5: ((0, 1),),
    7: ((0, 1),),
    8: ((0, 1),),
    9: ((0, 1), (3, 4)),
}

#: column widths in points; long labels are meant to wrap in them
WIDTHS: Mapping[int, tuple[float, ...]] = {
    1: (92, 62, 118, 66, 66, 66),
    2: (64, 150, 72, 72, 68, 80, 80, 68, 68),
    3: (66, 150, 84, 84, 84),
    4: (118, 80, 150, 86, 86, 88, 100),
    5: (66, 150, 84, 84, 84),
    6: (128, 118, 74, 74, 74),
    7: (110, 230, 130),
    8: (76, 150, 82, 80, 80),
    9: (58, 82, 62, 58, 82, 48, 48, 48),
    10: (150, 76, 82, 80, 80),
    11: (150, 76, 82, 80, 80),
    12: (150, 88, 92, 84, 84, 64, 80),
    13: (170, 74, 76, 76, 76),
}
LANDSCAPE = frozenset({2, 4, 12})


@dataclass(frozen=True)
class HeaderCell:
    """A header cell with its spans, in rows and columns counted from 0."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1


def title(number: int, year: int) -> str:
    old = OLD_TITLES if year <= LAST_YEAR_OF_OLD_TITLES else {}
    return old.get(number, TITLES[number]).format(Y=year)


def table_label(number: int) -> str:
    """预算公开表N; the template misprints the ninth."""
    return f"部门公开表{number}" if number == 9 else f"预算公开表{number}"


def name_line(budget: Budget) -> str:
    return f"{budget.scope_word}名称：{budget.unit_name}"


def header_lines(number: int, year: int) -> list[list[str]]:
    """The header as rows of cells, `<` and `^` still in it."""
    return [line.split("|") for line in HEADERS[number].format(Y=year).split("\n")]


def header_cells(number: int, year: int) -> list[HeaderCell]:
    """The header as merged cells."""
    lines = header_lines(number, year)
    return [
        HeaderCell(row, column, text, _down(lines, row, column), _right(lines[row], column))
        for row, line in enumerate(lines)
        for column, text in enumerate(line)
        if text not in "<^"
    ]


def _right(line: list[str], column: int) -> int:
    span = 1
    while column + span < len(line) and line[column + span] == "<":
        span += 1
    return span


def _down(lines: list[list[str]], row: int, column: int) -> int:
    span = 1
    while row + span < len(lines) and lines[row + span][column] == "^":
        span += 1
    return span
