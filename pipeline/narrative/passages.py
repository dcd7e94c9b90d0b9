"""Prose to passages: the sections that state figures, their lines joined, every character placed.

Here: headings, what is skipped (contents, tables, duties, glossary, annexes, performance forms),
and the joining of wrapped lines. Not here: what the sentences say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from pipeline.forms.wording import folded, squeeze
from pipeline.narrative.patterns import declared
from pipeline.readers.shapes import Grid, Paragraph, Place

ORDINALS = "一二三四五六七八九十"
PART = re.compile(rf"^第[{ORDINALS}]+部分")
NUMBERED = re.compile(rf"^(?P<ordinal>[{ORDINALS}]{{1,3}})[、.．]")
# A line that begins a paragraph, whatever the line before it ends with.
BEGINS = re.compile(
    rf"^(?:\([{ORDINALS}]+\)|\d{{1,2}}[、.．](?!\d)|\(\d{{1,2}}\)|[①-⑳]|[{ORDINALS}]{{1,3}}、)"
)
# A heading within a section that speaks of duties or organisation: (一)主要职责.
INNER = re.compile(rf"^\([{ORDINALS}]{{1,3}}\)(?P<title>[^,:。]{{2,20}})。?$")
SENTENCE_END = ("。", ";", ":", "!")
IN_SENTENCE = re.compile(r"[。;!?]|\d(?:万元|元|%)")
PAGE_NUMBER = re.compile(r"^[-─—–_·\s]*(?:第\s*)?\d{1,3}(?:\s*页)?[-─—–_·\s]*$")
DOTS = re.compile(r"[.…·]{4,}")
# A row of a table without rules: its figures have no units.
BARE_FIGURE = re.compile(r"\d[\d,]*\.\d+")
WITH_UNIT = re.compile(r"\d(?:万元|亿元|元|%)|[。;，,；]")
# How far apart the ordinals of neighbouring sections may be (some may be lost); the first is any.
MAX_STEP = 3
# Full-width marks that `folded` leaves.
MARKS = str.maketrans({"％": "%", "﹪": "%", "．": ".", "？": "?", "！": "!", "－": "-"})
CONTINUED = re.compile(r"(?:说明|情况|情况说明|表)$")
MAX_CONTINUATION = 16


@dataclass(frozen=True)
class Text:
    """A paragraph as printed and folded, character by character, and where each stands."""

    printed: str
    folded: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Passage:
    """One section that states figures: its heading, kind, scope and paragraphs."""

    heading: str | None
    kind: str
    scope: str
    texts: tuple[Text, ...]


@dataclass
class Section:
    """The section that lines are being gathered for."""

    heading: str | None = None
    kind: str = "none"
    read: bool = False
    closed: bool = False
    ordinal: int = 0
    in_form: bool = False
    outer: Section | None = None
    lines: list[Paragraph | None] = field(default_factory=list)


def passages(items: Iterable[Paragraph | Grid]) -> Iterator[Passage]:
    """The sections that state figures, in reading order."""
    for section in sections(list(items)):
        texts = tuple(paragraphs(section.lines)) if section.read else ()
        if texts:
            scope = scope_of(section.heading or "")
            yield Passage(section.heading, section.kind, scope, texts)


def sections(items: list[Paragraph | Grid]) -> Iterator[Section]:
    """Every section with its lines; null stands for a table, which ends a paragraph."""
    part = current = Section()
    index = 0
    while index < len(items):
        item = items[index]
        index += 1
        if isinstance(item, Grid):
            current.lines.append(None)
            continue
        plain = plain_text(item.text)
        if not plain or PAGE_NUMBER.fullmatch(plain):
            continue
        following = next_line(items, index)
        ordinal = section_ordinal(plain, current.ordinal)
        if (is_part := opens_part(plain)) or ordinal is not None:
            heading = squeeze(item.text)
            if wraps(plain, following):
                heading += squeeze(printed_text(items[index]))
                index += 1
            yield current
            if is_part:
                part = current = part_section(heading)
            else:
                current = sub_section(heading, ordinal or 0, part)
        elif (inner := inner_section(plain, item.text, current)) is not None:
            yield current
            current = inner
        elif opens_form(plain):
            current.in_form = True
        elif not current.in_form:
            current.lines.append(item)
    yield current


def plain_text(text: str) -> str:
    """A line as compared."""
    return fold(squeeze(text))


def fold(text: str) -> str:
    """Text in one script and one kind of marks, character by character."""
    return folded(text).translate(MARKS)


def next_line(items: list[Paragraph | Grid], index: int) -> str:
    """The line after a heading, empty where a table or nothing follows."""
    return plain_text(printed_text(items[index])) if index < len(items) else ""


def printed_text(item: Paragraph | Grid) -> str:
    """What a line prints; a table prints no line."""
    return item.text if isinstance(item, Paragraph) else ""


def wraps(plain: str, following: str) -> bool:
    """Whether the next line is the rest of a heading."""
    if not following or len(following) > MAX_CONTINUATION or BEGINS.match(following):
        return False
    return CONTINUED.search(following) is not None and not plain.endswith(("说明", "解释"))


@cache
def kinds() -> tuple[tuple[dict[str, object], re.Pattern[str]], ...]:
    """The kinds of parts with their patterns."""
    return tuple((part, re.compile(str(part["words"]))) for part in declared("sections")["parts"])


def kind_of(heading: str) -> dict[str, object] | None:
    """The kind of a heading, null where no words of it are known."""
    bare = re.sub(r"\([^()]*\)$", "", NUMBERED.sub("", fold(heading)))
    return next((kind for kind, words in kinds() if words.search(bare)), None)


def opens_part(plain: str) -> bool:
    """Whether a line is the heading of a part: numbered as such, or a title of its own."""
    rules = declared("sections")
    if DOTS.search(plain):
        return False
    if PART.match(plain) and len(plain) <= rules["max_heading"]:
        return not IN_SENTENCE.search(plain)
    if plain in ("目录", "附件"):
        return True
    if len(plain) > rules["max_title"] or BEGINS.match(plain) or IN_SENTENCE.search(plain):
        return False
    return re.search(rules["titles"], plain) is not None and not re.search(r"[,:]", plain)


def part_section(heading: str) -> Section:
    """A new part. Before its first section it is read where its kind is."""
    kind = kind_of(heading) or {}
    title = PART.sub("", heading)
    return Section(
        heading=title or heading,
        kind=str(kind.get("kind", "none")),
        read=bool(kind.get("read")),
        closed=bool(kind.get("closed")),
    )


def section_ordinal(plain: str, last: int) -> int | None:
    """The ordinal of a section's heading, null where a line is none or out of order."""
    found = NUMBERED.match(plain)
    if found is None or len(plain) > declared("sections")["max_heading"]:
        return None
    if IN_SENTENCE.search(plain) or DOTS.search(plain):
        return None
    ordinal = number_of(found["ordinal"])
    if ordinal is None or ordinal <= last:
        return None
    return ordinal if not last or ordinal <= last + MAX_STEP else None


