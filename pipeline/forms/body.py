"""Body rows of a grid below a matched header, sorted into columns.

Here: leaving out index rows, repeated headers and notes; one `Row` per printed row and side. Where
items run across the columns, one `Row` per item. Not here: what a row means (rows).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.documents import personal
from pipeline.forms import figures
from pipeline.forms.captions import NOTE
from pipeline.forms.code_cells import CODE_PARTS, joined_code
from pipeline.forms.family import Column, Side
from pipeline.forms.header import Match
from pipeline.forms.statement import Figure, Unplaced
from pipeline.forms.wording import canon, canon_label, indentation, squeeze
from pipeline.readers.shapes import Cell, Grid

MAX_LABEL = 300
SUBTOTAL = "小计"
MEASURE_WORD = re.compile(r"(?:\{Y\}年)?(?:年初|全年|调整)?(?:预算|决算)数?")


@dataclass(frozen=True)
class Row:
    """One printed row of one side, as texts and figures.

    `heads` are the cells that together name the row, from the widest group to the item, `note`
    what is printed beside them. `column` is the declared column of an item that runs across.
    `first_of_page` follows a page break.
    """

    line_no: int
    code: str
    label: str
    indent: int
    government_item: str
    figures: tuple[Figure, ...]
    first_of_page: bool
    heads: tuple[str, ...] = ()
    note: str = ""
    column: Column | None = None

    @property
    def empty(self) -> bool:
        """Nothing is printed in this side's columns."""
        named = self.code or self.label or self.government_item or any(self.heads)
        return not (named or self.figures)


@dataclass(frozen=True)
class Body:
    """The rows of each side in order, and the notes printed inside the grid."""

    sides: tuple[tuple[Side, tuple[Row, ...]], ...]
    notes: tuple[str, ...]


def body(grid: Grid, match: Match, sides: tuple[Side, ...]) -> Body:
    """Every body row of a grid by side.

    Raises `Unplaced` for a figure that is no printed number, one that stands over several
    figure columns, and an overlong label.
    """
    headers = {row_key(grid, r) for r in range(match.body)}
    printed: list[int] = []
    notes: list[str] = []
    for index in range(match.body, grid.rows):
        texts = [grid.text(index, c) for c in range(grid.columns)]
        if is_no_row(texts) or repeats_header(grid, index, headers):
            continue
        if row_key(grid, index) not in headers and names_columns(grid, index, match):
            continue
        first = next(t for t in texts if t.strip()).strip()
        if is_signature(texts, first):
            continue
        if NOTE.match(first):
            if has_number(texts):
                place = f"row {len(printed) + 1}"
                raise Unplaced("row_unplaced", f"{place}: a note with figures beside it")
            notes.append(first)
            continue
        printed.append(index)
    spanning = [side for side in sides if side.spans]
    reached = {i: s for i in printed for s in spanning if reaches_over(grid, i, match, s, sides)}
    found = []
    for side in sides:
        if side.scheme == "across":
            rows = tuple(across(grid, printed, match, side))
        elif side.spans:
            rows = tuple(spanning_rows(grid, printed, match, side, reached))
        else:
            rows = tuple(side_rows(grid, printed, match, side, reached))
        found.append((side, rows))
    return Body(tuple(found), tuple(notes))


def is_no_row(texts: list[str]) -> bool:
    """Whether a row is blank, or numbers the columns, or names the parts of a code."""
    words = {squeeze(t) for t in texts} - {""}
    return words <= CODE_PARTS or figures.is_index_row(texts)


def is_signature(texts: list[str], first: str) -> bool:
    """Whether a row is the signature line under a table: its names go no further.

    A cell that is nothing but a field (经办人：) tells; a row that only begins like one is a row
    when it bears figures.
    """
    if any(personal.is_field(text) for text in texts):
        return True
    return personal.is_signed(first) and not has_number(texts)


def has_number(texts: list[str]) -> bool:
    """Whether a cell of a row is a printed number, negatives included."""
    return any(is_number(text) for text in texts)


def is_number(text: str) -> bool:
    """Whether a text is a printed number."""
    try:
        return figures.parse(text) is not None
    except figures.NotAFigure:
        return False


def row_key(grid: Grid, row: int) -> tuple[str, ...]:
    """A row as compared with another."""
    return tuple(canon(grid.text(row, c)) for c in range(grid.columns))


