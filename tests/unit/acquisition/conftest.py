"""A stage with one portal, and everything that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.acquisition.asking import Manners, Web
from tests.unit.acquisition.misbehaving import HOST, Site, Stage

MANNERS = Manners(hosts=(HOST, "other.example.cn"), delay=0.0, concurrency=4, most_bytes=1 << 20)


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.close()


@pytest.fixture
def site(stage: Stage) -> Site:
    return stage.site()


@pytest.fixture
def web(stage: Stage, site: Site, tmp_path: Path) -> Iterator[Web]:
    with Web(stage.world, tmp_path / "incoming") as made:
        yield made
