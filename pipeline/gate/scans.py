"""Scans: rules that no query can say, over every text a release would hold.

Here: one function per scan, from a warehouse to violations. They are the last watch: what they
look for is already masked or quarantined where documents are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb

from pipeline.documents import personal
from pipeline.documents.formulas import is_formula
from pipeline.gate.rule import Violation
from pipeline.schema.catalogue import Table, quoted, tables


def texts(
    connection: duckdb.DuckDBPyConnection, table: Table, column: str
) -> Iterator[tuple[str, str | None, str | None, int | None]]:
    """Each text of a column, once per document, statement and line it stands in."""
    names = {c.name for c in table.columns}
    places = [n if n in names else "NULL" for n in ("document_id", "statement_id", "line_no")]
    query = (
        f"SELECT DISTINCT {quoted(column)}, {', '.join(places)} FROM {quoted(table.name)} "
        f"WHERE {quoted(column)} IS NOT NULL ORDER BY ALL"
    )
    yield from connection.execute(query).fetchall()


def each_text(
    connection: duckdb.DuckDBPyConnection, unfit: Callable[[str], bool], what: str
) -> tuple[int, list[Violation]]:
    """How many texts were looked at, and those that are unfit (placed, never shown)."""
    examined = 0
    found: list[Violation] = []
    for table in tables().values():
        for column in table.columns:
            if column.type != "text" or column.words or column.ref:
                continue
            for text, document_id, statement_id, line in texts(connection, table, column.name):
                examined += 1
                if unfit(text):
                    place = f"{what} in {table.name}.{column.name}"
                    found.append(Violation(document_id, statement_id, line, place))
    return examined, found


def personal_data(connection: duckdb.DuckDBPyConnection) -> tuple[int, list[Violation]]:
    """Texts that hold a telephone number or a named handler."""
    return each_text(connection, personal.found_in, "text in the form of personal data")


def formula_text(connection: duckdb.DuckDBPyConnection) -> tuple[int, list[Violation]]:
    """Texts that a spreadsheet would run. A printed figure may begin with a sign."""
    return each_text(connection, is_formula, "text that begins like a formula")


SCANS: dict[str, Callable[[duckdb.DuckDBPyConnection], tuple[int, list[Violation]]]] = {
    "personal_data": personal_data,
    "formula_text": formula_text,
}
