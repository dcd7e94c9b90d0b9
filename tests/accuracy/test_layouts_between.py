"""Layouts between those of the provinces: every amount comes out, or its loss is told.

Made-up disclosures of random wordings, captions and page breaks, whose amounts are known by the
data contract, through three media; and traps that must be refused for what they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from pipeline.documents.document import Refusal
from pipeline.forms import figures
from pipeline.forms.disclosure import Disclosure
from pipeline.forms.recognise import recognise
from pipeline.readers.shapes import Grid, Reading
from tests.accuracy.comparison import YUAN
from tests.accuracy.comparison import reading as read_pdf
from tests.facsimile.provinces import Amount, Made, make
from tests.facsimile.sheets import pdf_of
from tests.unit.forms.printed import reading

SEEDS = range(1000, 1018)
PRINTED = range(1000, 1005)
# What is lost of these documents is lost loudly; it must not become more.
LEAST = Decimal("0.97")


def without_spans(found: Reading) -> Reading:
    """The same tables in a medium that does not say how far a cell reaches."""
    items = tuple(
        replace(
            item,
            spans_known=False,
            cells=tuple(replace(cell, row_span=1, column_span=1) for cell in item.cells),
        )
        if isinstance(item, Grid)
        else item
        for item in found.items
    )
    return replace(found, items=items)


def amounts(found: Disclosure) -> Iterator[Amount]:
    """Every amount of a disclosure as the generator states it."""
    for statement in found.statements:
        for line in statement.lines:
            for figure in line.figures:
                value = figures.parse(figure.figure)
                assert value is not None
                assert statement.money_unit is not None
                yield (
                    statement.statement_id,
                    line.side,
                    line.code,
                    line.label,
                    line.label_path,
                    line.occurrence,
                    figure.measure,
                    value * YUAN[statement.money_unit],
                )


def found_and_silent(made: Made, seen: Reading) -> tuple[int, list[str]]:
    """How many amounts came out, and what is wrong or missing without a word."""
    wanted = Counter(made.amounts)
    try:
        found = recognise(seen)
    except Refusal:
        return 0, []
    told = {one.statement_id for one in found.rejected}
    got = Counter(amounts(found))
    lost = [a for a in (wanted - got).elements() if a[0] not in told and None not in told]
    silent = [*(f"lost: {a}" for a in lost), *(f"made up: {a}" for a in (got - wanted).elements())]
    said = (found.unit_name, found.fiscal_year, found.kind)
    if said != (made.unit_name, made.year, made.kind):
        silent.append(f"the document is {said}")
    return (wanted & got).total(), silent


@pytest.mark.parametrize("spans_known", [True, False])
def test_grids_of_layouts_between(spans_known: bool) -> None:
    found = wanted = 0
    for seed in SEEDS:
        made = make(seed)
        seen = made.reading if spans_known else without_spans(made.reading)
        count, silent = found_and_silent(made, seen)
        assert not silent, (seed, silent[:5])
        found, wanted = found + count, wanted + len(made.amounts)
    assert found >= LEAST * wanted, (found, wanted)


@pytest.mark.parametrize("seed", PRINTED)
def test_prints_of_layouts_between(seed: int, tmp_path: Path) -> None:
    made = make(seed)
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(made.reading))
    _, silent = found_and_silent(made, read_pdf(path))
    assert not silent, silent[:5]


CAPTION = "部门：某县某局 单位：万元"
FUNCTION = "科目编码|科目名称|合计|基本支出|项目支出"
ROWS = "201|一般公共服务支出|250.00|150.00|100.00\n20103|政府办公厅事务|250.00|150.00|100.00"

TRAPS = {
    "the year before beside this one": (
        f"一般公共预算支出表\n{CAPTION}\n"
        "科目编码|科目名称|2022年执行数|2023年预算数|<|<\n^|^|^|小计|基本支出|项目支出\n"
        "201|一般公共服务支出|240.00|250.00|150.00|100.00",
        "header_unknown",
    ),
    "the year before alone": (
        f"一般公共预算支出表\n{CAPTION}\n"
        "科目编码|科目名称|2022年预算数|<|<\n^|^|合计|基本支出|项目支出\n" + ROWS,
        "other_disclosure",
    ),
    "three public expenses of two years": (
        f"一般公共预算“三公”经费支出表\n{CAPTION}\n项目|2022年预算数|2023年预算数\n"
        "合计|5.00|6.00\n公务接待费|5.00|6.00",
        "header_unknown",
    ),
    "funds of the carried over money": (
        f"部门收入总表\n{CAPTION}\n科目编码|科目名称|合计|上年结转|<\n"
        "^|^|^|一般公共预算|政府性基金预算\n201|一般公共服务支出|10.00|8.00|2.00",
        "header_unknown",
    ),
    "items under a header of functions": (
        f"一般公共预算支出表\n{CAPTION}\n{FUNCTION}\n"
        "301|工资福利支出|250.00|150.00|100.00\n30101|基本工资|250.00|150.00|100.00",
        "row_unplaced",
    ),
    "units before the codes": (
        f"部门支出总表\n{CAPTION}\n单位名称|{FUNCTION}\n"
        "某县某局|201|一般公共服务支出|250.00|150.00|100.00",
        "header_unknown",
    ),
    "a title of no form below a list of tables": (
        f"目录\n一、一般公共预算支出表\n二、其他收费支出明细表\n其他收费支出明细表\n{CAPTION}\n"
        f"{FUNCTION}\n{ROWS}",
        "header_unknown",
    ),
    "a place that begins like a unit of money": (
        f"部门支出总表\n单位：元谋县某局\n{FUNCTION}\n{ROWS}",
        "unit_unknown",
    ),
    "two totals": (
        f"部门支出总表\n{CAPTION}\n科目编码|科目名称|合计|总计|基本支出\n"
        "201|一般公共服务支出|250.00|999.00|150.00",
        "header_unknown",
    ),
    "two units of money": (
        f"部门支出总表\n{CAPTION}\n科目编码|科目名称|合计（元）|基本支出（元）\n"
        "201|一般公共服务支出|250.00|250.00",
        "header_unknown",
    ),
}
OTHER = (
    f"部门收入总表\n{CAPTION}\n科目编码|科目名称|合计|一般公共预算\n201|一般公共服务支出|7.00|7.00"
)


@pytest.mark.parametrize("spans_known", [True, False])
@pytest.mark.parametrize("name", sorted(TRAPS))
def test_what_looks_like_a_statement_and_is_not_is_refused(name: str, spans_known: bool) -> None:
    printed, reason = TRAPS[name]
    other = OTHER.replace("部门收入总表", "部门支出总表") if "收入" in printed else OTHER
    if "收入" in printed:
        other = f"部门支出总表\n{CAPTION}\n{FUNCTION}\n{ROWS}"
    seen = reading(f"某县某局2023年部门预算\n{other}\n{dedent(printed)}")
    found = recognise(seen if spans_known else without_spans(seen))
    assert [one.reason for one in found.rejected] == [reason], found.rejected
    assert len(found.statements) == 1


def test_a_cover_of_another_kind_than_the_tables_is_refused() -> None:
    with pytest.raises(Refusal, match="the cover says final_account"):
        recognise(
            reading(f"某县某局2023年度部门决算公开\n部门支出总表\n{CAPTION}\n{FUNCTION}\n{ROWS}")
        )


def test_of_two_years_the_one_on_the_cover_holds() -> None:
    both = "\n".join(
        f"{year}年{title}\n{CAPTION}\n{FUNCTION}\n{ROWS}"
        for year, title in ((2022, "部门支出总表"), (2023, "一般公共预算支出表"))
    )
    found = recognise(reading(f"某县某局2023年部门预算\n{both}"))
    assert found.fiscal_year == 2023
    assert [one.reason for one in found.rejected] == ["other_disclosure"]


@pytest.mark.parametrize(
    "codes",
    [
        "201|一般|20103|政府|2010301|行政",
        "201|一般|201.03|政府|201.03.01|行政",
        "201|一般|201 03|政府|201 03 01|行政",
    ],
)
def test_codes_with_marks_between_their_parts(codes: str) -> None:
    cells = codes.split("|")
    rows = "\n".join(f"{c}|{n}|9.00|9.00|" for c, n in zip(cells[::2], cells[1::2], strict=True))
    found = recognise(
        reading(f"某县某局2023年部门预算\n部门支出总表\n{CAPTION}\n{FUNCTION}\n{rows}")
    )
    (statement,) = found.statements
    assert [line.code for line in statement.lines] == ["201", "20103", "2010301"]


def test_codes_that_grow_from_column_to_column() -> None:
    table = (
        f"部门支出总表\n{CAPTION}\n科目编码|<|<|科目名称|合计\n类|款|项|^|^\n"
        "201|||一般|9.00\n201|20103||政府|9.00\n201|20103|2010301|行政|9.00"
    )
    (statement,) = recognise(reading(f"某县某局2023年部门预算\n{table}")).statements
    assert [line.code for line in statement.lines] == ["201", "20103", "2010301"]


def test_the_unit_of_money_in_the_header_words() -> None:
    table = (
        "部门支出总表\n部门：某县某局\n科目编码|科目名称|合计（万元）\n201|一般公共服务支出|9.00"
    )
    (statement,) = recognise(reading(f"某县某局2023年部门预算\n{table}")).statements
    assert (statement.money_unit, statement.lines[0].figures[0].text) == ("万元", "9.00")
