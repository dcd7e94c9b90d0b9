"""Performance targets of all projects in one table: a row for each indicator beside its project.

Many provinces print 部门预算项目绩效目标表 so: name and amount of a project are merged over the
rows of its indicators, or stand on each of them. Here: knowing such a table, and its rows to one
form for each project. Not here: forms of one project (pages).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

from pipeline.forms.wording import folded, squeeze
from pipeline.performance import heads, ruled
from pipeline.performance.columns import Header, Meaning, cells_of, header_at, meaning_of
from pipeline.performance.indicators import Half, indicator
from pipeline.performance.levels import Carried
from pipeline.performance.money import YUAN, printed, sole
from pipeline.performance.rows import Row, is_signature, rows_of
from pipeline.performance.shapes import ANNUAL, Funds, Indicator, Performance, ProjectForm, Unread
from pipeline.performance.words import (
    UNIT_ABOVE,
    UNIT_OF_MONEY,
    labels,
    list_columns,
    plain,
    ruled_columns,
)
from pipeline.readers.shapes import Grid, Reading

NEEDED = frozenset({"name", "level1", "indicator", "target"})
# What stands beside a sum in the column of projects.
SUMS = frozenset({"合计", "总计", "小计"})


@dataclass
class Project:
    """A project as far as its rows are read."""

    first: Row
    name: str
    unit: str | None
    department: str | None
    amount: Decimal | None
    indicators: list[Indicator] = field(default_factory=list)
    pages: set[int | None] = field(default_factory=set)


@dataclass
class Table:
    """A table of projects over all its pages, as far as it is read."""

    header: Header
    unit: str | None
    columns: int
    carried: Carried = field(default_factory=Carried)
    #: whether a row could not be read that may have named another project
    lost: bool = False
    projects: list[Project] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


@cache
def meaning() -> Meaning:
    """What a word of the header means: columns of indicators, and fields and money of a project."""
    found = {w: one.field for w, one in labels().items() if one.section == "fields"}
    money = ("total", "annual_total")
    found |= {
        w: "total" if one.field in money else "other"
        for w, one in labels().items()
        if one.section in ("funds", "personal", "texts", "horizons")
    }
    return meaning_of(found | ruled_columns() | list_columns())


def is_list(rows: Sequence[Row]) -> bool:
    """Whether a table names a project beside its indicators."""
    return header_in(rows) is not None


def header_in(rows: Sequence[Row]) -> tuple[int, Header] | None:
    """The row that heads such a table, and its columns."""
    for at in range(len(rows)):
        if sum(meaning()(word.text) is not None for word in rows[at].words) < 2:
            continue
        header = header_at(rows, at, meaning())
        if "indicator" not in header.fields and "described" in header.fields:
            header = renamed(header, {"described": "indicator"})
        targets = {"annual_target": "target", "described": "other"}
        header = renamed(header, targets)
        if header.fields >= NEEDED and fields_once(header):
            return at, header
    return None


def renamed(header: Header, fields: dict[str, str]) -> Header:
    """A header with other names for some fields."""
    columns = tuple(replace(c, field=fields.get(str(c.field), c.field)) for c in header.columns)
    return replace(header, columns=columns)


def fields_once(header: Header) -> bool:
    """Whether each column that is read stands once."""
    read = [c.field for c in header.columns if c.field in NEEDED]
    return len(read) == len(set(read))


def forms_in(reading: Reading) -> Performance:
    """The projects of every such table."""
    forms: list[ProjectForm] = []
    unread: list[Unread] = []
    for table in tables_in(reading):
        forms += [form_of(project) for project in table.projects if project.indicators]
        unread += table.unread
    return Performance(forms=tuple(forms), unread=tuple(unread))


def tables_in(reading: Reading) -> Iterator[Table]:
    """Every table of projects; one that repeats its header, or goes on without, is the same."""
    table: Table | None = None
    captions: list[str] = []
    for item in reading.items:
        if not isinstance(item, Grid):
            captions.append(folded(squeeze(item.text)))
            continue
        rows = [row for row in rows_of(item) if row.words]
        found = header_in(rows)
        if found is None:
            if (
                table is not None
                and item.columns == table.columns
                and not any(map(worded, captions))
            ):
                read_rows(table, rows)
            elif table is not None:
                yield table
                table = None
            captions = []
            continue
        at, header = found
        unit = unit_of(captions, rows[: at + header.rows])
        if table is None or header.fields != table.header.fields or any(map(worded, captions)):
            if table is not None:
                yield table
            table = Table(header, unit, item.columns)
        table.header = header
        if "total" in header.fields and table.unit is None:
            detail = f"a table of projects without a unit of money, {ruled.where(rows)}"
            table.unread.append(Unread("unit_unknown", detail))
        read_rows(table, rows[at + header.rows :])
        captions = []
    if table is not None:
        yield table


def worded(text: str) -> bool:
    """Whether a line between two tables is more than a page number."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def unit_of(captions: Sequence[str], rows: Sequence[Row]) -> str | None:
    """The one unit of money in the header, else in the lines above."""
    texts = [plain(word.text) for row in rows for word in row.words]
    inside = {unit for text in texts for unit in UNIT_OF_MONEY.findall(text)}
    above = {unit for text in (*captions, *texts) for unit in UNIT_ABOVE.findall(text)}
    return sole(tuple(inside)) or sole(tuple(above))


