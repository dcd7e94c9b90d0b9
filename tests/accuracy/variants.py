"""Budgets printed in other ways: a text or a PDF of a few tables, changed as publishers do.

Here: the changes, each of which leaves what is printed the same, or damages it in a known way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tests.facsimile.budget import Budget
from tests.facsimile.forms import title
from tests.facsimile.layout import Sheet, Text, sheets
from tests.facsimile.tab_grid import text_grid
from tests.facsimile.typeset import text_width
from tests.unit.readers.paper import line, page, pdf_bytes

Lines = list[str]
Edit = Callable[[Lines], Lines]
Pages = dict[int, list[Sheet]]
TITLE_SIZE = 15


def some_tables(budget: Budget, *numbers: int) -> Budget:
    """A budget of these tables only."""
    return replace(budget, tables=tuple(budget.table(number) for number in numbers))


# Texts


def edited(budget: Budget, number: int, edit: Edit) -> str:
    """The text of a budget, the lines of 表`number` from its title on changed."""
    lines = text_grid(budget).split("\n")
    start = lines.index(title(number, budget.year))
    end = next(n for n in range(start + 1, len(lines)) if _ends(lines[n], budget.year))
    return "\n".join([*lines[:start], *edit(lines[start:end]), *lines[end:]])


def _ends(text: str, year: int) -> bool:
    return text.startswith("第三部分") or (text.startswith(f"{year}年") and "\t" not in text)


def rows_in(lines: Lines) -> list[int]:
    """The lines that are rows of the table."""
    return [n for n, text in enumerate(lines) if "\t" in text]


def with_line(text: str, at: int) -> Edit:
    """A line above the row `at` of the table, its header counted."""

    def edit(lines: Lines) -> Lines:
        where = rows_in(lines)[at] if at >= 0 else rows_in(lines)[at] + 1
        return [*lines[:where], *text.split("\n"), *lines[where:]]

    return edit


def with_row(text: str, at: int) -> Edit:
    """A row with one text, as wide as the table, above the row `at`; -1 is below the last."""

    def edit(lines: Lines) -> Lines:
        width = lines[rows_in(lines)[0]].count("\t")
        return with_line(text + "\t" * width, at)(lines)

    return edit


def with_header_again(at: int, header_rows: int, *above: str) -> Edit:
    """The header printed again above the row `at`, below a page break and these lines."""

    def edit(lines: Lines) -> Lines:
        head = [lines[n] for n in rows_in(lines)[:header_rows]]
        return with_line("\n".join(["", *above, *head]), at)(lines)

    return edit


def in_cells(pattern: str, text: str) -> Edit:
    """Every cell of the table that is `pattern`, printed as `text`."""
    return lambda lines: [
        "\t".join(re.sub(f"^(?:{pattern})$", text, cell) for cell in one.split("\t"))
        if "\t" in one
        else one
        for one in lines
    ]


def with_separators(lines: Lines) -> Lines:
    """Every figure with thousands separators."""
    return [re.sub(r"(?<![\d.])(\d+)(?=\.\d\d(?:\t|$))", _separated, one) for one in lines]


def _separated(found: re.Match[str]) -> str:
    return f"{int(found[0]):,}"


def total_last(*totals: str) -> Edit:
    """The total row below the others."""

    def edit(lines: Lines) -> Lines:
        rows = rows_in(lines)
        first = next(n for n in rows if "".join(lines[n].split("\t")[0].split()) in totals)
        moved = [text for n, text in enumerate(lines) if n != first]
        return [*moved[: rows[-1]], lines[first], *moved[rows[-1] :]]

    return edit


def titled(text: str) -> Edit:
    """The title printed so; blank takes it away."""
    return lambda lines: [text.format(title=lines[0]), *lines[1:]] if text else lines[1:]


def captioned(*texts: str) -> Edit:
    """The lines between title and table printed so."""

    def edit(lines: Lines) -> Lines:
        head = "\n".join(texts).format(name=lines[2].partition("：")[2])
        return [lines[0], "", *head.split("\n"), "", *lines[rows_in(lines)[0] :]]

    return edit


def written(text: str, folder: Path) -> Path:
    """A text as a file."""
    path = folder / "a.txt"
    path.write_text(text, encoding="utf-8")
    return path


# Pages


def pages_of(budget: Budget, *, repeat_headers: bool = False) -> Pages:
    """The pages of each table."""
    return {
        table.number: sheets(budget, table, text_width, repeat_headers=repeat_headers)
        for table in budget.tables
    }


def printed(budget: Budget, pages: Pages, folder: Path) -> Path:
    """Cover and pages as a PDF file."""
    cover = page(
        line(budget.unit_name, 250, size=26),
        line(f"{budget.year}年度{budget.scope_word}预算公开", 330, size=22),
    )
    path = folder / "a.pdf"
    path.write_bytes(pdf_bytes([cover, *_in_order(pages)]))
    return path


def _in_order(pages: Pages) -> Iterable[Sheet]:
    return (sheet for number in sorted(pages) for sheet in pages[number])


def changed(pages: Pages, number: int, at: int, *sheet: Sheet) -> Pages:
    """The page `at` of a table exchanged for these."""
    own = pages[number]
    return pages | {number: [*own[:at], *sheet, *own[at + 1 :]]}


def with_texts(sheet: Sheet, *texts: Text) -> Sheet:
    """A page with more lines."""
    return replace(sheet, texts=(*sheet.texts, *texts))


def title_of(sheet: Sheet) -> Text:
    """The title line of the first page of a table."""
    return next(text for text in sheet.texts if text.size == TITLE_SIZE)


def retitled(sheet: Sheet, text: str) -> Sheet:
    """The first page of a table with its title printed so; its number label is left out."""
    kept = tuple(
        replace(t, text=text.format(title=t.text)) if t.size == TITLE_SIZE else t
        for t in sheet.texts
        if "公开表" not in t.text
    )
    return replace(sheet, texts=kept)


def moved(sheet: Sheet, right: float = 0.0, down: float = 0.0) -> Sheet:
    """Everything on a page printed further right or down."""
    return replace(
        sheet,
        cells=tuple(
            replace(c, x0=c.x0 + right, x1=c.x1 + right, y0=c.y0 + down, y1=c.y1 + down)
            for c in sheet.cells
        ),
        texts=tuple(replace(t, x=t.x + right, y=t.y + down) for t in sheet.texts),
    )


def row_tops(sheet: Sheet) -> Sequence[float]:
    """Where the rows of a page begin."""
    return sorted({cell.y0 for cell in sheet.cells})


def split(sheet: Sheet, rows: int) -> tuple[Sheet, Sheet]:
    """A page cut in two below its first rows; lines stay on the first."""
    cut = row_tops(sheet)[rows]
    above = tuple(cell for cell in sheet.cells if cell.y0 < cut)
    below = tuple(cell for cell in sheet.cells if cell.y0 >= cut)
    second = moved(replace(sheet, cells=below, texts=()), down=52 - cut)
    return replace(sheet, cells=above), second


def with_gap(sheet: Sheet, rows: int, gap: float) -> Sheet:
    """A white stripe below the first rows of a table."""
    cut = row_tops(sheet)[rows]
    cells = tuple(
        replace(c, y0=c.y0 + gap, y1=c.y1 + gap) if c.y0 >= cut else c for c in sheet.cells
    )
    return replace(sheet, cells=cells)


def stacked(upper: Sheet, lower: Sheet) -> Sheet:
    """Two pages as one, one table below the other."""
    down = max(cell.y1 for cell in upper.cells)
    below = moved(lower, down=down)
    return Sheet(
        max(upper.width, lower.width),
        upper.height + lower.height,
        upper.cells + below.cells,
        upper.texts + below.texts,
    )
