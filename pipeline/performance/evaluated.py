"""Self-evaluations (绩效自评表) printed as tables: the project's money, its indicators, the result.

Here: where such a table stands among the grids, its two headers, and its rows to an `Evaluation`;
what the header names is declared once for tables and flowing text (`evaluations.yml`). Not here:
reports in flowing text (evaluations) and forms of targets (pages).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise

from pipeline.forms import figures
from pipeline.forms.wording import folded, squeeze
from pipeline.performance import heads, ruled
from pipeline.performance.columns import Cells, Header, Meaning, cells_of, header_at, meaning_of
from pipeline.performance.evaluations import LEVELS, MONEY, declared, sole
from pipeline.performance.flow.scored import number
from pipeline.performance.levels import Carried
from pipeline.performance.money import YUAN
from pipeline.performance.rows import Row, Word, is_signature, labels_in, rows_of
from pipeline.performance.shapes import EVALUATION, Evaluation, Indicator, Performance, Unread
from pipeline.performance.target import composed
from pipeline.performance.words import UNIT_ABOVE, UNIT_OF_MONEY, Label, plain
from pipeline.readers.shapes import Grid, Reading

NAME = Label("fields", "name")
#: what the data hold of a weight, a score or a rate
DECIMALS = 4
GRADES = "优秀|良好|不合格|合格|[优良中差]"
TICKED = re.compile(rf"[☑√✓✔■●]({GRADES})|({GRADES})[☑√✓✔■●]")
WORDED = re.compile(r"[\u4e00-\u9fff]")
#: texts that stand for nothing in a cell
BLANK = frozenset({"-", "—", "——", "/", "－", "--", "\\"})


@dataclass
class Section:
    """The rows of one report, pages joined, and what stands above its table."""

    rows: list[Row]
    captions: tuple[str, ...] = ()
    columns: int = 0
    #: the rows of `rows` that begin a page
    heads: list[int] = field(default_factory=list)

    @property
    def where(self) -> str:
        """Page or line it begins on, for messages."""
        place = self.rows[0].place
        return f"page {place.page}" if place.page else f"line {place.line}"


@cache
def meaning(table: str) -> Meaning:
    """What words of the header of a table mean; columns that are nobody's are `other`."""
    said = declared()[table]
    words = {
        word: name
        for part in (said["columns"], said["cells"])
        for name, printed in part.items()
        for word in printed
    }
    return meaning_of(dict.fromkeys(said["others"], "other") | said["groups"] | words)


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


def sections_in(reading: Reading) -> Iterator[Section]:
    """Every table that is a report, with the tables that go on with it."""
    last: Section | None = None
    captions: list[str] = []
    for item in reading.items:
        if not isinstance(item, Grid):
            captions.append(item.text)
            continue
        rows = [row for row in rows_with_words(item)]
        starts = [n for n, row in enumerate(rows) if is_named(row)]
        before = rows[: starts[0]] if starts else rows
        if last is not None and goes_on(last, before, item, captions):
            last.heads.append(len(last.rows))
            last.rows += before
            before = []
        if last is not None and (starts or before):
            yield last
            last = None
        if before and header_in(before, "indicators") is not None and not starts:
            yield Section(before, tuple(captions), item.columns)
        for start, end in pairwise([*starts, len(rows)]):
            if last is not None:
                yield last
                last = None
            if is_report(rows[start:end]):
                last = Section(rows[start:end], tuple(captions), item.columns)
        captions = []
    if last is not None:
        yield last


def rows_with_words(grid: Grid) -> list[Row]:
    """The rows of a grid that print anything."""
    return [row for row in rows_of(grid) if row.words]


def is_named(row: Row) -> bool:
    """Whether a row begins a form or a report: it asks for the project, and heads no list."""
    if NAME not in labels_in(row):
        return False
    asked = meaning("indicators")
    return not any(asked(word.text) in ("indicator", "level1") for word in row.words)


def is_report(rows: Sequence[Row]) -> bool:
    """Whether rows are of a self-evaluation: a header names what was reached or what was spent."""
    return header_in(rows, "indicators") is not None or header_in(rows, "funds") is not None


REQUIRED = {
    "indicators": ({"indicator"}, {"actual", "score"}),
    "funds": ({"year_executed"}, {"year_budget", "approved", "execution_rate"}),
}


def header_in(rows: Sequence[Row], table: str) -> tuple[int, Header] | None:
    """The first row that is the header of a table, and its columns."""
    needed, one_of = REQUIRED[table]
    asked = meaning(table)
    for at in range(len(rows)):
        if sum(asked(word.text) is not None for word in rows[at].words) < 2:
            continue
        header = header_at(rows, at, asked)
        if needed <= header.fields and one_of & header.fields:
            return at, header
    return None


def goes_on(last: Section, rows: Sequence[Row], grid: Grid, captions: Sequence[str]) -> bool:
    """Whether rows without a name of their own are the rest of a report."""
    if not rows:
        return False
    header, before = header_in(rows, "indicators"), header_in(last.rows, "indicators")
    if header is not None:
        return before is None or header[1].fields == before[1].fields
    alike = grid.columns == last.columns and not any(map(worded, captions))
    return alike and before is not None and not is_finished(last)


