"""What real disclosures say of their units against answers checked on the page.

Names of bodies and ranks are labels; the duties are asked for only. Each test skips, saying so,
where its file is not beside the repository.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from pipeline.narrative.profile import profile
from pipeline.staging.extract import understand
from tests.accuracy.test_answers import document

ANSWERS = Path(__file__).parent / "answers" / "profiles.csv"


def answers() -> dict[str, list[tuple[str, str, str]]]:
    """The written answers by document."""
    found = defaultdict(list)
    with ANSWERS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["document_id"]].append((row["place"], row["attribute"], row["value"]))
    return found


@pytest.mark.parametrize("name", sorted(answers()))
def test_profiles_are_complete_and_exact(name: str) -> None:
    reading, disclosure = understand(document(name))
    said = profile(reading.items, disclosure.unit_name)
    found = [(str(p.place.page or p.place.line), p.attribute, p.value) for p in said]
    assert [one for one in found if one[1] != "duties"] == answers()[name]
    assert sum(attribute == "duties" for _, attribute, _ in found) == 1
