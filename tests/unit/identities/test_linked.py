"""Identities between documents: what is joined, what is refused and why, and what is proved."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from pipeline.identities import engine
from pipeline.identities.books import LINKS, Books, BooksError
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import Results, run
from pipeline.identities.example import read_example
from pipeline.identities.rows import Rows
from tests.unit.identities.support import catalogue, checked, results, together

BY_CODE, TOTALS = "units_make_the_department_by_code", "units_make_the_department"
WITHIN = "unit_within_department_by_code"
DEPARTMENT = """
# form shanxi_budget
# expenditure | total | basic
total 合计 | 30.01 | 30.01
code:201 一般公共服务支出 | 30.01 | 30.01
code:2010301 行政运行 | 30.01 | 30.01
"""
FIRST = """
# expenditure@units | total | basic
total 合计 | 10.00 | 10.00
code:201 一般公共服务支出 | 10.00 | 10.00
code:2010301 行政运行 | 10.00 | 10.00
"""
SECOND = """
# expenditure@units | total | basic
total 合计 | 20.00 | 20.00
code:201 一般公共服务支出 | 20.00 | 20.00
code:2010301 行政运行 | 20.00 | 20.00
"""
WHOLE = DEPARTMENT + FIRST + SECOND


def proved(found: Results) -> set[str]:
    """The figures that are proved."""
    return set(found.proofs.filter(proof="proved")["amount_id"])


def test_a_check_stands_under_the_document_and_its_terms_in_all() -> None:
    found = results(BY_CODE, WHOLE)
    assert set(found.checks["document_id"]) == {"example"}
    assert set(found.checks["statement_id"]) == {"expenditure"}
    assert found.checks["subject"].to_list().count("2010301 行政运行 · 合计") == 1
    assert set(found.checks["verdict"]) == {"rounding"}
    assert set(found.checks["n_terms"]) == {3}
    documents = {name.split("/")[0] for name in found.terms["amount_id"]}
    assert documents == {"example", "example@units@1", "example@units@2"}
    signs = found.terms.filter(pl.col("amount_id").str.starts_with("example@"))["sign"]
    assert set(signs) == {-1}


def test_without_links_nothing_is_asked_between_documents() -> None:
    books = read_example(WHOLE)
    alone = replace(books, links=None)
    declarations = list(catalogue().values())
    within = [d for d in declarations if not d.relations]
    assert run(alone, declarations).checks.equals(run(alone, within).checks)
    assert run(alone, [catalogue()[BY_CODE]]).checks.is_empty()
    asked = run(books, declarations).checks
    names = [d.id for d in within]
    assert asked.filter(pl.col("identity_id").is_in(names)).equals(run(alone, within).checks)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (WHOLE + "# without units 缺某中心", "缺某中心"),
        (DEPARTMENT + "# without units 缺某中心", "缺某中心"),
        (DEPARTMENT + FIRST, "条件不满足：现有单位合起来就是整个部门"),
        (DEPARTMENT + FIRST + "# expenditure@units: absent", "支出总表（所属单位）：未公开"),
        (DEPARTMENT + FIRST + SECOND.replace("code:", "total:"), "缺行：支出总表（所属单位）"),
        (WHOLE.replace("code:2010301 行政运行 | 20", "code:20103 事务 | 20"), "科目级次不一"),
        (DEPARTMENT + (FIRST + SECOND).replace("2010301", "20103"), "科目级次不一"),
        (WHOLE.replace("| basic\ntotal 合计 | 20", "| project\ntotal 合计 | 20"), "栏目不一"),
    ],
    ids=[
        "a unit is not here",
        "none is",
        "they are not all",
        "one has no such table",
        "one has lost its rows",
        "a unit goes less deep than its fellows",
        "all units go less deep than the department",
        "other columns",
    ],
)
def test_what_cannot_be_summed_is_untestable_and_says_why(text: str, reason: str) -> None:
    found = checked(BY_CODE, text)
    assert found["verdict"].to_list() == ["untestable"]
    assert reason in found["reason"][0]


def test_what_the_department_does_not_print_is_not_asked() -> None:
    more = WHOLE + "# revenue@units | total\ntotal 合计 | 1.00"
    assert checked(BY_CODE, more).equals(checked(BY_CODE, WHOLE))


def test_an_empty_form_of_one_unit_is_zero() -> None:
    text = WHOLE.replace("20.00", "20.01") + "# expenditure@units: stated_empty\n"
    assert set(checked(BY_CODE, text)["verdict"]) == {"exact"}


def test_a_unit_is_asked_whether_or_not_its_fellows_are_here() -> None:
    whole = DEPARTMENT.replace("# expenditure", "# expenditure@department")
    unit = FIRST.replace("@units", "") + whole
    found = checked(WITHIN, unit)
    assert found["verdict"].to_list().count("exact") == 4
    assert found.filter(verdict="untestable")["reason"].str.contains("无此栏").all()
    more = unit.replace("行政运行 | 10.00", "行政运行 | 31.00")
    found = checked(WITHIN, more).filter(verdict="breaks")
    assert found["subject"].to_list() == ["2010301 行政运行 · 合计"]
    # What only the department prints is no instance.
    other = unit + "code:2210201 住房公积金 | 1.00 | 1.00"
    assert checked(WITHIN, other).height == checked(WITHIN, unit).height


def test_figures_are_proved_and_disputed_in_every_document() -> None:
    text = WHOLE.replace("30.01", "30.00")
    proofs = dict(results(BY_CODE, text).proofs.select("amount_id", "proof").iter_rows())
    assert proofs["example/expenditure//3/total"] == "proved"
    assert proofs["example@units@2/expenditure//3/total"] == "proved"
    # The total decides the condition: it would not break, but fall out of the test.
    assert proofs["example/expenditure//1/total"] == "unproved"
    wrong = text.replace("行政运行 | 20.00", "行政运行 | 22.00")
    disputed = results(BY_CODE, wrong).proofs.filter(proof="disputed")["amount_id"].to_list()
    assert disputed == [
        "example/expenditure//3/total",
        "example@units@1/expenditure//3/total",
        "example@units@2/expenditure//3/total",
    ]


def test_the_proof_within_a_document_counts_beside_that_between_documents() -> None:
    books = read_example(WHOLE)
    declarations = [catalogue()["function_total"], catalogue()[BY_CODE]]
    alone = proved(run(replace(books, links=None), declarations))
    both = proved(run(books, declarations))
    assert "example/expenditure//1/total" in alone
    assert "example/expenditure//3/total" not in alone
    assert alone < both
    assert "example/expenditure//3/total" in both


def test_each_leaf_of_each_document_is_rounded_for_itself() -> None:
    """Three leaves on each side: (3 + 3 - 1) // 2 steps, 0.02 万元, and no more."""
    text = """
    # summary.revenue | amount
    grand_total 收入总计 | 3.03
    # expenditure | total
    total 合计 | {}
    code:2010301 甲 | 1.01
    code:2010302 乙 | 1.01
    code:2010303 丙 | 1.01
    # summary@units.revenue | amount
    grand_total 收入总计 | 3.03
    # expenditure@units | total
    total 合计 | 3.03
    code:2010301 甲 | 1.01
    code:2010302 乙 | 1.01
    code:2010303 丙 | 1.01
    """
    assert checked(TOTALS, text.format("3.05"))["verdict"].to_list() == ["rounding"]
    assert checked(TOTALS, text.format("3.06"))["verdict"].to_list() == ["breaks"]


