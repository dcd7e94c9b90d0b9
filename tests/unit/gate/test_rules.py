"""Loading rules and decisions: what is not well formed is refused with file and reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipeline.gate import pins, rules, run
from pipeline.settings import PROJECT

RULE = {
    "id": "a_rule",
    "severity": "critical",
    "table": "fact_amount",
    "zh": "规则",
    "en": "A rule",
    "sql": "SELECT 1",
    "examined": "SELECT 1",
}
BREAK = {
    "sha256": "a" * 64,
    "identity_id": "expenditure_row",
    "statement_id": "expenditure",
    "subject": "201 · 合计",
    "expect": {"left": "400.00", "right": "500.00"},
    "reason": "misprint",
    "evidence": "page 3",
    "reviewer": "a steward",
    "date": "2026-11-21",
}
LOSS = {
    "document_id": "0123456789abcdef",
    "what": "document",
    "reason": "the unit withdrew it",
    "evidence": "its site",
    "reviewer": "a steward",
    "date": "2026-11-21",
}


def suite(folder: Path, *found: dict[str, Any], **fields: Any) -> Path:
    """A folder with one suite."""
    content = {"suite": "content", "title": "t", "rules": list(found)} | fields
    folder.mkdir(exist_ok=True)
    (folder / "content.yml").write_text(yaml.safe_dump(content, allow_unicode=True))
    return folder


def expectations(folder: Path, *found: dict[str, Any]) -> Path:
    """A folder of expectations with the declared identities and one suite."""
    suite(folder / "suites", *found)
    for name in ("identities", "project_checks.yml"):
        (folder / name).symlink_to(PROJECT / "expectations" / name)
    return folder


def without(entry: dict[str, Any], *names: str) -> dict[str, Any]:
    return {k: v for k, v in entry.items() if k not in names}


def test_a_well_formed_suite_is_loaded_after_the_rules_that_follow(tmp_path: Path) -> None:
    found = rules.load(expectations(tmp_path, RULE))
    assert found[-1].id == "a_rule"
    assert found[-1].suite == "content"
    kinds = [rule.suite.partition("_")[0] for rule in found[:-1]]
    assert list(dict.fromkeys(kinds)) == ["structure", "identities"]


@pytest.mark.parametrize(
    "entry",
    [
        without(RULE, "severity"),
        without(RULE, "zh"),
        without(RULE, "examined"),
        without(RULE, "sql", "examined"),
        RULE | {"scan": "personal_data"},
        RULE | {"severity": "fatal"},
        RULE | {"table": "fact_nothing"},
        RULE | {"id": "Has Blanks"},
        RULE | {"colour": "red"},
        RULE | {"strict": "yes"},
        without(RULE, "sql", "examined") | {"scan": "no_such_scan"},
    ],
)
def test_a_rule_that_is_not_well_formed_is_refused_with_its_file(
    tmp_path: Path, entry: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"content\.yml"):
        rules.written(suite(tmp_path / "suites", entry))


@pytest.mark.parametrize(
    "twice", [RULE, RULE | {"id": "fact_amount_key"}, RULE | {"id": "summary_balance"}]
)
def test_no_rule_is_declared_twice(tmp_path: Path, twice: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=str(twice["id"])):
        rules.load(expectations(tmp_path, RULE, twice))


def test_a_suite_that_is_no_yaml_is_refused_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "content.yml").write_text("suite: [content\ntitle: x")
    with pytest.raises(ValueError, match=r"content\.yml"):
        rules.written(tmp_path)


def test_an_empty_suite_file_is_refused_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "content.yml").write_text("# nothing yet\n")
    with pytest.raises(ValueError, match=r"content\.yml"):
        rules.written(tmp_path)


DECISIONS = {"known_breaks": (pins.known_breaks, BREAK), "known_losses": (pins.known_losses, LOSS)}


def test_a_break_of_a_performance_form_is_pinned_under_no_statement(tmp_path: Path) -> None:
    entry = BREAK | {"identity_id": "form_sources", "statement_id": "none"}
    (tmp_path / "known_breaks.yml").write_text(yaml.safe_dump([entry]))
    assert pins.known_breaks(tmp_path) == [entry]
    with duckdb.connect() as connection:
        run.add_pins(connection, {"known_breaks": [entry], "known_losses": []})
        assert connection.execute("SELECT statement_id FROM known_breaks").fetchall() == [(None,)]


@pytest.mark.parametrize("name", DECISIONS)
def test_decisions_are_read_and_none_are_needed(tmp_path: Path, name: str) -> None:
    read, entry = DECISIONS[name]
    assert read(tmp_path) == []
    (tmp_path / f"{name}.yml").write_text(yaml.safe_dump([entry], allow_unicode=True))
    assert read(tmp_path) == [entry]
    assert read(PROJECT / "expectations") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(
            (name, yaml.safe_dump([without(entry, field)]))
            for name, (_, entry) in DECISIONS.items()
            for field in entry
        ),
        ("known_breaks", yaml.safe_dump([BREAK | {"expect": {"left": "4.00"}}])),
        ("known_breaks", yaml.safe_dump([BREAK | {"expect": {"left": "4.00", "right": "5"}}])),
        ("known_breaks", yaml.safe_dump([BREAK | {"expect": {"left": "x", "right": "5.00"}}])),
        ("known_breaks", yaml.safe_dump([BREAK | {"sha256": "abc"}])),
        ("known_breaks", yaml.safe_dump([BREAK | {"statement_id": "表3"}])),
        ("known_breaks", yaml.safe_dump([BREAK | {"note": "x"}])),
        ("known_breaks", yaml.safe_dump([BREAK | {"reason": ""}])),
        ("known_losses", yaml.safe_dump([LOSS | {"what": "everything"}])),
        ("known_losses", yaml.safe_dump({"document_id": "x"})),
        ("known_losses", "- [unclosed"),
    ],
)
def test_a_decision_that_is_not_well_formed_is_refused_with_its_file(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / f"{name}.yml").write_text(text)
    with pytest.raises(pins.PinError, match=rf"{name}\.yml"):
        DECISIONS[name][0](tmp_path)
