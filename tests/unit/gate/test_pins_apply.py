"""Pinned breaks: a pin holds for the figures it was made for, and for nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from pipeline.gate import rules, run
from pipeline.gate.judge import Judgement, judge
from pipeline.gate.rule import Violation
from pipeline.settings import PROJECT
from tests.builds import Built

RULES = rules.load(PROJECT / "expectations")


@dataclass(frozen=True)
class Judged:
    """What the gate says of the identities, and of the pins."""

    identities: tuple[Judgement, ...]
    pins: Judgement

    @property
    def stops(self) -> bool:
        return any(judgement.stops for judgement in self.identities)

    @property
    def violations(self) -> list[Violation]:
        return [violation for one in self.identities for violation in one.violations]


@dataclass(frozen=True)
class Breaking:
    """The breaks of a build, as pins that fit them."""

    built: Built
    pins: tuple[dict[str, Any], ...]

    def judged(self, pins: Sequence[dict[str, Any]], *, strict: bool = True) -> Judged:
        """The rules about breaks with these pins."""
        broken = {pin["identity_id"] for pin in self.pins}
        chosen = [rule for rule in RULES if rule.id in (*broken, "pins_current")]
        decided = {"known_breaks": list(pins), "known_losses": []}
        examined = run.examine(self.built.settings.warehouse, chosen, decided, None)
        found = {judgement.rule_id: judgement for judgement in judge(examined, strict)}
        current = found.pop("pins_current")
        return Judged(tuple(found.values()), current)


@pytest.fixture(scope="module")
def breaking(broken: Built) -> Breaking:
    rows = broken.rows(
        "SELECT sha256, identity_id, statement_id, subject, left_value, right_value "
        "FROM fact_check JOIN dim_document USING (document_id) "
        "WHERE verdict = 'breaks' ORDER BY check_id"
    )
    pins = tuple(
        {
            "sha256": s,
            "identity_id": i,
            "statement_id": statement,
            "subject": what,
            "expect": {"left": str(left), "right": str(right)},
        }
        for s, i, statement, what, left, right in rows
    )
    assert len(pins) >= 2
    return Breaking(broken, pins)


def test_a_break_that_nobody_pinned_stops_a_strict_build_and_no_other(breaking: Breaking) -> None:
    found = breaking.judged([])
    assert found.stops
    assert len(found.violations) == len(breaking.pins)
    assert found.pins.outcome == "not_run"
    assert not breaking.judged([], strict=False).stops


def test_breaks_that_are_all_pinned_do_not_stop_it_and_are_told(breaking: Breaking) -> None:
    found = breaking.judged(breaking.pins)
    assert {judgement.outcome for judgement in found.identities} == {"passed"}
    assert all("pinned in known_breaks.yml" in str(j.reason) for j in found.identities)
    assert found.pins.outcome == "passed"


def test_one_break_without_a_pin_still_stops_it(breaking: Breaking) -> None:
    found = breaking.judged(breaking.pins[1:])
    assert found.stops
    (violation,) = found.violations
    assert violation.subject == breaking.pins[0]["subject"]


def moved(pin: dict[str, Any], *names: str) -> dict[str, Any]:
    """A pin with some sides of its guard one yuan more; both leave the residual as it was."""
    sides = pin["expect"]
    return {"expect": sides | {name: str(Decimal(sides[name]) + 1) for name in names}}


@pytest.mark.parametrize(
    "stale",
    [
        lambda pin: moved(pin, "left"),
        lambda pin: moved(pin, "right"),
        lambda pin: moved(pin, "left", "right"),
        lambda pin: {"statement_id": "related_information"},
        lambda pin: {"subject": "some other line · 合计"},
        lambda pin: {"identity_id": "some_other_identity"},
        lambda pin: {"sha256": "f" * 64},
    ],
    ids=["left", "right", "both", "statement", "subject", "identity", "file"],
)
def test_a_pin_that_no_longer_fits_holds_nothing_and_is_named(
    breaking: Breaking, stale: Any
) -> None:
    pins = [breaking.pins[0] | stale(breaking.pins[0]), *breaking.pins[1:]]
    found = breaking.judged(pins)
    assert found.stops
    assert len(found.violations) == 1
    for strict in (True, False):
        current = breaking.judged(pins, strict=strict).pins
        assert (current.outcome, current.stops) == ("failed", False)
        (told,) = current.violations
        assert str(pins[0]["subject"]) in told.detail


def test_a_stale_pin_is_told_with_the_figures_of_today(breaking: Breaking) -> None:
    pin = breaking.pins[0]
    (told,) = breaking.judged([pin | moved(pin, "left")]).pins.violations
    assert f"now {pin['expect']['left']} against {pin['expect']['right']}, breaks" in told.detail


def test_a_pin_of_a_file_that_is_gone_is_named(breaking: Breaking) -> None:
    found = breaking.judged([*breaking.pins, breaking.pins[0] | {"sha256": "f" * 64}])
    assert not found.stops
    assert found.pins.outcome == "failed"
