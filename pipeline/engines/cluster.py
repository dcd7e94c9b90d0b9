"""The engine of a Dask cluster: batches out, answers in, a few under way at a time.

A worker that dies costs its batch another try elsewhere; a batch that outlives no worker is given
up for this night and tried in the next. Here: the conversation with the scheduler. Dask is imported
where it is needed: one machine does without it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pipeline.engines.work import Answer, Batch, read_batch

if TYPE_CHECKING:
    from distributed import Client

# Batches under way per thread of the cluster: one is read, one waits.
AHEAD = 2
# How long a scheduler, and the first worker, is waited for; and how long a lost cluster.
CONNECT_SECONDS, PATIENCE_SECONDS, LOOK_SECONDS = 30, 300, 5
# Tries of a batch whose task raised: a store that did not answer, two that wrote at once.
RETRIES = 2
Lost = Callable[[Batch, str], Answer]


class NoCluster(RuntimeError):
    """There is no cluster to read with: why, and what to do."""


def answers(
    batches: Iterator[Batch],
    scheduler: str,
    lost: Lost,
    send: Callable[[Batch], None] = lambda batch: None,
) -> Iterator[Answer]:
    """The answer to each batch as it comes. `send` readies a batch just before it goes out,
    `lost` answers for one that took every worker it was given to with it.
    """
    from distributed import KilledWorker

    run = uuid4().hex
    with connected(scheduler) as client:
        running: dict[Any, Batch] = {}
        last_seen, all_sent = time.monotonic(), False
        while running or not all_sent:
            threads = sum(client.nthreads().values())
            room = max(AHEAD * threads - len(running), 0)
            more = list(itertools.islice(batches, room))
            all_sent = all_sent or len(more) < room
            for batch in more:
                send(batch)
                key = f"read-{batch.name}-{run}"
                future = client.submit(read_batch, batch, key=key, retries=RETRIES, pure=False)
                running[future] = batch
            if threads:
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > PATIENCE_SECONDS:
                raise NoCluster(f"the cluster at {scheduler} has no workers any more")
            for future in ended(client, list(running)):
                batch = running.pop(future)
                error = future.exception()
                if isinstance(error, KilledWorker):
                    yield lost(batch, "every worker of the cluster that was given it was lost")
                elif error is not None:
                    raise error
                else:
                    yield future.result()


def ended(client: Client, futures: list[Any]) -> list[Any]:
    """The futures that have ended, after waiting a little for the first."""
    from distributed import wait

    if not futures:
        time.sleep(LOOK_SECONDS)
        return []
    try:
        with client.as_current():
            done = wait(futures, LOOK_SECONDS, "FIRST_COMPLETED").done
        return sorted(done, key=lambda future: future.key)
    except TimeoutError:
        return []


def connected(scheduler: str) -> Client:
    """A client of a running cluster. Raises `NoCluster`."""
    try:
        from distributed import Client
    except ImportError as error:
        raise NoCluster(
            "engine: dask needs the packages of a cluster: pip install 'yusuan[cluster]'"
        ) from error
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoCluster(f"no Dask scheduler answers at {scheduler}: is it running?") from error
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError as error:
        client.close()
        raise NoCluster(f"the scheduler at {scheduler} has no workers; start some") from error
    return client
