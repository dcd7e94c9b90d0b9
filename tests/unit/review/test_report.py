"""The stewards' report: breaks with their cells first, every text inert, nothing loaded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.gate.judge import Judgement
from pipeline.gate.rule import Violation
from pipeline.review import report
from tests.builds import Built
from tests.facsimile.budget import Budget
from tests.integration.hostile import BIDI, FORMULA, ONERROR, SCRIPT
from tests.integration.pages import Page

HOSTILE = f"{SCRIPT}{ONERROR}{FORMULA}{BIDI}\"'><!-- {{{{ 7*7 }}}} &lt;b&gt;"


def rendered(page: report.Page, folder: Path) -> Page:
    """The page as a browser's parser sees it."""
    path = folder / "page.html"
    path.write_text(report.render(page), encoding="utf-8")
    return Page(path)


@pytest.fixture(scope="module")
def gathered(broken: Built) -> report.Page:
    return report.gather(broken.settings.warehouse, broken.judgements)


def test_a_break_is_shown_with_its_line_both_sides_and_every_cell(
    gathered: report.Page, tmp_path: Path, budgets: dict[str, Budget]
) -> None:
    page = rendered(gathered, tmp_path)
    printed = Decimal(budgets["单位.txt"].table(3).rows[0][2])
    wrong = printed + Decimal("0.05")
    assert len(gathered.findings) >= 2
    assert f"{len(gathered.findings)} identities break" in page.text
    assert f"{wrong * 10_000:,.2f}" in page.text
    assert "改动.txt" in page.text
    for finding in gathered.findings:
        assert finding["subject"] in page.text
        assert finding["identity_id"] in page.text
        assert f"{finding['residual']:,}" in page.text
        for cell in finding["cells"]:
            assert cell["text"] in page.text
            assert f"line {cell['line']}" in page.text
    assert any(str(wrong) == c["text"] for f in gathered.findings for c in f["cells"])


def test_breaks_come_before_rules_and_the_largest_first(
    gathered: report.Page, tmp_path: Path
) -> None:
    page = rendered(gathered, tmp_path)
    assert page.text.index("Identities that break") < page.text.index("Rules of the gate")
    sizes = [abs(f["residual"]) for f in gathered.findings if f["verdict"] == "breaks"]
    assert sizes == sorted(sizes, reverse=True)


def test_a_release_with_breaks_stands_and_a_stopped_one_says_so(
    broken: Built, tmp_path: Path
) -> None:
    stands = rendered(report.gather(broken.settings.warehouse, broken.judgements), tmp_path)
    assert "The release stands" in stands.text
    stopped = [replace(j, severity="critical") for j in broken.judgements]
    page = rendered(report.gather(broken.settings.warehouse, stopped), tmp_path)
    failed = sum(j.outcome == "failed" for j in stopped)
    assert failed > 1
    assert f"The export was stopped: {failed} critical rules failed" in page.text


def test_what_is_proved_by_what_is_shown_with_the_numbers_of_the_views(
    gathered: report.Page, broken: Built, tmp_path: Path
) -> None:
    page = rendered(gathered, tmp_path)
    for statement, percent in broken.rows(
        "SELECT statement_id, pinned_percent FROM v_proof_by_statement"
    ):
        assert f"{percent} %" in page.text, statement
    pinning = broken.rows("SELECT count(*) FILTER (pinned > 0), count(*) FROM v_proof_by_identity")
    assert " / ".join(map(str, pinning[0])) in page.text
    (top, *_) = broken.rows("SELECT proof_reason, amounts FROM v_proof_reasons")
    assert top[0] in page.text
    titles = {row["identity_id"]: row["zh"] for row in gathered.identities}
    assert titles["expenditure_row"].startswith("A10 ")
    assert titles["expenditure_row"] in page.text


def test_a_page_without_findings_says_so(base: Built, tmp_path: Path) -> None:
    page = rendered(report.gather(base.settings.warehouse, base.judgements), tmp_path)
    assert "没有。None." in page.text
    assert "identities break" not in page.text.replace("Identities that break", "")


