"""Claims against cells and against each other: each verdict, and what turns it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identities.percent import Figure
from pipeline.ledger import claims as claiming
from pipeline.ledger.claim_arithmetic import Verdict, percent
from pipeline.ledger.claim_cells import Table, Tables
from pipeline.ledger.claim_reports import Reported, Reports
from pipeline.ledger.claim_verdicts import Judge
from pipeline.narrative.patterns import declared
from pipeline.schema.catalogue import tables as released_tables
from pipeline.schema.catalogue import words
from pipeline.staging.tables import SCHEMAS
from pipeline.staging.told import claim_rows
from tests.unit.narrative.prose import read

KEY = "0123456789abcdef"
NO_REPORTS = Reports(
    *(
        released_tables()[n].frame([])
        for n in ("fact_project", "fact_evaluation", "fact_quarantine")
    )
)


def row(number: int, **fields: Any) -> dict[str, Any]:
    """A staged line."""
    names = ("side", "role", "item", "code", "label")
    line = dict.fromkeys(names) | {"line_no": number, "line_kind": "item"}
    return line | fields


def cell(number: int, amount: str, step: str = "100", **fields: Any) -> dict[str, Any]:
    """A figure with its proof."""
    return {
        "amount_id": f"a{number}",
        "amount_yuan": Decimal(amount),
        "step_yuan": Decimal(step),
        "proof": "proved",
        "confidence": Decimal(1),
    } | fields


def table(
    statement: str, *entries: tuple[dict[str, Any], dict[str, Any]], state: str = "data"
) -> Table:
    """A statement of rows with their figures by measure."""
    found = Table(statement, state)
    for line, cells in entries:
        found.rows.append(line)
        found.cells[line["side"], line["line_no"]] = cells
    return found


def basic(amount: str, **fields: Any) -> Table:
    """A table of basic expenditure with its total."""
    total = row(1, role="total", line_kind="total")
    return table("expenditure", (total, {"basic": cell(1, amount, **fields)}))


def verdicts(
    text: str,
    *tables: Table,
    counts: dict[str, Decimal] | None = None,
    reported: Reported | None = None,
    **fields: str,
) -> list[Verdict]:
    """The verdict of each claim of a text."""
    rows = list(claim_rows(KEY, read(text, **fields)))
    subjects = declared("subjects")
    judged = Judge(rows, Tables(tables), counts or {}, subjects, reported or Reported()).judge()
    return [judged[number] for number in sorted(judged)]


def said(text: str, *tables: Table, **fields: Any) -> list[str]:
    """The verdicts as words."""
    return [one.verdict for one in verdicts(text, *tables, **fields)]


@pytest.mark.parametrize(
    ("claim", "amount", "step", "expected"),
    [
        ("12.34万元", "123400", "100", "agrees"),
        ("12.34万元", "123449.99", "0.01", "rounding"),
        ("12.34万元", "123490", "1", "rounding"),
        ("12.34万元", "123500", "1", "contradicts"),
        ("12.34万元", "123500", "100", "rounding"),
        ("12.34万元", "123600", "100", "contradicts"),
        ("12万元", "123400", "1", "rounding"),
        ("88.36万元", "123400", "100", "contradicts"),
    ],
)
def test_money_against_its_cell(claim: str, amount: str, step: str, expected: str) -> None:
    (found,) = verdicts(f"基本支出{claim}。", basic(amount, step=step))
    assert (found.verdict, found.amount_id) == (expected, "a1")


def test_an_item_printed_in_the_same_step_is_not_rounded() -> None:
    line = row(1, role="class", code="221", label="住房保障支出")
    found = table("expenditure", (line, {"total": cell(1, "123500")}))
    assert said("住房保障支出12.34万元。", found) == ["contradicts"]


def test_nothing_agrees_with_a_blank_cell_and_an_empty_table() -> None:
    assert said("基本支出0万元。", basic("0").__class__("expenditure", "stated_empty")) == [
        "agrees"
    ]
    blank = table("expenditure", (row(1, role="total"), {}))
    assert said("基本支出0万元。", blank) == ["agrees"]
    assert said("基本支出1万元。", blank) == ["untestable"]


@pytest.mark.parametrize(
    "doubt", [{"proof": "disputed"}, {"proof": "repaired"}, {"confidence": Decimal("0.5")}]
)
def test_a_cell_in_doubt_contradicts_nothing(doubt: dict[str, Any]) -> None:
    assert said("基本支出13万元。", basic("120000", **doubt)) == ["untestable"]
    assert said("基本支出12万元。", basic("120000", **doubt)) == ["agrees"]


def test_without_a_table_an_amount_is_untestable() -> None:
    assert said("基本支出13万元。") == ["untestable"]


def test_the_place_that_agrees_is_the_one_meant() -> None:
    summary = table(
        "summary", (row(1, side="revenue", role="grand_total"), {"amount": cell(1, "1")})
    )
    other = row(1, side="expenditure", role="grand_total")
    summary.rows.append(other)
    summary.cells["expenditure", 1] = {"total": cell(2, "120000")}
    (found,) = verdicts("收入、支出预算总计12万元。", summary)
    assert (found.verdict, found.amount_id) == ("agrees", "a2")


def test_a_sum_of_cells_has_no_cell_of_its_own() -> None:
    rows = [
        (row(1, code="301"), {"amount": cell(1, "70000")}),
        (row(2, code="303"), {"amount": cell(2, "50000")}),
    ]
    (found,) = verdicts("人员经费12万元。", table("general_basic_economic", *rows))
    assert found == Verdict("agrees", None, "sum of 2 cells")


def test_a_path_finds_its_item_below_its_parents() -> None:
    rows = [
        (row(1, code="201", label="甲支出"), {}),
        (row(2, code="20103", label="乙事务"), {}),
        (row(3, code="2010301", label="丙运行"), {"amount": cell(3, "10000")}),
        (row(4, code="20106", label="丁事务"), {}),
        (row(5, code="2010601", label="丙运行"), {"amount": cell(5, "20000")}),
    ]
    printed = table("general_expenditure_function", *rows)
    (found,) = verdicts("1.甲支出（类）丁事务（款）丙运行（项）2万元。", printed)
    assert (found.verdict, found.amount_id) == ("agrees", "a5")
    assert said("1.丙运行（项）2万元。", printed) == ["untestable"]


@pytest.mark.parametrize(
    ("share", "expected"),
    [("33.33%", "agrees"), ("33.34%", "contradicts"), ("33%", "agrees"), ("66.67%", "contradicts")],
)
def test_shares_are_recomputed(share: str, expected: str) -> None:
    text = f"支出预算3000.00万元，其中：基本支出1000.00万元，占{share}。"
    assert said(text)[-1] == expected


@pytest.mark.parametrize(
    ("printed", "part", "whole", "expected"),
    [
        ("33.33", "100", "300", "agrees"),
        ("33.34", "100", "300", "rounding"),
        ("33.35", "100", "300", "contradicts"),
        ("0", "0", "0", "agrees"),
        ("100.00", "5", "0", "untestable"),
    ],
)
def test_a_percentage_allows_what_its_parts_were_rounded_by(
    printed: str, part: str, whole: str, expected: str
) -> None:
    step = Decimal("0.02")
    assert percent(printed, Figure(Decimal(part), step), Figure(Decimal(whole), step)) == expected


@pytest.mark.parametrize(
    ("rate", "verb", "expected"),
    [
        ("20.00%", "增长", "agrees"),
        ("25.00%", "增长", "contradicts"),
        ("20.00%", "下降", "contradicts"),
    ],
)
def test_rates_of_change_are_recomputed(rate: str, verb: str, expected: str) -> None:
    found = said(f"基本支出120.00万元，比上年增加20.00万元，{verb}{rate}。")
    assert found[2] == expected
    assert found[1] == ("agrees" if expected == "agrees" else "untestable")


@pytest.mark.parametrize(("change", "expected"), [("20.00", "agrees"), ("19.00", "contradicts")])
def test_a_change_against_the_earlier_value(change: str, expected: str) -> None:
    text = f"机关运行经费预算120.00万元，比2030年预算100.00万元增加{change}万元。"
    found = said(text)
    assert found[2] == expected
    assert found[1] == ("agrees" if expected == "agrees" else "untestable")


def test_execution_is_recomputed() -> None:
    text = "基本支出年初预算为200.00万元，支出决算为150.00万元，完成年初预算的{}%。"
    for rate, expected in (("75.00", "agrees"), ("133.33", "contradicts")):
        assert said(text.format(rate), kind="final_account")[-1] == expected


def test_parts_must_add_up() -> None:
    text = (
        "政府采购预算总额10.00万元。其中：政府采购货物预算{}万元、政府采购工程预算0万元、"
        "政府采购服务预算4.00万元。"
    )
    assert said(text.format("6.00")) == ["agrees"] * 4
    assert said(text.format("5.00")) == ["contradicts", *["untestable"] * 3]


def test_parts_that_may_be_incomplete_break_nothing_unless_they_exceed() -> None:
    section = "二、机构设置情况"
    assert said("编制20名，其中行政编制8名、事业编制5名。", section=section)[0] == "untestable"
    assert said("编制20名，其中行政编制18名、事业编制5名。", section=section)[0] == "contradicts"
    assert said("编制20名，其中行政编制15名、事业编制5名。", section=section) == ["agrees"] * 3


def test_projects_with_targets_may_be_fewer_than_all() -> None:
    printed = table("projects", (row(1, role="total"), {"total": cell(1, "500000")}))
    text = "编报绩效目标的项目2个，涉及项目预算资金{}万元。"
    for value, expected in (("50", "agrees"), ("40", "untestable"), ("60", "contradicts")):
        assert said(text.format(value), printed)[1] == expected


def test_counts_of_the_tables() -> None:
    text = "共有车辆3辆。"
    assert said(text, counts={"vehicles_held": Decimal(3)}) == ["agrees"]
    assert said(text, counts={"vehicles_held": Decimal(2)}) == ["contradicts"]


def reports(*grades: str | None, lost: bool = False, **money: str) -> Reported:
    """What a document with two forms and a report of each grade has."""
    forms = [
        {
            "project_id": f"p{n}",
            "document_id": KEY,
            "match": "none",
            "form_pages": 1,
            "annual_total": Decimal(n * 10_000),
        }
        for n in (1, 2)
    ]
    reported = [
        {
            "document_id": KEY,
            "evaluation_no": number,
            "project_id": f"p{number}",
            "grade": grade,
            "total_score": Decimal(80 + number),
            **{name: Decimal(amount) for name, amount in money.items()},
        }
        for number, grade in enumerate(grades, start=1)
    ]
    unread = {
        "quarantine_id": "q",
        "source_name": "某",
        "sha256": "0" * 64,
        "document_id": KEY,
        "stage": "forms",
        "reason": "row_unplaced",
    }
    return Reports(
        released_tables()["fact_project"].frame(forms),
        released_tables()["fact_evaluation"].frame(reported),
        released_tables()["fact_quarantine"].frame([unread] if lost else []),
    ).of([KEY])


def test_projects_with_targets_are_the_forms_and_their_money() -> None:
    text = "纳入绩效目标管理的项目{}个,涉及金额{}万元。"
    found = verdicts(text.format(2, 3), reported=reports())
    assert [one.verdict for one in found] == ["agrees", "agrees"]
    assert [one.reason for one in found] == [
        "2 performance forms",
        "sum of annual_total of 2 performance forms",
    ]
    assert said(text.format(3, 4), reported=reports()) == ["untestable"] * 2


def test_a_list_of_another_length_than_the_forms_is_told() -> None:
    listed = table("projects", *((row(n, role="project"), {}) for n in (1, 2, 3)))
    text = "纳入绩效目标管理的项目{}个。"
    (found,) = verdicts(text.format(2), listed, reported=reports())
    assert found == Verdict("agrees", None, "2 performance forms; the lists have 3 rows")
    (found,) = verdicts(text.format(3), listed, reported=reports())
    assert found == Verdict("agrees", None, "rows of the list")


def test_what_was_evaluated_is_the_sum_of_the_reports() -> None:
    text = "二级项目2个,共涉及资金{}元。"
    found = reports("优", "良", approved="15", year_budget="14")
    assert said(text.format(30), reported=found) == ["agrees", "agrees"]
    assert said(text.format(28), reported=found) == ["agrees", "agrees"]
    assert said(text.format(31), reported=found) == ["agrees", "untestable"]


GRADED = '二级项目绩效自评个数{}个:{}个项目自评等级为"优",{}个项目自评等级为"良"。'


def test_numbers_by_grade_are_those_of_the_reports() -> None:
    found = reports("优秀", "良", "良")
    assert said(GRADED.format(3, 1, 2), reported=found) == ["agrees"] * 3
    assert said(GRADED.format(3, 2, 1), reported=found)[1:] == ["contradicts"] * 2


@pytest.mark.parametrize(
    "found", [reports("优", "良"), reports("优", "良", None), reports("优", "良", "良", lost=True)]
)
def test_numbers_by_grade_contradict_only_where_all_reports_are_at_hand(found: Reported) -> None:
    assert "contradicts" not in said(GRADED.format(3, 2, 1), reported=found)


def test_of_two_lists_of_one_total_neither_is_meant() -> None:
    twice = GRADED.replace("二级", "一级").format(3, 2, 1) + GRADED.format(3, 1, 2)
    assert "contradicts" not in said(twice, reported=reports("优", "良", "良"))


def test_a_mean_score_may_be_that_of_the_reports() -> None:
    assert said("平均得分81.5分。", reported=reports("良", "良")) == ["agrees"]
    assert said("平均得分82分。", reported=reports("良", "良")) == ["agrees"]
    assert said("平均得分83分。", reported=reports("良", "良")) == ["untestable"]


def frames(text: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Staged claims of one document, and the document."""
    rows = list(claim_rows(KEY, read(text)))
    document = {"document_id": KEY, "disclosure_id": "d", "is_current": True}
    return pl.DataFrame(rows, schema=SCHEMAS["claims"]), pl.DataFrame([document])


