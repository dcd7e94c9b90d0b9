"""Where in a flowing text the pages of performance forms stand.

A page begins at the name of its project, below the title or, where that is lost, with the labels of
a form around it; it ends at the line that is signed, or where the text goes on. Nothing of the
signed line is kept. Here: finding pages and joining those of one form. Not here: what they say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.documents import personal
from pipeline.forms.wording import folded, squeeze, year_in
from pipeline.performance.flow.labels import known_label
from pipeline.performance.words import Label, titles
from pipeline.readers.shapes import Paragraph

NAME = Label("fields", "name")
NEEDED = (Label("fields", "unit"), Label("funds", "annual_total"), Label("funds", "total"))
MAX_ABOVE, MAX_HEAD = 6, 40
# What follows the last form: the next section of the text.
SECTION = re.compile(r"(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}、)")


@dataclass(frozen=True)
class Page:
    """The lines of one page from the name of the project on, without the signed line.

    `signed` says that there was one, so that the form ends here.
    """

    lines: tuple[Paragraph, ...]
    year: int | None
    signed: bool

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.lines[0].place.line or 0


def pages_of(lines: Sequence[Paragraph]) -> list[Page]:
    """The pages of performance forms in a text, in order."""
    printed = [line for line in lines if line.text.strip()]
    starts = [n for n, line in enumerate(printed) if names_project(line.text)]
    found = []
    for n, after in pairwise([*starts, len(printed)]):
        above = printed[max(0, n - MAX_ABOVE) : n]
        title = next((k for k in range(len(above), 0, -1) if is_title(above[k - 1].text)), None)
        body = printed[n:after]
        if title is None and not has_labels(body):
            continue
        if title is not None and between_pages(above[title:]):
            continue
        end = next((k for k, line in enumerate(body) if ends(line.text)), len(body))
        signed = end < len(body) and is_signed(body[end].text)
        years = [year_in(line.text) for line in above[title - 1 if title else len(above) :]]
        year = next((y for y in years if y is not None), None)
        found.append(Page(tuple(body[:end]), year, signed))
    return found


def names_project(text: str) -> bool:
    """Whether a line begins with the label of the project's name."""
    word = text.split()[0] if text.split() else ""
    return known_label(re.split("[:：]", word)[0]) == NAME


def is_title(text: str) -> bool:
    """Whether a line is the title of a performance form, whatever publisher stands before it."""
    word = folded(squeeze(text))
    return any(word.endswith(title) for title in titles())


def between_pages(lines: Sequence[Paragraph]) -> bool:
    """Whether more stands between a title and a name than captions: it titles something else."""
    return any("。" in line.text for line in lines)


def has_labels(body: Sequence[Paragraph]) -> bool:
    """Whether the labels of a form's head follow."""
    words = [word for line in body[:MAX_HEAD] for word in line.text.split()]
    return any(known_label(word) in NEEDED for word in words) and any(
        (found := known_label(word)) is not None and found.section == "columns" for word in words
    )


def ends(text: str) -> bool:
    """Whether a page ends before this line: it is signed, a title, or begins a section."""
    return is_signed(text) or is_title(text) or SECTION.match(text.strip()) is not None


def is_signed(text: str) -> bool:
    """Whether a line asks for a handler: what follows the field is not looked at."""
    word = re.split("[:：]", text.split()[0])[0]
    return personal.is_field(word) and (len(text.split()) > 1 or word != text.strip())