def worded(text: str) -> bool:
    """Whether a line between two tables is more than a page number."""
    return WORDED.search(text) is not None


def is_finished(section: Section) -> bool:
    """Whether the row of the total score has been printed."""
    return any(is_total(row) for row in section.rows)


def is_total(row: Row) -> bool:
    """Whether a row adds the scores up."""
    first = plain(row.words[0].text) if row.words else ""
    return first in {plain(word) for word in declared()["total_rows"]}


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


def funds(section: Section, unread: list[Unread]) -> tuple[dict[str, Decimal | None], int]:
    """Budget and execution in yuan with rate and score, and where the head above them ends."""
    found = header_in(section.rows, "funds")
    if found is None:
        unread.append(Unread("header_unknown", "funds: no header whose columns are known"))
        below = header_in(section.rows, "indicators")
        return {}, below[0] if below else len(section.rows)
    at, header = found
    beside = beside_labels(section.rows[at])
    row = section.rows[at] if beside else total_row(section.rows[at + header.rows :], header)
    cells = beside or (row and values_of(row, header))
    if row is None or not cells:
        unread.append(Unread("row_unplaced", "funds: no row of totals that fits the header"))
        return {}, at
    unit = unit_of_money(section, [*section.rows[: at + header.rows], row])
    if unit is None:
        unread.append(Unread("unit_unknown", "funds: no unit of money is printed"))
    values: dict[str, Decimal | None] = {}
    for name in MONEY:
        amount = amount_in(cells.get(name), name, unread)
        values[name] = None if amount is None or unit is None else amount * YUAN[unit]
    for name in ("execution_rate", "execution_score"):
        word = cells.get(name)
        values[name] = quantity(word.text if word else None, name, unread)
    return values, at


def beside_labels(row: Row) -> dict[str, Word]:
    """The figures of a row that prints each beside its label, none where it is a header."""
    asked = meaning("funds")
    found: dict[str, Word] = {}
    name = None
    for word in row.words:
        label = asked(word.text)
        if label is None and name is not None and is_value(word.text):
            found[name] = word
        name = label
    return found


def is_value(text: str) -> bool:
    """Whether a text is a number, with a sign for per cent or not."""
    return number(squeeze(text)) is not None


def total_row(rows: Sequence[Row], header: Header) -> Row | None:
    """The row of totals below the header of the money; a row of figures alone is one."""
    totals = {plain(word) for word in declared()["funds"]["total"]}
    for row in rows:
        if header_in([row], "indicators") is not None:
            return None
        words = [w for w in row.words if not UNIT_OF_MONEY.search(plain(w.text))]
        if any(plain(UNIT_OF_MONEY.sub("", plain(word.text))) in totals for word in words):
            return row
        if words and all(is_value(w.text) or squeeze(w.text) in BLANK for w in words):
            return row
    return None


def values_of(row: Row, header: Header) -> dict[str, Word] | None:
    """The figures of the row of totals by their columns; null where they slid out of them.

    In a text extraction every column must hold its figure, or as many follow each other as the
    header has columns.
    """
    cells = cells_of(row, header)
    money = [c for c in header.columns if c.field not in (None, "source")]
    found = {
        name: words[0]
        for name, words in cells.words.items()
        if name not in ("source", "other") and len(words) == 1
    }
    clean = all(is_value(w.text) or squeeze(w.text) in BLANK for w in found.values())
    crowded = any(len(words) > 1 for name, words in cells.words.items() if name != "source")
    if row.sure:
        return None if crowded else found
    if clean and not crowded and "year_executed" in found and len(found) == len(money):
        return found
    values = [w for w in row.words if is_value(w.text) or squeeze(w.text) in BLANK]
    if len(values) == len(money):
        return {str(c.field): w for c, w in zip(money, values, strict=True)}
    return found if clean and not crowded and "year_executed" in found else None


def amount_in(word: Word | None, name: str, unread: list[Unread]) -> Decimal | None:
    """A printed amount, null and told where the cell holds none."""
    if word is None:
        return None
    try:
        return figures.parse(figures.unwrapped(word.text, by_width=True))
    except figures.NotAFigure:
        unread.append(Unread("cell_unparsed", f"funds: {name} is not a printed number"))
        return None


def quantity(text: str | None, name: str, unread: list[Unread]) -> Decimal | None:
    """A weight, a score or a rate, null where nothing is printed, null and told where no number."""
    word = squeeze(text or "").removesuffix("分")
    if not word or word in BLANK:
        return None
    found = number(word)
    exponent = found.as_tuple().exponent if found is not None else 0
    if found is None or not isinstance(exponent, int) or -exponent > DECIMALS:
        unread.append(Unread("cell_unparsed", f"{name} is not a printed number"))
        return None
    return found


def unit_of_money(section: Section, rows: Sequence[Row]) -> str | None:
    """The one unit printed in head or header, else in the lines above the table."""
    texts = [folded(squeeze(word.text)) for row in rows for word in row.words]
    inside = {unit for text in texts for unit in UNIT_OF_MONEY.findall(text)}
    above = [folded(squeeze(text)) for text in (*section.captions, *texts)]
    return sole(inside) or sole({unit for text in above for unit in UNIT_ABOVE.findall(text)})


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
