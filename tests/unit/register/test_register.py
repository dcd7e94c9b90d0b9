"""The register: what it remembers, and what a crash, a repetition or damage does to it."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import register
from pipeline.documents.document import Refusal
from pipeline.register import Account, Register, file, layout
from pipeline.register.attempts import Plan, Versions
from pipeline.register.night import Night
from pipeline.register.tombstones import Tombstone
from tests.unit.register.support import intake, sha

CODE = {"forms": "1", "pdf": "1"}
LATE = Refusal("readers", "reader_failed", "not done after 120 seconds")


def explain(before: Versions, now: Versions) -> str:
    """Which components differ."""
    return " ".join(name for name in sorted(now) if before.get(name) != now[name])


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Register]:
    with register.open(tmp_path) as one:
        yield one


def planned(night: Night, *names: str, code: Versions = CODE) -> Plan:
    """The plan of a night for documents without a result."""
    return night.plan("extract", [sha(name) for name in names], code, explain)


def failed(night: Night, plan: Plan, name: str) -> bool:
    """A document fails in a night."""
    final = night.is_last_try(plan, sha(name))
    night.failed(plan, sha(name), LATE, CODE, final=final)
    return final


# Nights and stages


def test_a_night_is_told_with_its_stages_outcome_and_account(book: Register) -> None:
    night = book.begin()
    night.took_in(intake("a", "b"))
    with night.stage("read") as stage:
        stage.detail = "2 read"
    night.end("released", version="2026.03.02", fingerprint="f" * 64)
    told = book.status().last
    assert told is not None
    assert (told.outcome, told.version) == ("released", "2026.03.02")
    assert [(s.name, s.outcome, s.detail) for s in told.stages] == [("read", "done", "2 read")]
    assert told.stages[0].peak_bytes is not None
    assert told.account is not None
    assert (told.account.documents, told.account.new) == (2, 2)
    assert Account.from_json(told.account.to_json()) == told.account
    assert json.loads(told.account.to_json())["new"] == 2


def test_a_stage_that_fails_is_told_and_the_error_goes_on(book: Register) -> None:
    night = book.begin()
    with pytest.raises(OSError, match="disk"), night.stage("enter"):
        raise OSError("the disk of 张三 is full")
    (stage,) = book.status().nights[0].stages
    assert (stage.outcome, stage.detail) == ("failed", "OSError")


def test_a_night_that_was_cut_off_is_interrupted_when_the_next_begins(tmp_path: Path) -> None:
    book = register.open(tmp_path)
    with pytest.raises(KeyboardInterrupt), book.begin().stage("read"):
        raise KeyboardInterrupt
    book.close()
    with register.open(tmp_path) as again:
        second = again.begin()
        assert [n.outcome for n in again.status().nights] == ["running", "interrupted"]
        second.end("released")
        assert second.number == 2


def test_a_process_that_was_killed_leaves_what_was_said_before(tmp_path: Path) -> None:
    """The connection is never closed: what was written stands in the log beside the file."""
    night = register.open(tmp_path).begin()
    night.took_in(intake("a"))
    with register.open(tmp_path) as again:
        assert again.status().documents == {"present": 1}


def test_nothing_depends_on_the_clock(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    times = iter([moment, moment, moment - timedelta(days=400), moment - timedelta(days=400)])
    with register.open(tmp_path, lambda: next(times)) as book:
        book.begin().end("released", fingerprint="1")
        night = book.begin()
        assert night.number == 2
        assert night.fingerprint() == "1"
        night.end("unchanged", fingerprint="2")
        assert [n.night for n in book.status().nights] == [2, 1]


@pytest.mark.parametrize(
    ("outcomes", "stands"),
    [
        (["released", "failed", "stopped", "interrupted"], "0"),
        (["released", "nothing_new"], "1"),
        (["failed"], None),
    ],
)
def test_the_last_good_night_says_what_the_release_was_made_from(
    book: Register, outcomes: list[str], stands: str | None
) -> None:
    for number, outcome in enumerate(outcomes):
        book.begin().end(outcome, fingerprint=str(number))
    assert book.begin().fingerprint() == stands


# Documents


def moved(account: Account) -> dict[str, str]:
    """What happened, by file name."""
    return {m.source_name: m.what for m in account.moved}


def test_what_came_changed_went_and_came_back_is_counted_and_named(book: Register) -> None:
    book.begin().took_in(intake("a", "b", "c", "d"))
    second = book.begin().took_in(intake("a", "b=other", "e", withdrawn={"c": "取代有误"}))
    assert (second.new, second.changed, second.withdrawn, second.gone) == (1, 1, 1, 1)
    assert (second.unchanged, second.documents, second.put_aside) == (1, 3, 1)
    assert moved(second) == {"b": "changed", "c": "withdrawn", "d": "gone", "e": "new"}
    assert {m.reason for m in second.moved if m.what == "withdrawn"} == {"取代有误"}
    third = book.begin().took_in(intake("a", "b=other", "c", "e"))
    assert (third.returned, third.unchanged) == (1, 3)
    states = dict(
        book.connection.execute("SELECT source_name || '/' || state, reason FROM documents")
    )
    assert states["b/superseded"] == f"replaced by {sha('other')[:16]} in its place"
    assert states["d/gone"] == "not in the folder any more"
    assert "c/present" in states


def test_a_night_repeated_changes_nothing(book: Register) -> None:
    first = book.begin()
    first.took_in(intake("a", "b"))
    rows = book.connection.execute("SELECT sha256, state, reason FROM documents").fetchall()
    for _ in range(3):
        account = book.begin().took_in(intake("a", "b"))
        assert (account.new, account.unchanged) == (0, 2)
        assert account.moved == ()
    assert book.connection.execute("SELECT sha256, state, reason FROM documents").fetchall() == rows


def test_a_file_moved_to_another_name_is_the_same_document(book: Register) -> None:
    book.begin().took_in(intake("a"))
    account = book.begin().took_in(intake("z=a"))
    assert (account.new, account.gone, account.unchanged) == (0, 0, 1)


# Attempts


def test_each_document_is_done_again_for_the_reason_it_is(book: Register) -> None:
    night = book.begin()
    night.took_in(intake("a", "b", "c"))
    plan = planned(night, "a", "b", "c")
    assert set(plan.why.values()) == {"new"}
    for name in "ab":
        night.done(plan, sha(name), CODE)
    night.end("interrupted")
    night = book.begin()
    night.took_in(intake("a", "b", "c", "d"))
    plan = planned(night, "a", "c", "d", code=CODE | {"pdf": "2"})
    assert plan.why == {sha("a"): "pdf", sha("c"): "no result is known", sha("d"): "new"}
    assert night.account.lines()[1:] == ["1 of 4: no result is known", "1 of 4: pdf"]
    lost = planned(book.begin(), "b")
    assert lost.why == {sha("b"): "its result is missing or damaged"}


def test_a_poisonous_document_is_tried_less_and_less_and_then_given_up(book: Register) -> None:
    tried, final = [], False
    for _ in range(40):
        night = book.begin()
        night.took_in(intake("a"))
        if final:
            break
        plan = planned(night, "a")
        if plan.why:
            tried.append(night.number)
            final = failed(night, plan, "a")
        else:
            assert plan.waiting[sha("a")].refusal.detail == LATE.detail
            assert night.account.deferred == 1
    assert final
    assert tried == [1, 2, 4, 8, 16]
    assert book.status().given_up == 1
    assert book.status().failing == 0


def test_changed_code_is_a_new_beginning_for_what_failed(book: Register) -> None:
    night = book.begin()
    night.took_in(intake("a"))
    failed(night, planned(night, "a"), "a")
    second = book.begin()
    failed(second, planned(second, "a"), "a")
    third = book.begin()
    assert not planned(third, "a").why
    assert not third.is_any_due("extract", CODE)
    fresh = planned(third, "a", code=CODE | {"forms": "2"})
    assert fresh.why
    assert not fresh.failed
    assert book.begin().is_any_due("extract", CODE)


def test_a_document_that_recovers_begins_anew(book: Register) -> None:
    first = book.begin()
    first.took_in(intake("a"))
    failed(first, planned(first, "a"), "a")
    second = book.begin()
    second.done(planned(second, "a"), sha("a"), CODE)
    second.flush()
    assert not book.begin().is_any_due("extract", CODE)


def test_what_failed_and_needs_nothing_more_is_not_due_for_ever(book: Register) -> None:
    first = book.begin()
    first.took_in(intake("a", "b"))
    plan = planned(first, "a", "b")
    for name in "ab":
        failed(first, plan, name)
    second = book.begin()
    second.settled("extract", CODE, {sha("b")})
    assert set(planned(second, "b").failed) == {sha("b")}
    assert second.is_any_due("extract", CODE)
    second.settled("extract", CODE, set())
    assert not second.is_any_due("extract", CODE)


def test_a_document_that_is_gone_is_not_due(book: Register) -> None:
    first = book.begin()
    first.took_in(intake("a"))
    failed(first, planned(first, "a"), "a")
    second = book.begin()
    second.took_in(intake())
    assert not second.is_any_due("extract", CODE)


def test_results_that_were_found_explain_the_next_change(book: Register) -> None:
    """A register that was lost learns from staging which code made what."""
    night = book.begin()
    night.took_in(intake("a", "b"))
    night.found("extract", {sha("a"): CODE, sha("b"): CODE | {"forms": "0"}})
    again = book.begin()
    again.took_in(intake("a", "b"))
    assert planned(again, "a", "b", code=CODE | {"pdf": "3"}).why == {
        sha("a"): "pdf",
        sha("b"): "forms pdf",
    }


# Tombstones


STONE = Tombstone(sha("a")[:16], sha("a"), "a", "withdrawn", "取代有误")


def test_a_tombstone_stands_for_ever(book: Register) -> None:
    book.begin().buried([STONE])
    book.begin().buried([STONE])
    assert book.status().tombstones == 1
    book.begin().buried([])
    assert book.status().tombstones == 0
    kept = book.connection.execute("SELECT reason, night, lifted FROM tombstones").fetchall()
    assert kept == [("取代有误", 1, 3)]
    with pytest.raises(sqlite3.IntegrityError, match="never removed"):
        book.connection.execute("DELETE FROM tombstones")
    book.begin().buried([STONE])
    assert book.status().tombstones == 1


# The file


def test_the_file_is_safe_against_a_loss_of_power(book: Register) -> None:
    ask = book.connection.execute
    assert ask("PRAGMA journal_mode").fetchone() == ("wal",)
    assert ask("PRAGMA synchronous").fetchone() == (2,)
    assert ask("PRAGMA foreign_keys").fetchone() == (1,)
    strict = ask("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    assert [n for n, is_strict in strict if not is_strict and not n.startswith("sqlite_")] == []


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(path: Path) -> None:
    path.write_bytes(b"\xa5" * path.stat().st_size)


def scratched(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[4096 : 4096 + 200] = b"\xff" * 200
    path.write_bytes(whole)


def another(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (x)")
    connection.close()


DAMAGES: list[Callable[[Path], None]] = [emptied, cut, overwritten, scratched, another]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_a_damaged_register_is_put_aside_by_name_and_made_again(
    tmp_path: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    with register.open(tmp_path) as book:
        book.begin().took_in(intake(*(f"{n}" for n in range(500))))
    path = tmp_path / file.NAME
    damage(path)
    held = path.read_bytes()
    with caplog.at_level(logging.WARNING), register.open(tmp_path) as again:
        assert again.status().documents == {}
        assert again.status().put_aside == (f"{file.NAME}.damaged-1",)
    assert "put aside as register.sqlite.damaged-1" in caplog.text
    assert (tmp_path / f"{file.NAME}.damaged-1").read_bytes() == held
    damage(path)
    with register.open(tmp_path) as third:
        assert len(third.status().put_aside) == 2


def test_a_register_of_newer_code_is_left_as_it_is(tmp_path: Path) -> None:
    with register.open(tmp_path) as book:
        book.connection.execute(f"PRAGMA user_version = {layout.NEWEST + 1}")
    before = (tmp_path / file.NAME).read_bytes()
    with pytest.raises(layout.FromTheFuture, match="run the newer code"):
        register.open(tmp_path)
    assert (tmp_path / file.NAME).read_bytes() == before


def test_a_migration_that_fails_half_way_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with register.open(tmp_path) as book:
        book.begin()
    more = "CREATE TABLE extra (x TEXT) STRICT; CREATE TABLE nights (x TEXT) STRICT;"
    monkeypatch.setattr(layout, "SCRIPTS", (layout.FIRST, more))
    monkeypatch.setattr(layout, "NEWEST", 2)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        register.open(tmp_path)
    monkeypatch.setattr(layout, "SCRIPTS", (layout.FIRST, more.partition(";")[0] + ";"))
    with register.open(tmp_path) as book:
        assert layout.version_of(book.connection) == 2
        assert book.count("SELECT count(*) FROM nights") == 1


def test_a_new_register_takes_documents_and_tombstones_from_the_last_release(
    tmp_path: Path,
) -> None:
    csv = tmp_path / "latest" / "csv"
    csv.mkdir(parents=True)
    (csv / "dim_document.csv").write_text(
        f"document_id,sha256,source_name,media_type,byte_size\n{sha('a')[:16]},{sha('a')},a,"
        "text/plain,7\n"
    )
    (csv / "dim_tombstone.csv").write_text(
        "document_id,sha256,source_name,state,reason\n"
        f"{sha('b')[:16]},{sha('b')},b,withdrawn,取代有误\n"
    )
    with register.open(tmp_path) as book:
        night = book.begin()
        assert book.status().tombstones == 1
        account = night.took_in(intake("a", "c"))
        assert (account.new, account.unchanged) == (1, 1)
        assert book.status().documents == {"present": 2, "withdrawn": 1}
