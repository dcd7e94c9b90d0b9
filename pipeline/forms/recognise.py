"""The recogniser: which grids of a reading are official statements, and of which form.

A statement is recognised by its title above the grid and a header that the titled form explains
wholly; without a title only where exactly one form explains header and rows. Here: walking a
reading in order. Not here: titles and notes (captions), headers (header), rows (rows).
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.forms import captions, continuation, header
from pipeline.forms.body import Row, body
from pipeline.forms.captions import Captions, Titled
from pipeline.forms.choice import adopt, contradicted, elsewhere, nothing_recognised, weight
from pipeline.forms.continuation import Section
from pipeline.forms.disclosure import (
    Cover,
    Disclosure,
    Rejected,
    identify,
    read_cover,
)
from pipeline.forms.family import Family, Form, Side, families
from pipeline.forms.placing import Context
from pipeline.forms.prose import prose_disclosure, unit_in_sentences
from pipeline.forms.rows import lines
from pipeline.forms.settle import Found, coverage, ids, join, missing_grids, stated, whole
from pipeline.forms.statement import Line, Statement, Unplaced
from pipeline.forms.units import with_units
from pipeline.forms.unknown import (
    has_header,
    is_personal,
    leftover,
    named_nearly,
    unnoticed,
    where,
)
from pipeline.forms.wording import squeeze
from pipeline.readers.shapes import Grid, Paragraph, Place, Reading

# Lines above a title that may still be captions of its table.
ABOVE_TITLE = 3
# So far above a title another one, without a table, may have captions of its own.
OTHER_TITLE = 6
# Captions of a continuation, or a running head: so many lines part no table for sure.
BRIEF_LINES = 4
# Lines below a table, and below a title without a table, that may be its note.
NOTE_LINES, TITLE_NOTE_LINES = 3, 5


def recognise(reading: Reading, among: tuple[Family, ...] | None = None) -> Disclosure:
    """The disclosure in a reading, of one of the declared families or of those given.

    Raises `Refusal` where no official statement of any family is found, or unit or year of the
    document cannot be told.
    """
    cover = read_cover(reading.items)
    found = [(family, survey(reading, family, cover)) for family in among or families()]
    family, best = max(found, key=lambda pair: weight(pair[1]))
    statements, rejected = join(best)
    for other, theirs in found:
        if other.kind == family.kind and other is not family:
            statements, rejected = adopt(statements, rejected, join(theirs)[0])
    statements, unknown = with_units(statements, proving=reading.reader == "text")
    rejected += unknown
    kin = [f.leftovers for other, f in found if other.kind == family.kind and other is not family]
    rejected += tuple(unnoticed(best.leftovers, kin))
    statements, partial = whole(statements, best)
    rejected += partial
    known = {s.statement_id for s in statements} | ids(rejected)
    rejected += missing_grids(best, known)
    statements += tuple(stated(best, known, family))
    # The contents of a file of prose list the titles of tables that stand elsewhere.
    if not statements and all(r.reason == "grid_missing" for r in rejected):
        prose = prose_disclosure(reading, cover, among or families())
        if prose is not None:
            return prose
    if not statements:
        raise nothing_recognised(reading, rejected)
    if cover.kind not in (None, family.kind):
        raise contradicted(cover, family)
    lines = [item.text for item in reading.items if isinstance(item, Paragraph)]
    if cover.unit_name is None:
        cover = replace(cover, unit_name=unit_in_sentences(map(squeeze, lines)))
    unit_name, year, scope = identify(cover, statements, captions.read_captions(lines))
    foreign = [r for s in statements if (r := elsewhere(s, unit_name, year)) is not None]
    statements = tuple(s for s in statements if elsewhere(s, unit_name, year) is None)
    rejected += tuple(foreign)
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
    return len(paragraphs) <= BRIEF_LINES and not any(
        len(p.text) > captions.MAX_TITLE or captions.looks_like_title(p.text) for p in paragraphs
    )


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
    if last is not None and not captions.close_above(last, before):
        last = None
    if named := captions.titles(list(map(as_paragraph, top_lines(section.grid))), family.forms):
        last = replace(named[-1], index=-1)
    if last is None:
        return orphans + untitled(section, family, cover)
    found = read(section, last, before, cover, family)
    weighs = (2 if found.statements else 1) if last.exact else 0
    return orphans + found + Found(exact=weighs)


def top_lines(grid: Grid) -> list[str]:
    """The texts that stand alone in the first rows of a grid: title and captions inside it."""
    rows = [
        [text for c in range(grid.columns) if (text := grid.text(row, c)).strip()]
        for row in range(min(header.MAX_CAPTION_ROWS, grid.rows))
    ]
    return [text for row in rows if len(row) < min(3, grid.columns) for text in row]


def as_paragraph(text: str) -> Paragraph:
    """A cell text as if it stood above the grid."""
    return Paragraph(text, Place())


def alone(
    titled: list[Titled], paragraphs: list[Paragraph], to_the_end: bool
) -> list[tuple[Titled, bool]]:
    """Titles with no grid below them, and whether a note says that there is no data."""
    ends = [t.index for t in titled[1:]] + ([len(paragraphs)] if to_the_end else [])
    return [
        (title, captions.says_no_data(notes_below(paragraphs, title.index, end)))
        for title, end in zip(titled, ends, strict=False)
    ]


def notes_below(paragraphs: list[Paragraph], start: int, end: int) -> list[str]:
    """The few lines below a title that may be its note."""
    return [p.text for p in paragraphs[start + 1 : min(end, start + 1 + TITLE_NOTE_LINES)]]


def read(
    section: Section, title: Titled, before: list[Paragraph], cover: Cover, family: Family
) -> Found:
    """A titled section: the statement if one of the titled forms explains the header.

    Captions stand between title and table; some publishers print the unit of money above the
    title, so the lines right before it are asked where those after it say nothing.
    """
    tried = [(form, header.match(section.grid, form)) for form in title.forms]
    matched = [(form, m) for form, m in tried if isinstance(m, header.Match)]
    if not matched:
        form, miss = tried[0]
        assert isinstance(miss, header.Mismatch)
        unknown = "not shown" if is_personal(section.grid) else list(miss.unknown)
        detail = f"{where(section.grid)}: header {unknown} unknown, {list(miss.missing)} missing"
        told = Rejected(
            form.statement_id,
            "header_unknown",
            detail,
            section.grid.columns,
            figures=has_header(section.grid, form),
        )
        return Found(rejected=(told,))
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
    # Where another title stands close above, the lines between are captions of its table.
    others = captions.titles(before[max(at - OTHER_TITLE, 0) : at], family.forms)
    nearest = [] if others else before[max(at - ABOVE_TITLE, 0) : at]
    above = captions.read_captions([p.text for p in nearest])
    around = replace(around, money_unit=around.money_unit or above.money_unit)
    return place(section, form, match, around, title.year, cover, family)


def caption_cells(grid: Grid, match: header.Match) -> list[str]:
    """Texts of caption rows printed inside a grid."""
    return [cell.text for cell in grid.cells if cell.row < match.caption_rows]


def untitled(section: Section, family: Family, cover: Cover) -> Found:
    """A section without a title: ours only if exactly one form explains header and rows.

    Under a title that is none of ours stands a table that is none of ours.
    """
    fitting = []
    other = [p.text for p in section.before[-5:] if captions.looks_like_title(p.text)]
    if other:
        told = named_nearly(section.grid, other[-1], family)
        left = leftover(section.grid, section.before)
        return Found(rejected=(told,)) if told else Found(leftovers=(left,))
    for form in family.forms:
        match = header.match(section.grid, form)
        if isinstance(match, header.Match) and not match.missing:
            fitting.append((form, match))
    if not fitting:
        return Found(leftovers=(leftover(section.grid, section.before),))
    if len(fitting) > 1:
        names = ", ".join(form.statement_id for form, _ in fitting)
        detail = f"{where(section.grid)}: no title, and its header fits {names}"
        return Found(rejected=(Rejected(None, "form_ambiguous", detail),))
    form, match = fitting[0]
    around = captions.read_captions([p.text for p in section.before[-4:]])
    return place(section, form, match, around, None, cover, family)


def place(
    section: Section,
    form: Form,
    match: header.Match,
    around: Captions,
    year: int | None,
    cover: Cover,
    family: Family,
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
    units, years = header.said_in(match)
    if len(units | ({around.money_unit} - {None})) > 1 or len(years) > 1:
        detail = f"{where(section.grid)}: the table is of {sorted(units)} {sorted(years)}"
        return Found(rejected=(Rejected(form.statement_id, "header_unknown", detail),))
    around = replace(around, money_unit=around.money_unit or next(iter(units), None))
    named = [p.text for p in section.before[-NOTE_LINES * 2 :]] + caption_cells(section.grid, match)
    if has_figures and around.money_unit is None and captions.names_other_unit(named):
        detail = f"{where(section.grid)}: a unit of money that is neither 万元 nor 元"
        return Found(rejected=(Rejected(form.statement_id, "unit_unknown", detail),))
    notes = list(rows.notes) + notes_around(section, family)
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
        unit_name_wrapped=around.unit_name_wrapped,
        printed_columns=printed_columns(form, match),
        lines=found,
        missing_columns=match.missing,
        columns=section.grid.columns,
        header_year=next(iter(years), None),
    )
    return Found(statements=(statement,))


def printed_columns(form: Form, match: header.Match) -> tuple[str, ...]:
    """The figure columns a header has; a side that spans others has the one it borrows."""
    printed = {f"{side.side or ''}.{c.measure}" for side, c in match.columns.values() if c.measure}
    spanning = {f"{side.side}.amount" for side in form.sides if side.spans}
    return tuple(sorted(printed | spanning))


def side_lines(
    sides: tuple[tuple[Side, tuple[Row, ...]], ...], context: Context
) -> tuple[Line, ...]:
    """The lines of all sides; a later side's nameless row on the first side's total is one too."""
    found: tuple[Line, ...] = ()
    for side, rows in sides:
        totals = frozenset(line.line_no for line in found if line.role == "total")
        found += lines(rows, side, replace(context, total_lines=totals))
    return found


def notes_around(section: Section, family: Family) -> list[str]:
    """Short lines between title and table, and right below it up to the next title."""
    titled = captions.titles(list(section.before), family.forms)
    notes = [p.text for p in section.before[titled[-1].index + 1 :]] if titled else []
    for paragraph in section.after[:NOTE_LINES]:
        if captions.forms_titled(paragraph.text, family.forms) or captions.looks_like_title(
            paragraph.text
        ):
            break
        notes.append(paragraph.text)
    return notes
