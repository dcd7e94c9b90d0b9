"""Everything Dagster loads: assets, checks, jobs, schedule, sensors and resources."""

from __future__ import annotations

from dagster import AssetSelection, Definitions, define_asset_job, in_process_executor

from assets.acquisition import fetched_files
from assets.distribution import distributed_release
from assets.extracted import extracted_statements
from assets.ledger import ledger_entries, ledger_proofs
from assets.nights import night
from assets.partitions import SOURCES, documents_read
from assets.publication import published_release
from assets.quality import quality_report
from assets.raw import raw_documents
from assets.resources import workspace_of
from assets.warehouse import warehouse
from assets.watches import died, every_night, new_files, nightly
from pipeline.night.order import load

# One process: steps cost 1.5 CPU seconds each in the default executor; work that is worth it is
# parallel inside its asset.
release = define_asset_job(
    "release",
    selection=AssetSelection.all()
    - AssetSelection.assets(fetched_files, distributed_release, documents_read),
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

defs = Definitions(
    assets=[
        fetched_files,
        raw_documents,
        documents_read,
        extracted_statements,
        ledger_entries,
        ledger_proofs,
        warehouse,
        quality_report,
        published_release,
        distributed_release,
    ],
    jobs=[release, reading, nightly],
    schedules=[every_night],
    sensors=[new_files, died],
    resources={"workspace": workspace_of(load().settings), "night": night},
    executor=in_process_executor,
)
