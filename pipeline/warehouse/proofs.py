"""The views that say how far the books prove themselves.

Here: amounts pinned by statement and by identity, and what keeps the others from being proved. A
share is rounded down: 100.00 is every one. Not here: how a proof is made (identities).
"""

from __future__ import annotations

SHARE = "CAST((10000 * {part} // {whole}) / 100 AS DECIMAL(5, 2))"

PROOFS = {
    "v_proof_by_statement": f"""
        SELECT statement_id, count(*) AS amounts, count(*) FILTER (proof = 'proved') AS proved,
               count(*) FILTER (proof = 'unproved') AS unproved,
               count(*) FILTER (proof = 'disputed') AS disputed,
               count(*) FILTER (proof = 'repaired') AS repaired,
               count(*) FILTER (pinned) AS pinned,
               {SHARE.format(part="count(*) FILTER (pinned)", whole="count(*)")} AS pinned_percent
        FROM fact_amount LEFT JOIN (
            SELECT amount_id, bool_or(pins) AS pinned FROM fact_check_term GROUP BY amount_id
        ) USING (amount_id)
        GROUP BY statement_id ORDER BY statement_id
    """,
    # only_it: amounts that no other identity pins; without it they would not be proved.
    "v_proof_by_identity": """
        WITH pinning AS (
            SELECT DISTINCT c.identity_id, t.amount_id
            FROM fact_check_term t JOIN fact_check c USING (check_id) WHERE t.pins),
        counted AS (
            SELECT identity_id, count(*) AS pinned, count(*) FILTER (n = 1) AS only_it
            FROM (SELECT *, count(*) OVER (PARTITION BY amount_id) AS n FROM pinning)
            GROUP BY identity_id)
        SELECT identity_id, coalesce(any_value(pinned), 0) AS pinned,
               coalesce(any_value(only_it), 0) AS only_it,
               count(*) FILTER (verdict = 'exact') AS exact,
               count(*) FILTER (verdict = 'rounding') AS rounding,
               count(*) FILTER (verdict = 'breaks') AS breaks,
               count(*) FILTER (verdict = 'untestable') AS untestable,
               count(*) FILTER (verdict = 'crashed') AS crashed
        FROM fact_check LEFT JOIN counted USING (identity_id)
        GROUP BY identity_id ORDER BY identity_id
    """,
    "v_proof_reasons": """
        SELECT statement_id, measure_id, proof, proof_reason, count(*) AS amounts
        FROM fact_amount WHERE proof <> 'proved'
        GROUP BY ALL ORDER BY amounts DESC, statement_id, measure_id, proof, proof_reason
    """,
}
