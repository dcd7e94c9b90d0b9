"""Made-up budgets, every table a sum over the same leaves: no identity breaks, none crashes.

Each figure is rounded by itself from whole fen, so the residuals are those of real documents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import polars as pl
import pytest

from pipeline.documents.document import Document
from pipeline.forms.recognise import recognise
from pipeline.identities.engine import Results, run
from pipeline.readers.text import tab_grid
from pipeline.restore import equations
from tests.facsimile.budget import Budget
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text
from tests.unit.identities.support import catalogue

make = partial(synthetic_budget, year=2026, n_projects=4)
BUDGETS: dict[int, Callable[[], Budget]] = {
    1: partial(make, 1, "unit", kind="admin", with_funds=False),
    2: partial(make, 2, "unit", kind="institution", with_carry_over=False, with_state_capital=True),
    3: partial(make, 3, "department", with_state_capital=True),
}


@cache
def results(seed: int, folder: Path) -> Results:
    """What every identity says of one budget, printed as text and read."""
    path = write_text(BUDGETS[seed](), folder / f"{seed}.txt")
    data = path.read_bytes()
    sha = hashlib.sha256(data).hexdigest()
    document = Document(sha[:16], path.name, path, sha, len(data), "text/plain")
    found = recognise(tab_grid.read(document))
    steps = equations.steps(found)
    cells = [(v, amount, steps[v]) for v, amount in equations.values(found).items()]
    return run(equations.books(found, cells), list(catalogue().values()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("budgets")


@pytest.mark.parametrize("seed", BUDGETS)
def test_a_correct_budget_breaks_nothing(seed: int, folder: Path) -> None:
    checks = results(seed, folder).checks
    wrong = checks.filter(pl.col("verdict").is_in(["breaks", "crashed"]))
    assert wrong.select("identity_id", "subject", "residual").rows() == []
    assert checks.filter(pl.col("verdict") == "rounding").height


def test_both_kinds_of_unit_are_asked(folder: Path) -> None:
    asked = {}
    for seed in BUDGETS:
        checks = results(seed, folder).checks.filter(pl.col("verdict").is_in(["exact", "rounding"]))
        asked[seed] = {i for i in checks["identity_id"] if i.startswith("medical_insurance_of")}
    assert asked == {
        1: {"medical_insurance_of_administration"},
        2: {"medical_insurance_of_institutions"},
        3: {"medical_insurance_of_administration", "medical_insurance_of_institutions"},
    }


def test_nearly_every_figure_is_pinned(folder: Path) -> None:
    proofs = pl.concat([results(seed, folder).proofs for seed in BUDGETS])
    loose = proofs.filter(pl.col("proof") != "proved")
    assert loose.height * 100 <= proofs.height, loose
