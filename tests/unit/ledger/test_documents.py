"""Documents, units and disclosures: which file is current, and who published it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from pipeline.documents.document import Document
from pipeline.ledger.documents import dim_document, dim_unit, with_units
from pipeline.schema.catalogue import tables
from pipeline.staging.tables import SCHEMAS, framed

UNIT = "晋城市公共资源交易中心"
TABLES = ("summary", "revenue")
PROSE: tuple[str, ...] = ()


@dataclass(frozen=True)
class File:
    """One file of a disclosure: what the manifest says, and the statements it prints."""

    name: str
    prints: tuple[str, ...] = TABLES
    retrieved_at: str | None = None
    supersedes: str | None = None
    year: int = 2026
    kind: str = "budget"
    scope: str | None = "unit"
    unit: str = UNIT
    region: str | None = None

    @property
    def document_id(self) -> str:
        return f"{sum(map(ord, self.name)):016x}"


NO_FORMS = pl.DataFrame(schema=SCHEMAS["projects"])
NO_PROFILES = framed().profiles


def described(files: list[File]) -> pl.DataFrame:
    """The files as staged documents with what the intake knows."""
    staged = pl.DataFrame(
        [
            {
                "document_id": f.document_id,
                "family": "shanxi_budget",
                "kind": f.kind,
                "scope": f.scope,
                "fiscal_year": f.year,
                "unit_name": f.unit,
                "title": None,
                "page_count": None,
                "reader": "text",
            }
            for f in files
        ],
        schema=SCHEMAS["documents"],
        orient="row",
    )
    return with_units(staged, [document(f) for f in files])


def document(file: File) -> Document:
    """The file as the intake describes it."""
    return Document(
        document_id=file.document_id,
        source_name=file.name,
        path=Path(file.name),
        sha256=file.document_id * 4,
        byte_size=1,
        media_type="text/plain",
        retrieved_at=file.retrieved_at,
        supersedes=file.supersedes,
        region_code=file.region,
    )


def current(*files: File) -> set[str]:
    """The names of the files that hold."""
    coverage = pl.DataFrame(
        [
            {
                "document_id": f.document_id,
                "statement_id": s,
                "state": "data" if s in f.prints else "absent",
            }
            for f in files
            for s in TABLES
        ],
        schema=SCHEMAS["coverage"],
        orient="row",
    )
    frame = dim_document(described(list(files)), coverage)
    return set(frame.filter("is_current")["source_name"])


A, B, C = File("a.txt"), File("b.txt"), File("c.txt")


@pytest.mark.parametrize(
    ("files", "holds"),
    [
        ([A], {"a.txt"}),
        ([replace(A, retrieved_at="2026-02-01"), replace(B, retrieved_at="2026-01-01")], {"a.txt"}),
        ([replace(A, retrieved_at="2026-01-01"), B], {"a.txt"}),
        ([A, B], {"b.txt"}),
        ([A, B, C], {"c.txt"}),
        ([replace(A, prints=("summary",)), replace(B, prints=("revenue",))], {"a.txt", "b.txt"}),
        ([replace(A, prints=PROSE), B], {"a.txt", "b.txt"}),
        ([replace(A, prints=("summary",)), B], {"b.txt"}),
        ([A, replace(B, year=2025)], {"a.txt", "b.txt"}),
        ([A, replace(B, scope="department")], {"a.txt", "b.txt"}),
        ([A, replace(B, kind="final_account")], {"a.txt", "b.txt"}),
        ([A, replace(B, unit="大同市公共资源交易中心")], {"a.txt", "b.txt"}),
        ([A, replace(B, region="140502")], {"a.txt", "b.txt"}),
        ([A, replace(B, supersedes=A.document_id)], {"b.txt"}),
        ([replace(A, supersedes=B.document_id, prints=PROSE), B], {"a.txt"}),
        ([replace(A, supersedes=B.document_id * 4, prints=PROSE), B], {"a.txt"}),
    ],
    ids=[
        "one file",
        "the later retrieved holds",
        "a dated file holds against an undated one",
        "without dates the last by name holds",
        "one of three holds",
        "parts of one disclosure all hold",
        "prose beside tables holds",
        "a part printed again whole is replaced",
        "another year is another disclosure",
        "another scope is another disclosure",
        "another kind is another disclosure",
        "another unit is another disclosure",
        "another region is another disclosure",
        "a file named in supersedes is replaced",
        "whatever the file that names it prints",
        "a whole hash in supersedes names the file too",
    ],
)
def test_which_of_several_files_hold(files: list[File], holds: set[str]) -> None:
    for order in permutations(files):
        assert current(*order) == holds


def test_a_file_named_in_supersedes_never_replaces_the_file_that_names_it() -> None:
    assert current(replace(A, supersedes=B.document_id), B) == {"a.txt"}


@pytest.mark.parametrize(
    ("name", "region", "found"),
    [
        (UNIT, None, "140500"),
        (UNIT, "140502", "140502"),
        ("某不知名单位", None, None),
        ("山西省财政厅", None, "140000"),
    ],
)
def test_a_unit_belongs_where_the_manifest_says_or_its_name_begins(
    name: str, region: str | None, found: str | None
) -> None:
    row = described([replace(A, unit=name, region=region)]).row(0, named=True)
    assert row["region_code"] == found


def test_files_of_one_disclosure_share_its_id_and_its_unit() -> None:
    frame = described([A, B, replace(C, year=2025)])
    assert frame["unit_id"].n_unique() == 1
    assert frame["disclosure_id"].n_unique() == 2
    units = dim_unit(frame, NO_FORMS, NO_PROFILES)
    assert units.height == 1
    assert units.columns == list(tables()["dim_unit"].schema)
    assert units.row(0, named=True)["name"] == UNIT


def forms(document_id: str, unit: str, department: str) -> pl.DataFrame:
    row = {
        "document_id": document_id,
        "form_no": 1,
        "implementing_unit": unit,
        "supervising_department": department,
        "department_code": department[:3],
    }
    return pl.DataFrame([row], schema=SCHEMAS["projects"], orient="row")


def test_a_form_names_the_department_above_its_unit() -> None:
    frame = described([A])
    row = frame.row(0, named=True)
    found = dim_unit(
        frame, forms(row["document_id"], row["unit_name"], "062-晋城市某某局"), NO_PROFILES
    )
    by_name = {one["name"]: one for one in found.iter_rows(named=True)}
    above = by_name["晋城市某某局"]
    assert (above["budget_code"], above["parent_unit_id"]) == ("062", None)
    assert by_name[row["unit_name"]]["parent_unit_id"] == above["unit_id"]


def test_a_form_of_another_unit_names_no_department_of_this_one() -> None:
    frame = described([A])
    document_id = frame.row(0, named=True)["document_id"]
    found = dim_unit(frame, forms(document_id, "晋城市", "062-晋城市某某局"), NO_PROFILES)
    assert found.height == 1


def test_the_newest_document_says_what_a_unit_is() -> None:
    frame = described([A, replace(C, year=2025)])
    older, newer = frame.sort("fiscal_year")["document_id"]
    said = [
        (newer, 1, "rank", "正科级"),
        (older, 1, "rank", "副处级"),
        (older, 2, "duties", "某事"),
    ]
    rows = [
        {"document_id": document, "position": n, "attribute": name, "value": value}
        for document, n, name, value in said
    ]
    (unit,) = dim_unit(frame, NO_FORMS, framed(profiles=rows).profiles).to_dicts()
    assert (unit["rank"], unit["nature"], unit["duties"]) == ("正科级", None, "某事")
