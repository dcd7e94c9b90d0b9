"""The warehouse: assembled whole or not at all, with every declared table and the star's views."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline.schema.catalogue import tables
from pipeline.warehouse.build import VIEWS, assemble, connect
from tests.builds import Built


def frames() -> dict[str, pl.DataFrame]:
    """Every table, with no rows."""
    return {name: table.frame([]) for name, table in tables().items()}


def measures(*names: str) -> pl.DataFrame:
    """dim_measure with these rows."""
    rows = [{"measure_id": n, "label_zh": n, "label_en": n} for n in names]
    return tables()["dim_measure"].frame(rows)


def test_every_declared_table_and_view_is_there_even_without_rows(tmp_path: Path) -> None:
    counts = assemble(tmp_path / "w.duckdb", frames())
    assert counts == dict.fromkeys(tables(), 0)
    with connect(tmp_path / "w.duckdb", read_only=True) as connection:
        found = {row[0] for row in connection.execute("SHOW TABLES").fetchall()}
        assert found == set(tables()) | set(VIEWS)
        for name in found:
            assert connection.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,)


def test_rows_are_counted_and_kept_exactly(tmp_path: Path) -> None:
    counts = assemble(tmp_path / "w.duckdb", frames() | {"dim_measure": measures("a", "b")})
    assert counts["dim_measure"] == 2
    with connect(tmp_path / "w.duckdb", read_only=True) as connection:
        assert connection.table("dim_measure").fetchall() == [("a", "a", "a"), ("b", "b", "b")]


def test_a_table_without_a_frame_is_a_fault_and_leaves_the_old_warehouse(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    assemble(path, frames() | {"dim_measure": measures("old")})
    some = frames()
    del some["fact_check"]
    with pytest.raises(KeyError, match="fact_check"):
        assemble(path, some | {"dim_measure": measures("new")})
    with connect(path, read_only=True) as connection:
        assert connection.table("dim_measure").fetchall() == [("old", "old", "old")]


@pytest.mark.parametrize(
    "wrong",
    [
        measures("a", "a"),
        pl.concat([measures("a"), measures("b").with_columns(label_zh=None)]),
    ],
    ids=["key twice", "null where none may be"],
)
def test_rows_that_a_dimension_refuses_leave_the_old_warehouse(
    tmp_path: Path, wrong: pl.DataFrame
) -> None:
    path = tmp_path / "w.duckdb"
    assemble(path, frames() | {"dim_measure": measures("old")})
    with pytest.raises(duckdb.ConstraintException):
        assemble(path, frames() | {"dim_measure": wrong})
    with connect(path, read_only=True) as connection:
        assert connection.table("dim_measure").fetchall() == [("old", "old", "old")]


def test_drafts_do_not_pile_up(tmp_path: Path) -> None:
    for _ in range(2):
        assemble(tmp_path / "w.duckdb", frames())
    assert [path.name for path in tmp_path.iterdir()] == ["w.duckdb"]


def test_columns_come_in_declared_order_whatever_the_order_of_a_frame(tmp_path: Path) -> None:
    turned = measures("a").select("label_en", "measure_id", "label_zh")
    assemble(tmp_path / "w.duckdb", frames() | {"dim_measure": turned})
    with connect(tmp_path / "w.duckdb", read_only=True) as connection:
        assert connection.table("dim_measure").columns == ["measure_id", "label_zh", "label_en"]


def test_money_keeps_every_digit_that_its_type_holds(tmp_path: Path) -> None:
    largest = Decimal("9999999999999999.99")
    row = {
        "check_id": "c",
        "identity_id": "i",
        "document_id": "d",
        "left_value": largest,
        "right_value": -largest,
        "residual": Decimal("0.01"),
        "unit": "yuan",
        "n_terms": 2,
        "suspicious": False,
        "verdict": "breaks",
    }
    assemble(tmp_path / "w.duckdb", frames() | {"fact_check": tables()["fact_check"].frame([row])})
    with connect(tmp_path / "w.duckdb", read_only=True) as connection:
        found = connection.execute("SELECT left_value, right_value, residual FROM fact_check")
        assert found.fetchone() == (largest, -largest, Decimal("0.01"))


def test_a_connection_loads_no_extension_from_anywhere(tmp_path: Path) -> None:
    with connect(tmp_path / "w.duckdb") as connection:
        settings = connection.execute(
            "SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%extensions'"
        ).fetchall()
        assert {value for _, value in settings} == {"false"}
        with pytest.raises(duckdb.Error):
            connection.execute("SELECT * FROM read_parquet('https://127.0.0.1:9/x.parquet')")


def test_the_wide_view_joins_what_a_question_needs(base: Built) -> None:
    columns = {row[0] for row in base.rows("DESCRIBE v_amount")}
    assert set(tables()["fact_amount"].schema) <= columns
    assert {
        "fiscal_year",
        "kind",
        "scope",
        "is_current",
        "unit_name",
        "region_code",
        "statement_zh",
        "measure_en",
    } <= columns


def test_proof_by_statement_counts_every_amount_once(base: Built) -> None:
    rows = base.rows(
        "SELECT sum(amounts), sum(proved), sum(unproved + disputed + repaired + proved), "
        "bool_and(pinned BETWEEN proved AND amounts AND pinned_percent <= 100 "
        "AND (pinned_percent = 100) = (pinned = amounts)) FROM v_proof_by_statement"
    )
    amounts, proved = base.rows(
        "SELECT count(*), count(*) FILTER (proof = 'proved') FROM fact_amount"
    )[0]
    assert rows == [(amounts, proved, amounts, True)]


def test_proof_by_identity_agrees_with_the_terms(base: Built) -> None:
    found = {row[0]: row[1:3] for row in base.rows("SELECT * FROM v_proof_by_identity")}
    pinning: dict[str, set[str]] = {name: set() for name in found}
    for name, amount_id in base.rows(
        "SELECT identity_id, amount_id FROM fact_check JOIN fact_check_term USING (check_id) "
        "WHERE pins"
    ):
        pinning[name].add(amount_id)
    for name, (pinned, only) in found.items():
        others = set().union(*(own for other, own in pinning.items() if other != name))
        assert (pinned, only) == (len(pinning[name]), len(pinning[name] - others)), name
    checks = base.rows("SELECT count(*) FROM fact_check")
    assert checks == base.rows(
        "SELECT sum(exact + rounding + breaks + untestable + crashed) FROM v_proof_by_identity"
    )


def test_reasons_are_of_every_amount_that_is_not_proved(broken: Built) -> None:
    query = "SELECT count(*) FROM fact_amount WHERE proof <> 'proved'"
    assert broken.rows("SELECT sum(amounts) FROM v_proof_reasons") == broken.rows(query)
    assert broken.rows("SELECT count(*) FROM v_proof_reasons WHERE proof_reason IS NULL") == [(0,)]
