"""`yusuan fetch` as an operator uses it: no test of it reaches a server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from pipeline import progress
from pipeline.acquisition import fetching
from pipeline.acquisition.account import OUTCOMES, Fetched, Item, SourceAccount
from pipeline.cli import main
from pipeline.lock import Busy
from tests.unit.acquisition.test_sources import GOOD

TRACE = re.compile(r"Traceback|File \"|\.py\", line")


def run(*words: object) -> Result:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(main, ["fetch", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert not TRACE.search(result.output)
    return result


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    for name, enabled in (("one", True), ("two", False)):
        content = yaml.safe_dump({**GOOD, "enabled": enabled}, allow_unicode=True)
        (folder / f"{name}.yml").write_text(content, encoding="utf-8")
    return folder


def fetched(*items: Item, complete: bool = True) -> Fetched:
    counts = {word: sum(item.outcome == word for item in items) for word in OUTCOMES}
    source = SourceAccount("one", 1, len(items), 0, complete, 9, counts, items)
    return Fetched("2026-03-01T02:00:00+00:00", "2026-03-01T02:01:00+00:00", (source,))


def ends_so(monkeypatch: pytest.MonkeyPatch, ending: Fetched | BaseException) -> list[Any]:
    """Let the work end so; what it was asked for."""
    asked: list[Any] = []

    def fetch(raw: Path, sources: Any, **more: Any) -> Fetched:
        asked.append((raw, [source.source_id for source in sources], more))
        progress.tell("Fetching documents", 1, 2)
        if isinstance(ending, BaseException):
            raise ending
        return ending

    monkeypatch.setattr(fetching, "fetch", fetch)
    return asked


def test_help_shows_examples() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "yusuan fetch --only" in result.output


def test_the_shipped_sources_ask_nobody() -> None:
    result = run()
    assert (result.exit_code, "No source is enabled" in result.output) == (0, True)


def test_sources_are_listed_without_asking(declared: Path) -> None:
    result = run("--sources", declared, "--list")
    assert result.exit_code == 0
    assert re.search(r"one\s+yes\s+某市财政局\s+140500\s+https://czj", result.output)
    assert re.search(r"two\s+no", result.output)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--only", "three"], "no source 'three'; there are one, two"),
        (["--only", "two"], "two is not enabled"),
        (["--sources", "{tmp}/nowhere"], "is not a folder of sources"),
        (["--raw", "{tmp}/sources/one.yml/x"], "cannot be made"),
        (["--contact", "联系"], "--contact must be printable ASCII"),
        (["--only"], "requires an argument"),
        (["somewhere"], "somewhere"),
    ],
)
def test_a_wrong_word_is_told(
    declared: Path, tmp_path: Path, words: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ends_so(monkeypatch, fetched())
    said = [word.format(tmp=tmp_path) for word in words]
    result = run("--sources", declared, "--raw", tmp_path / "raw", *said)
    assert (result.exit_code, asked) == (2, [])
    assert says in result.output


def test_a_bad_declaration_is_told(declared: Path) -> None:
    (declared / "one.yml").write_text("title: 1\n")
    result = run("--sources", declared)
    assert result.exit_code == 2
    assert "one.yml: $" in result.output


def test_the_summary_says_what_came_and_what_did_not(
    declared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = fetched(
        Item("new", "http://x/a", source_name="one/a.pdf", document_id="0" * 16),
        Item("changed", "http://x/b", source_name="one/b.pdf", supersedes="1" * 16),
        Item("gone", "http://x/c", source_name="one/c.pdf", since="2026-02-01"),
        *(Item("refused", f"http://x/{n}[bold]", reason="soft_404") for n in range(20)),
    )
    asked = ends_so(monkeypatch, ending)
    account = tmp_path / "account.json"
    result = run("--sources", declared, "--raw", tmp_path / "raw", "--account", account)
    assert result.exit_code == 0
    assert asked[0][:2] == ((tmp_path / "raw").resolve(), ["one"])
    assert "one/b.pdf supersedes 1111" in result.output
    assert "gone since 2026-02-01: one/c.pdf; it is kept" in result.output
    assert "soft_404 (假 404) http://x/0[bold]" in result.output
    assert "and 10 more of one" in result.output
    assert "2 new files in" in result.output
    assert json.loads(account.read_text("utf-8"))["sources"][0]["counts"]["refused"] == 20


def test_a_list_that_could_not_be_read_ends_with_4(
    declared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_so(monkeypatch, fetched(complete=False))
    result = run("--sources", declared, "--raw", tmp_path / "raw")
    assert result.exit_code == 4
    assert "a list could not be read whole; nothing of it is taken for gone" in result.output


@pytest.mark.parametrize(
    ("ending", "code", "says"),
    [
        (Busy("x"), 2, "another run is fetching into"),
        (OSError(28, "No space left on device", "/x/y"), 1, "No space left on device (/x/y)"),
    ],
)
def test_what_the_system_refuses_is_told(
    declared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: BaseException,
    code: int,
    says: str,
) -> None:
    ends_so(monkeypatch, ending)
    result = run("--sources", declared, "--raw", tmp_path / "raw")
    assert result.exit_code == code
    assert says in result.output


def test_a_bad_manifest_is_told_before_anything_is_asked(declared: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("colour\nred\n")
    result = run("--sources", declared, "--raw", tmp_path)
    assert result.exit_code == 2
    assert "manifest.csv, line 1: unknown columns" in result.output
