"""Whether an identity can be tested on a document at all, and if not, why, in words.

Here: the state of the forms, missing and repeated rows, rows nobody recognised, columns the
identity does not know, and conditions. Every refusal carries its reason in Chinese and English.
Not here: the residual of what can be tested (`engine`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain

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
NOTHING = pl.DataFrame(schema=dict.fromkeys(UNIT, pl.String()))


def unit_of(formula: Formula) -> list[str]:
    """What is tested or refused as one: a document, or one statement of it."""
    return ["document_id", "statement_id"] if formula.kind in BY_STATEMENT else ["document_id"]


def admitted(
    formula: Formula, declaration: Declaration, covered: pl.DataFrame, rows: Rows
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The units that can be tested, and the refusals; `covered` as of `belonging`."""
    unit = unit_of(formula)
    state = pl.col("state")
    usable = state == "data"
    if declaration.empty_is_zero:
        usable = usable | state.is_in(EMPTY)
    ready = covered.select(unit).unique()
    refusals = [NOTHING.select(*unit, "reason")]
    stated = closed(covered.filter(~usable), unit)
    for obstacle in chain([stated], obstacles(formula, declaration, covered, rows)):
        if ready.is_empty():
            break
        if obstacle.is_empty():
            continue
        on = [column for column in unit if column in obstacle.columns]
        stopped = ready.join(obstacle, on=on).group_by(unit).agg(pl.col("reason").sort().first())
        refusals.append(stopped.select(refusals[0].columns))
        ready = ready.join(stopped, on=unit, how="anti")
    refused = pl.concat(refusals)
    if "statement_id" not in unit:
        refused = refused.with_columns(statement_id=pl.lit(formula.statements[0]))
    return ready.sort(unit), refused.select(UNIT).sort("document_id", "statement_id")


def closed(covered: pl.DataFrame, unit: list[str]) -> pl.DataFrame:
    """The units with a form that cannot be used, and the state of each such form as the reason."""
    if covered.is_empty():
        return covered
    return (
        covered.sort("document_id", "statement_id", "member")
        .group_by(unit, maintain_order=True)
        .agg(reason=state_reason().unique(maintain_order=True).str.join("；"))
    )


def belonging(formula: Formula, declaration: Declaration, rows: Rows) -> pl.DataFrame:
    """Coverage rows of the identity's statements in documents whose forms include them."""
    named = formula.statements
    covered = covering(named, declaration.forms, rows)
    if formula.kind in BY_STATEMENT or covered.is_empty():
        return covered
    return covered.filter(pl.col("statement_id").n_unique().over("document_id") == len(named))


def covering(named: Iterable[str], forms: Sequence[str], rows: Rows) -> pl.DataFrame:
    """Coverage rows of some statements, in some forms where any are named."""
    wanted = pl.col("statement_id").is_in(list(named))
    if forms and "form" in rows.coverage.columns:
        wanted = wanted & pl.col("form").is_in(list(forms))
    return rows.coverage.filter(wanted)


def obstacles(
    formula: Formula, declaration: Declaration, covered: pl.DataFrame, rows: Rows
) -> Iterable[pl.DataFrame]:
    """Frames of document_id (and statement_id) with a reason, in the order they are looked for."""
    printed = covered.filter(pl.col("state") == "data")
    for term in formula.terms:
        if not term.ref.statement:
            continue
        if not term.optional:
            yield unprinted(term.ref, declaration.forms, rows)
            yield missing(term.ref, declaration.forms, rows)
        if formula.kind == "document" and not term.summed:
            yield repeated(term.ref, rows)
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


def unprinted(ref: Ref, forms: tuple[str, ...], rows: Rows) -> pl.DataFrame:
    """Documents whose statement has no such column: what it does not print is not zero."""
    if "columns" not in rows.coverage.columns or ref.every:
        return NOTHING
    named = " / ".join(ref.measures)
    reason = f"无此栏：{described(ref)[0]} (column not printed: {named} in {ref.statement})"

    def found() -> pl.DataFrame:
        lacks = ~headed(ref.sides, ref.measures)
        return (
            with_data(ref.statement, forms, rows)
            .filter(pl.col("columns").is_not_null() & lacks)
            .select("document_id", reason=pl.lit(reason))
        )

    return rows.once(("unprinted", ref, forms), found)


