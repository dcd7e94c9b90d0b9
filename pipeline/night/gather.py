"""From what a night left behind to its account.

Here: putting together what the register, the gate, the tables and the fetching say. Texts of
documents are masked here once more. Not here: shapes (account), advice, how it is shown (report).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipeline.documents.intake import printable
from pipeline.documents.personal import mask
from pipeline.gate.judge import Judgement
from pipeline.night import advice, comparison
from pipeline.night.account import (
    Account,
    Came,
    Failure,
    Source,
    Stop,
)
from pipeline.register.account import Account as Registered
from pipeline.register.account import Moved, NightReport

if TYPE_CHECKING:
    from pipeline.acquisition.account import Fetched

COUNTED = (
    "new",
    "changed",
    "returned",
    "withdrawn",
    "gone",
    "unchanged",
    "put_aside",
    "failed",
    "deferred",
    "given_up",
)
MOST_FIRST, MOST_ERROR = 3, 500
#: where a night failed that no step of it made fail
OUTSIDE = "outside"


@dataclass(frozen=True)
class Evidence:
    """What a night left: how it ended, and what there is to compare."""

    report: NightReport
    outcome: str
    version: str | None
    before: Path | None
    tables: Path | None
    judgements: tuple[Judgement, ...] = ()
    fetched: Fetched | None = None
    failure: Failure | None = None
    notes: tuple[str, ...] = ()
    today: str | None = None


def night_id(report: NightReport) -> str:
    """The name of a night: when it began, and its number. Names of folders: no colons."""
    plain = report.started.replace(":", "").replace("-", "").partition("+")[0]
    return f"{plain}Z-{report.night:04d}"


def gather(evidence: Evidence) -> Account:
    """The account of a night with what to do about it."""
    report = evidence.report
    notes = list(evidence.notes)
    stood_back = report.account.stood_back if report.account else ""
    if stood_back:
        notes.append(stood_back)
    account = Account(
        night=night_id(report),
        number=report.night,
        started=report.started,
        ended=report.ended,
        outcome=evidence.outcome,
        version=evidence.version,
        before=evidence.before.name if evidence.before else None,
        today=evidence.today,
        stood_back=stood_back or None,
        sources=sources(evidence.fetched),
        came=came(report.account),
        stops=tuple(stop(j) for j in evidence.judgements if j.stops),
        failure=evidence.failure,
        stages=report.stages,
    )
    if evidence.tables is not None:
        try:
            found = compared(evidence.tables, evidence.before, notes)
        except (duckdb.Error, OSError) as error:
            notes.append(f"tonight's tables could not be read: {type(error).__name__}")
        else:
            account = replace(account, **vars(found))
    account = replace(account, notes=tuple(notes))
    return replace(account, todo=advice.of(account))


def compared(tables: Path, before: Path | None, notes: list[str]) -> comparison.Compared:
    """Tonight's tables against the release before; against nothing where that is damaged."""
    if before is None:
        return comparison.compare(tables, None)
    try:
        return comparison.compare(tables, before)
    except (duckdb.Error, OSError) as error:
        notes.append(
            f"nothing could be compared with release {before.name} ({type(error).__name__}), all "
            "is told as new: sha256sum -c SHA256SUMS says what of it is damaged"
        )
        return comparison.compare(tables, None)


def sources(fetched: Fetched | None) -> tuple[Source, ...]:
    """What came of each portal."""
    return tuple(
        Source(
            source_id=one.source_id,
            listed=one.listed,
            complete=one.complete,
            counts={name: number for name, number in one.counts.items() if number},
            refused=dict(Counter(i.reason for i in one.items if i.reason).most_common()),
        )
        for one in (fetched.sources if fetched else ())
    )


def came(said: Registered | None) -> Came:
    """What came to the door, as the register says it."""
    if said is None:
        return Came()
    return Came(
        documents=said.documents,
        counts={name: n for name in COUNTED if (n := getattr(said, name))},
        lines=tuple(said.lines()),
        moved=tuple(
            Moved(
                m.what,
                m.document_id,
                shown(m.source_name),
                None if m.reason is None else shown(m.reason),
            )
            for m in said.moved
        ),
    )


def stop(judgement: Judgement) -> Stop:
    """A rule that stopped the export, with its first violations."""
    return Stop(
        rule_id=judgement.rule_id,
        zh=judgement.zh,
        en=judgement.en,
        violations=len(judgement.violations),
        first=tuple(
            shown(f"{v.document_id or ''} {v.statement_id or ''} {v.told}".strip())
            for v in judgement.violations[:MOST_FIRST]
        ),
    )


def failed(step: str | None, error: BaseException | None) -> Failure:
    """A failure in a line: the first cause, personal data masked."""
    while error is not None and (error.__cause__ or error.__context__):
        error = error.__cause__ or error.__context__
    if error is None:
        return Failure(step or OUTSIDE, "the run was ended from outside (a signal, or by a person)")
    words = shown(f"{type(error).__name__}: {error}")
    return Failure(step or OUTSIDE, words[:MOST_ERROR])


def shown(text: str) -> str:
    """A text that may be shown: printable, on one line, personal data masked."""
    line = " ".join(str(text).split())
    return mask(printable(Path(line))) if line else ""
