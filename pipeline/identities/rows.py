"""The books made ready for selection: numbered rows, their tree, figures in fen, leaf counts.

Money is integer fen (Int64) from here to the edge of the engine: exact, and free of the precision
rules of decimal arithmetic. Here: the row tree and what follows from it. Not here: which rows an
identity means (`selection`) and how far rounding may go (`tolerance`).

The tree: a row stands under its printed parent; a code under no code, a unit, a project or an item
of the three public expenses without a parent stands under the total row of its statement. An
economic item without its class row stands under nothing, so that a lost class row is noticed; so
does a column that stands beside the total (机关运行经费 beside the three public expenses).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.identities.books import Books

DEEPEST = 10
SUMMARIES = ("summary", "fiscal_summary")
PLACE = ["document_id", "statement_id", "side", "line_no"]
SHEET = ["document_id", "statement_id", "side"]
ORPHANS_STAY = ("total", "economic_item", "apart")


@dataclass(frozen=True)
class Rows:
    """Lines and cells by statement, the descent of leaf rows, and the coverage.

    lines: line_id, document_id, statement_id, side ("" where there is one), line_no, role, item,
    code, key (code, or the item of a class row), name (for people), parent.
    cells: the same, with amount_id, measure_id, value, step (fen), weight (printed leaves below).
    descent: line_id of a leaf row and each of its ancestors.
    """

    lines: dict[str, pl.DataFrame]
    cells: dict[str, pl.DataFrame]
    all_lines: pl.DataFrame
    descent: pl.DataFrame
    coverage: pl.DataFrame

    def lines_of(self, statement: str) -> pl.DataFrame:
        """The rows of a statement in all documents."""
        return self.lines.get(statement, self.all_lines.clear())

    def cells_of(self, statement: str) -> pl.DataFrame:
        """The figures of a statement in all documents."""
        return self.cells.get(statement, next(iter(self.cells.values())).clear())


def prepare(books: Books) -> Rows:
    """Numbered rows, tree, integer money and weights of checked books."""
    lines = with_parents(numbered(books.lines))
    descent = leaf_ancestors(lines)
    cells = books.cells.select(
        "amount_id",
        "document_id",
        "statement_id",
        pl.col("side").fill_null(""),
        "line_no",
        "measure_id",
        value=pl.col("amount_yuan").to_physical().cast(pl.Int64),
        step=pl.col("step_yuan").to_physical().cast(pl.Int64),
    ).join(
        lines.select(*PLACE, "line_id", "role", "item", "code", "key", "name", "parent"),
        on=PLACE,
        how="left",
    )
    cells = with_weights(cells, descent)
    return Rows(by_statement(lines), by_statement(cells), lines, descent, books.coverage)


def by_statement(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The frame cut by statement; an empty frame stays reachable under ""."""
    parts = frame.partition_by("statement_id", as_dict=True)
    return {str(key[0]): part for key, part in parts.items()} or {"": frame}


