"""Self-evaluations printed as tables, in the layouts of many provinces: typeset and with tabs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.documents.intake import take_in
from pipeline.performance.reading import read as performance
from pipeline.performance.shapes import Evaluation, Performance
from pipeline.readers.dispatch import read
from pipeline.readers.shapes import Reading
from tests.facsimile.layouts import PERSONAL, Layout, layouts, printed, tabbed
from tests.facsimile.layouts.contents import EVALUATION_MONEY, evaluation
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
