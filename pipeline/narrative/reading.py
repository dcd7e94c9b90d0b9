"""A reading to its claims. Here: the order of the steps, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.narrative.claim import Claim
from pipeline.narrative.grammar import Reader
from pipeline.narrative.passages import passages
from pipeline.readers.shapes import Grid, Paragraph


def claims(items: Iterable[Paragraph | Grid], kind: str, year: int) -> tuple[Claim, ...]:
    """Every figure that the prose of a document states."""
    reader = Reader(kind, year)
    for passage in passages(items):
        reader.read(passage)
    return tuple(reader.claims)
