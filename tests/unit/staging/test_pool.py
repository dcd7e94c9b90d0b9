"""The pool: whatever a document does to its worker costs that document its result, and no other."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline.documents.document import Document
from pipeline.staging.pool import Limits, Outcome, run
from tests.unit.staging.fake_tasks import behave

MIB = 1024**2
LIMITS = Limits(seconds=30, memory_bytes=1024 * MIB, file_bytes=8 * MIB)
# The time of a document includes the start of its worker.
SHORT = Limits(seconds=3)


def document(folder: Path, number: int, behaviour: str) -> Document:
    """A document that behaves as its text says."""
    path = folder / f"{number:02}.txt"
    path.write_text(behaviour, encoding="utf-8")
    name = f"{number:016x}"
    return Document(name, path.name, path, name * 4, len(behaviour), "text/plain")


def outcomes(
    folder: Path,
    behaviours: Iterable[str],
    limits: Limits = LIMITS,
    workers: int = 2,
) -> tuple[list[Outcome], Path]:
    """What the pool says of documents that behave so, and the folder it staged into."""
    staging = folder / "staging"
    staging.mkdir()
    documents = [document(folder, n, behaviour) for n, behaviour in enumerate(behaviours)]
    return list(run(documents, staging, workers, limits, behave)), staging


def refusals(found: list[Outcome]) -> dict[str, str]:
    """Reason and detail of each refused document, by file name."""
    return {
        o.document.source_name: f"{o.refusal.reason}: {o.refusal.detail}"
        for o in found
        if o.refusal is not None
    }


@pytest.fixture(scope="module")
def bad_day(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Outcome], Path]:
    """One document of every evil, good ones between them."""
    folder = tmp_path_factory.mktemp("bad_day")
    return outcomes(folder, [one for evil in EVILS for one in (evil, "good")])


EVILS = {
    "crash": "reader_failed: the worker was killed by SIGSEGV",
    "swell": "reader_failed: more memory than a document may use",
    "leave_at_once": "reader_failed: the worker ended with exit code 0",
    "fail": "reader_failed: StopIteration in the reader",
    "interrupt": "reader_failed: ",
    "refuse": "encrypted: a password is needed",
    "fill_the_disk": "reader_failed: ",
}


@pytest.mark.parametrize("evil", EVILS)
def test_an_evil_document_is_refused_with_what_happened(
    bad_day: tuple[list[Outcome], Path], evil: str
) -> None:
    name = f"{2 * list(EVILS).index(evil):02}.txt"
    assert refusals(bad_day[0])[name].startswith(EVILS[evil])


def test_documents_that_take_too_long_are_given_up_and_the_others_are_done(tmp_path: Path) -> None:
    started = time.monotonic()
    found, staging = outcomes(tmp_path, ["good", "hang", "spin", "deaf"], SHORT, workers=4)
    assert time.monotonic() - started < 3 * SHORT.seconds
    late = refusals(found)
    assert set(late) == {"01.txt", "02.txt", "03.txt"}
    assert all(text.startswith("reader_failed: ") for text in late.values())
    assert late["01.txt"].startswith("reader_failed: not done after 3 seconds")
    assert [path.name for path in staging.iterdir()] == [found[0].document.document_id]


def test_every_good_document_beside_evil_ones_is_done(
    bad_day: tuple[list[Outcome], Path],
) -> None:
    found, staging = bad_day
    good = {o.document.document_id for o in found if o.document.source_name[:2] in odd_numbers()}
    assert len(good) == len(EVILS)
    assert not {o.document.document_id for o in found if o.refusal} & good
    assert {path.name for path in staging.iterdir()} - {"too-large"} == good


def odd_numbers() -> set[str]:
    """The numbers of the good documents of a bad day."""
    return {f"{n:02}" for n in range(1, 2 * len(EVILS), 2)}


def test_every_document_has_one_outcome(bad_day: tuple[list[Outcome], Path]) -> None:
    numbers = sorted(o.document.source_name for o in bad_day[0])
    assert numbers == [f"{n:02}.txt" for n in range(2 * len(EVILS))]


def test_no_refusal_repeats_what_an_exception_said(bad_day: tuple[list[Outcome], Path]) -> None:
    assert "0300" not in "".join(refusals(bad_day[0]).values())


def test_how_a_worker_ended_is_told_the_same_way_each_time(tmp_path: Path) -> None:
    found, _ = outcomes(tmp_path, ["leave"] * 4)
    assert set(refusals(found).values()) == {"reader_failed: the worker ended with exit code 3"}


def test_documents_that_print_read_or_fork_are_done_and_nothing_of_it_is_seen(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found, staging = outcomes(tmp_path, ["flood", "listen", "fork", "good"])
    assert not refusals(found)
    shown = capfd.readouterr()
    assert shown.out == ""
    assert shown.err == ""
    assert len(children_of(staging)) == 1
    assert all(map(ends, children_of(staging)))


def test_a_worker_whose_child_outlives_it_is_given_up_within_its_time(tmp_path: Path) -> None:
    started = time.monotonic()
    found, staging = outcomes(tmp_path, ["fork_and_crash", "good"], SHORT)
    assert set(refusals(found)) == {"00.txt"}
    assert time.monotonic() - started < 3 * SHORT.seconds
    assert len(children_of(staging)) == 1
    assert all(map(ends, children_of(staging)))


def children_of(staging: Path) -> list[int]:
    """The processes that documents left behind."""
    return [int(path.name.removeprefix("child-")) for path in staging.glob("child-*")]


def alive(process: int) -> bool:
    """Whether a process still runs; one that waits to be reaped does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def ends(process: int) -> bool:
    """Whether a process that was killed is gone within moments."""
    deadline = time.monotonic() + 5
    while alive(process) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive(process)


