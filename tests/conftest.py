"""Documents and builds that many tests share. Whatever is shared is read, never written."""

from __future__ import annotations

import os
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from pipeline.settings import PROJECT
from tests.builds import Built, build, published_pdf, settings
from tests.facsimile.budget import Budget, replace_figure
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")

# Properties are about results: no test fails because a machine is busy.
hypothesis_settings.register_profile("yusuan", deadline=None)
hypothesis_settings.load_profile("yusuan")

SHARED_TEXTS = PROJECT.parent / "shared" / "raw" / "shanxi"


@pytest.fixture(scope="session")
def budgets() -> dict[str, Budget]:
    """Three made-up disclosures that obey every identity, by file name."""
    return {
        "部门.txt": synthetic_budget(2, "department"),
        "单位.txt": synthetic_budget(1, "unit"),
        "单位.pdf": synthetic_budget(3, "unit", with_carry_over=False, n_projects=2),
    }


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory, budgets: dict[str, Budget]) -> Path:
    """A raw folder with the three disclosures, and a text that no reader takes yet."""
    folder = tmp_path_factory.mktemp("raw")
    for name, budget in budgets.items():
        if name.endswith(".pdf"):
            (folder / name).write_bytes(published_pdf(budget))
        else:
            write_text(budget, folder / name)
    (folder / "散文.txt").write_text("没有表格的文字。\n" * 40, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory, raw: Path) -> Built:
    """The release built from `raw`."""
    return build(settings(raw, tmp_path_factory.mktemp("base")))


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory, budgets: dict[str, Budget]) -> Built:
    """A build of one disclosure with one figure changed: 表3, 合计, is 500 yuan too much."""
    budget = budgets["单位.txt"]
    printed = Decimal(budget.table(3).rows[0][2])
    wrong = replace_figure(budget, 3, "合计", 2, f"{printed + Decimal('0.05')}")
    folder = tmp_path_factory.mktemp("broken")
    (folder / "raw").mkdir()
    write_text(wrong, folder / "raw" / "改动.txt")
    return build(settings(folder / "raw", folder / "curated"))


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
