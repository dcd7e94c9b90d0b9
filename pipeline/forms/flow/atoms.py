"""Lines of flowing text cut into atoms: words, numbers, dashes, and the blanks between them.

Here: what is one token although it is jammed (`453340.0230201办公费`), and how many blank cells
the blanks may stand for. Not here: which form the atoms belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from pipeline.forms.figures import NO_VALUE
from pipeline.readers.shapes import Paragraph

FIGURE = re.compile(r"[-−－△▲(（]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?[)）]?")
# A piece of a figure that blanks have torn: it ends or begins with its point.
TORN = re.compile(r"[-−－△▲]?\d[\d,]*[.,]|\.\d{1,2}")
DECIMALS = r"(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2}"
AMOUNT_FIRST = re.compile(rf"(-?{DECIMALS})(?=[^\d.,%％）)])")
AMOUNT_LAST = re.compile(rf"(?<![\d.,%-])(-?{DECIMALS})$")
AMOUNT_INSIDE = re.compile(rf"(?<=[^\d.,%-])(-?{DECIMALS})(?=[^\d.,%％）)])")
AMOUNT_BEFORE_CODE = re.compile(rf"(-?{DECIMALS})(?=\d{{3}}(?:\d\d){{0,2}}(?:[^\d.,]|$))")
AMOUNT_IN_NAME = re.compile(r"\d\.\d\d(?![\d%％])")
TWO_AMOUNTS = re.compile(rf"({DECIMALS})(?={DECIMALS}$)")
CODE_FIRST = re.compile(r"(\d{3}(?:\d\d){0,2})(?=[\u4e00-\u9fff（(])")
ORDINAL_INSIDE = re.compile(r"(?<=[^一二三四五六七八九十、（(])(?=[一二三四五六七八九十]{1,3}、)")
CODE = re.compile(r"\d{3}(?:\d\d){0,2}")


class Kind(Enum):
    """What an atom is."""

    TEXT = "text"
    NUMBER = "number"
    DASH = "dash"
    END = "end"


@dataclass(frozen=True, slots=True)
class Atom:
    """A token, and the blanks before it: `spaces` on its own line; where it begins one, `above`
    those at the end of the line before and `between` those on lines of nothing but blanks.
    """

    kind: Kind
    text: str
    line: int
    spaces: int
    above: int | None = None
    between: int = 0
    indent: str = ""

    @property
    def first(self) -> bool:
        """Whether the atom begins a line."""
        return self.above is not None

    @property
    def is_code(self) -> bool:
        """Whether it has the form of a classification code."""
        return self.kind is Kind.NUMBER and bool(CODE.fullmatch(self.text))

    @property
    def is_cell(self) -> bool:
        """Whether it fills a money cell."""
        return self.kind in (Kind.NUMBER, Kind.DASH)


def atoms(lines: Iterable[Paragraph], coded: bool) -> tuple[Atom, ...]:
    """The atoms of some lines and one that ends them.

    Where rows have codes (`coded`), these are parted from what they touch.
    """
    found: list[Atom] = []
    above = between = 0
    for line in lines:
        if not line.text.strip():
            between += len(line.text)
            continue
        found += of_line(line, above, between, coded)
        above, between = len(line.text) - len(line.text.rstrip()), 0
    end = Atom(Kind.END, "", found[-1].line if found else 0, 0, above=above, between=between)
    return (*found, end)


def of_line(line: Paragraph, above: int, between: int, coded: bool) -> Iterator[Atom]:
    """The atoms of one line; the first knows the blanks above it."""
    end = 0
    for token in re.finditer(r"\S+", line.text):
        blanks = line.text[end : token.start()]
        for index, piece in enumerate(pieces(token[0], coded)):
            first = end == 0 and index == 0
            yield Atom(
                kind=kind_of(piece),
                text=piece,
                line=line.place.line or 0,
                spaces=len(blanks) if index == 0 else 0,
                above=above if first else None,
                between=between if first else 0,
                indent=blanks if first else "",
            )
        end = token.end()


def kind_of(piece: str) -> Kind:
    """What a piece is."""
    if FIGURE.fullmatch(piece) or TORN.fullmatch(piece):
        return Kind.NUMBER
    return Kind.DASH if NO_VALUE.fullmatch(piece) else Kind.TEXT


def has_amount(name: str) -> bool:
    """Whether an amount is still jammed into a name."""
    return bool(AMOUNT_IN_NAME.search(name))


def pieces(token: str, coded: bool) -> list[str]:
    """A token parted where two cells touch: amount and name, amount and code, code and name."""
    if FIGURE.fullmatch(token):
        return [token]
    found = None
    if coded:
        found = AMOUNT_BEFORE_CODE.match(token) or CODE_FIRST.match(token)
    found = found or TWO_AMOUNTS.match(token) or AMOUNT_FIRST.match(token)
    if found:
        return [found[1], *pieces(token[found.end(1) :], coded)]
    if (inside := AMOUNT_INSIDE.search(token) or AMOUNT_LAST.search(token)) and inside.start():
        rest = token[inside.end(1) :]
        head = pieces(token[: inside.start()], coded)
        return [*head, inside[1], *(pieces(rest, coded) if rest else [])]
    return [piece for piece in ORDINAL_INSIDE.split(token) if piece]
