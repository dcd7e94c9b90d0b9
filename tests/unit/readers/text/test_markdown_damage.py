"""Made-up budgets as OCR markdown: all comes out of mild damage, nothing wrong of any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.document import Refusal
from pipeline.forms.disclosure import Disclosure
from pipeline.forms.recognise import recognise
from pipeline.readers.shapes import Reading
from pipeline.readers.text import markdown
from tests.accuracy.comparison import amounts, differences
from tests.facsimile.budget import Budget, Table
from tests.facsimile.expected import ExpectedAmount, expected
from tests.facsimile.forms import header_lines, name_line, title
from tests.facsimile.synthetic import synthetic_budget

Row = list[str]
GARBAGE = ("der der state formale", "75 F1 Ar TA", "~# II", "A.11", "-5E-17", "DE PARAMA A")
PROSE = tuple(
    f"{n}、本单位严格按照有关管理办法执行,切实提高预算公开的及时性和准确性。" for n in "一二三四五"
)
#: a page of handlers as they are printed below a performance form
ANNEX = """### 某省政府购买服务指导性目录

代码\t一级目录\t二级目录\t三级目录\t四级目录
A\t公共服务\t\t\t
A01\t\t公共安全服务\t\t
A0101\t\t\t公共安全隐患排查服务\t

代码\t一级目录\t二级目录\t三级目录\t四级目录
A010101\t\t\t\t网络安全检查服务
A010102\t\t\t\t网络安全演练服务

|项目名称||某云平台运维项目||
|实施期资金总额:|7, 258, 000|年度资金总额:|7|06,000|
|负责人:||联系电话:|13800000000|
"""


@dataclass(frozen=True)
class Damage:
    """What OCR does to a document."""

    gaps: bool = True
    spare_columns: int = 0
    garbage_head: bool = False
    pages: int = 1
    bottom_up: bool = False
    narrow: bool = False
    lost_cells: float = 0.0
    letters: float = 0.0
    shifted: float = 0.0
    annex: bool = True
    layout: str = "tabs"


MILD = Damage(spare_columns=3, garbage_head=True, pages=2)


def ocr_text(budget: Budget, damage: Damage, random: Random) -> str:
    """The disclosure as an OCR engine writes it down."""
    parts = [
        f"{budget.unit_name} {budget.year}年度{budget.scope_word}预算公开",
        f"# 第二部分 {budget.year}年{budget.scope_word}预算报表",
    ]
    for table in budget.tables:
        parts.append(f"## {title(table.number, budget.year)}")
        parts.append(name_line(budget).replace("：", ": "))
        parts.append("单位: 万元")
        parts += printed(table, budget.year, damage, random)
        if table.note:
            parts.append(table.note)
    parts += ["#### 第三部分 情况说明", *PROSE]
    return "\n\n".join(parts + ([ANNEX] if damage.annex else [])) + "\n"


def printed(table: Table, year: int, damage: Damage, random: Random) -> Iterator[str]:
    """A table, page by page."""
    head = [["" if c in "<^" else c for c in line] for line in header_lines(table.number, year)]
    if table.number == 9:
        head[0] = [head[0][0], "", "", head[0][3], "", "", "", ""]
    if damage.garbage_head and table.number in (6, 12, 13):
        head = [[random.choice(GARBAGE) for _ in head[0]], *head]
    body = [list(row) for row in table.rows]
    cut = len(body) // 2 if damage.pages > 1 and len(body) > 6 else len(body)
    spare = [""] * damage.spare_columns
    first = [damaged(row, damage, random) + spare for row in body[:cut]]
    yield LAYOUTS[damage.layout]([row + spare for row in head] + first)
    rest = [damaged(row, damage, random) for row in body[cut:]]
    if not rest:
        return
    if damage.narrow:
        blank = {c for c in range(len(rest[0])) if not any(row[c] for row in rest)}
        rest = [[text for c, text in enumerate(row) if c not in blank] for row in rest]
    yield LAYOUTS[damage.layout](rest[::-1] if damage.bottom_up else rest)


def damaged(row: Row, damage: Damage, random: Random) -> Row:
    """A row of cells as read."""
    cells = [cell(text, damage, random) for text in row]
    if random.random() < damage.shifted:
        cells = ["", *cells[:-1]] if not cells[-1] else [*cells[1:], ""]
    return cells


def cell(text: str, damage: Damage, random: Random) -> str:
    """A cell as read."""
    if "." in text and text[-1:].isdigit():
        if random.random() < damage.lost_cells:
            return ""
        if random.random() < damage.letters:
            return text.replace("0", "O").replace("1", "l")
        return text.replace(".", random.choice((". ", " .", "."))) if damage.gaps else text
    if damage.gaps and len(text) > 8 and not text[0].isdigit() and random.random() < 0.5:
        return f"{text[:7]} {text[7:]}"
    return text


def tabs(rows: list[Row]) -> str:
    """Rows as lines of tabs."""
    return "\n".join("\t".join(row) for row in rows)


def pipes(rows: list[Row]) -> str:
    """Rows as a pipe table."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def markup(rows: list[Row]) -> str:
    """Rows as an HTML table."""
    lines = ["".join(f"<td>{text}</td>" for text in row) for row in rows]
    return "<table>\n" + "\n".join(f"<tr>{line}</tr>" for line in lines) + "\n</table>"


