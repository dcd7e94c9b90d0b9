"""The smallest explanations of broken identities: found, unique or told apart, never invented."""

from __future__ import annotations

import random
from decimal import Decimal

import polars as pl
import pytest

from pipeline.findings import search
from pipeline.findings.explain import explain
from pipeline.findings.system import systems
from pipeline.identities.books import Books
from pipeline.identities.engine import run
from pipeline.identities.example import read_example
from tests.unit.findings.support import (
    ASKED,
    amount,
    declarations,
    found,
    good,
    only,
    places,
    said,
)
from tests.unit.identities.support import catalogue, together


def test_the_identities_asked_exist_and_the_budget_holds() -> None:
    assert set(ASKED) <= set(catalogue())
    results = run(good(), declarations())
    assert results.checks.filter(verdict="breaks").is_empty()
    assert results.checks.filter(verdict="exact").height > 40
    assert found(good()) == ()


def test_one_digit_is_named_with_its_value_and_its_slip() -> None:
    explanation = only(said(good(), **{amount("expenditure", 4, "basic"): "48.80"}))
    assert explanation.kind == "cell"
    (change,) = explanation.changes
    assert change.amount_id == amount("expenditure", 4, "basic")
    assert (change.printed, change.low, change.high) == (
        Decimal("488000.00"),
        Decimal("408000.00"),
        Decimal("408000.00"),
    )
    assert change.slip == "digit"
    assert change.exact
    assert {identity for identity, _, _ in change.witnesses} >= {"expenditure_row"}


@pytest.mark.parametrize(
    ("read", "slip"),
    [("4080", "factor"), ("84.00", "none"), ("40.08", "exchanged"), ("-40.80", "sign")],
)
def test_the_kind_of_slip_is_told(read: str, slip: str) -> None:
    (change,) = only(said(good(), **{amount("revenue", 4, "total"): read})).changes
    assert change.amount_id == amount("revenue", 4, "total")
    assert change.value == Decimal("408000")
    assert change.slip == slip


def test_a_lost_cell_is_named_as_blank() -> None:
    explanation = only(said(good(), **{amount("expenditure", 9, "project"): None}))
    (change,) = explanation.changes
    assert places(explanation) == [("expenditure", 9, "project")]
    assert (change.amount_id, change.printed) == (None, None)
    assert change.value == Decimal("306000")


def test_two_cells_with_nothing_in_common_are_two_findings() -> None:
    books = said(
        good(),
        **{amount("expenditure", 4, "basic"): "41.80", amount("revenue", 9, "unit_funds"): "19.00"},
    )
    findings = found(books)
    assert [f.kind for f in findings] == ["cell", "cell"]
    assert all(f.unique for f in findings)
    assert {c.amount_id for f in findings for e in f.explanations for c in e.changes} == {
        amount("expenditure", 4, "basic"),
        amount("revenue", 9, "unit_funds"),
    }


def test_two_cells_of_one_sum_are_one_finding_of_two() -> None:
    wrong = {amount("expenditure", 4, "basic"): "41.80", amount("expenditure", 8, "basic"): "86.70"}
    explanation = only(said(good(), **wrong))
    assert explanation.kind == "cells"
    assert {c.amount_id: c.value for c in explanation.changes} == {
        amount("expenditure", 4, "basic"): Decimal("408000"),
        amount("expenditure", 8, "basic"): Decimal("847000"),
    }


def test_errors_that_cancel_in_a_sum_belong_together() -> None:
    """Both parts of a sum are wrong and their sum is right: nothing but the pair restores it."""
    wrong = {amount("expenditure", 4, "basic"): "41.80", amount("expenditure", 5, "basic"): "19.40"}
    findings = found(said(good(), **wrong))
    named = {c.amount_id for f in findings for e in f.explanations for c in e.changes}
    assert named == set(wrong)
    assert [len(f.checks) for f in findings] == [2], "the sums of both rows, and nothing else"


TWINS = """
    # revenue | total | general_public_budget | unit_funds | carried_over
    total 合计 | 10.00 | 10.00 | |
    code:208 社会保障和就业支出 | 10.00 | 10.00 | |
    # expenditure | total | basic | project
    total 合计 | 10.00 | 4.00 | 7.00
    code:208 社会保障和就业支出 | 10.00 | 4.00 | 7.00
"""


def test_what_cannot_be_told_apart_is_listed_in_full() -> None:
    """A total of one row: either of both columns may be wrong in both rows."""
    (finding,) = found(read_example(TWINS))
    assert not finding.unique
    assert finding.count == len(finding.explanations) > 1
    assert finding.kind == "cells"
    assert all(len(e.changes) == 2 for e in finding.explanations)


ROUNDED = """
    # expenditure | total
    total 合计 | 14.03
    code:208 社会保障和就业支出 | 1.01
    code:210 卫生健康支出 | 1.01
    code:212 城乡社区支出 | 1.01
    code:213 农林水支出 | 1.01
"""


