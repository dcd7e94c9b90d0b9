"""The regions of GB/T 2260, and which of them a unit's name begins with.

Belongs here: reading the region lists in `lists/` and walking a printed name from province to
prefecture to county. Does not belong here: names of units, finance codes, and development
zones, which GB/T 2260 does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl

from pipeline.codes.code_lists import LISTS

SCHEMA: Final[dict[str, pl.DataType]] = {
    "region_code": pl.String(),
    "name": pl.String(),
    "name_en": pl.String(),
    "level": pl.String(),
    "parent_region_code": pl.String(),
    "valid_from": pl.Int32(),
    "valid_to": pl.Int32(),
}
FORMER_SCHEMA: Final = {c: SCHEMA[c] for c in ("region_code", "name", "valid_from", "valid_to")}

LEVELS: Final = ("省级", "地级", "县级")

# What may stand before the name of the jurisdiction.
PREFIXES: Final = (
    "中国共产党",
    "中共",
    "中国共产主义青年团",
    "共青团",
    "国家税务总局",
    "中国国民党革命委员会",
    "民革",
    "中国民主同盟",
    "民盟",
    "中国民主建国会",
    "民建",
    "中国民主促进会",
    "民进",
    "中国农工民主党",
    "农工党",
    "中国致公党",
    "致公党",
    "九三学社",
)

# Names that are also plain words (城区 is a county here and "the urban area" everywhere):
# without the prefecture before them they name nothing, and an abolished one needs its year.
PLAIN_WORDS: Final = frozenset(
    ("城区", "郊区", "矿区", "市区", "新区", "东区", "西区", "南区", "北区")
)


@dataclass(frozen=True)
class _Name:
    """One name a region bears or bore."""

    region_code: str
    name: str
    level: str
    parent: str | None
    begins: int
    ends: int | None

    def in_force(self, year: int | None) -> bool:
        if year is None:
            return self.ends is None
        return self.begins <= year and (self.ends is None or year <= self.ends)


@cache
def load_regions() -> pl.DataFrame:
    """dim_region: every code once, under the name it bears or bore last."""
    return pl.read_csv(LISTS / "regions.csv", schema=SCHEMA)


@cache
def load_former_names() -> pl.DataFrame:
    """Names that a region bore before the one in `load_regions`, under the same code."""
    return pl.read_csv(LISTS / "region_former_names.csv", schema=FORMER_SCHEMA)


def region_of(unit_name: str, year: int | None = None) -> str | None:
    """The code of the jurisdiction a unit's name begins with, as deep as it is printed.

    省 before 市 before 县, each of which may be left out where the rest is clear. A region in
    force goes before an abolished one of the same name: in force in `year`, or today without
    it. Null where the name begins with no region, with one in short form (no 省, 市, 县, 区),
    or with a county that several places have and nothing before it tells them apart.
    """
    return _walk(_without_prefix("".join(unit_name.split())), year, None)


def _walk(rest: str, year: int | None, place: _Name | None) -> str | None:
    """The region that `rest` begins with below `place`, else `place` itself."""
    names = [n for n in _matches(rest) if _belongs(n, place, year)]
    for pool in ([n for n in names if n.in_force(year)], names):
        for level in LEVELS:
            found = _longest(n for n in pool if n.level == level)
            if found and level == LEVELS[-1]:
                return _only(found)
            if found:
                last = max(found, key=lambda n: (n.begins, n.region_code))
                return _walk(rest.removeprefix(last.name), year, last)
    return None if place is None else place.region_code


def _belongs(name: _Name, place: _Name | None, year: int | None) -> bool:
    """Whether `name` may follow `place`: a county may follow its prefecture or its province."""
    if place is not None and place.level == LEVELS[1]:
        return name.parent == place.region_code and (
            name.name not in PLAIN_WORDS or name.in_force(year)
        )
    if name.name in PLAIN_WORDS:
        return False
    return place is None or (
        name.region_code[:2] == place.region_code[:2] and name.level != LEVELS[0]
    )


def _matches(text: str) -> list[_Name]:
    """Every name that `text` begins with."""
    index, longest = _index()
    heads = (text[:size] for size in range(2, min(longest, len(text)) + 1))
    return [n for head in heads for n in index.get(head, ())]


def _longest(names: Iterable[_Name]) -> list[_Name]:
    names = list(names)
    size = max((len(n.name) for n in names), default=0)
    return [n for n in names if len(n.name) == size]


def _only(names: list[_Name]) -> str | None:
    codes = {n.region_code for n in names}
    return codes.pop() if len(codes) == 1 else None


def _without_prefix(text: str) -> str:
    return next((text.removeprefix(p) for p in PREFIXES if text.startswith(p)), text)


@cache
def _index() -> tuple[dict[str, list[_Name]], int]:
    """Names to regions, current and former, and the length of the longest name."""
    places = load_regions().drop("name_en")
    former = load_former_names().join(
        places.select("region_code", "level", "parent_region_code"), on="region_code"
    )
    columns = ["region_code", "name", "level", "parent_region_code", "valid_from", "valid_to"]
    index: dict[str, list[_Name]] = {}
    for row in pl.concat([places.select(columns), former.select(columns)]).iter_rows():
        index.setdefault(row[1], []).append(_Name(*row))
    return index, max(map(len, index))
