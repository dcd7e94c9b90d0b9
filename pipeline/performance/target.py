"""What a target says in figures: operator, value and unit, where there is one of each.

Here: one printed target to `Target`. A date (2026年7月, 12月底前) and a target in words have none.
Not here: which cell is a target (indicators).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from pipeline.declared import beside
from pipeline.forms.wording import squeeze
from pipeline.performance.shapes import Target

FIGURE = r"(?P<value>\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
# What may stand for a unit: no further figure, no sentence.
UNIT = r"(?P<unit>[^\d，。；;、]{0,12}?)"
# A month, a day or a year of the calendar is no quantity, unless something is compared with it.
DATE = re.compile(
    r"(?:\d{4}年(?:度)?)?(?:年)?(?:\d{1,2}月)?(?:份)?(?:\d{1,2}[日号])?(?:底|末|初|中旬|上旬|下旬)?"
    r"(?:之?前|前完成|内|完成)?"
)
CALENDAR = re.compile(r"月|日|号|^\d{4}年")
DURATION = re.compile(r"\d+(?:个月|日历日|工作日|年)(?:以?内)?")
MAX_DIGITS, DECIMALS = 14, 4


@cache
def signs() -> dict[str, Any]:
    """The declared words and signs."""
    declared: dict[str, Any] = beside(__package__, "target.yml")
    return declared


@cache
def pattern() -> re.Pattern[str]:
    """A whole target: sign, figure, unit, word after it."""
    before, after = (
        "|".join(map(re.escape, sorted(signs()[where], key=len, reverse=True)))
        for where in ("before", "after")
    )
    return re.compile(rf"(?P<before>{before})?{FIGURE}{UNIT}(?P<after>{after})?")


def parsed(text: str | None) -> Target:
    """Operator, value and unit of a printed target; all null where it is none of figures."""
    plain = squeeze(text or "")
    found = pattern().fullmatch(plain)
    if found is None:
        return Target()
    operator = found["before"] or found["after"]
    if found["before"] is None and is_date(plain):
        return Target()
    digits = re.sub("[,，]", "", found["value"])
    whole, _, part = digits.partition(".")
    if len(whole) > MAX_DIGITS or len(part) > DECIMALS:
        return Target()
    named = signs()["signs"].get(operator, operator)
    return Target(named, Decimal(digits), found["unit"] or None)


def composed(text: str | None, operator: str | None, unit: str | None) -> tuple[str | None, Target]:
    """A target whose operator and unit may stand in columns of their own, as text and parsed.

    What kind of target it is (定性, 正向指标) is no operator. What the target says itself is not
    said again.
    """
    if text is None:
        return None, Target()
    plain = squeeze(text)
    signs_ = [sign for where in ("before", "after") for sign in signs()[where]]
    measured = squeeze(unit or "")
    measured = "" if measured in signs()["no_unit"] else measured
    compared = operator if operator in signs_ else ""
    whole = plain + (measured if plain[-1:].isdigit() else "")
    if compared and not plain.startswith(tuple(signs_)):
        whole = compared + whole
    found = parsed(whole)
    alone = parsed(plain)
    if found.value is None and alone.value is not None and (compared or measured):
        sign = signs()["signs"].get(compared, compared) or alone.operator
        found = Target(sign, alone.value, alone.unit or measured or None)
    return whole, found


def is_date(plain: str) -> bool:
    """Whether a text is a day, month or year of the calendar."""
    if DURATION.fullmatch(plain) and not re.fullmatch(r"(?:19|20)\d{2}年", plain):
        return False
    return DATE.fullmatch(plain) is not None and CALENDAR.search(plain) is not None
