"""Whether an identity can be tested on a document at all, and if not, why, in words.

Here: the state of the forms, missing and repeated rows, rows nobody recognised, columns the
identity does not know, and conditions. Every refusal carries its reason in Chinese and English.
Not here: the residual of what can be tested (`engine`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import polars as pl

from pipeline.identities import selection
from pipeline.identities.balance import balanced, holds
from pipeline.identities.declaration import Condition, Declaration, vocabulary
from pipeline.identities.formula import AT, Formula, Ref
from pipeline.identities.rows import Rows
from pipeline.schema.catalogue import measures, statements, vocabularies, words

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
    closed = covered.filter(~usable).sort("document_id", "statement_id", "member")
    refusals = [
        closed.group_by(unit, maintain_order=True).agg(
            reason=state_reason().unique(maintain_order=True).str.join("；")
        )
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
    return covered.filter(pl.col("statement_id").n_unique().over("document_id") == len(named))


def obstacles(
    formula: Formula, declaration: Declaration, covered: pl.DataFrame, rows: Rows
) -> Iterable[pl.DataFrame]:
    """Frames of document_id (and statement_id) with a reason, in the order they are looked for."""
    printed = covered.filter(pl.col("state") == "data")
    for term in formula.terms:
        if not term.ref.statement:
            continue
        lines = selection.lines_meant(term.ref, rows)
        if not term.optional:
            yield unprinted(term.ref, printed)
            yield missing(term.ref, lines, printed)
        if formula.kind == "document" and not term.summed:
            yield repeated(term.ref, lines)
        if term.ref.items or formula.kind == "code":
            yield unrecognised(term.ref, formula, rows)
    if formula.kind == "line":
        yield from columns(formula, declaration, rows)
    if formula.relations:
        yield from uneven(formula, printed, rows)
    for condition in declaration.conditions:
        yield unmet(condition, covered, rows)


def state_reason() -> pl.Expr:
    """`表名：未公开 (Statement: Not found …)` of a coverage row, or the reason it brings itself."""
    states = vocabularies()["coverage"]
    zh = {key: spec["zh"] for key, spec in states.items()}
    state = pl.format(
        "{}：{} ({}: {})",
        pl.col("statement_id").replace_strict(titles(), default=pl.col("statement_id")),
        pl.col("state").replace_strict(zh, default=pl.col("state")),
        "statement_id",
        "state",
    )
    return pl.coalesce("reason", state)


@cache
def titles() -> dict[str, str]:
    """The Chinese title of every statement, in documents of every relation too."""
    own = {key: spec["zh"] for key, spec in statements().items()}
    others = {name: words["zh"] for name, words in vocabulary()["relations"].items()}
    return own | {
        f"{key}{AT}{name}": f"{title}（{words}）"
        for key, title in own.items()
        for name, words in others.items()
    }


def described(ref: Ref) -> tuple[str, str]:
    """A reference in Chinese and in English."""
    spoken = vocabulary()
    roles = [spoken["roles"].get(role, {"zh": role, "en": role}) for role in ref.roles]
    role_zh = "、".join(role["zh"] for role in roles)
    role_en = ", ".join(role["en"] for role in roles)
    known = {**spoken["items"], **measures()}
    zh = "、".join(known.get(item, {"zh": item})["zh"] for item in ref.items)
    en = ", ".join(known.get(item, {"en": item})["en"] for item in ref.items)
    other = ("除", "other than ") if ref.negated else ("", "")
    return (
        f"{titles()[ref.statement]} {role_zh}" + (f"（{other[0]}{zh}）" if zh else ""),
        f"{role_en}" + (f" ({other[1]}{en})" if en else "") + f" in {ref.statement}",
    )


def unprinted(ref: Ref, covered: pl.DataFrame) -> pl.DataFrame:
    """Documents whose statement has no such column: what it does not print is not zero."""
    named = " / ".join(ref.measures)
    reason = f"无此栏：{described(ref)[0]} (column not printed: {named} in {ref.statement})"
    none = covered.select("document_id").clear().with_columns(reason=pl.lit(reason))
    if "columns" not in covered.columns or ref.every:
        return none
    lacks = ~headed(ref.sides, ref.measures)
    return covered.filter(
        pl.col("statement_id") == ref.statement, pl.col("columns").is_not_null(), lacks
    ).select("document_id", reason=pl.lit(reason))


def headed(sides: Iterable[str], named: Iterable[str]) -> pl.Expr:
    """Whether the header has one of some columns, on one of some sides or in a table without."""
    wanted = [f"{side}.{measure}" for side in ("", *sides) for measure in named]
    return pl.col("columns").str.split(" ").list.eval(pl.element().is_in(wanted)).list.any()


def missing(ref: Ref, lines: pl.DataFrame, printed: pl.DataFrame) -> pl.DataFrame:
    """Documents whose statement has data and no such row, of one member at least."""
    zh, en = described(ref)
    one = ["document_id", "member"]
    return (
        printed.filter(pl.col("statement_id") == ref.statement)
        .select(one)
        .join(lines.select(one).unique(), on=one, how="anti")
        .select("document_id")
        .unique()
        .with_columns(reason=pl.lit(f"缺行：{zh} (row not printed: {en})"))
    )


def repeated(ref: Ref, lines: pl.DataFrame) -> pl.DataFrame:
    """Documents that print a row twice where one is meant."""
    zh, en = described(ref)
    return (
        lines.group_by("document_id", "member")
        .agg(pl.len().alias("n"))
        .filter(pl.col("n") > 1)
        .select("document_id")
        .unique()
        .with_columns(
            reason=pl.lit(f"行重复：{zh} (row printed more than once: {en})"),
        )
    )


def unrecognised(ref: Ref, formula: Formula, rows: Rows) -> pl.DataFrame:
    """Documents where a row of the role bears a figure and is not known by its item or code."""
    whole = Ref(ref.measures, ref.statement, ref.sides, ref.roles)
    by = "key" if formula.kind == "code" or {"code", "class"} & set(ref.roles) else "item"
    return (
        rows.cells_of(ref.statement)
        .filter(selection.meant(whole) & pl.col(by).is_null() & (pl.col("value") != 0))
        .select(
            "document_id",
            reason=pl.format("行未识别：{} (row not recognised: {})", "name", "name"),
        )
    )


def uneven(formula: Formula, printed: pl.DataFrame, rows: Rows) -> Iterable[pl.DataFrame]:
    """Documents linked to others that go to another depth of codes, or have other columns."""
    if formula.kind == "code":
        depths = pl.concat(lines_depth(rows, term.ref) for term in formula.terms)
        yield differing(depths, "depth").with_columns(
            reason=pl.lit("科目级次不一 (codes of another depth in the other document)")
        )
    if formula.first.every and "columns" in printed.columns:
        known = printed.filter(pl.col("columns").is_not_null())
        figures = pl.col("columns").str.split(" ").list.unique().list.sort().list.join(" ")
        yield differing(known.select("document_id", figures), "columns").with_columns(
            reason=pl.lit("各文件栏目不一 (other columns in the other document)")
        )


def lines_depth(rows: Rows, ref: Ref) -> pl.DataFrame:
    """How many digits the longest code of each document has among the rows of a reference."""
    lines = selection.lines_meant(ref, rows)
    depth = pl.col("key").str.len_chars().max()
    return lines.group_by("document_id", "statement_id", "member").agg(depth=depth)


def differing(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """document_id where a column has several values."""
    several = frame.group_by("document_id").agg(n=pl.col(column).drop_nulls().n_unique())
    return several.filter(pl.col("n") > 1).select("document_id")


def columns(formula: Formula, declaration: Declaration, rows: Rows) -> Iterable[pl.DataFrame]:
    """Statements that print none of the summands, or a column the identity does not know.

    A column that the header has is printed, though no row has a figure in it.
    """
    cells = selection.cells_placed(formula.places, rows)
    unit = ["document_id", "statement_id"]
    summands = {t.ref.measure for t in formula.terms if not t.left}
    known = sorted({t.ref.measure for t in formula.terms} | set(declaration.beside))
    with_parts = cells.filter(pl.col("measure_id").is_in(sorted(summands))).select(unit).unique()
    blank = blank_columns(formula, summands, rows)
    named = "、".join(measures()[m]["zh"] for m in sorted(summands))
    yield (
        cells.select(unit)
        .unique()
        .join(with_parts, on=unit, how="anti")
        .join(blank, on=unit, how="anti")
        .with_columns(
            reason=pl.lit(f"各分项栏均无数字：{named} (no figure in any of the columns summed)")
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


def blank_columns(formula: Formula, summands: set[str], rows: Rows) -> pl.DataFrame:
    """document_id and statement_id of the statements whose header has a column of the summands."""
    coverage = rows.coverage
    if "columns" not in coverage.columns:
        return coverage.clear()
    sides = [place.side for place in formula.places if place.side] or list(words("side"))
    return coverage.filter(
        pl.col("statement_id").is_in(list(formula.statements)), headed(sides, sorted(summands))
    )


def unmet(condition: Condition, covered: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """Documents where the condition is asked and no alternative of it holds."""
    met = [holding(alternative, rows) for alternative in condition.alternatives]
    return (
        asked(condition, covered)
        .join(pl.concat(met).unique(), on="document_id", how="anti")
        .with_columns(
            reason=pl.lit(f"条件不满足：{condition.zh} (condition not met: {condition.en})")
        )
    )


def asked(condition: Condition, covered: pl.DataFrame) -> pl.DataFrame:
    """document_id of the documents a condition is asked of: those of its forms, or of none."""
    if condition.forms and "form" in covered.columns:
        form = pl.col("form")
        covered = covered.filter(form.is_null() | form.is_in(list(condition.forms)))
    return covered.select("document_id").unique()


def holding(formula: Formula, rows: Rows) -> pl.DataFrame:
    """document_id of the documents where a condition holds, tested once."""
    if formula not in rows.settled:
        rows.settled[formula] = tested(formula, rows)
    return rows.settled[formula]


def tested(formula: Formula, rows: Rows) -> pl.DataFrame:
    """document_id of the documents that have every statement named and where the formula holds.

    Absent rows and forms printed empty count as zero here; absent and unreadable forms do not.
    Zero means zero; two sides may differ as far as their leaves explain.
    """
    named = formula.statements
    asked = rows.coverage.filter(pl.col("statement_id").is_in(list(named)))
    closed = asked.filter(~pl.col("state").is_in(["data", *EMPTY]))
    known = asked.join(closed, on="document_id", how="anti")
    for ref in {term.ref for term in formula.terms if not term.optional}:
        data = known.filter(pl.col("state") == "data")
        known = known.join(unprinted(ref, data), on="document_id", how="anti")
    complete = (
        known.group_by("document_id")
        .agg(pl.col("statement_id").n_unique().alias("n"))
        .filter(pl.col("n") == len(named))
        .select("document_id")
    )
    against_zero = len({term.left for term in formula.terms}) == 1
    mode = "none" if against_zero else "breakdowns" if formula.relations else "leaves"
    sides = balanced(selection.figures(formula, rows), ["document_id"], mode)
    verdicts = complete.join(sides, on="document_id", how="left").with_columns(
        pl.col("residual", "tolerance").fill_null(0)
    )
    return verdicts.filter(holds(formula.relation)).select("document_id").sort("document_id")


def condition_cells(declaration: Declaration, rows: Rows) -> pl.DataFrame:
    """amount_id of the figures that decide whether the identity is asked.

    A figure decides a condition unless an alternative holds that it has no part in: that one goes
    on to hold whatever the figure is.
    """
    empty = pl.DataFrame(schema={"amount_id": pl.String()})
    found = [deciding(condition, rows) for condition in declaration.conditions]
    return pl.concat([empty, *found]).unique().sort("amount_id")


def deciding(condition: Condition, rows: Rows) -> pl.DataFrame:
    """amount_id of the figures that decide one condition."""
    keys = ["document_id", "amount_id"]
    parts = [selection.figures(f, rows).select(keys).unique() for f in condition.alternatives]
    every = pl.concat(parts).unique()
    if condition.forms:
        every = every.join(asked(condition, rows.coverage), on="document_id", how="semi")
    safe = [
        every.join(holding(formula, rows), on="document_id", how="semi").join(
            own, on=keys, how="anti"
        )
        for formula, own in zip(condition.alternatives, parts, strict=True)
    ]
    return every.join(pl.concat(safe), on=keys, how="anti").select("amount_id")
