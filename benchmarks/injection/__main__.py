"""`python -m benchmarks.injection`: one mistake at a time in clean documents, and what is told.

The documents are the real disclosures beside the project where they are, the facsimiles, and
made-up ones. Ends with 1 where a mistake in a pinned figure is not told, a clean document is said
to be wrong, or a repair puts a wrong value.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.injection import kinds, originals, pages, report
from benchmarks.injection.judge import Outcome, outcomes
from benchmarks.injection.missed import instances
from benchmarks.injection.originals import Originals
from benchmarks.injection.paper import papers
from pipeline.findings.explain import explain
from pipeline.identities.declaration import Declaration, load_catalogue
from pipeline.identities.engine import run
from pipeline.settings import Settings

CACHE = Path(tempfile.gettempdir()) / "yusuan-injection"
REPORT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- injection: begin -->", "<!-- injection: end -->"
FIRST_BUDGET, FIRST_TABLE = 1, 5000  # seeds
WIDTH = 118


def sources(asked: argparse.Namespace) -> list[Originals]:
    """The documents to put mistakes into."""
    found = [
        originals.provinces(range(FIRST_TABLE, FIRST_TABLE + asked.tables)),
        originals.budgets(range(FIRST_BUDGET, FIRST_BUDGET + asked.budgets)),
        originals.staged("facsimiles", originals.FACSIMILES, asked.cache, True),
    ]
    if asked.real and originals.REAL.is_dir():
        found.append(originals.staged("real", originals.REAL, asked.cache, False))
    return found


def measured(
    found: Sequence[Originals], declarations: tuple[Declaration, ...], asked: argparse.Namespace
) -> report.Report:
    """The whole test: clean documents, mistakes, outcomes, counts."""
    results = {one.source: run(one.books, declarations) for one in found}
    wrong = {one.source: originals.broken(results[one.source]) for one in found}
    alarms = [f"{one.source}: {d} breaks" for one in found if one.true for d in wrong[one.source]]
    clean = [one.of(documents_of(one) - wrong[one.source]) for one in found]
    made: list[Outcome] = []
    for one in clean:
        by_id = {p.document_id: p for p in papers(one, results[one.source].proofs)}
        mistakes = [
            mistake
            for paper in by_id.values()
            for kind in kinds.KINDS
            for mistake in kinds.mistakes(kind, paper, asked.most, asked.seed)
        ]
        known = instances(one.books, results[one.source], declarations)
        made += outcomes(one, by_id, mistakes, declarations, known, asked.locate)
        if asked.locate:
            named = explain(one.books, declarations)
            alarms += [f"{one.source}: {f.document_id} {f.kind}" for f in named]
    torn = pages.lost_pages(clean, declarations, asked.cache, asked.pages, asked.seed)
    return report.Report(
        asked.seed,
        {one.source: len(documents_of(one)) for one in clean},
        tuple(sorted(alarms)),
        (*report.rows(made), report.of_pages(torn)),
        report.missed(made),
        tuple(report.untold(torn)),
    )


def documents_of(one: Originals) -> set[str]:
    """The documents that print a figure."""
    return set(one.books.cells.get_column("document_id"))


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.injection", description=__doc__)
    add = parser.add_argument
    add("--seed", type=int, default=1, help="draws the mistakes")
    add("--most", type=int, default=4, help="mistakes of a kind in a document")
    add("--tables", type=int, default=4, help="made-up documents, each table of which is one")
    add("--budgets", type=int, default=6, help="made-up budgets")
    add("--pages", type=int, default=2, help="pages lost of a file")
    add("--no-real", dest="real", action="store_false", help="leave out what lies beside us")
    add("--no-locate", dest="locate", action="store_false", help="only see what is told")
    add("--json", type=Path, help="write everything there")
    add("--write", action="store_true", help="put the table into the docs")
    add("--cache", type=Path, default=CACHE, help="keeps what was read for the next run")
    add("--identities", type=Path, default=Settings().expectations / "identities")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write where asked."""
    asked = options().parse_args(arguments)
    declarations = load_catalogue(asked.identities)
    found = measured(sources(asked), declarations, asked)
    console = Console(width=max(Console().width, WIDTH))
    console.print(report.table(found))
    console.print(report.LEGEND, markup=False, highlight=False)
    for line in report.sentences(found):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if asked.json:
        text = json.dumps(found.json(), ensure_ascii=False, indent=2)
        asked.json.write_text(text + "\n", encoding="utf-8")
    if asked.write:
        REPORT.write_text(written(REPORT.read_text(encoding="utf-8"), found), encoding="utf-8")
    return 1 if found.misses else 0


def written(page: str, found: report.Report) -> str:
    """The page with the new table between its markers."""
    block = f"{BEGIN}\n{report.markdown(found)}\n{END}"
    if BEGIN not in page:
        return f"{page.rstrip()}\n\n## Mistakes put into clean documents\n\n{block}\n"
    before, rest = page.split(BEGIN, 1)
    return f"{before}{block}{rest.split(END, 1)[1]}"


if __name__ == "__main__":
    sys.exit(main())
