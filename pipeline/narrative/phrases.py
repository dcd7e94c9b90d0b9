"""Phrases to subjects: what stands before (or behind) a figure, as the wordings declare it.

Here: the compiled wordings, and the names of function and economic items. Not here: verbs, bases
and what refers back (grammar).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from pipeline.codes.code_lists import class_code_of, load
from pipeline.forms.wording import folded, squeeze
from pipeline.narrative.patterns import declared, wordings

YEAR = r"(?:19|20)\d{2}年"
# 一般公共服务支出(类)财政事务(款)行政运行(项), also as the start of a paragraph.
MARK = r"\(\d{0,7}(?:类|款|项)\)"
MARKED = rf"(?:[^,;:。\"()]|\((?!\d*(?:类|款|项)\))[^()]{{1,12}}\))+{MARK}"
PATH = re.compile(rf"(?P<path>(?:{MARKED})+)(?P<rest>(?:支出|科目)*\"?(?:科目)?)$")
QUOTED = re.compile(r"\"(?P<path>[^\"]{2,90})\"(?:科目)?$")
LEADING = re.compile(
    r"^(?:\([一二三四五六七八九十\d]+\)|\d{1,2}[、.．]|[一二三四五六七八九十]+、|\"|其中[:,]?|支出包括[:,]?)+"
)
# 行政运行(2010601), and 2010601行政运行.
CODED = re.compile(
    r"(?P<path>[^,;:。、()\"\d]{2,40}\((?P<code>\d{3}(?:\d\d){0,2})\)"
    r"|(?<![\d.])(?P<first>\d{5}(?:\d\d)?)[\u4e00-\u9fff()]{2,40})$"
)
CONNECTION = re.compile(r"^(?:以及|及|和|与)")
LAST_WORD = re.compile(r"(?P<word>[^,;:。、()\"]+(?:\((?:类|款|项)\))?)$")
TRAILING = re.compile(
    rf"(?:{YEAR}度?)?(?:当年)?(?:年初)?(?:预算|决算)?(?:数|安排)?(?:合计)?(?:为|共)?$"
)
ECONOMIC = re.compile(r"基本支出|机关运行经费")


@dataclass(frozen=True)
class Phrase:
    """One wording: where it applies, and the subject it names."""

    subject: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    section: re.Pattern[str] | None
    within: re.Pattern[str] | None
    kind: str | None
    part: str | None
    scope: str | None
    klass: str
    units: tuple[str, ...]
    whole: bool


@dataclass(frozen=True)
class Named:
    """A subject as a text names it: the words (from, to) in the text it was looked for in."""

    subject: str
    start: int
    end: int
    whole: bool = False


@dataclass(frozen=True)
class Where:
    """What a phrase may depend on."""

    kind: str
    part: str
    scope: str
    section: str
    sentence: str
    klass: str
    unit: str | None


@cache
def phrases() -> tuple[Phrase, ...]:
    """Every declared phrase."""
    return tuple(compiled(one) for one in wordings())


def compiled(one: dict[str, Any]) -> Phrase:
    """A declared phrase with its patterns."""
    words = one.get("words")
    tail = with_years(declared("figures")["tail"])
    return Phrase(
        subject=one["subject"],
        before=re.compile(rf"(?P<words>{with_years(words)}){tail}$") if words else None,
        after=re.compile(with_years(one["after"])) if "after" in one else None,
        section=re.compile(one["section"]) if "section" in one else None,
        within=re.compile(one["within"]) if "within" in one else None,
        kind=one.get("kind"),
        part=one.get("part"),
        scope=one.get("scope"),
        klass=one.get("class", "money"),
        units=tuple(one.get("units", ())),
        whole=one.get("whole") == "head",
    )


def with_years(words: str) -> str:
    """A declared pattern with its years."""
    return words.replace("{Y}年?", f"(?:{YEAR})?").replace("{Y}年", YEAR).replace("{Y}", YEAR)


def applies(phrase: Phrase, where: Where) -> bool:
    """Whether a phrase may be meant here."""
    return (
        phrase.klass == where.klass
        and phrase.kind in (None, where.kind)
        and phrase.part in (None, where.part)
        and phrase.scope in (None, where.scope)
        and (not phrase.units or where.unit in phrase.units)
        and (phrase.section is None or phrase.section.search(where.section) is not None)
        and (phrase.within is None or phrase.within.search(where.sentence) is not None)
    )


def subject_before(text: str, where: Where) -> Named | None:
    """The subject that a text ends with: an item by its name, else the longest phrase."""
    found = []
    for order, phrase in enumerate(phrases()):
        if phrase.before is None or phrase.after is not None or not applies(phrase, where):
            continue
        if match := phrase.before.search(text):
            start, end = match.span("words")
            narrow = (phrase.kind, phrase.scope, phrase.section, phrase.within)
            preferred = sum(one is not None for one in narrow)
            found.append((start, -preferred, -order, phrase, end))
    item = item_before(text, where) if where.klass == "money" else None
    if item is not None and all(item.start <= start for start, *_ in found):
        return item
    item = class_before(text) if where.klass == "money" else None
    if item is not None and all(item.start < start + (not better) for start, better, *_ in found):
        return item
    item = listed_before(text, where) if where.klass == "money" else None
    if item is not None and all(item.start < start for start, *_ in found):
        return item
    if not found:
        return None
    start, _, _, phrase, end = min(found, key=lambda one: one[:3])
    return Named(phrase.subject, start, end, phrase.whole)


def subject_after(text: str, before: str, where: Where) -> Named | None:
    """The subject that the text behind a figure begins with."""
    for phrase in phrases():
        if phrase.after is None or not applies(phrase, where):
            continue
        if phrase.before is not None and not phrase.before.search(before):
            continue
        if match := phrase.after.match(text):
            return Named(phrase.subject, *match.span())
    return None


def item_before(text: str, where: Where) -> Named | None:
    """A function or economic item that a text ends with: 类, 款 and 项, or a quoted path."""
    bare = text[: TRAILING.search(text).start()]  # type: ignore[union-attr]
    if (quoted := QUOTED.search(bare)) and "(" not in quoted["path"].replace("(室)", ""):
        names = re.split(r"[-—－]", quoted["path"])
        subject = "function_item" if len(names) > 1 else class_subject(names[0])
        return Named(subject, *quoted.span("path")) if subject else None
    if match := PATH.search(bare):
        start = match.start("path") + leading(match["path"])
        return Named(marked_subject(match["path"], where), start, match.end("path"))
    if coded := CODED.search(bare):
        start = coded.start("path") + leading(coded["path"])
        return Named(coded_subject(coded["code"] or coded["first"]), start, coded.end("path"))
    return None


def class_before(text: str) -> Named | None:
    """A functional class that a text ends with by its bare name."""
    bare = text[: TRAILING.search(text).start()]  # type: ignore[union-attr]
    if word := LAST_WORD.search(bare):
        start = word.start() + leading(word["word"])
        name = CONNECTION.sub("", bare[start : word.end()])
        if subject := class_subject(name):
            return Named(subject, word.end() - len(name), word.end())
    return None


def listed_before(text: str, where: Where) -> Named | None:
    """An item that a text ends with by its bare name in a code list, where items are listed."""
    bare = text[: TRAILING.search(text).start()]  # type: ignore[union-attr]
    word = LAST_WORD.search(bare)
    if word is None:
        return None
    start = word.start() + leading(word["word"])
    name = CONNECTION.sub("", bare[start : word.end()])
    subject = listed_subject(name, where)
    return Named(subject, word.end() - len(name), word.end()) if subject else None


def coded_subject(code: str) -> str:
    """The subject of an item that is named with its code."""
    if code.startswith("3"):
        return "economic_item"
    return "expenditure_class" if len(code) == len("201") else "function_item"


def listed_subject(name: str, where: Where) -> str | None:
    """The subject of a bare name that a code list holds, where the section lists such items."""
    lists = {"function_item": function_names(), "economic_item": economic_names()}
    rules = declared("sections")["items"]
    for subject in sorted(lists, reverse=not ECONOMIC.search(where.section)):
        known = name in lists[subject] or name.removesuffix("支出") in lists[subject]
        if known and re.search(rules[subject], where.section):
            return subject
    return None


@cache
def economic_names() -> frozenset[str]:
    """Every name of the economic classification, as compared."""
    return listed_names(load("economic").get_column("name_zh"))


@cache
def function_names() -> frozenset[str]:
    """Every name of a functional group or item, as compared."""
    rows = load("function").filter(pl.col("level") != "类")
    return listed_names(rows.get_column("name_zh"))


def listed_names(names: Iterable[str]) -> frozenset[str]:
    """Names as sentences print them; 支出 at the end of a longer one may be left out."""
    plain = {folded(squeeze(name)) for name in names}
    short = {name.removesuffix("支出") for name in plain if len(name) > len("其他支出")}
    return frozenset(plain | short)


def leading(path: str) -> int:
    """How much of a path is enumerator, quote or connection."""
    match = LEADING.match(path)
    return match.end() if match else 0


def class_subject(name: str) -> str | None:
    """The subject of a bare class name, null where it is none."""
    if not name.endswith(("支出", "(类)")):
        return None
    return "expenditure_class" if class_code_of(name) else None


def marked_subject(path: str, where: Where) -> str:
    """The subject of a path by its last mark, and by the section it stands in."""
    last = path.rstrip()[-2]
    if last == "项":
        return "function_item"
    if ECONOMIC.search(where.section):
        return "economic_item"
    return "expenditure_class" if last == "类" else "function_item"
