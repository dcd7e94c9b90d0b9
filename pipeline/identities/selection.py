"""From a formula to the figures it speaks of, in all documents at once.

Here: which rows and cells a reference means, the instance each belongs to, and the name of each
instance. Not here: whether a document can be tested at all (`gate`) and the judgement (`engine`).

An instance is identified by document_id, k_line (a row, in `each line` and `each parent`), k_code
(`each code`) and k_measure (where the measure is `*`); what does not apply is 0 or "".
"""

from __future__ import annotations

from functools import cache

import polars as pl

from pipeline.identities.formula import Formula, Place, Ref, Term
from pipeline.identities.rows import Rows
from pipeline.schema.catalogue import measures

KEYS = ["document_id", "k_line", "k_code", "k_measure"]
DIGITS = {"class": 3, "economic_class": 3, "economic_item": 5}
FIGURE = ["amount_id", "value", "step", "weight"]
NO_LINE = pl.lit(0, dtype=pl.UInt32)
NONE = pl.lit("")


def of_role(role: str) -> pl.Expr:
    """Rows of a role; in a table of codes, classes and items are rows of so many digits."""
    chosen = pl.col("role") == role
    if role in DIGITS:
        digits = pl.col("code").str.len_chars() == DIGITS[role]
        chosen = chosen | ((pl.col("role") == "code") & digits)
    return chosen


def on_side(sides: tuple[str, ...]) -> pl.Expr:
    """Rows of some sides, every row where none is named; a table of one side only is any side."""
    return pl.col("side").is_in(["", *sides]) if sides else pl.lit(True)


@cache
def meant(ref: Ref) -> pl.Expr:
    """Rows a reference means: side, role, and items (codes where the rows are codes).

    `item/name` is an item where the form prints that government-side name beside it.
    """
    chosen = on_side(ref.sides) & pl.any_horizontal(of_role(role) for role in ref.roles)
    if ref.items:
        items = list(ref.items)
        listed = pl.col("item").is_in(items) | pl.col("pair").is_in(items)
        chosen = chosen & (~listed if ref.negated else listed)
    return chosen


def placed(place: Place) -> pl.Expr:
    """Rows of a place: side and roles, every row where none is named."""
    chosen = on_side((place.side,) if place.side else ())
    if place.roles:
        chosen = chosen & pl.any_horizontal(of_role(role) for role in place.roles)
    return chosen


def lines_meant(ref: Ref, rows: Rows) -> pl.DataFrame:
    """The printed rows of a reference."""
    return rows.lines_of(ref.statement).filter(meant(ref))


def lines_placed(places: tuple[Place, ...], rows: Rows) -> pl.DataFrame:
    """The printed rows of several places."""
    return pl.concat([rows.lines_of(p.statement).filter(placed(p)) for p in places])


def cells_placed(places: tuple[Place, ...], rows: Rows) -> pl.DataFrame:
    """The figures on the rows of several places."""
    return pl.concat([rows.cells_of(p.statement).filter(placed(p)) for p in places])


def figures(formula: Formula, rows: Rows) -> pl.DataFrame:
    """One row per figure and occurrence: keys, left, sign, position, the figure."""
    frames = [of_term(term, place, formula, rows) for place, term in enumerate(formula.terms)]
    return pl.concat(frames)


def of_term(term: Term, position: int, formula: Formula, rows: Rows) -> pl.DataFrame:
    """The figures of one term with the instance each belongs to."""
    ref, measure = term.ref, pl.col("measure_id")
    line, code, key_measure = NO_LINE, NONE, NONE
    if formula.kind == "line":
        cells = cells_placed(formula.places, rows).filter(measure.is_in(list(ref.measures)))
        line = pl.col("line_id")
    elif formula.kind == "parent":
        cells = relatives(ref.relative, formula.places, rows)
        line, key_measure = pl.col("top"), measure
    else:
        cells = rows.cells_of(ref.statement).filter(meant(ref))
        if ref.every:
            key_measure = measure
        else:
            cells = cells.filter(measure.is_in(list(ref.measures)))
        if len(ref.roles) > 1:
            cells = outermost(cells)
        if formula.kind == "code":
            cells, code = cells.filter(pl.col("key").is_not_null()), pl.col("key")
    return cells.select(
        "document_id",
        line.cast(pl.UInt32).alias("k_line"),
        code.alias("k_code"),
        key_measure.alias("k_measure"),
        pl.lit(term.left).alias("left"),
        pl.lit(term.sign, dtype=pl.Int64).alias("sign"),
        pl.lit(position, dtype=pl.Int64).alias("position"),
        "line_id",
        *FIGURE,
    )


def outermost(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells without those whose row stands under one that has a cell of the same measure here."""
    upper = cells.select("measure_id", parent="line_id")
    return cells.join(upper, on=["parent", "measure_id"], how="anti", maintain_order="left")


def relatives(relative: str, places: tuple[Place, ...], rows: Rows) -> pl.DataFrame:
    """Cells of the rows at `places` that have rows below them, or of those rows, with `top`."""
    tops = lines_placed(places, rows).select(top="line_id")
    if relative == "children":
        pairs = rows.all_lines.select("line_id", top="parent").join(tops, on="top")
    elif relative == "leaves":
        pairs = rows.descent.rename({"ancestor": "top"}).join(tops, on="top")
    else:
        above = rows.all_lines.select(top="parent").unique()
        pairs = tops.join(above, on="top").select("top", line_id="top")
    statements = dict.fromkeys(place.statement for place in places)
    cells = pl.concat([rows.cells_of(statement) for statement in statements])
    return cells.join(pairs, on="line_id")


def names(formula: Formula, instances: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """The instances with statement_id, side, line_no and subject.

    The subject is the row (code and label) and the measure of the left side; where the left side
    is not printed, the row of the next reference that is.
    """
    if formula.kind in ("line", "parent"):
        found = instances.join(
            rows.all_lines.select("name", "statement_id", "side", "line_no", k_line="line_id"),
            on="k_line",
            how="left",
        )
    else:
        found = instances.join(
            name_of_key(formula, rows),
            on=["document_id"] + (["k_code"] if formula.kind == "code" else []),
            how="left",
        ).with_columns(statement_id=pl.lit(formula.terms[0].ref.statement))
    fixed = formula.first.measure
    words = {name: spec["zh"] for name, spec in measures().items()}
    measure = (
        pl.col("k_measure").replace_strict(words, default=pl.col("k_measure"))
        if formula.first.every
        else pl.lit(words[fixed])
    )
    return found.with_columns(
        subject=pl.format("{} · {}", pl.col("name").fill_null("合计"), measure)
    ).drop("name")


def name_of_key(formula: Formula, rows: Rows) -> pl.DataFrame:
    """document_id (and k_code): name, side and line_no of the first printed row that is meant."""
    key = ["document_id"]
    frames = []
    for position, term in enumerate(formula.terms):
        lines = lines_meant(term.ref, rows)
        columns = ["document_id", "name", "side", "line_no"]
        if formula.kind == "code":
            lines = lines.filter(pl.col("key").is_not_null()).with_columns(k_code="key")
            columns.append("k_code")
        frames.append(lines.select(*columns, position=pl.lit(position)))
    if formula.kind == "code":
        key.append("k_code")
    return (
        pl.concat(frames)
        .sort(*key, "position", "side", "line_no")
        .unique(key, keep="first", maintain_order=True)
        .drop("position")
    )
