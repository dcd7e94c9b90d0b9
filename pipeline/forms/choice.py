"""Which family a reading follows, what a sister family adds, and which tables are another unit's.

Here: judging what was found in a whole reading. Not here: finding it (recognise), and one answer
per statement (settle).
"""

from __future__ import annotations

from pipeline.documents.document import Refusal
from pipeline.forms.disclosure import Cover, Rejected
from pipeline.forms.family import Family
from pipeline.forms.settle import Found
from pipeline.forms.statement import Statement
from pipeline.forms.wording import canon, squeeze
from pipeline.readers.shapes import Reading


def weight(found: Found) -> tuple[int, int]:
    """How much of a reading a family explains: a statement counts more than a near miss.

    Tables under the family's own titles tell it from one that prints the same columns; where no
    table was found at all, the titles alone do.
    """
    return 2 * len(found.statements) + found.exact, len(found.orphans)


def adopt(
    statements: tuple[Statement, ...],
    rejected: tuple[Rejected, ...],
    others: tuple[Statement, ...],
) -> tuple[tuple[Statement, ...], tuple[Rejected, ...]]:
    """Statements of another family of the same kind that this one lacks, or could not read.

    Publishers change from one layout to the next a table at a time.
    """
    known = {s.statement_id for s in statements}
    failed = {r.statement_id for r in rejected if r.reason not in MISREAD}
    new = tuple(s for s in others if s.statement_id not in known | failed)
    adopted = {s.statement_id for s in new}
    return statements + new, tuple(r for r in rejected if r.statement_id not in adopted)


# Rejections that say no more than that this family does not know the table's shape.
MISREAD = frozenset({"header_unknown", "form_ambiguous"})


def elsewhere(statement: Statement, unit_name: str, year: int) -> Rejected | None:
    """Why a statement is not of this document's unit and year, null where it is.

    A name with an addition in brackets （本级） is the same unit.
    """
    name = squeeze(statement.unit_name or unit_name)
    names = {name, squeeze(statement.unit_name_wrapped or name)}
    same_unit = canon(unit_name).partition("(")[0] in {canon(n).partition("(")[0] for n in names}
    printed = {statement.year, statement.header_year} - {None}
    if same_unit and printed <= {year}:
        return None
    years = " ".join(str(one) for one in sorted(printed, key=str))
    detail = f"printed under {name} {years}, the document is {unit_name} {year}"
    return Rejected(statement.statement_id, "other_disclosure", detail)


def contradicted(cover: Cover, family: Family) -> Refusal:
    """Why a document whose cover names another kind than its tables is refused."""
    detail = f"the cover says {cover.kind}, the tables are those of a {family.kind}"
    return Refusal("forms", "document_unidentified", detail)


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