def test_every_claim_is_released_once_with_a_verdict_and_a_stable_key() -> None:
    claims, documents = frames(
        "基本支出5万元；项目支出5万元；基本支出5万元，比上年增加1万元，增长25%。主要原因是人员减少。"
    )
    nothing = {name: pl.DataFrame(schema=schema) for name, schema in SCHEMAS.items()}
    amounts = nothing["cells"].with_columns(
        amount_id=pl.lit(""), amount_yuan=pl.lit(0), step_yuan=pl.lit(0), proof=pl.lit("")
    )
    known = (nothing["quantities"], nothing["lines"], amounts, nothing["coverage"], documents)
    built = claiming.fact_claim(claims, *known, NO_REPORTS)
    assert built.height == 5
    assert built["claim_id"].n_unique() == 5
    assert built["verdict"].null_count() == 0
    assert claiming.OTHER_CAUSE in "".join(built["reason"].drop_nulls())
    later = claims.with_columns(number=pl.col("number") + 7, of=pl.col("of") + 7)
    again = claiming.fact_claim(later, *known, NO_REPORTS)
    assert again["claim_id"].to_list() == built["claim_id"].to_list()


def test_tables_of_another_file_of_the_disclosure_count() -> None:
    claims, documents = frames("基本支出5万元。")
    tables = {"other": [basic("50000")]}
    both = pl.concat([documents, documents.with_columns(document_id=pl.lit("other"))])
    siblings = claiming.parts_of_disclosures(both)
    assert siblings[KEY] == [KEY, "other"]
    assert [t.statement_id for t in claiming.near(KEY, tables, siblings)] == ["expenditure"]
    assert claims.height == 1


