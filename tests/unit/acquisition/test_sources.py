"""Declarations of sources: the shipped ones are sound, and every mistake is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.acquisition import sources
from pipeline.acquisition.sources import Pattern, SourceError
from pipeline.settings import PROJECT

GOOD: dict[str, Any] = {
    "title": "某市财政局",
    "enabled": True,
    "publisher": "某市财政局",
    "region_code": "140500",
    "rights": "政府信息公开",
    "listings": ["https://czj.example.gov.cn/list.html"],
    "links": {"documents": {"url": r"\.pdf$"}},
}


def read(tmp_path: Path, **changes: Any) -> sources.Source:
    path = tmp_path / "somewhere.yml"
    path.write_text(yaml.safe_dump({**GOOD, **changes}, allow_unicode=True), encoding="utf-8")
    return sources.read(path)


def test_what_is_not_said_is_as_it_is_by_default(tmp_path: Path) -> None:
    source = read(tmp_path)
    assert source.source_id == "somewhere"
    assert source.manners.hosts == ("czj.example.gov.cn",)
    assert (source.manners.delay, source.manners.concurrency) == (2.0, 1)
    assert not source.manners.to_http


def test_what_is_said_counts(tmp_path: Path) -> None:
    source = read(
        tmp_path,
        hosts=["*.files.example.cn"],
        politeness={"delay_seconds": 5, "concurrency": 2, "recheck_days": 7},
        limits={"pages": 3, "documents": 4, "document_mb": 1, "minutes": 9, "document_seconds": 8},
        redirects={"to_http": True},
        kinds=["pdf"],
    )
    manners = source.manners
    assert manners.hosts == ("*.files.example.cn", "czj.example.gov.cn")
    assert (manners.delay, manners.concurrency, manners.most_bytes) == (5, 2, 1 << 20)
    assert (manners.seconds, manners.to_http) == (8, True)
    assert (source.most_pages, source.most_documents, source.minutes) == (3, 4, 9)
    assert (source.recheck_days, source.kinds) == (7, {"pdf"})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"enabled": "yes"}, "$.enabled: 'yes' is not of type 'boolean'"),
        ({"colour": "red"}, "'colour' was unexpected"),
        ({"listings": []}, "$.listings"),
        ({"listings": ["file:///etc/passwd"]}, "$.listings[0]"),
        ({"listings": ["http://user:word@x.example.cn/"]}, "bad_address"),
        ({"region_code": "149999"}, "region_code '149999' is no code of regions.csv"),
        ({"region_code": 140500}, "$.region_code"),
        ({"links": {"documents": {"url": "(["}}}, "'([' is no regular expression"),
        ({"links": {"documents": {}}}, "$.links.documents"),
        ({"politeness": {"delay_seconds": 0}}, "$.politeness.delay_seconds"),
        ({"politeness": {"concurrency": 50}}, "$.politeness.concurrency"),
        ({"limits": {"document_mb": 9999}}, "$.limits.document_mb"),
        ({"hosts": ["*"]}, "$.hosts[0]"),
        ({"hosts": ["*.cn/x"]}, "$.hosts[0]"),
    ],
)
def test_every_mistake_is_named_with_its_file(
    tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, **changes)
    assert str(caught.value).startswith(str(tmp_path / "somewhere.yml"))
    assert says in str(caught.value)


@pytest.mark.parametrize("data", [b"title: [", "title: 预算".encode("gbk"), b"", b"- 1"])
def test_what_is_no_declaration_at_all_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.yml").write_bytes(data)
    with pytest.raises(SourceError, match=r"x\.yml"):
        sources.load(tmp_path)


def test_a_pattern_asks_for_all_it_says() -> None:
    assert Pattern(url="pdf$").fits("a.pdf", "x")
    assert Pattern(text="预算").fits("a", "某局预算")
    assert not Pattern(url="pdf$", text="预算").fits("a.pdf", "决算")
    assert not Pattern().fits("a.pdf", "预算")


def test_the_shipped_sources_are_examples_and_disabled() -> None:
    shipped = sources.load(PROJECT / "sources")
    assert len(shipped) >= 2
    assert not [source.source_id for source in shipped if source.enabled]
    assert all(source.rights and source.manners.delay >= 2 for source in shipped)
