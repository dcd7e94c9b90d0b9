"""For every rule of the gate, one way to break it in a built warehouse.

Those of the identities are broken by the counter-examples of their declarations
(`test_identities`), not here.

Here: SQL that corrupts one thing, the place that must be named, and what else must fail with it.
A rule without an entry fails the suite: whoever adds a rule adds its break. Not here: assertions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.gate.rule import Rule
from pipeline.schema.catalogue import Table, quoted, tables

NOWHERE = "'nowhere'"


@dataclass(frozen=True)
class Break:
    """`sql` corrupts the warehouse and `last` the last release; `place` finds what must be named.

    `also` are the rules that the same corruption cannot but break. Queries run before `sql`.
    """

    sql: str = ""
    place: str | None = None
    also: tuple[str, ...] = ()
    last: Mapping[str, str] = field(default_factory=dict)
    pins: tuple[dict[str, Any], ...] = ()
    has_last: bool = True


def first(table: Table, condition: str = "true") -> str:
    """A condition that one row of a table meets: the first by key of those that meet another."""
    keys = ", ".join(quoted(k) for k in table.key)
    chosen = f"SELECT {keys} FROM {table.name} WHERE {condition} ORDER BY {keys} LIMIT 1"
    return f"({keys}) IN ({chosen})"


def place(table: Table, condition: str, **changed: str) -> str | None:
    """The query for document, statement and line of a row, some of them to be changed."""
    names = [c.name for c in table.columns]
    if "document_id" not in names:
        return None
    parts = [
        changed.get(name, name if name in names else "NULL")
        for name in ("document_id", "statement_id", "line_no")
    ]
    return f"SELECT {', '.join(parts)} FROM {table.name} WHERE {condition}"


def changed(table: Table, column: str, value: str, only: str, *also: str) -> Break:
    """One row with one column changed."""
    row = first(table, only)
    named = place(table, row, **{column: value})
    return Break(f"UPDATE {table.name} SET {column} = {value} WHERE {row}", named, also)


def unfit(table: Table, column: str, text: str, only: str) -> Break:
    """A text that a scan must find."""
    return changed(table, column, f"'{text}'", only)


#: rows in which a change breaks nothing else, by table
HARMLESS = {
    "fact_coverage": "state = 'stated_empty' AND mandate IS NOT NULL",
    "fact_check": "verdict = 'untestable'"
    " AND check_id NOT IN (SELECT check_id FROM fact_check_term)",
    "fact_check_term": "NOT pins AND amount_id IN"
    " (SELECT amount_id FROM fact_check_term GROUP BY 1 HAVING count(*) > 2)",
    "fact_amount": "code IS NULL",
    "fact_quarantine": "document_id IS NULL",
    "dim_economic": "classification = 'government'",
    "dim_region": "level = '县级'",
}
#: what else breaks where a column says something that is nowhere
ALSO = {
    ("fact_amount", "proof"): ("unproved_explained",),
    ("fact_amount", "proof_reason"): ("unproved_explained",),
    ("fact_check_term", "check_id"): ("residuals_recomputed",),
    ("fact_check_term", "amount_id"): ("residuals_recomputed",),
    ("fact_check", "verdict"): ("checks_whole",),
}


def structural(rule: Rule) -> list[Break]:
    """Every way to break a rule that follows from the catalogue."""
    table = tables()[rule.table]
    aspect = rule.id.removeprefix(f"{table.name}_")
    harmless = HARMLESS.get(table.name, "true")
    if aspect == "schema":
        return [Break(f"ALTER TABLE {table.name} ADD COLUMN stray INTEGER"), *other_types(table)]
    if aspect == "key":
        row = first(table, harmless)
        sql = f"INSERT INTO {table.name} SELECT * FROM {table.name} WHERE {row}"
        return [Break(sql, place(table, row))]
    if aspect == "references":
        return [nowhere(table, c.name, harmless) for c in table.columns if c.ref]
    if aspect == "words":
        return [nowhere(table, c.name, harmless) for c in table.columns if c.words]
    if aspect == "texts":
        return [empty_text(table, harmless)]
    raise LookupError(f"no way to break a structural rule {rule.id}")


def nowhere(table: Table, column: str, harmless: str) -> Break:
    """A word or a reference that is not there."""
    return changed(table, column, NOWHERE, harmless, *ALSO.get((table.name, column), ()))


def other_types(table: Table) -> list[Break]:
    """Money or a measure that became floating point."""
    exact = [c.name for c in table.columns if c.type in ("money", "box", "ratio")][:1]
    return [Break(f"ALTER TABLE {table.name} ALTER {name} TYPE DOUBLE") for name in exact]


def empty_text(table: Table, harmless: str) -> Break:
    """An empty text in a column that refers to nothing, else in one that does."""
    texts = [c for c in table.columns if c.type in ("text", "code") and c.name not in table.key]
    free = [c for c in texts if not c.ref and not c.words]
    column = (free or texts)[-1]
    also = () if free else (f"{table.name}_{'references' if column.ref else 'words'}",)
    also = (*also, *ALSO.get((table.name, column.name), ()))
    return changed(table, column.name, "''", harmless, *also)


AMOUNT = tables()["fact_amount"]
CHECK = tables()["fact_check"]
COVERAGE = tables()["fact_coverage"]
DOCUMENT = tables()["dim_document"]
CLAIM = tables()["fact_claim"]
LINKED = "amount_id IS NOT NULL"
CODED = "code = '221'"
#: a check that holds, each of whose figures stands in another that holds too
WELL_HELD = """
    identity_id = 'expenditure_row' AND verdict = 'exact' AND n_terms > 1 AND check_id NOT IN (
        SELECT t.check_id FROM fact_check_term t WHERE t.amount_id IN (
            SELECT amount_id FROM fact_check_term JOIN fact_check USING (check_id)
            WHERE verdict IN ('exact', 'rounding') GROUP BY 1 HAVING count(*) < 2))
