"""`sources/*.yml`: the portals that are asked, one file each, written and reviewed by people.

Here: the declarations, checked, as data. Not here: asking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from pipeline.acquisition import urls
from pipeline.acquisition.asking import Manners
from pipeline.acquisition.refusal import Refused
from pipeline.documents.manifest import is_region

SCHEMA: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("source.schema.yml").read_text(encoding="utf-8")
)


class SourceError(ValueError):
    """A declaration is not usable; says which file, where in it, and what was expected."""


@dataclass(frozen=True)
class Pattern:
    """What a link must look like: its address, its words, or both where both are given."""

    url: str | None = None
    text: str | None = None

    def fits(self, url: str, text: str) -> bool:
        """Whether a link is meant. An absent pattern fits nothing."""
        asked = [(self.url, url), (self.text, text)]
        return any(p for p, _ in asked) and all(
            re.search(pattern, said) for pattern, said in asked if pattern
        )


@dataclass(frozen=True)
class Source:
    """One portal: where its lists are, what on them is wanted, and how it is asked."""

    source_id: str
    title: str
    enabled: bool
    publisher: str
    region_code: str
    rights: str
    listings: tuple[str, ...]
    documents: Pattern
    pages: Pattern
    next: Pattern
    manners: Manners
    most_pages: int = 200
    most_documents: int = 5000
    minutes: float = 240.0
    recheck_days: float = 0.0
    kinds: frozenset[str] = frozenset({"pdf", "text", "office", "bundle"})


def load(folder: Path) -> tuple[Source, ...]:
    """Every declared source, enabled or not, by id.

    Raises `SourceError` for the first file that is not usable.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder of sources")
    return tuple(read(path) for path in sorted(folder.glob("*.yml")))


def read(path: Path) -> Source:
    """The source that one file declares."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        jsonschema.validate(content, SCHEMA)
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not UTF-8 at byte {error.start}") from error
    except yaml.YAMLError as error:
        raise SourceError(f"{path}: not YAML: {error}") from error
    except jsonschema.ValidationError as error:
        raise SourceError(f"{path}: {error.json_path}: {error.message}") from error
    try:
        return build(path.stem, content)
    except (ValueError, Refused) as error:
        raise SourceError(f"{path}: {error}") from error


def build(source_id: str, content: dict[str, Any]) -> Source:
    """A checked declaration as data."""
    if not is_region(content["region_code"]):
        raise ValueError(f"region_code {content['region_code']!r} is no code of regions.csv")
    listings = tuple(urls.canonical(url) for url in content["listings"])
    links, limits = content["links"], content.get("limits", {})
    politeness = content.get("politeness", {})
    hosts = {urls.host_of(url) for url in listings} | set(content.get("hosts", ()))
    optional = {
        "most_pages": limits.get("pages"),
        "most_documents": limits.get("documents"),
        "minutes": limits.get("minutes"),
        "recheck_days": politeness.get("recheck_days"),
        "kinds": frozenset(content["kinds"]) if "kinds" in content else None,
    }
    return Source(
        source_id=source_id,
        title=content["title"],
        enabled=content["enabled"],
        publisher=" ".join(content["publisher"].split()),
        region_code=content["region_code"],
        rights=content["rights"],
        listings=listings,
        documents=pattern(links["documents"]),
        pages=pattern(links.get("pages", {})),
        next=pattern(links.get("next", {})),
        manners=manners(sorted(hosts), politeness, limits, content.get("redirects", {})),
        **{name: value for name, value in optional.items() if value is not None},
    )


def manners(
    hosts: Iterable[str], politeness: dict[str, Any], limits: dict[str, Any], to: dict[str, Any]
) -> Manners:
    """How a source is asked; what it does not say is as it is by default."""
    said = {
        "delay": politeness.get("delay_seconds"),
        "concurrency": politeness.get("concurrency"),
        "most_bytes": limits["document_mb"] << 20 if "document_mb" in limits else None,
        "seconds": limits.get("document_seconds"),
        "to_http": to.get("to_http"),
    }
    given = {name: value for name, value in said.items() if value is not None}
    return Manners(hosts=tuple(hosts), **given)


def pattern(said: dict[str, str]) -> Pattern:
    """A declared pattern; `ValueError` for one that is no regular expression."""
    for text in said.values():
        try:
            re.compile(text)
        except re.error as error:
            raise ValueError(f"{text!r} is no regular expression: {error}") from error
    return Pattern(said.get("url"), said.get("text"))
