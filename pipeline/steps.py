"""The steps of a build, in order, each reading what the one before it left in `work/`.

    take_in -> stage -> enter -> prove (reads again what fails) -> assemble -> judge -> publish

Here: effects, folders and order; each step calls one room and writes its result. The Dagster
assets are these steps and nothing more. Not here: any rule of the domain.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import progress
from pipeline.documents.document import Quarantined
from pipeline.documents.intake import Intake
from pipeline.documents.intake import take_in as take_in_folder
from pipeline.documents.media import PDF
from pipeline.findings import frames, settle
from pipeline.gate import judge as judging
from pipeline.gate import pins, rules, run
from pipeline.gate.judge import Judgement
from pipeline.identities import evaluations, projects
from pipeline.identities.declaration import load_catalogue
from pipeline.identities.engine import Results
from pipeline.identities.engine import run as run_identities
from pipeline.ledger import books, mandates, second
from pipeline.release import changes, describe, diff, versions, write
from pipeline.review import report
from pipeline.settings import Settings
from pipeline.staging import pool, store, tables
from pipeline.staging import second as second_store
from pipeline.warehouse import build as warehouse

RESULTS = "results.json"
REPORT = "index.html"


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


@dataclass(frozen=True)
class Published:
    """The release a build made, or the one that stands because nothing changed."""

    path: Path
    version: str
    changed: bool


def save(settings: Settings, name: str, value: Any) -> None:
    """Hand a value on to the next step."""
    settings.work.mkdir(parents=True, exist_ok=True)
    draft = settings.work / f".{name}.pickle"
    draft.write_bytes(pickle.dumps(value))
    draft.replace(settings.work / f"{name}.pickle")


def saved(settings: Settings, name: str) -> Any:
    """What an earlier step handed on. The folder is the build's own: nobody else writes it."""
    return pickle.loads((settings.work / f"{name}.pickle").read_bytes())


def take_in(settings: Settings) -> Intake:
    """Hash and sniff every raw file."""
    intake = take_in_folder(settings.raw)
    save(settings, "intake", intake)
    return intake


def stage(settings: Settings) -> Staged:
    """Read every document that has no staged result of this code yet."""
    intake: Intake = saved(settings, "intake")
    store.prune(settings.staging)
    todo = [d for d in intake.documents if not store.is_sound(settings.staging, d.document_id)]
    refused = []
    progress.tell("Reading documents", 0, len(todo))
    for done, outcome in enumerate(pool.run(todo, settings.staging, settings.workers), start=1):
        if outcome.refusal is not None:
            refused.append(outcome.refusal.quarantine(outcome.document))
        progress.tell("Reading documents", done, len(todo))
    staged = Staged(len(todo), len(intake.documents) - len(todo), tuple(refused))
    save(settings, "staged", staged)
    return staged


def enter(settings: Settings) -> books.Ledger:
    """Enter all staged documents into the ledger."""
    progress.tell("Entering the ledger", 0, 1)
    intake: Intake = saved(settings, "intake")
    staged: Staged = saved(settings, "staged")
    given_up = {entry.sha256 for entry in staged.refused}
    extracts = [
        store.read(settings.staging, document.document_id)
        for document in intake.documents
        if document.sha256 not in given_up
    ]
    duties = mandates.load(settings.expectations)
    ledger = books.build(intake, tables.concat(extracts), list(staged.refused), duties)
    save(settings, "ledger", ledger)
    return ledger


def prove(settings: Settings) -> dict[str, pl.DataFrame]:
    """Run every identity, explain what breaks, repair what is damaged, and judge the claims.

    The tables that need the proofs: amounts, checks with their terms, findings, claims.
    """
    progress.tell("Proving figures", 0, 1)
    ledger: books.Ledger = saved(settings, "ledger")
    declarations = load_catalogue(settings.expectations / "identities")
    results = run_identities(ledger.books, declarations)
    readings, again = read_again(settings, ledger, results)
    save(settings, "read_again", again)
    progress.tell("Explaining what breaks", 0, 1)
    amounts = second.with_second(ledger.amounts, readings)
    of_projects = projects.checks(ledger.tables["fact_project"])
    scored = ("fact_evaluation", "fact_indicator", "fact_quarantine")
    of_reports = evaluations.checks(*(ledger.tables[name] for name in scored))
    of_performance = pl.concat([of_projects, of_reports])
    settled = settle.settled(ledger.books, declarations, results, amounts, of_performance)
    proved = {
        "fact_amount": books.with_proofs(
            settled.amounts.drop("second_text", "second_yuan"), settled.results.proofs, readings
        ),
        **books.told(replace(ledger, amounts=settled.amounts), settled.results.proofs),
        "fact_check_term": settled.results.terms,
        **frames.released(
            settled.findings, settled.amounts, settled.results.checks, ledger.books.lines
        ),
    }
    save(settings, "proved", proved)
    return proved