def test_neither_the_order_of_the_input_nor_the_batches_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [name for name, one in catalogue().items() if one.relations]
    books = together(read_example(catalogue()[name].example, name) for name in names)
    chosen = [catalogue()[name] for name in names]
    expected = run(books, chosen)
    assert expected.checks.height
    assert books.links is not None
    shuffled = Books(
        books.lines.sample(fraction=1, shuffle=True, seed=7),
        books.cells.sample(fraction=1, shuffle=True, seed=7),
        books.coverage.reverse(),
        books.links.reverse(),
    )
    monkeypatch.setattr(engine, "BATCH", 2)
    found = run(shuffled, chosen)
    assert found.checks.equals(expected.checks)
    assert found.terms.equals(expected.terms)
    assert found.proofs.equals(expected.proofs)


def test_parts_of_one_disclosure_are_one_member() -> None:
    """A unit's tables in two files: what one prints is absent from neither."""
    text = WHOLE + "# revenue@units: absent\n# expenditure@units: absent"
    books = read_example(text)
    links = pl.DataFrame(
        [
            ("example", "units", 1, "example@units@1", None),
            ("example", "units", 2, "example@units@2", None),
            ("example", "units", 2, "example@units@3", None),
        ],
        schema=LINKS,
        orient="row",
    )
    found = run(replace(books, links=links), [catalogue()[BY_CODE]]).checks
    assert set(found["verdict"]) == {"rounding"}
    assert run(books, [catalogue()[BY_CODE]]).checks["verdict"].to_list() == ["untestable"]


def test_a_crash_between_documents_is_one_row_for_each_that_is_linked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(declaration: Declaration, rows: Rows) -> tuple[pl.DataFrame, pl.DataFrame]:
        raise RuntimeError("没有道理")

    monkeypatch.setattr(engine, "evaluate", failing)
    found = checked(BY_CODE, WHOLE)
    assert found["verdict"].to_list() == ["crashed"]
    assert found["document_id"].to_list() == ["example"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("example", "units", 1, "nobody", None), "no such documents ['nobody']"),
        (("nobody", "units", 1, None, "缺"), "no such documents ['nobody']"),
        (("example", "units", 1, None, None), "exactly one of linked_id and reason"),
        (("example", "units", 1, "example@units@1", "缺"), "exactly one of linked_id and reason"),
        (("example", None, 1, None, "缺"), "links.relation: 1 rows have no value"),
    ],
)
def test_links_that_lead_nowhere_are_refused(row: tuple[object, ...], said: str) -> None:
    books = replace(read_example(WHOLE), links=pl.DataFrame([row], schema=LINKS, orient="row"))
    with pytest.raises(BooksError) as caught:
        run(books, [catalogue()[BY_CODE]])
    assert said in str(caught.value)
