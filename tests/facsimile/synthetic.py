"""Random budgets that obey every identity: leaves in fen, printed in 万元 with two decimals.

Here belongs the printing of leaves as 表1 to 表13. Every cell is rounded for itself from the exact
sum below it, as in the originals, so that sums of printed figures show real rounding residuals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from random import Random

from tests.facsimile.books import (
    FISCAL,
    FUNDS,
    Books,
    Test,
    basic,
    carried,
    current,
    every,
    fiscal,
    in_class,
    in_unit,
    named,
    of_fund,
    printed,
    printed_fen,
    project,
    under,
)
from tests.facsimile.budget import NO_DATA, ROUNDING_NOTE, Budget, PrintedRow, Scope, Table, padded
from tests.facsimile.leaves import Fund, Kind, Leaf, Wishes, leaves, spenders
from tests.facsimile.vocabulary import (
    CAR_PROJECT,
    CLASSES,
    ECONOMIC,
    ECONOMIC_CLASSES,
    FUNCTIONS,
    REVENUES,
)

FUND_LINES = ("一般公共预算", "政府性基金预算", "国有资本经营预算", "财政专户管理资金", "单位资金")
DIGITS = "一二三四五六七八九十"
INDENT = "\u3000"


def synthetic_budget(
    seed: int,
    scope: Scope = "unit",
    year: int = 2026,
    *,
    with_carry_over: bool = True,
    with_funds: bool = True,
    with_state_capital: bool = False,
    n_projects: int = 8,
    n_units: int = 3,
    kind: Kind | None = None,
) -> Budget:
    """A made-up disclosure; `n_projects` are general projects per unit, other funds bring more."""
    random = Random(seed)
    name, region, units = spenders(random, scope, n_units, kind)
    wishes = Wishes(with_carry_over, with_funds, with_state_capital, n_projects)
    books = Books(name, scope, year, tuple(units), tuple(leaves(random, units, wishes)))
    return printed_books(books, region, random)


def synthetic_family(seed: int, n_units: int = 3, year: int = 2026) -> list[Budget]:
    """A made-up department and, after it, each of its units, every one printed for itself."""
    random = Random(seed)
    name, region, units = spenders(random, "department", n_units, None)
    wishes = Wishes(with_carry_over=True, with_funds=True, with_state_capital=False, n_projects=3)
    spent = tuple(leaves(random, units, wishes))
    family = [Books(name, "department", year, tuple(units), spent)]
    for index, unit in enumerate(units):
        own = tuple(replace(leaf, unit=0) for leaf in spent if leaf.unit == index)
        family.append(Books(unit.name, "unit", year, (unit,), own))
    return [printed_books(books, region, random) for books in family]


def printed_books(books: Books, region: str, random: Random) -> Budget:
    """The tables of a body's books."""
    tables = (
        _summary(books),
        _revenue(books),
        _expenditure(books),
        _fiscal_summary(books),
        _general_expenditure(books),
        _general_economic(books),
        _fund_revenue(books, random),
        _fund_expenditure(books),
        _state_capital(books, random),
        _three_public(books),
        _operating_cost(books),
        _projects(books, 12, current, FUNDS),
        _projects(books, 13, carried, FISCAL),
    )
    return Budget(books.name, books.scope, books.year, region, tables)


