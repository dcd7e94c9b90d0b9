"""What the prose of a document states as staged rows: claims, their quantities, the profile.

Here: flattening, and what of a claim's words may be released. Not here: reading the prose
(narrative), statements (extract), and whether a claim holds (ledger).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pipeline.documents import personal
from pipeline.documents.formulas import FORMULA_STARTS
from pipeline.forms.disclosure import Disclosure
from pipeline.forms.wording import folded, squeeze
from pipeline.narrative.claim import Claim
from pipeline.narrative.figures import in_yuan
from pipeline.narrative.patterns import declared
from pipeline.narrative.profile import profile
from pipeline.narrative.reading import claims
from pipeline.readers.shapes import Reading

LIMIT = Decimal(10) ** 13
UNIT = re.compile(r"[(（](?P<unit>[^()（）\d]{1,5})[)）]$")
UNITS = {"vehicles": "辆", "equipment": "台（套）"}


def claims_of(reading: Reading, disclosure: Disclosure) -> tuple[Claim, ...]:
    """Every figure that the prose of a document states."""
    return claims(reading.items, disclosure.kind, disclosure.fiscal_year)


def claim_rows(key: str, found: tuple[Claim, ...]) -> Iterator[dict[str, Any]]:
    """The staged claims."""
    for claim in found:
        yield {
            "document_id": key,
            "number": claim.number,
            "section_no": claim.section_no,
            "paragraph_no": claim.paragraph_no,
            "section": released(claim.section),
            "scope": claim.scope,
            "subject": claim.subject,
            "label": released(claim.label),
            "measure": claim.measure,
            "value": claim.value,
            "unit": claim.unit,
            "direction": claim.direction,
            "printed_text": claim.printed_text,
            "amount_yuan": money(claim),
            "page": claim.place.page,
            "source_line": claim.place.line,
            "of": claim.of,
            "base": claim.base,
            "base_subject": claim.base_subject,
            "cause": claim.cause,
            "part_of": claim.part_of,
        }


def money(claim: Claim) -> Decimal | None:
    """A claim's money in yuan; null where it is none, or no exact amount."""
    if claim.unit is None and Decimal(claim.value) != 0:
        return None
    yuan = in_yuan(claim.value, claim.unit)
    if yuan is None or yuan >= LIMIT:
        return None
    return -yuan if claim.negative else yuan


def released(text: str | None) -> str | None:
    """Words as they may leave the raw file; null where a spreadsheet would run them."""
    if text is None or text.startswith(FORMULA_STARTS):
        return None
    return personal.mask(text)


def quantity_rows(
    key: str, found: tuple[Claim, ...], disclosure: Disclosure
) -> Iterator[dict[str, Any]]:
    """The staged quantities: of the prose, then of the tables that count vehicles and equipment."""
    subjects = declared("subjects")
    for claim in found:
        if claim.is_absolute and (subjects.get(claim.subject) or {}).get("quantity"):
            own = claim.body == disclosure.unit_name
            yield {
                "document_id": key,
                "section": released(claim.section),
                "item": claim.subject,
                "label": released(claim.label),
                "part_of": claim.part_of,
                "body": None if own else released(claim.body),
                "quantity": Decimal(claim.value),
                "unit": claim.unit,
                "page": claim.place.page,
                "source_line": claim.place.line,
                "claim_number": claim.number,
            }
    for statement in disclosure.statements:
        for line in statement.lines:
            for figure in line.counts:
                item = counted_item(line.label or "")
                yield {
                    "document_id": key,
                    "statement_id": statement.statement_id,
                    "item": item,
                    "label": released(line.label),
                    "quantity": Decimal(figure.figure.replace(",", "")),
                    "unit": counted_unit(line.label or "", item),
                    "page": figure.place.page,
                    "source_line": figure.place.line,
                }


def profile_rows(key: str, reading: Reading, disclosure: Disclosure) -> Iterator[dict[str, Any]]:
    """The staged attributes of the unit; those that cannot be released are left out."""
    position = 0
    for one in profile(reading.items, disclosure.unit_name):
        if (value := released(one.value)) is None:
            continue
        position += 1
        yield {
            "document_id": key,
            "position": position,
            "attribute": one.attribute,
            "value": value,
            "page": one.place.page,
            "source_line": one.place.line,
        }


def counted_item(label: str) -> str:
    """What a row of a table counts."""
    plain = folded(squeeze(label))
    for subject, rules in declared("subjects").items():
        if rules.get("counted") and re.search(rules["counted"], plain):
            return str(subject)
    return "unrecognised"


def counted_unit(label: str, item: str) -> str | None:
    """The unit a row's label prints, else the usual one."""
    if found := UNIT.search(squeeze(label)):
        return found["unit"]
    return next((unit for start, unit in UNITS.items() if item.startswith(start)), None)
