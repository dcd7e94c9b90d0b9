"""`Disclosure`: all that was recognised in one reading, and what the document says of itself.

Here: the shapes, and unit, year, kind and scope gathered from cover and captions. Not here:
recognising statements (recognise).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from pipeline.documents.document import Refusal
from pipeline.forms.captions import Captions
from pipeline.forms.statement import Statement
from pipeline.forms.wording import squeeze, with_arabic_years
from pipeline.readers.shapes import Grid, Paragraph

T = TypeVar("T")

COVER = re.compile(
    r"(?P<year>20\d{2})年(?:度)?(?P<scope>单位|部门)?(?P<kind>预算|决算)(?:信息)?(?:公开|报表|表$|情况说明$|$)"
)
# The year first and the unit after it: 2024年度某市某局部门预算.
NAMED_COVER = re.compile(
    r"(?P<year>20\d{2})年(?:度)?(?P<name>(?!度)[^\d年:：,，。、]{3,40}?)"
    r"(?P<scope>单位|部门)?(?P<kind>预算|决算)"
    r"(?:信息)?(?:公开|报表|表|公开表)?(?:编制)?(?:情况)?(?:说明)?"
)
NO_NAME = re.compile(
    r"收支|收入|支出|经费|财政拨款|[省市县区乡镇]级$|^政府$|^(?:本|各|全[省市县区])|部分|目录"
)
KINDS = {"预算": "budget", "决算": "final_account"}
PART = re.compile(r"^第[一二三四五六七八九十]+部分")
HEADING = re.compile(r"^(?:第[一二三四五六七八九十]+部分|目录|[一二三四五六七八九十]+、)")
# What templates print where a name belongs.
PLACEHOLDER = re.compile(r"[XxＸｘ×＊*○〇]{2,}")
MAX_COVER_LINE = 60
COVER_PARAGRAPHS = 40
COVER_NAME_LINES = 3


@dataclass(frozen=True)
class Cover:
    """What the document's cover says; null where it says nothing of it."""

    title: str | None = None
    year: int | None = None
    scope: str | None = None
    unit_name: str | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Rejected:
    """A statement that is there and could not be read, with reason and evidence.

    `columns` are those of its grid, 0 where it has none; `figures` says that it
    prints money or columns of it.
    """

    statement_id: str | None
    reason: str
    detail: str
    columns: int = 0
    figures: bool = False


@dataclass(frozen=True)
class Leftover:
    """A grid no form knows, described by its size and place only: its text may be personal.

    `official` says why it may hold amounts of an official table all the same.
    """

    rows: int
    columns: int
    place: str
    official: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True)
class Disclosure:
    """One recognised document."""

    family: str
    kind: str
    scope: str | None
    fiscal_year: int
    unit_name: str
    title: str | None
    statements: tuple[Statement, ...]
    coverage: dict[str, str]
    rejected: tuple[Rejected, ...]
    leftovers: tuple[Leftover, ...]


def read_cover(items: Iterable[Paragraph | Grid]) -> Cover:
    """Title, year, scope and unit from the first line that names a budget or final account.

    The unit's name stands in that line before the year, or on the few lines above it.
    """
    lines = [with_arabic_years(squeeze(item.text)) for item in items if isinstance(item, Paragraph)]
    for index in range(min(len(lines), COVER_PARAGRAPHS)):
        plain, found = named_cover(lines, index) or cover_line(lines, index)
        if found is not None:
            scope = {"单位": "unit", "部门": "department"}.get(found["scope"] or "")
            named = found.groupdict().get("name") or cover_name(
                lines, index, plain[: found.start()]
            )
            return Cover(plain, int(found["year"]), scope, named, KINDS[found["kind"]])
    return Cover()


def named_cover(lines: list[str], index: int) -> tuple[str, re.Match[str]] | None:
    """A line, or up to three of which a cover makes one, that names year, unit and kind so."""
    for last in range(index + 1, min(index + 4, len(lines) + 1)):
        plain = "".join(lines[index:last])
        found = NAMED_COVER.fullmatch(plain) if len(plain) <= MAX_COVER_LINE else None
        if found and not NO_NAME.search(found["name"]):
            return plain, found
    return None


def cover_name(lines: list[str], index: int, beside: str) -> str | None:
    """The unit's name on the cover: beside the year, or begun on the few lines above it.

    Of the readings that some line below prints again the longest holds; else what stands beside
    the year does, else what stands above.
    """
    beside = PART.sub("", beside)
    first = index if index > COVER_NAME_LINES else 0
    above = [n for n in range(first, index) if HEADING.match(lines[n])]
    first = max(above, default=first - 1) + 1
    readings = ["".join(lines[start:index]) + beside for start in range(first, index + 1)]
    possible = [name for name in readings if 0 < len(name) <= MAX_COVER_LINE]
    again = (name for name in possible if any(name in line for line in lines[index + 2 :]))
    return next(again, None) or beside or next(iter(possible), None)


def cover_line(lines: list[str], index: int) -> tuple[str, re.Match[str] | None]:
    """A line of the cover, or two of which a wrapped title makes one, and what it names."""
    plain = lines[index]
    found = COVER.search(plain) if len(plain) <= MAX_COVER_LINE else None
    if found is None and index + 1 < len(lines):
        whole = plain + lines[index + 1]
        wrapped = COVER.search(whole) if len(whole) <= MAX_COVER_LINE else None
        if wrapped and wrapped.start() < len(plain) < wrapped.end():
            return whole, wrapped
    return plain, found


def identify(
    cover: Cover, statements: Iterable[Statement], anywhere: Captions
) -> tuple[str, int, str | None]:
    """Unit name, fiscal year and scope of a document.

    The titles of its tables decide the year and their captions the unit, by majority; the cover
    decides where they are silent, and the scope where it names one. `anywhere` is what captions
    say that stand above no table that was read. Raises `Refusal` (`document_unidentified`) where
    unit or year stays unknown, (`empty_template`) where a form was never filled in.
    """
    found = tuple(statements)
    unit_name = majority(s.unit_name for s in found) or anywhere.unit_name or cover.unit_name
    year = majority((s.year for s in found), cover.year) or cover.year
    year = year or majority(s.header_year for s in found)
    if unit_name is None or year is None:
        lacking = "the unit's name" if unit_name is None else "the fiscal year"
        raise Refusal(
            "forms",
            "document_unidentified",
            f"{lacking} stands neither on the cover nor above any of {len(found)} tables",
        )
    if PLACEHOLDER.search(unit_name) and not any(s.state == "data" for s in found):
        detail = f"the unit is {unit_name!r}, and none of {len(found)} tables has a figure"
        raise Refusal("forms", "empty_template", detail)
    return unit_name, year, cover.scope or majority(s.scope for s in found) or anywhere.scope


def majority(values: Iterable[T | None], preferred: T | None = None) -> T | None:
    """The most frequent value; of equals the preferred one, else the smallest; null of none."""
    counted = Counter(v for v in values if v is not None)
    if not counted:
        return None
    top = max(counted.values())
    equals = [v for v, n in counted.items() if n == top]
    return preferred if preferred in equals else min(equals, key=str)
