"""Documents that belong together, as one: the rows of the linked ones beside the document's own.

A document's own statements keep their names; those of the documents linked to it come under the
name of the relation (`expenditure@units`), each row and figure with the number of its member. Their
trees, printed steps and leaf counts are those of the documents they stand in. What comes out is
selected, gated and judged like the rows of any document.

Here: that joining, and how many documents are joined at once. Not here: which documents belong
together (pipeline/ledger/links.py) and what is asked of them (`expectations/identities`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import polars as pl

from pipeline.identities.books import Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.formula import AT
from pipeline.identities.rows import Rows, by_statement, prepare

OWN = ""
COPY = ["document_id", "relation", "member", "source"]


def batches(links: pl.DataFrame, size: int) -> Iterator[pl.DataFrame]:
    """The links cut so that about `size` documents are joined at once, a document's own whole."""
    needed = links.group_by("document_id").agg(n=pl.len() + 1).sort("document_id")
    place = (pl.col("n").cum_sum() - 1) // size
    for part in needed.with_columns(place).partition_by("n", maintain_order=True):
        yield links.join(part.select("document_id"), on="document_id", how="semi")


def joined(books: Books, links: pl.DataFrame, wanted: Collection[str]) -> Rows:
    """The rows of every document that is linked to others, with those of the others.

    `wanted` are the statements asked for, with their relation; no other is copied.
    """
    ends = [links["document_id"], links["linked_id"].drop_nulls()]
    real = prepare(books.of_documents(pl.concat(ends).unique().to_frame("document_id")))
    copies = copied(links)
    lines = placed(real.all_lines, copies, wanted).sort(*COPY, "line_id")
    lines = lines.with_row_index("new_id")
    number = lines.select(*COPY, "line_id", "new_id")
    above = number.rename({"line_id": "parent", "new_id": "new_parent"})
    # Several members have a first line: only their order here is one order of all.
    line_no = pl.when(pl.col("relation") == OWN).then("line_no").otherwise("new_id")
    lines = (
        lines.join(above, on=[*COPY, "parent"], how="left", maintain_order="left")
        .with_columns(line_no.alias("line_no"))
        .drop("line_id", "parent")
        .rename({"new_id": "line_id", "new_parent": "parent"})
    )
    cells = (
        placed(pl.concat(real.cells.values()), copies, wanted)
        .join(number, on=[*COPY, "line_id"])
        .join(above, on=[*COPY, "parent"], how="left")
        .drop("line_id", "parent")
        .rename({"new_id": "line_id", "new_parent": "parent"})
        .sort("line_id", "measure_id", "amount_id")
    )
    return Rows(
        by_statement(lines),
        by_statement(cells),
        lines,
        real.descent.clear(),
        covered(real.coverage, copies, links, wanted),
    )


def asked(declarations: Sequence[Declaration]) -> set[str]:
    """The statements that declarations and their conditions speak of, with their relation."""
    formulas = [f for d in declarations for f in d.formulas]
    formulas += [f for d in declarations for c in d.conditions for f in c.alternatives]
    return {statement for formula in formulas for statement in formula.statements}


def copied(links: pl.DataFrame) -> pl.DataFrame:
    """Which documents (`source`) stand in each joined one, and as what."""
    own = links.select("document_id").unique()
    own = own.with_columns(relation=pl.lit(OWN), member=0, source="document_id")
    others = links.filter(pl.col("linked_id").is_not_null()).rename({"linked_id": "source"})
    return pl.concat([own.cast({"member": pl.Int64}).select(COPY), others.select(COPY)])


def named() -> pl.Expr:
    """A statement's name in the joined document."""
    other = pl.format("{}" + AT + "{}", "statement_id", "relation")
    return pl.when(pl.col("relation") == OWN).then("statement_id").otherwise(other)


def placed(frame: pl.DataFrame, copies: pl.DataFrame, wanted: Collection[str]) -> pl.DataFrame:
    """The rows of a frame in every joined document they stand in, under their name there."""
    moved = frame.drop("member").rename({"document_id": "source"}).join(copies, on="source")
    return moved.with_columns(statement_id=named()).filter(
        pl.col("statement_id").is_in(sorted(wanted))
    )


def covered(
    coverage: pl.DataFrame, copies: pl.DataFrame, links: pl.DataFrame, wanted: Collection[str]
) -> pl.DataFrame:
    """The state of every statement, for each member of a relation that any member has.

    A statement that one part of a disclosure prints is absent from none. A member without the
    statement, and one that is not here (with the reason), have it `absent`.
    """
    known = placed(coverage, copies, wanted)
    one = ["document_id", "statement_id", "relation", "member"]
    known = known.sort(*one, pl.col("state") == "absent", "source").unique(
        one, keep="first", maintain_order=True
    )
    columns = [c for c in known.columns if c not in ("source", "relation")]
    members = links.select("document_id", "relation", "member", "reason").unique()
    own = known.filter(pl.col("relation") == OWN).select("document_id", "statement_id")
    lost = members.filter(pl.col("reason").is_not_null()).select("document_id", "relation")
    expected = pl.concat(
        [
            known.filter(pl.col("relation") != OWN).select(
                "document_id", "relation", "statement_id"
            ),
            own.join(lost, on="document_id")
            .with_columns(statement_id=named())
            .filter(pl.col("statement_id").is_in(sorted(wanted)))
            .select("document_id", "relation", "statement_id"),
        ]
    ).unique()
    lacking = (
        expected.join(members, on=["document_id", "relation"])
        .join(known, on=one, how="anti")
        .with_columns(state=pl.lit("absent"))
    )
    return (
        pl.concat([known.select(columns), lacking], how="diagonal")
        .select(columns)
        .sort("document_id", "statement_id", "member")
    )
