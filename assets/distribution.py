"""The last asset of a night: the release where people fetch it. Not part of the job `release`."""

# No postponed annotations here: Dagster looks at that of the context itself.
from dagster import AssetExecutionContext, MaterializeResult, asset

from assets.nights import course_of
from assets.publication import published_release


@asset(
    deps=[published_release],
    group_name="release",
    kinds={"python"},
    owners=["team:operators"],
    required_resource_keys={"workspace", "night"},
)
def distributed_release(context: AssetExecutionContext) -> MaterializeResult:
    """The release in a folder or store elsewhere: every file read back, then the pointer.

    Without a declared place nothing is sent. What was sent before is not sent again.
    """
    done = course_of(context).distribute()
    return MaterializeResult(metadata={"done": done or "no place is declared"})