def workers_alive() -> list[int]:
    """Worker processes this process has started and not ended."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    spawned = [n for n in children if b"spawn_main" in Path(f"/proc/{n}/cmdline").read_bytes()]
    return [int(n) for n in spawned]


def test_a_worker_that_dies_between_two_documents_is_replaced(tmp_path: Path) -> None:
    """One worker is idle when it dies: the next document must not pay, nor the build end."""
    staging = tmp_path / "staging"
    staging.mkdir()
    documents = [document(tmp_path, n, b) for n, b in enumerate(("die_later", "good"))]
    found = []
    for outcome in run(documents, staging, 1, LIMITS, behave):
        found.append(outcome)
        time.sleep(0.3)
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
    limits = Limits(seconds=5, documents_per_worker=2)
    found, staging = outcomes(tmp_path, ["good"] * 5, limits, workers=1)
    workers = [(staging / o.document.document_id).read_text() for o in found]
    assert len(set(workers)) == 3
    assert max(workers.count(w) for w in workers) == 2


@pytest.mark.parametrize("workers", [1, 3])
def test_documents_are_begun_in_order_and_all_of_them_end(tmp_path: Path, workers: int) -> None:
    behaviours = ["slow", *["good"] * 6]
    found, _ = outcomes(tmp_path, behaviours, Limits(seconds=10), workers)
    numbers = [int(o.document.source_name[:2]) for o in found]
    assert sorted(numbers) == list(range(len(behaviours)))
    if workers == 1:
        assert numbers == sorted(numbers)


def test_nothing_to_do_starts_nothing(tmp_path: Path) -> None:
    assert outcomes(tmp_path, [])[0] == []
    assert not workers_alive()


def test_a_pool_that_is_left_half_way_leaves_no_process(tmp_path: Path) -> None:
    staging = tmp_path / "staging"
    staging.mkdir()
    documents = [document(tmp_path, n, b) for n, b in enumerate(("good", "hang", "hang"))]
    outcomes = run(documents, staging, 2, Limits(seconds=60), behave)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert not workers_alive()