def read_again(
    settings: Settings, ledger: books.Ledger, results: Results
) -> tuple[pl.DataFrame, ReadAgain]:
    """The second readings of the documents the setting asks for, and what came of them.

    A document the second reader fails on keeps its figures and their proofs; the summary of the
    run names it.
    """
    intake: Intake = saved(settings, "intake")
    asked = second.asked(ledger.amounts, results.proofs, settings.second_reader)
    documents = [d for d in intake.documents if d.document_id in asked and d.media_type == PDF]
    todo = [d for d in documents if not second_store.is_sound(settings.staging, d.document_id)]
    failed = []
    outcomes = second_store.stage(todo, settings.staging, settings.workers)
    for done, outcome in enumerate(outcomes, start=1):
        if outcome.refusal is not None:
            failed.append(outcome.refusal.quarantine(outcome.document))
        progress.tell("Reading again", done, len(todo))
    given_up = {entry.sha256 for entry in failed}
    read = [d.document_id for d in documents if d.sha256 not in given_up]
    readings = second_store.read(settings.staging, read)
    amounts = second.with_second(ledger.amounts, readings)
    return readings, ReadAgain(
        documents=len(read),
        now=len(todo) - len(failed),
        tally=second.tally(amounts, read),
        failed=tuple(failed),
    )


def assemble(settings: Settings) -> dict[str, int]:
    """Assemble the warehouse; rows per table."""
    progress.tell("Assembling the warehouse", 0, 1)
    ledger: books.Ledger = saved(settings, "ledger")
    return warehouse.assemble(settings.warehouse, ledger.tables | saved(settings, "proved"))


def judge(settings: Settings) -> list[Judgement]:
    """Run the gate's rules and write its results and the quality report."""
    progress.tell("Judging the expectations", 0, 1)
    suites = rules.load(settings.expectations)
    decided = {
        "known_breaks": pins.known_breaks(settings.expectations),
        "known_losses": pins.known_losses(settings.expectations),
    }
    last = versions.latest(settings.curated)
    examined = run.examine(settings.warehouse, suites, decided, last)
    judgements = judging.judge(examined, settings.strict)
    judging.save(settings.quality / RESULTS, judgements)
    save(settings, "judged", write.file_hash(settings.warehouse))
    page = report.render(report.gather(settings.warehouse, judgements))
    (settings.quality / REPORT).write_text(page, encoding="utf-8")
    return judgements


class Stopped(RuntimeError):
    """The gate has not let this warehouse through."""


def check_judged(settings: Settings) -> None:
    """Raise `Stopped` unless the gate let this warehouse through: publishing has no other door."""
    if saved(settings, "judged") != write.file_hash(settings.warehouse):
        raise Stopped("the gate has not judged this warehouse; run the whole job")
    stops = [j.rule_id for j in judging.load(settings.quality / RESULTS) if j.stops]
    if stops:
        raise Stopped(f"the gate stopped this warehouse: {', '.join(stops)}")


def publish(settings: Settings) -> Published:
    """Write the release and point `latest` at it, unless it would equal the last one.

    Raises `Stopped` where the gate has not judged this very warehouse, or has stopped it, and
    `NotComparable` where its difference from the last release cannot be told and proved.
    """
    progress.tell("Writing the release", 0, 1)
    check_judged(settings)
    last = versions.latest(settings.curated)
    version = versions.next_version(settings.curated, settings.version_day)
    folder = versions.draft(settings.curated, version)
    write.write_tables(settings.warehouse, folder)
    if last is not None and write.content_hash(folder) == write.content_hash(last):
        versions.abandon(folder)
        return Published(last, last.name, changed=False)
    write.write_database(settings.warehouse, folder)
    (folder / "quality").mkdir()
    for name in (RESULTS, REPORT):
        (folder / "quality" / name).write_bytes((settings.quality / name).read_bytes())
    summary = describe.summarise(settings.warehouse)
    if last is not None:
        diff.write(folder, last)
    notes = changes.notes(folder, last)
    hashes = describe.write_pages(
        folder, version, settings.version_day, summary, notes, settings.expectations
    )
    write.write_checksums(folder, hashes)
    return Published(versions.publish(settings.curated, folder, version), version, changed=True)
