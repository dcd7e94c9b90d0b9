"""The same budget printed in other ways: read exactly, or told that it was not.

The worst that may happen is quiet: rows lost or made up in a statement that stands. No variation
here may do that; those that publishers print every day must come out exactly.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfWriter, Transformation

from pipeline.documents.document import Refusal
from pipeline.forms.disclosure import Disclosure
from pipeline.forms.recognise import recognise
from tests.accuracy import variants
from tests.accuracy.comparison import amounts, differences, reading, recognised, silent
from tests.accuracy.variants import (
    Edit,
    Pages,
    captioned,
    changed,
    edited,
    in_cells,
    moved,
    pages_of,
    printed,
    retitled,
    some_tables,
    stacked,
    title_of,
    titled,
    total_last,
    with_gap,
    with_header_again,
    with_line,
    with_row,
    with_separators,
    with_texts,
    written,
)
from tests.facsimile.budget import Budget
from tests.facsimile.expected import STATEMENTS, expected
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import text_grid
from tests.unit.readers.paper import line

HEADER_ROWS = {1: 2, 2: 2, 3: 2, 4: 3, 5: 2, 6: 2, 7: 2, 8: 1, 9: 3, 10: 2, 11: 2, 12: 3, 13: 3}
TOTALS = ("合计", "部门合计")


@cache
def unit() -> Budget:
    """A unit's budget with every fund."""
    return synthetic_budget(1)


@cache
def department() -> Budget:
    """A department's budget whose tables run over several pages."""
    return synthetic_budget(2, "department", n_projects=16, n_units=4)


def read(text: str, folder: Path) -> Disclosure:
    """What is recognised in a text."""
    return recognised(written(text, folder))


def lies(text: str, budget: Budget, folder: Path) -> list[str]:
    """What is quietly wrong; a text that is refused as a whole is no lie."""
    try:
        return silent(read(text, folder), budget)
    except Refusal:
        return []


# Texts that must come out exactly

EXACT: dict[str, tuple[int, Edit]] = {
    "half-width colon": (3, captioned("单位名称:{name}", "单位: 万元")),
    "name and unit of money on a line": (3, captioned("单位名称：{name}    单位：万元")),
    "金额单位": (3, captioned("单位名称：{name}", "金额单位：万元")),
    "unit of money first": (3, captioned("单位：万元", "单位名称：{name}")),
    "人民币": (3, captioned("单位名称：{name}", "（单位：人民币万元）")),
    "blanks in the title": (3, titled("2026 年 预 算 支 出 总 表")),
    "年度": (3, titled("2026年度预算支出总表")),
    "number before the title": (3, titled("预算公开表3 {title}")),
    "number and colon": (3, titled("表3：{title}")),
    "number glued to the title": (3, titled("预算公开表3{title}")),
    "unit before the title": (3, titled("某市某局{title}")),
    "year in Chinese numerals": (3, titled("二〇二六年预算支出总表")),
    "no year": (3, titled("预算支出总表")),
    "title lost": (12, titled("")),
    "dashes": (3, in_cells("", "—")),
    "blanks round the figures": (3, in_cells(r"(\d+\.\d\d)", " \\1 ")),
    "blank row": (3, with_row("", 5)),
    "blank row at the end": (12, with_row("", -1)),
    "note inside": (3, with_row("注：尾差系四舍五入所致", -1)),
    "note in the middle": (3, with_row("说明：以下为项目支出", 6)),
    "note without a mark": (12, with_row("本套报表部分金额可能存在尾差", -1)),
    "index row": (3, with_line("栏次\t\t1\t2\t3", 2)),
    "blank column first": (3, lambda lines: ["\t" + x if "\t" in x else x for x in lines]),
    "blank column last": (3, lambda lines: [x + "\t" if "\t" in x else x for x in lines]),
    "unit of money inside": (3, with_row("\t\t\t单位：万元", 0)),
    "total last": (3, total_last(*TOTALS)),
    "total last, by fund": (2, total_last(*TOTALS)),
    "total last, by economic item": (6, total_last(*TOTALS)),
    "total last, by unit": (11, total_last(*TOTALS)),
    "page break": (1, with_line("\n- 5 -\n", 8)),
    "page break and header": (1, with_header_again(8, 2)),
    "page break in the projects": (12, with_header_again(6, 3)),
    "第5页 共20页": (3, with_line("\n第5页 共20页\n", 8)),
}


