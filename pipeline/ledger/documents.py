"""Documents, disclosures and units: who published what, and which file is the current one.

Here: dim_document and dim_unit from staged documents, their forms and the intake. Not here:
amounts (facts).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipeline.codes.regions import region_of
from pipeline.documents.document import Document
from pipeline.ledger import keys
from pipeline.performance.heads import department_of
from pipeline.schema.catalogue import tables

# What the prose may say of a unit itself, by the names of the columns.
STATED = ("rank", "nature", "duties")
UNKNOWN = dict.fromkeys(("budget_code", "parent_unit_id", *STATED))


def with_units(staged: pl.DataFrame, documents: Iterable[Document]) -> pl.DataFrame:
    """Staged documents with what the intake knows, their unit, region and disclosure."""
    known = {d.document_id: d for d in documents}
    rows = []
    for row in staged.iter_rows(named=True):
        document = known[row["document_id"]]
        region = document.region_code or region_of(row["unit_name"], row["fiscal_year"])
        unit = keys.unit_id(region, row["unit_name"])
        disclosure = keys.disclosure_id(unit, row["fiscal_year"], row["kind"], row["scope"])
        rows.append(
            row
            | {
                "source_name": document.source_name,
                "sha256": document.sha256,
                "byte_size": document.byte_size,
                "media_type": document.media_type,
                "origin": document.origin,
                "origin_url": document.origin_url,
                "publisher": document.publisher,
                "retrieved_at": document.retrieved_at,
                "supersedes": document.supersedes,
                "region_code": region,
                "unit_id": unit,
                "disclosure_id": disclosure,
            }
        )
    extra = {"region_code": pl.String(), "unit_name": pl.String(), "family": pl.String()}
    schema = {**tables()["dim_document"].schema, **extra}
    schema.pop("is_current")
    return pl.DataFrame(rows, schema=schema, orient="row")


def dim_document(documents: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """The document dimension; `is_current` is false for what a later file replaces."""
    return tables()["dim_document"].conform(with_current(documents, coverage))


def with_current(documents: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """Documents with whether each is the current one of what it prints."""
    replaced = superseded(documents, coverage)
    return documents.with_columns(is_current=~pl.col("document_id").is_in(replaced))


def superseded(documents: pl.DataFrame, coverage: pl.DataFrame) -> list[str]:
    """Documents that another file of the same disclosure replaces.

    Two files of one disclosure are versions of each other where both print the same statement;
    else they are parts of it and both hold. The later one holds: by retrieved_at, and where
    nothing tells, the last by name, so that a disclosure never counts twice (the gate warns).
    A file named in another's `supersedes` is replaced whatever it prints, and replaces nothing.
    """
    named = set(documents.get_column("supersedes").drop_nulls().str.slice(0, 16))
    printed = coverage.filter(pl.col("state") != "absent").select("document_id", "statement_id")
    ranked = by_age(documents).with_row_index("rank")
    pairs = (
        ranked.select("document_id", "disclosure_id", "rank")
        .join(printed, on="document_id")
        .join(
            ranked.select("disclosure_id", "rank", later="document_id").join(
                printed.rename({"document_id": "later"}), on="later"
            ),
            on=["disclosure_id", "statement_id"],
            suffix="_later",
        )
        .filter(pl.col("rank") < pl.col("rank_later"), ~pl.col("later").is_in(sorted(named)))
    )
    return sorted(set(pairs.get_column("document_id")) | named)


def by_age(documents: pl.DataFrame) -> pl.DataFrame:
    """Documents, the older ones first: those that another names, then by date and name."""
    named = documents.get_column("supersedes").drop_nulls().str.slice(0, 16).unique()
    order = ["retrieved_at", "source_name", "document_id"]
    return documents.sort(~pl.col("document_id").is_in(named.to_list()), *order, nulls_last=False)


def coverage(staged: pl.DataFrame, described: pl.DataFrame) -> pl.DataFrame:
    """Coverage judged per disclosure: what another part of it prints is absent from none."""
    disclosures = described.select("document_id", "disclosure_id")
    known = staged.join(disclosures, on="document_id", how="left", maintain_order="left")
    printed = known.filter(pl.col("state") != "absent")
    elsewhere = printed.select("disclosure_id", "statement_id").unique()
    absent = known.filter(state="absent")
    held = absent.join(elsewhere, on=["disclosure_id", "statement_id"], how="anti")
    return pl.concat([printed, held]).select("document_id", "statement_id", "state")


def dim_unit(
    disclosures: pl.DataFrame, forms: pl.DataFrame, profiles: pl.DataFrame
) -> pl.DataFrame:
    """Every unit of disclosures, made or due, and departments that performance forms name above.

    A form says so only where it names the document's own unit as the one that carries it out: a
    name that its cell cuts off names no department either.
    """
    units = disclosures.select("unit_id", "region_code", name="unit_name").unique(
        "unit_id", keep="first", maintain_order=True
    )
    found = {row["unit_id"]: row | UNKNOWN for row in units.iter_rows(named=True)}
    own = forms.join(disclosures, on="document_id", how="inner", maintain_order="left").filter(
        pl.col("implementing_unit") == pl.col("unit_name"), pl.col("department_code").is_not_null()
    )
    for row in own.sort("document_id", "form_no").iter_rows(named=True):
        _, name = department_of(row["supervising_department"])
        region = region_of(str(name), row["fiscal_year"]) or row["region_code"]
        above = keys.unit_id(region, str(name))
        department = found.setdefault(
            above,
            {"unit_id": above, "region_code": region, "name": name} | UNKNOWN,
        )
        department["budget_code"] = department.get("budget_code") or row["department_code"]
        if above != row["unit_id"]:
            found[row["unit_id"]]["parent_unit_id"] = above
    for row in stated(disclosures, profiles).iter_rows(named=True):
        found[row["unit_id"]][row["attribute"]] = row["value"]
    return tables()["dim_unit"].frame(found.values())


def stated(disclosures: pl.DataFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """What the prose says of each unit itself: of several documents, what the newest says."""
    return (
        profiles.filter(pl.col("attribute").is_in(STATED))
        .join(disclosures, on="document_id", how="inner")
        .sort("fiscal_year", "document_id", "position")
        .group_by("unit_id", "attribute", maintain_order=True)
        .agg(pl.col("value").last())
    )
