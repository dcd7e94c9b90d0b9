"""One answer per statement: what was found in all sections of a reading, settled.

Here: copies, lists of tables, titles without a table, and the state of every form of the family.
Not here: how a section was read (recognise).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.forms.captions import Titled
from pipeline.forms.disclosure import Leftover, Rejected
from pipeline.forms.family import Family
from pipeline.forms.statement import Statement
from pipeline.forms.wording import squeeze
from pipeline.readers.shapes import DOUBTED


@dataclass(frozen=True)
class Found:
    """What came of one section or one title without a grid.

    `exact` weighs the tables under a title just as the family declares it: 2 where it was read,
    1 where it was not.
    """

    statements: tuple[Statement, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    orphans: tuple[tuple[Titled, bool], ...] = ()
    exact: int = 0

    def __add__(self, other: Found) -> Found:
        return Found(
            self.statements + other.statements,
            self.rejected + other.rejected,
            self.leftovers + other.leftovers,
            self.orphans + other.orphans,
            self.exact + other.exact,
        )


def ids(rejected: tuple[Rejected, ...]) -> set[str]:
    """The statements among rejections."""
    return {r.statement_id for r in rejected if r.statement_id}


def join(found: Found) -> tuple[tuple[Statement, ...], tuple[Rejected, ...]]:
    """One statement per id.

    A statement printed again with the same content is one; printed again with other content, or
    once unreadable, it cannot be decided which print holds, and none is published. A title whose
    header fits no form counts for nothing where the statement itself was found in a grid of other
    columns (lists of tables repeat every title); with as many columns it may be the rest of it.
    """
    by_id: dict[str, list[Statement]] = {}
    for statement in found.statements:
        by_id.setdefault(statement.statement_id, []).append(statement)
    rejected = [r for r in found.rejected if not is_list_of_tables(r, by_id)]
    kept = []
    for statement_id, copies in by_id.items():
        filled = [s for s in copies if s.state == "data"] or copies[:1]
        if statement_id in ids(tuple(rejected)):
            continue
        if len({content(s) for s in filled}) == 1:
            kept.append(filled[0])
        else:
            detail = f"printed {len(filled)} times with different rows"
            rejected.append(Rejected(statement_id, "statement_repeated", detail))
    return tuple(kept), first_of_each(rejected)


def is_list_of_tables(rejected: Rejected, by_id: dict[str, list[Statement]]) -> bool:
    """Whether a title over an unknown header is explained by the statement found elsewhere."""
    found = by_id.get(rejected.statement_id or "", [])
    return (
        rejected.reason == "header_unknown"
        and not rejected.figures
        and bool(found)
        and all(statement.columns != rejected.columns for statement in found)
    )


def first_of_each(rejected: list[Rejected]) -> tuple[Rejected, ...]:
    """One rejection per statement: the first found explains it."""
    kept: dict[object, Rejected] = {}
    for index, one in enumerate(rejected):
        kept.setdefault(one.statement_id or index, one)
    return tuple(kept.values())


def content(statement: Statement) -> tuple[object, ...]:
    """What two prints of a statement must share to be the same."""
    lines = (
        (ln.side, ln.code, ln.label, tuple((f.measure, f.text) for f in ln.figures))
        for ln in statement.lines
    )
    return (statement.money_unit, *lines)


def whole(
    statements: tuple[Statement, ...], found: Found
) -> tuple[tuple[Statement, ...], tuple[Rejected, ...]]:
    """Statements without those of which a page may be missing, and these as rejections.

    A table without rules is told by how its words stand, page by page: where its title is printed
    once more without a table, that page of it was not made out.
    """
    lost = {title.forms[0].statement_id for title, empty in found.orphans if not empty}
    partial = [s for s in statements if s.statement_id in lost and is_unsure(s)]
    detail = "its title is printed again with no table below it: a page without rules is missing"
    return (
        tuple(s for s in statements if s not in partial),
        tuple(Rejected(s.statement_id, "grid_missing", detail) for s in partial),
    )


def is_unsure(statement: Statement) -> bool:
    """Whether no figure of a statement stands in a cell its reader is sure of."""
    figures = [figure for line in statement.lines for figure in line.figures]
    return bool(figures) and all(figure.confidence <= DOUBTED for figure in figures)


def missing_grids(found: Found, known: set[str]) -> tuple[Rejected, ...]:
    """Titles whose table was not found and is not said to be empty."""
    lost: dict[str, Rejected] = {}
    told = {t.forms[0].statement_id for t, empty in found.orphans if empty}
    for title, _ in found.orphans:
        statement_id = title.forms[0].statement_id
        if statement_id not in known | told:
            detail = f"the title {squeeze(title.text)!r} is printed and no table was found below it"
            lost[statement_id] = Rejected(statement_id, "grid_missing", detail)
    return tuple(lost.values())


def stated(found: Found, known: set[str], family: Family) -> list[Statement]:
    """Statements of which only title and a note of emptiness are printed."""
    told: dict[str, Statement] = {}
    for title, empty in found.orphans:
        statement_id = title.forms[0].statement_id
        if empty and statement_id not in known:
            told[statement_id] = Statement(
                statement_id, family.family, "stated_empty", None, title.year, None, None
            )
    return list(told.values())


def coverage(
    family: Family, statements: tuple[Statement, ...], rejected: tuple[Rejected, ...]
) -> dict[str, str]:
    """A state for every form of the family; of an optional one only where it was found."""
    states = {form.statement_id: "absent" for form in family.forms if not form.optional}
    states |= {s.statement_id: s.state for s in statements}
    states |= {r.statement_id: "unreadable" for r in rejected if r.statement_id}
    return states
