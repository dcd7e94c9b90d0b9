"""The links of a listing page.

Here: finding links in text that may be hostile, in time linear in its length. Not here: which of
them are wanted (listing). html.parser of Python 3.11 takes quadratic time on some pages, so tags
are found by bounded patterns.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from pipeline.acquisition.pages import without_code

LONGEST_TEXT = 300
TAG = re.compile(r"<(/?)(a|area|iframe|frame|embed|base)(?=[\s/>])([^<>]{0,4000})>", re.IGNORECASE)
ATTRIBUTE = re.compile(
    r"([a-zA-Z-]{1,30})\s{0,9}=\s{0,9}(?:\"([^\"]{0,3000})\"|'([^']{0,3000})'|([^\s\"'>]{1,3000}))"
)
ANY_TAG = re.compile(r"<[^<>]{0,4000}>")
# Some portals hand over their list as data inside a script element.
DATA = re.compile(r"type\s{0,9}=\s{0,9}[\"']?text/(?:xml|html|template|x-template)", re.IGNORECASE)
TARGETS = {"a": "href", "area": "href", "iframe": "src", "frame": "src", "embed": "src"}


@dataclass(frozen=True)
class Link:
    """One link as it stands on the page: where it says it leads, and its words."""

    href: str
    text: str


def find(page: str) -> tuple[str, tuple[Link, ...]]:
    """The base address a page declares (or none), and its links in order."""
    shown = without_code(without_comments(page), DATA).replace("<![CDATA[", "").replace("]]>", "")
    tags = list(TAG.finditer(shown))
    base = next((a["href"] for a in bases(tags) if a.get("href")), "")
    return base, tuple(anchors(shown, tags))


def bases(tags: list[re.Match[str]]) -> Iterator[dict[str, str]]:
    """The attributes of every base tag."""
    return (attributes(tag[3]) for tag in tags if tag[2].lower() == "base")


def anchors(shown: str, tags: list[re.Match[str]]) -> Iterator[Link]:
    """Every link; its words reach to its end or to the next link, whichever is nearer."""
    for tag, following in zip_longest(tags, tags[1:]):
        name = tag[2].lower()
        if tag[1] or name not in TARGETS:
            continue
        said = attributes(tag[3])
        if not (href := said.get(TARGETS[name], "").strip()):
            continue
        end = following.start() if following else tag.end() + 4 * LONGEST_TEXT
        inner = words(shown[tag.end() : min(end, tag.end() + 8 * LONGEST_TEXT)])
        # Lists cut long titles short and keep the whole one in the attribute.
        label = words(said.get("title", ""))
        yield Link(href, label if len(label) > len(inner) else inner)


def attributes(text: str) -> dict[str, str]:
    """The attributes of a tag; the first of a name counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), html.unescape(double or single or bare))
    return found


def words(text: str) -> str:
    """The words of a piece of a page, on one line."""
    return " ".join(html.unescape(ANY_TAG.sub("", text)).split())[:LONGEST_TEXT]


def without_comments(text: str) -> str:
    """A page without its comments; one that does not end takes all that follows."""
    kept, at = [], 0
    while (opening := text.find("<!--", at)) >= 0:
        kept.append(text[at:opening])
        if (closing := text.find("-->", opening + 4)) < 0:
            return "".join(kept)
        at = closing + 3
    return "".join(kept) + text[at:]
