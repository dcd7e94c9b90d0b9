"""The guiding directory of services that government bodies may buy (政府购买服务指导性目录).

Some disclosures append it whole. It is a code list: one column for the code and one for the name on
each level, and rows that name the department whose services follow. Here: recognising such a grid
by its header and reading its entries. Not here: budget facts; what is bought stands in the
procurement table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.forms.wording import canon, squeeze
from pipeline.readers.shapes import Grid, Paragraph, Place

CODE_WORDS = ("代码", "编码", "目录代码", "目录编码")
LEVEL_WORD = re.compile(r"([一二三四五六])级目录")
ORDINALS = "一二三四五六"
# A letter for the first level, two digits for each further one.
CODE = re.compile(r"[A-Z](?:\d\d)*")
NAME = re.compile(r"[\u4e00-\u9fff]")
# Marks at the ends of a name that belong to the paper, not to the name.
SPECKS = " ,，.。·'`~_-—|"


@dataclass(frozen=True)
class Service:
    """One entry; `department` is null where none is named, `name` where none could be read."""

    department: str | None
    code: str
    level: int
    name: str | None
    place: Place

    @property
    def parent(self) -> str | None:
        """The code one level up."""
        return self.code[:-2] or None if self.level > 1 else None


@dataclass(frozen=True)
class Directory:
    """The entries of a directory and the rows of it that could not be read, by their place."""

    services: tuple[Service, ...]
    unread: tuple[Place, ...]


def directories(items: Iterable[Paragraph | Grid]) -> tuple[Directory, ...]:
    """The service directories among the grids of a reading."""
    found = []
    for item in items:
        if isinstance(item, Grid) and (columns := header(item, 0)) is not None:
            found.append(entries(item, columns))
    return tuple(found)


def header(grid: Grid, row: int) -> dict[int, int] | None:
    """Level by column where a row is the header of a directory: the code, then 一级目录 and on."""
    texts = [canon(grid.text(row, column)) for column in range(grid.columns)]
    if not texts or texts[0] not in CODE_WORDS:
        return None
    levels = {}
    for column, text in enumerate(texts):
        if match := LEVEL_WORD.fullmatch(text):
            levels[column] = ORDINALS.index(match[1]) + 1
    wanted = list(range(1, len(levels) + 1))
    return levels if len(levels) > 1 and list(levels.values()) == wanted else None


def entries(grid: Grid, columns: dict[int, int]) -> Directory:
    """The rows below the header, headers repeated on each page left out.

    A row whose code stands in no department, out of its level's column or twice within its
    department is not read: its place is told.
    """
    services: list[Service] = []
    unread: list[Place] = []
    department: str | None = None
    seen: set[tuple[str | None, str]] = set()
    for row in range(1, grid.rows):
        if header(grid, row) is not None or not any(texts_of(grid, row)):
            continue
        code = squeeze(grid.text(row, 0))
        if not CODE.fullmatch(code):
            named = department_named(texts_of(grid, row))
            if named is None:
                unread.append(place_of(grid, row))
            else:
                department = named
            continue
        level = 1 + len(code) // 2
        name = name_at(grid, row, columns, level)
        service = Service(department, code, level, name, place_of(grid, row))
        if (department, code) in seen or misplaced(grid, row, columns, level):
            unread.append(service.place)
            continue
        seen.add((department, code))
        services.append(service)
    return Directory(tuple(services), tuple(unread))


def name_at(grid: Grid, row: int, columns: dict[int, int], level: int) -> str | None:
    """The name in the column of a level, its wrapped lines joined."""
    own = [squeeze(grid.text(row, column)) for column, of in columns.items() if of == level]
    return next((text.strip(SPECKS) for text in own if NAME.search(text)), None)


def misplaced(grid: Grid, row: int, columns: dict[int, int], level: int) -> bool:
    """Whether words stand in the column of another level: which name is meant is then unknown."""
    others = (grid.text(row, column) for column, of in columns.items() if of != level)
    return level not in columns.values() or any(NAME.search(text) for text in others)


def department_named(texts: list[str]) -> str | None:
    """The department of a row without a code: its name may be torn over the columns.

    A piece that begins with all that stands before it says the name again, whole.
    """
    name = ""
    for text in texts:
        piece = text.strip(SPECKS)
        if NAME.search(piece):
            name = piece if name and piece.startswith(name) else name + piece
    return name or None


def texts_of(grid: Grid, row: int) -> list[str]:
    """The texts of a row that are not blank."""
    found: Iterator[str] = (squeeze(grid.text(row, column)) for column in range(grid.columns))
    return [text for text in found if text]


def place_of(grid: Grid, row: int) -> Place:
    """Where a row begins."""
    cells = (grid.at(row, column) for column in range(grid.columns))
    return next((cell.place for cell in cells if cell is not None), Place())
