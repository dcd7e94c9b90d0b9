"""`python -m benchmarks.readers [--write]`: PDF readers compared on the same pages, in one run.

For each engine, in a process of its own: processor time per page as a multiple of the floor
(pdfium's text and the bounds of every path), peak memory, and cells right where the truth is known.
The pages are real disclosures where they lie beside the project, else the committed facsimiles; the
truth is that of rendered pages with known cells, and of the facsimiles. `--pages 1000` measures
whether memory stays flat. Here: measuring. Nothing here is part of a build.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
REAL = PROJECT.parent / "shared" / "raw"
REPORT = PROJECT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- readers: begin -->", "<!-- readers: end -->"

Cells = set[tuple[int, int, str]]
Tables = list[Cells]


def squeezed(text: str | None) -> str:
    """A text without blanks."""
    return "".join((text or "").split())


# Engines: each reads a file and yields its tables as (row, column, text) of filled cells.


def floor(path: Path) -> Tables:
    """What every reader must do at least: pdfium's text, and the bounds of every path."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as pdfium_c

    pdf = pdfium.PdfDocument(path)
    for index in range(len(pdf)):
        page = pdf[index]
        text = page.get_textpage()
        text.get_text_range()
        for thing in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_PATH,), max_depth=5):
            thing.get_bounds()
        text.close()
        page.close()
    pdf.close()
    return []


def ours(path: Path) -> Tables:
    """The project's reader, pages joined."""
    from pipeline.documents import media
    from pipeline.documents.document import Document
    from pipeline.readers.pdf import reader

    size = path.stat().st_size
    reading = reader.read(Document("0" * 16, path.name, path, "0" * 64, size, media.PDF))
    return [
        {(c.row, c.column, squeezed(c.text)) for c in grid.cells if squeezed(c.text)}
        for _, grid in reading.grids()
    ]


def camelot(path: Path, engine: str | None = None) -> Tables:
    """Camelot's lattice, some pages at a time: it keeps all pages until it returns."""
    from camelot import handlers

    options: dict[str, Any] = {"engine": engine} if engine else {}
    found = []
    for first in range(1, page_count(path) + 1, 20):
        last = min(first + 19, page_count(path))
        with handlers.PDFHandler(str(path), pages=f"{first}-{last}") as pages:
            for table in pages.parse("lattice", suppress_stdout=True, **options):
                found.append(of_rows(table.df.values.tolist()))
    return found


def camelot_vector(path: Path) -> Tables:
    """Camelot's lattice from vectors."""
    return camelot(path, engine="vector")


def plumber(path: Path) -> Tables:
    """pdfplumber's tables by lines, doubled characters left out."""
    import pdfplumber

    found = []
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            found += [of_rows(rows) for rows in page.dedupe_chars().extract_tables()]
            page.close()
    return found


def of_rows(rows: list[list[str | None]]) -> Cells:
    """A table of rows as its filled cells."""
    return {
        (row, column, squeezed(text))
        for row, line in enumerate(rows)
        for column, text in enumerate(line)
        if squeezed(text)
    }


def page_count(path: Path) -> int:
    """How many pages a file has."""
    import pypdfium2 as pdfium

    pdf = pdfium.PdfDocument(path)
    try:
        return len(pdf)
    finally:
        pdf.close()


ENGINES: dict[str, Callable[[Path], Tables]] = {
    "floor": floor,
    "ours": ours,
    "camelot lattice, vector": camelot_vector,
    "pdfplumber": plumber,
    "camelot lattice, default": camelot,
}


# Pages and truth


def documents() -> list[Path]:
    """The files to read, in a fixed order: every third real one, or the facsimiles."""
    real = sorted(REAL.rglob("*.pdf"))
    known = [path for path in real if path.with_suffix(".gt.json").exists()]
    others = [path for path in real if path not in known]
    return [*known, *others[::3]] or sorted((PROJECT / "data" / "raw").glob("*.pdf"))


def truth(path: Path) -> Tables:
    """The known ruled tables of a file, forms over several pages left out; empty if unknown."""
    known = path.with_suffix(".gt.json")
    if known.exists():
        told = json.loads(known.read_text(encoding="utf-8"))
        if "no vertical rules" in told["kind"]:
            return []
        return [
            {(r, c, squeezed(text)) for r, c, _, _, text in table["cells"] if squeezed(text)}
            for table in told["tables"]
            if not table["form"]
        ]
    return facsimile(path)