def number_of(ordinal: str) -> int | None:
    """A Chinese ordinal below a hundred."""
    tens, ten, ones = ordinal.rpartition("十")
    if not ten:
        return ORDINALS.find(ordinal) + 1 if len(ordinal) == 1 else None
    if len(tens) > 1 or len(ones) > 1:
        return None
    return 10 * (ORDINALS.find(tens) + 1 if tens else 1) + (ORDINALS.find(ones) + 1 if ones else 0)


def sub_section(heading: str, ordinal: int, part: Section) -> Section:
    """A section of a part: of its own kind, unless the part decides."""
    kind = None if part.closed else kind_of(heading)
    return Section(
        heading=heading,
        kind=str(kind["kind"]) if kind else part.kind,
        read=bool(kind["read"]) if kind else part.read,
        closed=part.closed,
        ordinal=ordinal,
    )


def inner_section(plain: str, printed: str, current: Section) -> Section | None:
    """A section within a section, where its heading is of duties or organisation.

    Any other heading of its kind behind it goes back to the section around it.
    """
    found = INNER.match(plain)
    if found is None or current.closed or current.in_form or IN_SENTENCE.search(plain[:-1]):
        return None
    outer = current.outer or current
    kind = kind_of(found["title"])
    inner = kind is not None and re.search(declared("sections")["inner"], found["title"])
    if kind is not None and inner and (current.outer or outer.kind != kind["kind"]):
        return Section(
            heading=squeeze(printed).rstrip("。"),
            kind=str(kind["kind"]),
            read=bool(kind["read"]),
            ordinal=outer.ordinal,
            outer=outer,
        )
    if current.outer is None or kind is None:
        return None
    return replace(outer, lines=[])


def opens_form(plain: str) -> bool:
    """Whether a line is the title of a performance form or a report on one."""
    if len(plain) > declared("sections")["max_title"] or IN_SENTENCE.search(plain):
        return False
    return re.search(declared("sections")["forms"], plain) is not None


def scope_of(heading: str) -> str:
    """Which part of the budget a section speaks of."""
    for rule in declared("sections")["scopes"]:
        if re.search(rule["words"], fold(heading)):
            return str(rule["scope"])
    return "all"


def paragraphs(lines: list[Paragraph | None]) -> Iterator[Text]:
    """Lines joined to the paragraphs they are wrapped from."""
    gathered: list[tuple[str, Place]] = []
    for line in lines:
        plain = plain_text(line.text) if line else ""
        if line is None or is_table_row(plain):
            yield from joined(gathered)
            gathered = []
            continue
        if gathered and (fold(gathered[-1][0]).endswith(SENTENCE_END) or BEGINS.match(plain)):
            yield from joined(gathered)
            gathered = []
        gathered.append((line.text.strip(), line.place))
    yield from joined(gathered)


def is_table_row(plain: str) -> bool:
    """Whether a line is the row of a table: several figures, none with its unit."""
    return len(BARE_FIGURE.findall(plain)) > 1 and not WITH_UNIT.search(plain)


def joined(lines: list[tuple[str, Place]]) -> Iterator[Text]:
    """One paragraph of its lines, white space removed save between digits."""
    characters: list[str] = []
    places: list[Place] = []
    for text, place in lines:
        waiting = bool(characters)
        for c in text:
            if not squeeze(c):
                waiting = waiting or c.isspace()
                continue
            if waiting and parts_digits(characters, c):
                characters.append(" ")
                places.append(place)
            waiting = False
            characters.append(c)
            places.append(place)
    if characters:
        printed = "".join(characters)
        yield Text(printed, fold(printed), tuple(places))


def parts_digits(before: list[str], following: str) -> bool:
    """Whether white space stands between two figures: it then stays."""
    return bool(before) and before[-1].isdigit() and following.isdigit()
