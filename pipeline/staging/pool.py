"""Worker processes that read untrusted files: limited, watched and replaced.

A worker that crashes, hangs or outgrows its limits costs its document a quarantine entry with the
reason, and nothing else. Here: processes, limits and deadlines. Not here: what a worker does with
a document (extract) and where results go (store).
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from pipeline.documents.document import Document, Refusal
from pipeline.staging import store

# One thread per library in a worker: the pool is the parallelism.
EXIT_SECONDS = 2.0
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")


@dataclass(frozen=True)
class Limits:
    """What one document may use before its worker is killed."""

    seconds: int = 120
    memory_bytes: int = 6 * 1024**3
    file_bytes: int = 512 * 1024**2
    documents_per_worker: int = 200


@dataclass(frozen=True)
class Outcome:
    """How one document ended: staged, or refused by the pool itself (crash, time, memory)."""

    document: Document
    refusal: Refusal | None = None


Task = Callable[[Path, Document], None]


def stage_document(staging: Path, document: Document) -> None:
    """What a worker does: extract one document and write the result."""
    from pipeline.staging.extract import extract

    store.write(staging, document.document_id, extract(document))


@dataclass
class Worker:
    """One process, its pipe, the document it works on and until when it may."""

    process: Any
    pipe: Connection
    document: Document | None = None
    deadline: float = 0.0
    done: int = field(default=0)

    def give(self, document: Document, seconds: int) -> bool:
        """Send the next document; false where the worker died while it had none."""
        try:
            self.pipe.send(document)
        except (BrokenPipeError, ConnectionResetError):
            return False
        self.document = document
        self.deadline = time.monotonic() + seconds
        return True

    def kill(self) -> None:
        """End the process and everything it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self.process.kill()
        self.process.join()
        self.pipe.close()


def run(
    documents: Iterable[Document],
    staging: Path,
    workers: int,
    limits: Limits | None = None,
    task: Task = stage_document,
) -> Iterator[Outcome]:
    """Stage documents in `workers` processes, yielding each outcome as it comes."""
    limits = limits or Limits()
    queue = list(documents)[::-1]
    crew: list[Worker] = []
    try:
        while queue or any(worker.document for worker in crew):
            while queue and len(crew) < workers:
                crew.append(start(staging, limits, task))
            for worker in [w for w in crew if w.document is None]:
                if not queue:
                    break
                if worker.give(queue[-1], limits.seconds):
                    queue.pop()
                else:
                    dismiss(crew, worker)
            if any(worker.document for worker in crew):
                yield from settle(crew, limits, queue)
    finally:
        for worker in crew:
            worker.kill()


def start(staging: Path, limits: Limits, task: Task) -> Worker:
    """A fresh worker. Spawned, not forked: the parent may hold threads and locks."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    previous = {name: os.environ.get(name) for name in THREAD_LIMITS}
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    try:
        process = context.Process(target=work, args=(theirs, staging, limits, task), daemon=True)
        process.start()
    finally:
        for name, value in previous.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    theirs.close()
    return Worker(process, ours)


def settle(crew: list[Worker], limits: Limits, queue: list[Document]) -> Iterator[Outcome]:
    """Wait for the next answer, death or deadline; replace workers that are gone or worn."""
    busy = [worker for worker in crew if worker.document]
    timeout = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
    ready = set(wait([w.pipe for w in busy] + [w.process.sentinel for w in busy], timeout))
    now = time.monotonic()
    for worker in busy:
        assert worker.document is not None
        if worker.pipe in ready and (answer := receive(worker.pipe)) is not None:
            yield Outcome(worker.document, answer if isinstance(answer, Refusal) else None)
            worker.document, worker.done = None, worker.done + 1
            if worker.done >= limits.documents_per_worker:
                dismiss(crew, worker)
        elif worker.pipe in ready or worker.process.sentinel in ready:
            document = worker.document
            # A worker that ends itself closes its pipe first: its exit code comes a moment later.
            worker.process.join(EXIT_SECONDS)
            dismiss(crew, worker)
            if worker.done:
                # It may have died of what an earlier document left: asked again, of a fresh one.
                queue.append(document)
                continue
            yield Outcome(document, Refusal("readers", "reader_failed", death(worker)))
        elif now >= worker.deadline:
            document = worker.document
            dismiss(crew, worker)
            detail = f"not done after {limits.seconds} seconds; the worker was killed"
            yield Outcome(document, Refusal("readers", "reader_failed", detail))


def receive(pipe: Connection) -> Refusal | str | None:
    """The worker's answer, null where it died before it gave one."""
    try:
        answer: Refusal | str = pipe.recv()
    except (EOFError, ConnectionResetError):
        return None
    return answer


def dismiss(crew: list[Worker], worker: Worker) -> None:
    """Take a worker out of the crew."""
    crew.remove(worker)
    worker.kill()


def death(worker: Worker) -> str:
    """How a worker ended, in words."""
    code = worker.process.exitcode
    if code is not None and code < 0:
        return f"the worker was killed by {signal.Signals(-code).name}"
    return f"the worker ended with exit code {code}"


def work(pipe: Connection, staging: Path, limits: Limits, task: Task) -> None:
    """The worker's loop: a document in, `done` or a refusal out.

    The broad catch is this process's boundary: what a parser raises beyond its own errors must
    name the document, not end the night. It is reported, never passed over.
    """
    os.setsid()
    silence()
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            document = pipe.recv()
        except EOFError:
            return
        allow_seconds(limits.seconds)
        try:
            task(staging, document)
        except Refusal as refusal:
            pipe.send(refusal)
        except MemoryError:
            pipe.send(Refusal("readers", "reader_failed", "more memory than a document may use"))
        except Exception as error:
            detail = f"{type(error).__name__} in the reader; please report it with the file"
            pipe.send(Refusal("readers", "reader_failed", detail))
        else:
            pipe.send("done")


def silence() -> None:
    """Native libraries print what documents hold: a worker's output goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def allow_seconds(seconds: int) -> None:
    """CPU seconds for the next document, on top of those used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
