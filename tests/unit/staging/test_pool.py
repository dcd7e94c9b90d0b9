"""The pool: whatever a document does to its worker costs that document its result, and no other."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.documents.document import Document
from pipeline.settings import PROJECT
from pipeline.staging import pool, processes, store, worker
from pipeline.staging.pool import Limits, Outcome, Record, WorkersDoNotStart, run
from tests.unit.staging.fake_tasks import FUSE, behave, look_around

MIB = 1024**2
LIMITS = Limits(seconds=30, memory_bytes=1024 * MIB, file_bytes=8 * MIB)
# The start of a worker does not count: nothing here takes a second that is not meant to hang.
SHORT = replace(LIMITS, seconds=2)


def document(folder: Path, number: int, behaviour: str) -> Document:
    """A document that behaves as its text says."""
    path = folder / f"{number:02}.txt"
    path.write_text(behaviour, encoding="utf-8")
    digest = hashlib.sha256(behaviour.encode()).hexdigest()
    return Document(f"{number:016x}", path.name, path, digest, len(behaviour), "text/plain")


def outcomes(
    folder: Path,
    behaviours: Iterable[str],
    limits: Limits = LIMITS,
    workers: int = 2,
    record: Record | None = None,
) -> tuple[list[Outcome], Path]:
    """What the pool says of documents that behave so, and the folder it staged into."""
    staging = folder / "staging"
    staging.mkdir(exist_ok=True)
    documents = [document(folder, n, behaviour) for n, behaviour in enumerate(behaviours)]
    return list(run(documents, staging, workers, limits, behave, record, preload=())), staging


def refusals(found: list[Outcome]) -> dict[str, str]:
    """Reason and detail of each refused document, by file name."""
    return {
        o.document.source_name: f"{o.refusal.reason}: {o.refusal.detail}"
        for o in found
        if o.refusal is not None
    }


def staged(staging: Path) -> set[str]:
    """The documents that have a sound result, and whatever else lies in the staging folder."""
    entries = [path for path in staging.glob("*/*/*") if path.parent.parent.parent == staging]
    return {path.name for path in entries if store.is_sound(staging, path.name)} | {
        f"strange: {path.name}" for path in entries if not store.is_sound(staging, path.name)
    }


def notes(staging: Path, found: Outcome) -> list[str]:
    """What a document's task noted in its result."""
    frame = store.read(staging, found.document.document_id).quarantine
    return frame.get_column("detail").to_list()


@pytest.fixture(scope="module")
def bad_day(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Outcome], Path]:
    """One document of every evil, good ones before, among and after them."""
    folder = tmp_path_factory.mktemp("bad_day")
    return outcomes(folder, ["good", *EVILS, "good", "good"])


EVILS = {
    "crash": "reader_failed: the worker was killed by SIGSEGV",
    "swell": "reader_failed: more memory than a document may use",
    "leave_at_once": "reader_failed: the worker ended with exit code 0",
    "fail": "reader_failed: StopIteration in the reader",
    "interrupt": "reader_failed: the worker was killed by SIGINT",
    "refuse": "encrypted: a password is needed",
    "fill_the_disk": "reader_failed: File too large in the reader",
    "killed": "reader_failed: the worker was killed by SIGKILL",
    "lose_a_disk": "reader_failed: No space left on device in the reader",
    "picture": "reader_failed: OSError in the reader",
}


@pytest.mark.parametrize("evil", EVILS)
def test_an_evil_document_is_refused_with_what_happened(
    bad_day: tuple[list[Outcome], Path], evil: str
) -> None:
    name = f"{1 + list(EVILS).index(evil):02}.txt"
    assert refusals(bad_day[0])[name].startswith(EVILS[evil])


def test_documents_that_take_too_long_are_given_up_and_the_others_are_done(tmp_path: Path) -> None:
    found, staging = outcomes(tmp_path, ["good", "hang", "spin", "deaf"], SHORT, workers=4)
    late = refusals(found)
    assert set(late) == {"01.txt", "02.txt", "03.txt"}
    assert all(text.startswith("reader_failed: ") for text in late.values())
    assert late["01.txt"] == "reader_failed: not done after 2 seconds; the worker was killed"
    assert staged(staging) == {f"{0:016x}"}


def test_every_good_document_beside_evil_ones_is_done(
    bad_day: tuple[list[Outcome], Path],
) -> None:
    found, staging = bad_day
    good = {0, len(EVILS) + 1, len(EVILS) + 2}
    assert {int(o.document.document_id, 16) for o in found if not o.refusal} == good
    assert staged(staging) == {f"{n:016x}" for n in good}


