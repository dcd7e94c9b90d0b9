"""The order of a night: what it may say, and what it says where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.night import order
from pipeline.settings import PROJECT, Settings

WHOLE = """
raw: files
curated: /srv/out
workers: 3
strict: true
second_reader: none
fetch: {sources: sources}
distribute: {to: public, stores: stores.yml}
hooks:
  failure:
    - command: [/usr/bin/tell, operators]
      seconds: 5
    - webhook_env: HOOK
      token_env: TOKEN
  success:
    - {webhook: "http://127.0.0.1:1/x", allow_http: true, tries: 1}
keep: {releases: 3, monthly: false, named: [2026.01.02], nights: 9, evidence_days: 400}
healthy: {hours: 30, free_gb: 1}
"""


def written(folder: Path, text: str) -> Path:
    """An order in a file."""
    path = folder / "operations.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_nothing_is_fetched_sent_removed_or_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(order.VARIABLE, raising=False)
    monkeypatch.setattr(order, "PLACE", tmp_path / "operations.yml")
    found = order.load()
    assert found == order.Order()
    assert found.settings == Settings()
    assert found.fetch_from is None
    assert not found.distributes
    assert found.keep.releases is found.keep.nights is found.keep.evidence_days is None
    assert found.on_failure == found.on_success == ()


def test_every_field_is_taken_and_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    found = order.load(written(tmp_path, WHOLE))
    assert found.settings.raw == tmp_path / "files"
    assert found.settings.curated == Path("/srv/out")
    assert (found.settings.workers, found.settings.strict) == (3, True)
    assert found.fetch_from == tmp_path / "sources"
    assert (found.distribute_to, found.stores) == ("public", tmp_path / "stores.yml")
    assert found.on_failure[0].command == ("/usr/bin/tell", "operators")
    assert found.on_failure[1].token_env == "TOKEN"
    assert found.keep == order.Keep(3, False, ("2026.01.02",), 9, 400)
    assert found.healthy == order.Healthy(30, 1)


def test_the_example_that_is_shipped_is_an_order() -> None:
    found = order.load(PROJECT / "operations.example.yml")
    assert found.on_failure


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unknown: 1", "top level: an unknown field; known are raw"),
        ("hooks: {failure: [{password: geheim}]}", "hooks.failure.0"),
        ("hooks: {failure: [{command: [a], webhook: 'https://x'}]}", "one of command, webhook"),
        ("hooks: {failure: [{command: geheim}]}", "array"),
        ("hooks: {failure: [{webhook: 'http://geheim.example/x'}]}", "allow_http: true"),
        ("keep: {releases: 0}", "keep.releases"),
        ("keep: {named: [geheim]}", "keep.named.0"),
        ("keep: [geheim", "not YAML at line 1"),
        ("- geheim", "top level"),
    ],
)
def test_a_wrong_order_says_where_and_never_what_it_says(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(order.OrderError) as caught:
        order.load(written(tmp_path, text))
    assert said in str(caught.value)
    assert "operations.yml" in str(caught.value) or "webhook" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_file_that_was_named_must_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(order.OrderError, match="cannot be read"):
        order.load(tmp_path / "none.yml")
    monkeypatch.setenv(order.VARIABLE, str(tmp_path / "none.yml"))
    with pytest.raises(order.OrderError, match="cannot be read"):
        order.load()


def test_the_name_of_a_hook_shows_no_argument_and_no_address(tmp_path: Path) -> None:
    found = order.load(written(tmp_path, WHOLE))
    names = [hook.name for hook in (*found.on_failure, *found.on_success)]
    assert names == ["command tell", "webhook HOOK", "webhook"]
