"""Amounts of performance forms: one printed number, or the pieces damage left of it.

Here: every reading that pieces of a number allow, the likeliest first, and which of them sources
and totals agree on. A digit is never supplied: a glyph on the border of two cells is seen twice,
and one of the two is left out. Not here: which cell is an amount (heads).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import product
from typing import TypeVar

from pipeline.forms import figures

GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+|0|[1-9]\d*")
NUMBERLIKE = re.compile(r"[\d,.，。\s(（/\-]*\d[\d,.，。\s(（/\-]*|[(（]")
# An amount does not begin with 0.
LEADING_ZERO = re.compile(r"0[,\d]")
T = TypeVar("T")
YUAN = {"元": Decimal(1), "万元": Decimal(10_000)}
#: 元 against 万元 with two decimals
HALF_STEP = Decimal(50)
LIMIT = Decimal(10) ** 13
#: what it costs to take a number for dirt
DIRT = 3
#: so many readings of one amount are weighed
MAX_READINGS = 6


def printed(text: str) -> Decimal | None:
    """The value of a text that is one printed number."""
    try:
        return None if LEADING_ZERO.match(text.strip()) else figures.parse(text)
    except figures.NotAFigure:
        return None


def is_numberlike(text: str) -> bool:
    """Whether a text is a number or a piece of one."""
    return NUMBERLIKE.fullmatch(text.strip()) is not None


def readings(texts: Sequence[str]) -> tuple[Decimal, ...]:
    """What the pieces of one amount may say, the likeliest first; a whole number says one thing."""
    if len(texts) == 1 and (value := printed(texts[0])) is not None:
        return (value,)
    cleaned = [re.sub(r"[.，。]", ",", re.sub(r"[\s(（/\-]", "", text)) for text in texts]
    found: list[Decimal] = []
    for size in range(len(cleaned), 0, -1):
        for start in range(len(cleaned) - size + 1):
            for text in together(cleaned[start : start + size]):
                whole = text.strip(",")
                if GROUPED.fullmatch(whole):
                    found.append(Decimal(whole.replace(",", "")))
    return tuple(dict.fromkeys(found))[:MAX_READINGS]


def together(parts: Sequence[str]) -> Iterator[str]:
    """Pieces as one text; at each border as they are, or with the digit seen twice once."""
    if len(parts) == 1:
        yield parts[0]
        return
    for rest in together(parts[1:]):
        yield parts[0] + rest
        if parts[0][-1:].isdigit() and rest[:1].isdigit():
            yield parts[0][:-1] + rest
            yield parts[0] + rest[1:]


def agreed(
    total: Sequence[Decimal],
    sources: Sequence[Sequence[Decimal] | None],
    known: Collection[Decimal] = (),
) -> tuple[Decimal | None, tuple[Decimal | None, ...]]:
    """Total and sources of a damaged page, each the reading that the sum of the sources confirms.

    A source is null where nothing is printed, and without readings where what is printed is none.
    `known` are the amounts of the table of projects: of several readings of a total the one that
    is among them holds. A number beside an empty field may be dirt. One unreadable source is what
    the others leave of the total. An amount of several readings that nothing confirms is null.
    """
    near = {t: min((abs(t - k) for k in known), default=LIMIT) for t in total if t}
    confirmed = sorted((t for t in near if near[t] <= HALF_STEP), key=lambda t: near[t])
    total = confirmed[:1] or total
    choices = [[(r, n) for n, r in enumerate(s or ())] + [(None, DIRT)] for s in sources]
    best: tuple[int, Decimal, tuple[Decimal | None, ...]] | None = None
    for rank, whole in enumerate(total):
        for picked in product(*choices):
            values = [value for value, _ in picked]
            cost = rank + sum(n for (_, n), s in zip(picked, sources, strict=True) if s)
            rest = whole - sum((v for v in values if v is not None), Decimal(0))
            lost = [n for n, s in enumerate(sources) if s is not None and not s]
            if len(lost) == 1 and rest >= 0:
                values[lost[0]], rest = rest, Decimal(0)
            if rest == 0 and (best is None or cost < best[0]):
                best = (cost, whole, tuple(values))
    if best is not None:
        return best[1], best[2]
    return sole(total), tuple(sole(s or ()) for s in sources)


def sole(found: Sequence[T]) -> T | None:
    """The only reading, null of none or several."""
    return found[0] if len(found) == 1 else None
