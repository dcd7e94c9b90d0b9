"""What five million documents would take, extrapolated from what is measured here.

    python -m benchmarks.scale [--write]

Read: real disclosures (else the facsimiles) in one worker, cost per document and page. Metadata: of
10,000 made-up documents through intake, partitions, batches, ledger, proofs and warehouse. Ledger:
the same with all cells of a made-up budget, at two sizes, so that what grows with documents is told
from what does not. Every part runs in a process of its own, for its peak memory is its own. The
register: a first night and a second one of the same documents. Nothing here is part of a build.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.cluster import SHARED, documents
from benchmarks.made_up import YEARS, clone, made_up, template
from benchmarks.tables import spent, written
from pipeline import register, steps
from pipeline.documents.document import Document
from pipeline.documents.intake import Intake
from pipeline.engines import partitions
from pipeline.ledger import books, mandates
from pipeline.settings import PROJECT, Settings
from pipeline.staging import pool, store
from pipeline.staging import versions as code
from pipeline.staging.tables import SCHEMAS, Extract

PLAN = PROJECT / "docs" / "scale.md"
#: 2,800 counties x 100 units x 15 years, and those of prefectures and provinces
DOCUMENTS = 5_000_000
CORES = (8, 64, 256, 1_024)
METADATA, LEDGER = 10_000, (200, 800)
SAMPLE, STAGED = 12, 100
BATCH = Settings().batch
PREFECTURES, FILES = 333, len(SCHEMAS) + 1
#: the staged tables that are metadata, and no cells
KEPT = ("documents", "coverage")
Figures = dict[str, float]


# What is measured, each in a process of its own


def reading() -> Figures:
    """Cost of reading per document and page, and the size of what is kept of each."""
    todo = documents(SAMPLE)
    start = start_of_worker(todo[0])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        cpu = cpu_of(lambda: list(pool.run(todo, place, 1))) - start
        sound = [d for d in todo if store.is_sound(place, d.document_id)]
        sizes = [size_of(store.folder(place, d.document_id)) for d in sound]
        pages = sum(pages_of(place, d) for d in sound)
    return {
        "documents": len(todo),
        "pages": pages,
        "cpu": cpu,
        "start": start,
        "raw_bytes": sum(d.byte_size for d in todo),
        "staged_bytes": sum(sizes) / len(sizes),
    }


def start_of_worker(document: Document) -> float:
    """What a batch costs before its first document: a worker that has imported its readers."""
    missing = replace(document, path=Path("/nonexistent"))
    with tempfile.TemporaryDirectory() as folder:
        return cpu_of(lambda: list(pool.run([missing], Path(folder), 1)))


def pages_of(staging: Path, document: Document) -> int:
    """The pages of a staged document; a text counts as one."""
    found = store.read(staging, document.document_id).documents.get_column("page_count").to_list()
    return sum(count or 1 for count in found) or 1


def staging() -> Figures:
    """Writing, checking and reading staged results on disk, per document."""
    made = template()
    ids = [hashlib.sha256(str(n).encode()).hexdigest()[:16] for n in range(STAGED)]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        cloned = [clone(made, [key], [2026], [None]) for key in ids]
        pairs = list(zip(ids, cloned, strict=True))
        write = cpu_of(lambda: [store.write(place, key, extract) for key, extract in pairs])
        check = cpu_of(lambda: [store.is_sound(place, key) for key in ids])
        read = cpu_of(lambda: [store.read(place, key) for key in ids])
    return {"write": write / STAGED, "check": check / STAGED, "read": read / STAGED}


def metadata(number: int) -> Figures:
    """Metadata of so many documents from intake to warehouse, without their cells."""
    made = template()
    bare = Extract(
        **{
            name: getattr(made, name) if name in KEPT else pl.DataFrame(schema=schema)
            for name, schema in SCHEMAS.items()
        }
    )
    return assembled(number, bare)


def remembered(number: int) -> Figures:
    """The register's share of the night in which so many documents come, and of the next."""
    intake = Intake(tuple(made_up(number)), ())
    versions = code.of_extract(code.ANY)

    def first(night: register.Night) -> None:
        night.took_in(intake)
        plan = night.plan("extract", [d.sha256 for d in intake.documents], versions, code.explain)
        for key in plan.why:
            night.done(plan, key, versions)

    def next_one(night: register.Night) -> None:
        night.took_in(intake)
        night.found("extract", dict.fromkeys((d.sha256 for d in intake.documents), versions))

    costs = []
    with tempfile.TemporaryDirectory() as folder, register.open(Path(folder)) as book:
        for work in (first, next_one):
            night = book.begin()
            costs.append(cpu_of(partial(work, night)))
            night.end("unchanged")
        size = size_of(Path(folder))
    return {"first": costs[0] / number, "next": costs[1] / number, "bytes": size / number}


