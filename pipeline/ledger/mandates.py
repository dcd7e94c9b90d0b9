"""What should have been disclosed: the statements each document must print, the disclosures due.

Both are data that people review: `expectations/mandates.yml` (which statements, by jurisdiction,
kind and year) and `expectations/expected_disclosures.csv` (which units, in which years). Here:
reading them and holding them against what is there. Not here: what a document prints (documents).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import yaml

from pipeline.codes.regions import load_regions, region_of
from pipeline.declared import parsed
from pipeline.ledger import keys
from pipeline.schema.catalogue import statements, tables, words

TEXT = {"type": "string", "minLength": 1}
SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "zh", "en", "source", "basis", "kind", "years", "statements"],
        "properties": {
            "id": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
            **dict.fromkeys(("zh", "en", "source"), TEXT),
            "basis": {"enum": ["regulation", "template"]},
            "kind": {"enum": list(words("kind"))},
            "regions": {"type": "array", "items": {"type": "string", "pattern": r"^\d{2,6}$"}},
            "years": {
                "type": "array",
                "items": {"type": "integer"},
                "minItems": 1,
                "maxItems": 2,
            },
            "statements": {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True},
        },
    },
}
EXPECTED: dict[str, pl.DataType] = {
    "unit_name": pl.String(),
    "region_code": pl.String(),
    "kind": pl.String(),
    "scope": pl.String(),
    "first_year": pl.Int32(),
    "last_year": pl.Int32(),
    "source": pl.String(),
}
DUE: dict[str, pl.DataType] = {
    "disclosure_id": pl.String(),
    "unit_id": pl.String(),
    "unit_name": pl.String(),
    "region_code": pl.String(),
    "fiscal_year": pl.Int32(),
    "kind": pl.String(),
    "scope": pl.String(),
    "expected_by": pl.String(),
}
# Of the forms that meet one mandate the one that says most is counted.
STATES = ("data", "stated_empty", "blank", "unreadable", "absent")
NOWHERE = (len(STATES), "")
EITHER = "|"


class MandateError(ValueError):
    """A file of duties is not usable; says where and what was expected."""


@dataclass(frozen=True)
class Mandate:
    """A rule that statements be printed; of the alternatives of a statement one is enough."""

    id: str
    zh: str
    en: str
    source: str
    basis: str
    kind: str
    years: tuple[int, ...]
    statements: tuple[tuple[str, ...], ...]
    regions: tuple[str, ...] = ()

    def binds(self, kind: str, year: int, region: str | None) -> bool:
        """Whether it binds a disclosure of this kind, year and region."""
        first, last = self.years[0], self.years[-1] if len(self.years) > 1 else year
        here = not self.regions or (region or "").startswith(self.regions)
        return kind == self.kind and first <= year <= last and here


@dataclass(frozen=True)
class Duties:
    """What should be disclosed: the mandates, and the list of disclosures due."""

    mandates: tuple[Mandate, ...] = ()
    due: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EXPECTED))


def load(folder: Path) -> Duties:
    """The duties that the files of a folder declare."""
    return Duties(load_mandates(folder), load_expected(folder))


def load_mandates(folder: Path) -> tuple[Mandate, ...]:
    """The mandates of `mandates.yml`; none where there is no such file."""
    path = folder / "mandates.yml"
    if not path.exists():
        return ()
    try:
        content = parsed(path.read_text(encoding="utf-8")) or []
        jsonschema.validate(content, SCHEMA)
    except yaml.YAMLError as error:
        raise MandateError(f"{path}: not YAML: {error}") from error
    except jsonschema.ValidationError as error:
        raise MandateError(f"{path}: {error.json_path}: {error.message}") from error
    found = []
    for entry in content:
        wanted = tuple(tuple(one.split(EITHER)) for one in entry["statements"])
        unknown = sorted({s for either in wanted for s in either} - set(statements()))
        if unknown:
            raise MandateError(f"{path}: {entry['id']}: no such statement {unknown}")
        lists = {"years": tuple(entry["years"]), "regions": tuple(entry.get("regions", ()))}
        found.append(Mandate(**{**entry, **lists, "statements": wanted}))
    if len({mandate.id for mandate in found}) != len(found):
        raise MandateError(f"{path}: a mandate is declared twice")
    return tuple(found)


def mandated(
    coverage: pl.DataFrame, described: pl.DataFrame, mandates: Iterable[Mandate]
) -> pl.DataFrame:
    """Coverage with `mandate`: the rules that want a statement, joined by blanks; null of none.

    `coverage` is judged per disclosure. A mandated statement that no document of the disclosure
    prints and its form family does not know is absent: it gets a row of its own, on the first
    document. Where a mandate leaves a choice of forms it is on the one that says most.
    """
    known = coverage.join(described, on="document_id").select(
        "disclosure_id", "statement_id", "state", "document_id"
    )
    found: dict[str, dict[str, list[tuple[int, str]]]] = {}
    for disclosure, statement_id, state, document_id in known.sort("document_id").iter_rows():
        places = found.setdefault(disclosure, {}).setdefault(statement_id, [])
        places.append((STATES.index(state), document_id))
    disclosed = described.sort("document_id").unique("disclosure_id", keep="first")
    rows = []
    for one in disclosed.iter_rows(named=True):
        printed = found.get(one["disclosure_id"], {})
        for mandate in mandates:
            if mandate.binds(one["kind"], one["fiscal_year"], one["region_code"]):
                for either in mandate.statements:
                    chosen = min(either, key=lambda s: min(printed.get(s, [NOWHERE])))
                    places = printed.get(chosen, [(0, one["document_id"])])
                    rows += [(document_id, chosen, mandate.id) for _, document_id in places]
    schema = {"document_id": pl.String(), "statement_id": pl.String(), "mandate": pl.String()}
    wanted = (
        pl.DataFrame(rows, schema=schema, orient="row")
        .unique()
        .sort("document_id", "statement_id", "mandate")
        .group_by("document_id", "statement_id", maintain_order=True)
        .agg(pl.col("mandate").str.join(" "))
    )
    key = ["document_id", "statement_id"]
    joined = coverage.drop("mandate", strict=False).join(wanted, on=key, how="full", coalesce=True)
    return joined.with_columns(pl.col("state").fill_null(STATES[-1])).sort(key)


def load_expected(folder: Path) -> pl.DataFrame:
    """The disclosures due, as `expected_disclosures.csv` lists them: one row per unit and kind."""
    path = folder / "expected_disclosures.csv"
    if not path.exists():
        return pl.DataFrame(schema=EXPECTED)
    try:
        frame = pl.read_csv(path, schema=EXPECTED)
    except pl.exceptions.PolarsError as error:
        wanted = ", ".join(EXPECTED)
        raise MandateError(f"{path}: expected the columns {wanted}: {error}") from error
    for row in frame.with_row_index("line", offset=2).iter_rows(named=True):
        if problem := trouble(row):
            raise MandateError(f"{path}, line {row['line']}: {problem}")
    return frame


def trouble(row: dict[str, Any]) -> str | None:
    """What is wrong with a row of the list, if anything."""
    for name in ("kind", "scope"):
        if row[name] not in words(name):
            return f"{name} is {row[name]!r}; it can be {', '.join(words(name))}"
    if not row["unit_name"] or row["first_year"] is None:
        return "unit_name and first_year must be given"
    last = row["last_year"]
    if last is not None and last < row["first_year"]:
        return f"last_year {last} is before first_year {row['first_year']}"
    known = load_regions().get_column("region_code")
    if row["region_code"] is not None and row["region_code"] not in known:
        return f"no such region: {row['region_code']}"
    return None


def due_disclosures(due: pl.DataFrame, described: pl.DataFrame) -> pl.DataFrame:
    """The disclosures due, one row each, under the key that each would have.

    A unit without `last_year` is expected up to the latest fiscal year of any document.
    """
    latest = described.get_column("fiscal_year").max()
    rows = []
    for row in due.iter_rows(named=True):
        last = row["last_year"] or max(row["first_year"], int(str(latest or 0)))
        for year in range(row["first_year"], last + 1):
            region = row["region_code"] or region_of(row["unit_name"], year)
            unit = keys.unit_id(region, row["unit_name"])
            disclosure = keys.disclosure_id(unit, year, row["kind"], row["scope"])
            told = (row["unit_name"], region, year, row["kind"], row["scope"], row["source"])
            rows.append((disclosure, unit, *told))
    return (
        pl.DataFrame(rows, schema=DUE, orient="row")
        .sort("disclosure_id", "expected_by", nulls_last=True)
        .unique("disclosure_id", keep="first", maintain_order=True)
    )


def disclosures(described: pl.DataFrame, coverage: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    """fact_disclosure: what was disclosed, its mandated statements counted, and what is missing."""
    of = described.select("document_id", "disclosure_id")
    ranked = pl.col("state").replace_strict(
        {state: rank for rank, state in enumerate(STATES)}, return_dtype=pl.Int64
    )
    counted = (
        coverage.filter(pl.col("mandate").is_not_null())
        .join(of, on="document_id")
        .sort(ranked, "document_id")
        .unique(["disclosure_id", "statement_id"], keep="first", maintain_order=True)
        .group_by("disclosure_id")
        .agg(pl.len().alias("mandated"), *((pl.col("state") == s).sum().alias(s) for s in STATES))
    )
    key = [name for name in DUE if name != "expected_by"]
    there = described.group_by(key).agg(pl.len().alias("documents"))
    expected = due.select("disclosure_id", "expected_by")
    missing = due.join(there, on="disclosure_id", how="anti")
    numbers = ["documents", "mandated", *STATES]
    made = there.join(expected, on="disclosure_id", how="left")
    found = (
        pl.concat([made, missing], how="diagonal")
        .join(counted, on="disclosure_id", how="left")
        .with_columns(pl.col(numbers).fill_null(0).cast(pl.Int64))
    )
    state = pl.when(pl.col("documents") > 0).then(pl.lit("disclosed")).otherwise(pl.lit("missing"))
    return tables()["fact_disclosure"].conform(found.with_columns(state=state))
