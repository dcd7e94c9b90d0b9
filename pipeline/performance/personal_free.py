"""Forms and reports without texts in the form of personal data: each is left out and told.

Here: that rule, the same for every layout. Not here: what personal data look like (documents).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from pipeline.documents import personal
from pipeline.performance.shapes import Evaluation, Indicator, ProjectForm, Unread

HEAD = ("name", "implementing_unit", "supervising_department")
TEXTS = ("level1", "level2", "indicator", "target_text", "actual_text", "deviation")
Report = TypeVar("Report", ProjectForm, Evaluation)


def cleaned(report: Report, unread: list[Unread]) -> Report:
    """A form or a report without texts in the form of personal data."""
    head = {name: clean_text(getattr(report, name), name, unread) for name in HEAD}
    kept = tuple(clean_indicators(report.indicators, unread))
    return replace(report, **head, indicators=kept)  # type: ignore[arg-type]


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
