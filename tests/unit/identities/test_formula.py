"""The grammar: what it reads and what it refuses."""

from __future__ import annotations

import pytest

from pipeline.identities.formula import FormulaError, Ref, parse


def test_for_writes_the_rest_once_for_each_word() -> None:
    found = parse(
        "for f in general_public_budget, government_fund:"
        " revenue[total].$f = summary.revenue[fund:$f].amount"
    )
    assert [formula.first.measure for formula in found] == [
        "general_public_budget",
        "government_fund",
    ]
    assert found[1].terms[1].ref == Ref(
        ("amount",), "summary", ("revenue",), ("fund",), ("government_fund",)
    )


def test_signs_sums_and_exclusions() -> None:
    (formula,) = parse(
        "general_basic_economic[total].operations"
        " = general_basic_economic[total].total"
        " - sum(general_basic_economic[economic_class:not 301|303].total)"
    )
    assert [(t.sign, t.summed, t.left) for t in formula.terms] == [
        (1, False, True),
        (1, False, False),
        (-1, True, False),
    ]
    assert formula.terms[2].ref.negated
    assert formula.terms[2].ref.items == ("301", "303")


def test_places_keep_their_sides_and_roles() -> None:
    (formula,) = parse(
        "each line of {summary.expenditure[class, this_year], revenue}: total = carried_over"
    )
    assert [(p.statement, p.side, p.roles) for p in formula.places] == [
        ("summary", "expenditure", ("class", "this_year")),
        ("revenue", None, ()),
    ]
    assert formula.statements == ("summary", "revenue")


def test_words_for_one_thing_roles_and_optional_rows() -> None:
    (formula,) = parse(
        "summary.expenditure|expenditure_purpose[grand_total].total|amount"
        " = sum(summary.expenditure[class, purpose: not 201|202].amount)"
        " + optional(summary.expenditure[closing].total)"
    )
    whole, parts, closing = (term.ref for term in formula.terms)
    assert whole.sides == ("expenditure", "expenditure_purpose")
    assert whole.measures == ("total", "amount")
    assert (whole.measure, whole.every) == ("total", False)
    assert parts.roles == ("class", "purpose")
    assert (parts.items, parts.negated) == (("201", "202"), True)
    assert closing.sides == ("expenditure",)
    assert [(t.summed, t.optional) for t in formula.terms] == [
        (False, False),
        (True, False),
        (True, True),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("revenue[total].total", "expected one"),
        ("0 = 0", "no figure on either side"),
        ("revenue[total].total = revenue.total", "not a reference"),
        ("revenue.middle[total].total = 0", "no such side"),
        ("summary.revenue|middle[total].total = 0", "no such side"),
        ("revenue[total].total|middle = 0", "no such measure"),
        ("revenue[total].total|* = 0", "not a reference"),
        ("revenue[total].* = revenue[total].total", "'*' must stand for the measure"),
        ("for f in total: revenue[total].total = 0", "never used"),
        ("each parent of {revenue}: parent.total = sum(children.*)", "expected parent.*"),
        ("each code of {revenue}: parent.* = sum(children.*)", "can only say"),
        ("each line of {income}: total = basic", "no such statement"),
        ("each line of {revenue@units}: total = basic", "not a statement"),
        ("income@units[total].total = 0", "no such statement"),
        ("sum(revenue@units[total].total) = revenue[total].total", "the document itself"),
    ],
)
def test_refusals_say_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert said in str(caught.value)


def test_a_reference_may_be_to_another_document() -> None:
    (formula,) = parse(
        "summary.revenue[opening].amount = summary@last_year.expenditure[closing].total|amount"
    )
    assert formula.statements == ("summary", "summary@last_year")
    assert formula.relations == ("last_year",)
    assert formula.terms[1].ref.sides == ("expenditure",)
    assert parse("revenue[total].total = 0")[0].relations == ()
