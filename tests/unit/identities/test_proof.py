"""Proof: what is pinned, what is not, and that a pinned figure cannot move unnoticed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identities.books import Books
from pipeline.identities.engine import run
from pipeline.identities.example import read_example
from pipeline.identities.proof import ALONE, LOOSE
from tests.unit.identities.support import catalogue, results, together, unmoved, variants


def proofs(identity: str, text: str) -> dict[str, tuple[str, str | None]]:
    """Proof and reason by line number and measure."""
    return {
        row["amount_id"].split("/", 3)[3]: (row["proof"], row["reason"])
        for row in results(identity, text).proofs.to_dicts()
    }


def test_a_figure_of_a_tight_sum_is_proved() -> None:
    text = "# projects | total\ntotal | 3.00\n  project a | 1.00\n  project b | 2.00"
    assert set(proofs("project_tree", text).values()) == {("proved", None)}


def test_a_figure_of_a_wide_sum_is_not() -> None:
    rows = "\n".join(f"  project p{i} | 1.00" for i in range(8))
    found = proofs("project_tree", f"# projects | total\ntotal | 8.00\n{rows}")
    assert set(found.values()) == {("unproved", "容差过宽：project_tree (tolerance too wide)")}


def test_figures_of_a_break_are_disputed() -> None:
    text = "# projects | total\ntotal | 3.50\n  project a | 1.00\n  project b | 2.00"
    assert proofs("project_tree", text)["1/total"] == (
        "disputed",
        "勾稽不符：project_tree (breaks)",
    )


def test_a_residual_near_its_bound_pins_no_less() -> None:
    rows = "\n".join(f"  project p{i} | 1.00" for i in range(4))
    text = f"# projects | total\ntotal | 4.02\n{rows}"
    assert proofs("project_tree", text)["1/total"][0] == "unproved"


def test_a_figure_in_no_identity_says_so() -> None:
    text = "# projects | total | unit_funds\nproject a | 1.00 |"
    assert proofs("project_tree", text) == {"1/total": ("unproved", ALONE)}


def test_an_inequality_proves_nothing() -> None:
    text = """
    # general_basic_economic | total
    economic_item:30217 | 3.00
    # three_public | general_public_budget
    three_public:reception | 3.00
    """
    found = proofs("receptions_cover_basic", text)
    assert {proof for proof, _ in found.values()} == {"unproved"}
    assert {reason for _, reason in found.values()} == {LOOSE}


def test_a_figure_that_decides_the_condition_is_not_pinned_by_it() -> None:
    text = """
    # summary.revenue | amount
    this_year | 3.00
    # summary.expenditure | total | current_year
    this_year | 3.00 | 3.00
    closing | 0.00
    """
    found = proofs("summary_current_year_funding", text)
    assert found["1/current_year"][0] == "proved"
    assert found["2/total"] == ("unproved", ALONE)


@pytest.mark.parametrize(
    ("identity", "text", "pins"),
    [
        (
            "project_tree",
            "# projects | total\ntotal | 3.00\n  project a | 1.00\n  project b | 2.00",
            {"1/total": True, "2/total": True, "3/total": True},
        ),
        (
            "project_tree",
            "# projects | total\ntotal | 3.50\n  project a | 1.00\n  project b | 2.00",
            {"1/total": False, "2/total": False, "3/total": False},
        ),
        (
            "receptions_cover_basic",
            "# general_basic_economic | total\neconomic_item:30217 | 3.00\n"
            "# three_public | general_public_budget\nthree_public:reception | 3.00",
            {"1/total": False, "1/general_public_budget": False},
        ),
    ],
    ids=["tight", "broken", "inequality"],
)
def test_each_term_says_whether_its_check_pins_it(
    identity: str, text: str, pins: dict[str, bool]
) -> None:
    terms = results(identity, text).terms
    found = dict(terms.select("amount_id", "pins").iter_rows())
    assert {amount_id.split("/", 3)[3]: pinned for amount_id, pinned in found.items()} == pins


@pytest.mark.parametrize(
    "identity", ["function_rollup", "summary_class_row", "fiscal_class_agrees"]
)
def test_a_check_that_pins_a_figure_breaks_by_itself_when_it_moves(identity: str) -> None:
    """And one that does not pin a figure, zeros aside, holds when it moves one way or the other."""
    declaration, key = catalogue()[identity], ["identity_id", "statement_id", "subject"]
    books = read_example(declaration.example)
    found = run(books, [declaration])
    amounts = dict(books.cells.select("amount_id", "amount_yuan").iter_rows())
    copies = variants(books, amounts)
    after = run(together(copies.values()), [declaration]).checks.filter(verdict="breaks")
    for place, amount_id in enumerate(amounts):
        broken = [
            set(after.filter(document_id=f"{place}{sign}").select(key).iter_rows()) for sign in "+-"
        ]
        for check in found.checks.join(
            found.terms.filter(amount_id=amount_id), on="check_id"
        ).to_dicts():
            both = all(tuple(check[name] for name in key) in names for names in broken)
            assert both or not check["pins"]
            assert check["pins"] or not both or not amounts[amount_id]


@pytest.mark.parametrize(
    "identity",
    [
        "summary_class_row",
        "function_rollup",
        "economic_row",
        "fiscal_class_agrees",
        "projects_carried_over_funding",
        "civil_service_medical_by_item_and_function",
    ],
)
def test_proved_figures_of_the_examples_cannot_move(identity: str) -> None:
    assert unmoved(read_example(catalogue()[identity].example)) == []


def printed(steps: int) -> str:
    return f"{steps // 100}.{steps % 100:02d}"


@st.composite
def budgets(draw: st.DrawFn) -> Books:
    """An expenditure and a general budget table, each figure rounded for itself from fen."""
    figure = st.one_of(st.just(0), st.integers(0, 40_000), st.integers(0, 90_000_000))
    leaves = {
        f"20{group}{i:02d}01"[:7]: (draw(figure), draw(figure))
        for group in range(1, draw(st.integers(1, 3)) + 1)
        for i in range(1, draw(st.integers(1, 6)) + 1)
    }
    nudge = draw(st.sampled_from([0, 0, 0, 1]))
    codes = sorted({code[:n] for code in leaves for n in (3, 5, 7)})
    lines = ["# summary.expenditure | total", "closing |"]
    for title in ("expenditure", "general_expenditure_function"):
        lines += [f"# {title} | total | basic | project"]
        for code in ["", *codes]:
            found = [pair for leaf, pair in leaves.items() if leaf.startswith(code)]
            fen = (sum(map(sum, found)), sum(b for b, _ in found), sum(p for _, p in found))
            cells = [
                printed((value + 5_000) // 10_000 + (nudge if not code else 0)) for value in fen
            ]
            lines.append(" | ".join([f"code:{code}" if code else "total", *cells]))
    return read_example("\n".join(lines))


@settings(max_examples=8, deadline=None)
@given(budgets())
def test_no_proved_figure_can_move_three_steps_unnoticed(books: Books) -> None:
    assert unmoved(books) == []


def test_three_steps_are_those_of_the_table_not_of_a_figure_without_decimals() -> None:
    rows = "\n".join(f"  project p{i} | 1.25" for i in range(8))
    text = f"# projects | total\ntotal | 35.00\n  project whole | 25\n{rows}"
    assert proofs("project_tree", text)["2/total"][0] == "unproved"