@pytest.mark.parametrize("name", EXACT)
def test_a_text_printed_so_comes_out_exactly(name: str, tmp_path: Path) -> None:
    number, edit = EXACT[name]
    text = edited(unit(), number, edit)
    assert text != text_grid(unit())
    assert differences(read(text, tmp_path), unit()) == []


@pytest.mark.parametrize("number", [1, 2, 6, 12])
def test_thousands_separators_change_nothing_but_the_print(number: int, tmp_path: Path) -> None:
    found = read(edited(department(), number, with_separators), tmp_path)
    plain = [replace(a, printed_text=a.printed_text.replace(",", "")) for a in amounts(found)]
    assert Counter(plain) == Counter(expected(department()))


# Texts that may be rejected, and must not be read wrongly

STRAY = {
    "续表": "续表",
    "running head": "某市某局2026年度预算",
    "unit of money": "\n单位：万元\n",
    "a wrapped label": "机构事务支出",
}


@pytest.mark.parametrize("number", [1, 3, 6, 12])
@pytest.mark.parametrize("name", STRAY)
def test_a_line_inside_a_table_loses_no_rows_quietly(
    name: str, number: int, tmp_path: Path
) -> None:
    text = edited(unit(), number, with_line(STRAY[name], 8))
    assert lies(text, unit(), tmp_path) == []


@pytest.mark.parametrize("number", [1, 2, 3, 5, 6, 12])
@pytest.mark.parametrize("above", ["续表", "单位：万元", "{title}", "{title}（续）"])
def test_a_table_begun_again_loses_no_rows_quietly(number: int, above: str, tmp_path: Path) -> None:
    def edit(lines: list[str]) -> list[str]:
        again = with_header_again(8, HEADER_ROWS[number], above.format(title=lines[0]))
        return again(lines)

    assert lies(edited(unit(), number, edit), unit(), tmp_path) == []


@pytest.mark.parametrize("number", range(1, 14))
@pytest.mark.parametrize("new_title", ["", "{title}（送审稿）"])
def test_a_title_lost_or_added_to_loses_no_table_quietly(
    number: int, new_title: str, tmp_path: Path
) -> None:
    found = read(edited(unit(), number, titled(new_title)), tmp_path)
    told = any(one.statement_id is None for one in found.rejected)
    wrong = silent(found, unit())
    assert [one for one in wrong if not told or one.startswith("made up")] == []


@pytest.mark.parametrize("number", range(1, 14))
def test_under_another_title_stands_another_table(number: int, tmp_path: Path) -> None:
    found = read(edited(unit(), number, titled("2026年其他收支表")), tmp_path)
    assert found.coverage[STATEMENTS[number][0]] != "data"
    assert [one for one in silent(found, unit()) if one.startswith("made up")] == []


def test_a_table_whose_unit_was_lost_takes_it_only_from_rows_it_shares(tmp_path: Path) -> None:
    assert lies(edited(unit(), 3, captioned("单位名称：{name}")), unit(), tmp_path) == []


def test_with_another_unit_of_money_nothing_is_read(tmp_path: Path) -> None:
    found = read(edited(unit(), 3, captioned("单位名称：{name}", "单位：千元")), tmp_path)
    assert found.coverage["expenditure"] == "unreadable"
    assert silent(found, unit()) == []


def test_a_note_on_another_unit_of_money_changes_no_amount(tmp_path: Path) -> None:
    note = captioned("单位名称：{name}", "单位：万元", "说明：项目支出绩效目标表单位：元")
    assert lies(edited(unit(), 3, note), unit(), tmp_path) == []