FRAGMENT = st.sampled_from(
    [
        *"，。；：、（）“”",
        "其中",
        "占",
        "比上年",
        "与2030年预算",
        "增加",
        "下降",
        "持平",
        "主要原因是",
        "基本支出",
        "支出预算",
        "共有车辆",
        "项目",
        "涉及金额",
        "年初预算",
        "支出决算",
        "完成年初预算的",
        "一般公共服务支出（类）",
        "政协事务（款）",
        "行政运行（项）",
        "1.",
        "2031年",
        "占本年支出合计的",
        "12.30万元",
        "0万元",
        "5%",
        "0%",
        "100.00%",
        "3辆",
        "7个",
        "4人次",
        "80分",
        "9平方米",
        "为0",
    ]
)


@given(st.lists(FRAGMENT, max_size=40).map("".join), st.sampled_from(["budget", "final_account"]))
def test_whatever_prose_says_every_figure_gets_a_verdict(text: str, kind: str) -> None:
    rows = list(claim_rows(KEY, read(text, kind=kind)))
    judged = Judge(rows, Tables([basic("123000")]), {}, declared("subjects")).judge()
    assert sorted(judged) == [row["number"] for row in rows]
    assert {one.verdict for one in judged.values()} <= set(words("claim_verdict"))
    assert {row["subject"] for row in rows} <= set(words("claim_subject"))
    assert {row["measure"] for row in rows} <= set(words("claim_measure"))
    assert {row["unit"] for row in rows} - {None} <= set(words("claim_unit"))


