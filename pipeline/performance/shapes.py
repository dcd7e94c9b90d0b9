"""The shapes of performance reporting: `ProjectForm`, `Evaluation`, and the `Indicator` of both.

Here: plain data, texts as printed but for the white space, money in yuan. None of them has a field
for a handler, a telephone or a date of filling in: what has no field cannot be staged. Not here:
how they are read (from grids or flowing text) and how they are released (ledger).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.readers.shapes import Place

#: 实施期目标, 年度目标, 自评
PERIOD, ANNUAL, EVALUATION = ("period", "annual", "evaluation")
#: of what stands in no place
NOWHERE = Place()
#: the sources of a project's money, as the columns of fact_project name them
SOURCES = ("central", "provincial", "municipal", "self_raised", "other")


@dataclass(frozen=True, slots=True)
class Funds:
    """Project money of one horizon, in yuan; null where nothing is printed, 0 where a 0 is."""

    total: Decimal | None = None
    central: Decimal | None = None
    provincial: Decimal | None = None
    municipal: Decimal | None = None
    self_raised: Decimal | None = None
    other: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a target says in figures: operator as printed (≥, 不低于), value and unit, if any."""

    operator: str | None = None
    value: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of one horizon. `target_text` is as printed; `target` what is parsed of it.

    `level1` and `level2` are of the closed vocabulary of levels, null where none can be told.
    `actual_text`, `weight` and `score` are those of a self-evaluation, `deviation` its stated
    reason or measure where the form has a column for it.
    """

    horizon: str
    level1: str | None
    level2: str | None
    indicator: str
    target_text: str | None
    target: Target = Target()
    actual_text: str | None = None
    weight: Decimal | None = None
    score: Decimal | None = None
    deviation: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class ProjectForm:
    """One performance form: the pages that repeat its head are one form.

    `pages` counts them. `name` is null where the print is lost; `name_damaged` says that it is
    read and not to be trusted (cut off at the cell's edge, broken by recognition).
    """

    place: Place
    pages: int = 1
    year: int | None = None
    name: str | None = None
    name_damaged: bool = False
    implementing_unit: str | None = None
    supervising_department: str | None = None
    department_code: str | None = None
    attribute: str | None = None
    duration_years: int | None = None
    period: Funds = Funds()
    annual: Funds = Funds()
    indicators: tuple[Indicator, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One self-evaluation report of a project; money in yuan, rate in per cent as printed."""

    place: Place
    pages: int = 1
    name: str | None = None
    implementing_unit: str | None = None
    supervising_department: str | None = None
    department_code: str | None = None
    requested: Decimal | None = None
    approved: Decimal | None = None
    year_budget: Decimal | None = None
    year_executed: Decimal | None = None
    carried_forward: Decimal | None = None
    execution_rate: Decimal | None = None
    execution_score: Decimal | None = None
    total_score: Decimal | None = None
    grade: str | None = None
    indicators: tuple[Indicator, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a form that could not be placed: why, and what was expected where.

    `reason` is of the closed list of quarantine reasons; `detail` never quotes the form's text,
    which may be personal. `count` is how many rows or cells are meant.
    """

    reason: str
    detail: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Performance:
    """All that a document says of performance, in the order of its pages."""

    forms: tuple[ProjectForm, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    unread: tuple[Unread, ...] = ()
