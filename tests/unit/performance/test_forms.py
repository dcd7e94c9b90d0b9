"""Performance forms typeset as PDF, read back by the reader of print, and as grids."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.documents.intake import take_in
from pipeline.performance.reading import read as performance
from pipeline.performance.shapes import Funds, Indicator, Performance, ProjectForm
from pipeline.readers.dispatch import read
from pipeline.readers.shapes import Reading
from tests.facsimile import performance as forms
from tests.facsimile.prose import FICTITIOUS_HANDLER, FICTITIOUS_LEADER, FICTITIOUS_TELEPHONE
from tests.facsimile.sheets import pdf_of

MAKERS = {
    "one page": forms.shanxi_form,
    "two pages": forms.shanxi_form_over_two_pages,
    "one horizon": forms.national_form,
    "shanghai": forms.shanghai_form,
}


def printed(reading: Reading, folder: Path) -> Reading:
    """A reading typeset and read back."""
    (folder / "form.pdf").write_bytes(pdf_of(reading))
    (document,) = take_in(folder).documents
    return read(document)


def only(found: Performance) -> ProjectForm:
    (form,) = found.forms
    return form


def rows(indicators: tuple[Indicator, ...], horizon: str) -> list[tuple[str | None, ...]]:
    return [
        (one.level1, one.level2, one.indicator, one.target_text)
        for one in indicators
        if one.horizon == horizon
    ]


def money(*amounts: int | None) -> Funds:
    return Funds(*(None if a is None else Decimal(a) for a in amounts))


@pytest.mark.parametrize(
    ("make", "pages"), [(forms.shanxi_form, 1), (forms.shanxi_form_over_two_pages, 2)]
)
def test_a_form_is_one_however_many_pages_repeat_its_head(
    tmp_path: Path, make: object, pages: int
) -> None:
    reading = MAKERS["one page" if pages == 1 else "two pages"]()
    found = performance(printed(reading, tmp_path))
    form = only(found)
    assert (form.name, form.implementing_unit) == ("平台运维", "某市某中心")
    assert (form.supervising_department, form.department_code) == ("062-某市某局", "062")
    assert (form.attribute, form.duration_years, form.pages) == ("延续性", 3, pages)
    assert form.period == money(2588000, 0, 88000, 2500000, 0, None)
    assert form.annual == money(630000, 0, 30000, 600000, 0, None)
    assert rows(form.indicators, "period") == [
        ("产出指标", "数量指标", "运维系统数量", "≥12套"),
        ("产出指标", "数量指标", "驻场人员", "9人"),
        ("产出指标", "质量指标", "故障率", "≤10%"),
        ("效益指标", "社会效益", "保证工作开展", "保证"),
        ("满意度指标", "服务对象满意度", "群众满意度", "≥95%"),
    ]
    assert [row[3] for row in rows(form.indicators, "annual")] == [
        "≥4套",
        "9人",
        "≤5%",
        "保证",
        "≥95%",
    ]
    assert found.unread == ()


def test_a_form_of_one_horizon_has_operator_and_unit_of_their_own_columns(tmp_path: Path) -> None:
    form = only(performance(printed(forms.national_form(), tmp_path)))
    assert form.annual.total == Decimal("1205000.00")
    assert form.annual.other == Decimal("205000.00")
    assert form.period == Funds()
    assert rows(form.indicators, "annual") == [
        ("成本指标", "经济成本指标", "购置成本", "≤120.5万元"),
        ("产出指标", "数量指标", "购置台数", "＝12台"),
        ("产出指标", "时效指标", "完成时间", "≤11月"),
    ]
    first = form.indicators[0].target
    assert (first.operator, first.value, first.unit) == ("≤", Decimal("120.5"), "万元")


def test_the_shanghai_form_names_its_levels_otherwise(tmp_path: Path) -> None:
    form = only(performance(printed(forms.shanghai_form(), tmp_path)))
    assert (form.name, form.implementing_unit) == ("信息系统运维", "某区某中心")
    assert (form.period.total, form.annual.total) == (Decimal(3000000), Decimal(1000000))
    assert rows(form.indicators, "annual") == [
        ("产出目标", "数量", "运维系统数量", "=4套"),
        ("影响力目标", "长效管理", "制度健全性", "健全"),
    ]
    assert form.indicators[0].target.operator == "＝"


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("typeset", [True, False], ids=["print", "grids"])
def test_no_handler_and_no_telephone_is_taken(tmp_path: Path, make: object, typeset: bool) -> None:
    assert callable(make)
    reading = make()
    found = str(performance(printed(reading, tmp_path) if typeset else reading))
    text = "".join(c.text for item in reading.items if hasattr(item, "cells") for c in item.cells)
    personal = (FICTITIOUS_HANDLER, FICTITIOUS_LEADER, FICTITIOUS_TELEPHONE)
    assert any(word in text for word in personal)
    assert not [word for word in personal if word in found]
