"""The first asset of a night: what portals newly published. Not part of the job `release`."""

# No postponed annotations here: Dagster looks at that of the context itself.
from dagster import AssetExecutionContext, MaterializeResult, asset

from assets.nights import course_of


@asset(
    group_name="raw",
    kinds={"python"},
    owners=["team:operators"],
    required_resource_keys={"workspace", "night"},
)
def fetched_files(context: AssetExecutionContext) -> MaterializeResult:
    """What declared portals newly published, put into the raw folder with its provenance.

    Without declared sources nothing is asked. What servers refuse is in the account of the night
    and stops nothing.
    """
    fetched = course_of(context).fetch()
    if fetched is None:
        return MaterializeResult(metadata={"sources": 0})
    counts = {name: fetched.total(name) for name in ("new", "changed", "refused", "gone")}
    return MaterializeResult(
        metadata={"sources": len(fetched.sources), "complete": fetched.complete, **counts}
    )
