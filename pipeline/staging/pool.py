"""Worker processes that read untrusted files: limited, watched and replaced.

A worker that crashes, hangs or outgrows its limits costs its document a quarantine entry with the
reason, and nothing else. A document is blamed only for what it does to fresh workers; what it does
to two of them alike is remembered. Here: the queue, deadlines and blame. Not here:
one worker from outside (worker) and inside (inside), and results (store).
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from pipeline.documents.document import Document, Refusal
from pipeline.staging import inside, processes, store
from pipeline.staging.inside import Task
from pipeline.staging.limits import Limits
from pipeline.staging.worker import Case, Worker, start

__all__ = ["Limits", "Outcome", "WorkersDoNotStart", "run", "stage_document"]

PRELOAD = ("pipeline.staging.extract", "camelot")
# How often it is looked whether a worker is gone whose children hold its pipe.
LOOK_SECONDS = 0.25
# A worker that never gets ready so often says something about the machine.
STARTS = 3
# Fresh workers that fail alike before a document is not tried again.
ATTEMPTS = 2
# A document that used this share of its time on the processor was not kept waiting by others.
BUSY = 0.5
# Folders for workers begin so, then the process that made them.
DESKS = "yusuan-desks-"
NO_ANSWER = "the worker gave an answer that is none"
# Signals that somebody sent, or the kernel when all memory was used: not the document's doing.
SENT = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})

Record = Callable[[Path, Document, Refusal], None]
log = logging.getLogger(__name__)


class WorkersDoNotStart(RuntimeError):
    """No worker gets as far as its first document: something is wrong with this machine."""


@dataclass(frozen=True)
class Outcome:
    """How one document ended: staged, or refused by the pool itself (crash, time, memory)."""

    document: Document
    refusal: Refusal | None = None


def stage_document(staging: Path, document: Document) -> None:
    """What a worker does: stage the tables of one document."""
    from pipeline.staging.extract import stage

    stage(staging, document)


def run(
    documents: Iterable[Document],
    staging: Path,
    workers: int,
    limits: Limits | None = None,
    task: Task = stage_document,
    record: Record | None = None,
    preload: tuple[str, ...] = PRELOAD,
) -> Iterator[Outcome]:
    """Stage documents in `workers` processes, yielding each outcome as it comes.

    A worker sees a staging folder of its own that holds what is staged of its document; what it
    leaves there is taken over. `record` keeps the refusal of a document that failed alike in two
    fresh workers; a task that reads documents for the first time records it in `store`.
    """
    if record is None and task is stage_document:
        record = store.write_refusal
    sweep(Path(tempfile.gettempdir()))
    prefix = f"{DESKS}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        crew = Crew(Path(folder), staging, limits or Limits(), task, record, preload)
        try:
            yield from crew.run([Case(document) for document in documents][::-1], workers)
        finally:
            for one in crew.workers:
                one.kill()


def sweep(temporary: Path) -> None:
    """Remove the desks of our own builds that were killed: copies of documents lie on them."""
    for left in temporary.glob(f"{DESKS}*-*"):
        process = left.name.removeprefix(DESKS).partition("-")[0]
        with suppress(OSError):
            ours = left.lstat().st_uid == os.geteuid() and not left.is_symlink()
            if ours and process.isdigit() and not processes.is_running(int(process)):
                shutil.rmtree(left, ignore_errors=True)


@dataclass
class Crew:
    """The workers of one run."""

    folder: Path
    staging: Path
    limits: Limits
    task: Task
    record: Record | None
    preload: tuple[str, ...]
    workers: list[Worker] = field(default_factory=list)
    unprivileged: bool = True
    started: int = 0
    failed_starts: int = 0
    told: set[str] = field(default_factory=set)

    def run(self, queue: list[Case], size: int) -> Iterator[Outcome]:
        """Outcomes of a queue, whose last case comes first."""
        while queue or any(one.case for one in self.workers):
            busy = sum(1 for one in self.workers if one.case)
            while len(self.workers) < min(size, busy + len(queue)):
                self.started += 1
                place = self.folder / str(self.started)
                self.workers.append(
                    start(place, self.unprivileged, self.limits, self.task, self.preload)
                )
            for one in [w for w in self.workers if w.idle]:
                if queue:
                    yield from self.assign(one, queue)
            yield from self.settle(queue)

    def assign(self, one: Worker, queue: list[Case]) -> Iterator[Outcome]:
        """Give a worker the next case; one that is tried again only to a fresh worker."""
        if queue[-1].again and one.done:
            self.dismiss(one)
            return
        case = queue.pop()
        try:
            laid = one.desk.lay(case.document, self.staging)
        except Refusal as refusal:
            yield Outcome(case.document, refusal)
            return
        try:
            one.pipe.send(laid)
        except (BrokenPipeError, ConnectionResetError):
            # It died while it had no document.
            self.dismiss(one)
            queue.append(case)
            return
        one.begin(case, self.limits.seconds)

    def settle(self, queue: list[Case]) -> Iterator[Outcome]:
        """Wait for the next line, death or deadline, and see to it."""
        waiting = [one for one in self.workers if not one.idle]
        if not waiting:
            return
        left = min(one.deadline for one in waiting) - time.monotonic()
        found = wait([one.pipe for one in waiting], min(max(left, 0.0), LOOK_SECONDS))
        for one in waiting:
            if one.pipe in found and one.hear():
                if one.spoke:
                    yield from self.answered(one, queue)
            elif one.pipe in found or one.has_ended():
                yield from self.died(one, queue)
            elif time.monotonic() >= one.deadline:
                yield from self.late(one, queue)

    def answered(self, one: Worker, queue: list[Case]) -> Iterator[Outcome]:
        """See to what a worker said."""
        try:
            told = inside.heard(one.said)
            said = told["said"]
        except ValueError:
            said, told = inside.FAILED, {"detail": NO_ANSWER}
        one.said = b""
        case = one.case
        if case is None:
            self.greeted(one, said, told)
            return
        one.case = None
        if said == inside.DONE:
            try:
                one.desk.take_over(self.staging, case.document.document_id)
            except store.NotWhole as error:
                yield from self.blame(one, case, queue, str(error))
            else:
                yield Outcome(case.document)
        elif said == inside.REFUSED:
            yield Outcome(case.document, refusal_of(told))
        else:
            machine = bool(told.get("machine", False))
            yield from self.blame(one, case, queue, str(told.get("detail")), machine=machine)
        self.put_away(one)

    def greeted(self, one: Worker, said: str, told: dict[str, Any]) -> None:
        """A worker that is ready, or says why it will never be."""
        if said != inside.READY:
            self.not_started(one, str(told.get("detail")))
            return
        one.ready, self.failed_starts = True, 0
        left_out = set(map(str, told.get("left_out", ()))) - self.told
        if left_out:
            self.told |= left_out
            log.warning("workers are less confined than they could be: %s", "; ".join(left_out))

    def put_away(self, one: Worker) -> None:
        """Ready a worker for its next document, or replace it where it is worn."""
        one.done += 1
        worn = (
            one.done >= self.limits.documents_per_worker
            or processes.resident_bytes(one.process.pid) > self.limits.resident_bytes
        )
        if one not in self.workers:
            return
        if worn:
            self.dismiss(one)
            return
        try:
            one.desk.clear()
        except OSError:
            self.dismiss(one)

    def died(self, one: Worker, queue: list[Case]) -> Iterator[Outcome]:
        """A worker ended by itself, or somebody ended it."""
        how, code = one.death()
        case, one.case = one.case, None
        if case is None:
            self.not_started(one, how)
            return
        self.dismiss(one)
        yield from self.blame(one, case, queue, how, machine=code is not None and -code in SENT)

    def late(self, one: Worker, queue: list[Case]) -> Iterator[Outcome]:
        """A worker did not answer in time. What kept the processor busy is not tried again."""
        case, one.case = one.case, None
        if case is None:
            self.not_started(one, "not ready in time")
            return
        sure = one.cpu_used() >= BUSY * self.limits.seconds
        self.dismiss(one)
        detail = f"not done after {self.limits.seconds} seconds; the worker was killed"
        yield from self.blame(one, case, queue, detail, machine=not sure, sure=sure)

    def blame(
        self,
        one: Worker,
        case: Case,
        queue: list[Case],
        detail: str,
        *,
        machine: bool = False,
        sure: bool = False,
    ) -> Iterator[Outcome]:
        """A document failed in a worker: it is tried again, given up for now, or for good."""
        if one in self.workers:
            self.dismiss(one)
        case.again = True
        if one.done:
            # It may have failed of what an earlier document left: asked again, of a fresh one.
            queue.append(case)
            return
        refusal = Refusal("readers", "reader_failed", detail)
        if machine:
            yield Outcome(case.document, refusal)
            return
        case.failures.append(detail)
        if len(case.failures) < ATTEMPTS and not sure:
            queue.append(case)
        elif self.record is None or len(set(case.failures)) > 1:
            yield Outcome(case.document, refusal)
        else:
            self.record(self.staging, case.document, refusal)
            yield Outcome(case.document)

    def not_started(self, one: Worker, why: str) -> None:
        """A worker never got ready. Root's own interpreter may be closed to others: once more."""
        self.dismiss(one)
        if one.desk.user is not None:
            if self.unprivileged:
                log.warning("workers keep the rights of root: %s", why)
            self.unprivileged = False
            return
        self.failed_starts += 1
        if self.failed_starts >= STARTS:
            raise WorkersDoNotStart(why)

    def dismiss(self, one: Worker) -> None:
        """Take a worker out of the crew."""
        self.workers.remove(one)
        one.kill()


def refusal_of(told: dict[str, Any]) -> Refusal:
    """The refusal a worker reports."""
    try:
        return Refusal(str(told["stage"]), str(told["reason"]), str(told["detail"]))
    except (KeyError, ValueError):
        return Refusal("readers", "reader_failed", NO_ANSWER)
