"""Tombstones: every key that was released and is so no longer keeps its reason, for ever."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.documents.document import Quarantined
from pipeline.ledger import tombstones
from pipeline.ledger.tombstones import Last
from tests.unit.register.support import sha


def row(name: str, content: str | None = None) -> dict[str, str]:
    """A document of the last release."""
    digest = sha(content or name)
    return {
        "document_id": digest[:16],
        "sha256": digest,
        "source_name": name,
        "disclosure_id": "d",
    }


def here(*names: str) -> pl.DataFrame:
    """dim_document of this release."""
    rows = [row(*name.split("=")) for name in names]
    return pl.DataFrame(rows, schema=dict.fromkeys(row("a"), pl.String()))


def told(before: Last, documents: pl.DataFrame, *entries: Quarantined) -> list[tuple[str, ...]]:
    """Name, state and reason of each tombstone."""
    frame = tombstones.build(before, documents, entries)
    return frame.select("source_name", "state", "reason").sort("source_name").rows()


def aside(name: str, reason: str, detail: str | None, content: str | None = None) -> Quarantined:
    """An entry of a file that was put aside."""
    return Quarantined(name, "documents", reason, detail, sha(content) if content else None)


WITHDRAWN = aside("a", "withdrawn", "取代有误")
LOSSES = {row("a")["document_id"]: "lost in a fire"}


@pytest.mark.parametrize(
    ("entries", "losses", "documents", "expected"),
    [
        ([WITHDRAWN], {}, [], ("withdrawn", "取代有误")),
        # By its bytes, under another name.
        ([aside("z", "withdrawn", "取代有误", "a")], {}, [], ("withdrawn", "取代有误")),
        ([WITHDRAWN], LOSSES, ["a=new"], ("withdrawn", "取代有误")),
        ([], LOSSES, ["a=new"], ("superseded", f"replaced by {sha('new')[:16]}")),
        ([], LOSSES, [], ("gone", "lost in a fire")),
        (
            [aside("a", "encrypted", "a password is needed", "a")],
            {},
            [],
            ("gone", "encrypted: a password is needed"),
        ),
        ([], {}, [], ("gone", tombstones.NO_REASON)),
    ],
)
def test_what_became_of_a_document_is_told(
    entries: list[Quarantined],
    losses: dict[str, str],
    documents: list[str],
    expected: tuple[str, str],
) -> None:
    before = Last((row("a"), row("b")), (), losses)
    assert told(before, here("b", *documents), *entries) == [("a", *expected)]


def test_tombstones_stay_until_the_document_comes_back() -> None:
    stone = {**row("a"), "state": "withdrawn", "reason": "取代有误"}
    before = Last((), (stone,))
    assert told(before, here("b")) == [("a", "withdrawn", "取代有误")]
    assert told(before, here("a", "b")) == []
    # What is said later changes nothing of the reason.
    assert told(before, here(), aside("a", "withdrawn", "another")) == [
        ("a", "withdrawn", "取代有误")
    ]


def test_what_was_withdrawn_is_known_by_its_name_and_what_was_replaced_is_not() -> None:
    stones = (
        {**row("a"), "state": "withdrawn", "reason": "x"},
        {**row("b", "old"), "state": "superseded", "reason": "x"},
    )
    names = Last((row("b"), row("a", "later")), stones).names()
    assert names == {"a": {sha("a"), sha("later")}, "b": {sha("b")}}


def test_a_release_without_the_table_has_no_tombstones(tmp_path: Path) -> None:
    assert tombstones.last(None) == Last()
    (tmp_path / "parquet").mkdir()
    here("a").write_parquet(tmp_path / "parquet" / "dim_document.parquet")
    losses = [
        {"document_id": "a" * 16, "what": "document", "reason": "why"},
        {"document_id": "b" * 16, "what": "rows", "reason": "why"},
    ]
    found = tombstones.last(tmp_path, losses)
    assert [d["source_name"] for d in found.documents] == ["a"]
    assert found.tombstones == ()
    assert found.losses == {"a" * 16: "why"}
