"""What a release changes against the one before it, value by value, and the proof that it is all.

    last, now -> changes (key, column, old, new, cause) -> last + changes = now, or no release

Here: `changes/changes.parquet` (and CSV) and `changes/id_map.parquet` (keys that are no more), made
from the Parquet files of two releases and proved on them. Not here: the changelog that people read
(changes), and what happens to a release that cannot be compared (steps).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.documents import personal
from pipeline.schema.catalogue import Table, literal, quoted, tables

FOLDER = "changes"
KEY = "' | '"
COLUMNS = (
    "table_name VARCHAR, key VARCHAR, document_id VARCHAR, change VARCHAR, column_name VARCHAR,"
    " old VARCHAR, new VARCHAR, yuan_moved DECIMAL(18,2), cause VARCHAR"
)
#: tables whose rows belong to a document through another table: its key
THROUGH = {
    "fact_check_term": ("fact_check", "check_id"),
    "fact_finding_cell": ("fact_finding", "finding_id"),
}
DOCUMENTS = ("document_id", "new_document_id")


class NotComparable(RuntimeError):
    """Two releases whose difference cannot be told, or does not lead from one to the other."""


@dataclass(frozen=True)
class Sides:
    """A table in both releases: the columns that both have, and where its rows' document is."""

    table: Table
    common: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.table.columns)

    def key(self, row: str) -> str:
        """The key of a row as one text."""
        parts = (f"CAST({row}.{quoted(k)} AS VARCHAR)" for k in self.table.key)
        return f"concat_ws({KEY}, {', '.join(parts)})"

    def document(self, row: str, release: str) -> str:
        """The document of a row, null where it has none."""
        known = [name for name in DOCUMENTS if name in self.all]
        if known:
            return f"{row}.{known[0]}"
        if self.table.name in THROUGH:
            parent, key = THROUGH[self.table.name]
            return f"(SELECT p.document_id FROM {release}.{parent} p WHERE p.{key} = {row}.{key})"
        return "CAST(NULL AS VARCHAR)"

    @property
    def same_key(self) -> str:
        return " AND ".join(f"o.{quoted(k)} = n.{quoted(k)}" for k in self.table.key)


def write(folder: Path, last: Path) -> None:
    """The changes of a release folder that holds its tables; raises `NotComparable`."""
    (folder / FOLDER).mkdir()
    with duckdb.connect() as connection:
        compared = compare(connection, folder, last)
        mask(connection)
        columns = "table_name, key, document_id, change, column_name, old, new, yuan_moved, cause"
        query = f"SELECT {columns} FROM changes ORDER BY ALL"
        for kind, options in (("parquet", "FORMAT parquet, COMPRESSION zstd"), ("csv", "HEADER")):
            path = literal(str(folder / FOLDER / f"changes.{kind}"))
            connection.execute(f"COPY ({query}) TO {path} ({options})")
        retired = retired_keys(last)
        path = literal(str(folder / FOLDER / "id_map.parquet"))
        connection.execute(
            f"COPY ({retired.format(version=literal(last.name))} ORDER BY ALL) TO {path}"
            " (FORMAT parquet, COMPRESSION zstd)"
        )
        stored = literal(str(folder / FOLDER / "changes.parquet"))
        for sides in compared:
            prove(connection, sides, f"read_parquet({stored})")


def mask(connection: duckdb.DuckDBPyConnection) -> None:
    """Old texts without what is personal: a release that lost a number must not repeat it."""
    suspects = connection.execute(
        f"SELECT DISTINCT old FROM changes WHERE regexp_matches(old, {literal(personal.SUSPECT)})"
    ).fetchall()
    for (text,) in suspects:
        if personal.found_in(text):
            connection.execute(
                "UPDATE changes SET old = ? WHERE old = ?", [personal.mask(text), text]
            )


