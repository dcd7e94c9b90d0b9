"""The books made ready for selection: numbered rows, their tree, figures in fen, leaf counts.

Money is integer fen (Int64) from here to the edge of the engine: exact, and free of the precision
rules of decimal arithmetic. Here: the row tree and what follows from it. Not here: which rows an
identity means (`selection`) and how far rounding may go (`tolerance`).

The tree: a row stands under its printed parent; a code under no code, a unit, a project or an item
of the three public expenses without a parent stands under the total row of its statement. An
economic item without its class row stands under nothing, so that a lost class row is noticed; so
does a column that stands beside the total (机关运行经费 beside the three public expenses). Rows
printed as 其中 (of which) need not be all of what they stand under: they and the rows beside them
stand under nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import polars as pl

from pipeline.identities.books import Books

DEEPEST = 10
SUMMARIES = ("summary", "fiscal_summary")
SPENDING = ("expenditure", "fiscal_expenditure_function", "general_expenditure_function")
LISTED = ("revenue", "expenditure")
PERSONNEL = ("301", "303")
FUNDS = ("general_public_budget", "government_fund", "state_capital")
OPENING = ("opening", "opening_part")
OF_WHICH = "^[（(]?其中"
PLACE = ["document_id", "statement_id", "side", "line_no"]
SHEET = ["document_id", "statement_id", "side"]
ORPHANS_STAY = ("total", "economic_item", "apart")


@dataclass(frozen=True)
class Rows:
    """Lines and cells by statement, the descent of leaf rows, and the coverage.

    lines: line_id, document_id, statement_id, side ("" where there is one), line_no, role, item,
    code, key (code, or the item of a class row), pair (item/government_item, "" without one), name
    (for people), parent.
    cells: the same, with amount_id, measure_id, value, step (fen, the statement's finest), weight
    (printed leaves below).
    All of them, and the coverage, with `member`: 0 for the document's own, else which of several
    linked documents is meant (`linked`).
    descent: line_id of a leaf row and each of its ancestors.
    kept: small frames that several identities ask for, so that each is made once.
    """

    lines: dict[str, pl.DataFrame]
    cells: dict[str, pl.DataFrame]
    all_lines: pl.DataFrame
    descent: pl.DataFrame
    coverage: pl.DataFrame
    kept: dict[Hashable, pl.DataFrame] = field(default_factory=dict, compare=False)

    def lines_of(self, statement: str) -> pl.DataFrame:
        """The rows of a statement in all documents."""
        return self.lines.get(statement, self.all_lines.clear())

    def cells_of(self, statement: str) -> pl.DataFrame:
        """The figures of a statement in all documents."""
        return self.cells.get(statement, next(iter(self.cells.values())).clear())

    def once(self, key: Hashable, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """A frame that several identities ask for: a few documents or figures, for what is kept
        stays in memory until the batch is judged."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]


def prepare(books: Books) -> Rows:
    """Numbered rows, tree, integer money and weights of checked books."""
    own = pl.lit(0, dtype=pl.Int64).alias("member")
    lines = with_parents(numbered(books.lines)).with_columns(own)
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
        lines.select(
            *PLACE,
            *("line_id", "role", "item", "pair", "code", "key", "name", "parent", "member"),
        ),
        on=PLACE,
        how="left",
    )
    cells = with_weights(with_finest_step(cells), descent)
    coverage = books.coverage.with_columns(own, reason=pl.lit(None, dtype=pl.String))
    return Rows(by_statement(lines), by_statement(cells), lines, descent, coverage)


