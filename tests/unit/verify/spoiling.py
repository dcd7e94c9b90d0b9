"""Releases that somebody or something spoiled: a copy, one thing changed, the checksums made anew.

Here: ways of changing a release. `rewrite` changes a table in Parquet, CSV and database alike, as a
mistake before the export would; `remade` makes every description anew over it, as a mistake of the
pipeline itself would. Not here: what must be said of it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.release import describe, write
from pipeline.schema.catalogue import literal, quoted, tables
from pipeline.settings import Settings
from tests.builds import DAY, database


@dataclass(frozen=True)
class Spoiled:
    """A copy of a release that is free to be changed."""

    folder: Path

    def parquet(self, table: str) -> Path:
        return self.folder / "parquet" / f"{table}.parquet"

    def csv(self, table: str) -> Path:
        return self.folder / "csv" / f"{table}.csv"

    @property
    def database(self) -> Path:
        return self.folder / "yusuan.duckdb"

    def rewrite(self, table: str, *changes: str) -> None:
        """Change a table by SQL in all three copies."""
        with database(self.database) as connection:
            for change in changes:
                connection.execute(change)
            write.write_table(connection, tables()[table], self.folder)

    def write_parquet(self, table: str, query: str) -> None:
        """A Parquet file written anew by a query over `t`, the rest left as it is."""
        path = self.parquet(table)
        with database(self.folder.parent / "scratch.duckdb") as connection:
            connection.execute(f"CREATE OR REPLACE TABLE t AS FROM read_parquet('{path}')")
            connection.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet)")

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        """A text file changed."""
        file = self.folder / path
        before = file.read_text("utf-8")
        after = change(before)
        assert after != before, f"nothing was changed in {path}"
        file.write_text(after, "utf-8")

    def edit_json(self, path: str, change: Callable[[dict[str, Any]], None]) -> None:
        """A JSON file changed in place."""
        file = self.folder / path
        content = json.loads(file.read_text("utf-8"))
        change(content)
        file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")

    def one(self, query: str) -> Any:
        """A single value from the database."""
        with database(self.database) as connection:
            row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]

    def remade(self) -> None:
        """Every description made anew over the tables as they are, as the pipeline makes them."""
        described = ("*.md", "*.json", "*.jsonld", "*.cff", "dictionary.*", "SHA256SUMS", "*.py")
        for pattern in described:
            for path in self.folder.glob(pattern):
                path.unlink()
        summary = describe.summarise(self.database)
        folder, version = self.folder, self.folder.name
        hashes = describe.write_pages(
            folder, version, DAY, summary, "notes", Settings().expectations
        )
        write.write_checksums(folder, hashes)

    def sealed(self) -> None:
        """The checksums made anew: hashes alone find nothing."""
        (self.folder / "SHA256SUMS").unlink(missing_ok=True)
        write.write_checksums(self.folder, write.file_hashes(self.folder))


def copy_of(release: Path, place: Path) -> Spoiled:
    """A copy under the release's own name."""
    folder = place / release.name
    shutil.copytree(release, folder)
    return Spoiled(folder)


def without(table: str, column: str) -> str:
    """All columns of a table but one, for a query over `t`."""
    return ", ".join(quoted(c.name) for c in tables()[table].columns if c.name != column)
