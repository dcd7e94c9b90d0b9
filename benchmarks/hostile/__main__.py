"""`python -m benchmarks.hostile [--files 560] [--write]`: does a night stand over hostile files?

Ends with 1 where a file is not accounted for exactly once, a good document is not released exactly,
a figure is trusted that is not the damaged document's, or no release comes out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.hostile.corpus import corpus
from benchmarks.hostile.siege import Siege, besieged

REPORT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- hostile: begin -->", "<!-- hostile: end -->"
MOST_NAMED = 10


def table(siege: Siege, alone: float) -> str:
    """What became of the files, by kind of damage."""
    lines = [
        f"{siege.files} files. Not accounted for: {len(siege.lost)}; accounted for twice: "
        f"{len(siege.twice)}; figures said to be proved that are wrong: {len(siege.trusted)}; good "
        f"documents harmed: {len(siege.harmed)}; exit code {siege.code}. Time: {alone:.1f} times "
        f"that of a night without the damaged ones; largest process {siege.peak_mb:,.0f} MB.",
        "",
        "| kind of file | files | documents | quarantined, by reason |",
        "|---|---:|---:|---|",
    ]
    for kind, fates in sorted(siege.kinds.items()):
        reasons = Counter({r: n for r, n in fates.items() if r != "document"})
        said = ", ".join(f"{reason} {n}" for reason, n in sorted(reasons.items()))
        lines.append(f"| {kind} | {fates.total()} | {fates['document']} | {said} |")
    return "\n".join(lines)


def main() -> None:
    """Run the night, print what became of each kind, and end by it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=560, help="damaged files beside the named")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="leave everything in this empty folder")
    parser.add_argument("--write", action="store_true", help=f"write the result into {REPORT.name}")
    asked = parser.parse_args()
    broken = list(corpus(asked.files, asked.seed))
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        alone = besieged(folder / "few", [], asked.workers)
        siege = besieged(folder / "all", broken, asked.workers)
    text = table(siege, siege.seconds / alone.seconds)
    print(text)
    for what in ("lost", "twice", "trusted", "harmed"):
        for one in getattr(siege, what)[:MOST_NAMED]:
            print(f"{what}: {one}")
    if asked.write:
        page = REPORT.read_text(encoding="utf-8")
        head, rest = page.split(BEGIN)
        REPORT.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")
    sys.exit(0 if siege.stood else 1)


if __name__ == "__main__":
    main()