def read_rows(table: Table, rows: Sequence[Row]) -> None:
    """Read the rows below a header, each for the project it stands beside."""
    for row in rows:
        if is_signature(row):
            return
        again = header_in([row])
        if again is not None:
            continue
        cells = cells_of(row, table.header)
        name, target = cells.text("indicator"), cells.text("target")
        crowded = any(len(cells.words.get(f, ())) > 1 for f in ("indicator", "name"))
        if (name is None) != (target is None) or crowded or slid(row, table):
            # Which project and levels the next rows stand under is not known then.
            table.carried.lose()
            table.lost = table.lost or not row.sure
            detail = f"an indicator that fits no column, {ruled.where([row])}"
            table.unread.append(Unread("row_unplaced", detail))
            continue
        named = cells.text("name")
        if named is not None and plain(named) not in SUMS:
            begin(table, row, named)
        table.carried.take(cells.first("level1"), cells.first("level2"), sure=True)
        if name is None:
            continue
        if not table.projects or table.lost:
            detail = f"an indicator of no project, {ruled.where([row])}"
            table.unread.append(Unread("row_unplaced", detail))
            continue
        half = Half(
            table.carried.level2,
            name,
            target,
            cells.text("operator"),
            cells.text("measured_in"),
            cells.text("weight"),
        )
        project = table.projects[-1]
        project.pages.add(row.place.page)
        levels = (table.carried.level1, table.carried.level2)
        project.indicators.append(indicator(half, ANNUAL, *levels, row.place))


def begin(table: Table, row: Row, name: str) -> None:
    """Begin a project, unless its name stands on each of its rows."""
    cells = cells_of(row, table.header)
    unit, money = cells.text("unit"), cells.text("total")
    last = table.projects[-1] if table.projects else None
    amount = printed(money) if money else None
    if money and table.unit is not None and amount is not None:
        amount *= YUAN[table.unit]
    elif amount is not None:
        amount = None
    same = last is not None and (last.name, unit or last.unit) == (name, last.unit)
    if last is not None and same and amount in (None, last.amount):
        table.lost = False
        return
    if unit is None and last is not None and "unit" in table.header.fields:
        unit = last.unit
    table.carried = Carried()
    table.lost = False
    table.projects.append(Project(row, name, unit, cells.text("department"), amount))


def slid(row: Row, table: Table) -> bool:
    """Whether a row of a text does not stand in the columns of its header."""
    if row.sure:
        return False
    cells = cells_of(row, table.header)
    level, name = cells.text("level1"), cells.text("indicator")
    if (level and not ruled.is_level(level)) or (name and not ruled.is_name(name)):
        return True
    return any(
        w.column not in table.header.starts for w in row.words if w.column >= table.header.start
    )


def form_of(project: Project) -> ProjectForm:
    """A project as a form."""
    code, _ = heads.department_of(project.department)
    return ProjectForm(
        place=project.first.place,
        pages=max(1, len(project.pages)),
        name=project.name,
        implementing_unit=project.unit,
        supervising_department=project.department,
        department_code=code,
        annual=Funds(total=project.amount),
        indicators=tuple(project.indicators),
    )
