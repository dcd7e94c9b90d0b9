"""One document to its staged tables: read, recognise, check the text, flatten.

Here: what runs inside a worker: pure functions, and one that stages what they give. Reading and
understanding are apart, for what is kept of the first is used again when code of the second
changes. Not here: processes (pool) and files (store, readings).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.annexes.services import Directory, Service, directories
from pipeline.documents import media, personal
from pipeline.documents.document import Document, Refusal
from pipeline.documents.formulas import FORMULA_STARTS
from pipeline.forms.disclosure import Disclosure, Rejected
from pipeline.forms.recognise import recognise
from pipeline.forms.statement import Line, Statement
from pipeline.ledger.money import NotExact, to_yuan
from pipeline.performance import flowing
from pipeline.performance import reading as performance
from pipeline.performance.shapes import Performance
from pipeline.readers.dispatch import read
from pipeline.readers.shapes import Place, Reading
from pipeline.restore import texts
from pipeline.staging import forms_alone, performed, readings, store, told
from pipeline.staging.tables import Extract, framed, refused

CENT = Decimal("0.01")


def stage(staging: Path, document: Document) -> None:
    """Stage the tables of a document. It is read only where no reading of it is kept."""
    found = readings.once(staging, document, read)
    store.write(staging, document.document_id, extracted(document, found), found.kind)


def extract(document: Document) -> Extract:
    """The staged tables of a document that is read now."""
    return extracted(document, readings.read(document, read))


def extracted(document: Document, found: readings.Read) -> Extract:
    """The staged tables of a document; a refused file gives its quarantine row and no more."""
    try:
        return flatten(document, *understood(document, found.given()))
    except Refusal as refusal:
        return refused(document, refusal)


def understand(document: Document) -> tuple[Reading, Disclosure]:
    """Reading and disclosure of a document that is read now; raises `Refusal` as below."""
    return understood(document, read(document))


def understood(document: Document, reading: Reading) -> tuple[Reading, Disclosure]:
    """Reading and disclosure of a document, every released text checked.

    Raises `Refusal` where it is no disclosure.
    """
    try:
        if document.media_type == media.TEXT:
            reading, disclosure = texts.understood(reading)
        else:
            disclosure = recognise(reading)
    except Refusal as refusal:
        if refusal.reason != "nothing_recognised":
            raise
        alone = forms_alone.disclosure_of(reading)
        if alone is None:
            raise
        disclosure = alone
    disclosure = checked(disclosure, reading.blind_pages)
    lost = [unread(d) for d in appended(reading) if d.unread]
    return reading, replace(disclosure, rejected=(*disclosure.rejected, *lost))


def checked(disclosure: Disclosure, blind_pages: tuple[int, ...]) -> Disclosure:
    """A disclosure without statements whose text or money cannot be released.

    What is absent from a document with pages that gave no text is unreadable, not absent.
    """
    kept, rejected = [], list(disclosure.rejected)
    for statement in disclosure.statements:
        problem = trouble(statement)
        if problem is None:
            kept.append(statement)
        else:
            rejected.append(problem)
    states = dict(disclosure.coverage)
    if blind_pages:
        pages = ", ".join(map(str, blind_pages))
        for statement_id in [s for s, state in states.items() if state == "absent"]:
            detail = f"not found; pages {pages} show images and gave no text"
            rejected.append(Rejected(statement_id, "not_text", detail))
    states |= {r.statement_id: "unreadable" for r in rejected if r.statement_id}
    if disclosure.unit_name.startswith(FORMULA_STARTS):
        raise Refusal("forms", "hostile_text", "the unit's name begins like a spreadsheet formula")
    title = disclosure.title
    if title is not None and title.startswith(FORMULA_STARTS):
        title = None
    return replace(
        disclosure,
        statements=tuple(kept),
        rejected=tuple(rejected),
        coverage=states,
        unit_name=personal.mask(disclosure.unit_name),
        title=personal.mask(title) if title else None,
    )


def appended(reading: Reading) -> Iterator[Directory]:
    """The directories of services of a reading; entries that cannot be released are unread."""
    for directory in directories(reading.items):
        kept = tuple(s for s in directory.services if releasable(s))
        held = tuple(s.place for s in directory.services if s not in kept)
        yield Directory(kept, (*directory.unread, *held))


def releasable(service: Service) -> bool:
    """Whether the texts of an entry may be released."""
    texts = (service.department or "", service.name or "")
    return not any(personal.found_in(t) or t.startswith(FORMULA_STARTS) for t in texts)


def unread(directory: Directory) -> Rejected:
    """How many rows of an appended directory could not be read, and where the first stands."""
    first = directory.unread[0]
    where = f"page {first.page}" if first.page else f"line {first.line}"
    rows = f"{len(directory.unread)} of {len(directory.services) + len(directory.unread)} rows"
    return Rejected(None, "row_unplaced", f"directory of services: {rows} not read, first {where}")


def trouble(statement: Statement) -> Rejected | None:
    """Why a statement cannot be released as it stands, if it cannot."""
    for line in statement.lines:
        texts = (line.label, line.label_path, line.government_item, line.implementing_unit)
        if any(personal.found_in(text) for text in texts):
            detail = f"row {line.line_no}: text in the form of personal data (not shown)"
            return Rejected(statement.statement_id, "personal_data", detail)
        if any(text and text.startswith(FORMULA_STARTS) for text in texts):
            detail = f"row {line.line_no}: text that begins like a spreadsheet formula"
            return Rejected(statement.statement_id, "hostile_text", detail)
        for figure in line.figures:
            try:
                to_yuan(figure.figure, statement.money_unit or "元")
            except NotExact as error:
                detail = f"row {line.line_no}, {figure.measure}: {error}"
                return Rejected(statement.statement_id, "cell_unparsed", detail)
    return None


def performance_of(reading: Reading, disclosure: Disclosure) -> Performance:
    """What a document says of performance, read beside its table of projects.

    A text extraction without grids of forms may have them as flowing lines. A page of a PDF has
    its lines in the order of their height, not of the cells: they are no flowing text.
    """
    found = performance.read(reading, performed.printed_projects(disclosure))
    if found.forms or found.evaluations or reading.reader != "text":
        return found
    said = flowing.read(reading)
    return replace(said, unread=(*found.unread, *said.unread))


def flatten(document: Document, reading: Reading, disclosure: Disclosure) -> Extract:
    """A disclosure as staged rows."""
    key = document.document_id
    said = performance_of(reading, disclosure)
    claims = told.claims_of(reading, disclosure)
    forms = {statement.statement_id: statement for statement in disclosure.statements}
    return framed(
        documents=[
            {
                "document_id": key,
                "family": disclosure.family,
                "kind": disclosure.kind,
                "scope": disclosure.scope,
                "fiscal_year": disclosure.fiscal_year,
                "unit_name": disclosure.unit_name,
                "title": disclosure.title,
                "page_count": reading.page_count,
                "reader": reading.reader,
            }
        ],
        lines=[line_row(key, s, line) for s in disclosure.statements for line in s.lines],
        cells=[row for s in disclosure.statements for row in cell_rows(key, s)],
        projects=list(performed.project_rows(key, said)),
        indicators=list(performed.indicator_rows(key, said)),
        evaluations=list(performed.evaluation_rows(key, said)),
        claims=list(told.claim_rows(key, claims)),
        quantities=list(told.quantity_rows(key, claims, disclosure)),
        profiles=list(told.profile_rows(key, reading, disclosure)),
        coverage=[
            {
                "document_id": key,
                "statement_id": statement_id,
                "state": state,
                "form": forms[statement_id].family if statement_id in forms else None,
                "columns": " ".join(forms[statement_id].printed_columns) or None
                if statement_id in forms
                else None,
            }
            for statement_id, state in sorted(disclosure.coverage.items())
        ],
        leftovers=[
            {"document_id": key, "place": one.place, "rows": one.rows, "columns": one.columns}
            for one in disclosure.leftovers
        ],
        services=[
            service_row(key, position, service)
            for position, service in enumerate(
                (s for d in appended(reading) for s in d.services), start=1
            )
        ],
        quarantine=[
            {
                "document_id": key,
                "statement_id": rejected.statement_id,
                "stage": "forms",
                "reason": rejected.reason,
                "detail": personal.mask(rejected.detail),
            }
            for rejected in disclosure.rejected
        ]
        + list(performed.unread_rows(key, said)),
    )


def service_row(key: str, position: int, service: Service) -> dict[str, Any]:
    """One staged entry of a directory of services."""
    return {
        "document_id": key,
        "position": position,
        "department": service.department,
        "code": service.code,
        "level": service.level,
        "name_zh": service.name,
        "parent_code": service.parent,
        "page": service.place.page,
        "source_line": service.place.line,
    }


def line_row(key: str, statement: Statement, line: Line) -> dict[str, Any]:
    """One staged line."""
    return {
        "document_id": key,
        "statement_id": statement.statement_id,
        "side": line.side,
        "line_no": line.line_no,
        "role": line.role,
        "item": line.item,
        "line_kind": line.kind,
        "code": line.code,
        "code_system": line.code_system,
        "label": line.label,
        "label_path": line.label_path,
        "government_item": line.government_item,
        "implementing_unit": line.implementing_unit,
        "parent_line_no": line.parent,
        "occurrence": line.occurrence,
    }


def cell_rows(key: str, statement: Statement) -> Iterator[dict[str, Any]]:
    """The staged cells of a statement."""
    for line in statement.lines:
        for figure in line.figures:
            yield {
                "document_id": key,
                "statement_id": statement.statement_id,
                "side": line.side,
                "line_no": line.line_no,
                "measure_id": figure.measure,
                "printed_text": figure.text,
                "restored_text": figure.restored,
                "restored_from": figure.restored_from,
                "cell_reader": figure.reader,
                "printed_unit": statement.money_unit,
                "confidence": figure.confidence,
                **place(figure.place),
            }


def place(where: Place) -> dict[str, Any]:
    """Page and box, or the source line."""
    found: dict[str, Any] = {"page": where.page, "source_line": where.line}
    if where.box is not None:
        for name in ("x0", "y0", "x1", "y1"):
            found[name] = Decimal(str(getattr(where.box, name))).quantize(CENT)
    return found
