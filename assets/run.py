"""Running the job `release` in this process, as `yusuan build` does.

Here: the run, and how it ended. It is the same job as the nightly's, with its own settings.
"""

from __future__ import annotations

import logging
import os
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dagster import DagsterEvent, DagsterInstance

from assets.definitions import defs
from assets.nights import told_to
from assets.resources import workspace_of
from pipeline import register, steps
from pipeline.gate.judge import Judgement, load
from pipeline.lock import held
from pipeline.night.account import Account as Told
from pipeline.register import Account, Night
from pipeline.settings import Settings

# Who warns that a skipped check gave no result.
CHECKS_SKIPPED = "dagster._core.execution.plan.active"


@dataclass(frozen=True)
class Ending:
    """How a run ended: released (or unchanged), stopped by the gate, or failed at a step."""

    published: steps.Published | None
    judgements: list[Judgement]
    failed_step: str | None = None
    error: str | None = None
    account: Account | None = None

    @property
    def stopped(self) -> bool:
        """Whether the gate stopped the export."""
        return self.published is None and any(j.stops for j in self.judgements)


def run_release(settings: Settings) -> Ending:
    """One night: take in, and run the whole job unless nothing is new.

    A night that the caller began is the caller's to end.
    """
    night = register.current(settings.curated)
    if night is not None and night.held:
        return run_night(settings, night)
    lock = held(settings.curated)
    with register.open(settings.curated) as book:
        try:
            night = book.begin()
            ending = look(settings)
        finally:
            lock.release()
        ending = ending or run_night(settings, night)
        night.end(outcome(ending, night))
        return replace(ending, account=night.account)


def look(settings: Settings) -> Ending | None:
    """Take in, before anything else is started; how the night ends where that is all there is.

    The broad catch is this command's boundary, as the job is for its steps: told, not passed over.
    """
    try:
        steps.take_in(settings)
        if steps.is_nothing_new(settings):
            return Ending(steps.nothing_new(settings), [])
    except Exception:
        return Ending(None, [], "raw_documents", traceback.format_exc())
    return None


def outcome(ending: Ending, night: Night) -> str:
    """How a night ended, as the register says it."""
    if ending.published is None:
        return "stopped" if ending.stopped else "failed"
    if night.account.nothing_new:
        return "nothing_new"
    return "released" if ending.published.changed else "unchanged"


def run_night(settings: Settings, night: Night) -> Ending:
    """Run the whole job `release`. Nothing is sent anywhere."""
    (settings.quality / steps.RESULTS).unlink(missing_ok=True)
    (settings.work / "published.pickle").unlink(missing_ok=True)
    ending = run(settings, "release", {"workspace": workspace_of(settings)}, {})
    return replace(ending, account=night.account)


def run_nightly(settings: Settings, order: Path | None) -> tuple[Ending, Told | None]:
    """Run the job `nightly`; its resource does what comes before and after, and gives the account
    of the night, unless it could not even begin.
    """
    accounts: list[Told] = []
    resources = {"workspace": workspace_of(settings), "night": told_to(accounts.append)}
    chosen = {"order": str(order.resolve()) if order else ""}
    ending = run(settings, "nightly", resources, {"night": {"config": chosen}})
    return ending, accounts[0] if accounts else None


def run(
    settings: Settings, job: str, resources: Mapping[str, Any], config: Mapping[str, Any]
) -> Ending:
    """Run a job; runs are kept only where DAGSTER_HOME is set.

    Where nothing is new the steps are skipped, and Dagster would warn of each of their checks that
    it gave no result. Publishing does not rest on that: it has a door of its own (`check_judged`).
    """
    logging.getLogger(CHECKS_SKIPPED).setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        home = os.environ.get("DAGSTER_HOME")
        options = {"telemetry": {"enabled": False}}
        instance = (
            DagsterInstance.get() if home else DagsterInstance.ephemeral(folder, settings=options)
        )
        with instance:
            result = defs.resolve_job_def(job).execute_in_process(
                instance=instance,
                resources=resources,
                run_config={
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                    "resources": dict(config),
                },
                raise_on_error=False,
            )
    results = settings.quality / steps.RESULTS
    judgements = load(results) if results.exists() else []
    if result.success:
        return Ending(steps.saved(settings, "published"), judgements)
    return Ending(None, judgements, *told(result.all_events))


def told(events: Sequence[DagsterEvent]) -> tuple[str | None, str | None]:
    """The step that failed and its trace; a run that never began has a trace only."""
    for event in events:
        error = getattr(event.event_specific_data, "error", None)
        if event.is_failure and error is not None:
            return event.step_key, error.to_string()
    return None, None
