"""Headers of several rows: from a grid's first rows to what each column holds.

Here: column paths (`收入 / 金额 / 小计`), and matching them with the columns a form declares.
Not here: body rows (rows) and titles (recognise).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.forms import captions, misprints
from pipeline.forms.family import Column, Form, Side
from pipeline.forms.wording import TOTALS, canon, canon_label, squeeze, year_in
from pipeline.readers.shapes import Grid

MAX_CAPTION_ROWS = 5
MAX_HEADER_ROWS = 5
IN_WORD = re.compile(r"\((?:单位:)?(?P<unit>万元|元)\)$")
# Words above a column whose figures are no figures of this statement's year.
CARRIED = re.compile(r"上年(?!.*结[转余])|上一年|去年|执行|增减|增长|比例|占比|完成|%")
FOREIGN = re.compile(r"上年|上一年|去年|执行|增减|增长|比例|占比|完成|%")
Path = tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """A header that a form explains wholly: grid column to declared side and column.

    `printed` are the header words above each column from top to bottom, as released.
    """

    caption_rows: int
    header_rows: int
    columns: dict[int, tuple[Side, Column]]
    missing: tuple[str, ...]
    printed: tuple[Path, ...] = ()

    @property
    def body(self) -> int:
        """The first row below the header."""
        return self.caption_rows + self.header_rows


@dataclass(frozen=True)
class Mismatch:
    """The nearest a form came: header paths it does not know, and columns it misses."""

    unknown: tuple[str, ...]
    missing: tuple[str, ...]


def match(grid: Grid, form: Form) -> Match | Mismatch:
    """The shallowest header of the grid in which every column is one the form declares.

    Each side needs its label column and its first figure column; other declared columns may be
    missing (years differ), and columns without header and content are passed over.
    """
    strict = matched(grid, form, ocr=False)
    if isinstance(strict, Match) or grid.spans_known:
        return strict
    loose = matched(grid, form, ocr=True)
    return loose if isinstance(loose, Match) else strict


def matched(grid: Grid, form: Form, ocr: bool) -> Match | Mismatch:
    """The shallowest header that fits, by its words or by what OCR may have made of them."""
    best = Mismatch(unknown=(), missing=tuple(column.name for _, column in form.columns))
    skip = leading_captions(grid, form)
    for depth in range(1, min(MAX_HEADER_ROWS, grid.rows - skip) + 1):
        printed = column_words(grid, skip, depth)
        paths = [tuple(map(word, words)) for words in printed]
        columns, left = assign(paths, form, ocr)
        missing = lacking(columns, form)
        unknown = [c for c in left if paths[c] or filled(grid, c, skip + depth)]
        if not unknown and not missing:
            return Match(skip, depth, columns, absent(columns, form), tuple(printed))
        named = tuple("/".join(paths[c]) or "(blank)" for c in unknown)
        if nearer(named, missing, best):
            best = Mismatch(named, missing)
    return best


def word(text: str) -> str:
    """A header word as compared, without the unit of money that some print in it."""
    return IN_WORD.sub("", canon(text))


def said_in(found: Match) -> tuple[set[str], set[int]]:
    """The units of money and the years that stand in the words above figure columns."""
    above = [words for c, words in enumerate(found.printed) if is_figure_column(found, c)]
    texts = {text for words in above for text in words}
    units = {m["unit"] for text in texts if (m := IN_WORD.search(canon(text)))}
    return units, {year for text in texts if (year := year_in(text)) is not None}


def is_figure_column(found: Match, column: int) -> bool:
    """Whether a column of a matched header holds figures."""
    return column in found.columns and found.columns[column][1].measure is not None


def nearer(unknown: tuple[str, ...], missing: tuple[str, ...], best: Mismatch) -> bool:
    """Whether a failed reading of the header explains more than the best one before it."""
    return (len(missing), len(unknown)) < (len(best.missing), len(best.unknown))


def leading_captions(grid: Grid, form: Form) -> int:
    """How many rows at the top print title, unit or unit of money inside the grid."""
    for row in range(min(MAX_CAPTION_ROWS, grid.rows)):
        texts = [t for t in (grid.text(row, c) for c in range(grid.columns)) if t.strip()]
        if texts and not any(is_caption(text, form) for text in texts):
            return row
    return 0


def is_caption(text: str, form: Form) -> bool:
    """Whether a text is what stands above a table, not in its header."""
    plain = squeeze(text)
    return bool(
        form in captions.forms_titled(text, (form,))
        or captions.is_table_number(text)
        or captions.MONEY_UNIT.search(plain)
        or captions.UNIT_NAME.search(plain)
    )


def column_words(grid: Grid, first: int, depth: int) -> list[Path]:
    """For each column, the header words above it from top to bottom, as released.

    Where spans are unknown, a blank place belongs to the cell left of it while both stand under
    the same parent; a blank place in the last row adds nothing, and a column with nothing printed
    in it has no path.
    """
    above: list[object] = [None] * grid.columns
    paths: list[list[str]] = [[] for _ in range(grid.columns)]
    bare = {c for c in range(grid.columns) if not filled(grid, c, first)}
    for row in range(first, first + depth):
        owners = row_owners(grid, row, above)
        for column, owner in enumerate(owners):
            if owner is None or (column in bare and not grid.spans_known):
                continue
            text = squeeze(grid.text(*owner))
            if text and (owner != above[column]):
                paths[column].append(text)
        above = [o if o is not None else a for o, a in zip(owners, above, strict=True)]
    return [tuple(path) for path in paths]


def row_owners(grid: Grid, row: int, above: list[object]) -> list[tuple[int, int] | None]:
    """The (row, column) of the header cell that reigns over each column in this row."""
    owners: list[tuple[int, int] | None] = []
    for column in range(grid.columns):
        if grid.spans_known:
            cell = grid.covering(row, column)
            owners.append((cell.row, cell.column) if cell else None)
        elif grid.text(row, column).strip():
            owners.append((row, column))
        elif column and owners[-1] is not None and above[column] == above[column - 1]:
            owners.append(owners[-1])
        else:
            owners.append(None)
    return owners


def assign(
    paths: list[Path], form: Form, ocr: bool = False
) -> tuple[dict[int, tuple[Side, Column]], list[int]]:
    """Grid columns matched to declared columns, left to right, and those left over.

    The declared path that is longest wins; where a word occurs on both sides (项目 | 项目) the
    first one not yet taken does.
    """
    free = list(form.columns)
    matched: dict[int, tuple[Side, Column]] = {}
    unknown: list[int] = []
    for index, path in enumerate(paths):
        before = matched.get(index - 1)
        scored = [
            (best_fit(path, column, ocr), -n)
            for n, (side, column) in enumerate(free)
            if (part := code_before(form, side, column)) is None or part == before
        ]
        best = max(scored, default=(0, 0))
        if best[0] == 0:
            unknown.append(index)
        else:
            matched[index] = free.pop(-best[1])
    return matched, unknown


def code_before(form: Form, side: Side, column: Column) -> tuple[Side, Column] | None:
    """The column of the code part before a code part: only right of it can the next one stand."""
    place = form.columns.index((side, column))
    before = form.columns[place - 1] if place else None
    if column.role != "code" or before is None:
        return None
    same = before[0] == side and before[1].block == column.block and before[1].role == "code"
    return before if same else None


def best_fit(path: Path, column: Column, ocr: bool) -> int:
    """How well a path fits a column as it stands, else in another reading of it."""
    found = fit(path, column)
    if found or not ocr:
        return found
    return max((fit(other, column) for other in misprints.readings(path, column)), default=0)


def fit(path: Path, column: Column) -> int:
    """How many words of a declared path the header path ends with; 0 where it does not.

    A blank header fits a column declared to have one. A total below the heading of codes or names
    is the first body row, printed beside the last words of the other columns' header. A word above
    that speaks of another year or of a comparison makes it another figure.
    """
    if len(path) > 1 and column.role != "measure" and canon_label(path[-1]) in TOTALS:
        path = path[:-1]
    if not path:
        return int(() in column.paths)
    fitting = (len(p) for p in column.paths if p and path[-len(p) :] == p)
    best = max(fitting, default=0)
    foreign = CARRIED if column.measure == "carried_over" else FOREIGN
    above = path[: len(path) - best]
    return 0 if column.role == "measure" and any(map(foreign.search, above)) else best


def lacking(columns: dict[int, tuple[Side, Column]], form: Form) -> tuple[str, ...]:
    """Columns without which a side cannot be read: those that name its rows, one of each kind,
    and its first figure column."""
    found = {(side.side, c.block, c.name) for side, c in columns.values()}
    needed = []
    for side in form.sides:
        for block in range(side.blocks if side.columns else 0):
            own = [c for c in side.columns if c.block == block]
            first = next(c for c in own if c.role == "measure")
            naming = {c.name: c for c in own if c.role in ("label", "code", "head")}
            needed += [(side.side, block, name) for name in (*naming, first.name)]
    return tuple(name for side, block, name in needed if (side, block, name) not in found)


def absent(columns: dict[int, tuple[Side, Column]], form: Form) -> tuple[str, ...]:
    """Declared columns that the printed header does not have."""
    found = {(side.side, c.block, c.name, c.item) for side, c in columns.values()}
    return tuple(
        c.item or c.name
        for side, c in form.columns
        if (side.side, c.block, c.name, c.item) not in found
    )


def filled(grid: Grid, column: int, first: int) -> bool:
    """Whether anything is printed in a column from a row on."""
    return any(grid.text(row, column).strip() for row in range(first, grid.rows))
