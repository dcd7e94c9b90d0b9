"""The steps of a build, in order, each reading what the one before it left in `work/`.

    take_in -> stage -> enter -> prove (reads again what fails) -> assemble -> judge -> publish

Where taking in finds nothing new there is nothing to do (`is_nothing_new`). Each step is a stage of
the night in the register. Here: effects, folders and order; each step calls one room and writes its
result. The Dagster assets are these steps and nothing more. Not here: any rule of the domain.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import progress, register
from pipeline.documents.intake import Intake
from pipeline.documents.intake import take_in as take_in_folder
from pipeline.engines import partitions
from pipeline.findings import frames, settle
from pipeline.gate import judge as judging
from pipeline.gate import pins, rules, run
from pipeline.gate.judge import Judgement
from pipeline.identities import evaluations, projects
from pipeline.identities.declaration import load_catalogue
from pipeline.identities.engine import run as run_identities
from pipeline.ledger import books, mandates, second, tombstones
from pipeline.reading import EXTRACT, SECOND, Staged, read_again, read_new
from pipeline.register import inputs
from pipeline.register.tombstones import of_release
from pipeline.release import changes, describe, diff, soundness, versions, write
from pipeline.review import report
from pipeline.settings import Settings
from pipeline.staging import store, tables
from pipeline.staging import versions as code
from pipeline.warehouse import build as warehouse

RESULTS = "results.json"
REPORT = "index.html"
# What taking in reads of the last release; the rest of it is looked at once there is work to do.
DIMENSIONS = tuple(
    f"{kind}/{table}.{kind}"
    for table in ("dim_document", "dim_tombstone")
    for kind in ("csv", "parquet")
)
log = logging.getLogger(__name__)


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
    """Hash and sniff every raw file, once in a night that somebody holds."""
    night = register.tonight(settings.curated, anew=True)
    if night.intake is not None:
        return night.intake
    with night.stage("take_in") as stage:
        stand_back(settings, DIMENSIONS)
        last = tombstones.last(versions.latest(settings.curated))
        intake = take_in_folder(settings.raw, last.names())
        save(settings, "inputs", inputs.fingerprint(intake, settings))
        account = night.took_in(intake)
        stage.detail = account.lines()[0]
    return intake


def stand_back(settings: Settings, only: Collection[str] | None = None) -> None:
    """Compare with a release only that is whole: a damaged one would fail every night from now."""
    found = soundness.stand_back(settings.curated, only)
    if found is not None:
        log.warning("%s", found)
        register.tonight(settings.curated).say(stood_back=str(found))


def taken_in(settings: Settings) -> Intake:
    """What was taken in tonight; handed on where there is something to do with it."""
    intake = register.tonight(settings.curated).intake
    if intake is None:
        found: Intake = saved(settings, "intake")
        return found
    save(settings, "intake", intake)
    return intake


def is_nothing_new(settings: Settings) -> bool:
    """Whether the release that stands was made from all this, and nothing waits to be tried."""
    night = register.tonight(settings.curated)
    last = versions.latest(settings.curated)
    if last is None or night.fingerprint() != standing(settings, last):
        return False
    # The versions of the code take a moment: they are asked only where something failed once.
    stages = {EXTRACT: lambda: code.of_extract(code.ANY), SECOND: code.of_second}
    return not any(
        night.has_failed(name) and night.is_any_due(name, versions_of())
        for name, versions_of in stages.items()
    )


def nothing_new(settings: Settings) -> Published:
    """Close a night that has nothing to do: the release stands."""
    night = register.tonight(settings.curated)
    last = versions.latest(settings.curated)
    if last is None:
        raise Stopped("there is no release that could stand; run the whole job")
    night.say(nothing_new=True)
    night.stands(last.name, standing(settings, last))
    register.let_go(night, "nothing_new")
    return Published(last, last.name, changed=False)


def standing(settings: Settings, release: Path) -> str:
    """The fingerprint of tonight's inputs beside a release."""
    return inputs.with_release(saved(settings, "inputs"), release)


def stage(settings: Settings) -> Staged:
    """Read every document that has no staged result of this code yet, and say why each is."""
    intake = taken_in(settings)
    with register.tonight(settings.curated).stage("read") as told:
        stand_back(settings)
        store.prune(settings.staging)
        staged = read_new(settings, intake.documents)
        told.detail = f"{staged.read:,} read, {staged.reused:,} as before"
    save(settings, "staged", staged)
    return staged


