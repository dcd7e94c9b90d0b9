"""Documents and builds that many tests share. Whatever is shared is read, never written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.settings import PROJECT
from tests.builds import Built, build, settings
from tests.facsimile.budget import Budget, replace_figure
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")

SHARED_TEXTS = PROJECT.parent / "shared" / "raw" / "shanxi"


@pytest.fixture(scope="session")
def budgets() -> dict[str, Budget]:
    """Two made-up disclosures that obey every identity, by file name."""
    return {
        "部门.txt": synthetic_budget(2, "department"),
        "单位.txt": synthetic_budget(1, "unit"),
    }


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory, budgets: dict[str, Budget]) -> Path:
    """A raw folder with the two disclosures as text extractions."""
    folder = tmp_path_factory.mktemp("raw")
    for name, budget in budgets.items():
        write_text(budget, folder / name)
    return folder


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory, raw: Path) -> Built:
    """The release built from `raw`."""
    return build(settings(raw, tmp_path_factory.mktemp("base")))


@pytest.fixture(scope="session")
def broken_budget(budgets: dict[str, Budget]) -> Budget:
    """The unit's disclosure with one digit changed: 表3, the total of 合计, is 100 yuan too much."""
    budget = budgets["单位.txt"]
    printed = budget.table(3).rows[0][2]
    return replace_figure(budget, 3, "合计", 2, f"{float(printed) + 0.05:.2f}")


@pytest.fixture
def copied(base: Built, tmp_path: Path) -> Built:
    """A copy of the base build's folders, free to be changed."""
    raw, curated = tmp_path / "raw", tmp_path / "curated"
    shutil.copytree(base.settings.raw, raw)
    shutil.copytree(base.settings.curated, curated, symlinks=True)
    return Built(settings(raw, curated), base.judgements, base.published)


@pytest.fixture
def shared_texts() -> Path:
    """The text extractions of published disclosures, which are not part of the repository."""
    if not SHARED_TEXTS.is_dir():
        pytest.skip(f"{SHARED_TEXTS} is not there: no published texts to test with")
    return SHARED_TEXTS


Builder = Callable[..., Built]
