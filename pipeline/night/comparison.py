"""What tonight's tables say against those of the release that stood when the night began.

Here: queries over the two, and their answers as parts of the account. Either is a release folder
or a warehouse. Not here: the rest of the account (gather).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.documents.personal import mask
from pipeline.night.account import Aside, Break, Change, Reason
from pipeline.schema.catalogue import DUCKDB_TYPES, literal, quoted, tables, vocabularies

NEEDED = ("dim_document", "fact_amount", "fact_check", "fact_quarantine")
MOST = 200
COUNTS = (
    ("documents", "文件", "SELECT count(*) FROM {}.dim_document"),
    ("figures", "金额", "SELECT count(*) FROM {}.fact_amount"),
    ("figures proved", "已证明", "SELECT count(*) FROM {}.fact_amount WHERE proof = 'proved'"),
    ("figures unproved", "未证明", "SELECT count(*) FROM {}.fact_amount WHERE proof = 'unproved'"),
    ("figures disputed", "有争议", "SELECT count(*) FROM {}.fact_amount WHERE proof = 'disputed'"),
    ("figures repaired", "已修复", "SELECT count(*) FROM {}.fact_amount WHERE proof = 'repaired'"),
    ("identities asked", "勾稽核对", "SELECT count(*) FROM {}.fact_check"),
    (
        "identities that break",
        "勾稽不符",
        "SELECT count(*) FROM {}.fact_check WHERE verdict = 'breaks'",
    ),
    ("quarantine entries", "隔离条目", "SELECT count(*) FROM {}.fact_quarantine"),
)
#: each counts what changed; there is nothing before them
MOVES = (
    (
        "figures added",
        "新增金额",
        "SELECT count(*) FROM now.fact_amount ANTI JOIN was.fact_amount USING (amount_id)",
    ),
    (
        "figures gone",
        "消失金额",
        "SELECT count(*) FROM was.fact_amount ANTI JOIN now.fact_amount USING (amount_id)",
    ),
    (
        "figures changed",
        "变动金额",
        """
        SELECT count(*) FROM now.fact_amount n JOIN was.fact_amount w USING (amount_id)
        WHERE n.amount_yuan <> w.amount_yuan""",
    ),
    (
        "proofs changed",
        "证明状态变动",
        """
        SELECT count(*) FROM now.fact_amount n JOIN was.fact_amount w USING (amount_id)
        WHERE n.proof <> w.proof""",
    ),
)
ENTRIES = """
    SELECT n.source_name, n.statement_id, n.reason, n.detail, NOT EXISTS (
        FROM was.fact_quarantine w WHERE w.source_name = n.source_name AND w.reason = n.reason
        AND w.statement_id IS NOT DISTINCT FROM n.statement_id) AS is_new
    FROM now.fact_quarantine n
"""
QUARANTINE = f"""
    SELECT * FROM ({ENTRIES}) ORDER BY is_new DESC, source_name, statement_id NULLS FIRST, reason,
        detail NULLS FIRST LIMIT {MOST}
"""
REASONS = f"""
    SELECT reason, count(*), count(*) FILTER (is_new) FROM ({ENTRIES})
    GROUP BY reason ORDER BY 3 DESC, 2 DESC, reason
"""
# A check is the same by what it asks, not by how it came out.
BREAKS = "SELECT check_id FROM {}.fact_check WHERE verdict = 'breaks'"
NEWLY = f"""
    SELECT c.identity_id, d.source_name, c.statement_id, c.subject, c.residual, c.unit
    FROM now.fact_check c LEFT JOIN now.dim_document d USING (document_id)
    WHERE c.verdict = 'breaks' AND c.check_id NOT IN ({BREAKS.format("was")})
    ORDER BY abs(c.residual) DESC NULLS FIRST, c.identity_id, c.check_id LIMIT {MOST}
"""


@dataclass(frozen=True)
class Compared:
    """The parts of an account that two sets of tables give."""

    release: tuple[Change, ...]
    reasons: tuple[Reason, ...]
    quarantine: tuple[Aside, ...]
    breaks: int
    breaks_new: int
    breaks_mended: int
    broken: tuple[Break, ...]


def compare(now: Path, before: Path | None) -> Compared:
    """Tonight's tables against those before; against nothing where there were none.

    Raises `duckdb.Error` or `OSError` where one of them cannot be read.
    """
    with opened(now, before) as connection:

        def number(query: str) -> int:
            (found,) = connection.execute(query).fetchone() or (0,)
            return int(found)

        changes = [
            Change(
                what,
                zh,
                None if before is None else number(query.format("was")),
                number(query.format("now")),
            )
            for what, zh, query in COUNTS
        ]
        if before is not None:
            changes += [Change(what, zh, None, number(query)) for what, zh, query in MOVES]
        breaks = (BREAKS.format("now"), BREAKS.format("was"))
        return Compared(
            release=tuple(changes),
            reasons=tuple(reason(*row) for row in connection.execute(REASONS).fetchall()),
            quarantine=tuple(aside(*row) for row in connection.execute(QUARANTINE).fetchall()),
            breaks=number(f"SELECT count(*) FROM ({breaks[0]})"),
            breaks_new=number(f"SELECT count(*) FROM ({breaks[0]} EXCEPT {breaks[1]})"),
            breaks_mended=number(f"SELECT count(*) FROM ({breaks[1]} EXCEPT {breaks[0]})"),
            broken=tuple(broken(*row) for row in connection.execute(NEWLY).fetchall()),
        )


def reason(word: str, entries: int, new: int) -> Reason:
    """A reason of the closed list in words."""
    said = vocabularies()["quarantine_reason"].get(word, {"zh": word, "en": word})
    return Reason(word, said["zh"], said["en"], entries, new)


def aside(source: str, statement: str | None, word: str, detail: str | None, new: bool) -> Aside:
    """One entry of quarantine, its texts masked."""
    return Aside(mask(source), statement, word, None if detail is None else mask(detail), new)


def broken(
    identity: str,
    source: str | None,
    statement: str | None,
    subject: str | None,
    residual: object,
    unit: str | None,
) -> Break:
    """One identity that breaks, its texts masked and its money as exact text."""
    return Break(
        identity,
        mask(source or ""),
        statement,
        None if subject is None else mask(subject),
        None if residual is None else str(residual),
        unit,
    )


@contextmanager
def opened(now: Path, before: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the tables of both as `now.…` and `was.…`, closed in the end."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "threads": 2,
    }
    with duckdb.connect(config=settings) as connection:
        show(connection, "now", now)
        show(connection, "was", before)
        yield connection


def show(connection: duckdb.DuckDBPyConnection, name: str, place: Path | None) -> None:
    """Make the tables of a release folder or a warehouse visible; empty ones of nothing."""
    if place is not None and place.is_file():
        connection.execute(f"ATTACH {literal(str(place))} AS {name} (READ_ONLY)")
        return
    connection.execute(f"CREATE SCHEMA {name}")
    for table in NEEDED:
        made = f"{name}.{quoted(table)}"
        path = None if place is None else place / "parquet" / f"{table}.parquet"
        if path is None or not path.exists():
            typed = [f"{quoted(c.name)} {DUCKDB_TYPES[c.type]}" for c in tables()[table].columns]
            connection.execute(f"CREATE TABLE {made} ({', '.join(typed)})")
        else:
            source = f"read_parquet({literal(str(path))})"
            connection.execute(f"CREATE VIEW {made} AS SELECT * FROM {source}")