def ledger(number: int) -> Figures:
    """So many documents with all their cells from staged results to warehouse."""
    return assembled(number, template())


def assembled(number: int, made: Extract) -> Figures:
    """Seconds of each step for so many documents, sizes, and peak memory."""
    found = made_up(number)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(curated=Path(folder), second_reader="none")
        intake = Intake(tuple(found), ())
        handed = cpu_of(lambda: steps.save(settings, "intake", intake))
        partition = cpu_of(lambda: list(partitions.batched(found, BATCH)))
        batches = sum(1 for _ in partitions.batched(found, BATCH))
        years = [2012 + n % YEARS for n in range(number)]
        names = [f"第{n // YEARS}局" for n in range(number)]
        extract = clone(made, [d.document_id for d in found], years, names)
        duties = mandates.load(settings.expectations)
        entered: list[books.Ledger] = []
        enter = cpu_of(lambda: entered.append(books.build(intake, extract, [], duties)))
        steps.save(settings, "ledger", entered.pop())
        prove = cpu_of(lambda: steps.prove(settings))
        assemble = cpu_of(lambda: steps.assemble(settings))
        size = settings.warehouse.stat().st_size
    return {
        "documents": number,
        "intake_bytes": len(pickle.dumps(found)) / number,
        "hand_on": handed,
        "partition": partition,
        "batches": batches,
        "partitions": len({partitions.before_reading(d) for d in found}),
        "enter": enter,
        "prove": prove,
        "assemble": assemble,
        "warehouse_bytes": size,
    }


def size_of(folder: Path) -> int:
    """All bytes below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def cpu_of(work: Callable[[], Any]) -> float:
    """Seconds of processor time of some work, and of the processes it started and waited for.

    Not the time on a clock: what else runs on the machine does not count.
    """
    before = spent()
    work()
    return spent() - before


PARTS: dict[str, Callable[..., Figures]] = {
    "reading": reading,
    "staging": staging,
    "metadata": metadata,
    "ledger": ledger,
    "register": remembered,
}


def apart(part: str, *arguments: int) -> Figures:
    """A part in a process of its own, with its peak memory in MB."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.scale", "--part", part]
    done = subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, cwd=PROJECT, check=False
    )
    if done.returncode:
        sys.exit(f"{part} failed:\n{done.stderr[-2000:]}")
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    print(f"{part} {arguments}: {found}", file=sys.stderr, flush=True)
    return found


# What follows from it


def report() -> str:
    """Everything as Markdown."""
    read, staged = apart("reading"), apart("staging")
    meta, kept = apart("metadata", METADATA), apart("register", METADATA)
    small, large = (apart("ledger", number) for number in LEDGER)
    more = large["documents"] - small["documents"]
    grows = {
        name: (large[name] - small[name]) / more
        for name in ("enter", "prove", "assemble", "peak", "warehouse_bytes")
    }
    parts = [
        measured(read, staged, meta, grows, kept),
        storage(read, grows),
        hours(read),
        limits(meta, staged, grows),
    ]
    return "\n\n".join(parts)


def table(title: str, head: str, rows: list[tuple[str, ...]]) -> str:
    """A table; numbers stand to the right."""
    columns = head.split("|")
    rule = "|".join(["---", *("---:" for _ in columns[1:])])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"**{title}**", "", f"| {head} |", f"|{rule}|", *lines])