def test_every_document_has_one_outcome(bad_day: tuple[list[Outcome], Path]) -> None:
    numbers = sorted(o.document.source_name for o in bad_day[0])
    assert numbers == [f"{n:02}.txt" for n in range(len(EVILS) + 3)]


def test_no_refusal_repeats_what_an_exception_said(bad_day: tuple[list[Outcome], Path]) -> None:
    assert "0300" not in "".join(refusals(bad_day[0]).values())


def test_how_a_worker_ended_is_told_the_same_way_each_time(tmp_path: Path) -> None:
    found, _ = outcomes(tmp_path, ["leave"] * 2)
    assert set(refusals(found).values()) == {"reader_failed: the worker ended with exit code 3"}


def test_documents_that_print_or_read_are_done_and_nothing_of_it_is_seen(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found, _ = outcomes(tmp_path, ["flood", "listen", "good"])
    assert not refusals(found)
    shown = capfd.readouterr()
    assert shown.out == ""
    assert shown.err == ""


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every process that was found under the mark of a worker that had been killed."""
    found: list[int] = []
    marked = processes.marked

    def noted(mark: str) -> list[int]:
        still = marked(mark)
        found.extend(still)
        return still

    monkeypatch.setattr(processes, "marked", noted)
    return found


@pytest.mark.parametrize(
    ("behaviour", "children"),
    [("fork_away", 1), ("fork_and_crash", 0), ("fork_without_end", 5)],
)
def test_what_a_document_started_ends_with_its_worker_in_whatever_session(
    tmp_path: Path, swept: list[int], behaviour: str, children: int
) -> None:
    found, _ = outcomes(tmp_path, [behaviour, "good"], replace(SHORT, processes=20))
    assert set(refusals(found)) <= {"00.txt"}
    assert len(set(swept)) >= children
    # A process that was killed takes its moment to be gone.
    assert waited_for(lambda: [] if any(map(alive, swept)) else [1])


@pytest.mark.skipif(os.geteuid() != 0, reason="the limit is of a user of its own: root only")
def test_no_document_starts_more_processes_than_it_may(tmp_path: Path, swept: list[int]) -> None:
    outcomes(tmp_path, ["fork_without_end"], replace(SHORT, processes=20))
    assert 5 <= len(set(swept)) <= 20


def alive(process: int) -> bool:
    """Whether a process still runs; one that waits to be reaped does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def workers_alive() -> list[int]:
    """Worker processes this process has started and not ended."""
    return children_of(os.getpid())


def test_a_worker_that_dies_between_two_documents_is_replaced(tmp_path: Path) -> None:
    """One worker is idle when it dies: the next document must not pay, nor the build end."""
    documents = [document(tmp_path, n, b) for n, b in enumerate(("die_later", "good"))]
    found = []
    for outcome in run(documents, tmp_path / "staging", 1, LIMITS, behave, preload=()):
        found.append(outcome)
        time.sleep(FUSE + 0.3)
    assert not refusals(found)
    assert len(found) == 2


def test_a_document_does_not_pay_for_what_an_earlier_one_left(tmp_path: Path) -> None:
    """The first answers and leaves a fuse; the second is being read when it burns down."""
    found, _ = outcomes(tmp_path, ["die_later", "slow"], workers=1)
    assert not refusals(found)
    assert len(found) == 2


def test_a_document_that_kills_a_worn_worker_and_a_fresh_one_is_refused_once(
    tmp_path: Path,
) -> None:
    found, _ = outcomes(tmp_path, ["good", "crash", "good"], workers=1)
    assert refusals(found) == {"01.txt": "reader_failed: the worker was killed by SIGSEGV"}
    assert len(found) == 3


def test_workers_are_replaced_after_so_many_documents(tmp_path: Path) -> None:
    limits = replace(LIMITS, documents_per_worker=2)
    found, staging = outcomes(tmp_path, ["good"] * 5, limits, workers=1)
    workers = [notes(staging, o)[0] for o in found]
    assert len(set(workers)) == 3
    assert max(workers.count(w) for w in workers) == 2


def test_a_worker_that_keeps_too_much_memory_is_replaced(tmp_path: Path) -> None:
    behaviours = ["good", "good", "hold", "good"]
    limits = replace(LIMITS, resident_bytes=140 * MIB)
    found, staging = outcomes(tmp_path, behaviours, limits, workers=1)
    workers = [notes(staging, o)[0] for o in found]
    assert workers[0] == workers[1] == workers[2] != workers[3]


@pytest.mark.parametrize("workers", [1, 3])
def test_documents_are_begun_in_order_and_all_of_them_end(tmp_path: Path, workers: int) -> None:
    behaviours = ["slow", *["good"] * 6]
    found, _ = outcomes(tmp_path, behaviours, LIMITS, workers)
    numbers = [int(o.document.source_name[:2]) for o in found]
    assert sorted(numbers) == list(range(len(behaviours)))
    if workers == 1:
        assert numbers == sorted(numbers)


def test_nothing_to_do_starts_nothing(tmp_path: Path) -> None:
    assert outcomes(tmp_path, [])[0] == []
    assert not workers_alive()


def test_a_pool_that_is_left_half_way_leaves_no_process_and_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    documents = [document(tmp_path, n, b) for n, b in enumerate(("good", "hang", "hang"))]
    begun = run(documents, tmp_path / "staging", 2, LIMITS, behave, preload=())
    next(begun)
    assert list(tmp_path.glob("yusuan-*"))
    begun.close()  # type: ignore[attr-defined]
    assert not workers_alive()
    assert not list(tmp_path.glob("yusuan-*"))


# What is remembered


def test_a_document_that_kills_two_fresh_workers_alike_is_remembered(tmp_path: Path) -> None:
    """Death is remembered where it is the document's doing, and not where it may be others'."""
    behaviours = ["good", "crash", "leave", "fail", "picture", "swell"]
    found, staging = outcomes(tmp_path, behaviours, record=store.write_refusal)
    assert refusals(found) == {}
    assert staged(staging) == {f"{n:016x}" for n in range(len(behaviours))}
    kept = {o.document.source_name: notes(staging, o) for o in found}
    assert kept["01.txt"] == ["the worker was killed by SIGSEGV"]
    assert kept["05.txt"] == ["more memory than a document may use"]


def test_a_document_that_fails_once_is_done(tmp_path: Path) -> None:
    found, staging = outcomes(tmp_path, ["crash_at_first"], record=store.write_refusal)
    assert notes(staging, found[0]) != ["the worker was killed by SIGSEGV"]
    assert not refusals(found)


def test_a_document_that_fails_differently_each_time_is_refused_and_not_remembered(
    tmp_path: Path,
) -> None:
    found, staging = outcomes(tmp_path, ["crash_otherwise"], record=store.write_refusal)
    assert refusals(found) == {"00.txt": "reader_failed: the worker ended with exit code 3"}
    assert staged(staging) == set()


@pytest.mark.parametrize("behaviour", ["killed", "lose_a_disk", "hang"])
def test_what_may_be_the_machines_doing_is_not_remembered(tmp_path: Path, behaviour: str) -> None:
    found, staging = outcomes(tmp_path, [behaviour], SHORT, record=store.write_refusal)
    assert set(refusals(found)) == {"00.txt"}
    assert staged(staging) == set()


def test_a_document_that_calculates_all_its_time_is_remembered_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is late and was on the processor for half of its time, and one for less."""
    times = iter((0.5, 0.49))
    monkeypatch.setattr(worker.Worker, "cpu_used", lambda one: next(times) * SHORT.seconds)
    found, staging = outcomes(tmp_path, ["hang", "hang"], SHORT, 1, store.write_refusal)
    assert notes(staging, found[0]) == ["not done after 2 seconds; the worker was killed"]
    assert set(refusals(found)) == {"01.txt"}


def test_the_time_of_a_process_on_the_processor_is_known() -> None:
    before = processes.cpu_seconds(os.getpid())
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
    assert processes.cpu_seconds(os.getpid()) - before >= 0.05
    assert processes.cpu_seconds(2**30) == 0.0


def test_only_the_first_reading_of_documents_remembers_refusals_by_itself(tmp_path: Path) -> None:
    found, staging = outcomes(tmp_path, ["crash"])
    assert set(refusals(found)) == {"00.txt"}
    assert staged(staging) == set()


# What a worker leaves


FORGED = "reader_failed: the worker gave an answer that is none"


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("stage_nothing", "reader_failed: nothing was staged"),
        ("stage_for_others", "reader_failed: what was staged is of another document"),
        ("link", "reader_failed: something was staged that is no file"),
        ("link_folder", "reader_failed: nothing was staged"),
        ("pipe", "reader_failed: something was staged that is no file"),
        ("chatter", FORGED),
        ("talk_without_end", FORGED),
    ],
)
def test_nothing_is_taken_over_that_is_no_result_of_the_document(
    tmp_path: Path, behaviour: str, told: str
) -> None:
    found, staging = outcomes(tmp_path, [behaviour, "good"])
    assert refusals(found) == {"00.txt": told}
    assert staged(staging) == {f"{1:016x}"}


def test_no_document_touches_the_result_of_another(tmp_path: Path) -> None:
    found, staging = outcomes(tmp_path, ["stage_beside"])
    assert not refusals(found)
    assert staged(staging) == {f"{0:016x}"}


def test_a_file_that_changed_since_it_was_taken_in_is_not_read(tmp_path: Path) -> None:
    changed, gone, good = (document(tmp_path, n, "good") for n in range(3))
    changed.path.write_text("refuse", encoding="utf-8")
    gone.path.unlink()
    os.mkfifo(gone.path)
    staging = tmp_path / "staging"
    found = list(run([changed, gone, good], staging, 1, LIMITS, behave, preload=()))
    assert refusals(found) == {
        "00.txt": "unreadable_file: changed since it was taken in",
        "01.txt": "unreadable_file: no regular file any more",
    }
    assert staged(staging) == {good.document_id}


def test_a_task_finds_what_is_staged_of_its_document_and_of_no_other(tmp_path: Path) -> None:
    _, staging = outcomes(tmp_path, ["good", "good"])
    (store.folder(staging, f"{0:016x}") / "second.parquet").write_bytes(b"kept")
    found = list(run([document(tmp_path, 0, "good")], staging, 1, LIMITS, look_around, preload=()))
    assert not refusals(found)
    assert notes(staging, found[0]) == ["0000000000000000", "second.parquet"]
    assert staged(staging) == {f"{n:016x}" for n in range(2)}


# What a worker may do


@pytest.fixture
def port() -> Iterable[int]:
    """Where somebody listens on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_worker_is_limited_and_does_nothing_but_read_and_stage(
    tmp_path: Path, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "document"
    one = replace(document(tmp_path, 0, "trespass"), source_name=str(port))
    path.write_bytes(one.path.read_bytes())
    with caplog.at_level(logging.WARNING, logger=pool.__name__):
        (found,) = run([one], tmp_path / "staging", 1, LIMITS, behave, preload=())
    if caplog.text:
        pytest.skip(f"this machine allows less: {caplog.text.strip()}")
    assert found.refusal is not None
    limits = (0, LIMITS.open_files, LIMITS.file_bytes, LIMITS.memory_bytes)
    assert found.refusal.detail == f"could: ; limits {limits}"


def test_a_worker_does_not_outlive_its_parent(tmp_path: Path) -> None:
    """The parent is killed without a chance to tidy up."""
    (tmp_path / "00.txt").write_text("hang", encoding="utf-8")
    paths = os.pathsep.join([str(PROJECT), *sys.path])
    environment = os.environ | {"PYTHONPATH": paths, "TMPDIR": str(tmp_path)}
    code = f"from tests.unit.staging.orphan import main; main({str(tmp_path)!r})"
    parent = subprocess.Popen([sys.executable, "-c", code], env=environment)
    laid = waited_for(lambda: [1 for _ in tmp_path.glob("yusuan-*/1/document")])
    # A moment for the document to be sent after it was laid out: one that has none leaves anyway.
    time.sleep(0.3)
    children = children_of(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert laid
    assert children
    assert waited_for(lambda: [] if any(map(alive, children)) else [1])


def waited_for(look: Callable[[], list[int]]) -> list[int]:
    """What is seen as soon as anything is; nothing after half a minute."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.02)
    return []


def children_of(process: int) -> list[int]:
    """The worker processes of a process."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return [
            int(n)
            for n in children
            if b"staging import inside" in Path(f"/proc/{n}/cmdline").read_bytes()
        ]
    except OSError:
        return []


# Workers that do not start


def test_workers_that_never_start_end_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = document(tmp_path, 0, "good")
    with pytest.raises(WorkersDoNotStart, match="no_such_module"):
        list(run([one], tmp_path / "staging", 2, LIMITS, behave, preload=("no_such_module",)))
    assert not workers_alive()


def test_workers_of_other_code_than_the_parents_do_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "stage_version", lambda: "0" * 12)
    with pytest.raises(WorkersDoNotStart, match="the code has changed"):
        outcomes(tmp_path, ["good"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_a_worker_that_cannot_work_as_another_user_keeps_the_rights_of_root_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker.Desk, "hand_over", lambda *given: None)
    found, staging = outcomes(tmp_path, ["good"])
    assert staged(staging) == {found[0].document.document_id}
    assert "workers keep the rights of root: PermissionError" in caplog.text


def test_what_a_killed_build_left_on_its_desks_is_swept(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    gone = tmp_path / f"{pool.DESKS}{ended.pid}-abc"
    ours = tmp_path / f"{pool.DESKS}{os.getpid()}-abc"
    others = tmp_path / f"{pool.DESKS}of-people"
    for folder in (gone, ours, others):
        (folder / "copy").mkdir(parents=True)
    (tmp_path / f"{pool.DESKS}{ended.pid}-link").symlink_to(others)
    pool.sweep(tmp_path)
    assert not gone.exists()
    assert ours.exists()
    assert (others / "copy").exists()
