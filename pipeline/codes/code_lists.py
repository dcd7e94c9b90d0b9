"""The official code lists, each name with the years it held.

Belongs here: reading the lists in `lists/`, adding the codes that documents print and no list
holds, asking which name a code bore in a year, and finding what is wrong with a list.
Does not belong here: regions (`regions.py`), the mapping between classifications, and any
judgement about amounts.

A list states what is known, which is less than what is official: a code is on it from the
first year it was seen. A lookup outside the listed years therefore falls back to the nearest
row of the same code, so a code known from 2019 on and printed in 2017 is still a listed code.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

ListName = Literal["function", "revenue", "economic"]

LISTS: Final = Path(__file__).parent / "lists"

SCHEMA: Final[dict[str, pl.DataType]] = {
    "code": pl.String(),
    "valid_from": pl.Int32(),
    "name_zh": pl.String(),
    "name_en": pl.String(),
    "level": pl.String(),
    "parent_code": pl.String(),
    "valid_to": pl.Int32(),
    "status": pl.String(),
}
SCHEMAS: Final[dict[ListName, dict[str, pl.DataType]]] = {
    "function": SCHEMA,
    "revenue": SCHEMA,
    "economic": {"classification": pl.String()} | SCHEMA,
}

LEVEL_OF_DIGITS: Final = {3: "类", 5: "款", 7: "项"}

_ORDINAL = re.compile(
    r"^(?:[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十\d]+[、.．,，])"
)
_CLASS_MARK = re.compile(r"[（(]类[）)]$")


@cache
def load(name: ListName) -> pl.DataFrame:
    """The shipped list, sorted by key; an empty field is null."""
    return pl.read_csv(LISTS / f"{name}.csv", schema=SCHEMAS[name])


def with_unlisted(list_frame: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """The list and one `unlisted` row for each name under which an unknown code was printed.

    `seen` has code, name, fiscal_year, and classification where the list has one. A code is
    unlisted when the list holds it in no year. Years in a row that print one name make one
    row, which begins in the first of them and ends where the next name begins. Where one year
    prints several names, the smallest in sort order stands for it. A year that prints the code
    without a name says nothing about names; a code that never has one gets a null name.
    """
    key = _key(list_frame)
    wanted = [*key, "name", "fiscal_year"]
    codes = seen.select(wanted).drop_nulls([*key, "fiscal_year"])
    unknown = codes.join(list_frame.select(key).unique(), on=key, how="anti", nulls_equal=True)
    known = {row for frame in (list_frame, codes) for row in frame.select(key).iter_rows()}
    names = unknown.group_by([*key, "fiscal_year"]).agg(pl.col("name").min())
    added = [
        row
        for _, years in groupby(names.sort([*key, "fiscal_year"]).to_dicts(), itemgetter(*key))
        for row in _unlisted_rows(list(years), key, known)
    ]
    extra = pl.DataFrame(added, schema=list_frame.schema, orient="row")
    return pl.concat([list_frame, extra]).sort([*key, "valid_from"])


def name_in(
    code: str, year: int, name: ListName = "function", classification: str | None = None
) -> str | None:
    """The Chinese name `code` bore in `year`; null for a code that is on no list.

    Outside the listed years the nearest row of the code answers: the last name before `year`,
    or the first name of all where `year` lies before it. Without `classification` both
    economic lists are asked; their codes do not overlap.
    """
    rows = _names(name).get(code, ())
    if classification is not None:
        rows = tuple(row for row in rows if row["classification"] == classification)
    begun = [row for row in rows if row["valid_from"] <= year]
    found = begun[-1] if begun else rows[0] if rows else None
    return None if found is None else str(found["name_zh"])


def resolve(list_frame: pl.DataFrame, used: pl.DataFrame) -> pl.DataFrame:
    """`used` (code, fiscal_year and, if listed so, classification) with the row it means.

    Adds `valid_from`, the rest of that row's key: the row `name_in` would take, null where the
    list does not hold the code. The order of `used` is kept.
    """
    key = _key(list_frame)
    starts = list_frame.select(*key, "valid_from").sort([*key, "valid_from"])
    first = starts.group_by(key).agg(pl.col("valid_from").min().alias("first"))
    begun = (
        used.select(*key, "fiscal_year")
        .unique()
        .join(starts, on=key)
        .filter(pl.col("valid_from") <= pl.col("fiscal_year"))
        .group_by([*key, "fiscal_year"])
        .agg(pl.col("valid_from").max())
    )
    return (
        used.join(begun, on=[*key, "fiscal_year"], how="left", maintain_order="left")
        .join(first, on=key, how="left", maintain_order="left")
        .with_columns(pl.coalesce("valid_from", "first").alias("valid_from"))
        .drop("first")
    )


def class_code_of(label: str) -> str | None:
    """The 3-digit functional code of a class name as the summary tables print it.

    With or without its ordinal (八、, （八）, 8.), a final 支出, a mark （类）, and blanks; under
    every name the class has borne. Only for rows on the expenditure side: a revenue row
    国有资本经营预算 is not the class of that name.
    """
    return _class_names().get(_bare(label))


def check(list_frame: pl.DataFrame) -> list[str]:
    """What is wrong with a list, as sentences; empty when it is sound."""
    key = _key(list_frame)
    rows = list_frame.sort([*key, "valid_from"]).to_dicts()
    codes = {tuple(row[column] for column in key) for row in rows}
    problems = [problem for row in rows for problem in _row_problems(row, key, codes)]
    for _, named in groupby(rows, itemgetter(*key)):
        problems += [p for one, two in pairwise(named) if (p := _pair_problem(one, two, key))]
    return problems


def level_of(code: str) -> str | None:
    """类, 款 or 项 by the number of digits; null for a code of any other form."""
    return LEVEL_OF_DIGITS.get(len(code)) if code.isascii() and code.isdigit() else None


def _key(list_frame: pl.DataFrame) -> list[str]:
    return [c for c in ("classification", "code") if c in list_frame.columns]


def _parent_of(code: str) -> str | None:
    return code[:-2] if level_of(code) in ("款", "项") else None


def _unlisted_rows(
    years: list[dict[str, Any]], key: list[str], known: set[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    named = [year for year in years if year["name"] is not None] or years[:1]
    starts = [next(run) for _, run in groupby(named, itemgetter("name"))]
    starts[0] = starts[0] | {"fiscal_year": years[0]["fiscal_year"]}
    ends = [start["fiscal_year"] - 1 for start in starts[1:]] + [None]
    code = starts[0]["code"]
    head = tuple(starts[0][column] for column in key)
    parent = _parent_of(code)
    if (*head[:-1], parent) not in known:
        parent = None
    return [
        (*head, s["fiscal_year"], s["name"], None, level_of(code), parent, end, "unlisted")
        for s, end in zip(starts, ends, strict=True)
    ]


@cache
def _names(name: ListName) -> dict[str, tuple[dict[str, Any], ...]]:
    rows = load(name).sort("code", "valid_from").to_dicts()
    return {code: tuple(named) for code, named in groupby(rows, itemgetter("code"))}


@cache
def _class_names() -> dict[str, str]:
    rows = load("function").filter(pl.col("level") == "类").select("name_zh", "code")
    return {_bare(name): code for name, code in rows.iter_rows()}


def _bare(label: str) -> str:
    text = _ORDINAL.sub("", "".join(label.split()))
    return _CLASS_MARK.sub("", text).removesuffix("支出")


def _row_problems(row: dict[str, Any], key: list[str], codes: set[tuple[Any, ...]]) -> list[str]:
    code, parent, label = row["code"], row["parent_code"], _label(row, key)
    listed = row["status"] == "listed"
    tests = {
        "has an empty text where null belongs": "" in row.values(),
        "has an unknown status": row["status"] not in ("listed", "unlisted"),
        "lacks a name": listed and not (row["name_zh"] and row["name_en"]),
        "has a level that does not fit its digits": row["level"] != level_of(code)
        or (listed and row["level"] is None),
        f"has a parent {parent} that is no prefix of it": parent is not None
        and parent != _parent_of(code),
        "lacks a parent": listed and parent is None and _parent_of(code) is not None,
        f"has a parent {parent} that is not on the list": parent is not None
        and (*(row[column] for column in key[:-1]), parent) not in codes,
        "ends before it begins": row["valid_to"] is not None
        and row["valid_to"] < row["valid_from"],
    }
    return [f"{label} {problem}" for problem, found in tests.items() if found]


def _pair_problem(one: dict[str, Any], two: dict[str, Any], key: list[str]) -> str | None:
    label = _label(one, key)
    if one["valid_from"] == two["valid_from"]:
        return f"{label} stands on the list twice"
    if one["valid_to"] is None or one["valid_to"] >= two["valid_from"]:
        return f"{label} overlaps the name that begins in {two['valid_from']}"
    if one["valid_to"] < two["valid_from"] - 1:
        return f"{label} ends before the next name begins in {two['valid_from']}"
    return None


def _label(row: dict[str, Any], key: list[str]) -> str:
    return " ".join(str(row[column]) for column in (*key, "valid_from"))