def numbered(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with an integer id, the key they are joined by and the name people read."""
    label = pl.col("label").fill_null(pl.format("第{}行", "line_no"))
    return (
        lines.with_columns(pl.col("side").fill_null(""))
        .sort(PLACE)
        .with_row_index("line_id")
        .with_columns(
            key=pl.when(pl.col("role") == "class").then("item").otherwise("code"),
            name=pl.when(pl.col("code").is_null())
            .then(label)
            .otherwise(pl.format("{} {}", "code", label)),
        )
    )


def with_parents(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with `parent`, the line_id of the row they stand under."""
    printed = lines.select(
        *SHEET,
        pl.col("line_no").alias("parent_line_no"),
        pl.col("line_id").alias("above"),
        pl.col("role").alias("role_above"),
    )
    roots = (
        lines.filter(pl.col("role") == "total")
        .group_by(SHEET)
        .agg(pl.col("line_id").min().alias("root"))
    )
    stray_code = (pl.col("role") == "code") & (pl.col("role_above") != "code")
    above = pl.when(stray_code).then(None).otherwise(pl.col("above"))
    stays = pl.col("role").is_in(ORPHANS_STAY)
    return (
        lines.join(printed, on=[*SHEET, "parent_line_no"], how="left")
        .join(roots, on=SHEET, how="left")
        .with_columns(parent=pl.when(above.is_null() & ~stays).then("root").otherwise(above))
        .with_columns(parent=pl.when(pl.col("parent") != pl.col("line_id")).then("parent"))
        .drop("above", "role_above", "root")
        .sort("line_id")
    )


def leaf_ancestors(lines: pl.DataFrame) -> pl.DataFrame:
    """(line_id, ancestor) for every row with no row below it."""
    links = lines.filter(pl.col("parent").is_not_null()).select("line_id", "parent")
    inner = links.select(pl.col("parent").alias("line_id")).unique()
    step = links.join(inner, on="line_id", how="anti").rename({"parent": "ancestor"})
    found = [step]
    upward = links.rename({"line_id": "ancestor"})
    for _ in range(DEEPEST):
        step = step.join(upward, on="ancestor").select("line_id", ancestor="parent")
        if step.is_empty():
            break
        found.append(step)
    return pl.concat(found).unique().sort("line_id", "ancestor")


def with_weights(cells: pl.DataFrame, descent: pl.DataFrame) -> pl.DataFrame:
    """Cells with `weight`: the printed, non-zero leaf figures that a figure is the sum of.

    Counted below the row in its own statement, in its own measure. The two summary tables print
    totals whose leaves stand elsewhere: the items of the expenditure table below a class (all of
    them for the totals), those of the revenue table for a source of funds and for what is carried
    over. A leaf weighs 1.
    """
    leaves = cells.filter(pl.col("value") != 0)
    below = (
        leaves.select("line_id", "measure_id")
        .join(descent, on="line_id")
        .group_by(line_id="ancestor", measure_id="measure_id")
        .agg(pl.len().alias("below"))
    )
    items = leaves.filter(pl.col("role") == "code").join(
        cells.select(line_id="parent").unique(), on="line_id", how="anti"
    )
    spent = items.filter(
        (pl.col("statement_id") == "expenditure") & (pl.col("measure_id") == "total")
    ).with_columns(item=pl.col("code").str.slice(0, 3))
    per_class = spent.group_by("document_id", "item").agg(pl.len().alias("of_class"))
    per_document = spent.group_by("document_id").agg(pl.len().alias("of_document"))
    per_source = (
        items.filter(pl.col("statement_id") == "revenue")
        .group_by("document_id", source="measure_id")
        .agg(pl.len().alias("of_source"))
    )
    source = (
        pl.when(pl.col("role") == "fund")
        .then("item")
        .when(pl.col("role").is_in(["opening", "opening_part"]))
        .then(pl.lit("carried_over"))
    )
    elsewhere = (
        pl.when(pl.col("role") == "class")
        .then("of_class")
        .when(pl.col("role").is_in(["fund", "opening", "opening_part"]))
        .then("of_source")
        .otherwise("of_document")
    )
    in_summary = pl.col("statement_id").is_in(SUMMARIES)
    return (
        cells.join(below, on=["line_id", "measure_id"], how="left")
        .with_columns(source=source)
        .join(per_class, on=["document_id", "item"], how="left")
        .join(per_document, on="document_id", how="left")
        .join(per_source, on=["document_id", "source"], how="left")
        .with_columns(
            weight=pl.when(in_summary)
            .then(elsewhere)
            .otherwise(pl.col("below"))
            .fill_null(1)
            .clip(lower_bound=1)
            .cast(pl.Int64)
        )
        .drop("below", "source", "of_class", "of_document", "of_source")
        .sort("line_id", "measure_id", "amount_id")
    )
