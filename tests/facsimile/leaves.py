"""The exact amounts a made-up budget consists of, in whole fen (1/100 yuan).

Here belongs only the drawing of leaves: who spends how much, from which fund, on what. Printing
them as tables is `synthetic.py`; since every table is a sum over the same leaves, the identities
between tables hold by construction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.facsimile.vocabulary import (
    BUREAUS,
    CAR_PROJECT,
    CENTRES,
    ECONOMIC,
    PLACES,
    PROJECTS,
    SHARED_PROJECT,
)

Kind = Literal["admin", "institution"]
Fund = Literal[
    "general_public_budget",
    "government_fund",
    "state_capital",
    "fiscal_special_account",
    "unit_funds",
]
GENERAL: Fund = "general_public_budget"
FEN_PER_TEN_THOUSAND_YUAN = 1_000_000


@dataclass(frozen=True)
class Spender:
    """One unit: its name, its kind, and the 款 its running costs are booked under."""

    name: str
    kind: Kind
    group: str


@dataclass(frozen=True)
class Leaf:
    """One exact amount: basic spending has an economic code, a project has a name."""

    unit: int
    function: str
    fund: Fund
    fen: int
    economic: str = ""
    project: str = ""
    carried: bool = False


@dataclass(frozen=True)
class Wishes:
    """What the budget shall contain."""

    with_carry_over: bool
    with_funds: bool
    with_state_capital: bool
    n_projects: int


def spenders(
    random: Random, scope: str, n_units: int, kind: Kind | None
) -> tuple[str, str, list[Spender]]:
    """Name and region of the disclosing body, and its units (for a unit: itself)."""
    place = random.choice(sorted(PLACES))
    bureau = random.choice(sorted(BUREAUS))
    group = BUREAUS[bureau]
    head = Spender(place + bureau, "admin", group)
    if scope == "unit":
        if (kind or random.choice(("admin", "institution"))) == "institution":
            head = Spender(place + random.choice(CENTRES), "institution", group)
        return head.name, PLACES[place], [head]
    others = random.sample(CENTRES, n_units - 1)
    units = [head, *(Spender(place + name, "institution", group) for name in others)]
    return head.name, PLACES[place], units


def leaves(random: Random, units: list[Spender], wishes: Wishes) -> list[Leaf]:
    """Every amount of every unit."""
    result: list[Leaf] = []
    for index, unit in enumerate(units):
        result += _basic(random, index, unit)
        result += _projects(random, index, unit, wishes)
    result += _other_funds(random, units, wishes)
    return result


def amount(random: Random, low: float, high: float) -> int:
    """Between `low` and `high` 万元, to the fen."""
    return random.randint(
        int(low * FEN_PER_TEN_THOUSAND_YUAN), int(high * FEN_PER_TEN_THOUSAND_YUAN)
    )


def _basic(random: Random, index: int, unit: Spender) -> Iterator[Leaf]:
    for economic in _economic_items(random, unit.kind):
        low, high = (5, 330) if economic < "302" else (0.1, 25)
        yield Leaf(
            index,
            function_of(economic, unit),
            GENERAL,
            amount(random, low, high),
            economic=economic,
        )


def _economic_items(random: Random, kind: Kind) -> list[str]:
    left_out = {"30107"} if kind == "admin" else {"30102", "30103"}
    optional = ("30202", "30207", "30211", "30212", "30217", "30239", "31002")
    left_out |= set(random.sample(optional, random.randint(0, 4)))
    return [code for code in ECONOMIC if code not in left_out]


def function_of(economic: str, unit: Spender) -> str:
    """The function code under which an economic item of basic spending is booked."""
    admin = unit.kind == "admin"
    special = {
        "30108": "2080505",
        "30109": "2080506",
        "30110": "2101101" if admin else "2101102",
        "30111": "2101103",
        "30113": "2210201",
        "30302": "2080501" if admin else "2080502",
        "30309": "2100799",
    }
    return special.get(economic, unit.group + ("01" if admin else "50"))


def _projects(random: Random, index: int, unit: Spender, wishes: Wishes) -> Iterator[Leaf]:
    names = [SHARED_PROJECT, *random.sample(PROJECTS, min(len(PROJECTS), wishes.n_projects - 1))]
    for position, name in enumerate(names[: wishes.n_projects]):
        function = unit.group + random.choice(("02", "99"))
        carried = wishes.with_carry_over and (position == 1 or random.random() < 0.3)
        only_carried = carried and position > 1 and random.random() < 0.4
        if not only_carried:
            yield Leaf(index, function, GENERAL, amount(random, 1, 120), project=name)
        if carried:
            fen = amount(random, 0.2, 40)
            yield Leaf(index, function, GENERAL, fen, project=name, carried=True)
    if random.random() < 0.3:
        yield Leaf(index, unit.group + "02", GENERAL, amount(random, 15, 36), project=CAR_PROJECT)


def _other_funds(random: Random, units: list[Spender], wishes: Wishes) -> Iterator[Leaf]:
    last = len(units) - 1
    if wishes.with_funds:
        yield from _fund_project(
            random, 0, "2120899", "government_fund", "土地出让业务费", wishes.with_carry_over
        )
        yield from _fund_project(
            random, last, "2121399", "government_fund", "市政配套设施改造补助", False
        )
        other = units[last].group + "99"
        yield from _fund_project(random, last, other, "unit_funds", "技术服务成本", False)
        yield Leaf(last, other, GENERAL, amount(random, 1, 30), project="技术服务成本")
        yield from _fund_project(
            random, 0, "2059999", "fiscal_special_account", "考试考务费", False
        )
    if wishes.with_state_capital:
        yield from _fund_project(
            random, 0, "2230105", "state_capital", "国有企业退休人员社会化管理补助", False
        )
        yield from _fund_project(
            random, last, "2239999", "state_capital", "国有资本监管经费", wishes.with_carry_over
        )


def _fund_project(
    random: Random, unit: int, function: str, fund: Fund, project: str, with_carried: bool
) -> Iterator[Leaf]:
    yield Leaf(unit, function, fund, amount(random, 3, 90), project=project)
    if with_carried:
        fen = amount(random, 0.5, 20)
        yield Leaf(unit, function, fund, fen, project=project, carried=True)
