"""Assets of the group `release`: what goes out."""

from __future__ import annotations

from dagster import MaterializeResult, MetadataValue, asset

from assets.quality import quality_report
from assets.resources import Workspace
from pipeline import steps


@asset(
    deps=[quality_report],
    group_name="release",
    kinds={"parquet", "csv"},
    owners=["team:operators"],
)
def published_release(workspace: Workspace) -> MaterializeResult:
    """The release: Parquet, CSV, the database, metadata and checksums, then the `latest` pointer.

    Where the tables equal those of the last release nothing is published.
    """
    published = steps.publish(workspace.settings())
    steps.save(workspace.settings(), "published", published)
    return MaterializeResult(
        metadata={
            "version": published.version,
            "changed": published.changed,
            "folder": MetadataValue.path(str(published.path)),
        }
    )