def measured(read: Figures, staged: Figures, meta: Figures, grows: Figures, kept: Figures) -> str:
    """Cost of each step per document."""
    of = "real disclosures" if SHARED.is_dir() else "facsimiles"
    per = read["cpu"] / read["documents"]
    rows = {
        f"reading ({int(read['documents'])} {of}, {int(read['pages'])} pages)": per,
        "reading, per page": read["cpu"] / read["pages"],
        f"starting a worker, shared by a batch of {BATCH}": read["start"] / BATCH,
        "staged result: write": staged["write"],
        "staged result: check that it is sound": staged["check"],
        "staged result: read": staged["read"],
        f"partitions and batches ({METADATA:,} documents)": meta["partition"] / METADATA,
        f"metadata alone from ledger to warehouse ({METADATA:,})": through(meta) / METADATA,
        f"entering with all cells ({LEDGER[0]} to {LEDGER[1]} documents)": grows["enter"],
        "proving, likewise": grows["prove"],
        "assembling, likewise": grows["assemble"],
        f"register, the night they come ({METADATA:,} documents)": kept["first"],
        "register, any later night": kept["next"],
    }
    lines: list[tuple[str, ...]] = [
        (name, f"{1000 * cost:,.3g}", f"{cost / per:.2g}") for name, cost in rows.items()
    ]
    return table("Cost", "step | ms a document | of reading", lines)


def through(meta: Figures) -> float:
    """Seconds from entering to warehouse."""
    return meta["enter"] + meta["prove"] + meta["assemble"]


def storage(read: Figures, grows: Figures) -> str:
    """Bytes per document, and of all."""
    rows = {
        "raw documents": read["raw_bytes"] / read["documents"],
        "staged results": read["staged_bytes"],
        "warehouse (made-up budgets)": grows["warehouse_bytes"],
    }
    lines: list[tuple[str, ...]] = [
        (name, f"{size / 1e3:,.0f}", f"{size * DOCUMENTS / 1e12:.2f}")
        for name, size in rows.items()
    ]
    return table("Storage", f"kept | KB a document | TB of {DOCUMENTS:,}", lines)


def hours(read: Figures) -> str:
    """How long a first reading takes, by cores."""
    cost = read["cpu"] / read["documents"] + read["start"] / BATCH
    lines: list[tuple[str, ...]] = []
    for cores in CORES:
        first, night = DOCUMENTS * cost / cores / 3600, 10_000 * cost / cores / 60
        lines.append((f"{cores:,}", f"{first:,.0f}", f"{night:,.1f}"))
    head = f"cores like this one | hours for {DOCUMENTS:,} | minutes for a night of 10,000 new"
    return table("Reading, by size of the cluster", head, lines)


def limits(meta: Figures, staged: Figures, grows: Figures) -> str:
    """What all documents come to at each place that could break."""
    peak = grows["peak"] * 1e6 * DOCUMENTS
    booked = (grows["enter"] + grows["prove"] + grows["assemble"]) * DOCUMENTS
    after = len(partitions.prefectures()) * YEARS
    rows = {
        "partitions before reading": f"{len(partitions.all_before_reading()):,}",
        "partitions after reading": f"{after:,}",
        f"batches of {BATCH}": f"{DOCUMENTS // BATCH:,}",
        "documents of one prefecture": f"{DOCUMENTS // PREFECTURES:,}",
        "intake that steps hand on, GB": gb(meta["intake_bytes"] * DOCUMENTS),
        "staged files": f"{FILES * DOCUMENTS:,}",
        "checking all staged results, core hours": f"{staged['check'] * DOCUMENTS / 3600:,.1f}",
        "reading all staged results, core hours": f"{staged['read'] * DOCUMENTS / 3600:,.0f}",
        "memory to enter and prove all at once, GB": gb(peak),
        "the same for one prefecture, GB": gb(peak / PREFECTURES),
        "entering, proving, assembling, core hours": f"{booked / 3600:,.0f}",
    }
    head = f"at {DOCUMENTS:,} documents | comes to"
    return table("What grows with the documents", head, list(rows.items()))


def gb(size: float) -> str:
    """Bytes as GB."""
    return f"{size / 1e9:,.1f}"


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scale.md")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("arguments", type=int, nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        found = PARTS[asked.part](*asked.arguments)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({**found, "peak": peak}))
        return
    text = report()
    print(text)
    if asked.write:
        old = PLAN.read_text(encoding="utf-8")
        PLAN.write_text(written(old, "scale", "## Measured", text), encoding="utf-8")


if __name__ == "__main__":
    main()
