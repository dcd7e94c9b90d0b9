"""Figures in prose: a number with its unit, found in folded text.

Here: what is a figure of a sentence and what is a year, a limit or an enumerator. Not here: what
it measures (grammar).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.narrative.patterns import declared

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+"
CHINESE = "[一二两三四五六七八九十]{1,3}"
DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
# Counts that prose writes in Chinese numerals; 一个机构两块牌子 is no figure.
CHINESE_UNITS = "个|家|名|人|辆"
SPELT = re.compile(
    rf"(?P<lead>共计|总计|共有|实有|内设|编制)(?P<number>{CHINESE})(?P<unit>{CHINESE_UNITS})"
)
ZERO = re.compile(r"为(?P<number>0)(?=[,;。]|$)")
# One unit, written in several ways.
SAME_UNIT = {name: "台（套）" for name in ("台(套)", "台(套、辆)", "台,套", "台、套")}
SIGNS = "-−"
RANGE = "-~至—"


@dataclass(frozen=True)
class Figure:
    """One figure of a text: where it stands, its value without separators, its unit and class.

    `unit` is null for a bare zero, which is no money in any unit.
    """

    start: int
    end: int
    value: str
    unit: str | None
    kind: str
    negative: bool = False


@cache
def units() -> tuple[tuple[str, str], ...]:
    """Every unit with its class, longest first."""
    found = [(unit, kind) for kind, names in declared("figures")["units"].items() for unit in names]
    return tuple(sorted(found, key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def pattern() -> re.Pattern[str]:
    """A number and its unit."""
    names = "|".join(re.escape(unit) for unit, _ in units())
    return re.compile(rf"(?<![\d.A-Za-z])(?P<number>{NUMBER})(?P<unit>{names})")


@cache
def limit() -> re.Pattern[str]:
    """What behind a figure makes it a limit."""
    return re.compile(declared("figures")["limit"])


def figures(text: str) -> Iterator[Figure]:
    """The figures of a folded text, in order."""
    found = [*counted(text), *spelt(text), *zeros(text)]
    yield from sorted(found, key=lambda figure: figure.start)


def counted(text: str) -> Iterator[Figure]:
    """Figures in digits, with a unit."""
    kinds = dict(units())
    for match in pattern().finditer(text):
        before = text[: match.start()]
        if is_limit(text, match) or is_range(before):
            continue
        unit = match["unit"]
        yield Figure(
            match.start(),
            match.end(),
            match["number"].replace(",", ""),
            SAME_UNIT.get(unit, unit),
            kinds[unit],
            before.endswith(tuple(SIGNS)),
        )


def is_limit(text: str, match: re.Match[str]) -> bool:
    """Whether a figure says from where on something counts, or is the code of an item."""
    code = match["unit"] == "项" and text[match.start() - 1 : match.start()] == "("
    return code or limit().match(text, match.end()) is not None


def is_range(before: str) -> bool:
    """Whether a number and a dash stand before: 2-3次 is a range, and no figure."""
    return len(before) > 1 and before[-1] in RANGE and before[-2].isdigit()


def spelt(text: str) -> Iterator[Figure]:
    """Counts in Chinese numerals, where the word before them says that they are counts."""
    kinds = dict(units())
    for match in SPELT.finditer(text):
        value = number_of(match["number"])
        if value is not None:
            unit = match["unit"]
            yield Figure(match.start("number"), match.end(), str(value), unit, kinds[unit])


def number_of(text: str) -> int | None:
    """A Chinese numeral below a hundred."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return DIGITS.get(text)
    if tens not in ("", *DIGITS) or ones not in ("", *DIGITS):
        return None
    return 10 * DIGITS.get(tens, 1) + DIGITS.get(ones, 0)


def zeros(text: str) -> Iterator[Figure]:
    """A bare 0 that stands for an amount: 公务用车购置为0."""
    for match in ZERO.finditer(text):
        yield Figure(match.start("number"), match.end(), "0", None, "money")


def in_yuan(value: str, unit: str | None) -> Decimal | None:
    """Money in yuan, exact to the fen; null where the unit is none of money or fen do not do."""
    factor = declared("figures")["yuan"].get(unit) if unit else "1"
    if factor is None:
        return None
    yuan = Decimal(value) * Decimal(factor)
    rounded = yuan.quantize(Decimal("0.01"))
    return rounded if rounded == yuan else None