def ordinal(number: int) -> str:
    """1 -> 一, 21 -> 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens - 1] + "十"
    return head + (DIGITS[ones - 1] if ones else "")


def _beside(
    number: int, left: Iterable[PrintedRow], right: Iterable[PrintedRow], width: int
) -> list[PrintedRow]:
    """Rows of two sides next to each other; `width` columns stand on the left."""
    return [
        padded(number, (*(a or ("",) * width), *(b or ())))
        for a, b in zip_longest(left, right, fillvalue=())
    ]


def _summary(books: Books) -> Table:
    income = [
        (f"{ordinal(i)}、{line}", books.figure(current, of_fund(fund)))
        for i, (line, fund) in enumerate(zip(FUND_LINES, FUNDS, strict=True), start=1)
    ]
    spending = [
        (
            f"{ordinal(i)}、{name}",
            books.figure(in_class(name)),
            books.figure(in_class(name), current),
            books.figure(in_class(name), carried),
        )
        for i, name in enumerate(CLASSES, start=1)
    ]
    sums = (books.figure(), books.figure(current), books.figure(carried))
    rows = [
        *_beside(1, income, spending, 2),
        padded(1, ("本年收入合计", sums[1], "本年支出合计", *sums)),
        padded(1, ("上年结转", sums[2], "年终结转")),
        padded(1, ("收入总计", sums[0], "支出总计", *sums)),
    ]
    return Table(1, tuple(rows), ROUNDING_NOTE, breaks=(21,))


def _codes(found: Iterable[Leaf]) -> list[str]:
    """Every 类, 款 and 项 of the leaves, in order of the code."""
    return sorted({leaf.function[:length] for leaf in found for length in (3, 5, 7)})


def _by_code(books: Books, number: int, columns: Sequence[Test], *tests: Test) -> Table:
    """合计 and a row per function code; without leaves the stated empty table."""
    found = books.only(*tests)
    if not found:
        return Table(number, (padded(number, ("合计",)),), NO_DATA)
    rows = [
        padded(
            number,
            (
                code or "合计",
                FUNCTIONS[code] if code else "",
                *(books.figure(under(code), column, *tests) for column in columns),
            ),
        )
        for code in ["", *_codes(found)]
    ]
    return Table(number, tuple(rows))


def _revenue(books: Books) -> Table:
    def current_of(fund: Fund) -> Test:
        return lambda leaf: current(leaf) and leaf.fund == fund

    return _by_code(books, 2, [current, *map(current_of, FUNDS), carried], every)


def _expenditure(books: Books) -> Table:
    return _by_code(books, 3, [every, basic, project], every)


def _general_expenditure(books: Books) -> Table:
    return _by_code(books, 5, [every, basic, project], current, of_fund(FUNDS[0]))


def _fund_expenditure(books: Books) -> Table:
    return _by_code(books, 8, [every, basic, project], current, of_fund("government_fund"))


def _fiscal_summary(books: Books) -> Table:
    income = [
        (f"{ordinal(i)}、{line}", books.figure(current, of_fund(fund)))
        for i, (line, fund) in enumerate(zip(FUND_LINES, FISCAL, strict=False), start=1)
    ]
    spending = [
        (f"{ordinal(i)}、{name}", *_fiscal_columns(books, in_class(name)))
        for i, name in enumerate(CLASSES, start=1)
    ]
    sums = _fiscal_columns(books)
    parts = [
        padded(4, (f"{ordinal(i)}、{line}", books.figure(carried, of_fund(fund))))
        for i, (line, fund) in enumerate(zip(FUND_LINES, FISCAL, strict=False), start=1)
    ]
    rows = [
        *_beside(4, income, spending, 2),
        padded(4, ("本年收入合计", books.figure(current, fiscal), "本年支出合计", *sums)),
        padded(4, ("上年财政拨款结转", books.figure(carried, fiscal), "年终结转")),
        *parts,
        padded(4, ("收入总计", books.figure(fiscal), "支出总计", *sums)),
    ]
    return Table(4, tuple(rows), breaks=(len(CLASSES) + 1,))


def _fiscal_columns(books: Books, *tests: Test) -> tuple[str, ...]:
    by_fund = (books.figure(of_fund(fund), *tests) for fund in FISCAL)
    return (books.figure(fiscal, *tests), *by_fund)


def _general_economic(books: Books) -> Table:
    found = books.only(basic)
    rows = [_economic_row("合计", "", found)]
    for head, name in ECONOMIC_CLASSES.items():
        members = [leaf for leaf in found if leaf.economic.startswith(head)]
        if members:
            rows.append(_economic_row(name, "", members))
        for code in sorted({leaf.economic for leaf in members}):
            rows += _economic_items(
                books, code, [leaf for leaf in members if leaf.economic == code]
            )
    return Table(6, tuple(rows))


def _economic_items(books: Books, code: str, found: Sequence[Leaf]) -> list[PrintedRow]:
    """One row, or two where administrative units and institutions are booked apart."""
    name, admin_item, other_item = ECONOMIC[code]
    if code.startswith("303"):
        return [_economic_row(name, admin_item, found)]
    admin = [leaf for leaf in found if books.units[leaf.unit].kind == "admin"]
    other = [leaf for leaf in found if books.units[leaf.unit].kind == "institution"]
    return [
        _economic_row(name, item, part)
        for item, part in ((admin_item, admin), (other_item, other))
        if part
    ]


def _economic_row(name: str, item: str, found: Sequence[Leaf]) -> PrintedRow:
    staff = [leaf for leaf in found if leaf.economic[:3] in ("301", "303")]
    office = [leaf for leaf in found if leaf.economic[:3] not in ("301", "303")]
    return (name, item, printed(found), printed(staff), printed(office))


def _revenue_rows(amounts: dict[str, int]) -> list[tuple[str, str, str]]:
    """合计 and a row per revenue code of the given leaves (in fen)."""
    codes = sorted({code[:length] for code in amounts for length in (3, 5, 7)})
    return [
        (
            code or "合计",
            REVENUES[code] if code else "",
            printed_fen(sum(fen for leaf, fen in amounts.items() if leaf.startswith(code))),
        )
        for code in ["", *codes]
    ]


def _split(random: Random, found: Sequence[Leaf], first: str, second: str) -> dict[str, int]:
    total = sum(leaf.fen for leaf in found)
    part = int(total * random.uniform(0.3, 0.9))
    return {first: part, second: total - part}


def _fund_revenue(books: Books, random: Random) -> Table:
    found = books.only(current, of_fund("government_fund"))
    if not found:
        return Table(7, (padded(7, ("合计",)),), NO_DATA)
    return Table(7, tuple(_revenue_rows(_split(random, found, "1030148", "1030156"))))


def _state_capital(books: Books, random: Random) -> Table:
    found = books.only(current, of_fund("state_capital"))
    if not found:
        return Table(9, (padded(9, ("合计",)),), NO_DATA)
    spending = _by_code(books, 8, [every, basic, project], current, of_fund("state_capital"))
    income = _revenue_rows(_split(random, found, "1030601", "1030602"))
    return Table(9, tuple(_beside(9, income, spending.rows, 3)))


def _three_public(books: Books) -> Table:
    tests: dict[str, Test] = {
        "因公出国（境）费": lambda leaf: leaf.economic == "30212",
        "公务接待费": lambda leaf: leaf.economic == "30217",
        "公务用车购置及运行费": lambda leaf: (
            leaf.economic == "30231" or leaf.project == CAR_PROJECT
        ),
        "①公务用车购置费": lambda leaf: leaf.project == CAR_PROJECT,
        "②公务用车运行维护费": lambda leaf: leaf.economic == "30231",
        "合计": lambda leaf: (
            leaf.economic in ("30212", "30217", "30231") or leaf.project == CAR_PROJECT
        ),
    }
    rows = [(label, *_fiscal_columns(books, test)) for label, test in tests.items()]
    return Table(10, tuple(rows))


def _operating_cost(books: Books) -> Table:
    """公用经费 of administrative units only."""

    def operating(leaf: Leaf) -> bool:
        is_admin = books.units[leaf.unit].kind == "admin"
        return is_admin and basic(leaf) and leaf.economic[:3] not in ("301", "303")

    if not books.only(operating):
        return Table(11, (padded(11, ("部门合计",)),), NO_DATA)
    rows = [
        (unit.name, *_fiscal_columns(books, operating, in_unit(index)))
        for index, unit in enumerate(books.units)
        if unit.kind == "admin"
    ]
    return Table(11, (("部门合计", *_fiscal_columns(books, operating)), *rows))


def _projects(books: Books, number: int, when: Test, funds: Sequence[Fund]) -> Table:
    """The body, its units and their projects; a single unit has no middle level."""

    def row(label: str, *tests: Test) -> PrintedRow:
        columns = (books.figure(project, when, of_fund(fund), *tests) for fund in funds)
        return (label, books.figure(project, when, *tests), *columns)

    if not books.only(project, when):
        return Table(number, (), NO_DATA)
    rows = [row(books.name)]
    deep = books.scope == "department"
    for index, unit in enumerate(books.units):
        found = books.only(project, when, in_unit(index))
        if deep and found:
            rows.append(row(INDENT + unit.name, in_unit(index)))
        for name in dict.fromkeys(leaf.project for leaf in found):
            label = INDENT * 2 + name if deep else name
            rows.append(row(label, in_unit(index), named(name)))
    return Table(number, tuple(rows))