@pytest.mark.parametrize("cell", ["3334. 01", "1,50.00", "１５０４．３１", "-5E-17", "12.506.30"])
def test_a_damaged_figure_rejects_its_table(cell: str, tmp_path: Path) -> None:
    figure = unit().table(3).rows[3][2]
    found = read(edited(unit(), 3, in_cells(figure.replace(".", r"\."), cell)), tmp_path)
    assert [r.reason for r in found.rejected] == ["cell_unparsed"]
    assert silent(found, unit()) == []


@pytest.mark.parametrize("number", [2, 3, 6, 10, 12])
@pytest.mark.parametrize("left", [True, False])
def test_a_row_moved_by_one_column_is_not_read_wrongly(
    number: int, left: bool, tmp_path: Path
) -> None:
    """As extractions do where a cell was lost: `| a | b |` printed `a | b | |`."""

    def edit(lines: list[str]) -> list[str]:
        rows = rows_with_figures(lines)
        cells = lines[rows[2]].split("\t")
        cells = [*cells[1:], ""] if left else ["", *cells[:-1]]
        return [*lines[: rows[2]], "\t".join(cells), *lines[rows[2] + 1 :]]

    assert lies(edited(unit(), number, edit), unit(), tmp_path) == []


def rows_with_figures(lines: list[str]) -> list[int]:
    """The rows of a table that print an amount with two decimals."""
    rows = variants.rows_in(lines)
    return [
        n for n in rows if any(c[-3:-2] == "." and c[0].isdigit() for c in lines[n].split("\t"))
    ]


FOREIGN = {
    "projects_carried_over": (
        "2026年上级专项转移支付项目安排表",
        "项目名称\t合计\t一般公共预算\t政府性基金预算\t国有资本经营预算\n"
        "合计\t99.00\t99.00\t\t\n道路维修\t99.00\t99.00\t\t",
    ),
    "operating_cost": (
        "2026年政府采购预算表",
        "单位名称\t合计\t一般公共预算\t政府性基金预算\t国有资本经营预算\n"
        "合计\t99.00\t99.00\t\t\n某中心\t99.00\t99.00\t\t",
    ),
    "three_public": (
        "2026年会议费、培训费支出预算表",
        "项目\t合计\t一般公共预算\t政府性基金预算\t国有资本经营预算\n会议费\t9.00\t9.00\t\t",
    ),
    "fund_revenue": (
        "2026年非税收入征收计划表",
        "收入科目编码\t科目名称\t政府性基金收入预算\n103\t非税收入\t9.00\n10301\t罚没\t9.00",
    ),
}


@pytest.mark.parametrize("statement_id", FOREIGN)
@pytest.mark.parametrize("with_data", [True, False])
def test_a_table_that_is_none_of_the_forms_changes_nothing(
    statement_id: str, with_data: bool, tmp_path: Path
) -> None:
    """Other tables have the columns of our forms; their titles say that they are none."""
    budget = unit() if with_data else synthetic_budget(
        5, with_carry_over=False, with_funds=False, kind="institution"
    )  # fmt: skip
    name, rows = FOREIGN[statement_id]
    foreign = f"\n\n{name}\n\n单位：万元\n\n{rows}\n"
    text = text_grid(budget).replace("\n \n第三部分", f"{foreign}\n \n第三部分")
    assert differences(read(text, tmp_path), budget) == []


def test_a_statement_repeated_in_another_unit_of_money_is_not_published(tmp_path: Path) -> None:
    text = edited(unit(), 3, lambda lines: [*lines, *"\n".join(lines).replace(
        "单位：万元", "单位：元").split("\n")])  # fmt: skip
    assert "statement_repeated" in {r.reason for r in read(text, tmp_path).rejected}


def test_the_last_table_lost_is_not_said_to_be_empty(tmp_path: Path) -> None:
    text = edited(unit(), 13, lambda lines: lines[: variants.rows_in(lines)[0]])
    tables = text[: text.rindex("\n第三部分")]
    prose = "第三部分\n文字。\n文字。\n文字。\n文字。\n本单位无其他支出。"
    found = read(f"{tables}\n{prose}\n", tmp_path)
    assert found.coverage["projects_carried_over"] == "unreadable"


