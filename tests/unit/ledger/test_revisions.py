"""What differs between the versions of a disclosure: figures, rows and whole statements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.ledger.documents import by_age
from pipeline.ledger.keys import amount_id
from pipeline.ledger.revisions import revisions
from pipeline.schema.catalogue import tables

Figures = dict[tuple[str, str], str]
SHOWN = ["change", "statement_id", "label", "old_amount_yuan", "new_amount_yuan"]


def figures(document_id: str, printed: Figures, step: str = "100.00") -> list[dict[str, Any]]:
    """Amounts of a document: (statement, label or code) to yuan."""
    return [
        {
            "amount_id": amount_id(document_id, statement, None, code, None, label, 1, "total"),
            "document_id": document_id,
            "statement_id": statement,
            "side": None,
            "code": code,
            "label_path": None,
            "label": label,
            "occurrence": 1,
            "measure_id": "total",
            "amount_yuan": Decimal(amount),
            "step_yuan": Decimal(step),
        }
        for (statement, label), amount in printed.items()
        for code in [label if label.isdigit() else None]
    ]


def found(
    *versions: tuple[str, list[dict[str, Any]]],
    states: dict[tuple[str, str], str] | None = None,
    current: tuple[str, ...] = (),
    supersedes: dict[str, str] | None = None,
) -> pl.DataFrame:
    """The revisions between documents of one disclosure, the last one current."""
    names = [name for name, _ in versions]
    holds = current or (names[-1],)
    documents = pl.DataFrame(
        {
            "document_id": names,
            "disclosure_id": ["d"] * len(names),
            "source_name": names,
            "retrieved_at": [None] * len(names),
            "is_current": [name in holds for name in names],
            "supersedes": [(supersedes or {}).get(name) for name in names],
        },
        schema_overrides={"retrieved_at": pl.String(), "supersedes": pl.String()},
    )
    amounts = [row for _, rows in versions for row in rows]
    covered = {(row["document_id"], row["statement_id"]): "data" for row in amounts}
    rows = [(*key, state) for key, state in (covered | (states or {})).items()]
    coverage = pl.DataFrame(rows, schema=["document_id", "statement_id", "state"], orient="row")
    money = dict.fromkeys(("amount_yuan", "step_yuan"), pl.Decimal(18, 2))
    text = dict.fromkeys(("side", "code", "label_path", "label"), pl.String())
    frame = pl.DataFrame(amounts, schema_overrides={**money, **text}, orient="row")
    return revisions(documents, coverage, frame)


def shown(frame: pl.DataFrame) -> set[tuple[Any, ...]]:
    """Change, statement, label and both amounts."""
    return set(frame.select(SHOWN).iter_rows())


OLD: Figures = {
    ("projects", "物业"): "100.00",
    ("projects", "印刷"): "200.00",
    ("projects", "差旅"): "300.00",
    ("revenue", "201"): "600.00",
}
NEW: Figures = {
    ("projects", "培训"): "50.00",
    ("projects", "差旅"): "300.00",
    ("projects", "物业"): "150.00",
    ("revenue", "201"): "600.00",
}


def test_changed_added_and_removed_and_nothing_else() -> None:
    frame = found(("a", figures("a", OLD)), ("b", figures("b", NEW)))
    assert shown(frame) == {
        ("changed", "projects", "物业", Decimal("100.00"), Decimal("150.00")),
        ("added", "projects", "培训", None, Decimal("50.00")),
        ("removed", "projects", "印刷", Decimal("200.00"), None),
    }
    changed = frame.filter(change="changed").row(0, named=True)
    assert changed["old_amount_id"] == figures("a", OLD)[0]["amount_id"]
    assert changed["new_amount_id"] == figures("b", NEW)[2]["amount_id"]
    assert (changed["old_document_id"], changed["new_document_id"]) == ("a", "b")
    assert frame.schema == tables()["fact_revision"].schema
    assert frame["revision_id"].is_unique().all()


def test_a_row_that_moved_or_was_renamed_has_not_changed() -> None:
    new = [{**row, "label": "类款"} for row in reversed(figures("b", OLD)) if row["code"]]
    new += [row for row in figures("b", OLD) if not row["code"]]
    assert found(("a", figures("a", OLD)), ("b", new)).is_empty()


def test_another_precision_is_no_change_as_far_as_it_explains() -> None:
    exact = figures("a", {("revenue", "201"): "1234549.99"}, step="0.01")
    for amount, changes in (("1234500.00", 0), ("1234600.00", 1)):
        coarse = figures("b", {("revenue", "201"): amount}, step="100.00")
        assert found(("a", exact), ("b", coarse)).height == changes
    # `25` beside `46.56` is 25.00: its step is that of its table.
    whole = figures("a", {("revenue", "201"): "250000.00"}, step="10000.00")
    whole += figures("a", {("revenue", "208"): "465600.00"})
    fine = figures("b", {("revenue", "201"): "250100.00", ("revenue", "208"): "465600.00"})
    assert found(("a", whole), ("b", fine)).height == 1


def test_each_version_is_compared_with_the_next() -> None:
    versions = [(n, figures(n, {("revenue", "201"): a})) for n, a in zip("abc", "133", strict=True)]
    frame = found(*versions)
    assert frame.select("old_document_id", "new_document_id").rows() == [("a", "b")]


def test_a_statement_may_be_put_in_or_left_out() -> None:
    old, new = {("projects", "物业"): "1.00"}, {("revenue", "201"): "2.00"}
    both = {("summary", "合计"): "3.00"}
    frame = found(("a", figures("a", old | both)), ("b", figures("b", new | both)))
    assert shown(frame) == {
        ("removed", "projects", "物业", Decimal("1.00"), None),
        ("added", "revenue", "201", None, Decimal("2.00")),
    }


def test_parts_and_prose_of_a_disclosure_are_no_versions_of_each_other() -> None:
    first = figures("a", {("projects", "物业"): "1.00"})
    second = figures("b", {("revenue", "201"): "2.00"})
    prose: list[dict[str, Any]] = []
    assert found(("a", first), ("b", second), ("c", prose), current=("a", "b", "c")).is_empty()
    # Both parts printed again as one: each is compared with its own statement.
    whole = figures("d", {("projects", "物业"): "1.00", ("revenue", "201"): "3.00"})
    frame = found(("a", first), ("b", second), ("c", prose), ("d", whole), current=("c", "d"))
    assert frame.select("old_document_id", "statement_id", "change").rows() == [
        ("b", "revenue", "changed")
    ]


def test_what_could_not_be_read_is_no_change() -> None:
    old = figures("a", OLD)
    part = figures("b", {key: value for key, value in OLD.items() if key[0] == "revenue"})
    frame = found(("a", old), ("b", part), states={("b", "projects"): "unreadable"})
    assert frame.is_empty()
    emptied = found(("a", old), ("b", part), states={("b", "projects"): "stated_empty"})
    assert set(emptied["change"]) == {"removed"}
    # Passed over, and compared with the version after it.
    after = figures("c", NEW)
    frame = found(("a", old), ("b", part), ("c", after), states={("b", "projects"): "unreadable"})
    assert set(frame.select("old_document_id", "new_document_id").rows()) == {("a", "c")}


def test_a_document_that_another_names_is_the_older_one() -> None:
    a, b = figures("a", {("revenue", "201"): "2.00"}), figures("b", {("revenue", "201"): "1.00"})
    frame = found(("a", a), ("b", b), current=("a",), supersedes={"a": "b" + "0" * 15})
    assert frame.is_empty()
    frame = found(("a", a), ("b", b), current=("a",), supersedes={"a": "b"})
    assert frame.select("old_document_id", "new_document_id").rows() == [("b", "a")]
    assert by_age(
        pl.DataFrame(
            {
                "document_id": ["a", "b"],
                "source_name": ["a", "b"],
                "retrieved_at": ["2026-01-01", "2026-02-01"],
                "supersedes": ["b", None],
            }
        )
    )["document_id"].to_list() == ["b", "a"]


def test_one_version_alone_has_no_revisions_and_the_order_of_rows_does_not_matter() -> None:
    assert found(("a", figures("a", OLD))).is_empty()
    frame = found(("a", figures("a", OLD)), ("b", figures("b", NEW)))
    again = found(("a", figures("a", OLD)[::-1]), ("b", figures("b", NEW)[::-1]))
    assert frame.equals(again)
    assert frame["revision_id"].is_sorted()