def test_where_rounding_leaves_several_values_they_are_an_interval() -> None:
    (finding,) = explain(read_example(ROUNDED), [catalogue()["function_total"]])
    change = next(c for e in finding.explanations for c in e.changes if c.line_no == 2)
    assert (change.low, change.high) == (Decimal("109800.00"), Decimal("110200.00"))
    assert not change.exact
    assert change.low <= change.value <= change.high
    assert change.value % 100 == 0


def test_when_the_budget_ends_the_finding_is_unexplained_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = {amount("expenditure", 4, "basic"): "41.80", amount("expenditure", 8, "basic"): "86.70"}
    monkeypatch.setattr("pipeline.findings.candidates.BUDGET", 3)
    (wider,) = found(said(good(), **wrong))
    assert (wider.kind, wider.unique) == ("column", False), "something smaller may explain it"
    monkeypatch.setattr("pipeline.findings.lost.parts", lambda sheet: iter(()))
    (finding,) = found(said(good(), **wrong))
    assert (finding.kind, finding.explanations, finding.count) == ("unexplained", (), 0)
    assert not finding.complete
    assert not finding.unique
    assert finding.checks


def test_every_broken_check_belongs_to_exactly_one_finding() -> None:
    draw = random.Random(7)
    for _ in range(3):
        keys = draw.sample(sorted(good().cells["amount_id"]), 4)
        books = said(
            good(), **{key: f"{draw.randint(1, 99)}.{draw.randint(10, 99)}" for key in keys}
        )
        results = run(books, declarations())
        broken = results.checks.filter(verdict="breaks")["check_id"].sort().to_list()
        findings = explain(books, declarations(), results)
        assert sorted(check for f in findings for check in f.checks) == broken
        assert findings == explain(books, declarations())


def test_a_hypothesis_that_only_makes_an_identity_untestable_explains_nothing() -> None:
    """Whatever an explanation restores holds: the engine has seen it."""
    books = said(good(), **{amount("expenditure", 1, "total"): "171.50"})
    results = run(books, declarations())
    broken = set(
        results.checks.filter(verdict="breaks")
        .select("identity_id", "statement_id", "subject")
        .iter_rows()
    )
    explanation = only(books)
    assert set(explanation.restores) == broken


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_cell_is_found_or_named_and_never_explained_by_more(seed: int) -> None:
    """Many copies of the budget, one pinned figure changed in each."""
    draw = random.Random(seed)
    proofs = run(good(), declarations()).proofs
    pinned = proofs.filter(proof="proved").get_column("amount_id").sort().to_list()
    spoiled: dict[str, tuple[str, Decimal]] = {}
    many: list[Books] = []
    for number in range(25):
        key, name = draw.choice(pinned), f"n{number:02d}"
        value = good().cells.filter(amount_id=key).row(0, named=True)["amount_yuan"]
        moved = draw.choice([3, 40, 700, 5000]) * Decimal(100)
        wrong = f"{(value + moved) / 10000:.2f}"
        own = good(name)
        many.append(said(own, **{key.replace("example", name): wrong}))
        spoiled[name] = key.replace("example", name), value
    findings = explain(together(many), declarations())
    assert [f.document_id for f in findings] == sorted(spoiled), "one finding for each"
    for finding in findings:
        key, value = spoiled[finding.document_id]
        assert finding.kind == "cell"
        named = [c for e in finding.explanations for c in e.changes if c.amount_id == key]
        assert [c.low <= value <= c.high for c in named] == [True]
        assert all(len(e.changes) == 1 for e in finding.explanations)


def test_cells_that_no_equation_tells_apart_are_one_class() -> None:
    books = said(good(), **{amount("expenditure", 4, "basic"): "48.80"}).checked()
    (system,) = systems(books, declarations(), run(books, declarations()))
    kinds = search.classes(system)
    members = [n for kind in kinds for n in kind.members]
    assert len(members) == len(set(members))
    for kind in kinds:
        signs = {
            tuple((i, system.instances[i].terms[n]) for i in system.of_cell[n])
            for n in kind.members
        }
        assert len(signs) == 1
    blank = [cell for cell in system.cells if cell.amount_id is None]
    assert {cell.value for cell in blank} == {0}
    assert len(blank) == 9 * 4 + 9 * 3 - good().cells.height, "each printed row and column"


def test_books_of_other_documents_are_left_alone() -> None:
    spoiled = said(good("b"), **{amount("expenditure", 4, "basic", "b"): "48.80"})
    (finding,) = explain(together([good("a"), spoiled, good("c")]), declarations())
    assert finding.document_id == "b"
    assert pl.Series([c.amount_id for c in finding.explanations[0].changes]).to_list() == [
        amount("expenditure", 4, "basic", "b")
    ]
