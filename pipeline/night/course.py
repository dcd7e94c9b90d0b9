"""The course of a night: begun, fetched, distributed, ended, told.

Here: what stands around the steps of a release. Whatever happens to a night, its end is written
down and told as far as the disk lets it. Not here: those steps, and what runs them (assets).
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline import lock, register, steps
from pipeline.acquisition.account import Fetched
from pipeline.gate.judge import Judgement
from pipeline.gate.judge import load as load_judgements
from pipeline.night import hooks, report, retention, watch
from pipeline.night.account import Account, Failure
from pipeline.night.gather import Evidence, failed, gather
from pipeline.night.order import Order
from pipeline.register import Night, NightReport, Register
from pipeline.register.account import GOOD
from pipeline.release import versions
from pipeline.settings import Settings

PUBLISHED = "published"
QUALITY = "quality_report"
NOW = Callable[[], datetime]
log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The clock; what depends on it is told, never decided by it."""
    return datetime.now(UTC)


@dataclass
class Course:
    """One night under way."""

    settings: Settings
    order: Order
    book: Register
    night: Night
    before: Path | None
    now: NOW = utc_now
    fetched: Fetched | None = None
    failure: Failure | None = None
    seen: str = ""
    notes: list[str] = field(default_factory=list)

    def fetch(self) -> Fetched | None:
        """Ask the declared portals, where the order names any; look at the raw folder after it."""
        if self.order.fetch_from is not None:
            from pipeline.acquisition.fetching import fetch
            from pipeline.acquisition.sources import load

            with self.night.stage("fetch") as stage:
                self.fetched = fetch(self.settings.raw, load(self.order.fetch_from))
                stage.detail = f"{self.fetched.total('new')} new"
        self.seen = watch.fingerprint(self.settings.raw)
        return self.fetched

    def distribute(self) -> str | None:
        """Bring the release to where the order says; what was done, in words."""
        if not self.order.distributes:
            return None
        from pipeline.publication import publish as publication
        from pipeline.stores import address, configured

        with self.night.stage("distribute") as stage:
            path = self.order.stores or configured.file()
            named = configured.load(path)
            said = self.order.distribute_to or named.publish_to
            if said is None:
                raise address.AddressError(f"no place to distribute to: publish_to in {path}")
            store = address.opened(configured.address(said, named))
            done = publication.publish(publication.release_folder(self.settings.curated), store)
            stage.detail = f"{done.version}: {done.sent} of {done.files} files sent"
            return stage.detail

    def fail(self, step: str | None, error: BaseException | None) -> None:
        """Note the first failure."""
        self.failure = self.failure or failed(step, error)

    def finish(self) -> Account:
        """End the night: write it down, report it, tell it, make room. Never raises for a disk
        that refuses: the account says what could not be done.
        """
        judgements = judged(self.settings)
        outcome, published = self.outcome(judgements)
        if not self.night.ended:
            self.attempt("written into the register", lambda: self.end(outcome, published))
        if outcome in GOOD:
            self.attempt("noted as seen", lambda: watch.keep(self.settings, self.seen))
            self.attempt("tidied", self.tidy)
        evidence = Evidence(
            report=self.told(outcome),
            outcome=outcome,
            version=version_of(self.settings.curated),
            before=self.before,
            tables=self.tables(published, judgements),
            judgements=judgements,
            fetched=self.fetched,
            failure=None if outcome == "stopped" else self.failure,
            notes=tuple(self.notes),
            today=f"{self.settings.version_day:%Y.%m.%d}",
        )
        account = announced(self.settings, self.order, gather(evidence))
        self.book.close()
        return account

    def outcome(self, judgements: tuple[Judgement, ...]) -> tuple[str, steps.Published | None]:
        """How the night ends, and the release that stands because of it."""
        published: steps.Published | None = None
        if (self.settings.work / f"{PUBLISHED}.pickle").exists():
            published = steps.saved(self.settings, PUBLISHED)
        if self.failure is not None:
            stopped = self.failure.step == QUALITY and any(j.stops for j in judgements)
            return ("stopped" if stopped else "failed"), published
        if published is None:
            self.fail(None, None)
            return "failed", None
        if published.changed:
            return "released", published
        return ("nothing_new" if self.night.account.nothing_new else "unchanged"), published

    def end(self, outcome: str, published: steps.Published | None) -> None:
        """Write the end into the register."""
        standing = version_of(self.settings.curated)
        self.night.end(outcome, version=published.version if published else standing)

    def tables(
        self, published: steps.Published | None, judgements: tuple[Judgement, ...]
    ) -> Path | None:
        """Where tonight's tables stand: the release, or the warehouse where it was stopped."""
        if published is not None:
            return published.path
        return self.settings.warehouse if judgements else None

    def told(self, outcome: str) -> NightReport:
        """The night as the register tells it; from memory where it cannot."""
        try:
            found = self.book.status(1).last
        except sqlite3.Error:
            found = None
        if found is None or found.night != self.night.number:
            found = unwritten(self.night.number, self.now())
        return replace(found, outcome=outcome, account=self.night.account)

    def tidy(self) -> None:
        """Make room as the order says, and say what went."""
        planned = retention.plan(self.settings, self.order.keep, self.now())
        gone = retention.carry_out(planned)
        if gone:
            kinds = sorted({one.kind for one in gone})
            total = sum(one.size for one in gone)
            self.notes.append(f"removed as ordered: {len(gone)} of {', '.join(kinds)}, {total:,} B")

    def attempt(self, what: str, act: Callable[[], None]) -> None:
        """Do something that the disk may refuse; then the account says so."""
        try:
            act()
        except (OSError, sqlite3.Error) as error:
            self.notes.append(f"could not be {what}: {type(error).__name__}: {error}")


