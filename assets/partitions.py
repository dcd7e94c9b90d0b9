"""Reading by partition, ahead of a release: for regions, and for documents by the million.

A partition is a prefecture and a bucket of the hash, never one document: some 9,400 of them, of
which a backfill reads any number in one run. What they stage the job `release` uses again.
Annotations are no strings here: Dagster looks at that of `context`.
"""

from dagster import (
    AssetExecutionContext,
    BackfillPolicy,
    MaterializeResult,
    StaticPartitionsDefinition,
    asset,
)

from assets.raw import raw_documents
from assets.resources import Workspace
from pipeline import steps
from pipeline.engines.partitions import all_before_reading

SOURCES = StaticPartitionsDefinition(all_before_reading())


@asset(
    deps=[raw_documents],
    partitions_def=SOURCES,
    backfill_policy=BackfillPolicy.single_run(),
    group_name="extracted",
    kinds={"python", "parquet"},
    owners=["team:operators"],
)
def documents_read(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult:
    """What is new in some partitions, read by the engine of the workspace and staged.

    Documents fall into a partition by what the manifest says of their region, and by their hash,
    for their fiscal year is not known before they are read.
    """
    staged = steps.stage_partitions(workspace.settings(), context.partition_keys)
    return MaterializeResult(
        metadata={
            "read_now": staged.read,
            "used_again": staged.reused,
            "given_up": len(staged.refused),
        }
    )
