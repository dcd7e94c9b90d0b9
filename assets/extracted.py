"""Assets of the group `extracted`: what stands in the documents, as printed."""

from __future__ import annotations

from collections.abc import Iterator

from dagster import MaterializeResult, asset

from assets.raw import raw_documents
from assets.resources import Workspace
from pipeline import steps
from pipeline.staging.store import stage_version


@asset(
    deps=[raw_documents],
    group_name="extracted",
    kinds={"python", "parquet"},
    owners=["team:operators"],
    output_required=False,
)
def extracted_statements(workspace: Workspace) -> Iterator[MaterializeResult]:
    """Official statements of each document, read by Camelot or from text, as printed.

    Each document is read in a limited worker process; a crash or hang costs that document a
    quarantine entry. Results are kept by document and code version and used again. Where nothing
    is new nothing is made, and no later step runs: the release stands.
    """
    settings = workspace.settings()
    if steps.is_nothing_new(settings):
        steps.save(settings, "published", steps.nothing_new(settings))
        return
    staged = steps.stage(settings)
    yield MaterializeResult(
        metadata={
            "dagster/row_count": staged.read + staged.reused,
            "read_now": staged.read,
            "used_again": staged.reused,
            "given_up": len(staged.refused),
            "stage_version": stage_version(),
        }
    )