@pytest.mark.parametrize(
    ("outcome", "word"),
    [("failed", "未通过 failed"), ("crashed", "出错 crashed"), ("not_run", "未运行 not run")],
)
def test_every_outcome_but_passed_is_shown_with_its_reason(
    base: Built, tmp_path: Path, outcome: str, word: str
) -> None:
    one = replace(base.judgements[0], outcome=outcome, reason="for a reason")
    page = rendered(report.gather(base.settings.warehouse, [one]), tmp_path)
    assert word in page.text
    assert "for a reason" in page.text


def hostile_page(page: report.Page, broken: Built) -> report.Page:
    """The page with every text of a document hostile."""
    judgement = broken.judgements[0]
    violation = Violation(HOSTILE, HOSTILE, 1, HOSTILE, HOSTILE, *[Decimal("1.00")] * 3)
    bad: list[Judgement] = [
        replace(judgement, outcome="failed", violations=(violation,), reason=HOSTILE),
        replace(judgement, outcome="passed", en=HOSTILE, zh=HOSTILE),
    ]
    cell = {"page": None, "line": 1, "label": HOSTILE, "measure": "total", "text": HOSTILE}
    cell |= {"file": HOSTILE + "1"}
    texts = dict.fromkeys(("source_name", "unit_name", "subject", "identity_id", "reason"), HOSTILE)
    return replace(
        page,
        judgements=bad,
        findings=[page.findings[0] | texts | {"cells": [cell]}],
        identities=[page.identities[0] | {"zh": HOSTILE, "identity_id": HOSTILE}],
        reasons=[page.reasons[0] | {"proof_reason": HOSTILE}],
        documents=[page.documents[0] | {"unit_name": HOSTILE, "source_name": HOSTILE}],
        quarantine=[
            {
                "source_name": HOSTILE,
                "document_id": HOSTILE,
                "statement_id": None,
                "stage": "forms",
                "reason": "hostile_text",
                "detail": HOSTILE,
            }
        ],
    )


def test_hostile_text_is_shown_as_text(
    gathered: report.Page, broken: Built, tmp_path: Path
) -> None:
    page = rendered(hostile_page(gathered, broken), tmp_path)
    assert page.strange == []
    assert page.text.count(SCRIPT) >= 11
    assert "49" not in page.text.split(SCRIPT)[1][:80]


def test_a_cell_of_another_document_says_which(gathered: report.Page, tmp_path: Path) -> None:
    finding = gathered.findings[0]
    assert {cell["file"] for cell in finding["cells"]} == {finding["source_name"]}
    cells = [finding["cells"][0] | {"file": "another.pdf"}, *finding["cells"][1:]]
    page = rendered(replace(gathered, findings=[finding | {"cells": cells}]), tmp_path)
    assert page.text.count("another.pdf · ") == 1
    assert f"{finding['source_name']} · 第" not in page.text


def test_the_page_may_run_and_load_nothing(base: Built) -> None:
    page = Page(base.release / "quality" / "index.html")
    assert page.strange == []
    assert page.policy["default-src"] == "'none'"
    assert page.policy["style-src"] == "'unsafe-inline'"
    assert "script-src" not in page.policy
    assert page.elements.index("meta") < page.elements.index("style")
    assert "http://" not in page.text
    assert "https://" not in page.text


def test_a_thousand_findings_do_not_make_a_page_without_end(
    gathered: report.Page, tmp_path: Path
) -> None:
    many = replace(gathered, findings=gathered.findings[:1] * (report.MAX_ROWS + 7))
    page = rendered(many, tmp_path)
    assert page.text.count("差额 residual") == report.MAX_ROWS
    assert f"The first {report.MAX_ROWS}" in page.text


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("1234567.80"), "1,234,567.80"), (Decimal("-0.01"), "-0.01"), (None, "–"), (0, "0")],
)
def test_money_is_grouped_and_nothing_is_a_dash(value: Decimal | int | None, shown: str) -> None:
    assert report.money(value) == shown
