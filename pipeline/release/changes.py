"""What a release changes against the one before it, in a few lines.

Here: documents and amounts added, gone and changed, as counts and names. The full diff, cell by
cell, is a table of its own and not made yet.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.schema.catalogue import literal

CHANGES = {
    "amounts added": "SELECT count(*) FROM now ANTI JOIN last USING (amount_id)",
    "amounts gone": "SELECT count(*) FROM last ANTI JOIN now USING (amount_id)",
    "amounts changed": """
        SELECT count(*) FROM now JOIN last USING (amount_id)
        WHERE now.amount_yuan <> last.amount_yuan""",
    "proofs changed": """
        SELECT count(*) FROM now JOIN last USING (amount_id) WHERE now.proof <> last.proof""",
}


def notes(folder: Path, last: Path | None) -> str:
    """The changelog's text for a release folder that holds its Parquet tables."""
    if last is None:
        return "The first release in this folder."
    with duckdb.connect() as connection:
        for name, place in (("now", folder), ("last", last)):
            for table, view in (("fact_amount", name), ("dim_document", f"{name}_documents")):
                path = literal(str(place / "parquet" / f"{table}.parquet"))
                connection.execute(f"CREATE VIEW {view} AS SELECT * FROM read_parquet({path})")
        lines = [f"Against {last.name}:", ""]
        for what, query in CHANGES.items():
            found = connection.execute(query).fetchone()
            lines.append(f"- {what}: {found[0] if found else 0}")
        lines += documents(connection, "added", "now_documents", "last_documents")
        lines += documents(connection, "gone", "last_documents", "now_documents")
    return "\n".join(lines)


def documents(connection: duckdb.DuckDBPyConnection, word: str, left: str, right: str) -> list[str]:
    """Documents of one release that the other lacks; file names as code, inert in Markdown."""
    query = (
        f"SELECT document_id, source_name FROM {left} ANTI JOIN {right} USING (document_id) "
        "ORDER BY source_name"
    )
    rows = connection.execute(query).fetchall()
    return [f"- document {word}: {key} `{name.replace('`', '')}`" for key, name in rows]
