"""Prose for tests: sentences of our own under the headings of a disclosure."""

from __future__ import annotations

from pipeline.narrative.claim import Claim
from pipeline.narrative.reading import claims
from pipeline.readers.shapes import Paragraph, Place

YEAR = 2031


def lines(*texts: str) -> tuple[Paragraph, ...]:
    """Printed lines, numbered from 1."""
    return tuple(Paragraph(text, Place(line=n)) for n, text in enumerate(texts, start=1))


def read(
    *texts: str, section: str = "一、收支预算总体情况说明", kind: str = "budget"
) -> tuple[Claim, ...]:
    """The claims of some lines in a section of the explanation."""
    return claims(lines("第三部分 情况说明", section, *texts), kind, YEAR)


def said(*texts: str, **fields: str) -> list[tuple[str, str, str, str | None, str | None]]:
    """Subject, measure, value, unit and direction of each claim."""
    found = read(*texts, **fields)
    return [(c.subject, c.measure, c.value, c.unit, c.direction) for c in found]
