"""Tables of other provinces give the same as PDF, as text, and as text without merged cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.forms.recognise import recognise
from pipeline.readers.shapes import Reading
from tests.accuracy.comparison import reading as read_pdf
from tests.facsimile.sheets import pdf_of
from tests.unit.forms import other_forms
from tests.unit.forms.printed import reading

Row = tuple[str | None, ...]


def rows(found: Reading) -> list[Row]:
    """Every figure with its key."""
    disclosure = recognise(found)
    assert disclosure.rejected == ()
    return [
        (
            statement.statement_id,
            line.side,
            line.code,
            line.label_path,
            line.label,
            str(line.occurrence),
            figure.measure,
            figure.figure,
            statement.money_unit,
        )
        for statement in disclosure.statements
        for line in statement.lines
        for figure in line.figures
    ]


@pytest.mark.parametrize("name", sorted(other_forms.DOCUMENTS))
def test_print_and_text_agree(name: str, tmp_path: Path) -> None:
    text = reading(other_forms.DOCUMENTS[name])
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(text))
    wanted = rows(text)
    assert wanted
    assert rows(read_pdf(path)) == wanted


@pytest.mark.parametrize("name", sorted(other_forms.DOCUMENTS))
def test_a_grid_that_does_not_tell_merged_cells_gives_the_same(name: str) -> None:
    whole = other_forms.DOCUMENTS[name]
    assert rows(reading(whole.replace("<", "").replace("^", ""))) == rows(reading(whole))