def test_a_weak_place_may_agree_but_contradicts_nothing() -> None:
    total = row(1, role="operations_total")
    found = table("general_basic_economic", (total, {"amount": cell(1, "120000")}))
    assert said("机关运行经费12万元。", found) == ["agrees"]
    assert said("机关运行经费10万元。", found) == ["untestable"]


def test_parts_of_one_budget_are_held_against_that_budget() -> None:
    """基本支出 of the general budget, in a section on everything."""
    total = row(1, role="total", line_kind="total")
    general = table("general_expenditure_function", (total, {"basic": cell(2, "120000")}))
    text = (
        "一般公共预算财政拨款支出20万元，比上年增加1万元。其中：基本支出12万元，比上年增加1万元。"
    )
    found = verdicts(text, basic("150000"), general)
    assert (found[2].verdict, found[2].amount_id) == ("agrees", "a2")
    assert (
        said("支出预算20万元，其中：基本支出12万元。", basic("150000"), general)[1] == "contradicts"
    )


@pytest.mark.parametrize("name", ["行政运行（2010601）", "2010601行政运行"])
def test_an_item_is_found_by_its_code(name: str) -> None:
    rows = [
        (row(1, code="2010301", label="行政运行"), {"total": cell(1, "990000")}),
        (row(2, code="2010601", label="行政运行"), {"total": cell(2, "120000")}),
    ]
    (found,) = verdicts(f"{name}12.00万元。", table("general_expenditure_function", *rows))
    assert (found.verdict, found.amount_id) == ("agrees", "a2")


