"""Rows found by their classification codes, in one list, in blocks of it, or on two sides.

Here: codes in one piece or three, and the side and block each belongs to. Not here: rows named by
label (labelled).
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.codes.code_lists import load
from pipeline.forms.family import Side
from pipeline.forms.flow.atoms import Atom, Kind
from pipeline.forms.flow.cursor import MAX_NAME_ATOMS, Cursor, Segment, stray
from pipeline.forms.flow.headings import Heading
from pipeline.forms.wording import TOTALS, canon_label, squeeze

# A spreadsheet may have taken the zero of a part.
CODE_PART = re.compile(r"\d{1,2}")


def by_code(heading: Heading, cursor: Cursor) -> list[Segment]:
    """Rows found by their codes, in one list, several blocks of it or two sides."""
    sides = [side for side in heading.form.sides if side.columns]
    several = len(sides) > 1 or sides[0].blocks > 1
    found: list[Segment] = []
    last: dict[int, str] = {}
    while cursor.now.kind is not Kind.END:
        begin, before = cursor.now, found[-1] if found else None
        code = take_code(cursor, several) or ""
        # The first row of a list may have lost its name: that of the total.
        nameless = not found and not several and begin.is_cell and not code
        if not code and not nameless and begin.kind is not Kind.TEXT:
            raise stray(begin, "a figure without a row")
        name = take_name(cursor, sides[0])
        if nameless:
            side, block = sides[0], 0
        elif code:
            side, block = place_of(code, begin, before, sides, last)
            if len(sides) == 1:
                last[block] = code
        elif is_named_row(name, sides[0]):
            side, block = sides[0], next_block(before, begin, sides[0].blocks)
            if len(sides) > 1 and by_place(begin, before, sides) != sides[0]:
                side = sides[-1]
        else:
            raise stray(begin, f"{name[:20]!r} is neither a code nor a total")
        cells = cursor.cells(lambda c: begins_code(c, several))
        starts = before is None or (sides.index(side), block) <= (
            sides.index(before.side),
            before.block,
        )
        found.append(Segment(side, cells, cursor.now, begin.line, name, code, "", block, starts))
    return found


def begins_code(cursor: Cursor, several: bool) -> bool:
    """Whether a row begins here with its code: it begins a line, or other lists stand before it."""
    atom = cursor.now
    if not atom.is_code or not (several or atom.first):
        return False
    follows = cursor.ahead(1 + parts(cursor))
    return follows.kind is Kind.TEXT or (atom.first and atom.text in listed_codes())


def parts(cursor: Cursor) -> int:
    """How many parts of a code (款, 项) stand apart from its first one: a name follows them."""
    count = 0
    while len(cursor.now.text) == 3 and count < 2:
        part = cursor.ahead(count + 1)
        if part.first or not CODE_PART.fullmatch(part.text):
            break
        count += 1
    return count if cursor.ahead(count + 1).kind is Kind.TEXT else 0


def take_code(cursor: Cursor, several: bool) -> str | None:
    """The code here, in one piece or in three (类, 款, 项)."""
    if not begins_code(cursor, several):
        return None
    apart = range(1, 1 + parts(cursor))
    code = cursor.now.text + "".join(cursor.ahead(n).text.zfill(2) for n in apart)
    cursor.at += 1 + len(apart)
    return code


def take_name(cursor: Cursor, side: Side) -> str:
    """The name here, of as many lines as it is wrapped on."""
    text = ""
    while cursor.now.kind is Kind.TEXT:
        if text and cursor.now.first and is_named_row(run_of(cursor), side):
            break
        text += cursor.now.text
        cursor.at += 1
    return squeeze(text)


def run_of(cursor: Cursor) -> str:
    """The words from here to the next figure."""
    text = ""
    for count in range(MAX_NAME_ATOMS):
        if cursor.ahead(count).kind is not Kind.TEXT:
            break
        text += cursor.ahead(count).text
    return text


def is_named_row(text: str, side: Side) -> bool:
    """Whether a label is that of a total or of another row without a code."""
    name = canon_label(text)
    return name in TOTALS or any(name in rule.labels for rule in side.rules)


def place_of(
    code: str, atom: Atom, before: Segment | None, sides: list[Side], last: dict[int, str]
) -> tuple[Side, int]:
    """The side and block of a code.

    A side by its list where the lists differ, else by its place in the row; the next block of the
    row in which codes go on rising, else the first one.
    """
    if len(sides) > 1:
        revenues = any(side.code_system == "revenue" for side in sides)
        if revenues and code.startswith("1"):
            last[0] = code
            return sides[0], 0
        if revenues and last.get(0, "").startswith("1"):
            return sides[-1], 0
        return by_place(atom, before, sides), 0
    blocks = range(sides[0].blocks)
    later = [b for b in blocks if before is not None and b > before.block]
    rising = [b for b in (*later, *blocks) if last.get(b, "") < code]
    return sides[0], rising[0] if rising else 0


def by_place(atom: Atom, before: Segment | None, sides: list[Side]) -> Side:
    """The side by the place in the row: the first, unless it is taken or blank there."""
    taken = before is not None and before.side == sides[0] and before.line == atom.line
    return sides[-1] if taken or (atom.first and atom.spaces > 1) else sides[0]


def next_block(before: Segment | None, atom: Atom, blocks: int) -> int:
    """The block of a row without a code: the last ones share the total row half and half."""
    same_row = before is not None and not before.code and not atom.first
    return blocks // 2 if same_row else 0


@cache
def listed_codes() -> frozenset[str]:
    """Every code of the official lists."""
    return frozenset(
        code
        for rows in (load("function"), load("revenue"), load("economic"))
        for code in rows["code"]
    )