def with_data(statement: str, forms: tuple[str, ...], rows: Rows) -> pl.DataFrame:
    """Coverage rows of a statement that prints something."""
    return rows.once(
        ("with_data", statement, forms),
        lambda: covering([statement], forms, rows).filter(pl.col("state") == "data"),
    )


def headed(sides: Iterable[str], named: Iterable[str]) -> pl.Expr:
    """Whether the header has one of some columns, on one of some sides or in a table without."""
    wanted = [f"{side}.{measure}" for side in ("", *sides) for measure in named]
    return pl.col("columns").str.split(" ").list.eval(pl.element().is_in(wanted)).list.any()


def missing(ref: Ref, forms: tuple[str, ...], rows: Rows) -> pl.DataFrame:
    """Documents whose statement has data and no such row, of one member at least."""
    one = ["document_id", "member"]

    def found() -> pl.DataFrame:
        zh, en = described(ref)
        lines = selection.lines_meant(ref, rows).select(one)
        lacking = with_data(ref.statement, forms, rows).join(lines, on=one, how="anti")
        reason = pl.lit(f"缺行：{zh} (row not printed: {en})")
        return lacking.select("document_id", reason=reason).unique()

    return rows.once(("missing", replace(ref, measures=()), forms), found)


def repeated(ref: Ref, rows: Rows) -> pl.DataFrame:
    """Documents that print a row twice where one is meant."""
    one = ["document_id", "member"]

    def found() -> pl.DataFrame:
        zh, en = described(ref)
        lines = selection.lines_meant(ref, rows).select(one)
        reason = pl.lit(f"行重复：{zh} (row printed more than once: {en})")
        return lines.filter(lines.is_duplicated()).select("document_id", reason=reason).unique()

    return rows.once(("repeated", replace(ref, measures=())), found)


def unrecognised(ref: Ref, formula: Formula, rows: Rows) -> pl.DataFrame:
    """Documents where a row of the role bears a figure and is not known by its item or code."""
    whole = Ref((), ref.statement, ref.sides, ref.roles)
    by = "key" if formula.kind == "code" or {"code", "class"} & set(ref.roles) else "item"

    def found() -> pl.DataFrame:
        unknown = selection.meant(whole) & pl.col(by).is_null() & (pl.col("value") != 0)
        reason = pl.format("行未识别：{} (row not recognised: {})", "name", "name")
        return rows.cells_of(ref.statement).filter(unknown).select("document_id", reason=reason)

    return rows.once(("unrecognised", whole, by), found)


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
    reason = pl.lit(f"条件不满足：{condition.zh} (condition not met: {condition.en})")
    met = pl.concat([holding(alternative, rows) for alternative in condition.alternatives])
    lacking = asked(condition, covered).join(met, on="document_id", how="anti")
    return lacking.with_columns(reason=reason)


def asked(condition: Condition, covered: pl.DataFrame) -> pl.DataFrame:
    """document_id of the documents a condition is asked of: those of its forms, or of none."""
    if condition.forms and "form" in covered.columns:
        form = pl.col("form")
        covered = covered.filter(form.is_null() | form.is_in(list(condition.forms)))
    return covered.select("document_id").unique()


def holding(formula: Formula, rows: Rows) -> pl.DataFrame:
    """document_id of the documents where a condition holds, tested once."""
    return rows.once(("holding", formula), lambda: tested(formula, rows))


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
        known = known.join(unprinted(ref, (), rows), on="document_id", how="anti")
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
    found = [
        rows.once(("deciding", one), partial(deciding, one, rows)) for one in declaration.conditions
    ]
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
