"""The no-change night over many known documents, against hashing the same files.

    python -m benchmarks.nightly                       10,000 documents, and 1,000 for the memory
    python -m benchmarks.nightly --documents 2000 --small 500
    python -m benchmarks.nightly --lines 40            files of a kilobyte, the worst case

Each night runs in a process of its own, which tells the time from its first step to its last (the
start of the process excluded) and its peak of memory. The register is as the first night left it:
made by the same steps, with the release that night stands in for (publishing ten thousand documents
takes hours and is not what is measured). Here: making the files, timing, printing ratios.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipeline import register, steps
from pipeline.register.measure import Meter
from pipeline.settings import Settings

RUNS = 5
VERSION = "2026.01.01"
#: about 30 KB; text extractions of real disclosures have 100 and more, PDFs 600
LINES = 2000


def write_files(folder: Path, number: int, lines: int) -> None:
    """Text files, all different, in folders of a thousand."""
    for n in range(number):
        place = folder / f"{n // 1000:03}"
        place.mkdir(parents=True, exist_ok=True)
        text = f"单位{n:06}\t2026年度\n" + "".join(f"{n}\t{i}\t{n * i}.00\n" for i in range(lines))
        (place / f"{n:06}.txt").write_text(text, encoding="utf-8")


def release(curated: Path) -> None:
    """A release that stands, with nothing in it but its checksums."""
    folder = curated / "releases" / VERSION
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("A release of a benchmark.\n")
    digest = hashlib.sha256((folder / "README.md").read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  README.md\n")
    (curated / "latest").symlink_to(Path("releases") / VERSION)


def settings(folder: Path) -> Settings:
    """The folders of a benchmark."""
    return Settings(raw=folder / "raw", curated=folder / "curated", workers=2)


def first_night(chosen: Settings) -> None:
    """What the night that published left in the register."""
    steps.take_in(chosen)
    night = register.tonight(chosen.curated)
    night.stands(VERSION, steps.standing(chosen, chosen.curated / "releases" / VERSION))
    register.let_go(night, "released")


def hashed(folder: Path) -> int:
    """Every file hashed, and nothing else; how many."""
    count = 0
    for base, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(base, name), "rb") as stream:
                hashlib.file_digest(stream, "sha256")
            count += 1
    return count


def night(chosen: Settings) -> None:
    """One night without anything new."""
    with register.open(chosen.curated) as book:
        tonight = book.begin()
        steps.take_in(chosen)
        if not steps.is_nothing_new(chosen):
            raise SystemExit("the night found something new: the benchmark is wrong")
        steps.nothing_new(chosen)
        tonight.end("nothing_new")


def child(what: str, folder: Path) -> None:
    """What a process of its own does: one run, told as JSON."""
    chosen = settings(folder)
    meter = Meter.start()
    began = time.perf_counter()
    if what == "hash":
        hashed(chosen.raw)
    else:
        night(chosen)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "peak_bytes": meter.read().peak_bytes}))


def run(what: str, folder: Path) -> dict[str, float]:
    """One run in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.nightly", "--child", what, "--folder", str(folder)]
    ended = subprocess.run(words, capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(ended.stdout)
    return told


def measured(number: int, folder: Path, lines: int) -> tuple[float, float, float]:
    """Median seconds of hashing and of a night, and the night's peak of memory in MiB.

    The two take turns, so that what else the machine does meets both.
    """
    chosen = settings(folder)
    write_files(chosen.raw, number, lines)
    release(chosen.curated)
    first_night(chosen)
    run("hash", folder)
    pairs = [(run("hash", folder), run("night", folder)) for _ in range(RUNS)]
    hashing = statistics.median(one["seconds"] for one, _ in pairs)
    nightly = statistics.median(other["seconds"] for _, other in pairs)
    return hashing, nightly, max(other["peak_bytes"] for _, other in pairs) / 1024**2


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--lines", type=int, default=LINES, help="how long each file is")
    parser.add_argument("--child", choices=["hash", "night"])
    parser.add_argument("--folder", type=Path)
    said = parser.parse_args()
    if said.child:
        child(said.child, said.folder)
        return
    peaks = []
    for number in (said.small, said.documents):
        with tempfile.TemporaryDirectory() as folder:
            hashing, nightly, peak = measured(number, Path(folder), said.lines)
        peaks.append(peak)
        print(
            f"{number:,} documents: hashing {hashing:.2f} s, a night without anything new "
            f"{nightly:.2f} s: {nightly / hashing:.2f} times; peak memory {peak:.0f} MiB"
        )
    print(
        f"peak memory, {said.documents:,} against {said.small:,}: {peaks[1] / peaks[0]:.2f} times"
    )


if __name__ == "__main__":
    main()