def repeats_header(grid: Grid, row: int, headers: set[tuple[str, ...]]) -> bool:
    """Whether a row at the top of a continuation page prints a header row again."""
    on_top = any(start <= row < start + 5 for start in grid.breaks)
    return on_top and row_key(grid, row) in headers


def names_columns(grid: Grid, row: int, match: Match) -> bool:
    """Whether a row names the columns below it anew: 采购金额 above, 统计数 from here on.

    Every cell is a known word of its own column, and some figure column is among them.
    """
    cells = [(canon(grid.text(row, c)), column) for c, (_, column) in match.columns.items()]
    named = [(word, column) for word, column in cells if word]
    known = all(any(p and p[-1] == word for p in column.paths) for word, column in named)
    return known and any(column.measure for _, column in named)


def side_rows(
    grid: Grid, printed: list[int], match: Match, side: Side, reached: dict[int, Side]
) -> Iterator[Row]:
    """The rows of one side; lists that stand side by side one after the other."""
    own = [
        (line_no, index)
        for line_no, index in enumerate(printed, start=1)
        if index not in reached or side.side not in reached[index].spans
    ]
    beside = [
        moved_names(
            [
                side_row(grid, index, line_no + block * len(printed), match, side, block)
                for block in range(side.blocks)
            ]
        )
        for line_no, index in own
    ]
    yield from (rows[block] for block in range(side.blocks) for rows in beside)


def moved_names(rows: list[Row]) -> list[Row]:
    """The rows that stand side by side, a name that reaches over a list with its figure.

    公用经费合计 begins below one list of items, and its figure stands at the end of the next.
    """
    for n in range(len(rows) - 1):
        left, right = rows[n], rows[n + 1]
        named = (left.label or left.code) and not left.figures
        if named and right.figures and not (right.label or right.code):
            rows[n] = replace(left, code="", label="")
            rows[n + 1] = replace(right, code=left.code, label=left.label, indent=left.indent)
    return rows


def side_row(grid: Grid, row: int, line_no: int, match: Match, side: Side, block: int = 0) -> Row:
    """The texts and figures of one side, or one block of it, in one grid row."""
    texts: dict[str, list[str]] = {}
    printed: list[Figure] = []
    for column, (owner, declared) in sorted(match.columns.items()):
        cell = grid.at(row, column)
        if owner.side != side.side or declared.block != block or declared.role == "index":
            continue
        if cell is None:
            if declared.role == "head":
                texts.setdefault("head", []).append("")
        elif declared.measure:
            figure = read_figure(cell, declared.measure, match, line_no)
            if figure is not None:
                printed.append(figure)
        else:
            blank = figures.NO_VALUE.fullmatch(cell.text.strip())
            texts.setdefault(declared.role, []).append("" if blank else cell.text)
    if any(len(text) > MAX_LABEL for cells in texts.values() for text in cells):
        raise Unplaced(
            "row_unplaced", f"row {line_no}: a label of more than {MAX_LABEL} characters"
        )
    label = "".join(texts.get("label", []))
    return Row(
        line_no=line_no,
        code=joined_code(texts.get("code", [])),
        label=squeeze(label),
        indent=indentation(label),
        government_item=squeeze("".join(texts.get("government_item", []))),
        figures=tuple(printed),
        first_of_page=row in grid.breaks,
        heads=tuple(squeeze(text) for text in texts.get("head", [])),
        note=squeeze("".join(texts.get("note", []))),
    )


def across(grid: Grid, printed: list[int], match: Match, side: Side) -> Iterator[Row]:
    """One row per item of a table whose items run across; its figures stand in one grid row."""
    filled = [
        index
        for index in printed
        if any(is_filled(grid.at(index, c)) for c, (s, _) in match.columns.items() if s == side)
    ]
    if len(filled) > 1:
        detail = f"{len(filled)} rows of figures in a table whose items run across the columns"
        raise Unplaced("row_unplaced", detail)
    items: dict[str, list[tuple[int, Column]]] = {}
    for column, (owner, declared) in sorted(match.columns.items()):
        if owner == side and declared.measure:
            items.setdefault(declared.item or "", []).append((column, declared))
    for line_no, columns in enumerate(items.values(), start=1):
        found: list[Figure] = []
        for column, declared in columns:
            cell = grid.at(filled[0], column) if filled else None
            figure = read_figure(cell, declared.name, match, line_no) if cell else None
            if figure is not None:
                found.append(figure)
        first, declared = columns[0]
        yield Row(
            line_no=line_no,
            code="",
            label=item_label(match.printed[first], declared),
            indent=0,
            government_item="",
            figures=tuple(found),
            first_of_page=False,
            column=declared,
        )


