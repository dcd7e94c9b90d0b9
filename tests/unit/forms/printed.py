"""Readings and grids written as text, for the tests of the forms.

A line with `|` is a row of a grid; neighbouring rows are one grid; `~~~` between rows is a page
break. `<` is covered by the cell on its left and `^` by the one above: such a grid knows its
spans. Every other line is a paragraph. Leading full-width blanks of a cell are kept.
"""

from __future__ import annotations

from textwrap import dedent

from pipeline.forms.disclosure import Disclosure
from pipeline.forms.family import Form, family_named
from pipeline.forms.recognise import recognise
from pipeline.forms.statement import Line, Statement
from pipeline.readers.shapes import Cell, Grid, Paragraph, Place, Reading

PAGE_BREAK = "~~~"

#: the header of each form as the text extractions print it
HEADERS = {
    "summary": "收入||支出|||\n项目|2026年|项目|2026年合计|当年预算安排|上年结转安排",
    "expenditure": "项目||2026年预算数||\n科目编码|科目名称|合计|基本支出|项目支出",
    "fiscal_summary": (
        "收入||支出||||\n项目|金额|项目|金额|||\n"
        "|||小计|一般公共预算|政府性基金预算|国有资本经营预算"
    ),
    "general_basic_economic": (
        "部门预算支出经济科目名称|政府预算支出经济科目名称|2026年预算数||\n||合计|人员经费|公用经费"
    ),
    "fund_revenue": "项目||政府性基金收入预算\n收入科目编码|科目名称|",
    "three_public": "项目|2026年预算数|||\n|合计|一般公共预算|政府性基金预算|国有资本经营预算",
    "operating_cost": (
        "单位名称|2026年预算数|||\n|合计|一般公共预算|政府性基金预算|国有资本经营预算"
    ),
    "projects": (
        "项目名称|合计|2026年财政拨款|||财政专户管理资金|单位资金\n"
        "||一般公共预算|政府性基金预算|国有资本经营预算||"
    ),
    "projects_carried_over": (
        "项目名称|合计|2026年财政拨款||\n||一般公共预算|政府性基金预算|国有资本经营预算"
    ),
}
TITLES = {
    "summary": "2026年预算收支总表",
    "expenditure": "2026年预算支出总表",
    "fiscal_summary": "2026年财政拨款收支总表",
    "general_basic_economic": "2026年一般公共预算安排基本支出分经济科目表（不含上年结转）",
    "fund_revenue": "2026年政府性基金预算收入表（不含上年结转）",
    "fund_expenditure": "2026年政府性基金预算支出表（不含上年结转）",
    "three_public": "2026年财政拨款安排“三公”经费支出预算表",
    "operating_cost": "2026年财政拨款安排机关运行经费预算表",
    "projects": "2026年项目支出预算表（本年预算）",
    "projects_carried_over": "2026年项目支出预算表（上年结转）",
}
CAPTION = "单位名称：某市某局\n单位：万元"


def grid(text: str, *, spans_known: bool = False, follows: bool = False) -> Grid:
    """A grid from its rows; the number of columns is that of the longest row."""
    rows: list[list[str]] = []
    breaks: list[int] = []
    for line in dedent(text).strip("\n").split("\n"):
        if line.strip() == PAGE_BREAK:
            breaks.append(len(rows))
        else:
            rows.append([cell.strip(" ") for cell in line.split("|")])
    columns = max(map(len, rows))
    rows = [row + [""] * (columns - len(row)) for row in rows]
    merged = spans_known or any(cell in ("<", "^") for row in rows for cell in row)
    cells = tuple(
        Cell(r, c, text.replace("/n", "\n"), Place(line=r + 1), *_spans(rows, r, c))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
        if text not in ("<", "^")
    )
    return Grid(len(rows), columns, cells, merged, breaks=tuple(breaks), follows=follows)


def _spans(rows: list[list[str]], row: int, column: int) -> tuple[int, int]:
    down, right = 1, 1
    while row + down < len(rows) and rows[row + down][column] == "^":
        down += 1
    while column + right < len(rows[row]) and rows[row][column + right] == "<":
        right += 1
    return down, right


def reading(text: str) -> Reading:
    """Paragraphs and grids in order."""
    items: list[Paragraph | Grid] = []
    rows: list[str] = []
    for line in [*dedent(text).strip("\n").split("\n"), ""]:
        if "|" in line or (rows and line.strip() == PAGE_BREAK):
            rows.append(line)
            continue
        if rows:
            items.append(grid("\n".join(rows)))
            rows = []
        if line.strip():
            items.append(Paragraph(line.strip(), Place(line=len(items) + 1)))
    return Reading("text", tuple(items))


def paragraphs(*texts: str) -> list[Paragraph]:
    """Lines of text."""
    return [Paragraph(text, Place()) for text in texts]


def form(statement_id: str) -> Form:
    """A form of the Shanxi budget."""
    return next(f for f in family_named("shanxi_budget").forms if f.statement_id == statement_id)


def table(statement_id: str, rows: str, caption: str = CAPTION) -> str:
    """A whole printed table: title, captions, header, rows."""
    head = HEADERS.get(statement_id, HEADERS["expenditure"])
    return "\n".join([TITLES[statement_id], caption, head, dedent(rows).strip("\n")])


def document(*tables: str, cover: str = "某市某局2026年度单位预算公开") -> Disclosure:
    """What is recognised in a document of these tables."""
    return recognise(reading("\n".join([cover, *map(dedent, tables)])))


def statement(found: Disclosure, statement_id: str) -> Statement:
    """One statement of a disclosure; fails with the reason where it was rejected."""
    held = {s.statement_id: s for s in found.statements}
    assert statement_id in held, (found.rejected, found.leftovers)
    return held[statement_id]


def lines(statement_id: str, rows: str, cover: str = "某市某局2026年度单位预算公开") -> list[Line]:
    """The lines of a table with these rows."""
    found = document(table(statement_id, rows), cover=cover)
    return list(statement(found, statement_id).lines)


def rejection(found: Disclosure, statement_id: str | None) -> tuple[str, str]:
    """Reason and detail with which a statement was rejected, and that it is not published."""
    assert statement_id not in {s.statement_id for s in found.statements}
    (one,) = (r for r in found.rejected if r.statement_id == statement_id)
    return one.reason, one.detail
