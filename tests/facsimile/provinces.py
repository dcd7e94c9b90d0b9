"""Made-up disclosures in layouts between those of the provinces, and every amount they print.

Here: a seeded document of random official tables with random captions, as paragraphs and grids,
and its amounts by the data contract. Not here: the tables (province_forms), drawing them (sheets).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from pipeline.readers.shapes import Cell, Grid, Paragraph, Place, Reading
from tests.facsimile import province_accounts as accounts
from tests.facsimile import province_forms as forms
from tests.facsimile import province_three as three
from tests.facsimile.province_tables import Fig, Part, Style, Table
from tests.facsimile.province_titles import (
    BUDGET_TITLES,
    FINAL_TITLES,
    MONEY,
    NAMED,
    NAMES,
    NUMBERS,
    PREFIXES,
)

Amount = tuple[str, str | None, str | None, str | None, str | None, int, str, Decimal]
Row = list[str]


@dataclass(frozen=True)
class Made:
    """A document, what it must yield, and the choices that made it.

    `unclear` are the statements that the paper itself leaves open: rejecting those is right.
    """

    reading: Reading
    amounts: tuple[Amount, ...]
    unit_name: str
    year: int
    kind: str
    features: dict[str, tuple[str, ...]]


def make(seed: int, kind: str | None = None) -> Made:
    """One document from a seed."""
    rng = Random(seed)
    kind = kind or rng.choice(("budget", "budget", "final_account"))
    style = Style(
        rng=rng,
        year=rng.randrange(2017, 2027),
        unit_name=rng.choice(NAMES),
        scope=rng.choice(("部门", "单位")),
        unit=rng.choice(("万元", "万元", "元")),
        none=rng.choice(("", "", "", "0.00", "-", "0", "——")),
        separators=rng.random() < 0.5,
        integers=rng.random() < 0.15,
        indent=rng.random() < 0.5,
        three_codes=rng.random() < 0.3,
        total_at=rng.choice(("first", "first", "last", "last", "none")),
        total_word=rng.choice(("合计", "合 计", "合　　计", "总计")),
        total_place=rng.choice(("code", "name", "span")),
    )
    for name in (
        "unit",
        "none",
        "separators",
        "integers",
        "three_codes",
        "total_at",
        "total_place",
    ):
        style.features.append(f"{name}={getattr(style, name)}")
    tables = list(printed(style, kind))
    if rng.random() < 0.15:
        rng.shuffle(tables)
        style.features.append("shuffled")
    return assemble(style, kind, tables)


def printed(style: Style, kind: str) -> Iterator[Table]:
    """The tables of a document, some left out."""
    titles = BUDGET_TITLES if kind == "budget" else FINAL_TITLES
    common, style.features = style.features, []
    for statement_id, options in titles.items():
        if style.rng.random() < 0.25:
            continue
        style.features = []
        title = style.pick(f"{statement_id} title", *options.split("|"))
        title = title.format(u=style.scope, Y=style.year, n=style.unit_name)
        table = table_of(style, kind, statement_id, title)
        table.features = style.features
        yield table
    style.features = common


def table_of(style: Style, kind: str, statement_id: str, title: str) -> Table:
    """One table of a kind."""
    final = kind == "final_account"
    if statement_id == "summary":
        return forms.summary(style, title, final)
    if statement_id == "fiscal_summary":
        return forms.fiscal_summary(style, title, final)
    if statement_id == "three_public":
        return accounts.three_final(style, title) if final else three.three_public(style, title)
    if statement_id == "general_basic_economic":
        make_one = accounts.final_blocks if final else forms.basic_economic
        return make_one(style, title)
    if final:
        return accounts.final_function(style, statement_id, title)
    if statement_id == "revenue":
        return forms.revenue(style, title)
    if statement_id == "expenditure":
        return forms.expenditure(style, title)
    group = {
        "fund_expenditure": "本年政府性基金预算支出",
        "state_capital": "本年国有资本经营预算支出",
    }.get(statement_id, "本年一般公共预算支出")
    return forms.function_table(style, statement_id, title, group)


def assemble(style: Style, kind: str, tables: list[Table]) -> Made:
    """Cover, prose, and each table with its captions."""
    rng, word = style.rng, "预算" if kind == "budget" else "决算"
    unit, year = style.unit_name, style.year
    cover = style.pick(
        "cover",
        f"{unit}{year}年{style.scope}{word}",
        f"{year}年度{unit}{style.scope}{word}",
        f"{year}年{unit}{style.scope}{word}公开",
        f"{unit}\n{year}年度{style.scope}{word}公开",
        f"{unit}{year}年度{style.scope}{word}公开说明",
        f"{unit}\n{year}年{word}公开",
        f"{year}年度\n{unit}\n{style.scope}{word}",
    )
    lines: list[str] = cover.split("\n")
    if style.chance("contents", 0.5):
        lines += ["目录", f"第一部分 {style.scope}概况", f"第二部分 {year}年{style.scope}{word}表"]
        lines += [f"{z}、{t.title}" for z, t in zip(forms.ORDINALS, tables, strict=False)]
        lines += [f"第三部分 {year}年{style.scope}{word}情况说明", "第四部分 名词解释"]
    lines += [f"第一部分 {style.scope}概况", "一、主要职能", f"{unit}负责某项工作，承担有关事务。"]
    lines.append(f"第二部分 {year}年{style.scope}{word}表")
    items: list[Paragraph | Grid] = [Paragraph(text, Place()) for text in lines]
    shape = caption_shape(style)
    amounts: list[Amount] = []
    features: dict[str, tuple[str, ...]] = {}
    for number, table in enumerate(tables, start=1):
        above, inside = captions(style, shape, table, number)
        own = [f for f in table.features]
        grid, breaks = grid_of(style, table, inside, own)
        items += [Paragraph(text, Place()) for text in above]
        if breaks == "title":
            first, second = cut(grid, len(inside) + len(table.header), rng)
            again = rng.choice(
                (
                    above,
                    [f"{table.title}（续表）", *above[1:]]
                    if above and above[0] == table.title
                    else above,
                )
            )
            items += [first, *(Paragraph(text, Place()) for text in again), second]
        else:
            items.append(grid)
        if style.rng.random() < 0.15:
            items.append(Paragraph("注：本表金额转换为万元时，因四舍五入可能存在尾差。", Place()))
        features[table.statement_id] = tuple([*own, *style.features])
        amounts += truth(style, table)
    items += [Paragraph(f"第三部分 {year}年{style.scope}{word}情况说明", Place())]
    items += [Paragraph(f"{unit}{year}年收支总{word}按照综合预算的原则编制。", Place())]
    return Made(Reading("pdf", tuple(items)), tuple(amounts), unit, year, kind, features)


@dataclass(frozen=True)
class Shape:
    """How a document prints the captions of its tables."""

    number: str
    number_at: str
    named: str
    money: str
    layout: str
    inside: bool


def caption_shape(style: Style) -> Shape:
    """Wordings of the captions of a document."""
    pick, unit = style.pick, style.unit
    named = pick("unit caption", *NAMED)
    money = pick("money caption", *MONEY).format(unit=unit)
    at = pick("number at", "none", "none", "above", "below", "caption", "title")
    number = pick("number", *NUMBERS) if at in ("above", "below", "caption") else ""
    if at == "title":
        number = pick("number", *PREFIXES)
    layout = pick("caption layout", "two lines", "one line", "money first", "above title")
    return Shape(number, at, named, money, layout, style.chance("captions inside", 0.15))


def captions(style: Style, shape: Shape, table: Table, number: int) -> tuple[list[str], list[str]]:
    """The lines above a table, and those in its first rows."""
    tag = shape.number.format(n=number, z=forms.ORDINALS[number - 1], u=style.scope)
    name = shape.named.format(style.unit_name)
    title = tag + table.title if shape.number_at == "title" else table.title
    captions = [c for c in (name, shape.money) if c]
    if shape.layout == "money first":
        captions.reverse()
    elif shape.layout == "one line":
        captions = [" ".join(captions)]
    if shape.number_at == "caption":
        captions = [f"{tag} {captions[0]}", *captions[1:]]
    lines = [title, *captions] if shape.layout != "above title" else [*captions, title]
    if shape.number_at == "above":
        lines.insert(0, tag)
    elif shape.number_at == "below":
        lines.insert(lines.index(title) + 1, tag)
    if shape.inside:
        return [], lines
    return lines, []


def grid_of(style: Style, table: Table, inside: list[str], features: list[str]) -> tuple[Grid, str]:
    """The cells of a table; where it is long it may go over a page."""
    rows: list[Row] = [line.split("|") for line in table.header]
    width = len(rows[0])
    rows = [[text] + ["<"] * (width - 1) for text in inside] + rows
    head = len(rows)
    body = [cells(style, row) for row in table.rows]
    breaks: list[int] = []
    kind = "none"
    if len(body) > 4 and table.repeats:
        kind = style.rng.choice(("none", "none", "plain", "header", "title"))
        if inside and kind == "title":
            kind = "plain"
    at = len(body) // 2
    features.append(f"page break={kind}")
    if kind == "header":
        rows += [*body[:at], *rows[len(inside) : head], *body[at:]]
        breaks = [head + at]
    else:
        rows += body
        if kind == "plain":
            breaks = [head + at]
    found: list[Cell] = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text not in ("<", "^"):
                down = right = 1
                while r + down < len(rows) and rows[r + down][c] == "^":
                    down += 1
                while c + right < width and row[c + right] == "<":
                    right += 1
                found.append(Cell(r, c, text, Place(line=r + 1), down, right))
    return Grid(len(rows), width, tuple(found), True, breaks=tuple(breaks)), kind


def cells(style: Style, row: tuple[Part, ...]) -> Row:
    """The printed texts of a row."""
    return [
        style.printed(cell.value) if isinstance(cell, Fig) else cell
        for part in row
        for cell in part.cells
    ]


def cut(grid: Grid, head: int, rng: Random) -> tuple[Grid, Grid]:
    """A grid as two: the second prints the header again."""
    at = head + (grid.rows - head) // 2
    upper = replace(grid, rows=at, cells=tuple(c for c in grid.cells if c.row < at))
    again = tuple(c for c in grid.cells if c.row < head)
    below = tuple(replace(c, row=c.row - at + head) for c in grid.cells if c.row >= at)
    return upper, replace(grid, rows=grid.rows - at + head, cells=again + below)


def truth(style: Style, table: Table) -> Iterator[Amount]:
    """Every amount of a table by the contract."""
    factor = Decimal(10_000) if style.unit == "万元" else Decimal(1)
    seen: Counter[tuple[str | None, ...]] = Counter()
    sides = dict.fromkeys(part.side for row in table.rows for part in row)
    ordered = (part for side in sides for row in table.rows for part in row if part.side == side)
    for part in ordered:
        figures = [c for c in part.cells if isinstance(c, Fig)]
        if table.across:
            for label, fig in zip(table.across, figures, strict=True):
                if style.printed(fig.value) not in ("", "-", "——"):
                    value = (fig.value or Decimal(0)) * factor
                    key = (None, None, "".join(label.split()), None)
                    yield (table.statement_id, *key, 1, fig.measure, value)
            continue
        if not part.label:
            continue
        label = "".join(part.label.split())
        key2 = (part.side, part.code or label)
        seen[key2] += 1
        for fig in figures:
            if style.printed(fig.value) in ("", "-", "——"):
                continue
            value = (fig.value or Decimal(0)) * factor
            yield (
                table.statement_id, part.side, part.code, label, part.path, seen[key2],
                fig.measure, value,
            )  # fmt: skip
