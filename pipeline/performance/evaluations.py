"""Self-evaluations (绩效自评) in flowing text: a report for each project, with money and scores.

Here: where a report stands, its two tables, and its result. Not here: how rows are cut (flow), and
what the evaluations owe to arithmetic (identities).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any, TypeVar

from pipeline.declared import beside
from pipeline.forms import figures
from pipeline.forms.wording import folded, squeeze
from pipeline.performance.flow.groups import grouped
from pipeline.performance.flow.headers import Columns, columns, header_from
from pipeline.performance.flow.labels import known_label
from pipeline.performance.flow.pages import is_title as is_form_title
from pipeline.performance.flow.pieces import Piece, joined, pieces_of
from pipeline.performance.flow.scored import Scored, Words, number, scored_rows
from pipeline.performance.heads import department_of
from pipeline.performance.money import YUAN
from pipeline.performance.shapes import EVALUATION, Evaluation, Indicator, Performance, Unread
from pipeline.performance.target import parsed
from pipeline.performance.words import UNIT_OF_MONEY, plain
from pipeline.readers.shapes import Paragraph, Place

# A header names so many columns at least; a report's fields stand in its first lines.
MIN_COLUMNS, MAX_HEAD = 4, 12
MONEY = ("requested", "approved", "year_budget", "year_executed", "carried_forward")
SECTION = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）])")
T = TypeVar("T")
LEVELS = ("level1", "level2")


@cache
def declared() -> dict[str, Any]:
    """The declaration of reports."""
    found: dict[str, Any] = beside(__package__, "evaluations.yml")
    return found


@cache
def known(table: str) -> Columns:
    """What the header of a table may name."""
    return columns(declared()[table]["columns"], declared()[table]["groups"])


@cache
def words() -> Words:
    """The closed words of rows."""
    return Words(frozenset(declared()["outcomes"]), frozenset(declared()["not_filled"]))


@dataclass(frozen=True)
class Report:
    """The lines of one report, from its title on; `begin` and `end` are places among all lines."""

    begin: int
    end: int
    lines: tuple[Paragraph, ...]

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.lines[0].place.line or 0


def reports_of(lines: Sequence[Paragraph]) -> list[Report]:
    """The reports of a text: each from its title to the next title of a report or a form."""
    starts = [n for n, line in enumerate(lines) if is_title(line.text)]
    found = []
    for begin, after in pairwise([*starts, len(lines)]):
        end = next((n for n in range(begin, after) if is_form_title(lines[n].text)), after)
        found.append(Report(begin, end, tuple(lines[begin:end])))
    return [report for report in found if name_of(report) is not None]


def is_title(text: str) -> bool:
    """Whether a line is the title of a report."""
    word = folded(squeeze(text))
    return any(word.endswith(title) for title in declared()["titles"])


def evaluations_in(lines: Sequence[Paragraph]) -> Performance:
    """All self-evaluations of a text."""
    read = [evaluation(number, one) for number, one in enumerate(reports_of(lines), start=1)]
    return Performance(
        evaluations=tuple(found for found, _ in read),
        unread=tuple(one for _, unread in read for one in unread),
    )


def evaluation(count: int, report: Report) -> tuple[Evaluation, list[Unread]]:
    """A report, and what of it could not be read."""
    unread: list[Unread] = []
    printed = funds(report, unread)
    indicators = tuple(indicators_of(report, unread))
    total, grade = result_of(report, unread)
    department = field(report, "department")
    code, _ = department_of(department)
    _, unit = department_of(field(report, "unit"))
    where = f"evaluation {count}, line {report.line}"
    return (
        Evaluation(
            place=Place(line=report.line),
            name=name_of(report),
            implementing_unit=unit,
            supervising_department=department,
            department_code=code,
            requested=printed.get("requested"),
            approved=printed.get("approved"),
            year_budget=printed.get("year_budget"),
            year_executed=printed.get("year_executed"),
            carried_forward=printed.get("carried_forward"),
            execution_rate=printed.get("execution_rate"),
            execution_score=printed.get("execution_score"),
            total_score=total,
            grade=grade,
            indicators=indicators,
        ),
        [replace(one, detail=f"{where}: {one.detail}") for one in unread],
    )


def name_of(report: Report) -> str | None:
    """The project's name."""
    return field(report, "name")


def field(report: Report, name: str) -> str | None:
    """A field of the head, which stands on a line of its own after a colon."""
    printed = [line.text for line in report.lines if line.text.strip()]
    for text in printed[:MAX_HEAD]:
        label, colon, value = text.replace("：", ":").partition(":")
        found = known_label(squeeze(label))
        if colon and found is not None and (found.section, found.field) == ("fields", name):
            return squeeze(value) or None
    return None


