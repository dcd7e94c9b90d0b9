"""A run that its test kills: one document that never ends. Here: what a fresh process calls."""

from __future__ import annotations

from pathlib import Path

from pipeline.staging.pool import run
from tests.unit.staging.fake_tasks import behave
from tests.unit.staging.test_pool import LIMITS, document


def main(folder: str) -> None:
    """Read a document that hangs."""
    one = document(Path(folder), 0, "hang")
    list(run([one], Path(folder) / "staging", 1, LIMITS, behave, preload=()))
