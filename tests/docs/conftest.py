"""A release of the project's own raw folder, laid out as the README finds it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline import steps
from pipeline.settings import PROJECT, Settings


@pytest.fixture(scope="session")
def built_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`<folder>/data/curated/releases/<version>`, made from a copy of data/raw."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(PROJECT / "data" / "raw", folder / "data" / "raw")
    settings = Settings(raw=folder / "data" / "raw", curated=folder / "data" / "curated")
    for step in (steps.take_in, steps.stage, steps.enter, steps.prove, steps.assemble, steps.judge):
        step(settings)
    return steps.publish(settings).path
