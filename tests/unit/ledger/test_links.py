"""Which documents belong together, and what is said of units that have none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl
import pytest

from pipeline.ledger.links import links

BUREAU, CENTRE, HALL = "某市某局", "某市某中心", "某市某大厅"


@dataclass(frozen=True)
class File:
    """One document: who published what, and the units its tables name."""

    document_id: str
    name: str = BUREAU
    scope: str | None = "unit"
    year: int = 2026
    kind: str = "budget"
    region: str | None = "140500"
    is_current: bool = True
    prints: bool = True
    disclosure: str = ""
    units: tuple[str, ...] = ()
    implementing: tuple[str, ...] = ()


def found(*files: File) -> dict[str, list[tuple[str, int, str | None]]]:
    """By document: relation, member and the document linked, or why it is not here."""
    documents = pl.DataFrame(
        {
            "document_id": [f.document_id for f in files],
            "disclosure_id": [f.disclosure or f.document_id for f in files],
            "unit_id": [f"{f.region}{f.name}" for f in files],
            "kind": [f.kind for f in files],
            "scope": [f.scope for f in files],
            "fiscal_year": [f.year for f in files],
            "is_current": [f.is_current for f in files],
        },
        schema_overrides={"scope": pl.String()},
    )
    units = pl.DataFrame(
        {
            "unit_id": [f"{f.region}{f.name}" for f in files],
            "name": [f.name for f in files],
            "region_code": [f.region for f in files],
        }
    ).unique("unit_id")
    coverage = pl.DataFrame(
        {
            "document_id": [f.document_id for f in files],
            "state": ["data" if f.prints else "absent" for f in files],
        }
    )
    rows = [(f.document_id, "unit", unit, None) for f in files for unit in f.units]
    rows += [(f.document_id, "project", "物业", unit) for f in files for unit in f.implementing]
    amounts = pl.DataFrame(
        rows,
        schema=dict.fromkeys(("document_id", "role", "label", "implementing_unit"), pl.String()),
        orient="row",
    ).with_columns(
        statement_id=pl.lit("projects"), line_no=pl.int_range(pl.len()), amount_id=pl.lit("a")
    )
    together: dict[str, list[tuple[str, int, str | None]]] = {}
    for row in links(documents, units, coverage, amounts).iter_rows(named=True):
        told = row["linked_id"] or row["reason"]
        together.setdefault(row["document_id"], []).append((row["relation"], row["member"], told))
    return together


DEPARTMENT = File("dep", scope="department", units=(BUREAU, CENTRE))
OWN, OTHER = File("own"), File("oth", name=CENTRE)


def test_a_department_its_own_unit_and_the_units_it_names() -> None:
    assert found(DEPARTMENT, OWN, OTHER) == {
        "dep": [("units", 1, "oth"), ("units", 2, "own")],
        "oth": [("department", 1, "dep")],
        "own": [("department", 1, "dep")],
    }


def test_units_are_named_by_their_rows_and_as_implementing_projects() -> None:
    department = replace(DEPARTMENT, units=(), implementing=(CENTRE, CENTRE))
    assert found(department, OTHER)["dep"] == [("units", 1, "oth")]


def test_a_named_unit_without_a_document_is_a_member_that_is_not_here() -> None:
    (own, lost) = found(replace(DEPARTMENT, units=(BUREAU, CENTRE, HALL)), OWN)["dep"]
    assert own == ("units", 1, "own")
    assert lost[:2] == ("units", 2)
    assert lost[2] is not None
    assert lost[2].startswith(f"3 个所属单位中 2 个没有文件：{CENTRE}、{HALL} (2 of 3 units")


@pytest.mark.parametrize("suffix", ["", "本级", "（本级）", "(机关)", "机关", "（单位）"])
def test_the_departments_own_unit_may_be_called_so(suffix: str) -> None:
    own = replace(OWN, name=f"晋城市某局{suffix}")
    department = replace(DEPARTMENT, name="某局", units=("某局",))
    assert found(department, own)["dep"] == [("units", 1, "own")]


@pytest.mark.parametrize(
    ("printed", "name"),
    [("某中心", "晋城市某中心"), ("山西省晋城市某中心", "某中心"), ("某（南）中心", "某(南)中心")],
)
def test_names_are_compared_without_their_place_and_script(printed: str, name: str) -> None:
    department = replace(DEPARTMENT, units=(printed,))
    assert found(department, replace(OTHER, name=name))["dep"] == [("units", 1, "oth")]


@pytest.mark.parametrize(
    "other",
    [
        replace(OTHER, year=2025),
        replace(OTHER, kind="final_account"),
        replace(OTHER, region="140200"),
        replace(OTHER, is_current=False),
        replace(OTHER, prints=False),
        replace(OTHER, scope=None),
        replace(OTHER, scope="department"),
    ],
    ids=["year", "kind", "region", "replaced", "prose only", "scope unknown", "a department"],
)
def test_what_is_no_unit_document_of_that_year(other: File) -> None:
    ((relation, member, told),) = found(replace(DEPARTMENT, units=(CENTRE,)), other)["dep"]
    assert (relation, member) == ("units", 1)
    assert told is not None
    assert told.startswith(f"1 个所属单位中 1 个没有文件：{CENTRE} (1 of 1 units have no document")


def test_the_reason_names_at_most_ten_units_and_counts_all() -> None:
    names = tuple(f"某市第{n}中心" for n in range(12))
    reason = found(replace(DEPARTMENT, units=(BUREAU, *names)), OWN)["dep"][1][2]
    assert reason is not None
    assert reason.startswith("13 个所属单位中 12 个没有文件：某市第0中心、")
    assert "某市第9中心…" in reason
    assert "某市第10中心" not in reason


def test_a_unit_that_two_departments_name_is_within_neither() -> None:
    second = replace(DEPARTMENT, document_id="dp2", name=HALL, units=(CENTRE,))
    ((relation, member, told),) = found(DEPARTMENT, second, OWN, OTHER)["oth"]
    assert (relation, member) == ("department", 1)
    assert told is not None
    assert told.startswith(f"几个部门列有本单位：{BUREAU}、{HALL}")


def test_a_department_that_names_no_unit_and_has_none_is_linked_to_none() -> None:
    assert found(replace(DEPARTMENT, units=())) == {}


def test_accounts_budgets_and_years() -> None:
    account = File("acc", kind="final_account", year=2025)
    before = replace(account, document_id="acb", year=2024)
    budget = File("bud", year=2025)
    after = File("nxt", year=2026)
    assert found(account, before, budget, after) == {
        "acc": [("budget", 1, "bud"), ("last_year", 1, "acb")],
        "nxt": [("last_year", 1, "bud")],
    }
    assert found(account, replace(budget, scope="department")) == {}
    assert found(replace(account, scope=None), replace(budget, scope=None)) == {}
    assert found(account, replace(before, year=2023)) == {}


def test_parts_of_one_disclosure_are_one_member_and_each_is_linked() -> None:
    first = replace(OTHER, disclosure="d")
    second = replace(first, document_id="ot2")
    assert found(replace(DEPARTMENT, units=(CENTRE,)), first, second) == {
        "dep": [("units", 1, "ot2"), ("units", 1, "oth")],
        "ot2": [("department", 1, "dep")],
        "oth": [("department", 1, "dep")],
    }


def test_nothing_gives_no_links() -> None:
    assert found(OWN) == {}
