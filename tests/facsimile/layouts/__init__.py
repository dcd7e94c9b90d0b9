"""Layouts of performance forms and self-evaluations as provinces print them: data, and one printer.

Here: `evaluations.yml`, `targets.yml` and turning a layout with a made-up content into a grid, as
ruled cells or as text with tabs. Not here: the forms of the Shanxi facsimile (performance, prose).

A row of a layout is a list of cells. `@field` prints a field of the content, `^n` at the end of a
cell lets it reach over n rows and `>n` over n columns; the last cell of a row reaches to the right
edge. The table of indicators is a list of [header, field]; a field of a level is merged over the
rows that share it, one that ends with _ over those of its project, `merged: false` prints it on
each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Any

import yaml

from pipeline.readers.shapes import Cell, Grid, Paragraph, Place, Reading
from tests.facsimile.prose import FICTITIOUS_HANDLER, FICTITIOUS_LEADER, FICTITIOUS_TELEPHONE

SPANS = re.compile(r"^(?P<text>.*?)(?:\^(?P<rows>\d+))?(?:>(?P<columns>\d+))?$", re.S)
PERSONAL = {
    "leader": FICTITIOUS_LEADER,
    "handler": FICTITIOUS_HANDLER,
    "telephone": FICTITIOUS_TELEPHONE,
}
#: fields of an indicator that several rows share
LEVELS = ("level1", "level2", "odd")


@dataclass(frozen=True)
class Content:
    """What a form says: its fields, and its indicators, as they are printed."""

    fields: Mapping[str, str]
    indicators: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Layout:
    """How a province prints it."""

    id: str
    title: str
    table: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...] = ()
    #: lines of the header: rows of cells, by default one with the words of `table`
    header: tuple[tuple[str, ...], ...] = ()
    foot: tuple[tuple[str, ...], ...] = ()
    caption: str = ""
    side: str = ""
    merged: bool = True
    #: rows of indicators after which a page ends, with its header printed again or not
    turns: int = 0
    repeats: bool = True
    #: one table of all projects, and the form of a whole department
    list: bool = False
    whole: bool = False
    content: Mapping[str, str] = field(default_factory=dict)


@cache
def layouts(kind: str) -> tuple[Layout, ...]:
    """The declared layouts of a kind: `evaluations` or `targets`."""
    text = (resources.files(__package__) / f"{kind}.yml").read_text(encoding="utf-8")
    return tuple(Layout(**frozen(one)) for one in yaml.safe_load(text))


def frozen(one: Mapping[str, Any]) -> dict[str, Any]:
    """A declaration with tuples for lists."""
    return {
        name: value
        if isinstance(value, (str, bool, int))
        else tuple(tuple(map(str, part)) for part in value)
        for name, value in one.items()
    }


def printed(layout: Layout, content: Content) -> Reading:
    """A form in a layout: caption lines and one ruled grid."""
    lines = list(head_of(layout, content))
    breaks = []
    parts = [content.indicators]
    if layout.turns:
        parts = [content.indicators[: layout.turns], content.indicators[layout.turns :]]
    for number, part in enumerate(parts):
        if number:
            breaks.append(len(lines))
        if number == 0 or layout.repeats:
            lines += header_of(layout)
        lines += table_of(layout, part)
    lines += [cells(row, content.fields) for row in layout.foot]
    captions = [Paragraph(text, Place()) for text in (layout.title, layout.caption) if text]
    return Reading("pdf", (*captions, ruled(lines, tuple(breaks), width_of(layout))))


def head_of(layout: Layout, content: Content) -> Iterator[list[tuple[str, int, int]]]:
    """The rows above the indicators."""
    for row in layout.rows:
        yield cells(row, content.fields)


def header_of(layout: Layout) -> list[list[tuple[str, int, int]]]:
    """The header of the indicators, with the label beside the table."""
    side = [layout.side] if layout.side else []
    rows = layout.header or ((*side, *(word for word, _ in layout.table)),)
    return [cells(row, {}) for row in rows]


def table_of(
    layout: Layout, indicators: Sequence[Mapping[str, str]]
) -> Iterator[list[tuple[str, int, int]]]:
    """The rows of indicators; merged cells stand on the first row they cover."""
    projects = [name for _, name in layout.table if name.endswith("_")]
    covered = {name: spans(indicators, name) for name in (*LEVELS, *projects)}
    for number, one in enumerate(indicators):
        row: list[tuple[str, int, int]] = []
        if layout.side and number == 0:
            row.append(("", len(indicators), 1))
        for _, name in layout.table:
            text = one.get(name, "")
            if name in covered and layout.merged:
                if covered[name][number]:
                    row.append((text, covered[name][number], 1))
            else:
                row.append((text, 1, 1))
        yield row


def spans(indicators: Sequence[Mapping[str, str]], name: str) -> list[int]:
    """How many rows the level printed on each row covers, 0 where one above covers it."""
    keys = ("name_", *(("level1", name) if name in LEVELS else ()))
    found: list[int] = []
    for _, same in groupby(indicators, key=lambda one: [one.get(key) for key in keys]):
        count = len(list(same))
        found += [count, *[0] * (count - 1)]
    return found


def cells(row: Sequence[str], fields: Mapping[str, str]) -> list[tuple[str, int, int]]:
    """The cells of a declared row: text, rows, columns."""
    found = []
    for declared in row:
        parts = SPANS.match(declared)
        assert parts is not None
        text = re.sub(r"@(\w+)", lambda m: (PERSONAL | dict(fields))[m[1]], parts["text"])
        found.append((text, int(parts["rows"] or 1), int(parts["columns"] or 1)))
    return found


def width_of(layout: Layout) -> int:
    """How many columns the form has."""
    return len(layout.table) + bool(layout.side)


def ruled(
    lines: Sequence[Sequence[tuple[str, int, int]]], breaks: tuple[int, ...], width: int
) -> Grid:
    """Rows of cells as a grid; the last cell of a row reaches to the edge."""
    found: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(lines):
        column = 0
        for place, (text, down, across) in enumerate(row):
            while (number, column) in taken:
                column += 1
            if place == len(row) - 1:
                free = [c for c in range(column, width) if (number, c) not in taken]
                across = max(across, len(free))
            found.append(Cell(number, column, text, Place(), down, across))
            taken |= {(number + r, column + c) for r in range(down) for c in range(across)}
            column += across
        assert column <= width, f"row {number} is wider than {width} columns: {row}"
    return Grid(len(lines), width, tuple(found), spans_known=True, breaks=breaks)


def tabbed(reading: Reading) -> str:
    """A form as text whose cells are parted by tabs: merged cells stand in their first place."""
    lines: list[str] = []
    for item in reading.items:
        if isinstance(item, Paragraph):
            lines += [item.text, ""]
            continue
        for row in range(item.rows):
            texts = [item.text(row, column).replace("\n", "") for column in range(item.columns)]
            lines.append("\t".join(texts))
        lines.append("")
    return "\n".join(lines) + "\n"
