"""What a release changes against the one before it, in a few lines.

Here: documents and amounts added, gone and changed, as counts and names, and the values that
changed by their cause. Not here: the changes themselves, value by value (diff).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.release.diff import FOLDER
from pipeline.schema.catalogue import literal, vocabularies

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
        lines += by_cause(connection, folder / FOLDER / "changes.parquet")
        lines += documents(connection, "added", "now_documents", "last_documents")
        lines += documents(connection, "gone", "last_documents", "now_documents")
    return "\n".join(lines)


def by_cause(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """Values that changed by cause, and the yuan that moved in fact_amount."""
    if not path.is_file():
        return []
    found = connection.execute(
        f"""
        SELECT cause, count(*),
               coalesce(sum(abs(yuan_moved)) FILTER (table_name = 'fact_amount'), 0)
        FROM read_parquet({literal(str(path))}) GROUP BY 1
        """
    ).fetchall()
    told = {cause: (values, yuan) for cause, values, yuan in found}
    lines = ["", "| cause | 原因 | values | yuan moved |", "|---|---|---|---|"]
    for cause, meaning in vocabularies()["change_cause"].items():
        if cause in told:
            values, yuan = told[cause]
            lines.append(f"| {meaning['en']} | {meaning['zh']} | {values:,} | {yuan:,} |")
    return [*lines, ""] if told else []


def documents(connection: duckdb.DuckDBPyConnection, word: str, left: str, right: str) -> list[str]:
    """Documents of one release that the other lacks; file names as code, inert in Markdown."""
    query = (
        f"SELECT document_id, source_name FROM {left} ANTI JOIN {right} USING (document_id) "
        "ORDER BY source_name"
    )
    rows = connection.execute(query).fetchall()
    return [f"- document {word}: {key} `{name.replace('`', '')}`" for key, name in rows]