def stage_partitions(settings: Settings, keys: Iterable[str]) -> Staged:
    """Read what is new in some partitions of the documents, ahead of the build that uses it."""
    wanted = frozenset(keys)
    take_in(settings)
    intake = taken_in(settings)
    night = register.tonight(settings.curated)
    with night.stage("read") as told:
        chosen = tuple(d for d in intake.documents if partitions.before_reading(d) in wanted)
        staged = read_new(settings, chosen)
        told.detail = f"{staged.read:,} read of {len(wanted):,} partitions"
    register.let_go(night, "unchanged")
    return staged


def enter(settings: Settings) -> books.Ledger:
    """Enter all staged documents into the ledger."""
    progress.tell("Entering the ledger", 0, 1)
    intake: Intake = saved(settings, "intake")
    staged: Staged = saved(settings, "staged")
    with register.tonight(settings.curated).stage("enter"):
        given_up = {entry.sha256 for entry in staged.refused}
        extracts = [
            store.read(settings.staging, document.document_id)
            for document in intake.documents
            if document.sha256 not in given_up
        ]
        duties = mandates.load(settings.expectations)
        losses = pins.known_losses(settings.expectations)
        last = tombstones.last(versions.latest(settings.curated), losses)
        ledger = books.build(intake, tables.concat(extracts), list(staged.refused), duties, last)
        save(settings, "ledger", ledger)
    return ledger


def prove(settings: Settings) -> dict[str, pl.DataFrame]:
    """Run every identity, explain what breaks, repair what is damaged, and judge the claims.

    The tables that need the proofs: amounts, checks with their terms, findings, claims.
    """
    with register.tonight(settings.curated).stage("prove"):
        proved = proofs(settings, saved(settings, "ledger"))
        save(settings, "proved", proved)
    return proved


def proofs(settings: Settings, ledger: books.Ledger) -> dict[str, pl.DataFrame]:
    """The tables that need the proofs."""
    progress.tell("Proving figures", 0, 1)
    declarations = load_catalogue(settings.expectations / "identities")
    results = run_identities(ledger.books, declarations)
    intake: Intake = saved(settings, "intake")
    readings, again = read_again(settings, intake.documents, ledger, results)
    save(settings, "read_again", again)
    progress.tell("Explaining what breaks", 0, 1)
    amounts = second.with_second(ledger.amounts, readings)
    of_projects = projects.checks(ledger.tables["fact_project"])
    scored = ("fact_evaluation", "fact_indicator", "fact_quarantine")
    of_reports = evaluations.checks(*(ledger.tables[name] for name in scored))
    of_performance = pl.concat([of_projects, of_reports])
    settled = settle.settled(ledger.books, declarations, results, amounts, of_performance)
    return {
        "fact_amount": books.with_proofs(
            settled.amounts.drop("second_text", "second_yuan"), settled.results.proofs, readings
        ),
        **books.told(replace(ledger, amounts=settled.amounts), settled.results.proofs),
        "fact_check_term": settled.results.terms,
        **frames.released(
            settled.findings, settled.amounts, settled.results.checks, ledger.books.lines
        ),
    }


def assemble(settings: Settings) -> dict[str, int]:
    """Assemble the warehouse; rows per table."""
    progress.tell("Assembling the warehouse", 0, 1)
    with register.tonight(settings.curated).stage("assemble"):
        ledger: books.Ledger = saved(settings, "ledger")
        return warehouse.assemble(settings.warehouse, ledger.tables | saved(settings, "proved"))


def judge(settings: Settings) -> list[Judgement]:
    """Run the gate's rules and write its results and the quality report."""
    progress.tell("Judging the expectations", 0, 1)
    night = register.tonight(settings.curated)
    with night.stage("judge"):
        judgements = judged(settings)
    if any(judgement.stops for judgement in judgements):
        register.let_go(night, "stopped")
    return judgements


def judged(settings: Settings) -> list[Judgement]:
    """The gate's judgements of the warehouse, written down for programs and for people."""
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
    night = register.tonight(settings.curated)
    with night.stage("publish"):
        published = released(settings)
    night.stands(published.version, standing(settings, published.path))
    night.buried(of_release(published.path))
    register.let_go(night, "released" if published.changed else "unchanged")
    return published


def released(settings: Settings) -> Published:
    """Write the release, unless it would equal the one that stands."""
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
