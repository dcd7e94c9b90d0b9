"""What a disclosure says its unit is: duties, rank, nature, and the bodies it names.

Here: the sections on duties and organisation to attributes with their places. A body is a name of
an organisation that the text lists as one, by what introduces the list; never a person. Not here:
how many there are (claims), and which unit the disclosure is of (forms).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.narrative.passages import Section, Text, paragraphs, sections
from pipeline.narrative.patterns import declared
from pipeline.readers.shapes import Grid, Paragraph, Place

MAX_NAME = 40
ENUMERATOR = re.compile(
    r"^(?:\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[、.．]|[一二三四五六七八九十]{1,3}、)"
)
# A name in a list, and the rank in brackets behind it.
ENTRY = re.compile(r"[^、,，;；。:：]+")
RANK_BEHIND = re.compile(r"\((?P<rank>[正副][厅局处县科股]级?)\)$")


@dataclass(frozen=True)
class Attribute:
    """One thing that is said of the unit, as printed."""

    attribute: str
    value: str
    place: Place


def profile(items: Iterable[Paragraph | Grid], unit_name: str) -> tuple[Attribute, ...]:
    """Every attribute that the prose states, each once, in reading order."""
    found: dict[tuple[str, str], Attribute] = {}
    for section in sections(list(items)):
        for one in of_section(section, unit_name):
            found.setdefault((one.attribute, one.value), one)
    duties = [one for one in found.values() if one.attribute == "duties"]
    return tuple(one for one in found.values() if one not in duties[1:])


def of_section(section: Section, unit_name: str) -> Iterator[Attribute]:
    """The attributes of one section."""
    rules = declared("profile")
    texts = list(paragraphs(section.lines))
    if not texts:
        return
    if section.kind == "duties" and re.search(rules["duties"], section.heading or ""):
        said = "\n".join(text.printed for text in texts)
        yield Attribute("duties", said, texts[0].places[0])
        yield from standing(texts, unit_name)
    elif section.kind == "organisation":
        yield from standing(texts, unit_name)
        yield from bodies(texts)


def standing(texts: list[Text], unit_name: str) -> Iterator[Attribute]:
    """The rank and the nature of the unit itself, where a sentence on it says so."""
    rules = declared("profile")
    for text in texts:
        for attribute in ("rank", "nature"):
            for words in rules[attribute]:
                found = re.match(words, text.folded)
                if found and text.printed[slice(*found.span("body"))] == unit_name:
                    start, end = found.span("value")
                    yield Attribute(attribute, text.printed[start:end], text.places[start])


def bodies(texts: list[Text]) -> Iterator[Attribute]:
    """The bodies that lists name: in one sentence, or in the paragraphs behind it."""
    waiting, begun = "", False
    for text in texts:
        mark = ENUMERATOR.match(text.folded)
        if waiting and mark:
            begun = True
            yield from titled(text, mark.end(), waiting)
            continue
        if waiting and not begun:
            yield from named(text, 0, sentence_end(text.folded), waiting)
        waiting, begun = "", False
        for rule in declared("profile")["lists"]:
            for lead in re.finditer(rule["words"], text.folded):
                if lead.end() == len(text.folded) and not lead["list"]:
                    waiting = rule["attribute"]
                else:
                    yield from named(text, *lead.span("list"), rule["attribute"])


def sentence_end(folded: str) -> int:
    """Where the first sentence of a text ends."""
    return folded.find("。") if "。" in folded else len(folded)


def titled(text: Text, start: int, attribute: str) -> Iterator[Attribute]:
    """The body that a numbered paragraph begins with, and no other."""
    rules = declared("profile")
    if found := re.compile(rules["titled"]).match(text.folded, start):
        yield from named(text, *found.span("name"), attribute)


def named(text: Text, start: int, end: int, attribute: str) -> Iterator[Attribute]:
    """The bodies of a list, as printed, without their ranks."""
    rules = declared("profile")
    for entry in ENTRY.finditer(text.folded, start, end):
        name = entry[0]
        if rank := RANK_BEHIND.search(name):
            name = name[: rank.start()]
        name = re.sub(rules["not_of_name"], "", name)
        if re.search(rules["never"], name):
            continue
        if 1 < len(name) <= MAX_NAME and re.search(rules["body"], name):
            first = entry.start() + entry[0].find(name)
            printed = text.printed[first : first + len(name)]
            yield Attribute(attribute, printed, text.places[first])
