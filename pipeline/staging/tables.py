"""The staged tables: what is kept of one document between reading and the ledger.

Here: their schemas, and an `Extract` holding one frame of each. They are internal and hold texts
as printed; nothing of a table that is no official statement is in them, and of a performance form
only what its shapes have a field for: never a handler, a telephone or a date of filling in.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import polars as pl

from pipeline.documents import personal
from pipeline.documents.document import Document, Refusal
from pipeline.performance.shapes import ANNUAL, PERIOD, SOURCES

BOX = pl.Decimal(8, 2)
MONEY = pl.Decimal(18, 2)
QUANTITY = pl.Decimal(18, 4)
# A form by its place among the forms of a document, or with the horizon `evaluation` a report.
FORM = {"document_id": pl.String(), "form_no": pl.Int64()}
FUNDED = (PERIOD, ANNUAL)
EVALUATED = ("requested", "approved", "year_budget", "year_executed", "carried_forward")
ROW = {"document_id": pl.String(), "statement_id": pl.String(), "side": pl.String()}

SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    "documents": {
        "document_id": pl.String(),
        "family": pl.String(),
        "kind": pl.String(),
        "scope": pl.String(),
        "fiscal_year": pl.Int32(),
        "unit_name": pl.String(),
        "title": pl.String(),
        "page_count": pl.Int64(),
        "reader": pl.String(),
    },
    "lines": {
        **ROW,
        "line_no": pl.Int64(),
        "role": pl.String(),
        "item": pl.String(),
        "line_kind": pl.String(),
        "code": pl.String(),
        "code_system": pl.String(),
        "label": pl.String(),
        "label_path": pl.String(),
        "government_item": pl.String(),
        "implementing_unit": pl.String(),
        "parent_line_no": pl.Int64(),
        "occurrence": pl.Int64(),
    },
    "cells": {
        **ROW,
        "line_no": pl.Int64(),
        "measure_id": pl.String(),
        "printed_text": pl.String(),
        "restored_text": pl.String(),
        "restored_from": pl.String(),
        "cell_reader": pl.String(),
        "printed_unit": pl.String(),
        "page": pl.Int64(),
        "x0": BOX,
        "y0": BOX,
        "x1": BOX,
        "y1": BOX,
        "source_line": pl.Int64(),
        "confidence": pl.Decimal(4, 3),
    },
    "projects": {
        **FORM,
        **{name: pl.String() for name in ("name", "implementing_unit", "attribute")},
        "name_damaged": pl.Boolean(),
        "supervising_department": pl.String(),
        "department_code": pl.String(),
        "duration_years": pl.Int64(),
        **{f"{horizon}_{source}": MONEY for horizon in FUNDED for source in ("total", *SOURCES)},
        "pages": pl.Int64(),
        "page": pl.Int64(),
        "source_line": pl.Int64(),
    },
    "indicators": {
        **FORM,
        "indicator_no": pl.Int64(),
        **{name: pl.String() for name in ("horizon", "level1", "level2", "indicator")},
        **{name: pl.String() for name in ("target_text", "operator", "target_unit")},
        "target_value": QUANTITY,
        "actual_text": pl.String(),
        "weight": QUANTITY,
        "score": QUANTITY,
        "deviation": pl.String(),
        "page": pl.Int64(),
        "source_line": pl.Int64(),
    },
    "evaluations": {
        **FORM,
        **{name: pl.String() for name in ("name", "implementing_unit", "supervising_department")},
        "department_code": pl.String(),
        **dict.fromkeys(EVALUATED, MONEY),
        **{name: QUANTITY for name in ("execution_rate", "execution_score", "total_score")},
        "grade": pl.String(),
        "page": pl.Int64(),
        "source_line": pl.Int64(),
    },
    "claims": {
        "document_id": pl.String(),
        "number": pl.Int64(),
        "section_no": pl.Int64(),
        "paragraph_no": pl.Int64(),
        **{name: pl.String() for name in ("section", "scope", "subject", "label", "measure")},
        **{name: pl.String() for name in ("value", "unit", "direction", "printed_text")},
        "amount_yuan": MONEY,
        "page": pl.Int64(),
        "source_line": pl.Int64(),
        "of": pl.Int64(),
        "base": pl.Int64(),
        "base_subject": pl.String(),
        "cause": pl.String(),
        "part_of": pl.String(),
    },
    "quantities": {
        "document_id": pl.String(),
        **{name: pl.String() for name in ("statement_id", "section", "item", "part_of")},
        **{name: pl.String() for name in ("label", "body")},
        "quantity": pl.Decimal(18, 4),
        "unit": pl.String(),
        "page": pl.Int64(),
        "source_line": pl.Int64(),
        "claim_number": pl.Int64(),
    },
    "profiles": {
        "document_id": pl.String(),
        "position": pl.Int64(),
        "attribute": pl.String(),
        "value": pl.String(),
        "page": pl.Int64(),
        "source_line": pl.Int64(),
    },
    "coverage": {
        "document_id": pl.String(),
        "statement_id": pl.String(),
        "state": pl.String(),
        "form": pl.String(),
        "columns": pl.String(),
    },
    "leftovers": {
        "document_id": pl.String(),
        "place": pl.String(),
        "rows": pl.Int64(),
        "columns": pl.Int64(),
    },
    "services": {
        "document_id": pl.String(),
        "position": pl.Int64(),
        "department": pl.String(),
        "code": pl.String(),
        "level": pl.Int64(),
        "name_zh": pl.String(),
        "parent_code": pl.String(),
        "page": pl.Int64(),
        "source_line": pl.Int64(),
    },
    "quarantine": {
        "document_id": pl.String(),
        "statement_id": pl.String(),
        "stage": pl.String(),
        "reason": pl.String(),
        "detail": pl.String(),
    },
}


@dataclass(frozen=True)
class Extract:
    """The staged tables of one document, or of many. A refused file has quarantine only."""

    documents: pl.DataFrame
    lines: pl.DataFrame
    cells: pl.DataFrame
    projects: pl.DataFrame
    indicators: pl.DataFrame
    evaluations: pl.DataFrame
    claims: pl.DataFrame
    quantities: pl.DataFrame
    profiles: pl.DataFrame
    coverage: pl.DataFrame
    leftovers: pl.DataFrame
    services: pl.DataFrame
    quarantine: pl.DataFrame


def names() -> tuple[str, ...]:
    """The staged tables in order."""
    return tuple(f.name for f in fields(Extract))


def framed(**rows: list[dict[str, Any]]) -> Extract:
    """Rows as staged frames; tables not given are empty."""
    frames = {
        name: pl.DataFrame(rows.get(name, []), schema=schema, orient="row")
        for name, schema in SCHEMAS.items()
    }
    return Extract(**frames)


def refused(document: Document, refusal: Refusal) -> Extract:
    """The staged tables of a file that gave no document."""
    row = {
        "document_id": document.document_id,
        "stage": refusal.stage,
        "reason": refusal.reason,
        "detail": personal.mask(refusal.detail),
    }
    return framed(quarantine=[row])


def concat(extracts: list[Extract]) -> Extract:
    """Many documents as one, in the order given."""
    parts = [framed(), *extracts]
    return Extract(**{name: pl.concat([getattr(p, name) for p in parts]) for name in names()})
