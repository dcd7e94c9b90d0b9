"""When nights are: every night, when new files lie there, and what follows a run that died.

Here: the schedule and the sensors, as Dagster wants them. Not here: what they decide
(pipeline.night.watch).
"""

from __future__ import annotations

from dagster import (
    AssetSelection,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    RunFailureSensorContext,
    RunRequest,
    ScheduleDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    define_asset_job,
    in_process_executor,
    run_failure_sensor,
    sensor,
)

from assets.nights import noted
from pipeline import lock
from pipeline.night import watch
from pipeline.night.course import report_a_death
from pipeline.night.order import load

LOOK_SECONDS = 60

nightly = define_asset_job(
    "nightly",
    selection=AssetSelection.assets("distributed_release").upstream(),
    description="A night: fetch, read, check, publish, distribute, report.",
    executor_def=in_process_executor,
    hooks={noted},
)

every_night = ScheduleDefinition(
    name="nightly",
    job=nightly,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=DefaultScheduleStatus.RUNNING,
    description="Every night at 02:00 in Shanghai.",
)


@sensor(
    name="new_files",
    job=nightly,
    minimum_interval_seconds=LOOK_SECONDS,
    default_status=DefaultSensorStatus.RUNNING,
    description="A night when files came into the raw folder and have stopped growing. Never one "
    "run per document: one state of the folder is one run.",
)
def new_files(context: SensorEvaluationContext) -> SensorResult | SkipReason:
    """Ask for a night with the files that lie there now."""
    # Not the resource of runs: it would hold the folder while a sensor only looks.
    settings = load().settings
    holder = lock.holder(settings.curated)
    if holder is not None:
        return SkipReason(f"a build is under way: {holder}")
    before = watch.Cursor.from_text(context.cursor)
    found = watch.look(watch.fingerprint(settings.raw), watch.done(settings), before)
    return SensorResult(
        run_requests=[RunRequest(run_key=found.cursor.key)] if found.asks else [],
        skip_reason=None if found.asks else found.why,
        cursor=found.cursor.to_text(),
    )


@run_failure_sensor(
    name="died",
    monitored_jobs=[nightly],
    default_status=DefaultSensorStatus.RUNNING,
    description="Reports a night whose process was killed, without waiting for the next one.",
)
def died(context: RunFailureSensorContext) -> SkipReason:
    """A run that could not tell of its end itself."""
    order = load()
    said = report_a_death(order.settings, order)
    return SkipReason(said or "the night told of its end itself")
