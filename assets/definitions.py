"""Everything Dagster loads: assets, checks, the job, its schedule and its resource."""

from __future__ import annotations

from dagster import (
    AssetSelection,
    DefaultScheduleStatus,
    Definitions,
    ScheduleDefinition,
    define_asset_job,
    in_process_executor,
)

from assets.extracted import extracted_statements
from assets.ledger import ledger_entries, ledger_proofs
from assets.partitions import SOURCES, documents_read
from assets.publication import published_release
from assets.quality import quality_report
from assets.raw import raw_documents
from assets.resources import Workspace
from assets.warehouse import warehouse

# One process: steps cost 1.5 CPU seconds each in the default executor; work that is worth it is
# parallel inside its asset.
release = define_asset_job(
    "release",
    selection=AssetSelection.all() - AssetSelection.assets(documents_read),
    description="Raw documents to a proved release. A failing critical expectation stops it.",
    executor_def=in_process_executor,
)

reading = define_asset_job(
    "reading",
    selection=AssetSelection.assets(documents_read),
    partitions_def=SOURCES,
    description="Reads chosen partitions ahead of a release; one run for as many as are chosen.",
    executor_def=in_process_executor,
)

nightly = ScheduleDefinition(
    name="nightly",
    job=release,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=DefaultScheduleStatus.RUNNING,
    description="Every night at 02:00 in Shanghai.",
)

defs = Definitions(
    assets=[
        raw_documents,
        documents_read,
        extracted_statements,
        ledger_entries,
        ledger_proofs,
        warehouse,
        quality_report,
        published_release,
    ],
    jobs=[release, reading],
    schedules=[nightly],
    resources={"workspace": Workspace()},
    executor=in_process_executor,
)
