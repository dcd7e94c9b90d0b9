"""Files of performance forms alone: a disclosure without statements, or put aside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.documents.document import Document, Refusal
from pipeline.readers.shapes import Paragraph, Place, Reading
from pipeline.staging import extract
from pipeline.staging.forms_alone import disclosure_of
from tests.facsimile.performance import shanxi_form


def alone(*lines: str) -> Reading:
    """A form below these lines and nothing else."""
    form = shanxi_form()
    return replace(form, items=(*(Paragraph(line, Place()) for line in lines), *form.items))


def undated() -> Reading:
    """The form without any line around it."""
    form = shanxi_form()
    return replace(form, items=tuple(i for i in form.items if not isinstance(i, Paragraph)))


def test_a_file_of_forms_is_a_disclosure_without_statements() -> None:
    found = disclosure_of(alone("项目支出绩效目标表", "（2026年度）"))
    assert found is not None
    assert (found.kind, found.fiscal_year, found.statements) == ("budget", 2026, ())
    assert found.unit_name
    assert set(found.coverage.values()) == {"absent"}


def test_without_a_year_or_with_two_it_is_none() -> None:
    assert disclosure_of(undated()) is None
    assert disclosure_of(alone("（2026年度）", "（2025年度）")) is None


def test_without_a_form_it_is_none() -> None:
    assert disclosure_of(Reading("text", (Paragraph("（2026年度）", Place()),))) is None


def test_what_is_recognised_otherwise_is_asked_for_no_forms(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Another reason than that nothing was found stands, whatever forms are there."""

    def refuses(_: Reading) -> Reading:
        raise Refusal("forms", "document_unidentified", "no year")

    monkeypatch.setattr(extract, "recognise", refuses)
    key = "0123456789abcdef"
    document = Document(key, "one.pdf", tmp_path / "one.pdf", key * 4, 1, "application/pdf")
    with pytest.raises(Refusal, match="no year"):
        extract.understood(document, alone("（2026年度）"))
