"""Classification codes as printed: in one column or three, with or without marks between parts.

Here: from the cells of a row to its code. Not here: the lists of codes, and rows (body, rows).
"""

from __future__ import annotations

import re

from pipeline.forms.wording import squeeze

# The last header row of a code printed in three columns; some publishers print the total beside it.
CODE_PARTS = frozenset({"类", "款", "项"})
PARTED = re.compile(r"[0-9]{3}(?:([.\-－])[0-9]{2})(?:\1[0-9]{2})?")


def joined_code(parts: list[str]) -> str:
    """A code printed in one column, or in one column each for 类, 款 and 项.

    The parts after the first have two digits, whatever a spreadsheet made of their zeros; where
    each column prints the whole code so far (201, 20103, 2010301), the last one is the code.
    """
    printed = [parted_code(squeeze(part)) for part in parts]
    if set(printed) - {""} <= CODE_PARTS:
        return ""
    whole, *rest = printed
    digits = whole.isdigit() and len(whole) == 3
    for part in rest:
        if digits and part.isdigit():
            grows = len(part) == len(whole) + 2 and part.startswith(whole)
            whole = part if grows else whole + part.zfill(2)
        else:
            whole += part
    return whole


def parted_code(code: str) -> str:
    """A code without the marks that some print between its parts: 201.03.01, 201-03."""
    return re.sub(r"[.\-－]", "", code) if PARTED.fullmatch(code) else code
