"""HTML pages as a browser's parser sees them: what is in them that could run or load anything.

Here: parsing and the list of what an inert page may hold. Not here: which page is looked at.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

#: the elements the report is made of; anything else came from a document
STRUCTURE = ("html", "head", "meta", "title", "style", "body")
TEXT = ("h1", "h2", "p", "div", "span", "b", "i", "br", "code", "details", "summary")
ELEMENTS = frozenset((*STRUCTURE, *TEXT, "table", "tr", "th", "td"))
ATTRIBUTES = frozenset(
    ("lang", "charset", "http-equiv", "content", "name", "class", "style", "open", "colspan")
)


class Page(HTMLParser):
    """A page's elements, attributes, texts, and what of it is not inert."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.strange: list[str] = []
        self.metas: list[dict[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag not in ELEMENTS:
            self.strange.append(f"<{tag}>")
        self.strange += [f"{tag} {name}" for name, _ in attrs if name not in ATTRIBUTES]
        if tag == "meta":
            self.metas.append(dict(attrs))

    def handle_comment(self, data: str) -> None:
        self.strange.append(f"<!--{data}-->")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        """All text, as a reader sees it."""
        return "".join(self.texts)

    @property
    def policy(self) -> dict[str, str]:
        """The content security policy by directive."""
        (meta,) = [m for m in self.metas if m.get("http-equiv") == "Content-Security-Policy"]
        directives = (part.split(maxsplit=1) for part in str(meta["content"]).split(";"))
        return {name: value for name, value in directives}
