"""Running the jobs in this process, as `yusuan build` and `yusuan nightly` do.

Here: the run, and how it ended. They are the jobs that Dagster schedules, with their own settings.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster import DagsterEvent, DagsterInstance

from assets.definitions import defs
from assets.nights import told_to
from assets.resources import workspace_of
from pipeline import steps
from pipeline.gate.judge import Judgement, load
from pipeline.night.account import Account
from pipeline.settings import Settings


@dataclass(frozen=True)
class Ending:
    """How a run ended: released (or unchanged), stopped by the gate, or failed at a step."""

    published: steps.Published | None
    judgements: list[Judgement]
    failed_step: str | None = None
    error: str | None = None

    @property
    def stopped(self) -> bool:
        """Whether the gate stopped the export."""
        return self.published is None and any(j.stops for j in self.judgements)


def run_release(settings: Settings) -> Ending:
    """Run the job `release`. Nothing is sent anywhere."""
    (settings.quality / steps.RESULTS).unlink(missing_ok=True)
    (settings.work / "published.pickle").unlink(missing_ok=True)
    return run(settings, "release", {"workspace": workspace_of(settings)}, {})


def run_nightly(settings: Settings, order: Path | None) -> tuple[Ending, Account | None]:
    """Run the job `nightly`; its resource does what comes before and after, and gives the account
    of the night, unless it could not even begin.
    """
    accounts: list[Account] = []
    resources = {"workspace": workspace_of(settings), "night": told_to(accounts.append)}
    chosen = {"order": str(order.resolve()) if order else ""}
    ending = run(settings, "nightly", resources, {"night": {"config": chosen}})
    return ending, accounts[0] if accounts else None


def run(
    settings: Settings, job: str, resources: Mapping[str, Any], config: Mapping[str, Any]
) -> Ending:
    """Run a job; runs are kept only where DAGSTER_HOME is set."""
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
    published = settings.work / "published.pickle"
    done = steps.saved(settings, "published") if published.exists() else None
    if result.success:
        return Ending(done, judgements)
    return Ending(done, judgements, *told(result.all_events))


def told(events: Sequence[DagsterEvent]) -> tuple[str | None, str | None]:
    """The step that failed and its trace; a run that never began has a trace only."""
    for event in events:
        error = getattr(event.event_specific_data, "error", None)
        if event.is_failure and error is not None:
            return event.step_key, error.to_string()
    return None, None
