"""Self-evaluations (绩效自评表) printed as tables: the project's money, its indicators, the result.

Here: reports that repeat their head joined, and their rows to an `Evaluation`. Not here: where such
a table stands (evaluated_pages), its money (evaluated_money), reports in flowing text (evaluations)
and forms of targets (pages).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

from pipeline.forms.wording import folded, squeeze
from pipeline.performance import heads, ruled
from pipeline.performance.columns import Cells, Header, cells_of
from pipeline.performance.evaluated_money import BLANK, funds, quantity
from pipeline.performance.evaluated_pages import Section, header_in, is_named, is_total, sections_in
from pipeline.performance.evaluations import LEVELS, declared, sole
from pipeline.performance.flow.scored import number
from pipeline.performance.levels import Carried
from pipeline.performance.rows import Row, is_signature
from pipeline.performance.shapes import EVALUATION, Evaluation, Indicator, Performance, Unread
from pipeline.performance.target import composed
from pipeline.performance.words import plain
from pipeline.readers.shapes import Reading

GRADES = "优秀|良好|不合格|合格|[优良中差]"
TICKED = re.compile(rf"[☑√✓✔■●]({GRADES})|({GRADES})[☑√✓✔■●]")


def evaluations_in(reading: Reading) -> Performance:
    """Every self-evaluation among the grids of a reading."""
    found: list[Evaluation] = []
    unread: list[Unread] = []
    for section in joined(sections_in(reading)):
        if not is_named(section.rows[0]):
            detail = f"a self-evaluation without a project, {section.where}"
            unread.append(Unread("unsupported_layout", detail))
            continue
        report, lost = evaluation(section)
        found.append(report)
        unread += [replace(u, detail=f"evaluation of {section.where}: {u.detail}") for u in lost]
    return Performance(evaluations=tuple(found), unread=tuple(unread))


def joined(sections: Iterator[Section]) -> Iterator[Section]:
    """Reports whose pages repeat the head as one: the same name and money, no total before."""
    last: Section | None = None
    for one in sections:
        if last is not None and repeats(last, one):
            last.heads.append(len(last.rows))
            last.rows += one.rows
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def repeats(last: Section, one: Section) -> bool:
    """Whether a page prints the head of the report before it again."""
    if not (is_named(last.rows[0]) and is_named(one.rows[0])):
        return False
    heads_ = [[squeeze(word.text) for word in section.rows[0].words] for section in (last, one)]
    money = [funds(section, [])[0] for section in (last, one)]
    closed = any(is_total(row) for row in last.rows if header_row_above(last, row))
    return heads_[0] == heads_[1] and money[0] == money[1] and not closed


def header_row_above(section: Section, row: Row) -> bool:
    """Whether a row stands below the header of the indicators."""
    found = header_in(section.rows, "indicators")
    return found is not None and section.rows.index(row) > found[0]


def evaluation(section: Section) -> tuple[Evaluation, list[Unread]]:
    """A report, and what of it could not be read."""
    unread: list[Unread] = []
    money, end = funds(section, unread)
    head = heads.read_head(section.rows[:end])
    indicators, total, after = body(section, unread)
    department = head.texts.get("department")
    code, _ = heads.department_of(department)
    _, unit = heads.department_of(head.texts.get("unit"))
    total, grade = result(section, [*section.rows[:end], *after], total, unread)
    return (
        Evaluation(
            place=section.rows[0].place,
            pages=1 + len(section.heads),
            name=head.texts.get("name"),
            implementing_unit=unit,
            supervising_department=department,
            department_code=code,
            requested=money.get("requested"),
            approved=money.get("approved"),
            year_budget=money.get("year_budget"),
            year_executed=money.get("year_executed"),
            carried_forward=money.get("carried_forward"),
            execution_rate=money.get("execution_rate"),
            execution_score=money.get("execution_score"),
            total_score=total,
            grade=grade,
            indicators=tuple(indicators),
        ),
        unread,
    )


def body(
    section: Section, unread: list[Unread]
) -> tuple[list[Indicator], Decimal | None, list[Row]]:
    """The indicators, the total below them, and the rows after it."""
    found = header_in(section.rows, "indicators")
    if found is None:
        unread.append(Unread("header_unknown", "indicators: no header whose columns are known"))
        return [], None, []
    at, header = found
    indicators: list[Indicator] = []
    carried = Carried()
    place = at + header.rows
    while place < len(section.rows):
        row = section.rows[place]
        again = header_in(section.rows[place : place + 2], "indicators")
        if again is not None and again[0] == 0:
            header = again[1]
            place += header.rows
            continue
        if place in section.heads and is_named(row):
            place = next_header(section.rows, place)
            continue
        if is_total(row):
            total = total_of(row, header, indicators, unread)
            return indicators, total, section.rows[place:]
        if is_signature(row):
            return indicators, None, section.rows[place + 1 :]
        if not is_grade(row):
            indicators += indicator_of(row, header, carried, unread)
        place += 1
    return indicators, None, section.rows[at:]


def next_header(rows: Sequence[Row], place: int) -> int:
    """Where the head that a page repeats ends."""
    found = header_in(rows[place:], "indicators")
    return len(rows) if found is None else place + found[0]


def indicator_of(
    row: Row, header: Header, carried: Carried, unread: list[Unread]
) -> Iterator[Indicator]:
    """The indicator of a row under the levels that hold there, or why there is none."""
    cells = cells_of(row, header)
    name = cells.text("indicator")
    said = [f for f in ("target", "initial", "adjusted", "actual", "score") if cells.text(f)]
    if name is None and not said and not (cells.strays and not row.sure):
        carried.take(cells.first("level1"), cells.first("level2"), row.sure)
        return
    if name is None or problem(row, cells):
        carried.lose()
        unread.append(Unread("row_unplaced", "an indicator whose cells fit no column"))
        return
    carried.take(cells.first("level1"), cells.first("level2"), row.sure)
    text, target = composed(
        cells.text("adjusted") or cells.text("target") or cells.text("initial"),
        cells.text("operator"),
        cells.text("measured_in"),
    )
    shared = [f for f in ("weight", "score") if (w := cells.first(f)) and w.rows > 1]
    if shared:
        unread.append(Unread("row_unplaced", "a weight or score that several indicators share"))
    numbers = {
        name: None if name in shared else quantity(cells.text(name), name, unread)
        for name in ("weight", "score")
    }
    yield Indicator(
        horizon=EVALUATION,
        level1=carried.level1,
        level2=carried.level2,
        indicator=name,
        target_text=text,
        target=target,
        actual_text=cells.text("actual"),
        weight=numbers["weight"],
        score=numbers["score"],
        deviation=cells.text("deviation"),
        place=row.place,
    )


def problem(row: Row, cells: Cells) -> bool:
    """Whether the words of a row are not what their columns ask for.

    In print the columns are sure. In a text extraction a row may have slid: then a figure stands
    where words belong, or words where a weight or a score does.
    """
    if row.sure:
        return any(len(cells.words.get(f, ())) > 1 for f in ("weight", "score", "indicator"))
    if cells.strays:
        return True
    crowded = any(len(words) > 1 for name, words in cells.words.items() if name != "target")
    numbers = [cells.text(name) for name in ("weight", "score")]
    slid = any(n and n not in BLANK and number(n.removesuffix("分")) is None for n in numbers)
    levels = [cells.text(name) for name in LEVELS]
    odd = any(level and not ruled.is_level(level) for level in levels)
    return crowded or slid or odd or not ruled.is_name(cells.text("indicator") or "")


def total_of(
    row: Row, header: Header, indicators: Sequence[Indicator], unread: list[Unread]
) -> Decimal | None:
    """The total in the column of scores; elsewhere only what the scores add up to."""
    cells = cells_of(row, header)
    score = cells.first("score")
    if score is not None and (row.sure or score.column in header.starts):
        return quantity(score.text, "total", unread)
    values = [v for w in row.words if (v := number(squeeze(w.text).removesuffix("分"))) is not None]
    weights = [w for w in (one.weight for one in indicators) if w is not None]
    if "weight" in header.fields and len(values) == 2 and values[0] >= values[1] and weights:
        return values[1]
    scores = sum((one.score or Decimal(0) for one in indicators), Decimal(0))
    near = {v for v in values if 0 <= v - scores <= Decimal(declared()["execution_weight"])}
    if len(values) == 1 and ("weight" not in header.fields or near):
        return values[0]
    if values:
        unread.append(Unread("row_unplaced", "the total score fits no column"))
    return None


def is_grade(row: Row) -> bool:
    """Whether a row asks for the grade."""
    return any(plain(word.text) in grade_labels() for word in row.words)


@cache
def grade_labels() -> frozenset[str]:
    """Labels beside which a grade stands."""
    return frozenset(plain(word) for word in declared()["grade_fields"])


def result(
    section: Section, rows: Sequence[Row], total: Decimal | None, unread: list[Unread]
) -> tuple[Decimal | None, str | None]:
    """Total score and grade: of the row of totals, else beside their labels in head or foot."""
    labels = {plain(word) for word in declared()["total_rows"]}
    scores, grades = set(), set()
    for row in [*rows, *(r for r in section.rows if is_grade(r))]:
        for word, beside in zip(row.words, [*row.words[1:], None], strict=True):
            label = plain(word.text)
            if is_total(row) and (grade := grade_of(word.text)):
                grades.add(grade)
            if beside is None:
                continue
            if label in grade_labels() and (grade := grade_of(beside.text)):
                grades.add(grade)
            value = number(squeeze(beside.text).removesuffix("分"))
            if label in labels and value is not None:
                scores.add(value)
    if total is None:
        total = sole(scores)
    if total is None:
        unread.append(Unread("cell_lost", f"result: {len(scores)} statements of the total score"))
    return total, sole(grades)


def grade_of(text: str) -> str | None:
    """The grade a cell states: the word itself, or the one that is ticked."""
    word = folded(squeeze(text)).strip('"“”')
    if word in declared()["grades"]:
        return word
    ticked = {one or other for one, other in TICKED.findall(word)}
    return sole(ticked)
