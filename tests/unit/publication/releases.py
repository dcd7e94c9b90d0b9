"""Small finished releases for tests: few files, real checksums."""

from __future__ import annotations

from pathlib import Path

from pipeline.release import write

FILES = {
    "README.md": b"# a release\n",
    "parquet/dim_unit.parquet": b"PAR1" + bytes(range(256)) * 8,
    "csv/dim_unit.csv": "unit_id,name\n1,某局\n".encode(),
    "quality/index.html": b"<p>nothing breaks</p>",
}


def release(curated: Path, version: str, files: dict[str, bytes] | None = None) -> Path:
    """A finished release folder of some files."""
    folder = curated / "releases" / version
    for name, content in (FILES if files is None else files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    write.write_checksums(folder, write.file_hashes(folder))
    return folder
