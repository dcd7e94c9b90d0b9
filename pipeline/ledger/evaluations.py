"""Self-evaluations: fact_evaluation, and the projects that are evaluated.

A final account evaluates projects that were budgeted in another document: where this one prints
neither their row nor their form, the report is all there is of them, and they are projects too.
Here: which project a report is of. Not here: reading reports (performance).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

from pipeline.forms.wording import folded
from pipeline.ledger import keys
from pipeline.schema.catalogue import tables

Reports = dict[tuple[str, int], str]


def projects(planned: pl.DataFrame, staged: pl.DataFrame) -> tuple[pl.DataFrame, Reports]:
    """fact_project with every evaluated project, and the project of each report.

    A report is of the one project of its document that bears its name, else of one of its own.
    """
    named: dict[tuple[str, str], list[str]] = {}
    for row in planned.iter_rows(named=True):
        if row["name"] is not None:
            named.setdefault((row["document_id"], folded(row["name"])), []).append(
                row["project_id"]
            )
    reports: Reports = {}
    added: list[dict[str, Any]] = []
    seen: Counter[tuple[object, ...]] = Counter()
    for row in staged.sort("document_id", "form_no").iter_rows(named=True):
        document_id, name = row["document_id"], row["name"]
        known = named.get((document_id, folded(name)), []) if name is not None else []
        if len(known) == 1:
            reports[document_id, row["form_no"]] = known[0]
            continue
        key = ("evaluated", document_id, name, row["implementing_unit"])
        seen[key] += 1
        project_id = keys.digest("project", *key, seen[key])
        reports[document_id, row["form_no"]] = project_id
        added.append(
            {
                "project_id": project_id,
                "document_id": document_id,
                "name": name,
                "implementing_unit": row["implementing_unit"],
                "supervising_department": row["supervising_department"],
                "page": row["page"],
                "source_line": row["source_line"],
                "match": "none",
            }
        )
    table = tables()["fact_project"]
    return (table.frame([*planned.to_dicts(), *added]) if added else planned), reports


def build(staged: pl.DataFrame, reports: Reports) -> pl.DataFrame:
    """fact_evaluation: one row per report."""
    table = tables()["fact_evaluation"]
    rows = []
    for row in staged.sort("document_id", "form_no").iter_rows(named=True):
        kept = {name: value for name, value in row.items() if name in table.schema}
        number = row["form_no"]
        rows.append(
            kept | {"evaluation_no": number, "project_id": reports[row["document_id"], number]}
        )
    return table.frame(rows)