def compare(connection: duckdb.DuckDBPyConnection, folder: Path, last: Path) -> list[Sides]:
    """`changes`, from views of both releases; the tables that were compared."""
    for schema, place in (("last", last), ("now", folder)):
        connection.execute(f"CREATE SCHEMA {schema}")
        for path in sorted((place / "parquet").glob("*.parquet")):
            view = f"{schema}.{quoted(path.stem)}"
            try:
                connection.execute(f"CREATE VIEW {view} AS FROM read_parquet({literal(str(path))})")
            except duckdb.Error as error:
                raise NotComparable(
                    f"{path} cannot be read, so nothing can be told to have changed; put the"
                    f" release back from a copy that `yusuan verify` finds good ({error})"
                ) from error
    connection.execute(f"CREATE TABLE changes ({COLUMNS})")
    connection.execute(FATES)
    compared = []
    for table in tables().values():
        compared.append(sides_of(connection, table))
        record(connection, compared[-1])
    return compared


def sides_of(connection: duckdb.DuckDBPyConnection, table: Table) -> Sides:
    """What both releases have of a table. One that is new has every row added."""
    found = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'last' AND table_name = ?",
        [table.name],
    ).fetchall()
    before = {name for (name,) in found}
    names = [column.name for column in table.columns]
    if not before:
        connection.execute(
            f"CREATE VIEW last.{quoted(table.name)} AS SELECT * FROM"
            f" (SELECT * FROM now.{quoted(table.name)} LIMIT 0)"
        )
        before = set(names)
    if lost := [key for key in table.key if key not in before]:
        raise NotComparable(
            f"{table.name}: the last release has no key column {lost}; publish into a new folder"
        )
    common = tuple(name for name in names if name in before)
    return Sides(table, common)


# What became of each document; a document in both is as it was, so its values changed by our rules.
FATES = """
    CREATE TABLE fates AS
    SELECT coalesce(n.document_id, o.document_id) AS document_id,
           CASE WHEN n.document_id IS NULL THEN 'document_withdrawn'
                WHEN o.document_id IS NULL AND n.disclosure_id IN
                     (SELECT disclosure_id FROM last.dim_document) THEN 'document_replaced'
                WHEN o.document_id IS NULL THEN 'new_document'
                WHEN o.is_current AND NOT n.is_current THEN 'document_replaced'
                ELSE 'rule_changed' END AS cause
    FROM last.dim_document o FULL JOIN now.dim_document n ON o.document_id = n.document_id
"""


def record(connection: duckdb.DuckDBPyConnection, sides: Sides) -> None:
    """The changes of one table: rows that are no more, rows that are new, values that differ."""
    name, table = literal(sides.table.name), quoted(sides.table.name)
    money = {c.name for c in sides.table.columns if c.type == "money"}
    amount = sides.table.name == "fact_amount"
    moved = "-o.amount_yuan" if amount else "NULL"
    connection.execute(
        f"""
        INSERT INTO changes
        SELECT {name}, k, r.d, 'removed', NULL, NULL, NULL, moved, coalesce(f.cause, 'derived')
        FROM (SELECT {sides.key("o")} AS k, {sides.document("o", "last")} AS d, {moved} AS moved
              FROM last.{table} o ANTI JOIN now.{table} n ON {sides.same_key}) r
        LEFT JOIN fates f ON f.document_id = r.d
        """
    )
    values = ", ".join(f"CAST(n.{quoted(c)} AS VARCHAR) AS {quoted(c)}" for c in sides.all)
    told = "TRY_CAST(u.new AS DECIMAL(18,2))"
    is_money = f"u.column_name IN ({', '.join(map(literal, sorted(money)))})" if money else "false"
    connection.execute(
        f"""
        INSERT INTO changes
        SELECT {name}, u._k, u._d, 'added', u.column_name, NULL, u.new,
               CASE WHEN {is_money} THEN {told} END, coalesce(f.cause, 'derived')
        FROM (UNPIVOT (SELECT {sides.key("n")} AS _k, {sides.document("n", "now")} AS _d, {values}
                       FROM now.{table} n ANTI JOIN last.{table} o ON {sides.same_key})
              ON {", ".join(map(quoted, sides.all))} INTO NAME column_name VALUE new) u
        LEFT JOIN fates f ON f.document_id = u._d
        """
    )
    pairs = ", ".join(
        f"{{'c': {literal(c)}, 'o': "
        + (f"CAST(o.{quoted(c)} AS VARCHAR)" if c in sides.common else "CAST(NULL AS VARCHAR)")
        + f", 'n': CAST(n.{quoted(c)} AS VARCHAR)}}"
        for c in sides.all
        if c not in sides.table.key
    )
    if not pairs:
        return
    corrected = (
        "n.restored_from IS NOT NULL AND n.restored_from IS DISTINCT FROM o.restored_from"
        if amount and "restored_from" in sides.common
        else "false"
    )
    connection.execute(
        f"""
        INSERT INTO changes
        SELECT {name}, k, d, 'changed', v.c, v.o, v.n,
               CASE WHEN v.c IN ({", ".join(map(literal, sorted(money))) or "''"})
                    THEN coalesce(TRY_CAST(v.n AS DECIMAL(18,2)), 0)
                         - coalesce(TRY_CAST(v.o AS DECIMAL(18,2)), 0) END,
               CASE WHEN corrected THEN 'correction' ELSE coalesce(f.cause, 'derived') END
        FROM (SELECT {sides.key("n")} AS k, {sides.document("n", "now")} AS d,
                     {corrected} AS corrected,
                     unnest(list_filter([{pairs}], lambda x: x.o IS DISTINCT FROM x.n)) AS v
              FROM last.{table} o JOIN now.{table} n ON {sides.same_key}) r
        LEFT JOIN fates f ON f.document_id = r.d
        """
    )


