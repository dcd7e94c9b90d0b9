"""Two readings of a figure: agreement is marked, identities decide, the rest is disputed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

import polars as pl
import pytest

from pipeline.documents.document import Document
from pipeline.documents.intake import Intake
from pipeline.findings import settle
from pipeline.identities.declaration import Declaration, load_catalogue
from pipeline.identities.engine import Results, run
from pipeline.ledger import books, second
from pipeline.settings import PROJECT
from pipeline.staging.extract import extract
from pipeline.staging.second import READINGS
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text

KEY = "0123456789abcdef"


@dataclass(frozen=True)
class Proved:
    """A ledger and what the identities say of it."""

    ledger: books.Ledger
    results: Results

    def figure(self, proof: str, **where: object) -> dict[str, object]:
        """The first figure of a proof state, not zero."""
        found = self.ledger.amounts.join(self.results.proofs, on="amount_id").filter(
            pl.col("amount_yuan") > 0, proof=proof, **where
        )
        return found.sort("amount_id").row(0, named=True)

    def released(self, *readings: tuple[dict[str, object], str]) -> pl.DataFrame:
        """fact_amount where the second reader saw these texts."""
        return books.with_proofs(self.ledger.amounts, self.results.proofs, frame(*readings))

    def state(self, figure: dict[str, object], text: str) -> tuple[object, ...]:
        """printed_text, second_text and proof of a figure read as `text` the second time."""
        row = self.released((figure, text)).filter(amount_id=figure["amount_id"])
        return row.select("printed_text", "second_text", "proof").row(0)


def frame(*readings: tuple[dict[str, object], str]) -> pl.DataFrame:
    """Second readings of figures."""
    rows = [{**{n: f.get(n) for n in READINGS}, "second_text": text} for f, text in readings]
    return pl.DataFrame(rows, schema=READINGS, orient="row")


@cache
def declarations() -> Sequence[Declaration]:
    return load_catalogue(PROJECT / "expectations" / "identities")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Proved:
    """A disclosure in which everything holds."""
    path = tmp_path_factory.mktemp("second") / "a.txt"
    write_text(synthetic_budget(1, n_projects=2), path)
    document = Document(KEY, "a.txt", path, KEY * 4, path.stat().st_size, "text/plain")
    ledger = books.build(Intake((document,), ()), extract(document), [])
    return Proved(ledger, run(ledger.books, declarations()))


def shifted(figure: dict[str, object], steps: int) -> str:
    """The figure's print moved by printed steps of 0.01."""
    printed = Decimal(str(figure["printed_text"]).replace(",", ""))
    return str(printed + Decimal("0.01") * steps)


def test_where_both_read_alike_the_text_stands_beside_and_nothing_else_changes(
    good: Proved,
) -> None:
    figures = good.ledger.amounts.to_dicts()
    alike = good.released(*((f, str(f["printed_text"])) for f in figures))
    alone = good.released()
    assert alike["second_text"].equals(alike["printed_text"], check_names=False)
    assert alone["second_text"].null_count() == alone.height == len(figures)
    assert alike.drop("second_text").equals(alone.drop("second_text"))


def test_alike_is_the_amount_and_not_the_letters(good: Proved) -> None:
    figure = good.figure("unproved")
    printed = str(figure["printed_text"])
    assert good.state(figure, f"0{printed}") == (printed, f"0{printed}", "unproved")


@pytest.mark.parametrize("steps", [3, -3, 40, 100000])
def test_identities_decide_between_readings_they_can_tell_apart(good: Proved, steps: int) -> None:
    figure = good.figure("proved")
    other = shifted(figure, steps)
    assert good.state(figure, other) == (figure["printed_text"], other, "proved")


@pytest.mark.parametrize("steps", [1, -1, 2, -2])
def test_readings_nearer_than_the_identities_see_are_disputed(good: Proved, steps: int) -> None:
    figure = good.figure("proved")
    assert good.state(figure, shifted(figure, steps))[2] == "disputed"


@pytest.mark.parametrize("steps", [1, 3, -40])
def test_where_no_identity_pins_a_figure_two_readings_are_disputed_and_both_kept(
    good: Proved, steps: int
) -> None:
    figure = good.figure("unproved")
    other = shifted(figure, steps)
    assert good.state(figure, other) == (figure["printed_text"], other, "disputed")


def test_a_second_text_that_is_no_exact_amount_is_no_second_reading(good: Proved) -> None:
    figure = good.figure("unproved")
    assert good.state(figure, "9" * 14)[1:] == (None, "unproved")


@pytest.mark.parametrize(
    ("proof", "steps", "stated"),
    [
        ("proved", 50, "repaired"),
        ("proved", 1, "disputed"),
        ("unproved", 50, "disputed"),
        ("unproved", 0, "repaired"),
    ],
)
def test_a_restored_figure_is_judged_by_what_was_put_in_its_place(
    good: Proved, proof: str, steps: int, stated: str
) -> None:
    figure = good.figure(proof)
    restored = pl.when(amount_id=figure["amount_id"]).then("figure")
    amounts = good.ledger.amounts.with_columns(restored_text=restored)
    damaged = Proved(replace(good.ledger, amounts=amounts), good.results)
    assert damaged.state(figure, shifted(figure, steps))[2] == stated


