"""The diff of two releases: every value that changed, why, and that the changes are all."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.release import diff, write
from pipeline.schema.catalogue import literal, tables, vocabularies
from tests.builds import Built, database

FIRST = "amount_id = (SELECT min(amount_id) FROM t)"


@dataclass(frozen=True)
class Pair:
    """Two releases, only their tables; the later one is free to be changed."""

    last: Path
    now: Path

    def change(self, table: str, sql: str) -> None:
        """Change a table of the later release by SQL over `t`."""
        path = self.now / "parquet" / f"{table}.parquet"
        with database(self.now.parent / "scratch.duckdb") as connection:
            connection.execute(f"CREATE OR REPLACE TABLE t AS FROM read_parquet('{path}')")
            connection.execute(sql)
            keys = ", ".join(tables()[table].key)
            connection.execute(f"COPY (FROM t ORDER BY {keys}) TO '{path}' (FORMAT parquet)")

    def made(self) -> list[dict[str, Any]]:
        """The changes as written."""
        diff.write(self.now, self.last)
        return rows(self.now / "changes" / "changes.parquet")


def rows(path: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        cursor = connection.execute(f"SELECT * FROM read_parquet({literal(str(path))})")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def pair(base: Built, tmp_path: Path) -> Pair:
    last, now = tmp_path / "2026.03.01", tmp_path / "2026.03.02"
    for folder in (last, now):
        shutil.copytree(base.release / "parquet", folder / "parquet")
    return Pair(last, now)


def test_equal_releases_have_no_changes(pair: Pair) -> None:
    assert pair.made() == []
    assert rows(pair.now / "changes" / "id_map.parquet") == []


def test_a_changed_amount_is_told_with_the_yuan_it_moved(pair: Pair) -> None:
    pair.change(
        "fact_amount",
        f"UPDATE t SET amount_yuan = amount_yuan + 700 WHERE {FIRST}",
    )
    (found,) = pair.made()
    told = ("table_name", "change", "column_name", "cause", "yuan_moved")
    assert [found[name] for name in told] == [
        *("fact_amount", "changed", "amount_yuan", "rule_changed", Decimal(700)),
    ]
    assert Decimal(found["new"]) - Decimal(found["old"]) == 700


def test_a_restored_amount_is_a_correction(pair: Pair) -> None:
    pair.change(
        "fact_amount",
        f"UPDATE t SET restored_from = 'x', page = 7 WHERE {FIRST}",
    )
    assert {row["cause"] for row in pair.made()} == {"correction"}


def test_a_document_that_came_a_document_that_went(pair: Pair, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        path = literal(str(pair.now / "parquet" / "dim_document.parquet"))
        documents = connection.execute(f"SELECT document_id FROM {path} ORDER BY 1").fetchall()
    (first,), (second,), *_ = documents
    both = (("fact_amount", first), ("dim_document", first))
    for table, document in both:
        pair.change(table, f"DELETE FROM t WHERE document_id = '{document}'")
    other = Pair(pair.now, pair.last)
    Pair(other.last, other.now).change(
        "fact_amount", f"DELETE FROM t WHERE document_id = '{second}'"
    )
    other.change("dim_document", f"DELETE FROM t WHERE document_id = '{second}'")
    found = [row for row in pair.made() if row["table_name"] == "fact_amount"]
    assert {(row["document_id"], row["change"], row["cause"]) for row in found} == {
        (first, "removed", "document_withdrawn"),
        (second, "added", "new_document"),
    }
    retired = rows(pair.now / "changes" / "id_map.parquet")
    gone = {row["key"] for row in found if row["change"] == "removed"}
    assert {r["key"] for r in retired if r["table_name"] == "fact_amount"} == gone
    assert {r["last_version"] for r in retired} == {"2026.03.01"}


def test_a_replaced_document_is_told_as_such(pair: Pair) -> None:
    pair.change("dim_document", "UPDATE t SET is_current = false")
    assert {row["cause"] for row in pair.made()} == {"document_replaced"}


def test_retired_keys_stay_until_they_return(pair: Pair, tmp_path: Path) -> None:
    pair.change("fact_amount", f"DELETE FROM t WHERE {FIRST}")
    pair.made()
    third = tmp_path / "2026.03.03"
    shutil.copytree(pair.now / "parquet", third / "parquet")
    diff.write(third, pair.now)
    assert rows(third / "changes" / "id_map.parquet") == rows(
        pair.now / "changes" / "id_map.parquet"
    )
    fourth = tmp_path / "2026.03.04"
    shutil.copytree(pair.last / "parquet", fourth / "parquet")
    diff.write(fourth, third)
    assert rows(fourth / "changes" / "id_map.parquet") == []


def test_a_column_and_a_table_that_the_last_release_had_not(pair: Pair) -> None:
    without = Pair(pair.now, pair.last)
    without.change("fact_amount", "ALTER TABLE t DROP COLUMN second_text")
    (pair.last / "parquet" / "fact_claim.parquet").unlink()
    pair.change("fact_amount", "UPDATE t SET second_text = '1.00' WHERE line_no = 1")
    found = pair.made()
    assert {(r["table_name"], r["change"]) for r in found} == {
        ("fact_amount", "changed"),
        ("fact_claim", "added"),
    }
    assert {r["column_name"] for r in found if r["table_name"] == "fact_amount"} == {"second_text"}


def test_another_key_cannot_be_compared(pair: Pair) -> None:
    path = pair.last / "parquet" / "dim_unit.parquet"
    with database(pair.last.parent / "scratch.duckdb") as connection:
        connection.execute(f"CREATE TABLE u AS SELECT * RENAME (unit_id AS unit) FROM '{path}'")
        connection.execute(f"COPY u TO '{path}' (FORMAT parquet)")
    with pytest.raises(diff.NotComparable, match="dim_unit: the last release has no key column"):
        diff.write(pair.now, pair.last)


@pytest.mark.parametrize(
    "lose",
    [
        "DELETE FROM changes WHERE column_name = 'amount_yuan'",
        "UPDATE changes SET new = new || '0' WHERE column_name = 'label'",
        "DELETE FROM changes WHERE change = 'removed'",
    ],
)
def test_changes_that_do_not_lead_to_the_new_release_stop_it(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, lose: str
) -> None:
    pair.change("fact_amount", "DELETE FROM t WHERE line_no = 1")
    pair.change("fact_amount", "UPDATE t SET amount_yuan = 1, label = 'x' WHERE line_no = 2")
    whole: Callable[..., Any] = diff.compare

    def losing(connection: duckdb.DuckDBPyConnection, *folders: Path) -> Any:
        found = whole(connection, *folders)
        connection.execute(lose)
        return found

    monkeypatch.setattr(diff, "compare", losing)
    with pytest.raises(diff.NotComparable, match="fact_amount: last release and changes"):
        diff.write(pair.now, pair.last)


def test_what_was_personal_in_the_last_release_is_not_repeated(pair: Pair) -> None:
    leaked = f"UPDATE t SET label = '电话 13812345678' WHERE {FIRST}"
    Pair(pair.now, pair.last).change("fact_amount", leaked)
    (found,) = pair.made()
    assert found["column_name"] == "label"
    assert "138" not in found["old"]


def test_the_same_releases_give_the_same_bytes(pair: Pair, tmp_path: Path) -> None:
    pair.change("fact_amount", "UPDATE t SET page = 99 WHERE page = 1")
    pair.made()
    first = write.file_hashes(pair.now / "changes")
    shutil.rmtree(pair.now / "changes")
    pair.made()
    assert write.file_hashes(pair.now / "changes") == first


def test_every_cause_is_explained() -> None:
    assert set(vocabularies()["change_cause"]) == {
        *("new_document", "document_replaced", "document_withdrawn"),
        *("rule_changed", "correction", "derived"),
    }
