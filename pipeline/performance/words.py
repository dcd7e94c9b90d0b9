"""The printed words of performance forms: labels of fields, funds and columns, and the levels.

Here: loading the declarations (`forms/*.yml`, `levels.yml`), and what a printed text means as a
label or a level: as it stands, cut off at the cell's edge, or misread by a character. Not here:
where a label's value stands (heads, indicators).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.declared import all_beside, beside
from pipeline.forms.wording import folded, squeeze

SECTIONS = ("fields", "funds", "horizons", "columns", "personal")
# A label cut off at the edge of its cell, or misread by one character, is known from so many on.
MIN_CUT, MIN_LEVEL, MIN_MISREAD = 3, 4, 4
OF_WHICH = re.compile(r"^其中[:：]?")
UNIT_OF_MONEY = re.compile(r"\((?:(?:金额)?单位[:：])?(万?元)\)")
# The unit as a line above a table says it.
UNIT_ABOVE = re.compile(r"单位[:：](万?元)")
# A field of handlers with what forms add to it: 负责人(签字), 联系人及电话.
SIGNED = re.compile(
    r".{0,4}(?:负责人|经办人|填报人|填表人|联系人|制表人|审核人|联系电话)"
    r"(?:\(.{0,8}\)|签字|签章|姓名|及.{0,4}电话)?"
)
# Sources that no column is for: taken for no other word where print is damaged.
UNRELEASED = "fiscal"
ENDS = ":：.。;；,，、"


@dataclass(frozen=True)
class Label:
    """What a printed label asks for: the section and the field of it."""

    section: str
    field: str


def plain(text: str) -> str:
    """A label as compared: one script, no white space, no colon at its end, no 其中."""
    return OF_WHICH.sub("", folded(squeeze(text))).rstrip(ENDS)


def bare(text: str) -> str:
    """A label without a unit of money in brackets."""
    return UNIT_OF_MONEY.sub("", plain(text)).rstrip(ENDS)


@cache
def declared() -> tuple[dict[str, Any], ...]:
    """Every family's declaration, in file order."""
    return all_beside(__package__, "forms")


@cache
def labels() -> dict[str, Label]:
    """Every declared label; raises `ValueError` where two families mean different things by one."""
    found: dict[str, Label] = {}
    for family in declared():
        for section in SECTIONS:
            for field, words in family.get(section, {}).items():
                for word in words:
                    label = Label(section, field)
                    if found.setdefault(plain(word), label) != label:
                        raise ValueError(f"{word!r} means {found[plain(word)]} and {label}")
        for section in ("unit_of_money", "texts", "whole"):
            for word in family.get(section, ()):
                found.setdefault(plain(word), Label(section, section))
    return found


@cache
def ruled_columns() -> dict[str, str]:
    """The words of headers, those among them that only a table of sure columns may use."""
    words = {word: label.field for word, label in labels().items() if label.section == "columns"}
    for family in declared():
        for field, printed in family.get("ruled", {}).items():
            words |= dict.fromkeys(map(plain, printed), field)
    return words


@cache
def list_columns() -> dict[str, str]:
    """The words of headers that only a table of all projects may use."""
    return {
        plain(word): field
        for family in declared()
        for field, printed in family.get("listed", {}).items()
        for word in printed
    }


@cache
def titles() -> frozenset[str]:
    """The titles of performance forms, as compared."""
    return frozenset(plain(title) for family in declared() for title in family["titles"])


def label_of(text: str, only: str | None = None) -> Label | None:
    """The label a text is, null where it is none; `only` asks for labels of one section."""
    label = labels().get(plain(text)) or labels().get(bare(text))
    if label is None and SIGNED.fullmatch(plain(text)):
        label = Label("personal", "handler")
    return label if label and only in (None, label.section) else None


def nearly_label(text: str, only: str | None = None) -> Label | None:
    """The one label of which a text is the beginning, the end, or a misreading by a character."""
    word = bare(text)
    if (exact := label_of(text, only)) is not None:
        return exact
    known = {
        w: found
        for w, found in labels().items()
        if only in (None, found.section) and found.field != UNRELEASED
    }
    near = {found for w, found in known.items() if is_part(word, w) or is_misread(word, w)}
    return near.pop() if len(near) == 1 else None


def is_part(word: str, whole: str, least: int = MIN_CUT) -> bool:
    """Whether a word is what the edge of a cell left of another."""
    return least <= len(word) < len(whole) and (whole.startswith(word) or whole.endswith(word))


def is_misread(word: str, whole: str) -> bool:
    """Whether a word differs from another of its length by a character, or by two of many."""
    if len(word) != len(whole) or len(word) < MIN_MISREAD:
        return False
    different = sum(a != b for a, b in zip(word, whole, strict=True))
    return different <= max(1, len(whole) // 4)


@dataclass(frozen=True)
class Levels:
    """The closed vocabulary: first levels, and second levels with the first ones they stand under.

    `order` is how forms print the second levels, from quantity to satisfaction.
    """

    first: dict[str, str]
    second: dict[str, str]
    parents: dict[str, tuple[str, ...]]
    order: dict[str, int]


@cache
def levels() -> Levels:
    """The declared levels; the released spelling of each is the printed one."""
    first: dict[str, str] = {}
    second: dict[str, str] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for group in beside(__package__, "levels.yml"):
        first |= {plain(word): word for word in group["level1"]}
        for word in group["level2"]:
            second[plain(word)] = word
            parents[word] = (*parents.get(word, ()), *group["level1"])
    order = {word: place for place, word in enumerate(second.values())}
    return Levels(first, second, parents, order)


def level1_of(text: str, damaged: bool = False) -> str | None:
    """The first level a text names, if any; where print is damaged, also nearly."""
    return one_of(levels().first, text, damaged)


def level2_of(text: str, damaged: bool = False) -> str | None:
    """The second level a text names, if any; where print is damaged, also nearly."""
    return one_of(levels().second, text, damaged)


def one_of(known: dict[str, str], text: str, damaged: bool) -> str | None:
    """The one known word a text is, or, where print is damaged, is what is left of."""
    word = plain(text)
    if word in known or not damaged:
        return known.get(word)
    whole = [w for w in known if is_part(word, w, MIN_LEVEL) or is_misread(word, w)]
    return known[min(whole, key=lambda w: (len(w), w))] if agree(whole) else None


def agree(words: Iterable[str]) -> bool:
    """Whether words are spellings of one: each begins with the shortest of them."""
    found = sorted(words, key=len)
    return bool(found) and all(word.startswith(found[0]) for word in found)
