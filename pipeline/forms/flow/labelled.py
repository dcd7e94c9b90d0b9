"""Rows named by label: summaries and lists whose labels the form declares.

Here: known labels on one side or several side by side, wrapped or jammed, and row numbers (行次)
among the cells. Not here: rows with codes (coded), rows of any name (named).
"""

from __future__ import annotations

import re

from pipeline.codes.code_lists import class_code_of
from pipeline.forms.family import Side
from pipeline.forms.flow.atoms import Atom, Kind
from pipeline.forms.flow.cursor import MAX_NAME_ATOMS, Cursor, Segment, stray
from pipeline.forms.flow.headings import Heading
from pipeline.forms.wording import ORDINAL, canon_label, squeeze

ROW_NUMBER = re.compile(r"(\d{1,3})(?:\.0{1,2})?")
# Row numbers may leave out a few.
MAX_SKIP = 3


def by_labels(heading: Heading, cursor: Cursor) -> list[Segment]:
    """Rows named by label, on one side or several side by side, numbered or not."""
    sides = heading.form.sides
    found: list[Segment] = []
    while cursor.now.kind is not Kind.END:
        before = found[-1].side if found else None
        if cursor.now.kind is Kind.TEXT:
            begin = cursor.now
            side, label = take_label(cursor, heading, before)
            if side.side in heading.numbered and not take_row_number(cursor, side):
                raise stray(begin, "a row without its row number")
        elif (numbered := nameless(cursor, heading, sides, before)) is not None:
            begin, side, label = cursor.now, numbered, ""
            take_row_number(cursor, side)
        else:
            raise stray(cursor.now, "a figure without a row")
        cells = cells_of(cursor, heading, side)
        side = reaching(side, label, sides, cursor.now)
        starts = before is None or sides.index(side) <= sides.index(before)
        found.append(Segment(side, cells, cursor.now, begin.line, label, starts_row=starts))
    return found


def cells_of(cursor: Cursor, heading: Heading, side: Side) -> tuple[Atom, ...]:
    """The figures here, up to a row that has nothing but its row number."""
    return cursor.cells(lambda c: nameless(c, heading, heading.form.sides, side) is not None)


def reaching(side: Side, label: str, sides: tuple[Side, ...], after: Atom) -> Side:
    """The side that takes the rows whose label reaches over several, where this is such a row:
    nothing else is named on its line."""
    name = canon_label(label)
    wide = [s for s in sides if side.side in s.spans[:1]]
    known = [s for s in wide if any(name in rule.labels for rule in s.rules)]
    alone = after.first or after.kind is Kind.END
    return known[0] if known and alone else side


def take_row_number(cursor: Cursor, side: Side) -> bool:
    """Pass the row number (行次) here; false where the next number cannot be one."""
    match = ROW_NUMBER.fullmatch(cursor.now.text)
    last = cursor.row_numbers.get(side.side)
    if not match or not (last is None or last < int(match[1]) <= last + MAX_SKIP):
        return False
    cursor.row_numbers[side.side] = int(match[1])
    cursor.at += 1
    return True


def nameless(
    cursor: Cursor, heading: Heading, sides: tuple[Side, ...], current: Side | None
) -> Side | None:
    """The side of a row that has nothing but its row number, if one begins here."""
    match = ROW_NUMBER.fullmatch(cursor.now.text)
    if not match:
        return None
    for side in sides:
        last = cursor.row_numbers.get(side.side)
        left = side == sides[0]
        turn = cursor.now.first if left else current is None or current != side
        numbered = side.side in heading.numbered and last is not None
        if turn and numbered and int(match[1]) == (last or 0) + 1:
            return side
    return None


def take_label(cursor: Cursor, heading: Heading, before: Side | None) -> tuple[Side, str]:
    """The label here, of as many lines as it is wrapped on, and its side.

    The longest run of words that the form knows; an unknown label goes on while it is wrapped, and
    is one of the classes by its ordinal, or a row by its row number.
    """
    sides = heading.form.sides
    text, best = "", None
    for count in range(MAX_NAME_ATOMS):
        atom = cursor.ahead(count)
        if atom.kind is not Kind.TEXT:
            break
        text += atom.text
        if found := owners(text, sides):
            best = (count + 1, text, found)
    if best is not None:
        count, text, fitting = best
        side = choose(fitting, sides, before, cursor.now)
        cursor.at += count
        return side, squeeze(text)
    first, text = cursor.now, ""
    while cursor.now.kind is Kind.TEXT and (not text or is_wrapped(cursor.now)):
        if text and (owners(cursor.now.text, sides) or ORDINAL.match(cursor.now.text)):
            break
        text += cursor.now.text
        cursor.at += 1
    listed = [side for side in sides if any(not rule.labels for rule in side.rules)]
    if ORDINAL.match(text) and listed:
        return listed[0], squeeze(text)
    if first.first and sides[0].side in heading.numbered and ROW_NUMBER.fullmatch(cursor.now.text):
        return sides[0], squeeze(text)
    raise stray(first, f"{squeeze(text)[:20]!r} is no row that the form declares")


def is_wrapped(atom: Atom) -> bool:
    """Whether an atom may go on the one above it: nothing but a line break between."""
    return atom.first and not atom.spaces and not atom.above and not atom.between


def owners(text: str, sides: tuple[Side, ...]) -> list[tuple[Side, bool]]:
    """The sides that know a label, and whether by its name (else as one of the classes)."""
    name = canon_label(text)
    found = []
    for side in sides:
        if any(name in rule.labels for rule in side.rules):
            found.append((side, True))
        elif any(not rule.labels for rule in side.rules) and class_code_of(text):
            found.append((side, False))
    return found


def choose(
    fitting: list[tuple[Side, bool]], sides: tuple[Side, ...], before: Side | None, atom: Atom
) -> Side:
    """The side of a label that several know: the next one in the row."""
    known = [side for side, _ in fitting]
    later = before is not None and not atom.first
    position = sides.index(before) + 1 if later and before is not None else 0
    if atom.first and atom.spaces > 1 and len(known) > 1:
        position = 1
    after = [side for side in known if sides.index(side) >= position]
    return (after or known)[0]
