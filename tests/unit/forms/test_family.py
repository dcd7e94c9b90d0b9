"""Form families: what a declaration may say, and what is refused when it is loaded."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipeline.forms.family import Side, families, parse_family
from pipeline.schema.catalogue import measures, statements


def declared(**changes: Any) -> dict[str, Any]:
    """A family of one form, changed."""
    form = {
        "statement": "expenditure",
        "number": "表3",
        "titles": "{Y}年预算支出总表|预算支出总表",
        "rows": "tree",
        "code_system": "function",
        "columns": [
            {"role": "code", "header": "科目编码"},
            {"role": "label", "header": "科目名称"},
            {"measure": "total", "header": "{Y}年预算数/合计|合计"},
        ],
    }
    return {"family": "test", "kind": "budget", "title": "表", "forms": [form | changes]}


def test_a_form_without_sides_has_one_without_a_name() -> None:
    (form,) = parse_family(declared()).forms
    (side,) = form.sides
    assert (side.side, side.header, side.scheme, side.code_system) == (
        None,
        None,
        "tree",
        "function",
    )
    assert [column.name for _, column in form.columns] == ["code", "label", "total"]
    assert form.columns[2][1].paths == (("{Y}年预算数", "合计"), ("合计",))
    assert form.titles == {"预算支出总表"}


def test_a_side_takes_from_its_form_what_it_does_not_say() -> None:
    columns = declared()["forms"][0]["columns"]
    sides = [
        {"side": "revenue", "header": "收入", "columns": columns, "code_system": "revenue"},
        {"side": "expenditure", "header": "支出", "columns": columns, "rows": "units"},
    ]
    (form,) = parse_family(declared(sides=sides)).forms
    assert [(s.side, s.scheme, s.code_system) for s in form.sides] == [
        ("revenue", "tree", "revenue"),
        ("expenditure", "units", "function"),
    ]


def test_rows_that_are_a_list_are_rules() -> None:
    rules = [{"role": "total", "kind": "total", "labels": "合计|一、总 计"}, {"role": "class"}]
    (side,) = parse_family(declared(rows=rules)).forms[0].sides
    assert side.scheme == "rules"
    assert [(r.role, r.kind, r.labels) for r in side.rules] == [
        ("total", "total", {"合计", "总计"}),
        ("class", "item", frozenset()),
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"statement": "balance_sheet"}, "test, balance_sheet: no such statement"),
        ({"rows": "lists"}, "test, expenditure: rows 'lists' is none of"),
        ({"rows": None}, "test, expenditure: rows None is none of"),
        (
            {"columns": [{"measure": "grand", "header": "合计"}]},
            "test, expenditure: measure 'grand' is not in measures.yml",
        ),
        (
            {"columns": [{"role": "name", "header": "名称"}]},
            "test, expenditure: column role 'name' is none of",
        ),
        ({"rows": [{"role": "total", "kind": "sum", "labels": "合计"}]}, "'sum'"),
    ],
)
def test_a_word_declared_nowhere_is_named(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        parse_family(declared(**changes))


def test_the_kind_of_a_family_is_one_of_two() -> None:
    with pytest.raises(ValueError, match="forecast"):
        parse_family(declared() | {"kind": "forecast"})


@pytest.mark.parametrize("family", families(), ids=lambda family: family.family)
def test_the_shipped_families_are_sound(family: Any) -> None:
    """Every title names one statement, and columns can be told apart."""
    statement_of: dict[str, str] = {}
    for form in family.forms:
        assert form.statement_id in statements()
        for title in form.titles:
            assert statement_of.setdefault(title, form.statement_id) == form.statement_id
        for side in form.sides:
            assert bool(side.columns) != bool(side.spans)
            check_columns(side)


def check_columns(side: Side) -> None:
    """Rows are named by something, and no header names two columns, save the parts of a code."""
    for block in range(side.blocks if side.columns else 0):
        own = [column for column in side.columns if column.block == block]
        roles = {column.role for column in own}
        assert roles & {"label", "head"} or side.scheme in ("across", "single")
        assert any(column.measure in measures() for column in own)
        told = [c for c in own if c.role not in ("code", "head")]
        assert len({(c.name, c.item) for c in told}) == len(told)
        words = [path for column in told for path in column.paths]
        assert len(words) == len(set(words))