def begin(settings: Settings, order: Order, now: NOW = utc_now) -> Course:
    """Begin a night; the folder's lock is held. One that did not end is reported first.

    A night that cannot even begin is told all the same before the error goes on its way.
    """
    try:
        settings.work.mkdir(parents=True, exist_ok=True)
        for leftover in (settings.quality / steps.RESULTS, settings.work / f"{PUBLISHED}.pickle"):
            leftover.unlink(missing_ok=True)
        book = register.open(settings.curated, now)
        last = book.status(1).last
        night = book.begin()
    except (OSError, sqlite3.Error) as error:
        evidence = Evidence(
            report=unwritten(0, now()),
            outcome="failed",
            version=version_of(settings.curated),
            before=None,
            tables=None,
            failure=failed("beginning", error),
        )
        announced(settings, order, gather(evidence))
        raise
    course = Course(settings, order, book, night, versions.latest(settings.curated), now)
    if last is not None and last.ended is None:
        course.notes.append(interrupted(settings, order, last))
    return course


def interrupted(settings: Settings, order: Order, last: NightReport) -> str:
    """Report a night that did not end, unless that was done, and say so."""
    running = next((s.name for s in last.stages if s.outcome == "running"), "no stage")
    evidence = Evidence(
        report=last,
        outcome="interrupted",
        version=version_of(settings.curated),
        before=None,
        tables=None,
        notes=(f"it was in {running} when it ended",),
    )
    account = gather(evidence)
    if not report.is_written(settings.curated, account.night):
        announced(settings, order, account)
    said = (
        f"night {last.night}, begun {last.started}, did not end (it was in {running}); "
        "what it read is used"
    )
    log.warning(said)
    return said


def report_a_death(settings: Settings, order: Order) -> str | None:
    """Report a night that did not end, where none is under way; what was found, if anything."""
    try:
        held = lock.held(settings.curated)
    except lock.Busy:
        return None
    try:
        with register.open(settings.curated) as book:
            last = book.status(1).last
        return interrupted(settings, order, last) if last and last.ended is None else None
    finally:
        held.release()


def announced(settings: Settings, order: Order, account: Account) -> Account:
    """Write the report and call the hooks; the account with how that went."""
    account = written(settings, account)
    told = hooks.tell(order.on_success if account.good else order.on_failure, account)
    for one in told:
        if not one.ok:
            log.warning("hook %s failed: %s", one.hook, one.said)
    return written(settings, replace(account, told=told)) if told else account


def written(settings: Settings, account: Account) -> Account:
    """Write the report; where the disk refuses, the account says so."""
    try:
        report.write(settings.curated, account)
    except OSError as error:
        said = f"the report could not be written: {error.strerror}"
        log.warning(said)
        return account if said in account.notes else replace(account, notes=(*account.notes, said))
    return account


def judged(settings: Settings) -> tuple[Judgement, ...]:
    """What the gate said tonight."""
    path = settings.quality / steps.RESULTS
    return tuple(load_judgements(path)) if path.exists() else ()


def version_of(curated: Path) -> str | None:
    """The release that stands."""
    latest = versions.latest(curated)
    return latest.name if latest else None


def unwritten(number: int, moment: datetime) -> NightReport:
    """A night of which the register could not keep anything."""
    return NightReport(number, moment.isoformat("T", "seconds"), None, "failed", None, None, ())
