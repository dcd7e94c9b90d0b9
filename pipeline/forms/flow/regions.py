"""Where in a flowing text each official table stands: from its title to what ends it.

Here: titles, and the lines that belong to the table below each. Not here: its header (headings)
and rows (rows).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.forms import captions
from pipeline.forms.family import Family, Form
from pipeline.forms.wording import squeeze
from pipeline.readers.furniture import is_page_number
from pipeline.readers.shapes import Paragraph

# The heading of a part of the disclosure; that of the tables is printed amid the first of them.
PART = re.compile(r"第[一二三四五六七八九十]+部分(?P<name>.*)")
MAX_PROSE = 70
PROSE = re.compile(r"。|情况说明$")
ROW = re.compile(r"(?<=\s)[\d,]+\.\d{1,2}(?=\s|$)")
FIGURE_FIRST = re.compile(r"[\d,]+\.\d{1,2}(?:\s|$)")


@dataclass(frozen=True)
class Region:
    """The lines of one table, from below its title (which may be wrapped) to its end.

    `limit` is where the next table is titled.
    """

    forms: tuple[Form, ...]
    begin: int
    end: int
    limit: int
    year: int | None


def likely(lines: list[Paragraph], among: tuple[Family, ...]) -> list[tuple[Family, list[Region]]]:
    """The families whose forms are titled in a text, with the tables below their titles.

    Left out are those with less than half as many forms as another: they share a title or two.
    """
    found = [(family, regions(lines, family)) for family in among]
    counts = [len({r.forms[0].statement_id for r in own}) for _, own in found]
    most = max(counts, default=0)
    return [pair for pair, count in zip(found, counts, strict=True) if 2 * count >= most]


def regions(lines: list[Paragraph], family: Family) -> list[Region]:
    """The tables titled in a text; a title printed again and again above one table counts once."""
    printed = [n for n, line in enumerate(lines) if line.text.strip()]
    titled = captions.titles([lines[n] for n in printed], family.forms)
    last = [
        one
        for n, one in enumerate(titled)
        if n + 1 == len(titled) or not same(one, titled[n + 1], lines, printed)
    ]
    starts = [printed[one.index] for one in titled]
    found = []
    for one in last:
        title = printed[one.index]
        begin = title + 1
        if squeeze(lines[title].text) != one.text:
            begin = printed[one.index + 1] + 1
        limit = min((s for s in starts if s > title), default=len(lines))
        found.append(Region(one.forms, begin, end(lines, begin, limit), limit, one.year))
    return found


def same(
    one: captions.Titled, following: captions.Titled, lines: list[Paragraph], printed: list[int]
) -> bool:
    """Whether the next title is the same, with nothing but captions between."""
    between = [lines[n].text for n in printed[one.index + 1 : following.index]]
    return one.forms == following.forms and not any(any(c == "." for c in t) for t in between)


def end(lines: list[Paragraph], begin: int, limit: int) -> int:
    """Where a table ends: at a note, the next part of the text, prose, or another title.

    A name that ends like a title is none when figures follow it.
    """
    for n in range(begin, limit):
        plain = squeeze(lines[n].text)
        part = PART.match(plain)
        long = len(plain) > MAX_PROSE and not ROW.search(lines[n].text)
        prose = long or PROSE.search(plain)
        title = captions.looks_like_title(plain) and not part and not figures_follow(lines, n)
        if captions.NOTE.match(plain) or (part and "表" not in part["name"]) or prose or title:
            return n
    return limit


def figures_follow(lines: list[Paragraph], n: int) -> bool:
    """Whether the next printed line begins with a figure."""
    following = next((one.text for one in lines[n + 1 :] if one.text.strip()), "")
    return bool(FIGURE_FIRST.match(following.strip()))


def rows_beyond(lines: list[Paragraph], region: Region) -> bool:
    """Whether lines like rows of a table stand between the end of a table and the next part."""
    for line in lines[region.end : region.limit]:
        if PART.match(squeeze(line.text)):
            return False
        if len(ROW.findall(line.text)) > 1:
            return True
    return False


def body_lines(lines: list[Paragraph], region: Region) -> list[Paragraph]:
    """The lines below a title without headings of parts and page numbers printed amid them."""
    return [
        line
        for line in lines[region.begin : region.end]
        if not PART.match(squeeze(line.text))
        and (not is_page_number(line.text.strip()) or line.text.strip().isdigit())
    ]
