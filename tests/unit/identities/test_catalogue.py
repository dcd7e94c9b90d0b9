"""The declarations: complete, well formed, and true of their own examples."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.identities.declaration import DeclarationError, load_catalogue
from tests.unit.identities.support import FOLDER, catalogue, checked

CODES = {f"A{n}" for n in range(1, 16)} | {f"B{n}" for n in (*range(1, 14), 15, 16)}
CODES |= {f"D{n}" for n in (2, *range(4, 11))}


@pytest.mark.parametrize("identity", sorted(catalogue()))
def test_the_example_holds(identity: str) -> None:
    found = checked(identity, catalogue()[identity].example)
    assert set(found["verdict"]) <= {"exact", "rounding"}, found.to_dicts()
    assert found.height


@pytest.mark.parametrize("identity", sorted(catalogue()))
def test_the_counter_example_breaks(identity: str) -> None:
    found = checked(identity, catalogue()[identity].counter_example)
    assert "breaks" in found["verdict"].to_list(), found.to_dicts()
    assert "crashed" not in found["verdict"].to_list()


def test_every_code_is_declared() -> None:
    assert {declaration.code for declaration in catalogue().values()} == CODES
    assert all(d.code.startswith(d.family) for d in catalogue().values())


def test_every_condition_is_used() -> None:
    declared = yaml.safe_load((FOLDER / "conditions.yml").read_text(encoding="utf-8"))
    used = {c.name for declaration in catalogue().values() for c in declaration.conditions}
    assert used == set(declared["conditions"])


def test_every_identity_rests_on_a_source_and_every_source_is_cited() -> None:
    declared = yaml.safe_load((FOLDER / "sources.yml").read_text(encoding="utf-8"))["sources"]
    assert [d.id for d in catalogue().values() if not d.sources] == []
    assert {s.name for d in catalogue().values() for s in d.sources} == set(declared)


def test_an_inequality_is_a_warning() -> None:
    """It pins nothing, and what lies behind it may be a matter of definition."""
    unequal = [d for d in catalogue().values() if any(f.relation != "=" for f in d.formulas)]
    assert [d.id for d in unequal if d.severity != "warning"] == []


def test_a_reason_can_be_read_alone() -> None:
    reasons = {d.id: d.reason_zh + d.reason_en for d in catalogue().values()}
    leaning = ("同上", "余同", "条件同", "The same for", "The same,", "As for the gov")
    assert [i for i, text in reasons.items() if any(word in text for word in leaning)] == []


GOOD = """
identities:
- id: balance
  code: A3
  family: A
  title_zh: 平衡
  title_en: Balance
  formula: summary.revenue[grand_total].amount = summary.expenditure[grand_total].total
  reason_zh: 左右平衡
  reason_en: Both sides balance
  statements: [summary]
  tolerance: none
  severity: error
  example: x
  counter_example: x
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tolerance: none", "tolerance: loose", "balance/tolerance: 'loose' is not one of"),
        ("  severity: error\n", "", "balance: 'severity' is a required property"),
        ("statements: [summary]", "statements: [revenue]", "the formula speaks of ['summary']"),
        ("[grand_total].total", "[grand_total].sum", "balance: no such measure: 'sum'"),
        ("[grand_total].total", "[grand].total", "no such role ['grand']"),
        ("summary.expenditure[", "sumary.expenditure[", "no such statement: 'sumary'"),
        (" = summary", " equals summary", "expected one '=', '<=' or '<'"),
        ("tolerance: none", "tolerance: none\n  condition: [calm]", "not declared ['calm']"),
        ("tolerance: none", "tolerance: none\n  source: [hearsay]", "not declared ['hearsay']"),
        ("family: A", "family: A\n  formla: x", "'formla' was unexpected"),
    ],
)
def test_a_mistake_names_file_and_identity(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    (tmp_path / "some.yml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_catalogue(tmp_path)
    assert "some.yml: " in str(caught.value)
    assert "balance" in str(caught.value)
    assert said in str(caught.value)


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(GOOD.replace("none", "loose"), encoding="utf-8")
    (tmp_path / "b.yml").write_text(GOOD.replace("[grand_total]", "[grand]"), encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_catalogue(tmp_path)
    assert "a.yml" in str(caught.value)
    assert "b.yml" in str(caught.value)


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="no identities declared"):
        load_catalogue(tmp_path)
