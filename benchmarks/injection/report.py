"""The outcomes counted by kind, as a table for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from benchmarks.injection.judge import AMONG, BREAKS, FIRST, MISSED, UNIQUE, Outcome
from benchmarks.injection.kinds import KINDS
from benchmarks.injection.pages import Lost

PAGES = "page lost"
MOST_SHOWN = 20
LEAST_LOCATED = 99  # percent
SINGLE = {kind.name for kind in KINDS if kind.single}
HEADS = (
    *("mistake", "made", "refused", "told", "pinned", "told of these"),
    *("localised", "if alone", "or first", "named", "repaired", "wrong"),
)
LEGEND = (
    "refused: the text is no figure any more, so its table is put aside and the cell named. told: "
    "refused, or an identity breaks. pinned: a proved figure was moved by three printed steps or "
    "more. localised: of these, the changed cells are the only explanation; if alone: where no "
    "other printed figure stands in the same equalities; or first: the only one, or the likeliest; "
    "named: one of several. repaired: the right value is put where the changed cells are in doubt. "
    "wrong: another value is put, then or with every cell in doubt. What is moved in several cells "
    "at once can leave every sum as it was: it is shown, and not judged by what single figures are "
    "promised."
)
NAMED = (UNIQUE, FIRST, AMONG)


@dataclass(frozen=True)
class Row:
    """What came of one kind of mistake. Counts; shares are made of them when shown.

    `pinned`: a pinned figure was moved by three printed steps or more; `told_pinned`: and somebody
    is told. `located`, `first`, `among` and `repaired` are of the pinned ones that break an
    identity (`asked`); `alone` of these stand in equalities that no other printed figure stands in.
    """

    kind: str
    single: bool
    injected: int
    refused: int = 0
    told: int = 0
    pinned: int = 0
    told_pinned: int = 0
    asked: int = 0
    located: int = 0
    first: int = 0
    among: int = 0
    alone: int = 0
    located_alone: int = 0
    repaired: int = 0
    wrong: int = 0


@dataclass(frozen=True)
class Report:
    """Everything that a run found."""

    seed: int
    documents: dict[str, int]
    alarms: tuple[str, ...]
    rows: tuple[Row, ...]
    missed: tuple[dict[str, Any], ...]
    pages: tuple[dict[str, Any], ...] = field(default=())

    @property
    def misses(self) -> list[str]:
        """What falls short of the goal, in words."""
        found = [f"false alarm: {alarm}" for alarm in self.alarms]
        found += [f"{r.kind}: {r.wrong} repairs to a wrong value" for r in self.rows if r.wrong]
        known = [r for r in self.rows if r.single]
        located, alone = sum(r.located_alone for r in known), sum(r.alone for r in known)
        if located * 100 < LEAST_LOCATED * alone:
            found.append(f"localised {share(located, alone)} of what is alone in its equalities")
        return found + [
            f"{r.kind}: {r.pinned - r.told_pinned} of {r.pinned} in pinned figures not told"
            for r in self.rows
            if r.single and r.told_pinned < r.pinned
        ]

    def json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def rows(outcomes: Sequence[Outcome]) -> Iterable[Row]:
    """One row for each kind, in the order they were made."""
    for kind in dict.fromkeys(o.mistake.kind for o in outcomes):
        of_kind = [o for o in outcomes if o.mistake.kind == kind]

        def number(test: Callable[[Outcome], bool], of: list[Outcome] = of_kind) -> int:
            return sum(map(test, of))

        pinned = [o for o in of_kind if o.pinned]
        asked = [o for o in pinned if o.told == BREAKS and o.located]
        yield Row(
            kind,
            kind in SINGLE,
            len(of_kind),
            refused=number(lambda o: o.told not in (BREAKS, MISSED)),
            told=number(lambda o: o.told != MISSED),
            pinned=len(pinned),
            told_pinned=number(lambda o: o.told != MISSED, pinned),
            asked=len(asked),
            located=number(lambda o: o.located == UNIQUE, asked),
            first=number(lambda o: o.located in (UNIQUE, FIRST), asked),
            among=number(lambda o: o.located in NAMED, asked),
            alone=number(lambda o: o.alone, asked),
            located_alone=number(lambda o: o.alone and o.located == UNIQUE, asked),
            repaired=number(lambda o: o.repaired is True, asked),
            wrong=number(lambda o: o.repaired is False),
        )


def missed(outcomes: Iterable[Outcome]) -> tuple[dict[str, Any], ...]:
    """What nobody is told of, counted by kind, statement and measure (where it is one), and why."""
    counted = Counter(
        (o.mistake.kind, *where(o), o.pinned, o.why) for o in outcomes if o.told == MISSED
    )
    keys = ("kind", "statement_id", "measure_id", "pinned", "why")
    ordered = sorted(counted.items(), key=lambda item: (-item[1], repr(item[0])))
    return tuple({**dict(zip(keys, key, strict=True)), "count": n} for key, n in ordered)


def where(outcome: Outcome) -> tuple[str, str]:
    """The statement, and the measure or that they are several."""
    places = [change.place for change in outcome.mistake.changes]
    found = {place.measure_id for place in places}
    return places[0].statement_id, found.pop() if len(found) == 1 else "several"


def of_pages(lost: Sequence[Lost]) -> Row:
    """The row of lost pages: told of at all, and of every statement that is not what it was."""
    told = sum(one.detected for one in lost)
    named = sum(one.localised for one in lost)
    return Row(
        PAGES,
        True,
        len(lost),
        told=told,
        pinned=len(lost),
        told_pinned=told,
        asked=told,
        located=named,
        first=named,
        among=named,
        alone=told,
        located_alone=named,
    )


def table(report: Report) -> Table:
    """The rows for people."""
    shown = Table(title="One mistake in a clean document", title_justify="left", box=SIMPLE)
    for title in HEADS:
        shown.add_column(title, justify="left" if title == HEADS[0] else "right", no_wrap=True)
    for row in report.rows:
        shown.add_row(*cells(row))
    return shown


def cells(row: Row) -> tuple[str, ...]:
    """A row as it is shown."""
    return (
        row.kind,
        f"{row.injected:,}",
        f"{row.refused:,}",
        share(row.told, row.injected),
        f"{row.pinned:,}",
        share(row.told_pinned, row.pinned),
        share(row.located, row.asked),
        share(row.located_alone, row.alone),
        share(row.first, row.asked),
        share(row.among, row.asked),
        share(row.repaired, row.asked),
        str(row.wrong),
    )


def share(part: int, whole: int) -> str:
    """A share in percent with one decimal, cut off, so that 100 means all of them."""
    if not whole:
        return ""
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10} %"


def sentences(report: Report) -> Iterable[str]:
    """What the table does not say: the documents, false alarms, what is missed and why."""
    named = ", ".join(f"{number} {source}" for source, number in report.documents.items())
    yield f"Clean documents: {named}. False alarms on them: {len(report.alarms)}."
    shown = report.missed[:MOST_SHOWN]
    if shown:
        yield "Not told, most frequent first:"
    for one in shown:
        place = f"{one['statement_id']} {one['measure_id']}"
        yield f"  {one['count']:>4}  {one['kind']}, {place}: {one['why']}"
    if len(report.missed) > len(shown):
        yield f"  … and {len(report.missed) - len(shown)} more reasons (--json lists all)"
    yield from (f"Goal missed: {miss}" for miss in report.misses)


def markdown(report: Report) -> str:
    """The table and the sentences for the docs."""
    lines = ["| " + " | ".join(HEADS) + " |", "|---|" + "---:|" * (len(HEADS) - 1)]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in report.rows]
    return "\n".join([next(iter(sentences(report))), "", *lines, "", LEGEND])


def untold(lost: Sequence[Lost]) -> Iterable[dict[str, Any]]:
    """The lost pages of which not everything is told."""
    return (asdict(one) for one in lost if not one.localised)
