"""The engine: every verdict and every reason reachable, frames as released, nothing by chance."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pipeline.identities import engine
from pipeline.identities.books import Books, BooksError
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import run
from pipeline.identities.example import read_example
from pipeline.identities.rows import Rows
from pipeline.schema.catalogue import tables
from tests.unit.identities.support import catalogue, checked, results, together, verdicts

REVENUE = """
# summary.revenue | amount
fund:general_public_budget | 1.00
fund:unit_funds | 2.00
this_year 本年收入合计 | {}
"""
CODES = """
# summary.expenditure | total
closing |
# revenue | total | general_public_budget
total | 3.00 | 3.00
code:2010301 行政运行 | 1.00 | 1.00
code:2010350 事业运行 | 2.00 | 2.00
# general_expenditure_function | total | basic
total | 3.00 | 3.00
code:2010301 行政运行 | 1.00 | 1.00
"""


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [("3.00", "exact"), ("3.01", "rounding"), ("2.99", "rounding"), ("3.02", "breaks")],
)
def test_exact_rounding_breaks(figure: str, verdict: str) -> None:
    found = checked("summary_revenue_of_the_year", REVENUE.format(figure)).row(0, named=True)
    assert found["verdict"] == verdict
    assert found["subject"] == "本年收入合计 · 金额"
    assert found["residual"] == (Decimal(figure) - 3) * 10000
    assert (found["unit"], found["n_terms"], found["reason"]) == ("yuan", 3, None)


def test_a_crash_is_one_row_per_document_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = engine.evaluate

    def failing(declaration: Declaration, rows: Rows) -> tuple[pl.DataFrame, pl.DataFrame]:
        if declaration.id == "summary_balance":
            raise RuntimeError("没有道理")
        return whole(declaration, rows)

    monkeypatch.setattr(engine, "evaluate", failing)
    books = together(read_example(REVENUE.format("3.00"), name) for name in ("a", "b"))
    chosen = [catalogue()[n] for n in ("summary_balance", "summary_revenue_of_the_year")]
    found = run(books, chosen).checks.sort("identity_id", "document_id")
    assert found["verdict"].to_list() == ["crashed", "crashed", "exact", "exact"]
    assert found["reason"].to_list()[:2] == ["RuntimeError: 没有道理"] * 2


@pytest.mark.parametrize(
    ("identity", "text", "said"),
    [
        ("summary_revenue_grand_total", REVENUE.format("3.00"), "缺行：收支总表 总计"),
        (
            "summary_revenue_of_the_year",
            REVENUE.format("3.00") + "this_year 本年收入合计 | 3.00",
            "行重复：收支总表 本年合计",
        ),
        (
            "revenue_fund_agrees",
            "# revenue | total\ntotal | 1.00\n# summary.revenue | amount\nfund 一、一般公 | 1.00",
            "缺行：收支总表 资金来源（一般公共预算）",
        ),
        (
            "general_funded_by_code",
            CODES.replace("code:2010350 事业", "code 运行"),
            "行未识别：运行",
        ),
        (
            "general_funded_by_code",
            CODES.replace("closing |", "closing | 5.00"),
            "条件不满足：收支总表年终结转为零",
        ),
        (
            "general_funded_by_code",
            CODES.split("# revenue")[0]
            + "# revenue: unreadable\n# general_expenditure_function: data",
            "收入总表：无法读取 (revenue: unreadable)",
        ),
        (
            "revenue_row",
            "# form shanxi_budget\n# revenue | total | unit_funds | reserve\ntotal | 3 | 1 | 2",
            "a column outside this identity: reserve",
        ),
        (
            "revenue_row",
            "# form shanxi_budget\n# revenue | total\ntotal | 3.00",
            "no figure in any of the columns",
        ),
        ("summary_balance", "# summary: blank", "空表未说明 (summary: blank)"),
        (
            "three_public_tree",
            """# three_public | total
            three_public:vehicles |
              three_public:vehicle_purchase |
              three_public:vehicle_operation |""",
            "两边均无数字",
        ),
    ],
)
def test_what_cannot_be_tested_says_why(identity: str, text: str, said: str) -> None:
    found = checked(identity, text)
    assert set(found["verdict"]) == {"untestable"}
    assert any(said in reason for reason in found["reason"]), found["reason"].to_list()
    assert found["residual"].null_count() == found.height


def test_an_absent_code_counts_as_zero_so_a_lost_row_breaks() -> None:
    found = checked("general_funded_by_code", CODES).sort("subject")
    assert found["verdict"].to_list() == ["exact", "breaks"]
    assert found["subject"].to_list()[1] == "2010350 事业运行 · 合计"
    assert found["left_value"].to_list()[1] == 0


def test_a_form_stated_empty_is_zero_where_the_identity_says_so() -> None:
    text = """
    # summary.revenue | amount
    opening |
    # expenditure | total | project
    total | 5.00 | {}
    # projects | total
    total | 5.00
    # projects_carried_over: {}
    """
    identity = "projects_make_project_expenditure"
    assert verdicts(identity, text.format("5.00", "stated_empty")) == ["exact"]
    assert verdicts(identity, text.format("6.00", "stated_empty")) == ["breaks"]
    assert verdicts(identity, text.format("6.00", "absent")) == ["untestable"]


def test_an_identity_of_other_forms_says_nothing() -> None:
    assert checked("project_tree", REVENUE.format("3.00")).is_empty()


def test_every_identity_speaks_of_every_document_it_concerns() -> None:
    books = read_example(catalogue()["summary_balance"].example)
    chosen = [d for d in catalogue().values() if d.statements == ("summary",) and not d.forms]
    chosen = [d for d in chosen if not d.relations]
    assert set(run(books, chosen).checks["identity_id"]) == {d.id for d in chosen}


def test_an_inequality_holds_exactly_or_breaks() -> None:
    text = """
    # general_basic_economic | total
    economic_item:30217 | {}
    # three_public | total | general_public_budget
    three_public:reception | 3.00 | 3.00
    """
    identity = "receptions_cover_basic"
    for figure, verdict in (("1.00", "exact"), ("3.00", "exact"), ("3.01", "breaks")):
        assert verdicts(identity, text.format(figure)) == [verdict]


def test_missing_parents_are_named() -> None:
    text = """
    # expenditure | total
    code:201 | 1.00
    code:20103 | 1.00
    code:2010301 | 1.00
    code:2080505 | 1.00
    """
    found = checked("code_hierarchy", text).row(0, named=True)
    assert (found["subject"], found["verdict"], found["unit"]) == ("缺 20805", "breaks", "count")
    assert (found["left_value"], found["right_value"]) == (3, 2)


def test_a_level_printed_nowhere_is_not_missed() -> None:
    text = "# expenditure | total\ncode:2010301 | 1.00\ncode:2080505 | 1.00"
    assert verdicts("code_hierarchy", text) == ["untestable"]


def test_terms_point_at_cells_left_side_first() -> None:
    found = results("summary_revenue_of_the_year", REVENUE.format("3.00"))
    assert found.terms["position"].to_list() == [1, 2, 3]
    assert found.terms["sign"].to_list() == [1, -1, -1]
    assert found.terms["amount_id"].to_list()[0] == "example/summary/revenue/3/amount"
    assert set(found.terms["check_id"]) == set(found.checks["check_id"])


def everything() -> Books:
    return together(read_example(d.example, name) for name, d in catalogue().items())


def test_frames_are_as_released_and_terms_add_up() -> None:
    books = everything()
    found = run(books, list(catalogue().values()))
    assert found.checks.schema == tables()["fact_check"].schema
    assert found.terms.schema == tables()["fact_check_term"].schema
    assert found.checks["check_id"].is_unique().all()
    assert found.proofs["amount_id"].sort().equals(books.cells["amount_id"].sort())
    assert not found.checks["verdict"].is_in(["breaks", "crashed"]).any()
    recomputed = (
        found.terms.join(books.cells, on="amount_id")
        .group_by("check_id")
        .agg(
            total=(pl.col("amount_yuan").cast(pl.Decimal(30, 2)) * pl.col("sign")).sum(),
            n=pl.len(),
        )
        .join(found.checks, on="check_id")
    )
    assert (recomputed["total"] == recomputed["residual"]).all()
    assert (recomputed["n"] == recomputed["n_terms"]).all()


def test_the_order_of_the_input_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    books = everything()
    shuffled = Books(
        books.lines.sample(fraction=1, shuffle=True, seed=7),
        books.cells.sample(fraction=1, shuffle=True, seed=7),
        books.coverage.reverse(),
        books.links,
    )
    chosen = list(catalogue().values())[::4]
    first = run(books, chosen)
    monkeypatch.setattr(engine, "BATCH", 20)
    second = run(shuffled, chosen[::-1])
    for one, other in ((first.checks, second.checks), (first.terms, second.terms)):
        assert one.equals(other)
    assert first.proofs.equals(second.proofs)


def test_no_books_give_no_checks() -> None:
    books = read_example("")
    found = run(books, list(catalogue().values()))
    assert found.checks.is_empty()
    assert found.proofs.is_empty()


@pytest.mark.parametrize(
    ("frame", "change", "said"),
    [
        ("cells", pl.col("amount_yuan").cast(pl.Float64), "never float"),
        ("cells", pl.lit(None, dtype=pl.Decimal(18, 2)).alias("step_yuan"), "have no value"),
        ("cells", pl.lit(99, dtype=pl.Int64).alias("line_no"), "stand on no line"),
        ("cells", pl.lit("x").alias("amount_id"), "repeat the key"),
        ("lines", pl.lit(1, dtype=pl.Int64).alias("line_no"), "repeat the key"),
        ("coverage", pl.lit("lost").alias("state"), "unknown ['lost']"),
        ("coverage", pl.lit("other").alias("document_id"), "coverage: lacks example summary"),
    ],
)
def test_malformed_books_are_refused(frame: str, change: pl.Expr, said: str) -> None:
    books = read_example(REVENUE.format("3.00"))
    frames = {name: getattr(books, name) for name in ("lines", "cells", "coverage")}
    frames[frame] = frames[frame].with_columns(change)
    with pytest.raises(BooksError) as caught:
        run(Books(**frames), list(catalogue().values()))
    assert said in str(caught.value)


def test_identities_bound_to_forms_keep_to_them() -> None:
    books = read_example(REVENUE.format("3.00"))
    declared = catalogue()["summary_revenue_of_the_year"]
    bound = type(declared)(**{**vars(declared), "forms": ("shanxi_budget",)})
    for form, height in (("shanxi_budget", 1), ("jiangsu_budget", 0)):
        coverage = books.coverage.with_columns(form=pl.lit(form))
        assert run(Books(books.lines, books.cells, coverage), [bound]).checks.height == height


def test_a_column_of_parts_that_is_printed_and_blank_is_zero() -> None:
    form = "# form shanxi_budget\n"
    text = f"{form}# expenditure | total | basic | project\ntotal | 5.00\ncode:201 | 5.00"
    assert set(verdicts("expenditure_row", text)) == {"breaks"}
    unprinted = f"{form}# expenditure | total\ntotal | 5.00\ncode:201 | 5.00"
    assert verdicts("expenditure_row", unprinted) == ["untestable"]
