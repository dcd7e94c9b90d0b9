"""How publishers of other provinces word their prose: `wordings.yml`, one sentence a case.

The sentences and figures are our own, the wordings those of the provinces' templates. A case says
what must be read and in which order, so that nothing is lost and nothing is invented.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.narrative.figures import SAME_UNIT, units
from pipeline.narrative.grammar import MEASURE_OF
from tests.unit.narrative.prose import said

CASES = yaml.safe_load(Path(__file__).with_name("wordings.yml").read_text(encoding="utf-8"))
DIRECTIONS = ("up", "down", "same")
FIGURE = re.compile(r"(?P<value>[\d.]+)(?P<unit>\D*)")


def expected(line: str) -> tuple[str, str, str, str | None, str | None]:
    """A claim as a case writes it: subject, measure (where relative), figure, direction."""
    subject, *words = line.split()
    direction = words.pop() if words[-1] in DIRECTIONS else None
    figure = FIGURE.fullmatch(words.pop())
    assert figure is not None, line
    unit = figure["unit"] or None
    kinds = {SAME_UNIT.get(name, name): kind for name, kind in units()}
    measure = words[0] if words else MEASURE_OF[kinds[unit or "元"]]
    return subject, measure, figure["value"], unit, direction


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['at'][0]} {case['text'][:12]}")
def test_a_wording_is_read(case: dict[str, Any]) -> None:
    _, kind, section = case["at"]
    found = said(case["text"], section=section, kind=kind)
    assert found == [expected(line) for line in case["said"]]
