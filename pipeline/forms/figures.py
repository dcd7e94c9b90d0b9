"""The grammar of printed figures: what is a number, what is no value, and what is neither.

Here: one cell's text to an exact `Decimal` in the printed unit. Not here: units (the ledger).
"""

from __future__ import annotations

import re
from decimal import Decimal

NUMBER = re.compile(r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<decimals>\.[0-9]{1,2})?")
# A dash of any length, or a slash, says "no value"; it is not zero.
NO_VALUE = re.compile(r"[-−‐‑‒–—―─－_/／]+")
NEGATIVE = (("-", ""), ("−", ""), ("－", ""), ("△", ""), ("▲", ""), ("(", ")"), ("（", "）"))
MAX_DIGITS = 15


class NotAFigure(ValueError):
    """The text is neither blank, nor a dash, nor a printed number."""


def parse(text: str) -> Decimal | None:
    """The value of a money cell, null where it holds none (blank, or a dash of any length).

    More than two decimals are no print of money but an amount glued to what follows it.

    Accepts `1504.31`, `1,504.31` and the printed negatives `-1.00`, `(1.00)`, `△1.00`. Raises
    `NotAFigure` for everything else: a torn, jammed or wrapped number is never guessed, and
    neither scientific notation nor foreign digits are numbers.
    """
    plain = text.strip()
    if not plain or NO_VALUE.fullmatch(plain):
        return None
    negative = False
    for opening, closing in NEGATIVE:
        if plain.startswith(opening) and plain.endswith(closing):
            plain = plain[len(opening) : len(plain) - len(closing)]
            negative = True
            break
    found = NUMBER.fullmatch(plain)
    if found is None:
        raise NotAFigure(text)
    digits = found["digits"].replace(",", "")
    if len(digits) > MAX_DIGITS:
        raise NotAFigure(text)
    value = Decimal(digits + (found["decimals"] or ""))
    return -value if negative else value


def unwrapped(text: str, by_width: bool) -> str:
    """A figure that its narrow cell broke over lines, on one line again.

    Only where the pieces cannot be two figures: the break stands beside a point or comma, or the
    width of the cell forced it (`by_width`) and it parts the two decimals. Everything else keeps
    its break, and is no printed number then.
    """
    pieces = text.strip().split("\n")
    if len(pieces) == 1:
        return text
    whole = "".join(piece.strip() for piece in pieces)
    upper = "".join(piece.strip() for piece in pieces[:-1])
    lower = pieces[-1].strip()
    beside_mark = upper.endswith((".", ",")) or lower.startswith(".")
    short_decimals = len(upper.partition(".")[2]) == 1 and len(whole.partition(".")[2]) == 2
    return whole if beside_mark or (by_width and short_decimals) else text


def step(text: str) -> Decimal:
    """The printed step of a figure: 0.01 for `1504.31`, 1 for `340`."""
    _, point, decimals = text.strip().rstrip(")）").partition(".")
    return Decimal(1).scaleb(-len(decimals)) if point else Decimal(1)


def is_index_row(texts: list[str]) -> bool:
    """Whether a row numbers the columns (`1 2 3 …`, perhaps after 栏次): never amounts."""
    printed = [t.strip() for t in texts if t.strip()]
    found = [t for t in printed if "".join(t.split()) not in ("栏次", "行次")]
    enough = 1 if len(found) < len(printed) else 2
    return len(found) >= enough and found == [str(n) for n in range(1, len(found) + 1)]
