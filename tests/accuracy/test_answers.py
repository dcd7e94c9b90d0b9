"""Real disclosures against answers written from the rendered page, key by key.

The answers are facts of public documents; the documents are not in the repository, so each test
skips, saying so, where its file is not beside it.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.documents import media
from pipeline.documents.document import Document, Refusal
from pipeline.forms import figures
from pipeline.settings import PROJECT
from pipeline.staging.extract import understand

ANSWERS = Path(__file__).parent / "answers"
SHARED = PROJECT.parent / "shared" / "raw"
NAMES = sorted(path.stem for path in ANSWERS.glob("*.yml"))
KEY = ("statement_id", "side", "code", "code_system", "label", "label_path", "occurrence")

Amount = tuple[tuple[str, ...], str, Decimal, str]


@cache
def files() -> dict[str, Path]:
    """The real files by document id."""
    found = (path for path in SHARED.rglob("*") if path.is_file())
    return {hashlib.sha256(path.read_bytes()).hexdigest()[:16]: path for path in found}


def document(name: str) -> Document:
    """The real file of an answer, or a skip that says which file is missing."""
    path = files().get(name)
    if path is None:
        pytest.skip(f"{SHARED} has no file {name}; its answers cannot be checked")
    data = path.read_bytes()
    return Document(
        document_id=name,
        path=path,
        source_name=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        byte_size=len(data),
        media_type=media.sniff(data[:4096]),
    )


def answer(name: str) -> dict[str, Any]:
    """What the paper says of itself."""
    found: dict[str, Any] = yaml.safe_load((ANSWERS / f"{name}.yml").read_text(encoding="utf-8"))
    return found


def rows_of(name: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The rows of an answer that text and arithmetic decide, and those that nothing does."""
    with (ANSWERS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    open_ones = [row for row in rows if (row.get("note") or "").startswith("ambiguous")]
    return [row for row in rows if row not in open_ones], open_ones


def amounts_of(rows: list[dict[str, str]]) -> Counter[Amount]:
    """Every printed amount of an answer."""
    return Counter(
        (
            tuple(plain(row[column]) for column in KEY),
            row["measure_id"],
            value(row["printed_text"]),
            row["printed_unit"],
        )
        for row in rows
    )


def plain(text: str | None) -> str:
    """A text as compared: OCR does not tell how wide a bracket is printed."""
    return (text or "").replace("(", "（").replace(")", "）")


def value(text: str) -> Decimal:
    """The figure of a printed text."""
    found = figures.parse(text)
    assert found is not None, text
    return found


#: OCR markdown: one table lost its header and its total's label, and is refused for it
SHORT = {"349477cf44fb82ce": "fund_revenue (4 amounts) cannot be read without guessing"}
CASES = [
    pytest.param(name, marks=[pytest.mark.xfail(reason=SHORT[name])] if name in SHORT else [])
    for name in NAMES
]


@pytest.mark.parametrize("name", CASES)
def test_every_amount_of_a_real_disclosure_once_with_its_key(name: str) -> None:
    told = answer(name)
    if "quarantine" in told:
        with pytest.raises(Refusal) as refused:
            understand(document(name))
        assert refused.value.reason == told["quarantine"]
        return
    _, found = understand(document(name))
    got = Counter(
        (
            (
                statement.statement_id,
                line.side or "",
                line.code or "",
                line.code_system or "",
                plain(line.label),
                plain(line.label_path),
                str(line.occurrence),
            ),
            figure.measure,
            value(figure.figure),
            statement.money_unit or "",
        )
        for statement in found.statements
        for line in statement.lines
        for figure in line.figures
    )
    decided, undecided = rows_of(name)
    expected = amounts_of(decided)
    # Where the label is lost nothing says what to call the row: any name of the figure will do.
    unnamed = {(key[0][0], *key[1:]) for key in amounts_of(undecided)}
    more = [one for one in (got - expected).elements() if (one[0][0], *one[1:]) not in unnamed]
    differences = [
        *(f"missing: {one}" for one in (expected - got).elements()),
        *(f"too much: {one}" for one in more),
        *(f"rejected: {one.statement_id} {one.reason} {one.detail}" for one in found.rejected),
    ]
    assert not differences, "\n".join(differences[:40])
    assert (found.kind, found.fiscal_year) == (told["kind"], told["fiscal_year"])
    assert found.unit_name == told["unit_name"]
    assert found.scope == told["scope"]
    for statement_id, state in told["coverage"].items():
        assert found.coverage.get(statement_id, "absent") == state, statement_id
