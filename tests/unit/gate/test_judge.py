"""The judge: a rule that did not run or crashed never passes, and severity decides what stops."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.gate import judge as judging
from pipeline.gate import rules, run
from pipeline.gate.judge import Judgement, judge
from pipeline.gate.rule import Rule, Violation
from pipeline.gate.run import Examined
from pipeline.settings import PROJECT
from tests.builds import Built, database

RULE = Rule(
    id="some_rule",
    suite="content",
    severity="critical",
    table="fact_amount",
    zh="规则",
    en="A rule",
    sql="SELECT NULL, NULL, NULL, 'never' WHERE false",
    examined="SELECT count(*) FROM fact_amount",
)
WARNING = replace(RULE, severity="warning")
STRICT = replace(RULE, severity="warning", strict=True)
VIOLATION = Violation("0123456789abcdef", "expenditure", 3, "row 3 does not add up")
NO_PINS: dict[str, list[dict[str, Any]]] = {"known_breaks": [], "known_losses": []}


def judged(one: Examined, *, strict: bool = False) -> Judgement:
    """The judgement of one rule."""
    (found,) = judge([one], strict)
    return found


def examined(base: Built, rule: Rule, last: Path | None = None) -> Examined:
    """One rule run on the base build's warehouse."""
    (found,) = run.examine(base.settings.warehouse, [rule], NO_PINS, last)
    return found


@pytest.mark.parametrize(
    ("rule", "strict", "severity", "stops"),
    [
        (RULE, False, "critical", True),
        (RULE, True, "critical", True),
        (WARNING, False, "warning", False),
        (WARNING, True, "warning", False),
        (STRICT, False, "warning", False),
        (STRICT, True, "critical", True),
    ],
)
def test_a_violation_stops_where_the_rule_is_critical(
    rule: Rule, strict: bool, severity: str, stops: bool
) -> None:
    found = judged(Examined(rule, 10, (VIOLATION,)), strict=strict)
    assert (found.outcome, found.severity, found.stops) == ("failed", severity, stops)
    assert found.violations == (VIOLATION,)
    assert found.examined == 10


@pytest.mark.parametrize("rule", [RULE, WARNING, STRICT])
def test_a_rule_without_violations_passes(rule: Rule) -> None:
    found = judged(Examined(rule, 10, ()), strict=True)
    assert (found.outcome, found.stops) == ("passed", False)


@pytest.mark.parametrize("rule", [RULE, WARNING])
def test_a_rule_that_did_not_run_is_not_passed_and_says_why(rule: Rule) -> None:
    found = judged(Examined(rule, 0, (), not_run="nothing to examine"))
    assert (found.outcome, found.stops, found.reason) == ("not_run", False, "nothing to examine")


@pytest.mark.parametrize("rule", [RULE, WARNING])
def test_a_rule_that_crashed_stops_whatever_its_severity(rule: Rule) -> None:
    found = judged(Examined(rule, 0, (), crashed="BinderException: no such column"))
    assert (found.outcome, found.stops) == ("crashed", True)
    assert found.reason == "BinderException: no such column"


def test_an_engine_that_raises_inside_is_a_crash_and_no_failed_datum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = judging.frame
    monkeypatch.setattr(judging, "frame", lambda group: frame(group).add_suffix("_renamed"))
    found = judged(Examined(RULE, 10, ()))
    assert (found.outcome, found.stops) == ("crashed", True)
    assert found.reason


def test_a_violation_without_a_text_is_never_taken_for_none(base: Built) -> None:
    sql = "SELECT document_id, NULL, NULL, NULL FROM dim_document"
    found = judged(examined(base, replace(RULE, sql=sql)))
    assert found.outcome == "failed"
    assert len(found.violations) == 3


def test_many_violations_are_all_kept_with_their_places() -> None:
    many = tuple(Violation(f"{n:016x}", "summary", n, f"row {n}") for n in range(500))
    assert judged(Examined(RULE, 10, many)).violations == many


def test_what_a_judgement_says_holds_no_personal_data() -> None:
    text = "row 3: 联系电话：0300-0123456 经办人：贾拟真"
    leak = Violation(None, None, None, text, subject=text)
    found = judged(Examined(RULE, 1, (leak,), remark=text))
    for shown in (found.violations[0].told, str(found.violations[0].subject), str(found.reason)):
        assert "0300" not in shown
        assert "贾拟真" not in shown


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM no_such_table",
        "SELECT no_such_column FROM fact_amount",
        "SELEKT",
        "SELECT document_id, statement_id, CAST(label AS INTEGER), 'x' FROM fact_amount",
        "SELECT NULL, NULL, NULL, CAST(error('on purpose') AS VARCHAR) FROM fact_amount",
    ],
)
def test_a_rule_whose_query_is_broken_is_crashed_and_stops(base: Built, sql: str) -> None:
    one = examined(base, replace(WARNING, sql=sql))
    assert one.crashed
    assert judged(one).stops


