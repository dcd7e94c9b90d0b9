"""The `yusuan` command as an operator, a researcher and a steward use it."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import assets.run
from assets.run import Ending, run_night, run_release
from pipeline import register, steps
from pipeline.gate.judge import load
from pipeline.lock import Busy
from pipeline.settings import PROJECT, Settings
from tests.builds import Built, tree
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import damaged_text, text_grid
from tests.integration import runs
from tests.integration.conftest import Stopped

TRACE = re.compile(r"Traceback|File \"|\.py\", line")


@dataclass(frozen=True)
class Folders:
    """A raw folder with one disclosure, and a place for releases that has it staged."""

    raw: Path
    curated: Path


@pytest.fixture
def folders(base: Built, tmp_path: Path) -> Folders:
    (tmp_path / "raw").mkdir()
    shutil.copyfile(base.settings.raw / "单位.txt", tmp_path / "raw" / "单位.txt")
    shutil.copytree(base.settings.staging, tmp_path / "curated" / "staging")
    return Folders(tmp_path / "raw", tmp_path / "curated")


# --- what it says of itself --------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["build", "--help"], ["inspect", "-h"]])
def test_help_shows_examples_and_the_option_names(words: list[str], tmp_path: Path) -> None:
    ran = runs.invoke(tmp_path, *words)
    assert ran.code == 0
    assert "Examples:" in ran.out
    assert "yusuan build --raw" in ran.out
    assert ran.err == ""


def test_help_and_version_are_quick_and_write_nothing(tmp_path: Path) -> None:
    process = runs.start("--version", HOME=str(tmp_path))
    ran = runs.wait(process, tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"yusuan, version \d+\.\d+\.\d+\n", ran.out)
    assert list(tmp_path.iterdir()) == []


# --- usage -------------------------------------------------------------------------------------


def usage(tmp_path: Path, *words: str) -> str:
    """What a usage error says: never a trace, always where to find help."""
    ran = runs.invoke(tmp_path, *words)
    assert ran.code == 2
    assert ran.out == ""
    assert not TRACE.search(ran.err)
    return ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bild"], "No such command 'bild'"),
        (["build", "--workers", "0"], "'--workers'"),
        (["build", "--wokers", "2"], "--wokers"),
        (["build", "somewhere"], "somewhere"),
        (["build", "--raw", "{tmp}/nothing"], "{tmp}/nothing is not a folder"),
        (["build", "--raw", "{tmp}/file.txt"], "{tmp}/file.txt is not a folder"),
        (["build", "--raw", "{tmp}", "--curated", "{tmp}"], "must not stand inside --raw"),
        (["build", "--raw", "{tmp}", "--curated", "{tmp}/a/b"], "must not stand inside --raw"),
        (["build", "--raw", "{tmp}/link", "--curated", "{tmp}/x"], "must not stand inside --raw"),
        (["build", "--raw", "{tmp}", "--curated", "{tmp}/../file"], "cannot be made"),
        (["inspect"], "Missing argument 'FILE'"),
        (["inspect", "{tmp}"], "is a directory"),
        (["inspect", "{tmp}/nothing"], "does not exist"),
        (["inspect", "{tmp}/file.txt", "--statement", "x"], "no statement 'x'; one of summary"),
    ],
)
def test_a_wrong_word_is_told_without_a_trace(tmp_path: Path, words: list[str], said: str) -> None:
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "file.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    (folder / "link").symlink_to(folder, target_is_directory=True)
    told = usage(tmp_path, *(word.format(tmp=folder) for word in words))
    assert said.format(tmp=folder) in told
    assert not (folder / "a").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, raw: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    assert "cannot be" in usage(tmp_path, *runs.arguments(raw, closed))
    assert "cannot be" in usage(tmp_path, *runs.arguments(raw, closed / "below"))


MANIFESTS = {
    "source_name,colour\na.txt,red\n": "line 1: unknown columns ['colour']",
    "origin\npublished\n": "line 1: the column source_name is missing",
    "source_name,origin\na.txt,copied\n": "line 2: 'copied' is not in the closed list 'origin'",
    "source_name,status\na.txt,gone\n": "line 2: status 'gone' is none of",
    "source_name,status,reason\na.txt,current,\nb.txt,withdrawn,\n": "line 3: a withdrawn file",
    "source_name\na.txt\na.txt\n": "line 3: a.txt stands twice",
    "source_name\na.txt,b.txt\n": "line 2: more fields than columns",
    "source_name,origin\n,published\n": "line 2: source_name is empty",
}


@pytest.mark.parametrize("text", MANIFESTS, ids=list(MANIFESTS.values()))
def test_a_bad_line_of_the_manifest_is_named(folders: Folders, text: str) -> None:
    (folders.raw / "manifest.csv").write_text(text, encoding="utf-8")
    told = usage(folders.raw, *runs.arguments(folders.raw, folders.curated))
    assert f"{folders.raw}/manifest.csv, {MANIFESTS[text]}" in told


def test_a_manifest_in_another_encoding_is_told(folders: Folders) -> None:
    (folders.raw / "manifest.csv").write_bytes("source_name\n预算.txt\n".encode("gbk"))
    told = usage(folders.raw, *runs.arguments(folders.raw, folders.curated))
    assert "manifest.csv: not UTF-8 at byte" in told


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("单位.txt,999999,,", "999999"),
        ("单位.txt,,nonsense,", "nonsense"),
        ("单位.txt,,,gestern", "gestern"),
    ],
    ids=["region_code", "supersedes", "retrieved_at"],
)
def test_a_manifest_that_says_what_cannot_be_is_told(
    folders: Folders, line: str, wrong: str
) -> None:
    header = "source_name,region_code,supersedes,retrieved_at\n"
    (folders.raw / "manifest.csv").write_text(header + line + "\n", encoding="utf-8")
    told = usage(folders.raw, *runs.arguments(folders.raw, folders.curated))
    assert re.search(rf"manifest\.csv, line 2: .*'{wrong}'", told)


def test_two_builds_never_write_one_folder(folders: Folders) -> None:
    folders.curated.mkdir(exist_ok=True)
    with (folders.curated / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = tree(folders.curated)
        told = usage(folders.raw, *runs.arguments(folders.raw, folders.curated))
        assert f"another build is writing to {folders.curated}" in told
        assert tree(folders.curated) == before


def test_the_job_itself_takes_the_lock(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    with (folders.curated / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        monkeypatch.setattr(steps, "take_in", lambda _: 1 / 0)
        settings = Settings(raw=folders.raw, curated=folders.curated)
        with pytest.raises(Busy, match="another build"):
            run_release(settings)
        with register.open(folders.curated) as book:
            ending = run_night(settings, book.begin())
    assert "another build" in str(ending.error)


# --- builds ------------------------------------------------------------------------------------


def ended(ending: Ending, chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> runs.Ran:
    """What the command says where its job ended so."""
    monkeypatch.setattr(assets.run, "run_release", lambda settings: ending)
    strict = ["--strict"] if chosen.strict else []
    return runs.build(chosen.raw, chosen.curated, *strict)


def test_an_export_that_the_gate_stopped_ends_with_3_and_names_the_line(
    stopped: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    judgements = load(stopped.settings.quality / steps.RESULTS)
    ran = ended(Ending(None, judgements, "quality_report"), stopped.settings, monkeypatch)
    assert ran.code == 3
    assert "STOPS expenditure_row" in ran.out
    assert "expenditure row 1: 改动.txt · 合计" in ran.out
    assert "residual 500.00" in ran.out
    assert "The export was stopped" in ran.out
    assert f"Report: {stopped.settings.quality}/index.html" in ran.out
    assert not TRACE.search(ran.said)


def test_a_build_with_nothing_new_ends_with_0_and_names_what_stands(
    copied: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = steps.publish(copied.settings)
    judgements = load(copied.settings.quality / steps.RESULTS)
    ran = ended(Ending(published, judgements), copied.settings, monkeypatch)
    assert ran.code == 0
    assert "Nothing changed; 2026.03.02 stands." in ran.out
    assert f"Release: {copied.settings.curated}/releases/2026.03.02" in ran.out


def test_a_fault_of_ours_names_the_step_and_keeps_the_trace(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(steps.books, "build", fails)
    ran = runs.build(folders.raw, folders.curated)
    assert ran.code == 1
    assert "ledger_entries failed: ZeroDivisionError: a fault of ours" in ran.err
    assert not TRACE.search(ran.said)
    log = folders.curated / "work" / "fault.log"
    assert str(log) in ran.err
    assert "ZeroDivisionError" in log.read_text()
    assert not (folders.curated / "latest").exists()


def test_a_fault_at_the_very_first_step_is_told_too(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(steps, "take_in_folder", fails)
    ran = runs.build(folders.raw, folders.curated)
    assert ran.code == 1
    assert "raw_documents failed" in ran.err


# --- inspect -----------------------------------------------------------------------------------


def test_inspecting_a_disclosure_shows_statements_lines_and_what_breaks(tmp_path: Path) -> None:
    budget = synthetic_budget(1)
    printed = budget.table(3).rows[0][2]
    path = tmp_path / "broken.txt"
    path.write_text(damaged_text(text_grid(budget), 3, "合计", printed, "1.00"), encoding="utf-8")
    ran = runs.invoke(tmp_path, "inspect", str(path))
    assert ran.code == 0
    assert f"{budget.unit_name} · 2026 · 单位预算" in ran.out
    for row in budget.table(3).rows:
        assert row[0].strip() in ran.out
        assert all(figure in ran.out for figure in row[2:])
    assert "Left over: a table of" in ran.out
    assert re.search(r"\d+ disputed", ran.out)
    assert re.search(r"Identities: \d+ breaks, \d+ exact", ran.out)
    assert "breaks expenditure_row · expenditure · 合计 · 合计: 10000.00 against" in ran.out


def test_inspecting_a_pdf_needs_no_more_than_the_file(base: Built, tmp_path: Path) -> None:
    before = tree(PROJECT / "data")
    path = base.settings.raw / "单位.pdf"
    ran = runs.invoke(tmp_path, "inspect", str(path), "--brief", "--statement", "summary")
    assert ran.code == 0
    assert "reader pdf" in ran.out
    assert "收支总表 summary  data" in ran.out
    assert "支出总表 expenditure" not in ran.out
    assert tree(PROJECT / "data") == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty_file"),
        ("没有表格的文字。\n".encode() * 40, "unsupported_layout"),
        (b"%PDF-1.4\n%nothing", "unreadable_file"),
        (b"PK\x03\x04", "unsupported_media"),
        (b"<!doctype html><p>login", "unsupported_media"),
        (b"a\tb\n" * 40, "nothing_recognised"),
    ],
)
def test_inspecting_what_cannot_be_read_says_why(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(content)
    ran = runs.invoke(tmp_path, "inspect", str(path))
    assert ran.code == 0
    assert f"Quarantine: the whole file: {said}" in ran.out
    assert not TRACE.search(ran.said)
