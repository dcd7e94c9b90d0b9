"""All that a flowing text says of performance: forms of targets and reports of self-evaluation.

Here: both put together, each line read for one of them, and texts in the form of personal data left
out. Not here: how either is read (flow, evaluations).
"""

from __future__ import annotations

from pipeline.performance.evaluations import evaluations_in, reports_of
from pipeline.performance.flow.reader import forms_in
from pipeline.performance.personal_free import cleaned
from pipeline.performance.shapes import Performance
from pipeline.readers.shapes import Paragraph, Reading


def read(reading: Reading) -> Performance:
    """What the lines of a reading say, those outside every table."""
    lines = [item for item in reading.items if isinstance(item, Paragraph)]
    reported = {n for report in reports_of(lines) for n in range(report.begin, report.end)}
    forms = forms_in([line for n, line in enumerate(lines) if n not in reported])
    reports = evaluations_in(lines)
    unread = [*forms.unread, *reports.unread]
    return Performance(
        forms=tuple(cleaned(form, unread) for form in forms.forms),
        evaluations=tuple(cleaned(report, unread) for report in reports.evaluations),
        unread=tuple(unread),
    )