def test_a_bare_item_outside_its_sections_is_held_against_nothing() -> None:
    line = row(1, code="30201", label="办公费")
    found = table("general_basic_economic", (line, {"amount": cell(1, "50000")}))
    text = "支出预算20万元，其中：办公费12万元。"
    assert said(text, found)[1] == "untestable"
    assert said(text, found, section="六、一般公共预算基本支出说明")[1] == "contradicts"


def judged_against_last_year(text: str, *earlier: Table) -> list[Verdict]:
    """The verdicts of a text with the tables of the year before."""
    rows = list(claim_rows(KEY, read(text)))
    judge = Judge(rows, Tables(()), {}, declared("subjects"), Reported(), Tables(earlier))
    judged = judge.judge()
    return [judged[number] for number in sorted(judged)]


def test_an_earlier_value_is_the_cell_of_last_year() -> None:
    found = judged_against_last_year("基本支出12万元，比上年10万元增加2万元。", basic("100000"))
    assert [(one.verdict, one.amount_id) for one in found] == [
        ("untestable", None),
        ("agrees", "a1"),
        ("agrees", None),
    ]


@pytest.mark.parametrize(
    ("text", "amount", "verdict"),
    [
        ("基本支出12.00万元，比上年增加2.00万元。", "100000", "agrees"),
        ("基本支出12.00万元，比上年减少2.00万元。", "140000", "agrees"),
        ("基本支出12.00万元，比上年增加2.00万元。", "100049", "rounding"),
        ("基本支出12.00万元，比上年增加2.00万元。", "110000", "untestable"),
    ],
)
def test_a_change_is_held_against_last_year(text: str, amount: str, verdict: str) -> None:
    found = judged_against_last_year(text, basic(amount, step="1"))[1]
    assert found.verdict == verdict
    assert "last year's" in str(found.reason)