def facsimile(path: Path) -> Tables:
    """The tables of a committed facsimile that stand on one page."""
    from tests.facsimile.__main__ import file_name
    from tests.facsimile.budget import load_all
    from tests.facsimile.layout import sheets
    from tests.facsimile.typeset import text_width

    found = []
    for budget in load_all().values():
        if file_name(budget) != path.name:
            continue
        for table in budget.tables:
            pages = sheets(budget, table, text_width)
            if len(pages) == 1:
                found.append(placed(pages[0].cells))
    return found


def placed(cells: tuple[Any, ...]) -> Cells:
    """Cells by their edges as filled cells by row and column."""
    xs = sorted({round(x, 1) for cell in cells for x in (cell.x0, cell.x1)})
    ys = sorted({round(y, 1) for cell in cells for y in (cell.y0, cell.y1)})
    return {
        (ys.index(round(c.y0, 1)), xs.index(round(c.x0, 1)), squeezed("".join(c.lines)))
        for c in cells
        if squeezed("".join(c.lines))
    }


def right(found: Tables, known: Tables) -> tuple[int, int]:
    """How many known cells stand in the best matching table, and how many there are."""
    hits = sum(max((len(table & other) for other in found), default=0) for table in known)
    return hits, sum(map(len, known))


# One engine in one process


def run(engine: str) -> dict[str, float]:
    """Read all files with one engine: seconds, pages, cells right, peak memory in MB."""
    seconds, pages = 0.0, 0
    hits: Counter[str] = Counter()
    read = ENGINES[engine]
    files = documents()
    read(files[0])  # what is loaded once is not counted
    for path in files:
        start = time.process_time()
        found = read(path)
        seconds += time.process_time() - start
        pages += page_count(path)
        got, known = right(found, truth(path))
        hits.update(right=got, known=known)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "pages": pages, "peak": peak, **hits}


def apart(*arguments: str) -> Any:
    """What this module prints as JSON in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.readers", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def report() -> str:
    """All engines as a Markdown table."""
    results = {name: apart("--engine", name) for name in ENGINES}
    base = results["floor"]["seconds"]
    slowest = results["camelot lattice, default"]["seconds"]
    pages = int(results["floor"]["pages"])
    rows = [
        f"{pages} pages, the same for each engine; processor time as a multiple of the floor "
        "(pdfium's text and the bounds of every path).",
        "",
        "| engine | time | faster than the slowest | peak MB | cells right |",
        "|---|---|---|---|---|",
    ]
    for name, result in results.items():
        share = f"{result['right'] / result['known']:.4f}" if result["right"] else ""
        times, faster = result["seconds"] / base, slowest / result["seconds"]
        rows.append(f"| {name} | {times:.1f} | {faster:.0f} x | {result['peak']:.0f} | {share} |")
    return "\n".join(rows)


# Memory over many pages


def memory(pages: int) -> Iterator[tuple[int, float]]:
    """Memory in MB after each tenth of so many pages, read one by one and dropped."""
    from pipeline.readers.pdf.glyphs import open_pdf
    from pipeline.readers.pdf.page import read_page

    read = 0
    while True:
        for path in documents():
            pdf = open_pdf(path)
            for index in range(len(pdf)):
                read_page(pdf, index)
                read += 1
                if read % max(pages // 10, 1) == 0:
                    yield read, resident()
                if read == pages:
                    return
            pdf.close()


def resident() -> float:
    """The memory this process holds now, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def written(text: str) -> str:
    """The report with a new table between its markers."""
    old = REPORT.read_text(encoding="utf-8") if REPORT.exists() else "# Benchmarks\n"
    block = f"{BEGIN}\n{text}\n{END}"
    if BEGIN not in old:
        return f"{old.rstrip()}\n\n## Readers of PDF pages\n\n{block}\n"
    before, rest = old.split(BEGIN, 1)
    return f"{before}{block}{rest.split(END, 1)[1]}"


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.readers", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    parser.add_argument("--pages", type=int, help="measure memory over so many pages instead")
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.engine:
        print(json.dumps(run(asked.engine)))
    elif asked.pages:
        for read, size in memory(asked.pages):
            print(f"{read:>6} pages  {size:.0f} MB")
    else:
        text = report()
        print(text)
        if asked.write:
            REPORT.write_text(written(text), encoding="utf-8")


if __name__ == "__main__":
    main()
