"""Which documents belong together: departments and their units, accounts and budgets, years.

    units       a department's document -> the documents of its units, same kind and year
    department  a unit's document -> the document of its department
    budget      a final account -> the budget of the same unit and year
    last_year   a document -> that of the same unit and kind of the year before

Only current documents take part, and only those that say whether they are a unit's or a
department's. A department's units are those its tables name (rows of units, implementing units of
projects) and its own (本级: of the department's name, or that name with 本级, 机关 or 单位). A
named unit without a document is a member too, with the reason why it is not here. Parts of one
disclosure are one member.

Here: those links as plain rows. Not here: what is asked of linked documents (identities). It stands
in the ledger because the identities know nothing of units, regions and versions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import polars as pl

from pipeline.codes.regions import load_regions, region_of
from pipeline.forms.wording import canon
from pipeline.identities.books import LINKS

# `某局本级`, `某局（机关）`: the department itself as one of its units.
OWN = ("", *(form.format(word) for word in ("本级", "机关", "单位") for form in ("{}", "({})")))
ITSELF = re.compile(r"\(?(?:本级|机关|单位)\)?$")
NAMED_AT_MOST = 10

Row = tuple[str, str, int, str | None, str | None]
Index = dict[tuple[str, int, str | None, str], list["Disclosure"]]


@dataclass(frozen=True, order=True)
class Disclosure:
    """The current documents of one unit, year, kind and scope that print any statement."""

    disclosure_id: str
    unit_id: str
    name: str
    region: str | None
    year: int
    kind: str
    scope: str
    documents: tuple[str, ...]

    @property
    def called(self) -> str:
        """Its unit's name as compared."""
        return bare(self.name, self.region)


def links(
    documents: pl.DataFrame, units: pl.DataFrame, coverage: pl.DataFrame, amounts: pl.DataFrame
) -> pl.DataFrame:
    """The links of all documents, in a total order.

    `documents` and `units` as released, `coverage` as staged, `amounts` as entered in the ledger.
    """
    found = disclosures(documents, units, coverage)
    named = names(amounts)
    rows = [*of_departments(found, named), *of_years(found)]
    return pl.DataFrame(rows, schema=LINKS, orient="row").sort(
        "document_id", "relation", "member", "linked_id"
    )


def disclosures(
    documents: pl.DataFrame, units: pl.DataFrame, coverage: pl.DataFrame
) -> list[Disclosure]:
    """The disclosures that take part."""
    printing = coverage.filter(pl.col("state") != "absent").select("document_id")
    rows = (
        documents.filter("is_current", pl.col("scope").is_not_null())
        .join(printing, on="document_id", how="semi")
        .join(units.select("unit_id", "name", "region_code"), on="unit_id")
        .group_by("disclosure_id", "unit_id", "name", "region_code", "fiscal_year", "kind", "scope")
        .agg(pl.col("document_id").sort())
        .sort("disclosure_id")
    )
    return [
        Disclosure(disclosure_id, unit_id, name, region, year, kind, scope, tuple(parts))
        for disclosure_id, unit_id, name, region, year, kind, scope, parts in rows.iter_rows()
    ]


def names(amounts: pl.DataFrame) -> dict[str, list[str]]:
    """The units that each document's tables name, as printed, in the order of their tables.

    Only rows with figures: what stands alone may be a piece of a project's name.
    """
    unit = pl.when(pl.col("role") == "unit").then("label").otherwise("implementing_unit")
    rows = (
        amounts.sort("document_id", "statement_id", "line_no", "amount_id")
        .select("document_id", unit=unit)
        .drop_nulls()
        .unique(maintain_order=True)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for document_id, name in rows.iter_rows():
        found[document_id].append(name)
    return found


def bare(name: str, region: str | None) -> str:
    """A unit's name as compared: one script, without the names of the places it belongs to."""
    plain = canon(name)
    for place in places(region):
        plain = plain.removeprefix(place)
    return plain or canon(name)


@cache
def places(region: str | None) -> tuple[str, ...]:
    """The names of a region and those above it, the province first."""
    known = regions()
    found: list[str] = []
    while region in known:
        name, region = known[region]
        found.insert(0, canon(name))
    return tuple(found)


@cache
def regions() -> dict[str | None, tuple[str, str | None]]:
    """Name and region above of every region."""
    rows = load_regions().select("region_code", "name", "parent_region_code").iter_rows()
    return {code: (name, above) for code, name, above in rows}


def of_departments(found: list[Disclosure], named: dict[str, list[str]]) -> Iterator[Row]:
    """The links between departments and their units, both ways."""
    units: Index = defaultdict(list)
    for one in found:
        if one.scope == "unit":
            units[one.kind, one.year, one.region, one.called].append(one)
    above: dict[Disclosure, list[Disclosure]] = defaultdict(list)
    for department in (one for one in found if one.scope == "department"):
        members, missing = units_of(department, named, units)
        for unit in members:
            above[unit].append(department)
        reason = without(missing, len(members) + len(missing)) if missing else None
        yield from linked("units", department, members, reason)
    for unit, departments in sorted(above.items()):
        if len(departments) == 1:
            yield from linked("department", unit, departments)
        else:
            several = "、".join(one.name for one in departments)
            reason = f"几个部门列有本单位：{several} (several departments name the unit: {several})"
            yield from linked("department", unit, [], reason)


def units_of(
    department: Disclosure, named: dict[str, list[str]], units: Index
) -> tuple[list[Disclosure], list[str]]:
    """The units of a department that have documents, and the names of those that have none."""
    called = ITSELF.sub("", department.called)
    there = department.kind, department.year, department.region
    own = [one for suffix in OWN for one in units.get((*there, called + suffix), [])]
    members = set(own)
    missing: dict[tuple[str | None, str], str] = {}
    for document in department.documents:
        for label in named.get(document, []):
            region = region_of(label, department.year) or department.region
            name = bare(label, region)
            if own and region == department.region and ITSELF.sub("", name) == called:
                continue
            several = units.get((department.kind, department.year, region, name), [])
            members.update(several)
            if not several:
                missing.setdefault((region, name), label)
    return sorted(members), list(missing.values())


def without(labels: list[str], of: int) -> str:
    """Why a sum over units cannot be asked: which of the units named have no document here."""
    listed = "、".join(labels[:NAMED_AT_MOST]) + ("…" if len(labels) > NAMED_AT_MOST else "")
    return (
        f"{of} 个所属单位中 {len(labels)} 个没有文件：{listed} "
        f"({len(labels)} of {of} units have no document here: {listed})"
    )


def of_years(found: list[Disclosure]) -> Iterator[Row]:
    """The links of an account to its budget and of a document to the one of the year before."""
    known = {(one.unit_id, one.scope, one.kind, one.year): one for one in found}
    for one in found:
        budget = known.get((one.unit_id, one.scope, "budget", one.year))
        if one.kind == "final_account" and budget:
            yield from linked("budget", one, [budget])
        if before := known.get((one.unit_id, one.scope, one.kind, one.year - 1)):
            yield from linked("last_year", one, [before])


def linked(
    relation: str, one: Disclosure, members: Iterable[Disclosure], reason: str | None = None
) -> Iterator[Row]:
    """The rows of one relation, for each part of a disclosure; `reason`: why a member is lost."""
    several = list(members)
    for document in one.documents:
        for number, member in enumerate(several, start=1):
            for other in member.documents:
                yield document, relation, number, other, None
        if reason:
            yield document, relation, len(several) + 1, None, reason
