"""Night after night: only what is new is done, each reason is told, and nothing is lost between."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import assets.run
from pipeline import reading, register, steps
from pipeline.documents.document import Document, Refusal
from pipeline.register import Status, file
from pipeline.register.inputs import fingerprint
from pipeline.release import versions as releases
from pipeline.staging import pool, store, versions
from pipeline.staging.pool import Outcome
from tests.builds import Built, build, tree
from tests.facsimile.budget import Budget
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text
from tests.integration import runs

UNIT, REASON = "单位.txt", "取代有误"
LATE = Refusal("readers", "reader_failed", "not done after 120 seconds; the worker was killed")


def status(built: Built) -> Status:
    """What the register says."""
    with register.open(built.settings.curated) as book:
        return book.status()


def account(built: Built) -> list[str]:
    """The account of the last night in words."""
    last = status(built).last
    assert last is not None
    assert last.account is not None
    return last.account.lines()


def withdraw(folder: Path, **reasons: str) -> None:
    """A manifest that withdraws files."""
    lines = [f"{name},withdrawn,{reason}" for name, reason in reasons.items()]
    text = "\n".join(["source_name,status,reason", *lines]) + "\n"
    (folder / "manifest.csv").write_text(text, encoding="utf-8")


def tombstones(built: Built) -> list[tuple[Any, ...]]:
    """The tombstones of the warehouse."""
    return built.rows("SELECT source_name, state, reason FROM dim_tombstone ORDER BY 1")


def documents(built: Built) -> set[str]:
    """The files that are released."""
    return {name for (name,) in built.rows("SELECT source_name FROM dim_document")}


class Nobody:
    """Stands in the place of what must not be called."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __call__(self, *arguments: object, **choices: object) -> Any:
        raise AssertionError(f"{self.what} was called")


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be read, entered, proved, assembled, judged or published."""
    monkeypatch.setattr(assets.run, "run_night", Nobody("the job"))
    for name in ("stage", "enter", "prove", "assemble", "judge", "publish"):
        monkeypatch.setattr(steps, name, Nobody(name))


# Nothing new


@pytest.mark.usefixtures("idle")
def test_a_night_without_anything_new_ends_after_hashing(copied: Built) -> None:
    before = tree(copied.settings.curated / "releases")
    ran = runs.build(copied.settings.raw, copied.settings.curated)
    assert ran.code == 0
    assert "4 unchanged" in ran.out
    assert "nothing new: nothing was read, proved or published" in ran.out
    assert f"Nothing changed; {copied.release.name} stands." in ran.out
    assert tree(copied.settings.curated / "releases") == before
    told = status(copied)
    assert told.last is not None
    assert [n.outcome for n in told.nights] == ["nothing_new", "released"]
    assert (told.last.version, told.last_good) == (copied.release.name, told.last)
    assert [s.name for s in told.last.stages] == ["take_in"]


def test_the_same_night_in_the_graph_skips_every_step(copied: Built) -> None:
    """As the schedule runs it, without the command."""
    night = register.open(copied.settings.curated).begin()
    ending = assets.run.run_night(copied.settings, night)
    night.end("nothing_new")
    assert ending.error is None
    assert ending.published is not None
    assert not ending.published.changed
    assert [s.name for s in status(copied).nights[0].stages] == ["take_in"]


def changed_file(built: Built) -> None:
    with (built.settings.raw / UNIT).open("a", encoding="utf-8") as stream:
        stream.write("\n")


def new_file(built: Built) -> None:
    (built.settings.raw / "新.txt").write_text("nothing\n")


def file_gone(built: Built) -> None:
    (built.settings.raw / UNIT).unlink()


def file_renamed(built: Built) -> None:
    (built.settings.raw / UNIT).rename(built.settings.raw / "别名.txt")


def manifest_says_more(built: Built) -> None:
    text = f"source_name,publisher\n{UNIT},财政局\n"
    (built.settings.raw / "manifest.csv").write_text(text, encoding="utf-8")


def release_gone(built: Built) -> None:
    (built.settings.curated / "latest").unlink()


def release_file_gone(built: Built) -> None:
    (built.settings.curated / "latest" / "csv" / "dim_unit.csv").unlink()


def checksums_changed(built: Built) -> None:
    (built.settings.curated / "latest" / "SHA256SUMS").write_text("")


def register_gone(built: Built) -> None:
    (built.settings.curated / file.NAME).unlink()


NEWS = [
    *(changed_file, new_file, file_gone, file_renamed, manifest_says_more),
    *(release_gone, release_file_gone, checksums_changed, register_gone),
]


@pytest.mark.parametrize("news", NEWS, ids=lambda n: n.__name__)
def test_whatever_differs_is_news(copied: Built, news: Any) -> None:
    steps.take_in(copied.settings)
    assert steps.is_nothing_new(copied.settings)
    news(copied)
    steps.take_in(copied.settings)
    assert not steps.is_nothing_new(copied.settings)


@pytest.mark.parametrize("choice", [{"strict": True}, {"second_reader": "all"}])
def test_another_choice_is_news_and_another_number_of_workers_is_not(
    copied: Built, choice: dict[str, Any], tmp_path: Path
) -> None:
    intake = steps.take_in(copied.settings)
    chosen = copied.settings
    before = fingerprint(intake, chosen)
    assert fingerprint(intake, replace(chosen, **choice)) != before
    assert fingerprint(intake, replace(chosen, workers=1, today=None)) == before
    rules = tmp_path / "expectations"
    shutil.copytree(chosen.expectations, rules)
    assert fingerprint(intake, replace(chosen, expectations=rules)) == before
    (rules / "known_losses.yml").write_text("[]\n")
    assert fingerprint(intake, replace(chosen, expectations=rules)) != before


# One new document


def test_a_new_document_costs_itself_and_assembly(
    copied: Built, budgets: dict[str, Budget]
) -> None:
    write_text(synthetic_budget(90, n_projects=2), copied.settings.raw / "新.txt")
    built = build(copied.settings)
    staged: reading.Staged = steps.saved(copied.settings, "staged")
    assert (staged.read, staged.reused) == (1, 4)
    assert account(built) == ["1 new, 4 unchanged"]
    assert documents(built) == {*budgets, "新.txt"}


def test_the_way_a_release_came_about_changes_none_of_its_bytes(
    copied: Built, base: Built, tmp_path: Path
) -> None:
    """One document more each night, against all of them in one."""
    raw = copied.settings.raw
    write_text(synthetic_budget(90, n_projects=2), raw / "新.txt")
    later = build(copied.settings)
    at_once = build(replace(copied.settings, curated=tmp_path / "at once"))
    assert tree(later.release / "parquet") == tree(at_once.release / "parquet")
    assert tree(later.release / "csv") == tree(at_once.release / "csv")


# Changed code


def made_by_other_code(built: Built, kind: str, part: str) -> int:
    """Make the results of a kind those of code that differs in a part; how many there are."""
    staging = built.settings.staging
    now = versions.of_extract(kind)
    before = {**now, part: "0" * 12}
    here = staging / versions.extract_version(kind)
    number = len(list(here.glob("*/*")))
    here.rename(staging / versions.name(before))
    if part in versions.of_reading(kind):
        readings = staging / "readings"
        old = versions.name({**versions.of_reading(kind), part: "0" * 12})
        (readings / versions.reading_version(kind)).rename(readings / old)
    with register.open(built.settings.curated) as book:
        for code, text in book.connection.execute("SELECT code, versions FROM codes").fetchall():
            if json.loads(text) == now:
                packed = json.dumps(before, sort_keys=True, separators=(",", ":"))
                book.connection.execute(
                    "UPDATE codes SET versions = ? WHERE code = ?", (packed, code)
                )
    return number


@pytest.mark.parametrize(
    ("kind", "part", "said"),
    [
        ("text", "forms", "3 of 4: version of forms"),
        ("pdf", "pdf", "1 of 4: reader version (pdf)"),
        ("text", "identities", "3 of 4: version of identities"),
    ],
)
def test_changed_code_redoes_what_it_touches_and_says_so(
    copied: Built, kind: str, part: str, said: str
) -> None:
    number = made_by_other_code(copied, kind, part)
    steps.take_in(copied.settings)
    staged = steps.stage(copied.settings)
    assert (staged.read, staged.reused) == (number, 4 - number)
    assert account(copied) == ["4 unchanged", said]


def test_a_lost_result_is_made_again_and_said_to_be_lost(copied: Built) -> None:
    shutil.rmtree(min(p.parent for p in copied.settings.staging.rglob(store.CHECKSUMS)))
    steps.take_in(copied.settings)
    assert steps.stage(copied.settings).read == 1
    assert account(copied)[1:] == ["1 of 4: its result is missing or damaged"]


# Poison


def poisonous(built: Built, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A document whose reading never ends; the files the pool is given from now on."""
    for place in list(built.settings.staging.rglob(store.CHECKSUMS)):
        if built_id(built, UNIT) == place.parent.name:
            shutil.rmtree(place.parent)
    given: list[str] = []

    def run(todo: list[Document], *rest: object, **choices: object) -> Iterator[Outcome]:
        given.extend(d.source_name for d in todo)
        return (Outcome(document, LATE) for document in todo)

    monkeypatch.setattr(pool, "run", run)
    return given


