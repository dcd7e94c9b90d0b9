"""Cells and lines of OCR markdown as plain text: marks, tags and entities taken away.

Here: one text at a time. A figure keeps exactly its digits: blanks beside point and comma go,
everything doubtful stays, so that it is no printed number for whoever reads on. Not here: which
lines are rows (markdown_blocks), and what a cell means (the forms).
"""

from __future__ import annotations

import html
import re
from decimal import Decimal
from functools import lru_cache

TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,9})(?:\s[^<>]{0,300})?/?>")
BREAKS = frozenset({"br", "p", "div", "li"})
# What is raised, lowered or struck out is no part of what stands beside it.
APART = frozenset({"sup", "sub", "s", "del", "ins", "strike"})
INLINE = re.compile(
    r"[abiu]|em|strong|span|font|small|big|center|mark|code|img|hr|[uo]l|label|caption"
    r"|table|tbody|thead|tfoot|colgroup|col|tr|t[dh]"
)
BOLD = re.compile(r"\*\*([^*\n]{1,300})\*\*|(?<!\w)__([^_\n]{1,300})__(?!\w)")
ITALIC = re.compile(r"\*([^*\n]{1,300})\*")
ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|$~<>])")
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
BESIDE_MARK = re.compile(r"[ \t\u3000\u00a0]*([.,])[ \t\u3000\u00a0]*")
PRINTED = re.compile(
    r"(?P<sign>[-−－△▲]?)(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d{1,2})?"
)
# Dots and strokes that rulings and dirt leave; points, commas and dashes may be of a figure.
SPECK = re.compile(r"[·•・'‘’`´\s]+")
HAN = r"\u3400-\u9fff（）()【】《》“”、，。：；:,;①-⑳"
GAP = re.compile(rf"(?<=[{HAN}])[ \t\u3000\u00a0]+(?=[{HAN}])")
RULING = re.compile(r"(?<=[\u3400-\u9fff）)])[ \u3000\u00a0][—–―─-]{1,3}$")
HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
CLOSING = re.compile(r"[ \t]#+$")
BULLET = re.compile(r"[-*+][ \t]+(?=\S)")


def cell_text(text: str) -> str:
    """A cell as printed: leading blanks kept (they may be indentation), marks taken away."""
    plain = unmarked(text).rstrip()
    number = as_number(plain)
    if number is not None:
        return number
    if SPECK.fullmatch(plain):
        return ""
    indent = plain[: len(plain) - len(plain.lstrip())]
    return indent + RULING.sub("", GAP.sub("", plain.lstrip()))


def line_text(text: str) -> str:
    """A line outside tables without the marks of a heading, a list or emphasis."""
    plain = text.strip()
    heading = HEADING.match(plain)
    if heading:
        plain = CLOSING.sub("", plain[heading.end() :])
    elif bullet := BULLET.match(plain):
        plain = plain[bullet.end() :]
    return GAP.sub("", " ".join(unmarked(plain).split()))


def is_heading(text: str) -> bool:
    """Whether a line is a markdown heading."""
    return HEADING.match(text) is not None


def unmarked(text: str) -> str:
    """A text without tags and emphasis; entities and escapes are decoded once, after them."""
    plain = TAG.sub(in_place_of, text)
    plain = BOLD.sub(lambda found: found[1] or found[2], plain)
    if whole := ITALIC.fullmatch(plain.strip()):
        plain = whole[1]
    return html.unescape(ESCAPED.sub(r"\1", plain))


def in_place_of(tag: re.Match[str]) -> str:
    """What a tag leaves: a line break, a blank, or nothing; unknown ones stay as they stand."""
    name = tag[1].lower()
    if name in BREAKS:
        return "\n"
    if name in APART:
        return " "
    return "" if INLINE.fullmatch(name) else tag[0]


def as_number(text: str) -> str | None:
    """A cell that is one printed number, without blanks beside point and comma; else null.

    A blank between digits, letters for digits and points in threes leave it no number.
    """
    plain = text.strip().translate(FULL_WIDTH)
    negative = plain[:1] in ("(", "（") and plain[-1:] in (")", "）")
    bare = plain[1:-1].strip() if negative else plain
    joined = BESIDE_MARK.sub(r"\1", bare)
    if PRINTED.fullmatch(joined) is None:
        return None
    return f"({joined})" if negative else joined


@lru_cache(maxsize=65_536)
def value(text: str) -> Decimal | None:
    """The value of a cleaned cell that is a printed number, null for every other."""
    plain = text.strip()
    negative = plain[:1] == "(" and plain[-1:] == ")"
    found = PRINTED.fullmatch(plain[1:-1] if negative else plain)
    if found is None or not plain.isascii() or len(plain) > 24:
        return None
    amount = Decimal(found["digits"].replace(",", "") + (found["decimals"] or ""))
    return -amount if negative or found["sign"] else amount
