"""Accounts and folders for tests of the night: facts without a build."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.night.account import (
    Account,
    Aside,
    Break,
    Came,
    Change,
    Failure,
    Reason,
    Source,
    Stop,
)
from pipeline.register.account import Moved, StageReport
from pipeline.settings import Settings

HOSTILE = '<script>alert("x")</script> | `code` [a](javascript:1)\n# heading ＝HYPERLINK'


def account(**said: Any) -> Account:
    """A night in which a little of everything happened, with changes."""
    return replace(
        Account(
            night="20260302T180000Z-0007",
            number=7,
            started="2026-03-02T18:00:00+00:00",
            ended="2026-03-02T18:05:00+00:00",
            outcome="released",
            version="2026.03.03",
            before="2026.03.02",
            today="2026.03.03",
            sources=(Source("jincheng", 12, True, {"new": 2}),),
            came=Came(
                3,
                {"new": 2, "unchanged": 1},
                ("2 new, 1 unchanged",),
                (Moved("new", "0123456789abcdef", "a.pdf"),),
            ),
            release=(Change("figures", "金额", 600, 900),),
            reasons=(Reason("not_text", "无文字层", "No text layer", 2, 1),),
            quarantine=(
                Aside("new.pdf", None, "not_text", "page images only", True),
                Aside("old.pdf", None, "not_text", None, False),
            ),
            breaks=4,
            breaks_new=1,
            broken=(Break("expenditure_row", "a.pdf", "expenditure", "201", "500.00", "yuan"),),
            stages=(StageReport("read", "done", 12.34, 20.0, 250_000_000, "2 read"),),
        ),
        **said,
    )


def hostile() -> Account:
    """A night whose documents are called and say the worst."""
    return account(
        came=Came(1, {"new": 1}, (HOSTILE,), (Moved("gone", "0" * 16, HOSTILE, HOSTILE),)),
        quarantine=(Aside(HOSTILE, None, "not_text", HOSTILE, True),),
        broken=(Break("expenditure_row", HOSTILE, None, HOSTILE, None, None),),
        failure=Failure("quality_report", HOSTILE),
        stops=(Stop("rule", "规则", "rule", 1, (HOSTILE,)),),
        notes=(HOSTILE,),
    )


def settings(folder: Path) -> Settings:
    """The folders of a build."""
    (folder / "raw").mkdir(exist_ok=True)
    (folder / "curated" / "releases").mkdir(parents=True, exist_ok=True)
    return Settings(raw=folder / "raw", curated=folder / "curated")
