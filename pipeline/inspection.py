"""One document in a terminal: what was recognised, line by line, and how its identities fare.

The file is read in a limited worker, as in a build, into a folder that is thrown away. Here:
looking and showing. Everything shown comes from the staged tables, which hold official statements
only; other tables appear by place and size.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.documents import manifest
from pipeline.documents.document import Quarantined, Refusal
from pipeline.documents.intake import Intake, describe, printable, publishable
from pipeline.identities.declaration import load_catalogue
from pipeline.identities.engine import run
from pipeline.ledger import books
from pipeline.schema.catalogue import measures, statements, vocabularies
from pipeline.settings import Settings
from pipeline.staging import pool, store
from pipeline.staging.tables import Extract, framed

STYLES = {"data": "green", "stated_empty": "dim", "blank": "yellow", "absent": "yellow"}
PROOF_STYLES = {"proved": "", "unproved": "yellow", "disputed": "bold red", "repaired": "cyan"}
SHOWN_VERDICTS = ("breaks", "crashed")


@dataclass(frozen=True)
class Seen:
    """What one document gave: staged tables, amounts with proofs, checks, and refusals."""

    name: str
    staged: Extract
    amounts: pl.DataFrame
    checks: pl.DataFrame
    refused: tuple[Quarantined, ...]


def look(path: Path, settings: Settings) -> Seen:
    """Read one file in a worker, enter it and run the identities on it."""
    name = publishable(printable(Path(path.name)))
    nothing = pl.DataFrame()
    try:
        document = describe(name, path.resolve(), manifest.Entry(source_name=name))
    except Refusal as refusal:
        entry = Quarantined(name, refusal.stage, refusal.reason, refusal.detail)
        return Seen(entry.source_name, framed(), nothing, nothing, (entry,))
    with tempfile.TemporaryDirectory() as folder:
        (outcome,) = pool.run([document], Path(folder), workers=1)
        if outcome.refusal is not None:
            entry = outcome.refusal.quarantine(document)
            return Seen(document.source_name, framed(), nothing, nothing, (entry,))
        staged = store.read(Path(folder), document.document_id)
    ledger = books.build(Intake((document,), ()), staged, [])
    refused = tuple(books.staged_entries(staged.quarantine, {document.document_id: document}))
    if staged.documents.is_empty():
        return Seen(document.source_name, staged, nothing, nothing, refused)
    results = run(ledger.books, load_catalogue(settings.expectations / "identities"))
    amounts = books.with_proofs(ledger.amounts, results.proofs)
    return Seen(document.source_name, staged, amounts, results.checks, refused)


def show(console: Console, seen: Seen, *, brief: bool, only: str | None) -> None:
    """Print a document."""
    console.print(Text(seen.name, style="bold"))
    for row in seen.staged.documents.iter_rows(named=True):
        console.print(heading(row))
    for entry in seen.refused:
        console.print(refusal_text(entry))
    for row in in_form_order(seen.staged.coverage):
        if only is not None and row["statement_id"] != only:
            continue
        console.print(statement_heading(seen, row))
        if not brief and row["state"] == "data":
            console.print(lines_table(seen, row["statement_id"]))
    for row in seen.staged.leftovers.iter_rows(named=True):
        size = f"{row['rows']} rows x {row['columns']} columns"
        console.print(Text(f"Left over: a table of {size} at {row['place']}", style="dim"))
    if not seen.checks.is_empty():
        console.print(verdicts(seen.checks))


def heading(row: dict[str, Any]) -> Text:
    """Unit, year, kind and scope."""
    words = vocabularies()
    scope = words["scope"][row["scope"]]["zh"] if row["scope"] else "?"
    kind = words["kind"][row["kind"]]["zh"]
    pages = f", {row['page_count']} pages" if row["page_count"] else ""
    return Text(
        f"{row['unit_name']} · {row['fiscal_year']} · {scope}{kind}"
        f"  (form family {row['family']}, reader {row['reader']}{pages})"
    )


def refusal_text(entry: Quarantined) -> Text:
    """Why the file or a statement was put aside."""
    what = entry.statement_id or "the whole file"
    meaning = vocabularies()["quarantine_reason"][entry.reason]
    return Text.assemble(
        (f"Quarantine: {what}: {entry.reason}", "bold red"),
        f" ({meaning['zh']} · {meaning['en']})\n  {entry.detail or ''}",
    )


def in_form_order(coverage: pl.DataFrame) -> list[dict[str, Any]]:
    """Coverage rows in the order of the declared statements."""
    order = list(statements())
    return sorted(coverage.iter_rows(named=True), key=lambda r: order.index(r["statement_id"]))


def statement_heading(seen: Seen, row: dict[str, Any]) -> Text:
    """A statement's name and state, with its amounts by proof."""
    names = statements()[row["statement_id"]]
    text = Text.assemble(
        (f"\n{names['zh']}", "bold"),
        f" {row['statement_id']}  ",
        (row["state"], STYLES.get(row["state"], "red")),
    )
    if row["state"] == "data":
        amounts = seen.amounts.filter(statement_id=row["statement_id"])
        tally = amounts.get_column("proof").value_counts().sort("proof").iter_rows()
        counted = ", ".join(f"{number} {proof}" for proof, number in tally)
        unit = amounts.get_column("printed_unit").item(0)
        text.append(f"  {amounts.height} amounts in {unit}: {counted}")
    return text


def lines_table(seen: Seen, statement_id: str) -> Table:
    """The lines of a statement with their figures as printed; disputed ones in red."""
    amounts = seen.amounts.filter(statement_id=statement_id).sort("line_no", "side", "measure_id")
    printed = [m for m in measures() if m in set(amounts.get_column("measure_id"))]
    table = Table(box=None, padding=(0, 1, 0, 0))
    for name in ("row", "side", "code", "label"):
        table.add_column(name, overflow="fold")
    for measure in printed:
        table.add_column(measures()[measure]["zh"], justify="right", no_wrap=True)
    groups = amounts.group_by("line_no", "side", maintain_order=True)
    for (line_no, side), cells in groups:
        first = cells.row(0, named=True)
        figures = {c["measure_id"]: c for c in cells.iter_rows(named=True)}
        table.add_row(
            str(line_no),
            str(side or ""),
            first["code"] or "",
            Text(first["label"] or ""),
            *(figure(figures.get(measure)) for measure in printed),
        )
    return table


def figure(cell: dict[str, Any] | None) -> Text:
    """One printed figure, coloured by its proof."""
    if cell is None:
        return Text("")
    return Text(cell["printed_text"] or "", style=PROOF_STYLES[cell["proof"]])


def verdicts(checks: pl.DataFrame) -> Text:
    """Counts of verdicts, and each identity that does not hold."""
    tally = checks.get_column("verdict").value_counts().sort("verdict").iter_rows()
    text = Text("\nIdentities: " + ", ".join(f"{number} {verdict}" for verdict, number in tally))
    broken = checks.filter(pl.col("verdict").is_in(SHOWN_VERDICTS)).sort("identity_id", "subject")
    for row in broken.iter_rows(named=True):
        text.append(f"\n  {row['verdict']} {row['identity_id']}", style="bold red")
        text.append(
            f" · {row['statement_id'] or ''} · {row['subject'] or ''}: {row['left_value']} against "
            f"{row['right_value']} yuan, residual {row['residual']}, tolerance {row['tolerance']}"
        )
    return text
