"""Documents that were never printed: metadata of all counties, and one budget under many names.

Here: making them. Not here: what is measured with them.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import fields
from pathlib import Path

import polars as pl

from pipeline.codes.regions import load_regions
from pipeline.documents.document import Document
from pipeline.staging import pool, store
from pipeline.staging.tables import Extract

YEARS = 15


def template() -> Extract:
    """What is staged of one made-up budget."""
    from tests.facsimile.synthetic import synthetic_budget
    from tests.facsimile.tab_grid import write_text

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "budget.txt"
        write_text(synthetic_budget(1), path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        size = path.stat().st_size
        document = Document(digest[:16], path.name, path, digest, size, "text/plain")
        list(pool.run([document], Path(folder) / "staging", 1))
        return store.read(Path(folder) / "staging", document.document_id)


def clone(made: Extract, ids: list[str], years: list[int], names: list[str | None]) -> Extract:
    """The same document under many ids, of many units and years."""
    keys = pl.DataFrame(
        {"document_id": ids, "year": years, "unit": names},
        schema={"document_id": pl.String, "year": pl.Int32, "unit": pl.String},
    )
    found = {}
    for field in fields(Extract):
        frame: pl.DataFrame = getattr(made, field.name)
        many = keys.join(frame.drop("document_id"), how="cross")
        if field.name == "documents":
            many = many.with_columns(
                fiscal_year=pl.col("year"), unit_name=pl.coalesce("unit", "unit_name")
            )
        found[field.name] = many.select(frame.columns)
    return Extract(**found)


def made_up(number: int) -> list[Document]:
    """Documents of all counties in turn that exist as metadata only."""
    regions = load_regions().filter(pl.col("valid_to").is_null(), pl.col("level") == "县级")
    codes = regions.get_column("region_code").sort().to_list()
    found = []
    for n in range(number):
        digest = hashlib.sha256(f"document {n}".encode()).hexdigest()
        region = codes[n // YEARS % len(codes)]
        path = Path("/srv/raw") / region / f"{digest[:12]}.pdf"
        found.append(
            Document(
                digest[:16],
                f"{region}/{path.name}",
                path,
                digest,
                1_000_000,
                "application/pdf",
                region_code=region,
                origin_url=f"https://example.gov/{region}/{digest[:12]}.pdf",
            )
        )
    return found
