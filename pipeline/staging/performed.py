"""What a document says of performance as staged rows, and the projects its forms are read beside.

Here: flattening shapes whose texts the reading has already checked. Not here: reading forms
(performance), statements (extract) and matching forms with rows of the table (ledger).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from pipeline.documents.formulas import is_formula
from pipeline.forms.disclosure import Disclosure
from pipeline.ledger.money import to_yuan
from pipeline.performance.reading import Printed
from pipeline.performance.shapes import (
    SOURCES,
    Evaluation,
    Funds,
    Indicator,
    Performance,
    ProjectForm,
)
from pipeline.readers.shapes import Place
from pipeline.staging.tables import EVALUATED

PROJECT_TABLES = ("projects", "projects_carried_over")
CENT = Decimal("0.01")


def printed_projects(disclosure: Disclosure) -> Iterator[Printed]:
    """Name and total of every project in the document's tables of projects."""
    for statement in disclosure.statements:
        if statement.statement_id not in PROJECT_TABLES:
            continue
        for line in statement.lines:
            totals = [f.figure for f in line.figures if f.measure == "total"]
            if line.role == "project" and line.label and totals:
                yield Printed(line.label, to_yuan(totals[0], statement.money_unit or "元"))


def project_rows(key: str, said: Performance) -> Iterator[dict[str, Any]]:
    """The staged forms."""
    for number, form in enumerate(said.forms, start=1):
        yield {
            "document_id": key,
            "form_no": number,
            "name": form.name,
            "name_damaged": form.name_damaged,
            "implementing_unit": form.implementing_unit,
            "supervising_department": form.supervising_department,
            "department_code": form.department_code,
            "attribute": form.attribute,
            "duration_years": form.duration_years,
            **amounts("period", form.period),
            **amounts("annual", form.annual),
            "pages": form.pages,
            **standing(form.place),
        }


def amounts(horizon: str, funds: Funds) -> dict[str, Decimal | None]:
    """The money of a horizon, one column for each source."""
    found = {name: getattr(funds, name) for name in ("total", *SOURCES)}
    return {f"{horizon}_{n}": exact(v) for n, v in found.items()}


def standing(place: Place) -> dict[str, int | None]:
    """Page, or line of a text."""
    return {"page": place.page, "source_line": place.line}


def indicator_rows(key: str, said: Performance) -> Iterator[dict[str, Any]]:
    """The staged indicators of forms, then of self-evaluations."""
    kinds: tuple[Sequence[ProjectForm | Evaluation], ...] = (said.forms, said.evaluations)
    for kind in kinds:
        for number, report in enumerate(kind, start=1):
            for place, one in enumerate(fit(report), start=1):
                yield {
                    "document_id": key,
                    "form_no": number,
                    "indicator_no": place,
                    "horizon": one.horizon,
                    "level1": one.level1,
                    "level2": one.level2,
                    "indicator": one.indicator,
                    "target_text": one.target_text,
                    "operator": one.target.operator,
                    "target_value": one.target.value,
                    "target_unit": one.target.unit,
                    "actual_text": one.actual_text,
                    "weight": one.weight,
                    "score": one.score,
                    "deviation": one.deviation,
                    **standing(one.place),
                }


def reports(said: Performance) -> list[ProjectForm | Evaluation]:
    """The forms of a document, then its self-evaluations."""
    return [*said.forms, *said.evaluations]


def evaluation_rows(key: str, said: Performance) -> Iterator[dict[str, Any]]:
    """The staged reports of self-evaluation."""
    for number, report in enumerate(said.evaluations, start=1):
        yield {
            "document_id": key,
            "form_no": number,
            "name": report.name,
            "implementing_unit": report.implementing_unit,
            "supervising_department": report.supervising_department,
            "department_code": report.department_code,
            **{name: exact(getattr(report, name)) for name in EVALUATED},
            "execution_rate": report.execution_rate,
            "execution_score": report.execution_score,
            "total_score": report.total_score,
            "grade": report.grade,
            **standing(report.place),
        }


def exact(amount: Decimal | None) -> Decimal | None:
    """An amount to the fen."""
    return None if amount is None else amount.quantize(CENT)


def fit(report: ProjectForm | Evaluation) -> list[Indicator]:
    """The indicators of a report that a spreadsheet would not run."""
    return [one for one in report.indicators if not is_hostile(one)]


def is_hostile(one: Indicator) -> bool:
    """Whether a text begins like a formula. A target may begin with a sign before its figure."""
    texts = (one.indicator, one.target_text, one.actual_text, one.deviation)
    return any(text and is_formula(text) for text in texts)


def unread_rows(key: str, said: Performance) -> Iterator[dict[str, Any]]:
    """What of performance could not be read, equal reasons counted."""
    hostile = sum(is_hostile(one) for report in reports(said) for one in report.indicators)
    told: Counter[tuple[str, str]] = Counter()
    for one in said.unread:
        told[one.reason, one.detail] += one.count
    if hostile:
        told["hostile_text", "indicators that begin like a spreadsheet formula"] += hostile
    for (reason, detail), count in sorted(told.items()):
        yield {
            "document_id": key,
            "statement_id": None,
            "stage": "forms",
            "reason": reason,
            "detail": f"performance: {detail}" + (f" ({count} times)" if count > 1 else ""),
        }
