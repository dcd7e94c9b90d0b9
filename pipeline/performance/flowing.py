"""All that a flowing text says of performance: forms of targets and reports of self-evaluation.

Here: both put together, each line read for one of them, and texts in the form of personal data left
out. Not here: how either is read (flow, evaluations).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.documents import personal
from pipeline.performance.evaluations import evaluations_in, reports_of
from pipeline.performance.flow.reader import forms_in
from pipeline.performance.shapes import Evaluation, Indicator, Performance, ProjectForm, Unread
from pipeline.readers.shapes import Paragraph, Reading

TEXTS = ("indicator", "target_text", "actual_text", "deviation")


def read(reading: Reading) -> Performance:
    """What the lines of a reading say, those outside every table."""
    lines = [item for item in reading.items if isinstance(item, Paragraph)]
    reported = {n for report in reports_of(lines) for n in range(report.begin, report.end)}
    forms = forms_in([line for n, line in enumerate(lines) if n not in reported])
    reports = evaluations_in(lines)
    unread = [*forms.unread, *reports.unread]
    return Performance(
        forms=tuple(clean_form(form, unread) for form in forms.forms),
        evaluations=tuple(clean_report(report, unread) for report in reports.evaluations),
        unread=tuple(unread),
    )


def clean_form(form: ProjectForm, unread: list[Unread]) -> ProjectForm:
    """A form without texts in the form of personal data; each is told, none is shown."""
    return replace(
        form,
        name=clean_text(form.name, "name", unread),
        implementing_unit=clean_text(form.implementing_unit, "implementing_unit", unread),
        supervising_department=clean_text(
            form.supervising_department, "supervising_department", unread
        ),
        indicators=tuple(clean_indicators(form.indicators, unread)),
    )


def clean_report(report: Evaluation, unread: list[Unread]) -> Evaluation:
    """The same for a self-evaluation."""
    return replace(
        report,
        name=clean_text(report.name, "name", unread),
        implementing_unit=clean_text(report.implementing_unit, "implementing_unit", unread),
        supervising_department=clean_text(
            report.supervising_department, "supervising_department", unread
        ),
        indicators=tuple(clean_indicators(report.indicators, unread)),
    )


def clean_text(text: str | None, field: str, unread: list[Unread]) -> str | None:
    """A text of the head, null where it is in the form of personal data."""
    if not personal.found_in(text):
        return text
    unread.append(Unread("personal_data", f"{field}: text in the form of personal data"))
    return None


def clean_indicators(found: Iterable[Indicator], unread: list[Unread]) -> list[Indicator]:
    """The indicators without those whose texts are in the form of personal data."""
    kept = []
    for one in found:
        if any(personal.found_in(getattr(one, name)) for name in TEXTS):
            unread.append(Unread("personal_data", "an indicator in the form of personal data"))
        else:
            kept.append(one)
    return kept
