"""The levels of a project table, from indentation, else from the one partition that adds up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms import outline
from pipeline.forms.body import Row
from pipeline.forms.rows import TOTALS
from pipeline.forms.statement import Figure, Unplaced
from pipeline.readers.shapes import Place


def rows(text: str) -> list[Row]:
    """Rows written as `label amount`, indented by full-width blanks; `-` is no amount."""
    found = []
    for number, line in enumerate(text.strip("\n").split("\n"), start=1):
        label, amount = line.split(" ")
        figures = () if amount == "-" else (Figure("total", amount, Place()),)
        plain = label.lstrip("\u3000")
        indent = len(label) - len(plain)
        found.append(Row(number, "", plain, indent, "", figures, first_of_page=False))
    return found


def levels(text: str, scope: str | None, unit_name: str | None = "某局") -> str:
    """One letter for each row (t, u, p), with its depth."""
    found = outline.levels(rows(text), unit_name, scope, TOTALS)
    return " ".join(f"{level.role[0]}{level.depth}" for level in found)


INDENTED = """
某局 9.00
\u3000某局 5.00
\u3000\u3000培训 5.00
\u3000某中心 4.00
\u3000\u3000培训 3.00
\u3000\u3000信息化 1.00
"""
THREE_LEVELS = "t0 u1 p2 u1 p2 p2"


def test_indentation_shows_the_levels() -> None:
    assert levels(INDENTED, "department") == THREE_LEVELS
    assert levels(INDENTED, "unit") == THREE_LEVELS
    assert levels(INDENTED, None) == THREE_LEVELS


def test_without_indentation_the_sums_of_a_department_do() -> None:
    assert levels(INDENTED.replace("\u3000", ""), "department") == THREE_LEVELS


def test_without_indentation_the_sums_do_below_a_row_named_total_too() -> None:
    text = INDENTED.replace("\u3000", "").replace("某局", "合计", 1)
    assert levels(text, "department") == THREE_LEVELS


def test_rounding_is_allowed_in_the_sums() -> None:
    """Three summands may miss their printed sum by one step."""
    text = "某局 10.01\n甲 10.01\na 3.33\nb 3.33\nc 3.34"
    assert levels(text, "department") == "t0 u1 p2 p2 p2"


def test_rows_that_miss_their_sum_by_more_are_ambiguous() -> None:
    with pytest.raises(Unplaced) as caught:
        levels("某局 10.05\n甲 10.02\na 3.33\nb 3.33\nc 3.34", "department")
    assert caught.value.reason == "form_ambiguous"
    assert "allow 0 readings as units and projects" in caught.value.detail


def test_a_department_of_one_level_is_flat() -> None:
    assert levels("某局 6.00\n甲 1.00\n乙 2.00\n丙 3.00", "department") == "t0 p1 p1 p1"


@pytest.mark.parametrize(
    "text",
    [
        "某局 4.00\n甲 2.00\na 1.00\nb 1.00\nc 2.00\nd 1.00\ne 1.00\nf 0.00\ng 0.00\nh 0.00",
        "某局 0.00\n甲 0.00\na 0.00",
        "某局 0.01\n甲 0.01\na 0.01",
    ],
    ids=["two partitions", "flat and in units at once", "below the rounding"],
)
def test_more_than_one_reading_is_ambiguous(text: str) -> None:
    with pytest.raises(Unplaced) as caught:
        levels(text, "department")
    assert caught.value.reason == "form_ambiguous"


@pytest.mark.parametrize("scope", ["unit", None])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("某局 9.00\n甲 4.00\n乙 5.00", "t0 p1 p1"),
        ("某局 9.00\n甲 4.00\n乙 4.00", "t0 p1 p1"),
        ("合计 9.00\n甲 4.00\n乙 4.00", "t0 p1 p1"),
        ("其他名称 9.00\n甲 4.00\n乙 5.00", "t0 p1 p1"),
        ("甲 4.00\n乙 5.00", "p0 p0"),
        ("甲 4.00", "p0"),
        ("某局 4.00", "t0"),
        ("某局 -", "t0"),
        ("合计 4.00\n甲 4.00", "t0 p1"),
    ],
)
def test_a_unit_has_one_total_and_its_projects(text: str, expected: str, scope: str | None) -> None:
    assert levels(text, scope) == expected


def test_centred_names_of_a_unit_are_no_outline() -> None:
    """Short names stand further right: their distance from the edge says nothing."""
    text = "\u3000\u3000\u3000某局 9.00\n\u3000信息系统运行 4.00\n\u3000\u3000\u3000培训 5.00"
    assert levels(text, "unit") == "t0 p1 p1"
    text = "合计 9.00\n\u3000信息系统运行 4.00\n\u3000\u3000\u3000培训 5.00"
    assert levels(text, "unit") == "t0 p1 p1"


def test_centred_names_of_a_department_leave_it_to_the_sums() -> None:
    """Four distances are more than three levels have."""
    text = (
        "\u3000\u3000\u3000\u3000合计 9.00\n\u3000\u3000\u3000某局 5.00\n"
        "\u3000\u3000\u3000\u3000培训 5.00\n\u3000\u3000某中心 4.00\n\u3000\u3000\u3000培训 3.00\n"
        "\u3000信息系统运行 1.00"
    )
    assert levels(text, "department") == THREE_LEVELS


def test_centred_names_of_a_department_at_two_distances_are_no_outline() -> None:
    text = (
        "合计 9.00\n\u3000\u3000\u3000\u3000某局 5.00\n\u3000\u3000\u3000\u3000培训 5.00\n"
        "\u3000\u3000\u3000某中心 4.00\n\u3000\u3000\u3000\u3000培训 3.00\n"
        "\u3000\u3000\u3000信息化 1.00"
    )
    assert levels(text, "department") == THREE_LEVELS


def test_a_centred_total_is_no_indentation() -> None:
    text = INDENTED.replace("\n某局", "\n\u3000\u3000\u3000\u3000\u3000合计", 1)
    assert levels(text, "department") == THREE_LEVELS


def test_no_rows_have_no_levels() -> None:
    assert outline.levels([], "某局", "unit", TOTALS) == []


AMOUNTS = st.integers(1, 400).map(lambda n: Decimal(n).scaleb(-2))
UNITS = st.lists(st.lists(AMOUNTS, min_size=1, max_size=4), min_size=1, max_size=4)


@settings(deadline=None)
@given(UNITS)
def test_a_partition_by_sums_is_the_printed_one_or_none(units: list[list[Decimal]]) -> None:
    printed = [("某局", sum(map(sum, units)), "t0")]
    for projects in units:
        printed.append(("单位", sum(projects), "u1"))
        printed += [("项目", amount, "p2") for amount in projects]
    text = "\n".join(f"{label} {amount:.2f}" for label, amount, _ in printed)
    try:
        found = levels(text, "department")
    except Unplaced:
        return
    assert found == " ".join(level for _, _, level in printed)


@settings(deadline=None)
@given(st.lists(AMOUNTS, min_size=1, max_size=6))
def test_the_projects_of_a_unit_are_never_grouped(amounts: list[Decimal]) -> None:
    lines = [f"某局 {sum(amounts):.2f}", *(f"项目 {amount:.2f}" for amount in amounts)]
    assert levels("\n".join(lines), "unit") == " ".join(["t0", *["p1"] * len(amounts)])