def funds(report: Report, unread: list[Unread]) -> dict[str, Decimal | None]:
    """Budget and execution from the row of totals, in yuan, with rate and score."""
    pieces = pieces_of(report.lines)
    header = header_from(pieces, known("funds"), MIN_COLUMNS)
    if header is None or "year_budget" not in header.columns:
        unread.append(Unread("header_unknown", "funds: no header whose columns are known"))
        return {}
    fields = [column for column in header.columns if column != "source"]
    totals = {plain(word) for word in declared()["funds"]["total"]}
    start = next(
        (n for n in range(header.end, len(pieces)) if plain(pieces[n].text) in totals), len(pieces)
    )
    values = []
    for piece in pieces[start + 1 :]:
        if number(piece.text) is None:
            break
        values.append(piece.text)
    if len(values) != len(fields):
        detail = f"funds: {len(values)} figures in the row of totals, {len(fields)} columns"
        unread.append(Unread("row_unplaced", detail))
        return {}
    found = dict(zip(fields, values, strict=True))
    unit = unit_of_money(pieces[: header.end])
    if unit is None:
        unread.append(Unread("unit_unknown", "funds: no unit of money is printed"))
        return {}
    money = {name: amount(found.get(name)) for name in MONEY}
    return {
        **{name: None if v is None else v * YUAN[unit] for name, v in money.items()},
        "execution_rate": number(found.get("execution_rate", "")),
        "execution_score": number(found.get("execution_score", "")),
    }


def amount(text: str | None) -> Decimal | None:
    """A printed amount."""
    return None if text is None else figures.parse(text)


def unit_of_money(pieces: Sequence[Piece]) -> str | None:
    """The one unit of money printed in brackets, null where there is none or two."""
    found = set(UNIT_OF_MONEY.findall(folded(joined(pieces))))
    return found.pop() if len(found) == 1 else None


def indicators_of(report: Report, unread: list[Unread]) -> Iterator[Indicator]:
    """The rows of indicators."""
    pieces = pieces_of(report.lines, as_printed=True)
    header = header_from(pieces, known("indicators"), MIN_COLUMNS)
    if header is None or not {"indicator", "weight", "score"}.issubset(header.columns):
        unread.append(Unread("header_unknown", "indicators: no header whose columns are known"))
        return
    end = next(
        (
            n
            for n in range(header.end, len(pieces))
            if pieces[n].first and SECTION.match(pieces[n].text)
        ),
        len(pieces),
    )
    groups = grouped([pieces[header.end : end]], horizons=1, named_like_level=True)
    if groups.unread:
        detail = "indicators: text that stands under no level"
        unread.append(Unread("row_unplaced", detail, groups.unread))
    cells = [column for column in header.columns if column not in LEVELS]
    for group in groups.groups:
        for segment in group.segments:
            found = scored_rows(segment.rest, cells, words())
            if found.unread:
                detail = f"{group.level2}: indicators whose cells nothing tells apart"
                unread.append(Unread("row_unplaced", detail, found.unread))
            for row in found.rows:
                yield indicator(row, group.level1, group.level2)


def indicator(row: Scored, level1: str | None, level2: str) -> Indicator:
    """A row as an indicator; its target is the adjusted one, else that of the year's beginning."""
    target = row.text("adjusted") or row.text("target") or row.text("initial")
    return Indicator(
        horizon=EVALUATION,
        level1=level1,
        level2=level2,
        indicator=squeeze(row.text("indicator")),
        target_text=squeeze(target) or None,
        target=parsed(target),
        actual_text=squeeze(row.text("actual")) or None,
        weight=number(row.text("weight")),
        score=number(row.text("score")),
        deviation=squeeze(row.text("deviation")) or None,
        place=Place(line=row.cells["indicator"][0].line),
    )


def result_of(report: Report, unread: list[Unread]) -> tuple[Decimal | None, str | None]:
    """Total score and grade as the report states them; null where it states two."""
    text = folded(squeeze("".join(line.text for line in report.lines)))
    scores = {Decimal(found) for found in re.findall(declared()["total_score"], text)}
    grades = set(re.findall(declared()["grade"], text))
    for what, found in (("total score", scores), ("grade", grades)):
        if len(found) != 1:
            unread.append(Unread("cell_lost", f"result: {len(found)} statements of the {what}"))
    return sole(scores), sole(grades)


def sole(found: set[T]) -> T | None:
    """The only one, null of none or several."""
    return next(iter(found)) if len(found) == 1 else None
