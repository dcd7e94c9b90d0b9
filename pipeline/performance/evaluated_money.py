"""The project's money in a self-evaluation printed as a table: the row of totals, in yuan.

Here: which row that is and what its columns hold, with the rate and its score. Not here: where the
report stands (evaluated_pages), its indicators and its result (evaluated).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipeline.forms import figures
from pipeline.forms.wording import folded, squeeze
from pipeline.performance.columns import Header, cells_of
from pipeline.performance.evaluated_pages import Section, header_in, meaning
from pipeline.performance.evaluations import MONEY, declared, sole
from pipeline.performance.flow.scored import number
from pipeline.performance.money import YUAN
from pipeline.performance.rows import Row, Word
from pipeline.performance.shapes import Unread
from pipeline.performance.words import UNIT_ABOVE, UNIT_OF_MONEY, plain

#: what the data hold of a weight, a score or a rate
DECIMALS = 4
#: texts that stand for nothing in a cell
BLANK = frozenset({"-", "—", "——", "/", "－", "--", "\\"})


def funds(section: Section, unread: list[Unread]) -> tuple[dict[str, Decimal | None], int]:
    """Budget and execution in yuan with rate and score, and where the head above them ends."""
    found = header_in(section.rows, "funds")
    if found is None:
        unread.append(Unread("header_unknown", "funds: no header whose columns are known"))
        below = header_in(section.rows, "indicators")
        return {}, below[0] if below else len(section.rows)
    at, header = found
    beside = beside_labels(section.rows[at])
    row = section.rows[at] if beside else total_row(section.rows[at + header.rows :], header)
    cells = beside or (row and values_of(row, header))
    if row is None or not cells:
        unread.append(Unread("row_unplaced", "funds: no row of totals that fits the header"))
        return {}, at
    unit = unit_of_money(section, [*section.rows[: at + header.rows], row])
    if unit is None:
        unread.append(Unread("unit_unknown", "funds: no unit of money is printed"))
    values: dict[str, Decimal | None] = {}
    for name in MONEY:
        amount = amount_in(cells.get(name), name, unread)
        values[name] = None if amount is None or unit is None else amount * YUAN[unit]
    for name in ("execution_rate", "execution_score"):
        word = cells.get(name)
        values[name] = quantity(word.text if word else None, name, unread)
    return values, at


def beside_labels(row: Row) -> dict[str, Word]:
    """The figures of a row that prints each beside its label, none where it is a header."""
    asked = meaning("funds")
    found: dict[str, Word] = {}
    name = None
    for word in row.words:
        label = asked(word.text)
        if label is None and name is not None and is_value(word.text):
            found[name] = word
        name = label
    return found


def is_value(text: str) -> bool:
    """Whether a text is a number, with a sign for per cent or not."""
    return number(squeeze(text)) is not None


def total_row(rows: Sequence[Row], header: Header) -> Row | None:
    """The row of totals below the header of the money; a row of figures alone is one."""
    totals = {plain(word) for word in declared()["funds"]["total"]}
    for row in rows:
        if header_in([row], "indicators") is not None:
            return None
        words = [w for w in row.words if not UNIT_OF_MONEY.search(plain(w.text))]
        if any(plain(UNIT_OF_MONEY.sub("", plain(word.text))) in totals for word in words):
            return row
        if words and all(is_value(w.text) or squeeze(w.text) in BLANK for w in words):
            return row
    return None


def values_of(row: Row, header: Header) -> dict[str, Word] | None:
    """The figures of the row of totals by their columns; null where they slid out of them.

    In a text extraction every column must hold its figure, or as many follow each other as the
    header has columns.
    """
    cells = cells_of(row, header)
    money = [c for c in header.columns if c.field not in (None, "source")]
    found = {
        name: words[0]
        for name, words in cells.words.items()
        if name not in ("source", "other") and len(words) == 1
    }
    clean = all(is_value(w.text) or squeeze(w.text) in BLANK for w in found.values())
    crowded = any(len(words) > 1 for name, words in cells.words.items() if name != "source")
    if row.sure:
        return None if crowded else found
    if clean and not crowded and "year_executed" in found and len(found) == len(money):
        return found
    values = [w for w in row.words if is_value(w.text) or squeeze(w.text) in BLANK]
    if len(values) == len(money):
        return {str(c.field): w for c, w in zip(money, values, strict=True)}
    return found if clean and not crowded and "year_executed" in found else None


def amount_in(word: Word | None, name: str, unread: list[Unread]) -> Decimal | None:
    """A printed amount, null and told where the cell holds none."""
    if word is None:
        return None
    try:
        return figures.parse(figures.unwrapped(word.text, by_width=True))
    except figures.NotAFigure:
        unread.append(Unread("cell_unparsed", f"funds: {name} is not a printed number"))
        return None


def quantity(text: str | None, name: str, unread: list[Unread]) -> Decimal | None:
    """A weight, a score or a rate, null where nothing is printed, null and told where no number."""
    word = squeeze(text or "").removesuffix("分")
    if not word or word in BLANK:
        return None
    found = number(word)
    exponent = found.as_tuple().exponent if found is not None else 0
    if found is None or not isinstance(exponent, int) or -exponent > DECIMALS:
        unread.append(Unread("cell_unparsed", f"{name} is not a printed number"))
        return None
    return found


def unit_of_money(section: Section, rows: Sequence[Row]) -> str | None:
    """The one unit printed in head or header, else in the lines above the table."""
    texts = [folded(squeeze(word.text)) for row in rows for word in row.words]
    inside = {unit for text in texts for unit in UNIT_OF_MONEY.findall(text)}
    above = [folded(squeeze(text)) for text in (*section.captions, *texts)]
    return sole(inside) or sole({unit for text in above for unit in UNIT_ABOVE.findall(text)})
