"""Running the identities over the books: one row per instance, with its terms and its verdict.

    books -> rows -> (per identity) gate -> figures -> sides -> residual, tolerance -> verdict

Everything is a group-by or a join over all documents at once. Identities between documents run in
a second pass, over documents that are linked to others (`linked`). Here: the run, the verdicts, the
identifiers and the frames of the release. Not here: the parts it calls, each in its own module.
An exception while an identity runs is caught in `guarded`, the only place, and becomes `crashed`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.identities import gate, linked, selection, tolerance
from pipeline.identities.balance import balanced, holds
from pipeline.identities.books import MONEY, Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.formula import AT, Formula
from pipeline.identities.proof import proof, weighed, with_pins
from pipeline.identities.rows import Rows, prepare
from pipeline.schema.catalogue import tables

PLACE = ["document_id", "statement_id", "side", "line_no", "subject"]
VALUES = ["left_value", "right_value", "residual", "tolerance"]
CHECK: dict[str, pl.DataType] = {
    **dict.fromkeys(["document_id", "statement_id", "side", "subject"], pl.String()),
    "line_no": pl.Int64(),
    **dict.fromkeys(VALUES, pl.Int64()),
    "unit": pl.String(),
    "n_terms": pl.Int64(),
    "suspicious": pl.Boolean(),
    "reason": pl.String(),
    "verdict": pl.String(),
    "instance": pl.UInt32(),
}
TERM: dict[str, pl.DataType] = {
    "instance": pl.UInt32(),
    "left": pl.Boolean(),
    "position": pl.Int64(),
    "line_id": pl.UInt32(),
    "amount_id": pl.String(),
    "sign": pl.Int64(),
    "could_pin": pl.Boolean(),
}
NO_CHECKS, NO_TERMS = pl.DataFrame(schema=CHECK), pl.DataFrame(schema=TERM)
ID_BYTES = 15
BATCH = 2000  # documents
NO_FIGURE = "两边均无数字 (no figure printed on either side)"

# Checks, terms, and the weight of each figure in each check.
Judged = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


@dataclass(frozen=True)
class Results:
    """`checks` and `terms` as released; `proofs`: amount_id, proof and reason of every figure."""

    checks: pl.DataFrame
    terms: pl.DataFrame
    proofs: pl.DataFrame


def run(books: Books, declarations: Sequence[Declaration]) -> Results:
    """Every identity over every document; `BooksError` where the books are not well formed."""
    books = books.checked()
    within = [declaration for declaration in declarations if not declaration.relations]
    documents = books.coverage.select("document_id").unique().sort("document_id")
    judged = [
        judge(books.cells, prepare(books.of_documents(documents.slice(start, BATCH))), within)
        for start in range(0, max(documents.height, 1), BATCH)
    ]
    judged += between(books, [d for d in declarations if d.relations])
    checks, terms, weights = (pl.concat(parts) for parts in zip(*judged, strict=True))
    catalogue = tables()
    return Results(
        catalogue["fact_check"].conform(checks),
        catalogue["fact_check_term"].conform(terms),
        proof(books.cells, weights),
    )


def between(books: Books, declarations: Sequence[Declaration]) -> list[Judged]:
    """Every identity between documents, over documents with those linked to them."""
    if books.links is None or not declarations:
        return []
    wanted = linked.asked(declarations)
    return [
        judge(books.cells, linked.joined(books, links, wanted), declarations)
        for links in linked.batches(books.links, BATCH)
    ]


def judge(cells: pl.DataFrame, rows: Rows, declarations: Sequence[Declaration]) -> Judged:
    """The checks and terms of identities over some documents, and what each says of its figures.

    Batches of documents bound the memory that finding the figures takes.
    """
    checks, terms = identified([guarded(declaration, rows) for declaration in declarations])
    weights = weighed(cells, checks, terms)
    return (
        checks.with_columns(finding_id=pl.lit(None, dtype=pl.String)).select(
            list(tables()["fact_check"].schema)
        ),
        with_pins(terms, weights)
        .with_columns(claim_id=pl.lit(None, dtype=pl.String))
        .select(list(tables()["fact_check_term"].schema)),
        weights,
    )


def guarded(declaration: Declaration, rows: Rows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The checks and terms of one identity, or one `crashed` row per document it concerns."""
    try:
        checks, terms = evaluate(declaration, rows)
    except Exception as error:
        checks = crashed(declaration, rows, error)
        terms = NO_TERMS
    named = pl.lit(declaration.id).alias("identity_id")
    return checks.with_columns(named), terms.with_columns(named)


