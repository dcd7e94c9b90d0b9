"""fact_claim and fact_quantity: staged claims with the cells they speak of, and their verdicts.

Tables and prose are often two files of one disclosure: a claim is held against the statements of
its own document, then of the others. Here: frames, keys and that join. Not here: finding cells
(claim_cells) and judging (claim_verdicts).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.ledger import keys
from pipeline.ledger.claim_arithmetic import Verdict
from pipeline.ledger.claim_cells import Table, Tables, tables_of
from pipeline.ledger.claim_reports import Reports
from pipeline.ledger.claim_verdicts import Judge
from pipeline.narrative.patterns import declared
from pipeline.schema.catalogue import tables

OTHER_CAUSE = "the stated cause names the other direction"


def fact_claim(
    claims: pl.DataFrame,
    quantities: pl.DataFrame,
    lines: pl.DataFrame,
    amounts: pl.DataFrame,
    coverage: pl.DataFrame,
    documents: pl.DataFrame,
    reports: Reports,
    links: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every claim with its verdict. `amounts` carry `step_yuan` and `proof`.

    `links` say which documents are of the year before: earlier values are held against them.
    """
    before = last_year(links)
    printed = tables_of(lines, amounts, coverage)
    siblings = parts_of_disclosures(documents)
    rows: list[dict[str, Any]] = []
    for document_id, own in grouped(claims).items():
        found = Tables(near(document_id, printed, siblings))
        counts = counted(quantities, siblings[document_id])
        reported = reports.of(siblings[document_id])
        years = dict.fromkeys(d for part in siblings[document_id] for d in before[part])
        earlier = Tables(t for d in years for t in printed.get(d, ()))
        judge = Judge(own, found, counts, declared("subjects"), reported, earlier)
        verdicts = judge.judge()
        rows += released(document_id, own, verdicts)
    return tables()["fact_claim"].frame(rows)


def grouped(claims: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """The claims of each document, in order."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in claims.sort("document_id", "number").iter_rows(named=True):
        found[row["document_id"]].append(row)
    return found


def parts_of_disclosures(documents: pl.DataFrame) -> dict[str, list[str]]:
    """For each document itself, then the current files of the same disclosure."""
    rows = documents.sort("document_id").iter_rows(named=True)
    files: dict[str, list[str]] = defaultdict(list)
    disclosure = {}
    for row in rows:
        disclosure[row["document_id"]] = row["disclosure_id"]
        if row["is_current"]:
            files[row["disclosure_id"]].append(row["document_id"])
    return {
        document: [document, *(d for d in files[key] if d != document)]
        for document, key in disclosure.items()
    }


def last_year(links: pl.DataFrame | None) -> dict[str, list[str]]:
    """For each document those of the same unit and kind of the year before."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = () if links is None else links.filter(relation="last_year").iter_rows(named=True)
    for row in rows:
        if row["linked_id"] is not None:
            found[row["document_id"]].append(row["linked_id"])
    return found


def near(
    document_id: str, printed: dict[str, list[Table]], siblings: dict[str, list[str]]
) -> Iterator[Table]:
    """The statements a claim may speak of: of its own document, else of another part."""
    seen: set[str] = set()
    for document in siblings[document_id]:
        found = [one for one in printed.get(document, ()) if one.statement_id not in seen]
        seen |= {one.statement_id for one in found}
        yield from found


def counted(quantities: pl.DataFrame, documents: list[str]) -> dict[str, Decimal]:
    """What tables count, by subject, where they count it once."""
    found: dict[str, set[Decimal]] = defaultdict(set)
    rows = quantities.filter(
        pl.col("statement_id").is_not_null(), pl.col("document_id").is_in(documents)
    )
    for row in rows.iter_rows(named=True):
        found[row["item"]].add(row["quantity"])
    return {item: values.pop() for item, values in found.items() if len(values) == 1}


def released(
    document_id: str, claims: list[dict[str, Any]], verdicts: dict[int, Verdict]
) -> Iterator[dict[str, Any]]:
    """Released rows; a claim's key is what it says, not where it stands."""
    for claim, key in zip(claims, claim_ids(document_id, claims), strict=True):
        verdict = verdicts[claim["number"]]
        yield {
            "claim_id": key,
            "document_id": document_id,
            **{
                name: claim[name]
                for name in (
                    "section",
                    "subject",
                    "part_of",
                    "label",
                    "measure",
                    "value",
                    "unit",
                    "direction",
                    "amount_yuan",
                    "printed_text",
                    "page",
                    "source_line",
                )
            },
            "amount_id": verdict.amount_id,
            "verdict": verdict.verdict,
            "reason": reason(claim, verdict),
        }


def reason(claim: dict[str, Any], verdict: Verdict) -> str | None:
    """Why, and whether the stated cause goes the other way."""
    turned = claim["cause"] and claim["direction"] in ("up", "down")
    said = [verdict.reason] if verdict.reason else []
    if turned and claim["cause"] != claim["direction"]:
        said.append(OTHER_CAUSE)
    return "; ".join(said) or None


def claim_ids(document_id: str, claims: list[dict[str, Any]]) -> list[str]:
    """The stable key of each claim: its words and figure, and how often they occurred."""
    seen: Counter[tuple[Any, ...]] = Counter()
    found = []
    for claim in claims:
        said = tuple(claim[n] for n in ("section", "subject", "label", "measure", "value", "unit"))
        seen[said] += 1
        found.append(keys.digest("claim", document_id, *said, seen[said]))
    return found


def fact_quantity(quantities: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Every quantity with its key and the claim it is, where prose states it."""
    claimed = {
        (document_id, claim["number"]): key
        for document_id, own in grouped(claims).items()
        for claim, key in zip(own, claim_ids(document_id, own), strict=True)
    }
    seen: Counter[tuple[Any, ...]] = Counter()
    rows = []
    for row in quantities.iter_rows(named=True):
        named = ("document_id", "statement_id", "section", "item", "part_of", "label", "body")
        said = tuple(row[name] for name in named)
        seen[said] += 1
        rows.append(
            {name: row[name] for name in (*named, "quantity", "unit", "page", "source_line")}
            | {
                "quantity_id": keys.digest("quantity", *said, seen[said]),
                "claim_id": claimed.get((row["document_id"], row["claim_number"])),
            }
        )
    return tables()["fact_quantity"].frame(rows)
