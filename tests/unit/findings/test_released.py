"""What a build with a broken figure releases and says of it; causes; and settling after repair."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipeline import closing
from pipeline.findings import frames, settle
from pipeline.identities.engine import run
from pipeline.review import report
from pipeline.schema.catalogue import tables
from pipeline.warehouse.build import connect
from tests.builds import Built
from tests.integration.pages import Page
from tests.unit.findings.support import amount, declarations, found, good, said
from tests.unit.identities.support import together

KEY = amount("expenditure", 4, "basic")


def rows(built: Built, query: str) -> list[tuple[object, ...]]:
    """Rows of the warehouse."""
    with connect(built.settings.warehouse, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_build_releases_the_finding_and_every_broken_check_points_to_it(broken: Built) -> None:
    (finding,) = rows(
        broken, "SELECT kind, is_unique, cause, n_checks, n_cells, yuan_at_stake FROM fact_finding"
    )
    assert finding[:3] == ("cell", True, "unknown"), "a text has no second reading"
    assert finding[4:] == (1, Decimal("500.00"))
    checks = rows(
        broken,
        "SELECT verdict = 'breaks', finding_id IS NULL, count(*) FROM fact_check GROUP BY ALL",
    )
    assert {pair[:2] for pair in checks} == {(True, False), (False, True)}
    assert next(n for breaks, _, n in checks if breaks) == finding[3]
    (cell,) = rows(
        broken,
        "SELECT c.statement_id, c.label, c.measure_id, c.printed_yuan - c.high_yuan <= 500 AND "
        "c.printed_yuan - c.low_yuan >= 500, a.proof "
        "FROM fact_finding_cell c JOIN fact_amount a USING (amount_id)",
    )
    assert cell == ("expenditure", "合计", "total", True, "disputed")


@pytest.mark.parametrize("name", ["fact_finding", "fact_finding_cell"])
def test_references_of_findings_point_to_rows(broken: Built, name: str) -> None:
    for column in tables()[name].columns:
        if column.ref is not None:
            key = tables()[column.ref].key[0]
            lost = rows(
                broken,
                f"SELECT count(*) FROM {name} WHERE {column.name} IS NOT NULL "
                f"AND {column.name} NOT IN (SELECT {key} FROM {column.ref})",
            )
            assert lost == [(0,)], column.name


def test_the_summary_and_the_report_name_file_row_and_value(broken: Built, tmp_path: Path) -> None:
    said_so = closing.findings(broken.settings).plain
    ((low, high),) = rows(broken, "SELECT low_yuan, high_yuan FROM fact_finding_cell")
    assert "改动.txt" in said_so
    assert "expenditure row" in said_so
    assert f"should be {low:,} to {high:,} yuan" in said_so
    page = tmp_path / "page.html"
    gathered = report.gather(broken.settings.warehouse, broken.judgements)
    page.write_text(report.render(gathered), encoding="utf-8")
    text = Page(page).text
    assert "what explains the breaks" in text
    assert f"{low:,}" in text


def test_a_build_in_which_everything_holds_says_nothing(base: Built, tmp_path: Path) -> None:
    assert closing.findings(base.settings).plain == ""
    page = tmp_path / "page.html"
    gathered = report.gather(base.settings.warehouse, base.judgements)
    page.write_text(report.render(gathered), encoding="utf-8")
    assert "what explains the breaks" not in Page(page).text


def test_a_finding_that_nothing_explains_is_said_too() -> None:
    row = {
        "source_name": "a.pdf",
        "n_checks": 3,
        "kind": "unexplained",
        "yuan_at_stake": Decimal("1234.50"),
        "explanations": 0,
    }
    line = closing.found(row)
    assert line.startswith("a.pdf: 3 broken identities, no explanation was found")
    assert line.endswith("; up to 1,234.50 yuan")


# --- causes -------------------------------------------------------------------------------------


def amounts(name: str = "example", **columns: object) -> pl.DataFrame:
    """The figures of the budget as the ledger has them, read by one reader without doubt."""
    cells = said(good(name), **{KEY.replace("example", name): "48.80"}).cells
    return cells.with_columns(
        printed_unit=pl.lit("万元"),
        figure=pl.lit("48.80"),
        restored_text=pl.lit(None, pl.String),
        restored_from=pl.lit(None, pl.String),
        second_text=pl.lit(None, pl.String),
        second_yuan=pl.lit(None, pl.Decimal(18, 2)),
        confidence=pl.lit(Decimal("1"), pl.Decimal(4, 3)),
    ).with_columns(**columns)  # type: ignore[arg-type]


def cause(frame: pl.DataFrame) -> tuple[str, str]:
    """The cause of the finding of one misread figure."""
    (finding,) = found(said(good(), **{KEY: "48.80"}))
    return frames.Evidence(frame).cause(finding)


def test_the_cause_follows_from_the_print() -> None:
    here = pl.col("amount_id") == KEY
    agree = amounts(second_yuan=pl.col("amount_yuan"))
    assert cause(amounts()) == ("unknown", "unknown")
    assert cause(agree) == ("publisher", "publisher")
    other = pl.when(here).then(pl.lit(Decimal("408000"), pl.Decimal(18, 2)))
    assert cause(amounts(second_yuan=other.otherwise("amount_yuan"))) == ("reading", "reading")
    unsure = pl.when(here).then(pl.lit(Decimal("0.9"), pl.Decimal(4, 3))).otherwise("confidence")
    assert cause(agree.with_columns(confidence=unsure)) == ("reading", "reading")
    (finding,) = found(said(good(), **{KEY: "48.80"}))
    moved = replace(finding, kind="rows")
    assert frames.Evidence(agree).cause(moved) == ("unknown", "moved")
    nothing = replace(finding, kind="unexplained", explanations=())
    assert frames.Evidence(agree).cause(nothing) == ("unknown", "unexplained")


def test_the_key_of_a_finding_is_its_checks() -> None:
    (finding,) = found(said(good(), **{KEY: "48.80"}))
    assert frames.finding_id(finding) == frames.finding_id(replace(finding, explanations=()))
    assert frames.finding_id(finding) != frames.finding_id(
        replace(finding, checks=finding.checks[1:])
    )


# --- settling -----------------------------------------------------------------------------------


def test_after_a_repair_the_document_is_proved_again_and_others_stay() -> None:
    """Two documents are misread in one figure; one of them is in doubt."""
    books = together(
        [said(good(name), **{KEY.replace("example", name): "48.80"}) for name in ("a", "b")]
    )
    doubted = pl.when(pl.col("document_id") == "a").then(pl.lit(Decimal("0.9")))
    frame = pl.concat([amounts("a"), amounts("b")]).with_columns(
        confidence=doubted.otherwise(pl.lit(Decimal("1"))).cast(pl.Decimal(4, 3))
    )
    before = run(books, declarations())
    done = settle.settled(books, declarations(), before, frame)
    assert [r.amount_id for r in done.repaired] == [KEY.replace("example", "a")]
    assert [f.document_id for f in done.findings] == ["b"]
    broken = done.results.checks.filter(verdict="breaks")
    assert broken["document_id"].unique().to_list() == ["b"]
    for name in ("checks", "terms", "proofs"):
        one, other = getattr(done.results, name), getattr(before, name)
        assert one.schema == other.schema
        assert one.height == other.height
    stays = done.results.checks.filter(document_id="b")
    assert stays.equals(before.checks.filter(document_id="b"))
    put = done.amounts.filter(amount_id=KEY.replace("example", "a")).row(0, named=True)
    assert (put["restored_text"], put["amount_yuan"]) == ("40.80", Decimal("408000.00"))


def test_without_doubt_nothing_is_touched() -> None:
    books = said(good(), **{KEY: "48.80"})
    before = run(books, declarations())
    done = settle.settled(books, declarations(), before, amounts())
    assert done.repaired == ()
    assert done.results is before
    assert done.amounts.equals(amounts())
