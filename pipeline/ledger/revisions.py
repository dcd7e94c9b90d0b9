"""What a publisher changed: the figures of a replaced document against those of its successor.

Each statement of a disclosure is followed through the versions that print it, the older one always
a document that is replaced. Rows are known by what the keys of their amounts say (code, else label
path and label, and which of several), so a row that only moved has not changed. What has become
more or less precise has not changed either, as far as the coarser print explains it: a table in
元 printed again in 万元 is the same table.

Here: that comparison. A version of a statement that could not be read says nothing of the others
and is passed over (fact_coverage tells). Not here: which file holds (documents), and whether either
figure is right (identities): a revision disputes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from pipeline.ledger import keys
from pipeline.ledger.documents import by_age
from pipeline.schema.catalogue import tables

ROW = ["side", "code", "label_path", "label", "occurrence", "measure_id"]
READ = ("data", "stated_empty", "blank")
PAIR = ["old_document_id", "new_document_id", "statement_id"]
Pair = tuple[str, str, str, bool, bool]


@dataclass(frozen=True)
class Version:
    """One document of a disclosure: the states of the statements it prints, and what it names."""

    document_id: str
    is_current: bool
    supersedes: str
    states: dict[str, str]


def revisions(
    documents: pl.DataFrame, coverage: pl.DataFrame, amounts: pl.DataFrame
) -> pl.DataFrame:
    """fact_revision: one row per figure that differs between two versions of a statement.

    `documents` as released, `coverage` as staged, `amounts` as entered in the ledger.
    """
    schema = {**dict.fromkeys(PAIR, pl.String()), "was": pl.Boolean(), "is": pl.Boolean()}
    found = pl.DataFrame(list(pairs(documents, coverage)), schema=schema, orient="row")
    figures = with_rows(amounts)
    old = found.filter("was").join(figures.rename({"document_id": "old_document_id"}), on=PAIR[::2])
    new = found.filter("is").join(figures.rename({"document_id": "new_document_id"}), on=PAIR[1:])
    columns = [*PAIR, "row", *ROW, "amount_id", "amount_yuan", "step"]
    compared = old.select(columns).join(
        new.select(columns), on=[*PAIR, "row"], how="full", suffix="_new", coalesce=True
    )
    apart = (pl.col("amount_yuan") - pl.col("amount_yuan_new")).abs()
    coarser = pl.max_horizontal("step", "step_new")
    explained = pl.when(pl.col("step") == pl.col("step_new")).then(0).otherwise(coarser)
    change = (
        pl.when(pl.col("amount_id").is_null())
        .then(pl.lit("added"))
        .when(pl.col("amount_id_new").is_null())
        .then(pl.lit("removed"))
        .when(apart * 2 > explained)
        .then(pl.lit("changed"))
    )
    listed = compared.with_columns(change=change).filter(pl.col("change").is_not_null())
    named = listed.with_columns(pl.coalesce(f"{name}_new", name).alias(name) for name in ROW)
    released = named.select(
        *PAIR,
        *ROW,
        "change",
        old_amount_id="amount_id",
        new_amount_id="amount_id_new",
        old_amount_yuan="amount_yuan",
        new_amount_yuan="amount_yuan_new",
    )
    return tables()["fact_revision"].conform(released.with_columns(revision_ids(named)))


def with_rows(amounts: pl.DataFrame) -> pl.DataFrame:
    """The amounts with `row`, what a figure is known by whatever document it stands in, and `step`.

    The step is the finest that its statement prints: `25` beside `46.56` is 25.00.
    """
    identity = [keys.digest(*keys.row_key(*row)) for row in amounts.select(ROW).iter_rows()]
    finest = pl.col("step_yuan").min().over("document_id", "statement_id")
    return amounts.with_columns(pl.Series("row", identity, pl.String()), step=finest)


def revision_ids(listed: pl.DataFrame) -> pl.Series:
    """The stable key of each revision."""
    rows = listed.select(*PAIR, "row").iter_rows()
    return pl.Series("revision_id", [keys.digest("revision", *row) for row in rows], pl.String())


def pairs(documents: pl.DataFrame, coverage: pl.DataFrame) -> Iterator[Pair]:
    """Older and newer document of each statement, and whether each of them prints it."""
    states: dict[str, dict[str, str]] = defaultdict(dict)
    printed = coverage.filter(pl.col("state") != "absent")
    for row in printed.select("document_id", "statement_id", "state").iter_rows():
        states[row[0]][row[1]] = row[2]
    ranked = by_age(documents).select("disclosure_id", "document_id", "is_current", "supersedes")
    for group in ranked.partition_by("disclosure_id", maintain_order=True):
        versions = [
            Version(document_id, is_current, (supersedes or "")[:16], states[document_id])
            for _, document_id, is_current, supersedes in group.iter_rows()
        ]
        for statement in sorted({s for version in versions for s in version.states}):
            yield from of_statement(versions, statement)


def of_statement(versions: list[Version], statement: str) -> Iterator[Pair]:
    """The pairs of one statement in the versions of a disclosure, oldest first.

    A statement that no later version prints was left out by the next one that replaces its
    document; one that no earlier version prints was put in by one that replaces another.
    """
    printing = [v for v in versions if statement in v.states]
    readable = [v for v in printing if v.states[statement] in READ]
    for older, newer in pairwise(readable):
        if not older.is_current:
            yield older.document_id, newer.document_id, statement, True, True
    first, last = printing[0], printing[-1]
    before = [v for v in versions[: versions.index(first)] if replaces(first, v)]
    if before and first in readable:
        yield before[-1].document_id, first.document_id, statement, False, True
    after = [v for v in versions[versions.index(last) + 1 :] if replaces(v, last)]
    if after and last in readable:
        yield last.document_id, after[0].document_id, statement, True, False


def replaces(newer: Version, older: Version) -> bool:
    """Whether a version replaces another: it says so, or both print the same statement."""
    shared = newer.states.keys() & older.states.keys()
    return not older.is_current and (newer.supersedes == older.document_id or bool(shared))
