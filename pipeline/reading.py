"""Reading as a build does it: what is lacking, why, by the engine, with the register told of each.

Here: first readings and second ones. Not here: where and how documents are read (engines, staging),
what is remembered (register), and the order of a build (steps).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline import progress, register
from pipeline.documents.document import Document, Quarantined
from pipeline.documents.media import PDF
from pipeline.engines import run as engines
from pipeline.engines import work
from pipeline.identities.engine import Results
from pipeline.ledger import books, second
from pipeline.register.attempts import Plan
from pipeline.settings import Settings
from pipeline.staging import second as second_store
from pipeline.staging import store
from pipeline.staging import versions as code

# The names under which the register keeps what is made of a document.
EXTRACT, SECOND = "extract", "second"


@dataclass(frozen=True)
class Staged:
    """What reading did: documents read now, taken from before, and given up by the pool."""

    read: int
    reused: int
    refused: tuple[Quarantined, ...]


@dataclass(frozen=True)
class ReadAgain:
    """What the second reader did: documents it read (`now`: in this run), how its figures compare
    with the first reader's, and the documents it failed on.
    """

    documents: int
    now: int
    tally: second.Tally
    failed: tuple[Quarantined, ...]


def read_new(settings: Settings, documents: tuple[Document, ...]) -> Staged:
    """Read those of some documents that have no staged result of this code yet.

    One that failed for no fault that is surely its own is tried again in later nights, less and
    less often; then its refusal is staged as its result.
    """
    night = register.tonight(settings.curated)
    kinds = {d.sha256: store.sound_kind(settings.staging, d.document_id) for d in documents}
    night.found(EXTRACT, {key: code.of_extract(kind) for key, kind in kinds.items() if kind})
    lacking = [d for d in documents if kinds[d.sha256] is None]
    everything = code.of_extract(code.ANY)
    night.settled(EXTRACT, everything, {d.sha256 for d in lacking})
    plan = night.plan(EXTRACT, [d.sha256 for d in lacking], everything, code.explain)
    refused = put_off(plan, lacking)
    todo = [d for d in lacking if d.sha256 in plan.why]
    progress.tell("Reading documents", 0, len(todo))
    for done, outcome in enumerate(engines.read(settings, work.FIRST, todo), start=1):
        key = outcome.document.sha256
        if outcome.refusal is None:
            kind = store.kind_of(settings.staging, outcome.document.document_id)
            night.done(plan, key, code.of_extract(kind))
        else:
            final = night.is_last_try(plan, key)
            if final:
                store.write_refusal(settings.staging, outcome.document, outcome.refusal)
            else:
                refused.append(outcome.refusal.quarantine(outcome.document))
            night.failed(plan, key, outcome.refusal, everything, final=final)
        progress.tell("Reading documents", done, len(todo))
    return Staged(len(todo), len(documents) - len(lacking), tuple(refused))


def put_off(plan: Plan, documents: list[Document]) -> list[Quarantined]:
    """The entries of documents that are not tried tonight: as when they were tried last."""
    waiting = [d for d in documents if d.sha256 in plan.waiting]
    return [plan.waiting[d.sha256].refusal.quarantine(d) for d in waiting]


def read_again(
    settings: Settings, documents: tuple[Document, ...], ledger: books.Ledger, results: Results
) -> tuple[pl.DataFrame, ReadAgain]:
    """The second readings of the documents the setting asks for, and what came of them.

    A document the second reader fails on keeps its figures and their proofs; the summary of the
    run names it.
    """
    night = register.tonight(settings.curated)
    asked = second.asked(ledger.amounts, results.proofs, settings.second_reader)
    asked_for = [d for d in documents if d.document_id in asked and d.media_type == PDF]
    lacking = [d for d in asked_for if not second_store.is_sound(settings.staging, d.document_id)]
    night.settled(SECOND, code.of_second(), {d.sha256 for d in lacking})
    plan = night.plan(SECOND, [d.sha256 for d in lacking], code.of_second(), code.explain)
    todo = [d for d in lacking if d.sha256 in plan.why]
    failed = put_off(plan, lacking)
    outcomes = second_store.checked(settings.staging, engines.read(settings, work.SECOND, todo))
    for done, outcome in enumerate(outcomes, start=1):
        key = outcome.document.sha256
        if outcome.refusal is None:
            night.done(plan, key, code.of_second())
        else:
            failed.append(outcome.refusal.quarantine(outcome.document))
            night.failed(plan, key, outcome.refusal, code.of_second(), final=False)
        progress.tell("Reading again", done, len(todo))
    given_up = {entry.sha256 for entry in failed}
    read = [d.document_id for d in asked_for if d.sha256 not in given_up]
    readings = second_store.read(settings.staging, read)
    amounts = second.with_second(ledger.amounts, readings)
    return readings, ReadAgain(
        documents=len(read),
        now=len(lacking) - len(failed),
        tally=second.tally(amounts, read),
        failed=tuple(failed),
    )
