"""Partitions: few enough for an orchestrator, each small enough for a machine.

Never one partition per document. Before a document is read, its region is what the manifest says,
and its year is not known: a partition is a prefecture and a bucket of the hash, `140100-7`. After
reading both are known: a partition is a prefecture and a fiscal year, `140100-2026`. Departments,
their units and the books of other years stand in one prefecture, so that no identity crosses one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from pipeline.codes.regions import load_regions
from pipeline.documents.document import Document

UNKNOWN = "unknown"
BUCKETS = tuple("0123456789abcdef")
# Where an orchestrator's limit per asset lies (Dagster 1.13); far above what is used.
MOST = 100_000


def before_reading(document: Document) -> str:
    """The partition of a document that nobody has opened yet."""
    return f"{prefecture(document.region_code)}-{document.sha256[0]}"


def after_reading(region_code: str | None, fiscal_year: int | None) -> str:
    """The partition of a document whose region and year were read."""
    return f"{prefecture(region_code)}-{fiscal_year if fiscal_year is not None else UNKNOWN}"


def prefecture(region_code: str | None) -> str:
    """The prefecture of a county, the code itself of a prefecture or province."""
    return f"{region_code[:4]}00" if region_code else UNKNOWN


@cache
def prefectures() -> tuple[str, ...]:
    """Every prefecture and province there is or was, and what is of none."""
    codes = {prefecture(code) for code in load_regions().get_column("region_code")}
    return (*sorted(codes), UNKNOWN)


def all_before_reading() -> list[str]:
    """Every partition that a document can fall into before it is read."""
    return [f"{region}-{bucket}" for region in prefectures() for bucket in BUCKETS]


def batched(documents: Iterable[Document], size: int) -> Iterator[tuple[str, list[Document]]]:
    """Documents in batches of one prefecture each, with a name for every batch.

    The same documents make the same batches, in whatever order they come. Buckets of the hash
    follow each other in a batch: small ones do not make small batches.
    """
    by_prefecture: dict[str, list[Document]] = {}
    for document in documents:
        by_prefecture.setdefault(prefecture(document.region_code), []).append(document)
    for key, members in sorted(by_prefecture.items()):
        members.sort(key=lambda document: document.sha256)
        for start in range(0, len(members), size):
            yield f"{key}/{start // size}", members[start : start + size]
