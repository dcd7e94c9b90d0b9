"""The declarations agree with each other and with the schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.narrative.figures import SAME_UNIT, units
from pipeline.narrative.grammar import SAME
from pipeline.narrative.patterns import declared, wordings
from pipeline.narrative.phrases import phrases
from pipeline.schema.catalogue import measures, statements, words


def places() -> Iterator[dict[str, Any]]:
    """Every declared place of every subject."""
    for rules in declared("subjects").values():
        for place in (*rules.get("cells", ()), *rules.get("budget", ())):
            yield from place.get("plus", [place])


def test_every_subject_is_in_the_closed_list_and_the_other_way_round() -> None:
    assert set(declared("subjects")) == set(words("claim_subject"))


def test_every_phrase_names_a_subject() -> None:
    assert {one["subject"] for one in wordings()} - {SAME} <= set(words("claim_subject"))


def test_every_unit_is_in_the_closed_list() -> None:
    assert {SAME_UNIT.get(unit, unit) for unit, _ in units()} == set(words("claim_unit"))


def test_every_place_is_in_a_statement_that_there_is() -> None:
    assert {place["statement"] for place in places()} <= set(statements())
    assert {m for place in places() for m in place.get("measures", ())} <= set(measures())


@pytest.mark.parametrize("relation", ["share_of", "sum", "closed_by"])
def test_relations_name_subjects(relation: str) -> None:
    named = {s for rules in declared("subjects").values() for s in rules.get(relation, ())}
    assert named <= set(words("claim_subject"))


def test_a_phrase_says_before_or_after_what_it_stands() -> None:
    assert all(phrase.before or phrase.after for phrase in phrases())