def retired_keys(last: Path) -> str:
    """Keys that a release had and this one has not, with the last version that had them.

    `successor` is the figure that took an amount's place when its document was replaced.
    """
    earlier = last / FOLDER / "id_map.parquet"
    before = (
        "SELECT table_name, key, last_version, successor"
        f" FROM read_parquet({literal(str(earlier))})"
        " WHERE (table_name, key) NOT IN"
        " (SELECT (table_name, key) FROM changes WHERE change = 'added') UNION ALL "
        if earlier.is_file()
        else ""
    )
    return (
        f"SELECT * FROM ({before}SELECT table_name, key, {{version}} AS last_version,"
        " r.new_amount_id AS successor FROM changes c LEFT JOIN (SELECT old_amount_id,"
        " min(new_amount_id) AS new_amount_id FROM now.fact_revision GROUP BY ALL) r"
        " ON c.table_name = 'fact_amount' AND r.old_amount_id = c.key WHERE change = 'removed')"
    )


def prove(connection: duckdb.DuckDBPyConnection, sides: Sides, changes: str) -> None:
    """Rebuild a table from the last release and the changes as written; raises unless it is new."""
    table, name = quoted(sides.table.name), literal(sides.table.name)
    own = f"SELECT * FROM {changes} WHERE table_name = {name}"
    cells = ", ".join(
        f"CASE WHEN bool_or(coalesce(c.column_name = {literal(column)}, false))"
        f" THEN max(c.new) FILTER (c.column_name = {literal(column)})"
        + (
            f" ELSE any_value(CAST(o.{quoted(column)} AS VARCHAR))"
            if column in sides.common
            else ""
        )
        + f" END AS {quoted(column)}"
        for column in sides.all
    )
    rebuilt = (
        f"SELECT {cells} FROM (SELECT *, {sides.key('o')} AS _key FROM last.{table} o) o"
        f" FULL JOIN ({own}) c ON c.key = o._key GROUP BY coalesce(o._key, c.key)"
        " HAVING NOT bool_or(coalesce(c.change = 'removed', false))"
    )
    texts = ", ".join(f"CAST({quoted(c)} AS VARCHAR)" for c in sides.all)
    wanted = f"SELECT {texts} FROM now.{table}"
    for what, query in (
        ("lack", f"{wanted} EXCEPT ALL {rebuilt}"),
        ("have too much", f"{rebuilt} EXCEPT ALL {wanted}"),
    ):
        row = connection.execute(f"SELECT count(*) FROM ({query})").fetchone()
        if row and row[0]:
            raise NotComparable(
                f"{sides.table.name}: last release and changes {what}: {row[0]} rows of the new one"
            )
