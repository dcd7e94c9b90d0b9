"""The `yusuan` command in tests: in this process, or as a process of its own.

Here: running it and reading what it said. Not here: assertions.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from pipeline.cli import main
from pipeline.warehouse.build import connect

YUSUAN = Path(sys.executable).with_name("yusuan")


@dataclass(frozen=True)
class Ran:
    """How the command ended and what it said."""

    code: int
    out: str
    err: str
    curated: Path

    @property
    def said(self) -> str:
        return self.out + self.err

    @property
    def release(self) -> Path:
        """The folder `latest` points at."""
        return (self.curated / "latest").resolve(strict=True)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query over the released database."""
        with connect(self.release / "yusuan.duckdb", read_only=True) as connection:
            return connection.execute(query).fetchall()

    def result(self, rule_id: str) -> dict[str, Any]:
        """What the gate said of a rule, released or not."""
        results = json.loads((self.curated / "work" / "quality" / "results.json").read_text())
        found: dict[str, Any] = next(row for row in results if row["rule_id"] == rule_id)
        return found


def arguments(raw: Path, curated: Path, *options: str) -> list[str]:
    """The words of a build."""
    return ["build", "--raw", str(raw), "--curated", str(curated), *options]


def build(raw: Path, curated: Path, *options: str) -> Ran:
    """`yusuan build` in this process: the whole command with its Dagster job."""
    return invoke(curated, *arguments(raw, curated, "--workers", "2", *options))


def invoke(curated: Path, *words: str) -> Ran:
    """Any command in this process, in a wide terminal."""
    result = CliRunner(env={"COLUMNS": "200"}).invoke(main, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr, curated)


def start(*words: str, **environment: str) -> subprocess.Popen[str]:
    """Any command as a process of its own, with some of its environment changed."""
    return subprocess.Popen(
        [str(YUSUAN), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | environment,
    )


def wait(process: subprocess.Popen[str], curated: Path) -> Ran:
    """A started command, ended."""
    out, err = process.communicate(timeout=120)
    return Ran(process.returncode, out, err, curated)


def unprintable(text: str) -> set[str]:
    """Characters that do more to a terminal than show themselves."""
    return {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co")}