# Levels of projects


def test_a_total_below_the_projects_is_no_project(tmp_path: Path) -> None:
    text = edited(unit(), 12, total_last(unit().unit_name))
    assert lies(text, unit(), tmp_path) == []


def test_total_unit_and_projects_count_nothing_twice(tmp_path: Path) -> None:
    """合计, then the unit's own row with the same figures, then its projects."""

    def edit(lines: list[str]) -> list[str]:
        first = rows_with_figures(lines)[0]
        total = "合计" + lines[first][lines[first].index("\t") :]
        return [*lines[:first], total, *lines[first:]]

    found = read(edited(unit(), 12, edit), tmp_path)
    for one in found.statements:
        if one.statement_id == "projects":
            assert [line.kind for line in one.lines][:3] == ["total", "subtotal", "item"]


@pytest.mark.parametrize("number", [12, 13])
def test_a_department_without_indentation(number: int, tmp_path: Path) -> None:
    found = read(edited(department(), number, flat), tmp_path)
    assert differences(found, department()) == []


@pytest.mark.parametrize("number", [12, 13])
def test_a_department_without_indentation_below_a_row_named_total(
    number: int, tmp_path: Path
) -> None:
    """The same rows, the first of them named 合计: units are no projects for that."""

    def named(lines: list[str]) -> list[str]:
        first = rows_with_figures(lines)[0]
        plain = flat(lines)
        plain[first] = "合计" + plain[first][plain[first].index("\t") :]
        return plain

    found = read(edited(department(), number, named), tmp_path)
    kinds = Counter(a.line_kind for a in amounts(found))
    assert kinds == Counter(a.line_kind for a in expected(department()))


def flat(lines: list[str]) -> list[str]:
    """The rows without indentation."""
    return [text.lstrip("\u3000") for text in lines]


# Pages that must come out exactly


@cache
def unit_pages(*numbers: int) -> tuple[Budget, Pages]:
    """A few tables of a unit, each on one page."""
    budget = some_tables(unit(), *numbers)
    return budget, pages_of(budget)


@cache
def long_pages(repeat_headers: bool) -> tuple[Budget, Pages]:
    """Tables that run over two, three and four pages."""
    budget = some_tables(department(), 3, 4, 12)
    return budget, pages_of(budget, repeat_headers=repeat_headers)


def test_the_long_tables_run_over_several_pages(tmp_path: Path) -> None:
    """Unchanged they come out exactly: what goes wrong below comes of the change."""
    for repeat_headers in (False, True):
        budget, pages = long_pages(repeat_headers)
        assert [len(own) for own in pages.values()] == [2, 3, 4]
        assert differences(recognised(printed(budget, pages, tmp_path)), budget) == []


@pytest.mark.parametrize(
    "new_title",
    ["2026 年 预 算 支 出 总 表", "预算公开表3 {title}", "预算公开表3{title}", "{title} "],
)
def test_a_title_printed_so_on_paper(new_title: str, tmp_path: Path) -> None:
    budget, pages = unit_pages(3)
    own = changed(pages, 3, 0, retitled(pages[3][0], new_title))
    assert differences(recognised(printed(budget, own, tmp_path)), budget) == []


@pytest.mark.parametrize(
    ("number", "rows"), [(3, 1), (3, 2), (3, 7), (4, 1), (4, 2), (4, 3), (10, 3)]
)
def test_a_table_broken_after_any_row(number: int, rows: int, tmp_path: Path) -> None:
    """A header alone at the bottom of a page, and even a part of one."""
    budget, pages = unit_pages(number)
    own = changed(pages, number, 0, *variants.split(pages[number][0], rows))
    assert differences(recognised(printed(budget, own, tmp_path)), budget) == []


