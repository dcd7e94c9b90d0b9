"""Pinned breaks: a pin holds for the figures it was made for, and for nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from pipeline.gate import rules, run
from pipeline.gate.judge import Judgement, judge
from pipeline.settings import PROJECT
from tests.builds import Built


@dataclass(frozen=True)
class Breaking:
    """The breaks of a build, as pins that fit them."""

    built: Built
    pins: tuple[dict[str, Any], ...]

    def judged(self, pins: list[dict[str, Any]]) -> dict[str, Judgement]:
        """The rules about breaks under strict, with these pins."""
        suites = rules.load(PROJECT / "expectations" / "suites")
        chosen = [rule for rule in suites if rule.id in ("identities_hold", "pins_current")]
        decided = {"known_breaks": pins, "known_losses": []}
        examined = run.examine(self.built.settings.warehouse, chosen, decided, None)
        return {judgement.rule_id: judgement for judgement in judge(examined, strict=True)}


@pytest.fixture(scope="module")
def breaking(broken: Built) -> Breaking:
    rows = broken.rows(
        "SELECT sha256, identity_id, subject, residual FROM fact_check "
        "JOIN dim_document USING (document_id) WHERE verdict = 'breaks' ORDER BY check_id"
    )
    pins = tuple(
        {"sha256": s, "identity_id": i, "subject": what, "expect": {"residual": str(residual)}}
        for s, i, what, residual in rows
    )
    assert len(pins) >= 2
    return Breaking(broken, pins)


def test_a_break_that_nobody_pinned_stops_a_strict_build(breaking: Breaking) -> None:
    found = breaking.judged([])
    assert found["identities_hold"].stops
    assert len(found["identities_hold"].violations) == len(breaking.pins)
    assert found["pins_current"].outcome == "not_run"


def test_breaks_that_are_all_pinned_do_not_stop_it(breaking: Breaking) -> None:
    found = breaking.judged(list(breaking.pins))
    assert found["identities_hold"].outcome == "passed"
    assert found["pins_current"].outcome == "passed"


def test_one_break_without_a_pin_still_stops_it(breaking: Breaking) -> None:
    found = breaking.judged(list(breaking.pins[1:]))
    assert found["identities_hold"].stops
    assert len(found["identities_hold"].violations) == 1
    assert breaking.pins[0]["subject"] in found["identities_hold"].violations[0][3]


@pytest.mark.parametrize(
    "stale",
    [
        {"expect": {"residual": "1.00"}},
        {"subject": "some other line · 合计"},
        {"identity_id": "some_other_identity"},
    ],
    ids=["residual", "subject", "identity"],
)
def test_a_pin_that_no_longer_fits_holds_nothing_and_is_named(
    breaking: Breaking, stale: dict[str, Any]
) -> None:
    pins = [breaking.pins[0] | stale, *breaking.pins[1:]]
    found = breaking.judged(pins)
    assert found["identities_hold"].stops
    assert len(found["identities_hold"].violations) == 1
    assert found["pins_current"].outcome == "failed"
    assert not found["pins_current"].stops
    assert str(pins[0]["subject"]) in found["pins_current"].violations[0][3]


def test_a_pin_of_a_file_that_is_gone_is_named(breaking: Breaking) -> None:
    found = breaking.judged([*breaking.pins, breaking.pins[0] | {"sha256": "f" * 64}])
    assert found["identities_hold"].outcome == "passed"
    assert found["pins_current"].outcome == "failed"
