"""Whether an identity can be tested on a document at all, and if not, why, in words.

Here: the state of the forms, missing and repeated rows, rows nobody recognised, columns the
identity does not know, and conditions. Every refusal carries its reason in Chinese and English.
Not here: the residual of what can be tested (`engine`).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipeline.identities import selection
from pipeline.identities.balance import balanced, holds
from pipeline.identities.declaration import Condition, Declaration, vocabulary
from pipeline.identities.formula import Formula, Ref
from pipeline.identities.rows import Rows
from pipeline.schema.catalogue import measures, statements, vocabularies

EMPTY = ("stated_empty", "blank")
BY_STATEMENT = ("line", "parent", "structure")
UNIT = ["document_id", "statement_id", "reason"]


def unit_of(formula: Formula) -> list[str]:
    """What is tested or refused as one: a document, or one statement of it."""
    return ["document_id", "statement_id"] if formula.kind in BY_STATEMENT else ["document_id"]


def admitted(
    formula: Formula, declaration: Declaration, rows: Rows
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The units that can be tested (with `state` where by statement), and the refusals.

    A unit whose forms do not include the statements of the identity is in neither.
    """
    unit = unit_of(formula)
    covered = belonging(formula, declaration, rows)
    state = pl.col("state")
    usable = state == "data"
    if declaration.empty_is_zero:
        usable = usable | state.is_in(EMPTY)
    closed = covered.filter(~usable).sort("document_id", "statement_id")
    refusals = [
        closed.group_by(unit, maintain_order=True).agg(reason=state_reason().str.join("；"))
    ]
    ready = covered.select(unit).unique().join(refusals[0], on=unit, how="anti")
    for obstacle in obstacles(formula, declaration, covered, rows):
        on = [column for column in unit if column in obstacle.columns]
        stopped = ready.join(obstacle, on=on).group_by(unit).agg(pl.col("reason").sort().first())
        refusals.append(stopped.select(refusals[0].columns))
        ready = ready.join(stopped, on=unit, how="anti")
    refused = pl.concat(refusals)
    if "statement_id" not in unit:
        refused = refused.with_columns(statement_id=pl.lit(formula.statements[0]))
    return ready.sort(unit), refused.select(UNIT).sort("document_id", "statement_id")


def belonging(formula: Formula, declaration: Declaration, rows: Rows) -> pl.DataFrame:
    """Coverage rows of the identity's statements in documents whose forms include them."""
    coverage = rows.coverage
    if declaration.forms and "form" in coverage.columns:
        coverage = coverage.filter(pl.col("form").is_in(list(declaration.forms)))
    named = formula.statements
    covered = coverage.filter(pl.col("statement_id").is_in(list(named)))
    if formula.kind in BY_STATEMENT:
        return covered
    return covered.filter(pl.len().over("document_id") == len(named))


def obstacles(
    formula: Formula, declaration: Declaration, covered: pl.DataFrame, rows: Rows
) -> Iterable[pl.DataFrame]:
    """Frames of document_id (and statement_id) with a reason, in the order they are looked for."""
    printed = covered.filter(pl.col("state") == "data")
    for term in formula.terms:
        if not term.ref.statement:
            continue
        lines = selection.lines_meant(term.ref, rows)
        yield unprinted(term.ref, printed)
        yield missing(term.ref, lines, printed)
        if formula.kind == "document" and not term.summed:
            yield repeated(term.ref, lines)
        if term.ref.items or formula.kind == "code":
            yield unrecognised(term.ref, formula, rows)
    if formula.kind == "line":
        yield from columns(formula, declaration, rows)
    for condition in declaration.conditions:
        yield unmet(condition, covered, rows)


def state_reason() -> pl.Expr:
    """`表名：未公开 (Statement: Not found …)` of a coverage row."""
    words = vocabularies()["coverage"]
    title = {key: spec["zh"] for key, spec in statements().items()}
    zh = {key: spec["zh"] for key, spec in words.items()}
    return pl.format(
        "{}：{} ({}: {})",
        pl.col("statement_id").replace_strict(title, default=pl.col("statement_id")),
        pl.col("state").replace_strict(zh, default=pl.col("state")),
        "statement_id",
        "state",
    )


def described(ref: Ref) -> tuple[str, str]:
    """A reference in Chinese and in English."""
    words = vocabulary()
    role = words["roles"].get(ref.role, {"zh": ref.role, "en": ref.role})
    known = {**words["items"], **measures()}
    zh = "、".join(known.get(item, {"zh": item})["zh"] for item in ref.items)
    en = ", ".join(known.get(item, {"en": item})["en"] for item in ref.items)
    title = statements()[ref.statement]
    other = ("除", "other than ") if ref.negated else ("", "")
    return (
        f"{title['zh']} {role['zh']}" + (f"（{other[0]}{zh}）" if zh else ""),
        f"{role['en']}" + (f" ({other[1]}{en})" if en else "") + f" in {ref.statement}",
    )


