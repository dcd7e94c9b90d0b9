"""Running the rules: from a warehouse to one small frame per rule.

Here: the SQL side. A frame has one row for what was examined and one per violation, so that a rule
that looked at nothing is never mistaken for one that found nothing. Not here: the verdict (judge).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipeline.gate.pins import NO_STATEMENT
from pipeline.gate.rule import WIDTHS, Rule, Violation
from pipeline.gate.scans import SCANS
from pipeline.schema.catalogue import literal, quoted, tables
from pipeline.warehouse.build import connect

NO_LAST = "no last release to compare with"
NO_DETAIL = "(no detail)"
NOTHING = "nothing to examine"


@dataclass(frozen=True)
class Examined:
    """What a rule saw: how many rows it examined, its violations, or why it did not run.

    A rule of which a part crashed has `crashed`, and the violations of the rest.
    """

    rule: Rule
    examined: int
    violations: tuple[Violation, ...]
    not_run: str | None = None
    crashed: str | None = None
    remark: str | None = None


def examine(
    warehouse: Path,
    rules: Iterable[Rule],
    pins: Mapping[str, list[dict[str, Any]]],
    last: Path | None,
) -> list[Examined]:
    """Every rule run on the warehouse, in order. `last` is the folder of the last release."""
    with connect(warehouse, read_only=True) as connection:
        add_pins(connection, pins)
        if last is not None:
            add_last(connection, last)
        return [examine_rule(connection, rule, last is not None) for rule in rules]


def add_pins(
    connection: duckdb.DuckDBPyConnection, pins: Mapping[str, list[dict[str, Any]]]
) -> None:
    """The stewards' decisions as tables that rules can join."""
    connection.execute(
        "CREATE TEMP TABLE known_breaks"
        " (sha256 VARCHAR, identity_id VARCHAR, statement_id VARCHAR, subject VARCHAR,"
        " left_value DECIMAL(18,2), right_value DECIMAL(18,2))"
    )
    connection.execute("CREATE TEMP TABLE known_losses (document_id VARCHAR, what VARCHAR)")
    for pin in pins["known_breaks"]:
        statement = None if pin["statement_id"] == NO_STATEMENT else pin["statement_id"]
        place = [pin["sha256"], pin["identity_id"], statement, pin["subject"]]
        row = [*place, pin["expect"]["left"], pin["expect"]["right"]]
        connection.execute("INSERT INTO known_breaks VALUES (?, ?, ?, ?, ?, ?)", row)
    for loss in pins["known_losses"]:
        connection.execute(
            "INSERT INTO known_losses VALUES (?, ?)", [loss["document_id"], loss["what"]]
        )


def add_last(connection: duckdb.DuckDBPyConnection, last: Path) -> None:
    """The last release's tables as views named `last_…`."""
    for name in tables():
        path = last / "parquet" / f"{name}.parquet"
        if path.exists():
            query = f"SELECT * FROM read_parquet({literal(str(path))})"
            connection.execute(f"CREATE TEMP VIEW {quoted('last_' + name)} AS {query}")


def examine_rule(connection: duckdb.DuckDBPyConnection, rule: Rule, has_last: bool) -> Examined:
    """One rule. A query that fails is a crashed rule, never a passed one."""
    if rule.needs_last and not has_last:
        return Examined(rule, 0, (), not_run=NO_LAST)
    try:
        counted, found = looked(connection, rule)
    except duckdb.Error as error:
        return Examined(rule, 0, (), crashed=f"{type(error).__name__}: {error}")
    if any(len(row) not in WIDTHS for row in found):
        fields = ", ".join(Violation._fields)
        return Examined(rule, 0, (), crashed=f"the query must give {WIDTHS} columns of: {fields}")
    examined, crashed, remark = (*counted, None, None)[:3]
    # A violation is one whatever its text: null must not look like nothing found.
    violations = tuple(Violation(*row)._replace(detail=row[3] or NO_DETAIL) for row in found)
    if examined == 0 and not violations and not crashed:
        return Examined(rule, 0, (), not_run=remark or NOTHING)
    return Examined(rule, int(examined), violations, crashed=crashed, remark=remark)


def looked(
    connection: duckdb.DuckDBPyConnection, rule: Rule
) -> tuple[tuple[Any, ...], Sequence[tuple[Any, ...]]]:
    """The row that says what was examined, and the violations as they come."""
    if rule.scan is not None:
        examined, found = SCANS[rule.scan](connection)
        return (examined,), found
    counted = connection.execute(str(rule.examined)).fetchone() or (0,)
    return counted, connection.execute(str(rule.sql)).fetchall()