LAYOUTS: dict[str, Callable[[list[Row]], str]] = {"tabs": tabs, "pipes": pipes, "html": markup}


def read(text: str) -> Reading:
    """The reading of a text."""
    return Reading("text", tuple(markdown.items(text.split("\n"))))


def recognised(budget: Budget, damage: Damage, seed: int = 0) -> Disclosure:
    """What is recognised in a damaged budget."""
    return recognise(read(ocr_text(budget, damage, Random(seed))))


def plainly(found: list[ExpectedAmount]) -> Counter[tuple[object, ...]]:
    """Amounts by what names them, the order of rows set aside."""
    return Counter(
        (a.statement_id, a.side, a.code, a.label, a.government_item, a.measure_id, a.amount_yuan)
        for a in found
    )


def wrong(found: Disclosure, budget: Budget) -> list[tuple[object, ...]]:
    """Amounts that the budget does not print."""
    got, wanted = plainly(list(amounts(found))), plainly(expected(budget))
    return list((got - wanted).elements())


UNIT = synthetic_budget(1, "unit", 2026)
DEPARTMENT = synthetic_budget(4, "department", 2025, with_state_capital=True, n_units=3)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("budget", [UNIT, DEPARTMENT], ids=["unit", "department"])
def test_of_mild_damage_all_comes_out(budget: Budget, layout: str) -> None:
    one_page = Damage(spare_columns=2, garbage_head=True, layout=layout)
    assert differences(recognised(budget, one_page), budget) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pages_of_one_table_come_together(layout: str) -> None:
    damage = Damage(spare_columns=3, pages=2, layout=layout)
    assert differences(recognised(UNIT, damage), UNIT) == []


#: the tables that tell by enumerators or codes that a page stands bottom up
ORDERED = frozenset(
    {
        "summary",
        "revenue",
        "expenditure",
        "fiscal_summary",
        "general_expenditure_function",
        "fund_expenditure",
    }
)


def test_pages_bottom_up_are_turned_where_rows_tell_it() -> None:
    found = recognised(UNIT, Damage(pages=2, bottom_up=True))
    assert wrong(found, UNIT) == []
    told = [line for line in differences(found, UNIT) if any(f"'{s}'" in line for s in ORDERED)]
    assert told == []


def test_columns_that_a_page_lost_are_found_by_the_sums_or_the_table_is_rejected() -> None:
    found = recognised(UNIT, Damage(pages=2, narrow=True))
    assert wrong(found, UNIT) == []
    lost = plainly(expected(UNIT)) - plainly(list(amounts(found)))
    told = {one.statement_id for one in found.rejected}
    assert {key[0] for key in lost} <= told
    read_all = {"revenue", "expenditure", "general_expenditure_function", "fund_expenditure"}
    assert read_all.isdisjoint(told)


DAMAGES = st.builds(
    Damage,
    gaps=st.booleans(),
    spare_columns=st.integers(0, 3),
    garbage_head=st.booleans(),
    pages=st.integers(1, 2),
    bottom_up=st.booleans(),
    narrow=st.booleans(),
    lost_cells=st.sampled_from((0.0, 0.02, 0.2)),
    letters=st.sampled_from((0.0, 0.01)),
    layout=st.sampled_from(sorted(LAYOUTS)),
)


@settings(max_examples=12, deadline=None)
@given(DAMAGES, st.integers(0, 99), st.sampled_from((UNIT, DEPARTMENT)))
def test_no_damage_makes_a_wrong_amount(damage: Damage, seed: int, budget: Budget) -> None:
    try:
        found = recognised(budget, damage, seed)
    except Refusal:
        return
    assert wrong(found, budget) == []


def test_letters_in_figures_are_never_made_digits() -> None:
    found = recognised(UNIT, Damage(letters=1.0))
    filled = {a.statement_id for a in expected(UNIT)}
    assert {r.statement_id for r in found.rejected} >= filled - {
        a.statement_id for a in expected(UNIT) if "0" not in a.printed_text
    } - {"fund_revenue"}
    assert wrong(found, UNIT) == []


def test_the_annex_is_left_over_and_nothing_personal_is_told() -> None:
    plain, with_annex = (recognised(UNIT, Damage(annex=a)) for a in (False, True))
    assert list(amounts(with_annex)) == list(amounts(plain))
    assert len(with_annex.leftovers) == len(plain.leftovers) + 2
    assert "13800000000" not in repr((with_annex.rejected, with_annex.leftovers))


def test_a_file_is_read_as_its_text_is(tmp_path: Path) -> None:
    from tests.unit.readers.support import document

    path = tmp_path / "a.txt"
    path.write_text(ocr_text(UNIT, MILD, Random(0)), encoding="utf-8")
    assert markdown.looks_like(path.read_text(encoding="utf-8").split("\n"))
    assert differences(recognise(markdown.read(document(path))), UNIT) == []
