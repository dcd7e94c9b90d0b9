"""Body rows of a grid below a matched header, sorted into columns.

Here: leaving out index rows, repeated headers and notes; one `Row` per printed row and side.
Not here: what a row means (rows).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.documents import personal
from pipeline.forms import figures
from pipeline.forms.captions import NOTE
from pipeline.forms.family import Side
from pipeline.forms.header import Match
from pipeline.forms.statement import Figure, Unplaced
from pipeline.forms.wording import canon, indentation, squeeze
from pipeline.readers.shapes import Cell, Grid

MAX_LABEL = 300


@dataclass(frozen=True)
class Row:
    """One printed row of one side, as texts and figures. `first_of_page` follows a page break."""

    line_no: int
    code: str
    label: str
    indent: int
    government_item: str
    figures: tuple[Figure, ...]
    first_of_page: bool

    @property
    def empty(self) -> bool:
        """Nothing is printed in this side's columns."""
        return not (self.code or self.label or self.government_item or self.figures)


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
    headers = {row_key(grid, r) for r in range(match.caption_rows, match.body)}
    found: dict[str | None, list[Row]] = {side.side: [] for side in sides}
    notes: list[str] = []
    line_no = 0
    for index in range(match.body, grid.rows):
        texts = [grid.text(index, c) for c in range(grid.columns)]
        key = row_key(grid, index)
        if not any(key) or figures.is_index_row(texts) or repeats_header(grid, index, headers):
            continue
        first = next(t for t in texts if t.strip()).strip()
        if is_signature(texts, first):
            continue
        if NOTE.match(first):
            if has_number(texts):
                raise Unplaced("row_unplaced", f"row {line_no + 1}: a note with figures beside it")
            notes.append(first)
            continue
        line_no += 1
        for side in sides:
            found[side.side].append(side_row(grid, index, line_no, match, side))
    return Body(tuple((side, tuple(found[side.side])) for side in sides), tuple(notes))


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


def side_row(grid: Grid, row: int, line_no: int, match: Match, side: Side) -> Row:
    """The texts and figures of one side in one grid row."""
    texts: dict[str, str] = {"code": "", "label": "", "government_item": ""}
    printed: list[Figure] = []
    for column, (owner, declared) in sorted(match.columns.items()):
        cell = grid.at(row, column)
        if owner.side != side.side or cell is None:
            continue
        if declared.measure:
            if (figure := read_figure(cell, declared.measure, match, line_no)) is not None:
                printed.append(figure)
        else:
            texts[declared.role] = (
                "" if figures.NO_VALUE.fullmatch(cell.text.strip()) else cell.text
            )
    if any(len(text) > MAX_LABEL for text in texts.values()):
        raise Unplaced(
            "row_unplaced", f"row {line_no}: a label of more than {MAX_LABEL} characters"
        )
    return Row(
        line_no=line_no,
        code=squeeze(texts["code"]),
        label=squeeze(texts["label"]),
        indent=indentation(texts["label"]),
        government_item=squeeze(texts["government_item"]),
        figures=tuple(printed),
        first_of_page=row in grid.breaks,
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


def printed(rows: tuple[Row, ...]) -> Iterator[Row]:
    """The rows in which this side prints anything."""
    return (row for row in rows if not row.empty)