def crashed(declaration: Declaration, rows: Rows, error: Exception) -> pl.DataFrame:
    """One row per document that has a statement of the identity, with the exception text."""
    named = {s for formula in declaration.formulas for s in formula.statements}
    named = {s for s in named if AT in s} or named
    covered = rows.coverage.filter(pl.col("statement_id").is_in(sorted(named)))
    documents = covered.select("document_id").unique().sort("document_id")
    return refusal(
        documents.with_columns(
            statement_id=pl.lit(None, dtype=pl.String),
            reason=pl.lit(f"{type(error).__name__}: {error}"),
        ),
        "crashed",
    )


def evaluate(declaration: Declaration, rows: Rows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The checks and terms of one identity; instances are numbered across its formulas."""
    checks, terms = [NO_CHECKS], [NO_TERMS]
    ready, numbered = [], 0
    for formula in declaration.formulas:
        covered = gate.belonging(formula, declaration, rows)
        if covered.is_empty():
            continue
        admitted, refused = gate.admitted(formula, declaration, covered, rows)
        if refused.height:
            checks.append(refusal(refused, "untestable"))
        if admitted.is_empty():
            continue
        ready.append(admitted)
        if formula.kind == "structure":
            checks.append(structure(formula, admitted, rows))
            continue
        found, used = instances(formula, declaration, admitted, rows, numbered)
        numbered += found.height
        checks.append(found)
        terms.append(used)
    if ready:
        checks.append(silent(declaration, pl.concat(ready), pl.concat(checks)))
    judged = pl.concat(terms)
    if declaration.conditions and judged.height:
        decides = pl.col("amount_id").is_in(gate.condition_cells(declaration, rows)["amount_id"])
        judged = judged.with_columns(could_pin=pl.col("could_pin") & ~decides)
    return pl.concat(checks), judged


def silent(declaration: Declaration, ready: pl.DataFrame, checks: pl.DataFrame) -> pl.DataFrame:
    """What could be tested and printed no figure at all: one untestable row, never none."""
    formula = declaration.formulas[0]
    units = ready.unique().join(checks, on=gate.unit_of(formula), how="anti", nulls_equal=True)
    if "statement_id" not in units.columns:
        units = units.with_columns(statement_id=pl.lit(formula.statements[0]))
    return refusal(units.with_columns(reason=pl.lit(NO_FIGURE)), "untestable")


def instances(
    formula: Formula,
    declaration: Declaration,
    ready: pl.DataFrame,
    rows: Rows,
    start: int,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every instance with a figure on a side, judged, and its terms."""
    keys = selection.KEYS
    figures = selection.figures(formula, rows)
    found = figures.select(keys).unique()
    if formula.relations and formula.relation != "=":
        # What a unit does not print is within its department's without a question.
        found = figures.filter("left").select(keys).unique()
    found = selection.names(formula, found, rows).join(ready, on=gate.unit_of(formula), how="semi")
    figures = figures.join(found, on=keys, how="semi")
    sides = balanced(figures, keys, declaration.tolerance)
    held = holds(formula.relation)
    exact = pl.col("residual") <= 0 if formula.relation == "<=" else pl.col("residual") == 0
    checks = (
        sides.join(found, on=keys, how="left")
        .with_columns(
            suspicious=tolerance.suspicious(sides) & (formula.relation == "="),
            verdict=pl.when(exact)
            .then(pl.lit("exact"))
            .when(held)
            .then(pl.lit("rounding"))
            .otherwise(pl.lit("breaks")),
            unit=pl.lit("yuan"),
            reason=pl.lit(None, dtype=pl.String),
        )
        .sort(keys)
        .with_row_index("instance", offset=start)
    )
    terms = figures.join(checks.select(*keys, "instance"), on=keys).with_columns(
        sign=pl.when("left").then(pl.col("sign")).otherwise(-pl.col("sign")),
        could_pin=pl.lit(formula.relation == "="),
    )
    return typed(checks, CHECK), typed(terms, TERM)


def structure(formula: Formula, ready: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """Codes whose parent (two digits less) must be printed, against those where it is.

    A parent must be printed where its level is printed at all in the same statement and side.
    The subject names the parents that are missing.
    """
    sheet = ["document_id", "statement_id", "side"]
    codes = (
        selection.lines_placed(formula.places, rows)
        .filter(pl.col("code").is_not_null())
        .join(ready, on=["document_id", "statement_id"], how="semi")
        .select(*sheet, "code", digits=pl.col("code").str.len_chars())
        .unique()
    )
    above = codes.select(*sheet, "digits").unique()
    printed = codes.select(*sheet, wanted="code").with_columns(found=pl.lit(True))
    judged = (
        codes.with_columns(
            wanted=pl.col("code").str.slice(0, pl.col("digits") - 2),
            digits=pl.col("digits") - 2,
        )
        .join(above, on=[*sheet, "digits"], how="semi")
        .join(printed, on=[*sheet, "wanted"], how="left")
        .group_by(sheet)
        .agg(
            left_value=pl.len().cast(pl.Int64) * 100,
            right_value=pl.col("found").sum().cast(pl.Int64) * 100,
            lost=pl.col("wanted").filter(pl.col("found").is_null()).unique().sort().str.join("、"),
        )
    )
    lost = pl.when(pl.col("lost") != "").then(pl.format("缺 {}", "lost"))
    return typed(
        judged.sort(sheet)
        .with_row_index("instance", offset=2**31)
        .with_columns(
            line_no=pl.lit(None),
            subject=lost.otherwise(pl.lit("上级科目")),
            residual=pl.col("left_value") - pl.col("right_value"),
            tolerance=pl.lit(0),
            unit=pl.lit("count"),
            n_terms=pl.lit(0),
            suspicious=pl.lit(False),
            reason=pl.lit(None),
        )
        .with_columns(
            verdict=pl.when(pl.col("residual") == 0)
            .then(pl.lit("exact"))
            .otherwise(pl.lit("breaks"))
        ),
        CHECK,
    )


def refusal(frame: pl.DataFrame, verdict: str) -> pl.DataFrame:
    """Rows that were not tested, as checks without values."""
    empty = [name for name in CHECK if name not in ("document_id", "statement_id", "reason")]
    return typed(
        frame.with_columns(pl.lit(None).alias(name) for name in empty).with_columns(
            unit=pl.lit("yuan"), n_terms=0, suspicious=False, verdict=pl.lit(verdict)
        ),
        CHECK,
    )


def typed(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Exactly the columns of a schema, cast."""
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def identified(
    outcomes: Sequence[tuple[pl.DataFrame, pl.DataFrame]],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All checks and terms in a total order, with check_id, term positions and money in yuan.

    Rows of equal subject (a code printed twice, projects of one name) are told apart by #2, #3 ….
    """
    empty = pl.DataFrame(schema={**CHECK, "identity_id": pl.String()})
    checks = pl.concat([empty, *(frame for frame, _ in outcomes)])
    group = ["document_id", "identity_id", "statement_id", "subject"]
    order = [
        "document_id",
        "identity_id",
        "statement_id",
        "side",
        "line_no",
        "subject",
        "reason",
    ]
    checks = checks.sort(*order, "instance", nulls_last=False).with_columns(
        occurrence=pl.int_range(1, pl.len() + 1).over(group)
    )
    again = pl.format("{} #{}", pl.col("subject").fill_null(""), "occurrence")
    checks = checks.with_columns(
        subject=pl.when(pl.col("occurrence") > 1).then(again).otherwise("subject")
    )
    checks = checks.with_columns(check_id=check_ids(checks)).with_columns(
        (pl.col(name).cast(pl.Decimal(38, 2)) / 100).cast(MONEY) for name in VALUES
    )
    empty = pl.DataFrame(schema={**TERM, "identity_id": pl.String()})
    terms = pl.concat([empty, *(frame for _, frame in outcomes)])
    terms = (
        terms.join(
            checks.select("identity_id", "instance", "check_id"),
            on=["identity_id", "instance"],
        )
        .sort(
            "check_id",
            "left",
            "position",
            "line_id",
            "amount_id",
            descending=[False, True, False, False, False],
        )
        .with_columns(position=pl.int_range(1, pl.len() + 1).over("check_id"))
    )
    return checks, terms


def check_ids(checks: pl.DataFrame) -> pl.Series:
    """base32 of the first 15 bytes of the SHA-256 of document, identity, statement and subject.

    Polars has no SHA-256, so this one column is hashed row by row in Python (about 2 µs each).
    """
    parts = [
        pl.col(n).fill_null("") for n in ("document_id", "identity_id", "statement_id", "subject")
    ]
    keys = checks.select(pl.concat_str(parts, separator="\x1f")).to_series()
    return pl.Series(
        "check_id",
        [
            base64.b32encode(hashlib.sha256(key.encode()).digest()[:ID_BYTES]).decode().lower()
            for key in keys
        ],
        dtype=pl.String,
    )
