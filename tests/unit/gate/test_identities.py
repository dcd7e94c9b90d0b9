"""Every identity's rule bites: the counter-example of its declaration, from books to judgement.

counter-example -> engine -> warehouse -> gate -> the rule of that identity fails, with both sides
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.gate import identities, run
from pipeline.gate.judge import Judgement, judge
from pipeline.identities import engine
from pipeline.identities.books import Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.example import read_example
from pipeline.schema.catalogue import tables
from pipeline.warehouse.build import assemble, connect
from tests.unit.identities.support import catalogue, together

CATALOGUE = catalogue()
RULES = identities.rules(CATALOGUE.values())
NO_PINS: dict[str, list[dict[str, Any]]] = {"known_breaks": [], "known_losses": []}


def filled(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a table with something in every other column that must have a value."""
    blank = {"int": 0, "year": 2026, "bool": True, "money": 0, "ratio": 1}
    table = tables()[name]
    lacking = [c for c in table.columns if c.name not in rows.columns]
    return table.conform(
        rows.with_columns(
            pl.lit(None if c.null else blank.get(c.type, "x"))
            .cast(table.schema[c.name])
            .alias(c.name)
            for c in lacking
        )
    )


def warehouse(path: Path, books: dict[str, Books], results: list[engine.Results]) -> Path:
    """A warehouse of books, each a document, and what the engine said of them."""
    amounts = pl.concat(one.cells for one in books.values()).drop("step_yuan")
    frames = {name: table.frame([]) for name, table in tables().items()} | {
        "dim_document": filled(
            "dim_document",
            pl.DataFrame({"document_id": list(books), "source_name": [f"{b}.txt" for b in books]}),
        ),
        "fact_amount": filled("fact_amount", amounts),
        "fact_check": pl.concat(one.checks for one in results),
        "fact_check_term": pl.concat(one.terms for one in results),
    }
    assemble(path, frames)
    return path


def checked(path: Path, kind: str) -> Path:
    """A warehouse of all examples of a kind; of each, what its own identity says and no other."""
    books = {name: read_example(getattr(one, kind), name) for name, one in CATALOGUE.items()}
    found = engine.run(together(books.values()), list(CATALOGUE.values()))
    own = found.checks.filter(pl.col("document_id") == pl.col("identity_id"))
    terms = found.terms.join(own, on="check_id", how="semi")
    return warehouse(path, books, [engine.Results(own, terms, found.proofs)])


def judged(path: Path, *, strict: bool) -> dict[str, Judgement]:
    return {j.rule_id: j for j in judge(run.examine(path, RULES, NO_PINS, None), strict)}


@dataclass(frozen=True)
class Gate:
    """What the gate says of the examples and of the counter-examples."""

    wrong: Path
    strict: dict[str, Judgement]
    lenient: dict[str, Judgement]
    right: dict[str, Judgement]


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    folder = tmp_path_factory.mktemp("gate")
    wrong = checked(folder / "wrong.duckdb", "counter_example")
    right = checked(folder / "right.duckdb", "example")
    return Gate(
        wrong, judged(wrong, strict=True), judged(wrong, strict=False), judged(right, strict=True)
    )


@pytest.mark.parametrize("name", CATALOGUE)
def test_its_counter_example_fails_its_rule_with_both_sides(gate: Gate, name: str) -> None:
    declaration = CATALOGUE[name]
    with connect(gate.wrong, read_only=True) as connection:
        expected = connection.execute(
            "SELECT document_id, statement_id, subject, left_value, right_value, "
            "left_value - right_value FROM fact_check "
            f"WHERE verdict = 'breaks' AND identity_id = '{name}' ORDER BY ALL"
        ).fetchall()
    found = gate.strict[name]
    assert found.outcome == "failed"
    assert (
        sorted(
            (v.document_id, v.statement_id, v.subject, v.left, v.right, v.residual)
            for v in found.violations
        )
        == expected
    )
    assert {v.document_id for v in found.violations} == {name}
    assert all(isinstance(v.residual, Decimal) and v.residual for v in found.violations)
    assert found.stops == (declaration.severity == "error")
    assert not gate.lenient[name].stops
    assert gate.lenient[name].violations == found.violations


@pytest.mark.parametrize("name", CATALOGUE)
def test_its_example_passes_its_rule(gate: Gate, name: str) -> None:
    found = gate.right[name]
    assert (found.outcome, found.violations) == ("passed", ())
    assert found.examined > 0


def rule_of(declaration: Declaration, text: str, folder: Path) -> Judgement:
    """What the gate says of one identity over one example."""
    books = read_example(text)
    path = warehouse(folder / "w.duckdb", {"example": books}, [engine.run(books, [declaration])])
    return judged(path, strict=True)[declaration.id]


def test_an_identity_that_could_nowhere_be_tested_did_not_run_and_says_why(tmp_path: Path) -> None:
    text = "# summary.revenue | amount\nthis_year | 1.00"
    found = rule_of(CATALOGUE["summary_balance"], text, tmp_path)
    assert (found.outcome, found.examined) == ("not_run", 0)
    assert "none of 1 could be tested; most often (1): 缺行" in str(found.reason)


def test_an_identity_of_no_document_did_not_run(tmp_path: Path) -> None:
    text = "# projects | total\ntotal | 1.00\n  project a | 1.00"
    found = rule_of(CATALOGUE["summary_balance"], text, tmp_path)
    assert (found.outcome, found.reason) == ("not_run", "no document has its statements")


def test_an_identity_that_crashed_is_crashed_at_its_own_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(engine, "evaluate", fail)
    declaration = CATALOGUE["medical_insurance_within_function"]
    assert declaration.severity == "warning"
    found = rule_of(declaration, declaration.example, tmp_path)
    assert (found.outcome, found.stops) == ("crashed", True)
    assert found.reason == "1 crashed: ZeroDivisionError: on purpose"
    assert [v.detail for v in found.violations] == ["example.txt · ZeroDivisionError: on purpose"]


def test_a_check_of_an_identity_nobody_declared_stops(tmp_path: Path) -> None:
    books = read_example(CATALOGUE["summary_balance"].counter_example)
    found = engine.run(books, [CATALOGUE["summary_balance"]])
    path = warehouse(tmp_path / "w.duckdb", {"example": books}, [found])
    chosen = identities.rules(d for d in CATALOGUE.values() if d.id != "summary_balance")
    (only, *_) = judge(run.examine(path, chosen, NO_PINS, None), strict=False)
    assert (only.rule_id, only.outcome, only.stops) == ("identities_declared", "failed", True)