def test_a_rule_whose_count_is_broken_is_crashed_and_stops(base: Built) -> None:
    one = examined(base, replace(WARNING, examined="SELECT count(*) FROM nowhere"))
    assert one.crashed
    assert judged(one).stops


@pytest.mark.parametrize("columns", ["document_id", "document_id, statement_id, line_no, 'a', 'b'"])
def test_a_rule_with_other_columns_is_crashed(base: Built, columns: str) -> None:
    one = examined(base, replace(WARNING, sql=f"SELECT {columns} FROM fact_amount"))
    assert judged(one).outcome == "crashed"


def test_a_rule_that_had_nothing_to_look_at_is_not_run(base: Built) -> None:
    rule = replace(RULE, examined="SELECT count(*) FROM fact_amount WHERE proof = 'repaired'")
    assert examined(base, rule).not_run == run.NOTHING


def test_a_violation_counts_though_nothing_was_examined(base: Built) -> None:
    sql = "SELECT NULL, NULL, NULL, 'nothing there'"
    one = examined(base, replace(RULE, sql=sql, examined="SELECT 0"))
    assert judged(one).outcome == "failed"


def test_a_rule_against_the_last_release_does_not_run_without_one(base: Built) -> None:
    rule = replace(RULE, needs_last=True, sql="SELECT NULL, NULL, NULL, 'x' FROM last_fact_amount")
    assert examined(base, rule).not_run == run.NO_LAST
    assert len(examined(base, rule, base.release).violations) > 0


def test_judgements_are_saved_and_read_back(tmp_path: Path) -> None:
    money = (Decimal("9999999999999999.99"), Decimal("0.10"), Decimal("-0.10"))
    equation = Violation("0123456789abcdef", "summary", None, "a.txt", "合计", *money)
    one, other = Examined(RULE, 3, (VIOLATION, equation)), replace(WARNING, id="another")
    found = judge([one, Examined(other, 0, (), not_run="x")], True)
    judging.save(tmp_path / "quality" / "results.json", found)
    assert judging.load(tmp_path / "quality" / "results.json") == found


def test_rules_judged_together_fail_each_for_itself_and_keep_their_order() -> None:
    """Rules of one suite and table are one suite of the engine, with a column for each."""
    rules_ = [replace(RULE, id=f"rule_{n}", suite=f"suite_{n % 2}") for n in range(6)]
    examined = [
        Examined(rule, 9, tuple(VIOLATION._replace(line=k) for k in range(n % 3)))
        for n, rule in enumerate(rules_)
    ]
    examined.insert(2, Examined(replace(RULE, id="never"), 0, (), not_run="x"))
    found = judge(examined, False)
    assert [j.rule_id for j in found] == [one.rule.id for one in examined]
    assert [len(j.violations) for j in found] == [0, 1, 0, 2, 0, 1, 2]
    assert [j.outcome for j in found] == [
        *("passed", "failed", "not_run"),
        *("failed", "passed", "failed", "failed"),
    ]


def test_the_engine_holds_the_failing_rows_with_both_sides() -> None:
    money = (Decimal("0.30"), Decimal("0.10"), Decimal("0.20"))
    equation = Violation("0123456789abcdef", "summary", 4, "a.txt", "合计", *money)
    frame = judging.frame([Examined(RULE, 1, (equation,))])
    (row,) = frame[frame[RULE.id].notna()].to_dict("records")
    assert row == {
        "document_id": "0123456789abcdef",
        "statement_id": "summary",
        "line": "4",
        "subject": "合计",
        "left": "0.30",
        "right": "0.10",
        "residual": "0.20",
        RULE.id: "a.txt",
    }


@pytest.mark.parametrize("rule_id", ["no_personal_data", "no_formula_text"])
def test_a_scan_names_document_statement_and_line(
    base: Built, tmp_path: Path, rule_id: str
) -> None:
    warehouse = tmp_path / "w.duckdb"
    warehouse.write_bytes(base.settings.warehouse.read_bytes())
    with database(warehouse) as connection:
        row = connection.execute(
            "UPDATE fact_amount SET label = '=经办人：贾拟真' WHERE amount_id = "
            "(SELECT min(amount_id) FROM fact_amount) "
            "RETURNING document_id, statement_id, line_no"
        ).fetchone()
    suites = rules.load(PROJECT / "expectations")
    found = run.examine(warehouse, [r for r in suites if r.id == rule_id], NO_PINS, None)
    assert found[0].violations[0][:3] == row