"""
HELD = first(CHECK, WELL_HELD)
UNTESTABLE = "verdict = 'untestable' AND identity_id = 'code_hierarchy'"
HELD_AMOUNTS = f"""
    amount_id IN (SELECT amount_id FROM fact_check_term WHERE check_id IN (
        SELECT check_id FROM fact_check WHERE {HELD}))
"""
EXPLAINED = "finding_id = (SELECT min(finding_id) FROM fact_finding)"
ONE_AMOUNT = first(AMOUNT, CODED)
FIRST_DOCUMENT = f"SELECT document_id FROM dim_document WHERE {first(DOCUMENT)}"
ANOTHER_DOCUMENT = f"""
    INSERT INTO dim_document SELECT * REPLACE ('ffffffffffffffff' AS document_id)
    FROM dim_document WHERE {first(DOCUMENT)}
"""
PIN = {
    "identity_id": "expenditure_row",
    "statement_id": "expenditure",
    "subject": "no such line",
    "expect": {"left": "3.00", "right": "2.00"},
}
BREAKS: dict[str, list[Break]] = {
    "documents_present": [
        Break(
            "; ".join(
                f"DELETE FROM {t}"
                for t in tables()
                if t.startswith("fact_")
                or t in ("dim_document", "dim_service", "dim_unit", "dim_unit_profile")
            ),
            has_last=False,
        )
    ],
    "codes_listed": [
        Break(
            "UPDATE dim_function SET status = 'unlisted' WHERE code = '221'",
            f"SELECT document_id, statement_id, min(line_no) FROM fact_amount WHERE {CODED}"
            " GROUP BY ALL LIMIT 1",
        )
    ],
    "codes_resolved": [changed(AMOUNT, "code", "'9999999'", CODED)],
    "amounts_match_coverage": [
        changed(COVERAGE, "state", "'stated_empty'", "state = 'data'"),
        changed(COVERAGE, "state", "'data'", "state = 'stated_empty'"),
    ],
    "unreadable_explained": [changed(COVERAGE, "state", "'unreadable'", HARMLESS["fact_coverage"])],
    "statements_readable": [
        Break(
            "INSERT INTO fact_quarantine SELECT 'ffffffffffffffff', source_name, sha256, "
            "document_id, 'summary', 'forms', 'row_unplaced', 'row 3' "
            f"FROM dim_document WHERE {first(DOCUMENT)}",
            f"SELECT document_id, 'summary', NULL FROM dim_document WHERE {first(DOCUMENT)}",
        )
    ],
    "statements_printed": [
        changed(COVERAGE, "state", f"'{state}'", HARMLESS["fact_coverage"])
        for state in ("absent", "blank")
    ],
    "disclosures_made": [
        Break(
            "UPDATE fact_disclosure SET state = 'missing', expected_by = 'a list'",
            "SELECT NULL, NULL, NULL",
        )
    ],
    "claims_hold": [
        Break(
            f"UPDATE fact_claim SET verdict = 'contradicts' WHERE {first(CLAIM, LINKED)}",
            "SELECT c.document_id, a.statement_id, a.line_no FROM fact_claim c "
            f"JOIN fact_amount a USING (amount_id) WHERE c.claim_id IN "
            f"(SELECT claim_id FROM fact_claim WHERE {first(CLAIM, LINKED)})",
        )
    ],
    "claims_recognised": [changed(CLAIM, "subject", "'unrecognised'", "true")],
    "one_origin": [changed(DOCUMENT, "origin", "'facsimile'", "true")],
    "versions_dated": [changed(DOCUMENT, "is_current", "false", "true")],
    "no_personal_data": [
        unfit(AMOUNT, "label", "联系电话：0300-0123456", "code IS NULL"),
        unfit(AMOUNT, "implementing_unit", "经办人：贾拟真", "code IS NULL"),
        unfit(DOCUMENT, "publisher", "13812345678", "true"),
        unfit(CLAIM, "label", "联系人：贾拟真", "true"),
    ],
    "no_formula_text": [
        unfit(AMOUNT, "label", f"{start}HYPERLINK(1)", "code IS NULL") for start in "=+-@＝＠"
    ],
    "documents_kept": [
        Break(
            last={
                "dim_document": "SELECT * FROM t UNION ALL SELECT * REPLACE ("
                "'eeeeeeeeeeeeeeee' AS document_id, 'e' AS sha256, 'gone.txt' AS source_name)"
                f" FROM t WHERE {first(DOCUMENT).replace('dim_document', 't')}"
            },
            place="SELECT 'eeeeeeeeeeeeeeee', NULL, NULL",
        )
    ],
    "years_kept": [
        Break(
            last={
                "dim_document": "SELECT * FROM t UNION ALL SELECT * REPLACE ("
                "'eeeeeeeeeeeeeeee' AS document_id, 'e' AS sha256, 1999 AS fiscal_year)"
                f" FROM t WHERE {first(DOCUMENT).replace('dim_document', 't')}"
            },
        )
    ],
    "rows_kept": [
        Break(
            last={
                "fact_amount": "SELECT * FROM t UNION ALL SELECT * REPLACE ('gone' AS amount_id)"
                f" FROM t WHERE {ONE_AMOUNT.replace('fact_amount', 't')}"
            },
            place=place(AMOUNT, ONE_AMOUNT),
        )
    ],
    "no_identity_crashed": [changed(CHECK, "verdict", "'crashed'", UNTESTABLE, "code_hierarchy")],
    "every_document_checked": [
        Break(ANOTHER_DOCUMENT, "SELECT 'ffffffffffffffff', NULL, NULL"),
    ],
    "every_document_tested": [
        Break(
            "UPDATE fact_check SET verdict = 'untestable', reason = 'x', left_value = NULL, "
            f"right_value = NULL, residual = NULL WHERE document_id IN ({FIRST_DOCUMENT})",
            f"SELECT document_id, NULL, NULL FROM ({FIRST_DOCUMENT})",
            also=("proved_amounts_pinned",),
        )
    ],
    "breaking_amounts_disputed": [
        Break(
            f"UPDATE fact_check SET verdict = 'breaks', {EXPLAINED} WHERE {HELD}",
            place(AMOUNT, HELD_AMOUNTS),
            also=("expenditure_row", "checks_whole"),
        )
    ],
    "proved_amounts_pinned": [
        Break(
            f"DELETE FROM fact_check_term WHERE amount_id IN "
            f"(SELECT amount_id FROM fact_amount WHERE {first(AMOUNT, '''proof = 'proved' ''')})",
            place(AMOUNT, first(AMOUNT, "proof = 'proved'")),
            also=("residuals_recomputed",),
        ),
        Break(
            f"UPDATE fact_check_term SET pins = false WHERE amount_id IN "
            f"(SELECT amount_id FROM fact_amount WHERE {first(AMOUNT, '''proof = 'proved' ''')})",
            place(AMOUNT, first(AMOUNT, "proof = 'proved'")),
        ),
    ],
    "unproved_explained": [
        changed(AMOUNT, "proof", "'repaired'", "proof = 'proved'"),
        changed(AMOUNT, "proof_reason", "'for a reason'", "proof = 'proved'"),
    ],
    "checks_whole": [
        changed(CHECK, "reason", "NULL", HARMLESS["fact_check"]),
        changed(CHECK, "residual", "0", HARMLESS["fact_check"]),
        changed(CHECK, "reason", "'for a reason'", WELL_HELD),
        changed(CHECK, "left_value", "NULL", WELL_HELD),
        changed(CHECK, "tolerance", "NULL", WELL_HELD),
        changed(CHECK, "verdict", "'rounding'", WELL_HELD),
        changed(CHECK, "residual", "residual + 0.01", WELL_HELD, "residuals_recomputed"),
    ],
    "residuals_recomputed": [
        changed(CHECK, "n_terms", "n_terms + 1", WELL_HELD),
        Break(
            f"UPDATE fact_check_term SET sign = 1 WHERE {HELD}",
            place(CHECK, HELD),
        ),
    ],
    "identities_declared": [
        changed(CHECK, "identity_id", "'summary_of_nothing'", HARMLESS["fact_check"])
    ],
    "breaks_explained": [
        Break(
            f"UPDATE fact_amount SET proof = 'disputed' WHERE {HELD_AMOUNTS};"
            f"UPDATE fact_check SET verdict = 'breaks', residual = 100 WHERE {HELD}",
            f"SELECT document_id, statement_id, NULL FROM fact_check WHERE {HELD}",
            also=(
                *("checks_whole", "residuals_recomputed"),
                *("expenditure_row", "unproved_explained"),
            ),
        )
    ],
    "pins_current": [
        Break(
            place="SELECT document_id, 'expenditure', NULL FROM dim_document "
            f"WHERE {first(DOCUMENT)}"
        )
    ],
}


def breaks_of(rule: Rule) -> list[Break]:
    """Every way to break a rule; `LookupError` where nobody wrote one."""
    if rule.suite == "structure":
        return structural(rule)
    if rule.id not in BREAKS:
        raise LookupError(f"the rule {rule.id} has no break in {__name__}.BREAKS: write one")
    return BREAKS[rule.id]
