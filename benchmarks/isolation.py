"""What isolation costs on reading, and what a second worker brings.

    python -m benchmarks.isolation [--documents 40] [--runs 3] [--write]

The same made-up budgets, half of them PDFs, half texts, read in this process without any limit, by
one isolated worker, and by two, in turn. A worker's start is left out of the overhead and counted
in the gain of a second one: both start at once. Clock times: nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.readers import REPORT
from benchmarks.tables import written
from pipeline.documents.document import Document
from pipeline.staging import pool
from pipeline.staging.extract import extract
from pipeline.staging.store import is_sound, write
from tests.builds import published_pdf
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import text_grid

TITLE = "## Isolation"


def documents(folder: Path, number: int) -> list[Document]:
    """Made-up budgets on disk, PDFs and texts in turn."""
    found = []
    for n in range(number):
        budget = synthetic_budget(2000 + n, n_projects=3)
        content = published_pdf(budget) if n % 2 else text_grid(budget).encode()
        path = folder / f"{n:03}.{'pdf' if n % 2 else 'txt'}"
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        media = "application/pdf" if n % 2 else "text/plain"
        found.append(Document(digest[:16], path.name, path, digest, len(content), media))
    return found


def in_process(todo: list[Document]) -> float:
    """Seconds to read and stage all documents here."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        for document in todo:
            write(Path(folder), document.document_id, extract(document))
        return time.perf_counter() - begin


def by_workers(todo: list[Document], workers: int) -> tuple[float, float]:
    """Seconds until all documents are staged, from the first start and from the first outcome.

    The second is scaled to all documents: it leaves the start of the workers out.
    """
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        first = 0.0
        for number, _ in enumerate(pool.run(todo, Path(folder), workers)):
            first = first if number else time.perf_counter()
        end = time.perf_counter()
        assert all(is_sound(Path(folder), one.document_id) for one in todo)
    return end - begin, (end - first) * len(todo) / (len(todo) - 1)


def main() -> None:
    """Measure in turn, print medians as ratios, and write where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.isolation", description=__doc__)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the ratios into the page")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        todo = documents(Path(folder), asked.documents)
        in_process(todo[:2])
        rounds = [
            (in_process(todo), by_workers(todo, 1), by_workers(todo, 2)) for _ in range(asked.runs)
        ]
    overhead = statistics.median(one[1] / here - 1 for here, one, _ in rounds)
    gain = statistics.median(one[0] / two[0] for _, one, two in rounds)
    steady = statistics.median(one[1] / two[1] for _, one, two in rounds)
    text = (
        f"{asked.documents} made-up budgets, PDFs and texts in turn; medians of {asked.runs} "
        "rounds.\n\n| what | ratio |\n|---|---:|\n"
        f"| time isolation adds to reading in this process | {100 * overhead:.0f} % |\n"
        f"| two workers against one, their start included | {gain:.2f} times as fast |\n"
        f"| the same once they have started | {steady:.2f} times as fast |"
    )
    print(text)
    if asked.write:
        old = REPORT.read_text(encoding="utf-8")
        REPORT.write_text(written(old, "isolation", TITLE, text), encoding="utf-8")


if __name__ == "__main__":
    main()
