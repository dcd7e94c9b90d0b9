"""Everything a release says of itself is the same bytes, wherever and whenever it is written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pipeline.settings import PROJECT
from tests.builds import DAY, Built, tree
from tests.unit.verify.spoiling import copy_of

AGAIN = """
import sys
from datetime import date
from pathlib import Path
from pipeline.release import describe, write
from pipeline.settings import Settings
folder, notes = Path(sys.argv[1]), sys.argv[2]
summary = describe.summarise(folder / "yusuan.duckdb")
hashes = describe.write_pages(
    folder, folder.name, date.fromisoformat(sys.argv[3]), summary, notes, Settings().expectations
)
write.write_checksums(folder, hashes)
"""
ANOTHER_WORLD = {
    "PYTHONHASHSEED": "4711",
    "TZ": "America/St_Johns",
    "LC_ALL": "tr_TR.UTF-8",
    "PYTHONPATH": str(PROJECT),
}
DATA = ("csv", "parquet", "quality", "changes")


def test_every_description_is_the_same_bytes_in_another_world(base: Built, tmp_path: Path) -> None:
    copy = copy_of(base.release, tmp_path).folder
    for path in copy.iterdir():
        if path.name not in (*DATA, "yusuan.duckdb"):
            path.unlink()
    notes = (base.release / "CHANGELOG.md").read_text("utf-8").split("\n\n", 1)[1].rstrip("\n")
    subprocess.run(
        [sys.executable, "-c", AGAIN, str(copy), notes, DAY.isoformat()],
        check=True,
        env=os.environ | ANOTHER_WORLD,
        cwd=tmp_path,
    )
    here, there = tree(base.release), tree(copy)
    assert sorted(here) == sorted(there)
    assert [name for name in here if here[name] != there[name]] == []
