"""Reading documents with the engine that the settings name.

Here: the one function that steps call, whatever the engine. It yields an outcome per document, and
when it does, what was staged of it lies in the staging folder of this machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.documents.document import Document, Refusal
from pipeline.engines import cluster, exchange, partitions, work
from pipeline.engines.work import Answer, Batch, Item, Work
from pipeline.settings import Settings
from pipeline.staging.pool import Outcome
from pipeline.stores import address, configured
from pipeline.stores.address import Address
from pipeline.stores.contract import Store


def read(settings: Settings, kind: Work, documents: list[Document]) -> Iterator[Outcome]:
    """Read documents, yielding each outcome as it comes."""
    if settings.engine == "dask":
        if documents:
            yield from on_cluster(settings, kind, documents)
        return
    workers = 1 if settings.engine == "serial" else settings.workers
    yield from work.run_pool(kind, documents, settings.staging, workers)


def on_cluster(settings: Settings, kind: Work, documents: list[Document]) -> Iterator[Outcome]:
    """Read documents on a Dask cluster."""
    where = exchange_of(settings)
    between = address.opened(where) if where else None
    mark = work.marked(settings.staging)
    by_id = {document.document_id: document for document in documents}
    batches = (
        batch_of(settings, kind, name, members, mark, where)
        for name, members in partitions.batched(documents, settings.batch)
    )

    def send(batch: Batch) -> None:
        if between is not None:
            for item in batch.items:
                exchange.send_document(between, by_id[item.document.document_id])

    def is_done(document: Document) -> bool:
        if between is None:
            return kind.is_done(settings.staging, document.document_id)
        return exchange.has_result(between, document, kind.name)

    def lost(batch: Batch, why: str) -> Answer:
        """Given up for now, never remembered; but for what was done before its worker died."""
        refusal = Refusal("readers", "reader_failed", why)
        members = [item.document for item in batch.items]
        endings = [(d.document_id, None if is_done(d) else refusal) for d in members]
        return Answer(batch.name, tuple(endings))

    try:
        for answer in cluster.answers(batches, settings.scheduler, lost, send):
            for document_id, refusal in answer.endings:
                document = by_id[document_id]
                if between is not None and refusal is None:
                    fetched(between, document, kind, settings.staging)
                yield Outcome(document, refusal)
    finally:
        (settings.staging / mark).unlink(missing_ok=True)


def batch_of(
    settings: Settings,
    kind: Work,
    name: str,
    members: list[Document],
    mark: str,
    where: Address | None,
) -> Batch:
    """Documents of one partition as they are sent. Paths are absolute: others stand elsewhere."""
    return Batch(
        name=name,
        work=kind,
        items=tuple(
            Item(
                exchange.document_key(document) if where else str(document.path.absolute()),
                replace(document, path=Path()),
            )
            for document in members
        ),
        staging=str(settings.staging.absolute()),
        mark=mark,
        place=work.place_of(members[0]),
        exchange=where,
    )


def check(settings: Settings) -> None:
    """Raise `ValueError` where the settings name an engine and not what it needs."""
    if settings.engine != "dask":
        return
    if not settings.scheduler:
        raise ValueError("engine dask needs the address of a scheduler, as tcp://host:8786")
    if where := exchange_of(settings):
        address.opened(where)


def exchange_of(settings: Settings) -> Address | None:
    """The store that carries documents and results, null where the folders are shared."""
    if not settings.exchange:
        return None
    return configured.address(settings.exchange, configured.load(configured.file()))


def fetched(between: Store, document: Document, kind: Work, staging: Path) -> None:
    """Bring a result to this machine."""
    if not exchange.fetch_result(between, document, kind.name, staging):
        raise cluster.NoCluster(
            f"a worker said that {document.source_name} was read, and {between.name} has no result"
        )