def with_finest_step(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with the finest step that their statement prints, zeros apart.

    A table is rounded to one step; `25` beside `46.56` is 25.00 with its zeros left out. Taken for
    a figure rounded to units it would hide that a digit of it was lost.
    """
    printed = pl.when(pl.col("value") != 0).then("step")
    finest = printed.min().over("document_id", "statement_id")
    return cells.with_columns(step=pl.coalesce(finest, pl.col("step")))


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
            item=pl.when(pl.col("role") == "code").then("code").otherwise("item"),
            of_which=pl.col("label").fill_null("").str.contains(OF_WHICH),
            pair=pl.format("{}/{}", "item", "government_item").fill_null(""),
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
    stays = pl.col("role").is_in(ORPHANS_STAY) | pl.col("of_which")
    partial = pl.col("of_which").any().over("above") & pl.col("above").is_not_null()
    placed = pl.when(above.is_null() & ~stays).then("root").otherwise(above)
    inside = pl.col("role_above") != "total"
    return (
        lines.join(printed, on=[*SHEET, "parent_line_no"], how="left")
        .join(roots, on=SHEET, how="left")
        .with_columns(parent=pl.when(~(partial & (inside | pl.col("of_which")))).then(placed))
        .with_columns(parent=pl.when(pl.col("parent") != pl.col("line_id")).then("parent"))
        .drop("above", "role_above", "root", "of_which")
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

    Counted below the row in its own statement, in its own measure; a leaf weighs 1. A row that is
    a sum by itself, but has no rows below it, has its leaves in another table (`elsewhere`).
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
    return (
        elsewhere(cells, items)
        .join(below, on=["line_id", "measure_id"], how="left")
        .with_columns(
            weight=pl.when(pl.col("statement_id").is_in(SUMMARIES))
            .then("elsewhere")
            .otherwise(pl.coalesce("below", "elsewhere"))
            .fill_null(1)
            .clip(lower_bound=1)
            .cast(pl.Int64)
        )
        .drop("below", "elsewhere")
        .sort("line_id", "measure_id", "amount_id")
    )


def elsewhere(cells: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Cells with `elsewhere`: how many printed items of another table a sum is the sum of.

    In the summaries, the items of the table of expenditure below a class (all of them for the
    totals), those of the revenue table for a source of funds and for what is carried over. Totals
    of revenue and expenditure without codes are sums of all items too. Null for any other figure.
    """
    order = {name: place for place, name in enumerate(SPENDING)}
    spent = items.filter(
        pl.col("statement_id").is_in(SPENDING) & pl.col("measure_id").is_in(["total", "amount"])
    ).with_columns(
        rank=pl.col("statement_id").replace_strict(order, default=None, return_dtype=pl.Int64)
    )
    spent = spent.filter(pl.col("rank") == pl.col("rank").min().over("document_id"))
    per_class = spent.group_by("document_id", item=pl.col("code").str.slice(0, 3)).agg(
        pl.len().alias("of_class")
    )
    per_document = spent.group_by("document_id").agg(pl.len().alias("of_document"))
    per_source = (
        items.filter(pl.col("statement_id") == "revenue")
        .group_by("document_id", source="measure_id")
        .agg(pl.len().alias("of_source"))
    )
    role, summary = pl.col("role"), pl.col("statement_id").is_in(SUMMARIES)
    sourced = role.is_in(["fund", "fund_group", "income", *OPENING])
    source = pl.when(role.is_in(OPENING)).then(pl.lit("carried_over")).otherwise("item")
    appropriated = pl.when(pl.col("item").is_in(FUNDS)).then(pl.lit("fiscal_appropriation"))
    coded = cells.select("document_id", "statement_id", coded=role == "code").filter("coded")
    listed = pl.col("statement_id").is_in(LISTED) & role.is_in(["total", "fund"])
    uncoded = listed & pl.col("coded").is_null()
    return (
        cells.with_columns(source=pl.when(sourced).then(source), whole=appropriated)
        .join(per_class, on=["document_id", "item"], how="left")
        .join(per_document, on="document_id", how="left")
        .join(per_source, on=["document_id", "source"], how="left")
        .join(
            per_source.rename({"source": "whole", "of_source": "of_whole"}),
            on=["document_id", "whole"],
            how="left",
        )
        .join(coded.unique(), on=["document_id", "statement_id"], how="left")
        .join(of_kind(items), on=["document_id", "statement_id", "measure_id", "role"], how="left")
        .with_columns(
            elsewhere=pl.when(summary & (role == "class"))
            .then("of_class")
            .when(summary & sourced)
            .then(pl.coalesce("of_source", "of_whole"))
            .when(summary | uncoded)
            .then("of_document")
            .otherwise("of_kind")
        )
        .drop("source", "whole", "coded", "of_class", "of_document", "of_source", "of_whole")
        .drop("of_kind")
    )


def of_kind(items: pl.DataFrame) -> pl.DataFrame:
    """How many items the printed sums of personnel and of operations are the sums of."""
    personnel = pl.col("code").str.slice(0, 3).is_in(PERSONNEL)
    kind = pl.when(personnel).then(pl.lit("personnel_total")).otherwise(pl.lit("operations_total"))
    return items.group_by("document_id", "statement_id", "measure_id", role=kind).agg(
        pl.len().alias("of_kind")
    )
