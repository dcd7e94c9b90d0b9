"""A night over the corpus beside good documents, and what became of each file.

Here: running the command as an operator does, and counting. Not here: the bytes (corpus).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.hostile.corpus import Broken
from pipeline.documents.intake import printable, publishable
from pipeline.warehouse.build import connect
from tests.builds import published_pdf
from tests.facsimile.budget import Budget
from tests.facsimile.expected import expected
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import text_grid
from tests.integration.hostile import write_all

GOOD_SEEDS = range(700, 706)
#: a changed figure below this many printed steps may hide in the rounding of sums
STEPS, STEP = 3, 100
FACTS = """
    SELECT source_name, statement_id, side, code, label, measure_id, amount_yuan, proof
    FROM fact_amount JOIN dim_document USING (document_id)
"""
#: the file's own fate: a document, or a row of quarantine where it is none
FATES = """
    SELECT source_name, 'document' FROM dim_document
    UNION ALL
    SELECT DISTINCT source_name, first(reason ORDER BY quarantine_id) FROM fact_quarantine
    WHERE source_name NOT IN (SELECT source_name FROM dim_document) GROUP BY source_name
"""

Key = tuple[object, ...]


@dataclass(frozen=True)
class Siege:
    """What a night over hostile files came to.

    `fates` is what each file became by its name as released. `lost` are files nobody accounts
    for, `twice` those accounted for more than once; `trusted` are figures said to be proved that
    differ from the document that was damaged; `harmed` are good documents not released exactly.
    """

    code: int
    seconds: float
    peak_mb: float
    files: int
    fates: dict[str, str]
    kinds: dict[str, Counter[str]]
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    trusted: tuple[str, ...]
    harmed: tuple[str, ...]

    @property
    def stood(self) -> bool:
        """Whether a good release is there and every file accounted for once."""
        return self.code == 0 and not (self.lost or self.twice or self.trusted or self.harmed)


def good_documents() -> dict[str, tuple[Budget, bytes]]:
    """Good documents by name: PDFs and texts in turn."""
    budgets = {seed: synthetic_budget(seed, n_projects=2) for seed in GOOD_SEEDS}
    return {
        f"good/{seed}.{'pdf' if seed % 2 else 'txt'}": (
            budget,
            published_pdf(budget) if seed % 2 else text_grid(budget).encode(),
        )
        for seed, budget in budgets.items()
    }


def lay(raw: Path, broken: Sequence[Broken]) -> dict[str, str]:
    """Write the named classes, the damaged files and the good ones; kinds by released name."""
    raw.mkdir(parents=True)
    named = write_all(raw)
    kinds = {released(os.fsdecode(name)): "named in the tests" for name in named}
    contents = {one.name: one.content for one in broken}
    contents |= {name: content for name, (_, content) in good_documents().items()}
    for name, content in contents.items():
        (raw / name).parent.mkdir(exist_ok=True)
        (raw / name).write_bytes(content)
    return kinds | {one.name: one.kind for one in broken} | dict.fromkeys(good_documents(), "good")


def released(name: str) -> str:
    """A file's name as the release shows it."""
    return publishable(printable(Path(name)))


def besieged(folder: Path, broken: Sequence[Broken], workers: int) -> Siege:
    """Run the night and count."""
    raw, curated = folder / "raw", folder / "curated"
    kinds = lay(raw, broken)
    begin = time.monotonic()
    words = ["build", "--raw", str(raw), "--curated", str(curated), "--workers", str(workers)]
    yusuan = Path(sys.executable).with_name("yusuan")
    done = subprocess.run([str(yusuan), *words], stdin=subprocess.DEVNULL, check=False)
    seconds = time.monotonic() - begin
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    rows, facts = read_back(curated / "latest" / "yusuan.duckdb")
    told = Counter(name for name, _ in rows)
    fates = dict(rows)
    by_kind: dict[str, Counter[str]] = {}
    for name, kind in kinds.items():
        by_kind.setdefault(kind, Counter())[fates.get(name, "LOST")] += 1
    return Siege(
        code=done.returncode,
        seconds=seconds,
        peak_mb=peak,
        files=len(kinds),
        fates=fates,
        kinds=by_kind,
        lost=tuple(sorted(set(kinds) - set(told))),
        twice=tuple(sorted(name for name, n in told.items() if n > 1)),
        trusted=tuple(trusted(broken, facts)),
        harmed=tuple(harmed(facts)),
    )


def read_back(database: Path) -> tuple[list[tuple[str, str]], list[tuple[object, ...]]]:
    """Fates and facts of a release; nothing where there is none."""
    if not database.exists():
        return [], []
    with connect(database, read_only=True) as connection:
        return connection.execute(FATES).fetchall(), connection.execute(FACTS).fetchall()


def trusted(broken: Sequence[Broken], facts: Sequence[tuple[object, ...]]) -> list[str]:
    """Figures said to be proved that are not those of the document that was damaged.

    A figure moved by less than the rounding of sums lets through is not counted. What a label
    says proves nothing: a row without a code may be any of its table.
    """
    found = []
    truth = {one.name: values(one.budget) for one in broken}
    for name, statement, side, code, label, measure, amount, proof in facts:
        if proof != "proved" or name not in truth:
            continue
        known = truth[str(name)].get((statement, side, code, measure), set())
        if not any(abs(amount - value) < STEPS * STEP for value in known):  # type: ignore[operator]
            found.append(f"{name}: {statement} {side} {code} {label} {measure} {amount}")
    return found


def harmed(facts: Sequence[tuple[object, ...]]) -> list[str]:
    """Good documents whose figures are not exactly theirs."""
    seen: dict[object, Counter[tuple[object, ...]]] = {}
    for name, *rest, _ in facts:
        seen.setdefault(name, Counter())[tuple(rest)] += 1
    wanted = {
        name: Counter(
            (a.statement_id, a.side, a.code, a.label, a.measure_id, a.amount_yuan)
            for a in expected(budget)
        )
        for name, (budget, _) in good_documents().items()
    }
    return [name for name, figures in wanted.items() if seen.get(name) != figures]


def values(budget: Budget) -> dict[Key, set[object]]:
    """The figures of a budget by statement, side, code and measure."""
    known: dict[Key, set[object]] = {}
    for a in expected(budget):
        key = (a.statement_id, a.side, a.code, a.measure_id)
        known.setdefault(key, set()).add(a.amount_yuan)
    return known
