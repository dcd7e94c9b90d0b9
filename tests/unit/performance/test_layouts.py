"""Forms of targets in the layouts of many provinces: typeset, and as text with tabs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.documents.intake import take_in
from pipeline.performance.reading import read as performance
from pipeline.performance.shapes import Performance, ProjectForm
from pipeline.readers.dispatch import read
from pipeline.readers.shapes import Reading
from tests.facsimile.layouts import PERSONAL, Content, Layout, layouts, printed, tabbed
from tests.facsimile.layouts.contents import LISTED, TARGET_MONEY, form, listed
from tests.facsimile.sheets import pdf_of

LAYOUTS = {one.id: one for one in layouts("targets")}
FORMS = {name: one for name, one in LAYOUTS.items() if not (one.list or one.whole)}
LISTS = {name: one for name, one in LAYOUTS.items() if one.list}
WHOLE = {name: one for name, one in LAYOUTS.items() if one.whole}
MEDIA = ["pdf", "tabs"]
# What nothing tells in text: how far a merged cell reaches, or which of two words is the value.
REFUSED_AS_TEXT = {"two_horizons_side_by_side", "one_name_two_targets"}


def read_back(reading: Reading, folder: Path, media: str) -> Performance:
    if media == "pdf":
        (folder / "form.pdf").write_bytes(pdf_of(reading))
    else:
        (folder / "form.txt").write_text(tabbed(reading), encoding="utf-8")
    (document,) = take_in(folder).documents
    return performance(read(document))


def wanted(layout: Layout, horizon: str = "annual") -> list[tuple[object, ...]]:
    columns = {name for _, name in layout.table}
    found = []
    for row in form(layout).indicators:
        target = row["target" if horizon == "annual" else "period_target"]
        if horizon == "annual" and "sign" not in columns and "value" in columns:
            measured = row["unit"] if row["sign"] != "定性" else ""
            target = row["value"] + measured
            target = row["target"] if "target" in columns else target
        weight = Decimal(row["weight"]) if "weight" in columns else None
        names = ("odd", "level2") if horizon == "annual" else ("level2",)
        level2 = next((row[name] for name in names if name in columns), None)
        found.append((row["level1"], level2, row["name"], target, weight))
    return found


def got(one: ProjectForm, horizon: str = "annual") -> list[tuple[object, ...]]:
    return [
        (i.level1, i.level2, i.indicator, i.target_text, i.weight)
        for i in one.indicators
        if i.horizon == horizon
    ]


def money_of(layout: Layout) -> dict[str, Decimal | None]:
    cells = " ".join(text for row in layout.rows for text in row)
    known = layout.id != "unit_not_printed"
    return {
        name: value if f"@{name}" in cells and known else None
        for name, value in TARGET_MONEY.items()
        if name != "fiscal"
    }


@pytest.mark.parametrize("media", MEDIA)
@pytest.mark.parametrize("layout", FORMS.values(), ids=FORMS)
def test_a_form_is_read_as_it_is_printed(layout: Layout, media: str, tmp_path: Path) -> None:
    found = read_back(printed(layout, form(layout)), tmp_path, media)
    assert found.evaluations == ()
    (one,) = found.forms
    cells = " ".join(text for row in layout.rows for text in row)
    assert one.name == "路灯养护及智慧照明"
    assert one.implementing_unit == ("某市路灯所" if "@unit" in cells else None)
    department = "011-某市城管局" if "@department" in cells else None
    assert one.supervising_department == department
    read_money = {
        f"{horizon}_{name}": getattr(getattr(one, horizon), name)
        for horizon in ("period", "annual")
        for name in ("total", "other")
    }
    assert read_money == money_of(layout)
    if media == "tabs" and layout.id in REFUSED_AS_TEXT:
        assert found.unread or got(one) == wanted(layout)
        assert {row[2:] for row in got(one)} <= {row[2:] for row in wanted(layout)}
        levels = {row[2]: row[:2] for row in wanted(layout)}
        assert all(row[:2] in ((None, None), levels[row[2]]) for row in got(one))
        return
    assert got(one) == wanted(layout)
    if "period_target" in {name for _, name in layout.table}:
        assert got(one, "period") == [(*row[:4], None) for row in wanted(layout, "period")]
    else:
        assert got(one, "period") == []


@pytest.mark.parametrize("media", MEDIA)
@pytest.mark.parametrize("layout", LISTS.values(), ids=LISTS)
def test_a_table_of_all_projects_is_a_form_for_each(
    layout: Layout, media: str, tmp_path: Path
) -> None:
    found = read_back(printed(layout, listed(layout)), tmp_path, media)
    columns = {name for _, name in layout.table}
    unit = "某市路灯所" if "unit_" in columns else None
    assert [(one.name, one.implementing_unit, one.annual.total) for one in found.forms] == [
        (name, unit, money if "money_" in columns else None) for name, money in LISTED.items()
    ]
    assert [got(one) for one in found.forms] == [wanted(layout)] * 2
    assert found.unread == ()


@pytest.mark.parametrize("media", MEDIA)
@pytest.mark.parametrize("layout", WHOLE.values(), ids=WHOLE)
def test_a_form_of_a_whole_department_is_no_project(
    layout: Layout, media: str, tmp_path: Path
) -> None:
    found = read_back(printed(layout, form(layout)), tmp_path, media)
    assert found.forms == ()
    assert [one.reason for one in found.unread] == ["unsupported_layout"]


@pytest.mark.parametrize("media", MEDIA)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_no_handler_and_no_telephone_is_taken(layout: Layout, media: str, tmp_path: Path) -> None:
    reading = printed(layout, listed(layout) if layout.list else form(layout))
    found = repr(read_back(reading, tmp_path, media))
    assert not [word for word in PERSONAL.values() if word in found]


def slid(layout: Layout, content: Content, word: str, folder: Path) -> Performance:
    """The form as text in which the first row with a word lost its first tab."""
    text = tabbed(printed(layout, content))
    line = next(one for one in text.split("\n") if word in one)
    (folder / "form.txt").write_text(text.replace(line, line.replace("\t", "", 1), 1), "utf-8")
    (document,) = take_in(folder).documents
    return performance(read(document))


@pytest.mark.parametrize("name", [*LISTS, "ministry_2021", "operator_value_unit"])
def test_a_row_that_slid_in_a_text_gives_nothing_wrong(name: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]
    content = listed(layout) if layout.list else form(layout)
    found = slid(layout, content, "养护合格率", tmp_path)
    right = {row[2:4] for row in wanted(layout)}
    for one in found.forms:
        assert {row[2:4] for row in got(one)} <= right
        levels = {row[2]: row[:2] for row in wanted(layout)}
        assert all(row[:2] in ((None, None), levels[row[2]]) for row in got(one))
    assert {one.name for one in found.forms} <= set(LISTED)
    assert found.unread


def test_an_indicator_called_like_a_field_of_handlers_ends_no_form(tmp_path: Path) -> None:
    layout = LAYOUTS["ministry_2021"]
    rows = [dict(row) for row in form(layout).indicators]
    rows[2]["name"] = "联系人培训次数"
    found = read_back(printed(layout, Content(form(layout).fields, rows)), tmp_path, "pdf")
    assert len(found.forms[0].indicators) == 7
