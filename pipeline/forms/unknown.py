"""Tables that no form explains: what may be said of them, and which of them must not go unnoticed.

Here: describing them without their text, and telling a table of an official kind, whose amounts
would be missed, from all others. Not here: recognising statements (recognise).
"""

from __future__ import annotations

import re

from pipeline.documents import personal
from pipeline.forms import captions, figures, header
from pipeline.forms.disclosure import Leftover, Rejected
from pipeline.forms.family import Family, Form
from pipeline.forms.wording import canon_title, squeeze
from pipeline.readers.shapes import Grid, Paragraph, Place

# Tables of these are no statements, whatever figures they print.
NO_STATEMENT = re.compile(
    "绩效|目标|指标|评价|评分|得分|人员|编制|名录|目录|资产|车辆|房屋|债务|清单|汇率|计划"
)
OFFICIAL = re.compile(r"收支|收入(?:总|预算|决算|情况|表)|支出|三公|机关运行经费|政府采购|财政拨款")
CODE = re.compile(r"[23][0-9]{2}(?:[0-9]{2}){0,2}")
MIN_FIGURES, MIN_CODED = 3, 2
TITLE_LINES = 5


def where(grid: Grid) -> str:
    """Page or line of a grid, for messages."""
    first = next((cell.place for cell in grid.cells), Place())
    return f"page {first.page}" if first.page else f"line {first.line}"


def is_personal(grid: Grid) -> bool:
    """Whether a grid asks for names or telephones: it is a performance form then."""
    return any(personal.is_field(c.text) or personal.found_in(c.text) for c in grid.cells)


def leftover(grid: Grid, before: tuple[Paragraph, ...]) -> Leftover:
    """A grid that is none of ours."""
    return Leftover(grid.rows, grid.columns, where(grid), official(grid, before))


def official(grid: Grid, before: tuple[Paragraph, ...]) -> str:
    """Why a table may be a statement in a layout nobody has seen; empty where it is none."""
    titles = [p.text for p in before[-TITLE_LINES:] if captions.looks_like_title(p.text)]
    title = squeeze(titles[-1]) if titles else ""
    texts = [cell.text for cell in grid.cells]
    if NO_STATEMENT.search(title) or is_personal(grid) or any(map(is_goal, texts)):
        return ""
    numbers = sum(bool(figures.NUMBER.fullmatch(text.strip())) for text in texts)
    if OFFICIAL.search(title) and numbers >= MIN_FIGURES:
        return f"the table under the title {title!r} is of no form that is known"
    coded = sum(is_coded(grid, row) for row in range(grid.rows))
    if coded >= MIN_CODED:
        return f"{coded} rows of classification codes with figures, and no form that is known"
    return ""


def is_goal(text: str) -> bool:
    """Whether a cell is of a performance form."""
    return "绩效" in text or "指标值" in text


def is_money(text: str) -> bool:
    """Whether a cell is a figure with decimals or separators: row numbers and counts are not."""
    plain = text.strip()
    found = figures.NUMBER.fullmatch(plain)
    return found is not None and (found["decimals"] is not None or "," in plain)


def is_coded(grid: Grid, row: int) -> bool:
    """Whether a row bears a classification code and a figure of money."""
    texts = [squeeze(grid.text(row, column)) for column in range(grid.columns)]
    return any(map(CODE.fullmatch, texts)) and any(map(is_money, texts))


def has_header(grid: Grid, form: Form) -> bool:
    """Whether a grid prints figure columns of a form, or money: a list of tables does neither."""
    if any(is_money(cell.text) for cell in grid.cells):
        return True
    known = {p[-1] for _, column in form.columns if column.measure for p in column.paths if p}
    rows = range(min(header.MAX_HEADER_ROWS, grid.rows))
    printed = {header.word(grid.text(r, c)) for r in rows for c in range(grid.columns)}
    return len(printed & known) >= MIN_CODED


def unnoticed(found: tuple[Leftover, ...], others: list[tuple[Leftover, ...]]) -> list[Rejected]:
    """The official tables that one family left over and no other one read."""
    lost = [one for one in found if one.official and all(one in other for other in others)]
    return [Rejected(None, "header_unknown", f"{one.place}: {one.official}") for one in lost]


def named_nearly(grid: Grid, title: str, family: Family) -> Rejected | None:
    """A table under a title that only adds to one of ours: it may be the statement itself."""
    near = [f for f in family.forms if any(canon_title(title).startswith(t) for t in f.titles)]
    fits = [f for f in near if isinstance(header.match(grid, f), header.Match)]
    if not fits:
        return None
    detail = f"{where(grid)}: the title {squeeze(title)!r} is not known, its header is"
    return Rejected(fits[0].statement_id, "form_ambiguous", detail)
