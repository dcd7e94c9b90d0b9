"""What is done with a batch: the tasks of reading, and the function that a cluster calls.

A batch is plain data: where each document is (a path or a key), its hash and facts, and where the
result goes. The function takes it anywhere; it reads each document in a pool of one isolated
worker, so that a hostile file costs its own quarantine entry on a cluster as at home.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.documents.document import Document, Refusal
from pipeline.engines import exchange
from pipeline.staging import pool, second, store
from pipeline.staging.inside import Task
from pipeline.staging.limits import Limits
from pipeline.staging.pool import Outcome
from pipeline.stores import address
from pipeline.stores.address import Address
from pipeline.stores.contract import Store


class WrongWorker(RuntimeError):
    """A machine of the cluster cannot do this work: what it lacks."""


@dataclass(frozen=True)
class Work:
    """One kind of reading: its task, its limits, and how a finished result is known."""

    name: str
    task: Task
    is_done: Callable[[Path, str], bool]
    limits: Limits | None = None
    preload: tuple[str, ...] = pool.PRELOAD


FIRST = Work("first", pool.stage_document, store.is_sound)
SECOND = Work("second", second.stage_document, second.is_sound, second.LIMITS)


@dataclass(frozen=True)
class Item:
    """A document as it is sent: `source` is its path, or its key in the exchange."""

    source: str
    document: Document


@dataclass(frozen=True)
class Batch:
    """Documents to be read together, and where their results go.

    Without an exchange the folders are shared: `mark` is a file in `staging` that shows it.
    `place` is where a result of this code stands, which tells one version from another.
    """

    name: str
    work: Work
    items: tuple[Item, ...]
    staging: str
    mark: str
    place: str
    exchange: Address | None = None


@dataclass(frozen=True)
class Answer:
    """How each document of a batch ended: its id, and its refusal where there is one."""

    name: str
    endings: tuple[tuple[str, Refusal | None], ...]


def read_batch(batch: Batch) -> Answer:
    """Read a batch on this machine. Asked twice, it does only what is not done yet."""
    check_code(batch)
    if batch.exchange is None:
        return read_shared(batch)
    return read_carried(batch, address.opened(batch.exchange))


def check_code(batch: Batch) -> None:
    """Raise `WrongWorker` where this machine would stage something else."""
    if place_of(batch.items[0].document) != batch.place:
        raise WrongWorker(
            "the workers of the cluster run another version of this code or its libraries than "
            "the machine that asks them; install the same and start them again"
        )


def place_of(document: Document) -> str:
    """Where the result of a document stands below a staging folder."""
    return store.folder(Path(), document.document_id).as_posix()


def read_shared(batch: Batch) -> Answer:
    """Read a batch whose documents and staging folder this machine shares with who asks."""
    staging = Path(batch.staging)
    if not (staging / batch.mark).exists():
        raise WrongWorker(
            f"a worker does not see the folder {staging}: share it between all machines, or name "
            "an exchange (a store) that carries documents and results"
        )
    documents = [replace(item.document, path=Path(item.source)) for item in batch.items]
    done = {d.document_id for d in documents if batch.work.is_done(staging, d.document_id)}
    todo = [d for d in documents if d.document_id not in done]
    endings = {document_id: None for document_id in done} | read_here(batch.work, todo, staging)
    return Answer(batch.name, in_order(batch, endings))


def read_carried(batch: Batch, between: Store) -> Answer:
    """Read a batch whose documents come from a store, where their results go, too."""
    endings: dict[str, Refusal | None] = {}
    with tempfile.TemporaryDirectory(prefix="yusuan-batch-") as scratch:
        staging = Path(scratch) / "staging"
        todo = []
        for item in batch.items:
            document = item.document
            if exchange.has_result(between, document, batch.work.name):
                endings[document.document_id] = None
                continue
            if batch.work.name != FIRST.name:
                exchange.fetch_result(between, document, FIRST.name, staging)
            path = Path(scratch) / document.document_id
            exchange.fetch_document(between, item.source, path)
            todo.append(replace(document, path=path))
        staging.mkdir(exist_ok=True)
        endings |= read_here(batch.work, todo, staging)
        for document in todo:
            if endings[document.document_id] is None:
                exchange.send_result(between, document, batch.work.name, staging)
    return Answer(batch.name, in_order(batch, endings))


def read_here(work: Work, documents: list[Document], staging: Path) -> dict[str, Refusal | None]:
    """Read documents in a pool of one worker; how each ended."""
    if not documents:
        return {}
    found = run_pool(work, documents, staging, workers=1)
    return {outcome.document.document_id: outcome.refusal for outcome in found}


def run_pool(
    work: Work, documents: list[Document], staging: Path, workers: int
) -> Iterator[Outcome]:
    """Read documents in the isolated workers of this machine."""
    reading = partial(pool.run, documents, staging, workers, task=work.task, preload=work.preload)
    return reading() if work.limits is None else reading(limits=work.limits)


def in_order(
    batch: Batch, endings: dict[str, Refusal | None]
) -> tuple[tuple[str, Refusal | None], ...]:
    """Endings in the order of the batch."""
    ids = [item.document.document_id for item in batch.items]
    return tuple((document_id, endings[document_id]) for document_id in ids)


def marked(staging: Path) -> str:
    """Leave a mark in a staging folder by which others see that they share it; its name."""
    staging.mkdir(parents=True, exist_ok=True)
    mark = f".shared-{os.getpid()}"
    (staging / mark).touch()
    return mark
