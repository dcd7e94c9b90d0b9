"""The published texts of two Shanxi budgets, where they are at hand: every amount, and one lie."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from pipeline.gate import rules, run
from pipeline.gate.judge import judge
from pipeline.settings import PROJECT
from tests.builds import Built, build, settings
from tests.conftest import SHARED_TEXTS as SHARED
from tests.facsimile.budget import load_all
from tests.facsimile.expected import expected
from tests.facsimile.tab_grid import damaged_text
from tests.integration import runs

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"{SHARED} is not there: no published texts to test with"
)
JINCHENG = "000_fb26f82e31875807.txt"
COLUMNS = """
    statement_id, side, code, code_system, label, measure_id, amount_yuan, printed_text,
    printed_unit, implementing_unit, government_item, line_kind
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> runs.Ran:
    """`yusuan build --raw ../shared/raw/shanxi --curated OUT`."""
    return runs.build(SHARED, tmp_path_factory.mktemp("published"))


CLEAN = "FROM fact_amount JOIN dim_document USING (document_id) WHERE source_name < '003'"


def test_the_release_goes_out_with_every_clean_amount_proved(published: runs.Ran) -> None:
    """001 is flowing text of many damages: what is restored of it is repaired, the rest proved."""
    assert published.code == 0, published.said
    clean = f"SELECT proof, count(*) {CLEAN} AND source_name NOT LIKE '001%' GROUP BY 1"
    assert published.rows(clean) == [("proved", 458)]
    assert {proof for proof, _ in published.rows(f"SELECT DISTINCT proof, 1 {CLEAN}")} <= {
        "proved",
        "repaired",
    }


@pytest.mark.parametrize("stem", ["jincheng_exchange_2026", "datong_exchange_2026"])
def test_every_amount_is_there_with_its_keys_and_no_other(published: runs.Ran, stem: str) -> None:
    budget = load_all()[stem]
    found = Counter(
        published.rows(
            f"SELECT {COLUMNS} FROM fact_amount JOIN dim_document USING (document_id) "
            f"JOIN dim_unit USING (unit_id) WHERE name = '{budget.unit_name}' "
            f"AND fiscal_year = {budget.year}"
        )
    )
    wanted = Counter(
        (
            a.statement_id,
            a.side,
            a.code,
            a.code_system,
            a.label,
            a.measure_id,
            a.amount_yuan,
            a.printed_text,
            a.printed_unit,
            a.implementing_unit,
            a.government_item,
            a.line_kind,
        )
        for a in expected(budget)
    )
    assert found == wanted


def test_only_the_worst_text_loses_a_statement_and_says_which(published: runs.Ran) -> None:
    """004 was read by OCR: a table without its header is told, and nothing else is put aside."""
    rows = published.rows(
        "SELECT left(source_name, 3), statement_id, reason FROM fact_quarantine "
        "WHERE statement_id IS NOT NULL"
    )
    assert set(rows) <= {("004", "fund_revenue", "header_unknown")}


def test_performance_forms_are_matched_with_the_table_of_projects(published: runs.Ran) -> None:
    """8, 12 and 14 forms; one of Datong bears another name than its row, with the same money."""
    rows = published.rows(
        "SELECT left(source_name, 3), match, count(*) FILTER (form_pages IS NOT NULL) "
        "FROM fact_project JOIN dim_document USING (document_id) "
        "WHERE left(source_name, 3) IN ('000', '002', '004') GROUP BY ALL"
    )
    found = {(name, match): count for name, match, count in rows}
    assert (found["000", "exact"], found["002", "exact"], found["002", "amount"]) == (8, 11, 1)
    assert found["004", "exact"] + found["004", "amount"] == 14
    assert found["004", "none"] == 0


def test_what_a_form_lost_is_told(published: runs.Ran) -> None:
    """Nothing but lost cells in a clean text; 004 has forms that recognition could not read."""
    rows = published.rows(
        "SELECT DISTINCT left(source_name, 3), reason FROM fact_quarantine "
        "WHERE statement_id IS NULL AND document_id IS NOT NULL AND detail LIKE 'performance%'"
    )
    assert {row for row in rows if row[0] in ("000", "002")} <= {("000", "cell_lost")}
    assert ("004", "row_unplaced") in rows


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory, published: runs.Ran) -> Built:
    """A build of a copy of 000 in which one digit of 表3 was changed: 797.37 reads 797.87."""
    folder = tmp_path_factory.mktemp("lying")
    (folder / "raw").mkdir()
    text = (SHARED / JINCHENG).read_text(encoding="utf-8")
    changed = damaged_text(text, 3, "2010350", "797.37", "797.87")
    (folder / "raw" / JINCHENG).write_text(changed, encoding="utf-8")
    return build(settings(folder / "raw", folder / "curated"))


def test_one_changed_digit_breaks_and_names_its_line(lying: Built) -> None:
    assert lying.stopped_by == []
    found = lying.judgement("expenditure_row")
    assert found.outcome == "failed"
    (violation,) = found.violations
    assert violation.statement_id == "expenditure"
    assert "2010350 事业运行" in str(violation.subject)
    assert abs(violation.residual or 0) == Decimal("5000.00")


def test_the_changed_amount_is_disputed_and_none_of_the_others_proves_it(lying: Built) -> None:
    changed = lying.rows("SELECT proof, code FROM fact_amount WHERE printed_text = '797.87'")
    assert changed == [("disputed", "2010350")]
    undisputed = lying.rows(
        "SELECT count(*) FROM fact_amount JOIN fact_check_term USING (amount_id) "
        "JOIN fact_check USING (check_id) WHERE verdict = 'breaks' AND proof <> 'disputed'"
    )
    assert undisputed == [(0,)]
    held = lying.rows("SELECT count(*) FROM fact_amount WHERE proof = 'proved'")
    assert held > [(150,)]


def test_under_strict_it_stops_the_export(lying: Built) -> None:
    suites = rules.load(PROJECT / "expectations")
    chosen = [rule for rule in suites if rule.id == "expenditure_row"]
    no_pins: dict[str, list[dict[str, str]]] = {"known_breaks": [], "known_losses": []}
    examined = run.examine(lying.settings.warehouse, chosen, no_pins, None)
    assert [judgement.stops for judgement in judge(examined, strict=True)] == [True]
