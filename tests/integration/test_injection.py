"""The injection test, small: mistakes in made-up documents are told, named, and never made worse.

`python -m benchmarks.injection` is the same over many more documents and mistakes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest

from benchmarks.injection import kinds, originals, pages, report
from benchmarks.injection.copies import copies
from benchmarks.injection.judge import BREAKS, MISSED, REFUSED, UNIQUE, Outcome, outcomes
from benchmarks.injection.missed import SMALL, UNMOVED, instances
from benchmarks.injection.originals import Originals
from benchmarks.injection.paper import Change, Mistake, Paper, Place, Printed, papers
from pipeline.findings.explain import explain
from pipeline.identities.declaration import Declaration, load_catalogue
from pipeline.identities.engine import Results, run
from pipeline.settings import Settings

SEED, MOST = 20, 2
BUDGETS, TABLES = (1, 3), range(5000, 5002)


@cache
def declarations() -> tuple[Declaration, ...]:
    return load_catalogue(Settings().expectations / "identities")


@cache
def clean() -> tuple[tuple[Originals, Results], ...]:
    sources = originals.budgets(BUDGETS), originals.provinces(TABLES)
    return tuple((one, run(one.books, declarations())) for one in sources)


def by_id(one: Originals, results: Results) -> dict[str, Paper]:
    return {paper.document_id: paper for paper in papers(one, results.proofs)}


@cache
def done() -> tuple[Outcome, ...]:
    """Every outcome of some mistakes of every kind in the clean documents."""
    found: list[Outcome] = []
    for one, results in clean():
        own = by_id(one, results)
        made = [
            mistake
            for paper in own.values()
            for kind in kinds.KINDS
            for mistake in kinds.mistakes(kind, paper, MOST, SEED)
        ]
        known = instances(one.books, results, declarations())
        found += outcomes(one, own, made, declarations(), known, True)
    return tuple(found)


def single() -> list[Outcome]:
    return [o for o in done() if o.mistake.kind in report.SINGLE]


def test_nothing_is_said_of_clean_documents() -> None:
    for one, results in clean():
        assert originals.broken(results) == set()
        assert explain(one.books, declarations(), results) == ()


def test_every_mistake_in_a_pinned_figure_is_told() -> None:
    pinned = [o for o in single() if o.pinned]
    assert len(pinned) > 100
    assert [o.mistake for o in pinned if o.told == MISSED] == []


def test_what_is_not_told_is_small_or_was_never_promised() -> None:
    untold = [o for o in single() if o.told == MISSED]
    assert all(o.why and (o.why == SMALL or not o.pinned) for o in untold)


def test_the_figure_is_named_where_the_sums_can_tell_it() -> None:
    asked = [o for o in single() if o.pinned and o.alone and o.told == BREAKS]
    named = sum(o.located == UNIQUE for o in asked)
    assert named * 100 >= 95 * len(asked) > 0, [o.mistake for o in asked if o.located != UNIQUE]


def test_no_repair_puts_a_wrong_value_and_most_put_the_right_one() -> None:
    assert [o.mistake for o in done() if o.repaired is False] == []
    printed = [o for o in single() if o.located == UNIQUE and o.mistake.kind != "cell dropped"]
    assert sum(o.repaired is True for o in printed) * 2 > len(printed) > 0


def test_with_one_identity_the_promise_of_all_is_not_kept() -> None:
    one, results = clean()[0]
    alone = [d for d in declarations() if d.id == "function_rollup"]
    own = by_id(one, results)
    made = [
        mistake
        for paper in own.values()
        for kind in kinds.KINDS[:1]
        for mistake in kinds.mistakes(kind, paper, 30, SEED)
    ]
    known = instances(one.books, results, alone)
    found = list(outcomes(one, own, made, alone, known, False))
    pinned = [o for o in found if o.pinned]
    assert sum(o.told != MISSED for o in pinned) * 2 < len(pinned)
    counted = report.Report(SEED, {}, (), tuple(report.rows(found)), report.missed(found))
    assert any("not told" in miss for miss in counted.misses)


def test_a_report_holds_every_miss_against_the_goal() -> None:
    kept = report.Row("digit changed", True, 5, pinned=5, told_pinned=5, alone=4, located_alone=4)
    whole = report.Report(SEED, {}, (), (kept,), ())
    assert whole.misses == []
    assert replace(whole, alarms=("a",)).misses == ["false alarm: a"]
    for worse in (replace(kept, told_pinned=4), replace(kept, wrong=1), replace(kept, alone=5)):
        assert len(replace(whole, rows=(worse,)).misses) == 1
    several = replace(kept, single=False, told_pinned=0)
    assert replace(whole, rows=(several,)).misses == []


@pytest.mark.parametrize(
    ("edit", "text", "at", "read"),
    [
        (kinds.digit_dropped, "12.34", 1, "1.34"),
        (kinds.digit_doubled, "12.34", 0, "112.34"),
        (kinds.digits_exchanged, "12.34", 1, "13.24"),
        (kinds.digits_exchanged, "11.34", 0, None),
        (kinds.point_lost, "12.34", 2, "1234"),
        (kinds.point_lost, "12.34", 1, None),
        (kinds.sign, "12.34", 0, "-12.34"),
        (kinds.sign, "-12.34", 0, "12.34"),
        (kinds.digit, "12.34", 2, None),
    ],
)
def test_what_a_slip_makes_of_a_text(
    edit: kinds.Edit, text: str, at: int, read: str | None
) -> None:
    assert edit(text, at, Random(1)) == read


PAPER = Paper(
    "d",
    "test",
    {Place("s", None, 1, "total"): Printed("3.00", "万元"),
     Place("s", None, 1, "basic"): Printed("3.00", "万元"),
     Place("s", None, 2, "total"): Printed("1.00", "万元")},
    {("s", None): ("total", "basic", "project")},
    {("s", None): (1, 2)},
    {"s": Printed("0.01", "万元").yuan},
    {},
)  # fmt: skip


def content(kind: str, *candidate: object) -> set[tuple[int, str, str | None]]:
    chosen = next(k for k in kinds.KINDS if k.name == kind)
    changed = kinds.changed(PAPER, chosen.content(PAPER, candidate, Random(1)))
    return {(c.place.line_no, c.place.measure_id, c.after and c.after.text) for c in changed}


def test_what_moves_in_a_table() -> None:
    key = ("s", None)
    assert content("row shifted", key, 1, 1) == {(1, "total", None), (1, "project", "3.00")}
    assert content("row shifted", key, 2, -1) == {(2, "total", None)}
    assert content("rows exchanged", key, 1, 2) == {
        (1, "total", "1.00"), (1, "basic", None), (2, "total", "3.00"), (2, "basic", "3.00"),
    }  # fmt: skip
    assert content("columns swapped", key, "total", "basic") == {
        (2, "total", None), (2, "basic", "1.00"),
    }  # fmt: skip
    assert len(content("table scaled", "s")) == 3


def test_a_mistake_stands_in_its_copy_and_nowhere_else() -> None:
    one, _ = clean()[0]
    document, statement, side, line_no, measure, amount = one.books.cells.select(
        "document_id", "statement_id", "side", "line_no", "measure_id", "amount_yuan"
    ).row(0)
    place = Place(statement, side, line_no, measure)
    change = Change(place, Printed(f"{amount}", "元"), Printed("7.77", "元"))
    torn = replace(change, after=Printed("7.77.7", "元"))
    made = [Mistake("digit changed", document, (c,)) for c in (change, torn)]
    books = copies(one.books, made)
    own = one.books.cells.filter(document_id=document)
    assert set(books.cells["document_id"]) == {f"{document}|000000"}
    assert books.cells.height == own.height
    before, after = (sorted(f["amount_yuan"].cast(str).to_list()) for f in (own, books.cells))
    assert len([a for a, b in zip(before, after, strict=True) if a != b]) >= 1
    assert "7.77" in after


def test_a_text_that_is_no_figure_is_refused_and_said_so() -> None:
    refused = [o for o in done() if o.told == REFUSED]
    assert refused
    assert not any(o.mistake.readable for o in refused)


def test_an_exchange_that_no_sum_sees_says_so() -> None:
    untold = [o for o in done() if o.told == MISSED and o.mistake.kind not in report.SINGLE]
    assert {o.why for o in untold} >= {UNMOVED}


def test_a_lost_page_is_told(tmp_path: Path) -> None:
    facsimiles = originals.staged("facsimiles", originals.FACSIMILES, tmp_path, True)
    found = pages.lost_pages([facsimiles], declarations(), tmp_path, 1, SEED)
    assert len(found) == 2
    assert all(page.detected and page.localised and page.lost for page in found)
