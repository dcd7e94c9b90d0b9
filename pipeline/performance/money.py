"""Amounts of performance forms: one printed number, or the pieces damage left of it.

Here: every reading that pieces of a number allow, the likeliest first, and which of them sources
and totals agree on. A digit is never supplied: a glyph on the border of two cells is seen twice,
and one of the two is left out. Not here: which cell is an amount (heads).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product

from pipeline.forms import figures

GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+|0|[1-9]\d*")
NUMBERLIKE = re.compile(r"[\d,.，。\s(（/\-]*\d[\d,.，。\s(（/\-]*|[(（]")
#: so many readings of one amount are weighed
MAX_READINGS = 6


def printed(text: str) -> Decimal | None:
    """The value of a text that is one printed number."""
    try:
        return figures.parse(text)
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
    total: Sequence[Decimal], sources: Sequence[Sequence[Decimal]], known: Decimal | None = None
) -> tuple[Decimal | None, tuple[Decimal | None, ...]]:
    """Total and sources, each the reading that the sum of the sources confirms.

    `known` is what the table of projects prints: of several readings the one it confirms holds. An
    amount of several readings that nothing confirms is null.
    """
    if known is not None and len(total) != 1:
        total = [t for t in total if abs(t - known) <= 50] or total
    choices = [list(s) if s else [None] for s in sources]
    best: tuple[int, Decimal, tuple[Decimal | None, ...]] | None = None
    for rank, whole in enumerate(total):
        for ranks in product(*(range(len(c)) for c in choices)):
            picked = tuple(c[r] for c, r in zip(choices, ranks, strict=True))
            if sum((p for p in picked if p is not None), Decimal(0)) == whole:
                cost = rank + sum(ranks)
                if best is None or cost < best[0]:
                    best = (cost, whole, picked)
    if best is not None:
        return best[1], best[2]
    return sole(total), tuple(sole(s) for s in sources)


def sole(found: Sequence[Decimal]) -> Decimal | None:
    """The only reading, null of none or several."""
    return found[0] if len(found) == 1 else None