@pytest.mark.parametrize("down", [0, 600, 660])
def test_a_title_alone_on_the_page_before_its_table(down: float, tmp_path: Path) -> None:
    budget, pages = unit_pages(3, 5)
    first = pages[5][0]
    head = moved(replace(first, cells=()), down=down)
    own = changed(pages, 5, 0, head, replace(first, texts=()))
    assert differences(recognised(printed(budget, own, tmp_path)), budget) == []


def test_two_tables_on_one_page(tmp_path: Path) -> None:
    budget, pages = unit_pages(10, 11)
    own = pages | {10: [stacked(pages[10][0], pages[11][0])], 11: []}
    assert differences(recognised(printed(budget, own, tmp_path)), budget) == []


# Pages that may be rejected, and must not be read wrongly


@pytest.mark.parametrize("repeat_headers", [False, True], ids=["headers once", "headers again"])
@pytest.mark.parametrize("number", [3, 4, 12])
@pytest.mark.parametrize("above", ["续表", "单位：万元", "{title}", "{title}（续）"])
def test_a_line_above_the_rest_of_a_table_loses_no_rows_quietly(
    number: int, above: str, repeat_headers: bool, tmp_path: Path
) -> None:
    budget, pages = long_pages(repeat_headers)
    budget = some_tables(budget, number)
    text = above.format(title=title_of(pages[number][0]).text)
    more = with_texts(pages[number][1], line(text, 45))
    own = changed({number: pages[number]}, number, 1, more)
    assert lies_on_paper(budget, own, tmp_path) == []


@pytest.mark.parametrize("repeat_headers", [False, True], ids=["headers once", "headers again"])
@pytest.mark.parametrize("number", [3, 4, 12])
def test_pages_printed_further_right_lose_no_rows_quietly(
    number: int, repeat_headers: bool, tmp_path: Path
) -> None:
    budget, pages = long_pages(repeat_headers)
    own = pages[number]
    shifted = {number: [own[0], *(moved(sheet, right=6) for sheet in own[1:])]}
    assert lies_on_paper(some_tables(budget, number), shifted, tmp_path) == []


@pytest.mark.parametrize("gap", [1, 3, 10, 30])
@pytest.mark.parametrize("rows", [2, 6])
def test_a_white_stripe_in_a_table_loses_no_rows_quietly(
    gap: float, rows: int, tmp_path: Path
) -> None:
    budget, pages = unit_pages(3, 5)
    own = changed(pages, 3, 0, with_gap(pages[3][0], rows, gap))
    assert lies_on_paper(budget, own, tmp_path) == []


def lies_on_paper(budget: Budget, pages: Pages, folder: Path) -> list[str]:
    """What is quietly wrong in a document of these pages."""
    try:
        return silent(recognised(printed(budget, pages, folder)), budget)
    except Refusal:
        return []


@pytest.mark.parametrize("turned", [90, 270])
@pytest.mark.parametrize("number", [3, 4, 12])
def test_a_page_printed_sideways_is_read_or_known_to_be_blind(
    number: int, turned: int, tmp_path: Path
) -> None:
    """Drawn on its side, and no /Rotate to display it upright."""
    budget = some_tables(unit(), 5, number)
    path = printed(budget, pages_of(budget), tmp_path)
    writer = PdfWriter(clone_from=path)
    first = 1 if number < 5 else 2
    for sheet in writer.pages[first : first + len(pages_of(budget)[number])]:
        width, height = float(sheet.mediabox.width), float(sheet.mediabox.height)
        matrix = (0, 1, -1, 0, height, 0) if turned == 90 else (0, -1, 1, 0, 0, width)
        sheet.add_transformation(Transformation(matrix))
        sheet.mediabox.upper_right = sheet.cropbox.upper_right = (height, width)
    writer.write(path)
    seen = reading(path)
    found = recognise(seen)
    assert silent(found, budget) == [] or found.coverage[STATEMENTS[number][0]] == "absent"
    assert found.coverage[STATEMENTS[number][0]] != "absent" or seen.blind_pages
