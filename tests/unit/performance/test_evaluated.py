"""Self-evaluations printed as tables, in the layouts of many provinces: typeset and with tabs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.documents.intake import take_in
from pipeline.performance.reading import read as performance
from pipeline.performance.shapes import Evaluation, Performance
from pipeline.readers.dispatch import read
from pipeline.readers.shapes import Grid, Reading
from tests.facsimile.layouts import PERSONAL, Content, Layout, layouts, printed, tabbed
from tests.facsimile.layouts.contents import EVALUATION_MONEY, evaluation, form
from tests.facsimile.sheets import pdf_of

LAYOUTS = {layout.id: layout for layout in layouts("evaluations")}


def said(layout: Layout, folder: Path, media: str) -> Performance:
    reading = printed(layout, evaluation(layout))
    return performance(read_back(reading, folder, media))


def read_back(reading: Reading, folder: Path, media: str) -> Reading:
    if media == "pdf":
        (folder / "report.pdf").write_bytes(pdf_of(reading))
    else:
        (folder / "report.txt").write_text(tabbed(reading), encoding="utf-8")
    (document,) = take_in(folder).documents
    return read(document)


def wanted(layout: Layout) -> list[tuple[object, ...]]:
    columns = {name for _, name in layout.table}
    found = []
    for row in evaluation(layout).indicators:
        qualified = {"sign", "value", "unit"} <= columns
        text = row["target"]
        if qualified and row["sign"] == "定性" and layout.id == "header_names_fewer_columns":
            text = f"定性{row['value']}/"
        found.append(
            (
                row["level1"],
                row["level2"],
                row["name"],
                text,
                row["actual"],
                Decimal(row["weight"]) if "weight" in columns else None,
                Decimal(row["score"]) if "score" in columns else None,
                (row["reason"] or None) if "reason" in columns else None,
            )
        )
    return found


def got(one: Evaluation) -> list[tuple[object, ...]]:
    return [
        (
            i.level1,
            i.level2,
            i.indicator,
            i.target_text,
            i.actual_text,
            i.weight,
            i.score,
            i.deviation,
        )
        for i in one.indicators
    ]


def printed_money(layout: Layout) -> dict[str, Decimal | None]:
    fields = {"requested": "requested", "approved": "approved", "budget": "year_budget"}
    fields |= {"executed": "year_executed", "left": "carried_forward"}
    cells = " ".join(text for row in layout.rows for text in row)
    return {
        released: EVALUATION_MONEY[name] if f"@{name}" in cells else None
        for name, released in fields.items()
    }


@pytest.mark.parametrize("media", ["pdf", "tabs"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_report_is_read_as_it_is_printed(layout: Layout, media: str, tmp_path: Path) -> None:
    found = said(layout, tmp_path, media)
    assert found.forms == ()
    (one,) = found.evaluations
    assert (one.name, one.implementing_unit) == ("路灯养护及智慧照明", "某市路灯所")
    assert (one.supervising_department, one.department_code) == ("011-某市城管局", "011")
    money = printed_money(layout)
    assert {name: getattr(one, name) for name in money} == money
    assert one.execution_rate == Decimal(91)
    cells = " ".join(text for row in (*layout.rows, *layout.foot) for text in row)
    assert one.execution_score == (Decimal("9.1") if "@execution_score" in cells else None)
    assert one.total_score == (Decimal("96.1") if "@total" in cells else None)
    grades = {"@grade": "优", "☑": "良"}
    assert one.grade == next((g for mark, g in grades.items() if mark in cells), None)
    assert got(one) == wanted(layout)


@pytest.mark.parametrize("media", ["pdf", "tabs"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_no_handler_and_no_telephone_is_taken(layout: Layout, media: str, tmp_path: Path) -> None:
    found = repr(said(layout, tmp_path, media))
    assert not [word for word in PERSONAL.values() if word in found]


def tabs_of(layout: Layout, content: Content, folder: Path) -> Performance:
    return performance(read_back(printed(layout, content), folder, "tabs"))


def test_a_document_of_several_reports_and_a_form_has_them_all(tmp_path: Path) -> None:
    first, second = LAYOUTS["ministry_2020"], LAYOUTS["shanghai"]
    target = next(one for one in layouts("targets") if one.id == "ministry_2021")
    other = evaluation(second)
    other = Content({**other.fields, "name": "绿化养护"}, other.indicators)
    items = [
        *printed(first, evaluation(first)).items,
        *printed(target, form(target)).items,
        *printed(second, other).items,
    ]
    found = performance(read_back(Reading("pdf", tuple(items)), tmp_path, "pdf"))
    assert [one.name for one in found.evaluations] == ["路灯养护及智慧照明", "绿化养护"]
    assert [len(one.indicators) for one in (*found.forms, *found.evaluations)] == [7, 7, 7]
    assert found.unread == ()


def test_a_page_that_repeats_the_whole_head_is_the_same_report(tmp_path: Path) -> None:
    layout = LAYOUTS["ministry_2020"]
    whole = evaluation(layout)
    parts = [Content(whole.fields, rows) for rows in (whole.indicators[:4], whole.indicators[4:])]
    first = printed(replace(layout, foot=()), parts[0])
    second = printed(layout, parts[1])
    found = performance(Reading("pdf", (*first.items, *second.items)))
    (one,) = found.evaluations
    assert (one.pages, one.total_score) == (2, Decimal("96.1"))
    assert got(one) == wanted(layout)


def test_a_row_that_slid_in_a_text_is_told_and_not_read(tmp_path: Path) -> None:
    layout = LAYOUTS["shanghai"]
    text = tabbed(printed(layout, evaluation(layout)))
    line = next(one for one in text.split("\n") if "养护合格率" in one)
    (tmp_path / "report.txt").write_text(text.replace(line, line.replace("\t", "", 1)), "utf-8")
    (document,) = take_in(tmp_path).documents
    found = performance(read(document))
    (one,) = found.evaluations
    assert "养护合格率" not in {i.indicator for i in one.indicators}
    assert len(one.indicators) == 6
    assert one.total_score == Decimal("96.1")
    assert [u.reason for u in found.unread] == ["row_unplaced"]


def test_a_shared_score_is_no_ones(tmp_path: Path) -> None:
    layout = LAYOUTS["shanghai"]
    (caption, grid) = printed(layout, evaluation(layout)).items
    assert isinstance(grid, Grid)
    score = next(c for c in grid.cells if c.text == "20" and c.column == 6)
    cells = tuple(
        replace(c, row_span=2) if c == score else c
        for c in grid.cells
        if (c.row, c.column) != (score.row + 1, score.column)
    )
    found = performance(Reading("pdf", (caption, replace(grid, cells=cells))))
    assert [i.score for i in found.evaluations[0].indicators[:2]] == [None, None]
    assert "row_unplaced" in {one.reason for one in found.unread}


def test_a_telephone_in_a_reason_takes_its_row_along(tmp_path: Path) -> None:
    layout = LAYOUTS["ministry_2020"]
    rows = [dict(row) for row in evaluation(layout).indicators]
    rows[4]["reason"] = f"联系电话：{PERSONAL['telephone']}"
    content = Content(evaluation(layout).fields, rows)
    found = tabs_of(layout, content, tmp_path)
    assert PERSONAL["telephone"] not in repr(found)
    assert len(found.evaluations[0].indicators) == 6
    assert "personal_data" in {one.reason for one in found.unread}


def test_a_report_of_a_whole_department_is_told_and_is_no_project(tmp_path: Path) -> None:
    layout = replace(
        LAYOUTS["shanghai"],
        title="部门整体支出绩效自评表",
        rows=(("部门名称>2", "@unit"), *LAYOUTS["shanghai"].rows[2:]),
    )
    found = tabs_of(layout, evaluation(layout), tmp_path)
    assert (found.evaluations, found.forms) == ((), ())
    assert "unsupported_layout" in {one.reason for one in found.unread}


def test_money_without_a_unit_is_told_and_not_read(tmp_path: Path) -> None:
    layout = LAYOUTS["shanghai"]
    rows = tuple(tuple(c.replace("（元）", "") for c in row) for row in layout.rows)
    found = tabs_of(replace(layout, rows=rows), evaluation(layout), tmp_path)
    assert found.evaluations[0].year_budget is None
    assert [one.reason for one in found.unread] == ["unit_unknown"]