def built_id(built: Built, name: str) -> str:
    """The id of a released file."""
    path = built.settings.curated / "releases" / "2026.03.02" / "csv" / "dim_document.csv"
    return next(row.split(",")[0] for row in path.read_text().splitlines() if f",{name}," in row)


def test_a_poisonous_document_is_tried_less_and_less_and_told_every_night(
    copied: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = poisonous(copied, monkeypatch)
    told, tried = [], []
    for night in range(2, 20):
        steps.take_in(copied.settings)
        before = len(given)
        staged = steps.stage(copied.settings)
        if len(given) > before:
            tried.append(night)
        told.append([(q.source_name, q.detail) for q in staged.refused])
    assert tried == [2, 3, 5, 9, 17]
    assert given == [UNIT] * 5
    # Whether it was tried tonight or not: the same entry. In the end it is staged as its result.
    assert told == [[(UNIT, LATE.detail)]] * 15 + [[]] * 3
    kept = store.read(copied.settings.staging, built_id(copied, UNIT))
    assert kept.quarantine.get_column("detail").to_list() == [LATE.detail]
    assert status(copied).given_up == 1


def test_what_failed_and_is_due_is_news(copied: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    poisonous(copied, monkeypatch)
    (copied.settings.curated / "releases").rename(copied.settings.curated / "before")
    (copied.settings.curated / "latest").unlink()
    built = build(copied.settings)
    assert built.published is not None
    steps.take_in(copied.settings)
    assert not steps.is_nothing_new(copied.settings)
    steps.stage(copied.settings)
    register.let_go(register.tonight(copied.settings.curated), "failed")
    steps.take_in(copied.settings)
    assert steps.is_nothing_new(copied.settings)


# Withdrawals


def test_a_withdrawn_document_leaves_a_tombstone_for_ever(copied: Built) -> None:
    key = built_id(copied, UNIT)
    withdraw(copied.settings.raw, **{UNIT: REASON})
    built = build(copied.settings)
    assert UNIT not in documents(built)
    assert tombstones(built) == [(UNIT, "withdrawn", REASON)]
    assert built.rows("SELECT document_id FROM dim_tombstone") == [(key,)]
    assert account(built)[0] == "1 withdrawn, 3 unchanged"
    (copied.settings.raw / UNIT).unlink()
    (copied.settings.curated / file.NAME).unlink()
    write_text(synthetic_budget(91, n_projects=2), copied.settings.raw / "再新.txt")
    again = build(copied.settings)
    assert tombstones(again) == [(UNIT, "withdrawn", REASON)]
    assert status(again).tombstones == 1
    assert status(again).documents["withdrawn"] == 1


@pytest.mark.parametrize("deleted", [False, True], ids=["still there", "deleted"])
def test_the_copy_of_a_withdrawn_file_is_not_released(copied: Built, deleted: bool) -> None:
    raw = copied.settings.raw
    shutil.copyfile(raw / UNIT, raw / "a copy.txt")
    withdraw(raw, **{UNIT: REASON})
    if deleted:
        (raw / UNIT).unlink()
    for _ in range(2):
        built = build(copied.settings)
        assert documents(built) & {UNIT, "a copy.txt"} == set()
        entries = built.rows(
            "SELECT source_name, reason, detail FROM fact_quarantine WHERE reason = 'withdrawn' "
            "ORDER BY 1"
        )
        told = f"{REASON} (same bytes as {UNIT}, which is withdrawn)"
        assert entries == [("a copy.txt", "withdrawn", told), (UNIT, "withdrawn", REASON)]
        assert tombstones(built) == [(UNIT, "withdrawn", REASON)]


def test_a_document_that_comes_back_has_no_tombstone_in_the_release(copied: Built) -> None:
    withdraw(copied.settings.raw, **{UNIT: REASON})
    build(copied.settings)
    (copied.settings.raw / "manifest.csv").unlink()
    built = build(copied.settings)
    assert UNIT in documents(built)
    assert tombstones(built) == []
    with register.open(copied.settings.curated) as book:
        kept = book.connection.execute("SELECT source_name, reason, lifted FROM tombstones")
        assert kept.fetchall() == [(UNIT, REASON, 3)]
    assert account(built)[0] == "1 returned, 3 unchanged"


# Crashes


def test_a_crash_between_publishing_and_the_end_of_the_night_is_made_good(
    copied: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_text(synthetic_budget(92, n_projects=2), copied.settings.raw / "新.txt")
    with monkeypatch.context() as patched:
        patched.setattr(register.Night, "stands", Nobody("power failure"))
        with pytest.raises(AssertionError, match="power failure"):
            build(copied.settings)
    assert releases.latest(copied.settings.curated) != copied.release
    steps.take_in(copied.settings)
    assert not steps.is_nothing_new(copied.settings)
    built = build(copied.settings)
    assert built.published is not None
    assert not built.published.changed
    staged: reading.Staged = steps.saved(copied.settings, "staged")
    assert staged.read == 0
    steps.take_in(copied.settings)
    assert steps.is_nothing_new(copied.settings)
    assert status(built).documents == {"present": 5}


def test_a_lost_register_costs_no_reading_and_changes_no_byte(
    copied: Built, caplog: pytest.LogCaptureFixture
) -> None:
    before = tree(copied.settings.curated / "releases")
    for end in ("-wal", "-shm"):
        Path(f"{copied.settings.curated / file.NAME}{end}").unlink(missing_ok=True)
    (copied.settings.curated / file.NAME).write_bytes(b"noise" * 1000)
    built = build(copied.settings)
    assert "put aside as register.sqlite.damaged-1" in caplog.text
    staged: reading.Staged = steps.saved(copied.settings, "staged")
    assert (staged.read, staged.reused) == (0, 4)
    assert built.published is not None
    assert not built.published.changed
    assert tree(copied.settings.curated / "releases") == before
    assert status(built).documents == {"present": 4}
    # What made each result is known again.
    made_by_other_code(copied, "text", "narrative")
    steps.take_in(copied.settings)
    steps.stage(copied.settings)
    assert account(copied)[1:] == ["3 of 4: version of narrative"]


def test_a_night_that_cannot_write_its_register_leaves_the_release(
    copied: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(copied.settings.curated / "releases")
    changed_file(copied)

    def full(*arguments: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(register.Night, "took_in", full)
    ran = runs.build(copied.settings.raw, copied.settings.curated)
    assert ran.code == 1
    assert "disk is full" in ran.err
    assert tree(copied.settings.curated / "releases") == before