def test_every_figure_stays_one_row_whatever_side_it_stands_on(good: Proved) -> None:
    sides = [good.figure("proved", side=side) for side in ("revenue", "expenditure")]
    none = good.figure("proved", statement_id="projects")
    assert none["side"] is None
    found = good.released(*((figure, "1.23") for figure in (*sides, none)))
    assert found.height == good.ledger.amounts.height
    told = set(found.filter(pl.col("second_text").is_not_null())["amount_id"])
    assert told == {figure["amount_id"] for figure in (*sides, none)}


# --- a figure the first reader got wrong --------------------------------------------------------


@pytest.fixture(scope="module")
def wrong(good: Proved) -> tuple[Proved, dict[str, object], str]:
    """The books with one pinned figure of 表3 read wrongly; the figure as read, and the truth."""
    figure = good.figure("proved", statement_id="expenditure", line_kind="item")
    misread = shifted(figure, 777)
    yuan = Decimal(misread) * 10000
    there = pl.col("amount_id") == figure["amount_id"]
    value = pl.when(there).then(pl.lit(yuan, pl.Decimal(18, 2))).otherwise("amount_yuan")
    text = {
        name: pl.when(there).then(pl.lit(misread)).otherwise(name)
        for name in ("printed_text", "figure")
    }
    amounts = good.ledger.amounts.with_columns(amount_yuan=value, **text)
    cells = good.ledger.books.cells.with_columns(amount_yuan=value)
    ledger = replace(good.ledger, amounts=amounts, books=replace(good.ledger.books, cells=cells))
    damaged = Proved(ledger, run(ledger.books, declarations()))
    as_read = amounts.filter(there).row(0, named=True)
    return damaged, as_read, str(figure["printed_text"])


def restored(
    case: Proved, figure: dict[str, object], *readings: tuple[dict[str, object], str]
) -> tuple[object, ...]:
    """How a figure stands after repair: as read, as restored, what it counts as, and its proof."""
    amounts = second.with_second(case.ledger.amounts, frame(*readings))
    done = settle.settled(case.ledger.books, declarations(), case.results, amounts)
    plain = done.amounts.drop("second_text", "second_yuan")
    stands = books.with_proofs(plain, done.results.proofs, frame(*readings))
    one = stands.join(plain.select("amount_id", "restored_text"), on="amount_id")
    row = one.filter(amount_id=figure["amount_id"])
    return row.select("printed_text", "restored_text", "amount_yuan", "proof").row(0)


def test_the_right_reading_that_came_second_is_put_in_place_and_both_are_kept(
    wrong: tuple[Proved, dict[str, object], str],
) -> None:
    case, figure, truth = wrong
    yuan = (Decimal(truth.replace(",", "")) * 10000).quantize(Decimal("0.01"))
    read = figure["printed_text"]
    assert restored(case, figure, (figure, truth)) == (read, truth, yuan, "repaired")
    assert case.state(figure, truth) == (read, truth, "disputed"), "without findings: disputed"


def test_a_second_reading_that_is_wrong_too_repairs_nothing(
    wrong: tuple[Proved, dict[str, object], str],
) -> None:
    case, figure, truth = wrong
    as_read = (figure["printed_text"], None, figure["amount_yuan"], "disputed")
    assert restored(case, figure, (figure, shifted({"printed_text": truth}, 50))) == as_read
    assert restored(case, figure, (figure, str(figure["printed_text"]))) == as_read
    assert restored(case, figure) == as_read


def test_a_sound_figure_of_a_broken_identity_is_not_exchanged_for_a_wrong_one(
    wrong: tuple[Proved, dict[str, object], str],
) -> None:
    """The total would fit the wrong summand: but then it breaks what held before."""
    case, figure, _ = wrong
    total = case.ledger.amounts.filter(
        statement_id="expenditure", line_kind="total", measure_id=figure["measure_id"]
    ).row(0, named=True)
    found = restored(case, total, (total, shifted(total, 777)))
    assert found == (total["printed_text"], None, total["amount_yuan"], "disputed")


def test_which_documents_are_asked_for(good: Proved) -> None:
    box = {name: pl.lit(Decimal("1.00"), pl.Decimal(8, 2)) for name in ("x0", "y0", "x1", "y1")}
    amounts = good.ledger.amounts.with_columns(**box, reader=pl.lit("pdf"))
    holds = good.results.proofs.with_columns(proof=pl.lit("proved"))
    breaks = holds.with_columns(proof=pl.lit("unproved"))
    unsure = amounts.with_columns(confidence=pl.lit(Decimal("0.9"), pl.Decimal(4, 3)))
    assert second.asked(amounts, holds, "all") == {KEY}
    assert second.asked(amounts, holds, "failed") == set()
    assert second.asked(amounts, breaks, "failed") == {KEY}
    assert second.asked(unsure, holds, "failed") == {KEY}
    assert second.asked(amounts, breaks, "none") == set()
    assert second.asked(good.ledger.amounts, breaks, "all") == set(), "a text has no boxes"
    assert second.asked(unsure.with_columns(reader=pl.lit("ocr")), breaks, "all") == set()


def test_the_tally_counts_every_figure_of_a_document_once(good: Proved) -> None:
    box = pl.lit(Decimal("1.00"), pl.Decimal(8, 2))
    alike, unlike = good.figure("proved"), good.figure("unproved")
    readings = frame((alike, str(alike["printed_text"])), (unlike, shifted(unlike, 1)))
    amounts = second.with_second(good.ledger.amounts.with_columns(x0=box), readings)
    found = second.tally(amounts, [KEY])
    assert (found.agree, found.differ, found.silent) == (1, 1, amounts.height - 2)
    assert second.tally(amounts, []) == second.Tally(0, 0, 0)