def is_filled(cell: Cell | None) -> bool:
    """Whether anything but a dash is printed in a cell."""
    return cell is not None and bool(figures.NO_VALUE.sub("", cell.text.strip()))


def item_label(words: tuple[str, ...], column: Column) -> str:
    """The printed name of an item that runs across: its lowest header word.

    预算数 and 决算数, printed above or below it, are its measures; 小计 says nothing without its
    group.
    """
    both = column.measure in ("budget", "final")
    named = tuple(w for w in words if not (both and MEASURE_WORD.fullmatch(canon(w)))) or words
    if canon_label(named[-1]) == SUBTOTAL and len(named) > 1:
        return named[-2] + named[-1]
    return named[-1]


def reaches_over(grid: Grid, row: int, match: Match, side: Side, sides: tuple[Side, ...]) -> bool:
    """Whether the label of a row reaches over the sides that `side` spans.

    A text grid does not say how far a cell reaches: there the label must be one that `side` knows,
    with nothing between it and the figure of the last side.
    """
    spanned = [s for s in sides if s.side in side.spans]
    labels = [column_of(match, s, "label") for s in spanned]
    if grid.spans_known:
        cell = grid.at(row, labels[0])
        return cell is not None and cell.column + cell.column_span > labels[-1]
    known = {label for rule in side.rules for label in rule.labels}
    between = range(labels[0] + 1, labels[-1] + 1)
    plain = canon_label(grid.text(row, labels[0]))
    return plain in known and not any(grid.text(row, c).strip() for c in between)


def column_of(match: Match, side: Side, role: str) -> int:
    """The grid column of a side's label or first figure."""
    return next(c for c, (s, d) in sorted(match.columns.items()) if s == side and d.role == role)


def spanning_rows(
    grid: Grid, printed: list[int], match: Match, side: Side, reached: dict[int, Side]
) -> Iterator[Row]:
    """The rows whose label reaches over several sides: the figure stands in the last one's."""
    sides = {s.side: s for s, _ in match.columns.values()}
    first, last = sides[side.spans[0]], sides[side.spans[-1]]
    label, figure = column_of(match, first, "label"), column_of(match, last, "measure")
    for line_no, index in enumerate(printed, start=1):
        if reached.get(index) != side:
            continue
        cell = grid.at(index, figure)
        read = read_figure(cell, "amount", match, line_no) if cell else None
        yield Row(
            line_no=line_no,
            code="",
            label=squeeze(grid.text(index, label)),
            indent=0,
            government_item="",
            figures=(read,) if read else (),
            first_of_page=index in grid.breaks,
        )


def read_figure(cell: Cell, measure: str, match: Match, line_no: int) -> Figure | None:
    """The figure of a money cell, null where it holds no value."""
    try:
        text = figures.unwrapped(cell.text, cell.wrapped).strip()
        value = figures.parse(text if cell.restored is None else cell.restored)
    except figures.NotAFigure as error:
        raise Unplaced(
            "cell_unparsed",
            f"row {line_no}, column {measure}: {excerpt(cell.text)!r} is not a printed number",
        ) from error
    if value is None:
        return None
    covered = [c for c in range(cell.column, cell.column + cell.column_span) if c in match.columns]
    if len(covered) > 1:
        raise Unplaced(
            "row_unplaced", f"row {line_no}: the figure {cell.text!r} stands over several columns"
        )
    return Figure(
        measure=measure,
        text=text or None,
        place=cell.place,
        confidence=cell.confidence,
        reader=cell.reader,
        restored=cell.restored,
        restored_from=cell.restored_from,
    )


def excerpt(text: str) -> str:
    """A short piece of a cell for a message."""
    plain = squeeze(text)
    return plain if len(plain) <= 24 else plain[:24] + "…"


def printed_rows(rows: tuple[Row, ...]) -> Iterator[Row]:
    """The rows in which this side prints anything."""
    return (row for row in rows if not row.empty)
