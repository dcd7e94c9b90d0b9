"""What a release says of itself: every page and description, in the order they are written.

Here: the counts of a release, its README (a dataset card too), changelog, citation and dictionary,
and the writing of all descriptions. Not here: the formats for programs (package, croissant,
manifest), the data files (write) and the quality report (review).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

from pipeline.docs import dictionary
from pipeline.identities.declaration import Declaration, load_catalogue
from pipeline.identities.performance import Declared
from pipeline.identities.performance import declared as declared_performance
from pipeline.release import about, manifest
from pipeline.release.about import About
from pipeline.release.croissant import croissant, schema_org
from pipeline.release.package import data_package
from pipeline.release.write import file_hashes
from pipeline.schema.catalogue import tables, vocabularies, words
from pipeline.verify import verify
from pipeline.verify.verify import IDENTITIES, MANIFEST
from pipeline.warehouse.build import connect

# The size classes that dataset hubs know, by rows.
SIZES: tuple[tuple[str, int | None], ...] = (
    ("n<1K", 10**3),
    ("1K<n<10K", 10**4),
    ("10K<n<100K", 10**5),
    ("100K<n<1M", 10**6),
    ("1M<n<10M", 10**7),
    ("10M<n<100M", 10**8),
    ("100M<n<1B", 10**9),
    ("n>1B", None),
)


@dataclass(frozen=True)
class Summary:
    """The counts of a release that its pages and the closing summary show."""

    documents: int
    quarantined_files: int
    amounts: int
    rows: dict[str, int]
    statements: dict[str, int]
    proofs: dict[str, int]
    verdicts: dict[str, int]
    origins: tuple[str, ...]
    sources: tuple[tuple[str, str | None], ...]
    years: tuple[int, ...]


def summarise(warehouse: Path) -> Summary:
    """Counts from a warehouse, each in the order of its closed list."""
    with connect(warehouse, read_only=True) as connection:
        rows = {name: count(connection, f'SELECT count(*) FROM "{name}"') for name in tables()}
        quarantined = count(
            connection,
            "SELECT count(*) FROM fact_quarantine WHERE statement_id IS NULL"
            " AND (document_id IS NULL OR reason = 'duplicate')",
        )
        # Fetched at once: the next query on a connection ends an open result.
        origins = connection.execute(
            "SELECT DISTINCT origin FROM dim_document ORDER BY 1"
        ).fetchall()
        sources = connection.execute(
            "SELECT source_name, origin_url FROM dim_document ORDER BY source_name"
        ).fetchall()
        years = connection.execute(
            "SELECT DISTINCT fiscal_year FROM dim_document ORDER BY 1"
        ).fetchall()
        return Summary(
            documents=rows["dim_document"],
            quarantined_files=quarantined,
            amounts=rows["fact_amount"],
            rows=rows,
            statements=tally(connection, "fact_coverage", "state", "coverage"),
            proofs=tally(connection, "fact_amount", "proof", "proof"),
            verdicts=tally(connection, "fact_check", "verdict", "verdict"),
            origins=tuple(row[0] for row in origins),
            sources=tuple((name, url) for name, url in sources),
            years=tuple(int(row[0]) for row in years),
        )


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The single number a query gives."""
    found = connection.execute(query).fetchone()
    return int(found[0]) if found else 0


def tally(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, vocabulary: str
) -> dict[str, int]:
    """How often each word of a closed list occurs, words that do not occur included."""
    found = dict(
        connection.execute(f"SELECT {column}, count(*) FROM {table} GROUP BY 1").fetchall()
    )
    return {word: int(found.get(word, 0)) for word in words(vocabulary)}


