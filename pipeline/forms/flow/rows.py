"""The rows of a flowing table: atoms to segments, each of one row and one side.

Here: the reader of each row scheme of the forms. They raise `Unplaced` for what belongs to no row:
nothing is passed over. Not here: the columns of the figures (placing).
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.forms.flow.atoms import Atom, Kind, has_amount
from pipeline.forms.flow.coded import by_code
from pipeline.forms.flow.cursor import Cursor, Segment, stray
from pipeline.forms.flow.headings import Heading
from pipeline.forms.flow.labelled import by_labels
from pipeline.forms.flow.named import by_name
from pipeline.forms.statement import Unplaced


def segments(heading: Heading, found: tuple[Atom, ...], ends_kept: bool) -> list[Segment]:
    """The segments of a table's body, in printed order.

    `ends_kept`: the text kept the blanks at the ends of its lines.
    """
    form = heading.form
    schemes = {side.scheme for side in form.sides}
    if len(schemes) > 1:
        raise stray(found[0], "sides of several kinds")
    reader = READERS.get(schemes.pop())
    if reader is None:
        raise stray(found[0], "a form that flowing text does not show the rows of")
    rows = reader(heading, Cursor(found, ends_kept=ends_kept))
    if jammed := next((s for s in rows if has_amount(s.label + s.government_item)), None):
        raise Unplaced("row_unplaced", f"line {jammed.line}: an amount is jammed into a name")
    return rows


def by_column(heading: Heading, cursor: Cursor) -> list[Segment]:
    """The one row of a table whose items run across, or of a form without names."""
    side = heading.form.sides[0]
    begin, cells = cursor.now, cursor.cells(lambda _: False)
    if cursor.now.kind is not Kind.END:
        raise stray(cursor.now, "words where the form has one row of figures")
    return [Segment(side, cells, cursor.now, begin.line)] if cells else []


READERS: dict[str, Callable[[Heading, Cursor], list[Segment]]] = {
    "rules": by_labels,
    "tree": by_code,
    "economic": by_name,
    "units": by_name,
    "projects": by_name,
    "across": by_column,
    "single": by_column,
}
