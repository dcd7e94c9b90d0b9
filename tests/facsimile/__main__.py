"""`python -m tests.facsimile [--out data/raw]`: the two facsimile PDFs and their manifest.

Here belongs the writing of the committed facsimiles and nothing else.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterable
from pathlib import Path

from tests.facsimile.budget import Budget, load_all
from tests.facsimile.typeset import write_pdf

MANIFEST_COLUMNS = (
    "source_name",
    "origin",
    "origin_url",
    "publisher",
    "retrieved_at",
    "region_code",
    "supersedes",
    "status",
    "reason",
)


def file_name(budget: Budget) -> str:
    name = budget.unit_name
    return f"{name}_{budget.year}年度{budget.scope_word}预算_仿制件.pdf"


def manifest(budgets: Iterable[Budget]) -> str:
    """The manifest as CSV text."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, MANIFEST_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for budget in budgets:
        writer.writerow(
            {
                "source_name": file_name(budget),
                "origin": "facsimile",
                "publisher": budget.unit_name,
                "region_code": budget.region_code,
                "status": "current",
            }
        )
    return buffer.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.facsimile", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("data/raw"))
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    budgets = sorted(load_all().values(), key=lambda budget: budget.region_code)
    for budget in budgets:
        path = write_pdf(budget, out / file_name(budget))
        print(f"{path} {path.stat().st_size:,} bytes")
    (out / "manifest.csv").write_text(manifest(budgets), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