def write_pages(
    folder: Path, version: str, day: date, summary: Summary, notes: str, expectations: Path
) -> dict[str, str]:
    """Everything a release says of itself, for people and for programs; the hash of every file.

    The folder holds its tables, database and quality report already.
    """
    declarations = load_catalogue(expectations / "identities")
    performance = declared_performance(expectations)
    hashes = file_hashes(folder)
    release = About(
        folder=folder,
        version=version,
        day=day,
        sources=summary.sources,
        years=summary.years,
        rows=summary.rows,
        facsimile="facsimile" in summary.origins,
        hashes=hashes,
    )
    write_card(release, summary, notes)
    write_dictionary(release, declarations, performance)
    write_text(folder / "CITATION.cff", citation(release))
    write_json(folder / "datapackage.json", data_package(release))
    write_json(folder / "croissant.json", croissant(release))
    write_json(folder / "schema.jsonld", schema_org(release))
    write_json(folder / IDENTITIES, manifest.identities(declarations, performance))
    write_text(folder / "verify.py", Path(verify.__file__).read_text(encoding="utf-8"))
    hashes = file_hashes(folder, hashes)
    write_json(folder / MANIFEST, manifest.manifest(release, hashes))
    return file_hashes(folder, hashes)


def write_card(release: About, summary: Summary, notes: str) -> None:
    """README, which is a dataset card too, and changelog."""
    facts = {
        "version": release.version,
        "title": about.TITLE,
        "about": about,
        "release": release,
        "front": front_matter(release),
        "citation": release.citation,
        "date": release.day.isoformat(),
        "summary": summary,
        "tables": tables(),
        "words": vocabularies(),
        "notes": notes,
    }
    for name in ("README.md", "CHANGELOG.md"):
        write_text(release.folder / name, render(f"{name}.j2", facts))


def front_matter(release: About) -> str:
    """What the pages of dataset hubs read from the head of a README."""
    rows = release.rows["fact_amount"]
    size = next(name for name, most in SIZES if most is None or rows < most)
    card = {
        "license": about.LICENCE["name"].lower(),
        "language": list(about.LANGUAGES),
        "pretty_name": about.TITLE,
        "version": release.version,
        "size_categories": [size],
        "tags": list(about.KEYWORDS),
        "configs": [
            {"config_name": name, "data_files": f"parquet/{name}.parquet"}
            | ({"default": True} if name == "fact_amount" else {})
            for name in tables()
        ],
    }
    return as_yaml(card)


def write_dictionary(
    release: About, declarations: tuple[Declaration, ...], performance: tuple[Declared, ...]
) -> None:
    """The data dictionary of the release, its codes included, in three formats."""
    with connect(release.folder / "yusuan.duckdb", read_only=True) as connection:
        codes = list(dictionary.of_codes(connection))
    identities = dictionary.of_identities(declarations, performance)
    entries = [*dictionary.declared(), *identities, *codes]
    head = [
        "# Data dictionary 数据字典\n",
        f"{about.TITLE}, {release.version}. Money is in yuan.\n",
    ]
    page = "\n".join([*head, *dictionary.as_markdown(entries)]).rstrip() + "\n"
    write_text(release.folder / "dictionary.csv", dictionary.as_csv(entries))
    write_text(release.folder / "dictionary.md", page)
    html = dictionary.as_html(entries, about.TITLE, release.version)
    write_text(release.folder / "dictionary.html", html)


def citation(release: About) -> str:
    """CITATION.cff (1.2.0)."""
    return as_yaml(
        {
            "cff-version": "1.2.0",
            "type": "dataset",
            "title": about.TITLE,
            "message": "If you use this dataset, please cite it as below.",
            "abstract": release.abstract,
            "authors": [{"name": about.CREATOR}],
            "keywords": list(about.KEYWORDS),
            "version": release.version,
            "date-released": release.day.isoformat(),
            "license": about.LICENCE["name"],
            "license-url": about.LICENCE["path"],
        }
    )


def as_yaml(content: dict[str, Any]) -> str:
    """A mapping as YAML in the order given, a line for each plain value."""
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=10_000)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """A mapping as JSON in the order given."""
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """A text in UTF-8 with plain line ends, wherever it is written."""
    path.write_bytes(text.encode("utf-8"))


def render(template: str, facts: dict[str, Any]) -> str:
    """A Markdown template filled in; it shows counts and declared texts only."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.release"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template(template).render(**facts)
