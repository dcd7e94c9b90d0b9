"""A real Dask cluster on loopback, in processes of its own that tests and benchmarks may kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.settings import PROJECT

START_SECONDS = 60
QUIET = ("--no-dashboard", "--host", "127.0.0.1")


@dataclass
class Cluster:
    """A scheduler and its workers."""

    folder: Path
    environment: dict[str, str]
    stack: ExitStack
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    scheduler: str = ""

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """One process of the cluster, ended with it at the latest."""
        log = self.stack.enter_context((self.folder / "log").open("ab"))
        command = [sys.executable, "-m", "dask", *arguments, *QUIET]
        process = subprocess.Popen(
            command, env=self.environment, stdout=log, stderr=log, cwd=self.folder
        )
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process

    def add_worker(self) -> None:
        """One more worker, of one thread."""
        local = str(self.folder / f"worker-{len(self.workers)}")
        options = ("--no-nanny", "--nthreads", "1", "--local-directory", local)
        self.workers.append(self.start("worker", self.scheduler, *options))


@contextmanager
def running(folder: Path, workers: int, **environment: str) -> Iterator[Cluster]:
    """A cluster for the length of the block; `environment` is added to its processes' own."""
    own = os.environ | {"PYTHONPATH": str(PROJECT)} | environment
    with ExitStack() as stack:
        cluster = Cluster(folder, own, stack)
        told = folder / "scheduler.json"
        cluster.start("scheduler", "--port", "0", "--scheduler-file", str(told))
        cluster.scheduler = address(told)
        for _ in range(workers):
            cluster.add_worker()
        yield cluster


def address(told: Path) -> str:
    """Where the scheduler listens, as it tells in a file."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            return str(json.loads(told.read_text())["address"])
        except (OSError, ValueError):
            time.sleep(0.05)
    raise TimeoutError("the scheduler does not start; see its log")


def children(process: int) -> list[int]:
    """The processes that a process has started and that still run."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                fields = (place / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == process and fields[0] != "Z":
                found.append(int(place.name))
    return found
