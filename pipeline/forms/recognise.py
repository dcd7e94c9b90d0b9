"""The recogniser: which grids of a reading are official statements, and of which form.

A statement is recognised by its title above the grid and a header that the titled form explains
wholly; without a title only where exactly one form explains header and rows. Here: walking a
reading in order. Not here: titles and notes (captions), headers (header), rows (rows).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.documents.document import Refusal
from pipeline.forms import captions, continuation, header
from pipeline.forms.body import Row, body
from pipeline.forms.captions import Captions, Titled
from pipeline.forms.continuation import Section
from pipeline.forms.disclosure import (
    Cover,
    Disclosure,
    Leftover,
    Rejected,
    identify,
    read_cover,
)
from pipeline.forms.family import Family, Form, Side, families
from pipeline.forms.rows import Context, lines
from pipeline.forms.statement import Line, Statement, Unplaced
from pipeline.readers.shapes import Grid, Paragraph, Place, Reading

# Lines above a title that may still be captions of its table.
ABOVE_TITLE = 3


@dataclass(frozen=True)
class Found:
    """What came of one section or one title without a grid."""

    statements: tuple[Statement, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    orphans: tuple[tuple[Titled, bool], ...] = ()

    def __add__(self, other: Found) -> Found:
        return Found(
            self.statements + other.statements,
            self.rejected + other.rejected,
            self.leftovers + other.leftovers,
            self.orphans + other.orphans,
        )


def recognise(reading: Reading, among: tuple[Family, ...] | None = None) -> Disclosure:
    """The disclosure in a reading, of one of the declared families or of those given.

    Raises `Refusal` where no official statement of any family is found, or unit or year of the
    document cannot be told.
    """
    cover = read_cover(reading.items)
    found = [(family, survey(reading, family, cover)) for family in among or families()]
    family, best = max(found, key=lambda pair: len(pair[1].statements) + len(pair[1].rejected))
    statements, rejected = join(best)
    known = {s.statement_id for s in statements} | ids(rejected)
    rejected += missing_grids(best, known)
    statements += tuple(stated(best, known, family))
    if not statements:
        raise nothing_recognised(reading, rejected)
    lines = [item.text for item in reading.items if isinstance(item, Paragraph)]
    unit_name, year, scope = identify(cover, statements, captions.read_captions(lines))
    return Disclosure(
        family=family.family,
        kind=family.kind,
        scope=scope,
        fiscal_year=year,
        unit_name=unit_name,
        title=cover.title,
        statements=tuple(sorted(statements, key=lambda s: s.statement_id)),
        coverage=coverage(family, statements, rejected),
        rejected=rejected,
        leftovers=best.leftovers,
    )


def nothing_recognised(reading: Reading, rejected: tuple[Rejected, ...]) -> Refusal:
    """Why a reading is no disclosure of any family: what came nearest, or that nothing did."""
    detail = f"{len(list(reading.grids()))} tables, none of them an official statement"
    if rejected:
        nearest = rejected[0]
        detail += (
            f"; {len(rejected)} came near, first {nearest.statement_id}"
            f" ({nearest.reason}: {nearest.detail})"
        )
    return Refusal("forms", "nothing_recognised", detail)


def ids(rejected: tuple[Rejected, ...]) -> set[str]:
    """The statements among rejections."""
    return {r.statement_id for r in rejected if r.statement_id}


def survey(reading: Reading, family: Family, cover: Cover) -> Found:
    """Every section of a reading held against one family.

    A grid that none of the forms knows and that follows a statement with next to nothing printed
    between may be the rest of it: that statement is rejected, for part of it may be missing.
    """
    found = Found()
    before = Found()
    columns = 0
    for section in continuation.join_repeated(sections(reading), family):
        here = examine(section, family, cover)
        close = section.grid.follows or (section.grid.columns == columns and brief(section.before))
        columns = section.grid.columns
        if close and here.leftovers and before.statements:
            last = before.statements[-1]
            detail = f"{where(section.grid)}: a table without a header follows; it may belong here"
            found = replace(found, statements=found.statements[:-1])
            here += Found(rejected=(Rejected(last.statement_id, "row_unplaced", detail),))
        found += here
        before = here
    return found


def brief(paragraphs: tuple[Paragraph, ...]) -> bool:
    """Whether paragraphs are no more than a running head or foot."""
    return len(paragraphs) <= 2 and all(len(p.text) <= captions.MAX_TITLE for p in paragraphs)


def sections(reading: Reading) -> list[Section]:
    """The grids of a reading, each with the paragraphs around it."""
    runs: list[list[Paragraph]] = [[]]
    grids: list[Grid] = []
    for item in reading.items:
        if isinstance(item, Grid):
            grids.append(item)
            runs.append([])
        else:
            runs[-1].append(item)
    if not grids:
        return [Section(Grid(0, 0, (), True), tuple(runs[0]), ())]
    found = [Section(g, tuple(runs[i]), tuple(runs[i + 1])) for i, g in enumerate(grids)]
    if runs[-1]:
        found.append(Section(Grid(0, 0, (), True), tuple(runs[-1]), ()))
    return found


def examine(section: Section, family: Family, cover: Cover) -> Found:
    """One section: a statement, a rejection, or a table that is none of ours.

    Titles above the last one stand alone: their table was not found, or is stated to be empty.
    """
    before = list(section.before)
    titled = captions.titles(before, family.forms)
    orphans = Found(orphans=tuple(alone(titled, before, to_the_end=False)))
    last = titled[-1] if titled else None
    if section.grid.rows == 0:
        return orphans + Found(orphans=tuple(alone(titled, before, to_the_end=True))[-1:])
    inside = [section.grid.text(r, c) for r in range(min(4, section.grid.rows)) for c in range(1)]
    if last is None and (named := captions.titles([as_paragraph(t) for t in inside], family.forms)):
        last = replace(named[-1], index=-1)
    if last is None:
        return orphans + untitled(section, family, cover)
    return orphans + read(section, last, before, cover)


def as_paragraph(text: str) -> Paragraph:
    """A cell text as if it stood above the grid."""
    return Paragraph(text, Place())


def alone(
    titled: list[Titled], paragraphs: list[Paragraph], to_the_end: bool
) -> list[tuple[Titled, bool]]:
    """Titles with no grid below them, and whether a note says that there is no data."""
    ends = [t.index for t in titled[1:]] + ([len(paragraphs)] if to_the_end else [])
    return [
        (title, captions.says_no_data(p.text for p in paragraphs[title.index + 1 : end]))
        for title, end in zip(titled, ends, strict=False)
    ]


def read(section: Section, title: Titled, before: list[Paragraph], cover: Cover) -> Found:
    """A titled section: the statement if one of the titled forms explains the header.

    Captions stand between title and table; some publishers print the unit of money above the
    title, so the lines right before it are asked where those after it say nothing.
    """
    tried = [(form, header.match(section.grid, form)) for form in title.forms]
    matched = [(form, m) for form, m in tried if isinstance(m, header.Match)]
    if not matched:
        form, miss = tried[0]
        assert isinstance(miss, header.Mismatch)
        detail = (
            f"{where(section.grid)}: header {list(miss.unknown)} unknown, "
            f"{list(miss.missing)} missing"
        )
        return Found(rejected=(Rejected(form.statement_id, "header_unknown", detail),))
    if len(matched) > 1:
        names = ", ".join(form.statement_id for form, _ in matched)
        return Found(
            rejected=(Rejected(None, "form_ambiguous", f"{where(section.grid)}: {names}"),)
        )
    form, match = matched[0]
    at = max(title.index, 0)
    around = captions.read_captions(
        [p.text for p in before[at:]] + caption_cells(section.grid, match)
    )
    above = captions.read_captions([p.text for p in before[max(at - ABOVE_TITLE, 0) : at]])
    around = replace(around, money_unit=around.money_unit or above.money_unit)
    return place(section, form, match, around, title.year, cover)


def caption_cells(grid: Grid, match: header.Match) -> list[str]:
    """Texts of caption rows printed inside a grid."""
    return [cell.text for cell in grid.cells if cell.row < match.caption_rows]


def untitled(section: Section, family: Family, cover: Cover) -> Found:
    """A section without a title: ours only if exactly one form explains header and rows."""
    fitting = []
    for form in family.forms:
        match = header.match(section.grid, form)
        if isinstance(match, header.Match) and not match.missing:
            fitting.append((form, match))
    if not fitting:
        return Found(leftovers=(leftover(section.grid),))
    if len(fitting) > 1:
        names = ", ".join(form.statement_id for form, _ in fitting)
        detail = f"{where(section.grid)}: no title, and its header fits {names}"
        return Found(rejected=(Rejected(None, "form_ambiguous", detail),))
    form, match = fitting[0]
    around = captions.read_captions([p.text for p in section.before[-4:]])
    return place(section, form, match, around, None, cover)


def place(
    section: Section,
    form: Form,
    match: header.Match,
    around: Captions,
    year: int | None,
    cover: Cover,
) -> Found:
    """A matched grid as a statement, or the reason why not."""
    scope = cover.scope or around.scope
    context = Context(around.unit_name, scope, year or cover.year)
    try:
        rows = body(section.grid, match, form.sides)
        found = side_lines(rows.sides, context)
    except Unplaced as problem:
        detail = f"{where(section.grid)}, {problem.detail}"
        return Found(rejected=(Rejected(form.statement_id, problem.reason, detail),))
    has_figures = any(line.figures for line in found)
    if has_figures and around.money_unit is None:
        detail = f"{where(section.grid)}: no 单位：万元 or 单位：元 above the table"
        return Found(rejected=(Rejected(form.statement_id, "unit_unknown", detail),))
    notes = list(rows.notes) + notes_after(section, form)
    inside = [cell.text for cell in section.grid.cells if len(cell.text) < captions.MAX_NOTE]
    empty = "stated_empty" if captions.says_no_data(notes + inside) else "blank"
    statement = Statement(
        statement_id=form.statement_id,
        family=form.family,
        state="data" if has_figures else empty,
        money_unit=around.money_unit,
        year=year,
        unit_name=around.unit_name,
        scope=around.scope,
        lines=found,
        missing_columns=match.missing,
    )
    return Found(statements=(statement,))


def side_lines(
    sides: tuple[tuple[Side, tuple[Row, ...]], ...], context: Context
) -> tuple[Line, ...]:
    """The lines of all sides; a later side's nameless row on the first side's total is one too."""
    found: tuple[Line, ...] = ()
    for side, rows in sides:
        totals = frozenset(line.line_no for line in found if line.role == "total")
        found += lines(rows, side, replace(context, total_lines=totals))
    return found


def notes_after(section: Section, form: Form) -> list[str]:
    """Short paragraphs right below a table, up to the next title or section heading."""
    notes = []
    for paragraph in section.after[:3]:
        if captions.forms_titled(paragraph.text, (form,)) or paragraph.text[-1:] == "表":
            break
        notes.append(paragraph.text)
    return notes


def where(grid: Grid) -> str:
    """Page or line of a grid, for messages."""
    first = next((cell.place for cell in grid.cells), Place())
    return f"page {first.page}" if first.page else f"line {first.line}"


def leftover(grid: Grid) -> Leftover:
    """A grid that is none of ours."""
    return Leftover(grid.rows, grid.columns, where(grid))


def join(found: Found) -> tuple[tuple[Statement, ...], tuple[Rejected, ...]]:
    """One statement per id.

    A statement printed again with the same content is one; printed again with other content, or
    once unreadable, it cannot be decided which print holds, and none is published. A title whose
    header fits no form counts for nothing where the statement itself was found (lists of tables
    repeat every title).
    """
    by_id: dict[str, list[Statement]] = {}
    for statement in found.statements:
        by_id.setdefault(statement.statement_id, []).append(statement)
    rejected = [
        r for r in found.rejected if r.reason != "header_unknown" or r.statement_id not in by_id
    ]
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


def first_of_each(rejected: list[Rejected]) -> tuple[Rejected, ...]:
    """One rejection per statement: the first found explains it."""
    kept: dict[object, Rejected] = {}
    for index, one in enumerate(rejected):
        kept.setdefault(one.statement_id or index, one)
    return tuple(kept.values())


def content(statement: Statement) -> tuple[object, ...]:
    """What two prints of a statement must share to be the same."""
    return tuple(
        (ln.side, ln.code, ln.label, tuple((f.measure, f.text) for f in ln.figures))
        for ln in statement.lines
    )


def missing_grids(found: Found, known: set[str]) -> tuple[Rejected, ...]:
    """Titles whose table was not found and is not said to be empty."""
    lost: dict[str, Rejected] = {}
    told = {t.forms[0].statement_id for t, empty in found.orphans if empty}
    for title, _ in found.orphans:
        statement_id = title.forms[0].statement_id
        if statement_id not in known | told:
            detail = f"the title {title.text!r} is printed and no table was found below it"
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
    """A state for every form of the family."""
    states = {form.statement_id: "absent" for form in family.forms}
    states |= {s.statement_id: s.state for s in statements}
    states |= {r.statement_id: "unreadable" for r in rejected if r.statement_id}
    return states
