"""Every rule of the gate bites: one thing corrupted, exactly that rule fails, at that place."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.gate import rules, run
from pipeline.gate.rule import Rule
from pipeline.schema.catalogue import literal, tables
from pipeline.settings import PROJECT
from tests.builds import database
from tests.unit.gate.breaks import PIN, Break, breaks_of
from tests.unit.gate.conftest import Loose

RULES = rules.load(PROJECT / "expectations")
IDENTITIES = [rule for rule in RULES if rule.suite.startswith("identities_")]
OTHERS = [rule for rule in RULES if rule not in IDENTITIES]
NO_PINS: dict[str, list[dict[str, Any]]] = {"known_breaks": [], "known_losses": []}


def of_any(rule: Rule) -> Rule:
    """The rule of an identity as one of whatever identity."""
    own, every = f"identity_id = {literal(rule.id)}", "identity_id IS NOT NULL"
    queries = {name: getattr(rule, name).replace(own, every) for name in ("sql", "examined")}
    return replace(rule, id="any_identity", **queries)


def pairs() -> list[Any]:
    """Each rule with each of its breaks."""
    found = []
    for rule in RULES:
        if rule in IDENTITIES:
            continue
        try:
            ways = breaks_of(rule)
        except LookupError as error:
            ways = [Break(sql=f"SELECT error({literal(str(error))})")]
        for number, way in enumerate(ways):
            found.append(pytest.param(rule, way, id=f"{rule.id}-{number}" if number else rule.id))
    return found


@pytest.mark.parametrize(("rule", "way"), pairs())
def test_a_rule_fails_at_the_place_that_breaks_it_and_no_other_rule_does(
    loose: Loose, tmp_path: Path, rule: Rule, way: Break
) -> None:
    warehouse = tmp_path / "broken.duckdb"
    shutil.copyfile(loose.warehouse, warehouse)
    with database(warehouse) as connection:
        places = connection.execute(way.place).fetchall() if way.place else []
        connection.execute(way.sql or "SELECT 1")
        pins = {**NO_PINS, "known_breaks": pinned(connection, rule)}
    last = corrupted(loose.last, tmp_path, way) if way.has_last else None
    found = {one.rule.id: one for one in run.examine(warehouse, concerned(rule, way), pins, last)}
    assert {rule_id for rule_id, one in found.items() if one.crashed} <= set(way.also)
    assert {rule_id for rule_id, one in found.items() if one.violations} == {rule.id, *way.also}
    assert set(places) <= {tuple(violation[:3]) for violation in found[rule.id].violations}
    assert places or way.place is None


def concerned(rule: Rule, way: Break) -> list[Rule]:
    """The rules that read a table the break touches; no other rule can tell the difference.

    Scans read every text, and structural breaks put no text that they look for. Those of the
    identities are one query: it is asked of all at once, unless the break names some of them.
    """
    touched = [name for name in tables() if name in f"{way.sql} {' '.join(way.last)}"]

    def reads(other: Rule) -> bool:
        return any(name in f"{other.sql} {other.examined}" for name in touched)

    scans = rule.suite != "structure"
    named = {r.id for r in IDENTITIES}.intersection(way.also)
    asked = RULES if named else [*OTHERS, of_any(IDENTITIES[0])]
    return [r for r in asked if r == rule or (r.scan and scans) or reads(r)]


def pinned(connection: duckdb.DuckDBPyConnection, rule: Rule) -> list[dict[str, Any]]:
    """A pin that fits nothing, for the rule about pins."""
    if rule.id != "pins_current":
        return []
    row = connection.execute("SELECT sha256 FROM dim_document ORDER BY document_id").fetchone()
    return [PIN | {"sha256": row[0]}] if row else []


def corrupted(last: Path, tmp_path: Path, way: Break) -> Path:
    """A copy of the last release's tables with some of them changed."""
    if not way.last:
        return last
    copy = tmp_path / "last"
    shutil.copytree(last / "parquet", copy / "parquet")
    with duckdb.connect() as connection:
        for name, query in way.last.items():
            source = literal(str(last / "parquet" / f"{name}.parquet"))
            target = literal(str(copy / "parquet" / f"{name}.parquet"))
            connection.execute(f"CREATE VIEW t AS SELECT * FROM {source}")
            connection.execute(f"COPY ({query}) TO {target} (FORMAT parquet)")
            connection.execute("DROP VIEW t")
    return copy


def test_nothing_fails_in_a_warehouse_that_nobody_touched(loose: Loose) -> None:
    examined = run.examine(loose.warehouse, RULES, NO_PINS, loose.last)
    assert {one.rule.id for one in examined if one.violations or one.crashed} == set()
    not_run = {one.rule.id for one in examined if one.not_run}
    untested = {rule.id for rule in RULES if rule.suite.startswith("identities_")}
    assert not_run - untested == {
        *("breaks_explained", "disclosures_made", "pins_current", "unreadable_explained")
    }
    assert len(untested - not_run) > 50


def test_the_rules_of_identities_differ_in_nothing_but_their_identity() -> None:
    ((sql, examined),) = {(one.sql, one.examined) for one in map(of_any, IDENTITIES)}
    assert "identity_id IS NOT NULL" in str(sql)
    assert "identity_id IS NOT NULL" in str(examined)


def test_every_table_has_its_structural_rules() -> None:
    ids = {rule.id for rule in RULES if rule.suite == "structure"}
    for table in tables().values():
        aspects = {"key", "texts"}
        aspects |= {"references"} if any(c.ref for c in table.columns) else set()
        aspects |= {"words"} if any(c.words for c in table.columns) else set()
        assert {f"{table.name}_{aspect}" for aspect in aspects} <= ids


#: what the issue asks of the gate, and the rule that sees to it
ASKED = {
    "codes_listed": "warning",
    "no_identity_crashed": "critical",
    "breaking_amounts_disputed": "critical",
    "documents_kept": "critical",
    "years_kept": "critical",
    "rows_kept": "critical",
    "no_personal_data": "critical",
    "identities_declared": "critical",
    "summary_balance": "warning",
}


@pytest.mark.parametrize(("rule_id", "severity"), ASKED.items())
def test_what_is_asked_of_the_gate_is_there_with_its_severity(rule_id: str, severity: str) -> None:
    (rule,) = [rule for rule in RULES if rule.id == rule_id]
    assert rule.severity == severity
    assert rule.strict == (rule_id == "summary_balance")
    assert rule.needs_last == rule_id.endswith("_kept")
