"""Rules of the identities: one expectation per declared identity, a suite per code (A1 … E9).

They follow from `expectations/identities/*.yml` and are written nowhere else. One per identity and
not per code, so that an identity that no document could be tested on never hides behind another of
its code. Here: their queries over fact_check. Not here: the identities themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.gate.rule import Rule
from pipeline.identities.declaration import Declaration
from pipeline.identities.performance import Declared
from pipeline.schema.catalogue import literal

# What has an identifier, a code, titles and a severity.
Named = Declaration | Declared
TESTED = "verdict IN ('exact', 'rounding', 'breaks')"
#: a break that a steward has decided on, with the very sides that were looked at
PINNED = """
    c.verdict = 'breaks' AND EXISTS (
      SELECT 1 FROM known_breaks k JOIN dim_document d USING (sha256)
      WHERE d.document_id = c.document_id AND k.identity_id = c.identity_id
        AND k.statement_id IS NOT DISTINCT FROM c.statement_id AND k.subject = c.subject
        AND k.left_value = c.left_value AND k.right_value = c.right_value)
"""
VIOLATIONS = """
    SELECT c.document_id, c.statement_id,
           (SELECT a.line_no FROM fact_check_term t JOIN fact_amount a USING (amount_id)
            WHERE t.check_id = c.check_id ORDER BY t.position LIMIT 1) AS line,
           coalesce(d.source_name, '?')
           || CASE WHEN c.unit = 'yuan' THEN '' ELSE ' (' || c.unit || ')' END
           || CASE WHEN c.verdict = 'crashed' THEN ' · ' || coalesce(c.reason, '') ELSE '' END
             AS detail,
           c.subject, c.left_value, c.right_value, c.residual
    FROM fact_check c LEFT JOIN dim_document d USING (document_id)
    WHERE c.identity_id = {identity} AND c.verdict IN ('breaks', 'crashed') AND NOT ({pinned})
    ORDER BY c.verdict DESC, abs(c.residual) DESC, c.check_id
"""
EXAMINED = """
    WITH own AS (SELECT * FROM fact_check WHERE identity_id = {identity}),
    counted AS (
      SELECT count(*) FILTER ({tested}) AS tested,
             count(*) FILTER (verdict = 'untestable') AS untestable,
             count(*) FILTER (verdict = 'crashed') AS crashed,
             min(reason) FILTER (verdict = 'crashed') AS cause,
             (SELECT count(*) FROM own c WHERE {pinned}) AS pinned
      FROM own),
    often AS (
      SELECT count(*) AS n, reason FROM own WHERE verdict = 'untestable'
      GROUP BY reason ORDER BY n DESC, reason LIMIT 1)
    SELECT tested,
           CASE WHEN crashed > 0 THEN crashed || ' crashed: ' || coalesce(cause, 'no reason') END,
           CASE WHEN tested = 0 AND untestable = 0 THEN 'no document has its statements'
                WHEN tested = 0 THEN 'none of ' || untestable || ' could be tested; most often ('
                  || (SELECT n FROM often) || '): ' || (SELECT reason FROM often)
                ELSE nullif(concat_ws('; ',
                  CASE WHEN untestable > 0 THEN untestable || ' could not be tested' END,
                  CASE WHEN pinned > 0 THEN pinned || ' pinned in known_breaks.yml' END), '') END
    FROM counted
"""
UNDECLARED = """
    SELECT document_id, statement_id, NULL AS line, 'no such identity: ' || identity_id AS detail
    FROM fact_check WHERE identity_id NOT IN ({identities})
"""


def rules(declarations: Iterable[Named]) -> tuple[Rule, ...]:
    """A rule per identity, in the order of their codes, and one that there are no others."""
    ordered = sorted(declarations, key=lambda one: (one.family, int(one.code[1:]), one.id))
    return (only(ordered), *(rule(declaration) for declaration in ordered))


def only(declarations: Iterable[Named]) -> Rule:
    """No check of an identity without a declaration: its breaks would be nobody's."""
    declared = ", ".join(literal(declaration.id) for declaration in declarations)
    return Rule(
        id="identities_declared",
        suite="identities",
        severity="critical",
        table="fact_check",
        zh="每项核对都属于已声明的勾稽关系",
        en="Every check is of a declared identity",
        sql=UNDECLARED.format(identities=declared),
        examined="SELECT count(*) FROM fact_check",
    )


def rule(declaration: Named) -> Rule:
    """The rule of one identity: a finding about the document, so a warning; `error` bars strict."""
    names = {"identity": literal(declaration.id), "pinned": PINNED, "tested": TESTED}
    return Rule(
        id=declaration.id,
        suite=f"identities_{declaration.code}",
        severity="warning",
        table="fact_check",
        zh=f"{declaration.code} {declaration.title_zh}",
        en=declaration.title_en,
        sql=VIOLATIONS.format(**names),
        examined=EXAMINED.format(**names),
        strict=declaration.severity == "error",
    )
