"""Assets of the group `raw`: what was published."""

from __future__ import annotations

from dagster import MaterializeResult, asset

from assets.acquisition import fetched_files
from assets.resources import Workspace
from pipeline import steps


@asset(deps=[fetched_files], group_name="raw", kinds={"file"}, owners=["team:operators"])
def raw_documents(workspace: Workspace) -> MaterializeResult:
    """Every file of the raw folder, told apart by its bytes.

    Copies, empty and unsupported files, withdrawn files and stray facsimiles are put aside here,
    each with its reason. Nothing is opened by a parser yet.
    """
    intake = steps.take_in(workspace.settings())
    return MaterializeResult(
        metadata={
            "dagster/row_count": len(intake.documents),
            "put_aside": len(intake.quarantine),
            "folder": str(workspace.settings().raw),
        }
    )
