"""Nights as Dagster runs them: the resource of a night and the note of what failed.

Here: the room's functions tied to a run's beginning and end. Not here: the work (pipeline.night),
when nights are (watches).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dagster import (
    AssetExecutionContext,
    Field,
    HookContext,
    InitResourceContext,
    ResourceDefinition,
    failure_hook,
    resource,
)

from pipeline.night import course as nights
from pipeline.night.account import Account
from pipeline.night.course import Course
from pipeline.night.order import load


def told_to(watcher: Callable[[Account], object]) -> ResourceDefinition:
    """The resource of a night: begun before a run's first step, ended and told after its last.

    `watcher` gets the account in the end.
    """

    @resource(
        required_resource_keys={"workspace"},
        config_schema={
            "order": Field(str, default_value="", description="operations.yml; empty: the usual")
        },
        description="The night that a run is, from its beginning to its report.",
    )
    def night(context: InitResourceContext) -> Iterator[Course]:
        chosen = context.resource_config["order"]
        workspace: Any = context.resources.workspace
        course = nights.begin(workspace.settings(), load(Path(chosen) if chosen else None))
        try:
            yield course
        finally:
            watcher(course.finish())

    return night


night = told_to(lambda account: None)


@failure_hook(required_resource_keys={"night"})
def noted(context: HookContext) -> None:
    """Note which step failed, and with what."""
    context.resources.night.fail(context.step_key, context.op_exception)


def course_of(context: AssetExecutionContext) -> Course:
    """The night that an asset is part of."""
    found: Course = context.resources.night
    return found
