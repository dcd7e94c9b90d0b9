"""Tables of made-up disclosures in the layouts and wordings that provinces print.

Here: what such a table is made of: style, random trees of codes, rows, headers. Not here: the
official tables (province_forms), documents around them (provinces), drawing (sheets).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

LISTS = Path(__file__).parents[2] / "pipeline" / "codes" / "lists"
ORDINALS = [*"一二三四五六七八九十", *(f"十{n}" for n in "一二三四五六七八九"), "二十"]
LABELS, PARTS = ("类", "款", "项"), (3, 5, 7)


@dataclass(frozen=True)
class Fig:
    """A money cell: what it measures, and its value; null is no value."""

    measure: str
    value: Decimal | None


@dataclass(frozen=True)
class Part:
    """One side of a printed row: its key, and its cells from left to right."""

    side: str | None
    label: str
    cells: tuple[str | Fig, ...]
    code: str | None = None
    path: str | None = None


@dataclass
class Table:
    """A printed table: header rows in the notation of `printed` (`<`, `^`), rows of parts.

    `across` are the labels of items that run across the columns, one for each figure of the row.
    """

    statement_id: str
    title: str
    header: list[str]
    rows: list[tuple[Part, ...]]
    across: tuple[str, ...] = ()
    features: list[str] = field(default_factory=list)
    repeats: bool = True


@dataclass
class Style:
    """Choices that hold for a whole document."""

    rng: Random
    year: int
    unit_name: str
    scope: str
    unit: str
    none: str
    separators: bool
    integers: bool
    indent: bool
    three_codes: bool
    total_at: str
    total_word: str
    total_place: str
    features: list[str] = field(default_factory=list)

    def pick(self, name: str, *options: str) -> str:
        """One of several wordings, noted down."""
        found = self.rng.choice(options)
        self.features.append(f"{name}={found}")
        return found

    def chance(self, name: str, probability: float = 0.5) -> bool:
        """Whether something rare happens here, noted down."""
        if self.rng.random() < probability:
            self.features.append(name)
            return True
        return False

    def money(self) -> Decimal:
        """A printed amount."""
        digits = self.rng.choice((3, 4, 5, 6)) + (3 if self.unit == "元" else 0)
        value = Decimal(self.rng.randrange(1, 10**digits)) / 100
        return value.quantize(Decimal(1)) + 1 if self.integers else value

    def printed(self, value: Decimal | None) -> str:
        """A figure as the document prints it."""
        if value is None:
            return self.none
        text = f"{value:,.2f}" if self.separators else f"{value:.2f}"
        return text.removesuffix(".00") if self.integers and value else text


@cache
def code_list(name: str, year: int) -> dict[str, str]:
    """The codes of a list and their names in a year."""
    with (LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        rows = [r for r in csv.DictReader(stream) if r.get("classification") != "government"]
    return {
        r["code"]: r["name_zh"]
        for r in rows
        if int(r["valid_from"]) <= year <= int(r["valid_to"] or 9999)
    }


Tree = list[tuple[str, str, dict[str, Decimal | None]]]


def tree(style: Style, name: str, leaves: Callable[[str], dict[str, Decimal | None]]) -> Tree:
    """Random codes with every row above them, each the sum of those below."""
    names = code_list(name, style.year)
    deepest = 5 if name == "economic" else 7
    able = [c for c in names if len(c) == deepest and all(c[:n] in names for n in (3, 5))]
    if name == "economic":
        able = [c for c in able if c[:3] in ("301", "302", "303", "310")]
    chosen = sorted(style.rng.sample(able, min(len(able), style.rng.randrange(2, 7))))
    found = {code: leaves(code) for code in chosen}
    codes = sorted({code[:n] for code in chosen for n in PARTS if n <= deepest})
    return [
        (code, names[code], added(v for leaf, v in found.items() if leaf.startswith(code)))
        for code in codes
    ]


def added(rows: Iterable[dict[str, Decimal | None]]) -> dict[str, Decimal | None]:
    """The sum of each measure; null where nothing is printed."""
    total: dict[str, Decimal | None] = {}
    for row in rows:
        for measure, value in row.items():
            above = total.get(measure)
            total[measure] = above if value is None else (above or Decimal(0)) + value
    return total


def roots(rows: Tree) -> dict[str, Decimal | None]:
    """The total of a tree."""
    return added(values for code, _, values in rows if len(code) == 3)


def spending(style: Style, *parts: str) -> Callable[[str], dict[str, Decimal | None]]:
    """Leaves with a total that is the sum of the parts, some of them without a value."""

    def leaf(_: str) -> dict[str, Decimal | None]:
        values = {part: style.money() if style.rng.random() < 0.6 else None for part in parts}
        if all(value is None for value in values.values()):
            values[parts[0]] = style.money()
        return {"total": sum((v for v in values.values() if v is not None), Decimal(0))} | values

    return leaf


def code_cells(style: Style, code: str, parts: int) -> tuple[str, ...]:
    """A code in one column or three."""
    if parts == 1:
        return (code,)
    pieces = [code[:3], code[3:5], code[5:7]]
    return tuple(pieces[:parts])


def coded(
    style: Style,
    statement_id: str,
    title: str,
    heads: list[str],
    rows: Tree,
    measures: tuple[str, ...],
    *,
    parts: int = 1,
) -> Table:
    """A table of codes: a row for each, and a total somewhere."""
    body: list[tuple[Part, ...]] = []
    total = roots(rows)
    for code, name, values in rows:
        depth = (len(code) - 3) // 2
        label = "\u3000" * (depth if style.indent else 0) + name
        figures = tuple(Fig(m, values.get(m)) for m in measures)
        cells = (*code_cells(style, code, parts), label, *figures)
        body.append((Part(None, name, cells, code),))
    word = style.total_word
    figures = tuple(Fig(m, total.get(m)) for m in measures)
    head = {
        "code": (word, *("",) * parts),
        "name": (*("",) * parts, word),
        "span": (word, *("<",) * parts),
    }[style.total_place]
    row = (Part(None, "".join(word.split()), (*head, *figures)),)
    if style.total_at != "none":
        body.insert(0 if style.total_at == "first" else len(body), row)
    return Table(statement_id, title, heads, body)


def code_heads(
    style: Style, columns: list[list[str]], *, economic: bool = False
) -> tuple[list[str], int]:
    """Header rows of a code table: the naming columns, and figure columns of one or two rows."""
    parts = 1 if not style.three_codes else 2 if economic else 3
    kind = "经济" if economic else "功能"
    code = style.pick(
        "code header", "科目编码", f"{kind}分类科目编码", "科目代码", f"支出{kind}分类科目编码"
    )
    name = style.pick(
        "name header", "科目名称", f"{kind}分类科目名称" if "分类" in code else "科目名称"
    )
    group = style.pick("group header", "", "项目", f"{kind}分类科目", "科目")
    deep = max(map(len, columns))
    rows: list[list[str]] = [[] for _ in range(deep)]
    for column in columns:
        padded = column + ["^"] * (deep - len(column))
        for row, word in zip(rows, padded, strict=True):
            row.append(word)
    naming: list[list[str]] = []
    if group:
        naming.append([group] + ["<"] * parts)
    naming.append([code] + ["<"] * (parts - 1) + [name])
    if parts > 1:
        naming.append([*LABELS[:parts], "^"])
    depth = max(deep, len(naming))
    while len(rows) < depth:
        rows.append(["^"] * len(columns))
    while len(naming) < depth:
        naming.append(["^"] * (parts + 1))
    return ["|".join([*a, *b]) for a, b in zip(naming, rows, strict=True)], parts


def summary_rows(
    style: Style, left: list[tuple[str, Fig | None]], right: list[tuple[str, list[Fig]]], width: int
) -> list[tuple[Part, ...]]:
    """Two sides of a summary as rows, the last one of both on one line."""
    deep = max(len(left), len(right))
    left = left[:-1] + [("", None)] * (deep - len(left)) + left[-1:]
    right = right[:-1] + [("", [])] * (deep - len(right)) + right[-1:]
    rows = []
    for (a, fig), (b, figs) in zip(left, right, strict=True):
        cells = (b, *figs) if b else ("",) * (width + 1)
        rows.append(
            (
                Part("revenue", "".join(a.split()), (a, fig or "")),
                Part("expenditure", "".join(b.split()), cells),
            )
        )
    return rows


def part(*cells: str | Fig, side: str | None = None, label: str = "", **key: str) -> tuple[Part]:
    """A row of one side."""
    return (Part(side, label, cells, **key),)
