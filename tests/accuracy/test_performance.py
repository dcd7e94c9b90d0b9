"""Performance forms of real disclosures against answers written from their text by hand.

Needs ../shared/raw, and says so where it is missing. Answers hold labels, figures and targets only.
A level is that of the print, taken back only where the two horizons prove it displaced.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pipeline.documents.document import Document
from pipeline.documents.intake import take_in
from pipeline.performance.shapes import Performance, ProjectForm
from pipeline.staging.extract import performance_of, understand

ANSWERS = Path(__file__).parent / "answers" / "performance"
RAW = Path(__file__).parents[3] / "shared" / "raw" / "shanxi"
WITH_INDICATORS = ("000_fb26f82e31875807", "002_f677152ddfc31562")
DAMAGED = "004_155276bea8e9ea1f"
GOAL, LEGIBLE = 0.995, 0.95

pytestmark = pytest.mark.skipif(not RAW.is_dir(), reason=f"{RAW} is not there")

Row = tuple[str | None, ...]


@cache
def documents() -> dict[str, Document]:
    return {d.path.stem: d for d in take_in(RAW).documents}


@cache
def found_in(document: str) -> Performance:
    reading, disclosure = understand(documents()[document])
    return performance_of(reading, disclosure)


def answers(name: str) -> list[dict[str, str]]:
    with (ANSWERS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def expected_indicators(document: str) -> Counter[Row]:
    found: Counter[Row] = Counter()
    for row in answers(document):
        horizons = ("period", "annual") if row["horizon"] == "both" else (row["horizon"],)
        for horizon in horizons:
            names = ("form", "level1", "level2", "indicator", "target")
            found[(horizon, *(row[name] or None for name in names))] += 1
    return found


def read_indicators(document: str) -> Counter[Row]:
    return Counter(
        (one.horizon, form.name, one.level1, one.level2, one.indicator, one.target_text)
        for form in found_in(document).forms
        for one in form.indicators
    )


@pytest.mark.parametrize("document", WITH_INDICATORS)
def test_indicators_are_complete_and_exact(document: str) -> None:
    wanted, got = expected_indicators(document), read_indicators(document)
    right = (wanted & got).total()
    assert right / wanted.total() >= GOAL, f"missing: {sorted(map(str, wanted - got))}"
    assert right / got.total() >= GOAL, f"not in the answers: {sorted(map(str, got - wanted))}"


def form_row(form: ProjectForm) -> dict[str, str]:
    row = {
        "pages": form.pages,
        "attribute": form.attribute,
        "duration_years": form.duration_years,
        "department_code": form.department_code,
    }
    for horizon in ("period", "annual"):
        for source in ("total", "central", "provincial", "municipal", "self_raised"):
            row[f"{horizon}_{source}"] = getattr(getattr(form, horizon), source)
    return {name: "" if value is None else str(value) for name, value in row.items()}


@pytest.mark.parametrize("document", WITH_INDICATORS)
def test_forms_and_their_funds_are_complete_and_exact(document: str) -> None:
    wanted = [row for row in answers("forms") if row["document"] == document]
    got = found_in(document).forms
    cells = [pair for one in zip(wanted, got, strict=True) for pair in compared(*one)]
    wrong = [told for told, right, _ in cells if not right]
    assert 1 - len(wrong) / len(cells) >= GOAL, wrong


def test_forms_of_damaged_print_are_all_there_and_nothing_is_invented() -> None:
    """Recognition lost some amounts of this document: what is read is right, and most is read."""
    wanted = [row for row in answers("forms") if row["document"] == DAMAGED]
    got = found_in(DAMAGED).forms
    cells = [pair for one in zip(wanted, got, strict=True) for pair in compared(*one)]
    invented = [told for told, right, value in cells if not right and value]
    assert not invented
    assert sum(right for _, right, _ in cells) / len(cells) >= LEGIBLE


def compared(answer: dict[str, str], form: ProjectForm) -> Iterator[tuple[str, bool, str]]:
    """Each field of a form: what differs in words, whether it is right, and what was read."""
    for name, value in form_row(form).items():
        told = f"{answer['form']}, {name}: {value!r}, not {answer[name]!r}"
        yield told, value == answer[name], value


@pytest.mark.parametrize("document", WITH_INDICATORS)
def test_clean_forms_bear_their_names(document: str) -> None:
    wanted = [row["form"] for row in answers("forms") if row["document"] == document]
    assert [form.name for form in found_in(document).forms] == wanted
