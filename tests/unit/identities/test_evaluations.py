"""D11 to D14 on self-evaluations: each holds, each breaks, and each says why it is not tested."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from pipeline.identities.evaluations import GRADE, RATE, SCORES, WEIGHTS, checks
from pipeline.identities.performance import declared
from pipeline.schema.catalogue import tables
from pipeline.settings import PROJECT

IDENTITIES = (WEIGHTS, SCORES, RATE, GRADE)
REPORT: dict[str, Any] = {
    "document_id": "d",
    "evaluation_no": 1,
    "project_id": "a",
    "name": "运维",
    "year_budget": Decimal("300.03"),
    "year_executed": Decimal("200.02"),
    "execution_rate": Decimal("66.67"),
    "execution_score": Decimal("6.7"),
    "total_score": Decimal("86.7"),
    "grade": "良",
}
SCORED = (("60", "50"), ("30", "30"))


def found(
    *changes: dict[str, Any],
    scored: tuple[tuple[str | None, str | None], ...] = SCORED,
    lost: str | None = None,
) -> pl.DataFrame:
    """The checks of reports with these indicators; `lost` is a document with unread text."""
    indicators = [
        {
            "document_id": "d",
            "project_id": "a",
            "horizon": "evaluation",
            "indicator_no": number,
            "indicator": "某",
            "weight": weight and Decimal(weight),
            "score": score and Decimal(score),
        }
        for number, (weight, score) in enumerate(scored, start=1)
    ]
    quarantine = [
        {
            "quarantine_id": "q",
            "source_name": "某.txt",
            "sha256": "0" * 64,
            "document_id": lost,
            "stage": "forms",
            "reason": "row_unplaced",
        }
    ]
    return checks(
        tables()["fact_evaluation"].frame([REPORT | change for change in changes]),
        tables()["fact_indicator"].frame(indicators),
        tables()["fact_quarantine"].frame(quarantine if lost else []),
    )


def verdicts(*changes: dict[str, Any], **fields: Any) -> dict[str, str]:
    """The verdict of each identity on one report."""
    rows = found(*(changes or ({},)), **fields)
    return dict(rows.select("identity_id", "verdict").iter_rows())


def test_a_sound_report_keeps_every_rule() -> None:
    assert verdicts() == dict.fromkeys(IDENTITIES, "exact")
    assert set(found({}).get_column("n_terms")) == {0}


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({"total_score": Decimal("86.8")}, SCORES),
        ({"execution_rate": Decimal("66.68")}, RATE),
        ({"grade": "优"}, GRADE),
        ({"grade": "中"}, GRADE),
        ({"grade": "合格"}, GRADE),
    ],
)
def test_each_rule_breaks_by_itself(change: dict[str, Any], broken: str) -> None:
    told = verdicts(change)
    assert [name for name in IDENTITIES if told[name] == "breaks"] == [broken]


def test_weights_that_are_not_what_the_execution_leaves_break() -> None:
    assert verdicts(scored=(("60", "50"), ("31", "30")))[WEIGHTS] == "breaks"


def test_what_was_not_read_is_not_tested() -> None:
    for told in (verdicts(lost="d"), verdicts(scored=()), verdicts(scored=((None, None),))):
        assert [told[name] for name in IDENTITIES] == [*["untestable"] * 2, *["exact"] * 2]
    assert verdicts(lost="another")[WEIGHTS] == "exact"
    bare = dict.fromkeys(("year_budget", "execution_score", "total_score", "grade"))
    rows = found(bare).filter(pl.col("identity_id") != WEIGHTS)
    assert set(rows.get_column("verdict")) == {"untestable"}
    assert rows.get_column("reason").null_count() == 0
    assert verdicts({"year_budget": Decimal(0)})[RATE] == "untestable"


def test_two_reports_of_one_project_do_not_share_their_indicators() -> None:
    rows = found({}, {"evaluation_no": 2}).filter(identity_id=WEIGHTS)
    assert rows.get_column("verdict").to_list() == ["untestable"] * 2
    assert rows.get_column("subject").n_unique() == 2


@pytest.mark.parametrize(
    ("rate", "verdict"), [("87.5", "exact"), ("87.52", "rounding"), ("89", "breaks")]
)
def test_amounts_that_may_be_rounded_allow_for_it(rate: str, verdict: str) -> None:
    money = {"year_budget": Decimal(240_000), "year_executed": Decimal(210_000)}
    assert verdicts(money | {"execution_rate": Decimal(rate)})[RATE] == verdict
    exact = {"year_budget": Decimal("240000.08"), "year_executed": Decimal("210000.07")}
    if verdict == "rounding":
        assert verdicts(exact | {"execution_rate": Decimal(rate)})[RATE] == "breaks"


def test_every_identity_is_declared() -> None:
    known = declared(PROJECT / "expectations")
    assert {one.id for one in known if one.table == "fact_evaluation"} == set(IDENTITIES)
