"""What should have been disclosed, held against what is there."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.ledger.documents import dim_unit
from pipeline.ledger.mandates import (
    DUE,
    EXPECTED,
    Mandate,
    MandateError,
    disclosures,
    due_disclosures,
    load,
    mandated,
)
from pipeline.settings import PROJECT
from pipeline.staging.tables import framed

RULE = Mandate(
    "rule",
    "规则",
    "A rule",
    "source",
    "regulation",
    "budget",
    (2020,),
    (("summary",), ("three_public", "three_public_operating")),
)


def described(*documents: tuple[str, str, int]) -> pl.DataFrame:
    """Documents of budgets of Shanxi units: id, unit and year."""
    return pl.DataFrame(
        [
            {
                "document_id": document,
                "disclosure_id": f"{unit}{year}",
                "unit_id": unit,
                "unit_name": unit,
                "region_code": "140500",
                "fiscal_year": year,
                "kind": "budget",
                "scope": "unit",
            }
            for document, unit, year in documents
        ],
        schema={"document_id": pl.String(), **{k: t for k, t in DUE.items() if k != "expected_by"}},
    )


def coverage(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """Coverage rows: document, statement and state."""
    names = ["document_id", "statement_id", "state"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()), orient="row")


def asked(printed: pl.DataFrame, documents: pl.DataFrame, *rules: Mandate) -> list[tuple[str, ...]]:
    """The coverage with its mandates, as rows."""
    found = mandated(printed, documents, rules)
    return found.select("document_id", "statement_id", "state", "mandate").rows()


def test_a_statement_that_a_rule_wants_says_by_which() -> None:
    printed = coverage(("a", "summary", "data"), ("a", "revenue", "data"))
    assert asked(printed, described(("a", "u", 2024)), RULE) == [
        ("a", "revenue", "data", None),
        ("a", "summary", "data", "rule"),
        ("a", "three_public", "absent", "rule"),
    ]


def test_either_form_meets_a_mandate_and_the_fuller_one_counts() -> None:
    printed = coverage(
        ("a", "summary", "data"),
        ("a", "three_public", "absent"),
        ("a", "three_public_operating", "stated_empty"),
    )
    assert asked(printed, described(("a", "u", 2024)), RULE)[1:] == [
        ("a", "three_public", "absent", None),
        ("a", "three_public_operating", "stated_empty", "rule"),
    ]


def test_what_another_file_of_the_disclosure_prints_is_not_absent() -> None:
    printed = coverage(("a", "summary", "data"), ("b", "three_public", "data"))
    documents = described(("a", "u", 2024), ("b", "u", 2024))
    assert asked(printed, documents, RULE) == [
        ("a", "summary", "data", "rule"),
        ("b", "three_public", "data", "rule"),
    ]


@pytest.mark.parametrize(
    ("year", "regions", "kind", "bound"),
    [
        (2024, (), "budget", True),
        (2024, ("14",), "budget", True),
        (2024, ("31",), "budget", False),
        (2019, (), "budget", False),
        (2024, (), "final_account", False),
    ],
)
def test_a_rule_binds_by_year_region_and_kind(
    year: int, regions: tuple[str, ...], kind: str, bound: bool
) -> None:
    rule = Mandate("r", "一", "r", "s", "template", kind, (2020, 2024), (("summary",),), regions)
    assert rule.binds("budget", year, "140500") is bound


def test_a_rule_of_one_region_binds_no_unit_of_unknown_place() -> None:
    rule = Mandate("r", "一", "r", "s", "template", "budget", (2020,), (("summary",),), ("14",))
    assert not rule.binds("budget", 2024, None)


def due(*rows: tuple[object, ...]) -> pl.DataFrame:
    """A list of expected disclosures."""
    return pl.DataFrame(rows, schema=EXPECTED, orient="row")


def test_disclosures_count_what_they_must_print_and_what_is_missing() -> None:
    documents = described(("a", "u", 2024))
    printed = mandated(coverage(("a", "summary", "data")), documents, (RULE,))
    wanted = due_disclosures(
        due(("某局", "140500", "budget", "unit", 2023, None, "list")), documents
    )
    found = disclosures(documents, printed, wanted)
    columns = ["state", "fiscal_year", "documents", "mandated", "data", "absent", "expected_by"]
    assert sorted(found.select(columns).rows()) == [
        ("disclosed", 2024, 1, 2, 1, 1, None),
        ("missing", 2023, 0, 0, 0, 0, "list"),
        ("missing", 2024, 0, 0, 0, 0, "list"),
    ]
    nothing = (framed().projects, framed().profiles)
    units = dim_unit(pl.concat([documents, wanted], how="diagonal"), *nothing)
    assert set(found["unit_id"]) <= set(units["unit_id"])


def test_a_disclosure_that_is_due_and_there_is_disclosed() -> None:
    wanted = due(("山西省某局", "140000", "budget", "unit", 2024, 2024, "list"))
    (row,) = due_disclosures(wanted, described()).to_dicts()
    there = pl.DataFrame([{"document_id": "a", **row}], schema=described().schema)
    found = disclosures(there, mandated(coverage(), there, ()), due_disclosures(wanted, there))
    assert found.select("state", "expected_by").rows() == [("disclosed", "list")]


def test_the_files_of_the_project_are_well_formed() -> None:
    duties = load(PROJECT / "expectations")
    assert {"national_budget", "shanxi_budget"} <= {m.id for m in duties.mandates}
    assert duties.due.schema == EXPECTED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- id: a", "required property"),
        ("- {id: a, zh: 一, en: a, source: s, basis: guess, kind: budget, years: [1], "
         "statements: [summary]}", "guess"),
        ("- {id: a, zh: 一, en: a, source: s, basis: template, kind: budget, years: [1], "
         "statements: [summery]}", "summery"),
        ("- {id: [", "not YAML"),
    ],
)  # fmt: skip
def test_a_mandate_that_cannot_be_used_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mandates.yml").write_text(text, encoding="utf-8")
    with pytest.raises(MandateError, match=said):
        load(tmp_path)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("某局,140500,budgets,unit,2024,,list", "line 2: kind is 'budgets'"),
        ("某局,140500,budget,unit,,,list", "first_year must be given"),
        ("某局,999999,budget,unit,2024,,list", "no such region"),
        ("某局,140500,budget,unit,2024,2020,list", "before first_year"),
        ("某局,140500,budget,unit,soon,,list", "expected the columns"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, row: str, said: str) -> None:
    text = ",".join(EXPECTED) + "\n" + row + "\n"
    (tmp_path / "expected_disclosures.csv").write_text(text, encoding="utf-8")
    with pytest.raises(MandateError, match=said):
        load(tmp_path)