def unprinted(ref: Ref, covered: pl.DataFrame) -> pl.DataFrame:
    """Documents whose statement has no such column: what it does not print is not zero."""
    reason = f"无此栏：{described(ref)[0]} (column not printed: {ref.measure} in {ref.statement})"
    none = covered.select("document_id").clear().with_columns(reason=pl.lit(reason))
    if "columns" not in covered.columns or ref.measure == "*":
        return none
    known = pl.col("columns").str.split(" ")
    lacks = ~known.list.contains(f"{ref.side or ''}.{ref.measure}")
    return covered.filter(
        pl.col("statement_id") == ref.statement, pl.col("columns").is_not_null(), lacks
    ).select("document_id", reason=pl.lit(reason))


def missing(ref: Ref, lines: pl.DataFrame, printed: pl.DataFrame) -> pl.DataFrame:
    """Documents whose statement has data and no such row."""
    zh, en = described(ref)
    return (
        printed.filter(pl.col("statement_id") == ref.statement)
        .select("document_id")
        .join(lines.select("document_id").unique(), on="document_id", how="anti")
        .with_columns(reason=pl.lit(f"缺行：{zh} (row not printed: {en})"))
    )


def repeated(ref: Ref, lines: pl.DataFrame) -> pl.DataFrame:
    """Documents that print a row twice where one is meant."""
    zh, en = described(ref)
    return (
        lines.group_by("document_id")
        .agg(pl.len().alias("n"))
        .filter(pl.col("n") > 1)
        .select(
            "document_id",
            reason=pl.lit(f"行重复：{zh} (row printed more than once: {en})"),
        )
    )


def unrecognised(ref: Ref, formula: Formula, rows: Rows) -> pl.DataFrame:
    """Documents where a row of the role bears a figure and is not known by its item or code."""
    whole = Ref(ref.measure, ref.statement, ref.side, ref.role)
    by = "key" if formula.kind == "code" or ref.role in ("code", "class") else "item"
    if ref.role == "class":
        whole = Ref(ref.measure, ref.statement, ref.side, "class")
    return (
        rows.cells_of(ref.statement)
        .filter(selection.meant(whole) & pl.col(by).is_null() & (pl.col("value") != 0))
        .select(
            "document_id",
            reason=pl.format("行未识别：{} (row not recognised: {})", "name", "name"),
        )
    )


def columns(formula: Formula, declaration: Declaration, rows: Rows) -> Iterable[pl.DataFrame]:
    """Statements that print none of the summands, or a column the identity does not know."""
    cells = selection.cells_placed(formula.places, rows)
    unit = ["document_id", "statement_id"]
    summands = {t.ref.measure for t in formula.terms if not t.left}
    known = sorted({t.ref.measure for t in formula.terms} | set(declaration.beside))
    with_parts = cells.filter(pl.col("measure_id").is_in(sorted(summands))).select(unit).unique()
    words = "、".join(measures()[m]["zh"] for m in sorted(summands))
    yield (
        cells.select(unit)
        .unique()
        .join(with_parts, on=unit, how="anti")
        .with_columns(
            reason=pl.lit(f"各分项栏均无数字：{words} (no figure in any of the columns summed)")
        )
    )
    yield (
        cells.filter(~pl.col("measure_id").is_in(known))
        .select(*unit, "measure_id")
        .unique()
        .select(
            *unit,
            reason=pl.format(
                "表中另有本关系未列的栏：{} (a column outside this identity: {})",
                "measure_id",
                "measure_id",
            ),
        )
    )


def unmet(condition: Condition, covered: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """Documents where no alternative of the condition holds."""
    met = [holding(alternative, rows) for alternative in condition.alternatives]
    return (
        covered.select("document_id")
        .unique()
        .join(pl.concat(met).unique(), on="document_id", how="anti")
        .with_columns(
            reason=pl.lit(f"条件不满足：{condition.zh} (condition not met: {condition.en})")
        )
    )


def holding(formula: Formula, rows: Rows) -> pl.DataFrame:
    """document_id of the documents that have every statement named and where the formula holds.

    Absent rows and forms printed empty count as zero here; absent and unreadable forms do not.
    Zero means zero; two sides may differ as far as their leaves explain.
    """
    named = formula.statements
    known = rows.coverage.filter(
        pl.col("statement_id").is_in(list(named)) & pl.col("state").is_in(["data", *EMPTY])
    )
    for ref in {term.ref for term in formula.terms}:
        data = known.filter(pl.col("state") == "data")
        known = known.join(unprinted(ref, data), on="document_id", how="anti")
    complete = (
        known.group_by("document_id")
        .agg(pl.len().alias("n"))
        .filter(pl.col("n") == len(named))
        .select("document_id")
    )
    against_zero = len({term.left for term in formula.terms}) == 1
    mode = "none" if against_zero else "leaves"
    tested = balanced(selection.figures(formula, rows), ["document_id"], mode)
    verdicts = complete.join(tested, on="document_id", how="left").with_columns(
        pl.col("residual", "tolerance").fill_null(0)
    )
    return verdicts.filter(holds(formula.relation)).select("document_id").sort("document_id")


def condition_cells(declaration: Declaration, rows: Rows) -> pl.DataFrame:
    """amount_id of the figures the declaration's conditions are tested on."""
    frames = [
        selection.figures(formula, rows).select("amount_id")
        for condition in declaration.conditions
        for formula in condition.alternatives
    ]
    empty = pl.DataFrame(schema={"amount_id": pl.String()})
    return pl.concat([empty, *frames]).unique().sort("amount_id")
