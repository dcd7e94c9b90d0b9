"""The asset graph as people see it, compared with `graph.json`; and one run of it that stops.

After a wanted change: `YUSUAN_RENEW_SNAPSHOTS=1 pytest tests/integration/test_graph.py`, look at
the difference of graph.json, and commit both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetKey,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    JobDefinition,
    ScheduleDefinition,
    TableMetadataValue,
    TableSchema,
)
from dagster._core.workspace.load import location_origins_from_yaml_paths
from dagster._grpc.server import LoadedRepositories

from assets.definitions import defs
from assets.resources import Workspace, workspace_of
from pipeline.gate import rules
from pipeline.identities.declaration import load_catalogue
from pipeline.schema.catalogue import DUCKDB_TYPES, tables
from pipeline.settings import PROJECT, Settings
from tests.builds import DAY
from tests.integration.conftest import Stopped

SNAPSHOT = Path(__file__).with_name("graph.json")
RENEW = "YUSUAN_RENEW_SNAPSHOTS"
JOB = defs.resolve_job_def("release")
GRAPH = defs.resolve_asset_graph()


def graph() -> dict[str, Any]:
    """Everything of the definitions that somebody may come to rely on.

    Checks of identities follow from their declarations; they are compared with these below.
    """
    declared = {one.id for one in load_catalogue(PROJECT / "expectations" / "identities")}
    (schedule,) = [s for s in defs.schedules or () if isinstance(s, ScheduleDefinition)]
    return {
        "assets": {node.key.to_user_string(): asset(node) for node in GRAPH.asset_nodes},
        "checks": {
            node.key.name: {
                "asset": node.key.asset_key.to_user_string(),
                "blocking": node.blocking,
                "described": bool(node.description),
            }
            for node in GRAPH.asset_check_nodes
            if node.key.name not in declared
        },
        "jobs": {
            job.name: {
                "assets": sorted(assets_of(job)),
                "described": bool(job.description),
                "executor": job.executor_def.name,
                "hooks": sorted(hook.name for hook in job.hook_defs),
            }
            for job in (JOB, defs.resolve_job_def("nightly"))
        },
        "sensors": {
            sensor.name: {
                "described": bool(sensor.description),
                "running": sensor.default_status == DefaultSensorStatus.RUNNING,
            }
            for sensor in defs.sensors or ()
        },
        "schedules": {
            schedule.name: {
                "cron": schedule.cron_schedule,
                "job": schedule.job_name,
                "running": schedule.default_status == DefaultScheduleStatus.RUNNING,
                "timezone": schedule.execution_timezone,
            }
        },
        "resources": {
            name: {field: type(value).__name__ for field, value in resource}
            for name, resource in (defs.resources or {}).items()
            if isinstance(resource, Workspace)
        },
    }


def assets_of(job: JobDefinition) -> set[str]:
    """What a job makes."""
    return {key.to_user_string() for key in job.asset_layer.executable_asset_keys}


def asset(node: Any) -> dict[str, Any]:
    """One asset."""
    return {
        "group": node.group_name,
        "deps": sorted(key.to_user_string() for key in node.parent_keys),
        "kinds": sorted(node.kinds),
        "owners": sorted(node.owners),
        "described": bool(node.description),
    }


def test_the_graph_is_the_one_that_was_agreed() -> None:
    found = json.dumps(graph(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if os.environ.get(RENEW):
        SNAPSHOT.write_text(found, encoding="utf-8")
    agreed = SNAPSHOT.read_text(encoding="utf-8")
    assert json.loads(found) == json.loads(agreed), f"renew with {RENEW}=1 where this is wanted"


def test_every_asset_can_be_understood_at_a_glance() -> None:
    for node in GRAPH.asset_nodes:
        assert node.description, node.key
        assert node.owners, node.key
        assert node.kinds, node.key
    groups = {node.group_name for node in GRAPH.asset_nodes}
    assert groups == {"raw", "extracted", "ledger", "warehouse", "quality", "release"}


def test_every_released_table_is_an_asset_with_its_columns() -> None:
    for table in tables().values():
        schema = GRAPH.get(AssetKey(table.name)).metadata["dagster/column_schema"]
        schema = getattr(schema, "value", schema)
        assert isinstance(schema, TableSchema)
        assert [(c.name, c.type) for c in schema.columns] == [
            (c.name, DUCKDB_TYPES[c.type]) for c in table.columns
        ]
        described = zip(schema.columns, table.columns, strict=True)
        assert all(c.zh in str(shown.description) for shown, c in described)


def test_every_rule_of_the_gate_is_a_blocking_check() -> None:
    declared = {rule.id for rule in rules.load(PROJECT / "expectations")}
    identities = {one.id for one in load_catalogue(PROJECT / "expectations" / "identities")}
    assert identities <= declared
    nodes = {node.key.name: node for node in GRAPH.asset_check_nodes}
    assert set(nodes) == declared
    assert all(node.blocking and node.description for node in nodes.values())


def test_nothing_runs_before_the_gate_that_the_gate_should_stop() -> None:
    assert GRAPH.get(AssetKey("published_release")).parent_keys == {AssetKey("quality_report")}
    upstream = GRAPH.get_ancestor_asset_keys(AssetKey("quality_report"))
    assert {AssetKey(name) for name in tables()} <= upstream


def test_the_workspace_loads_as_the_web_server_loads_it() -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(PROJECT)
        (origin,) = location_origins_from_yaml_paths(["workspace.yaml"])
        assert origin.location_name == "yusuan"
        loaded = LoadedRepositories(
            origin.loadable_target_origin,
            container_image=None,
            entry_point=["dagster"],
            container_context=None,
        )
    (repository,) = loaded.definitions_by_name.values()
    assert {"release", "nightly"} <= {job.name for job in repository.get_all_jobs()}
    assert {s.name for s in repository.sensor_defs} == {"died", "new_files"}
    assert {s.name for s in repository.schedule_defs} == {"nightly"}


def test_help_does_not_wait_for_an_engine() -> None:
    """What is slow to import is imported where it is used."""
    slow = ("great_expectations", "camelot", "pandas", "dagster")
    code = f"import pipeline.cli, sys; print([m for m in {slow} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({}, {"raw": PROJECT / "data" / "raw", "curated": PROJECT / "data" / "curated"}),
        ({"raw": "/a", "strict": True}, {"raw": Path("/a"), "strict": True}),
        ({"today": "2026-03-02", "workers": 3}, {"today": DAY, "workers": 3}),
    ],
)
def test_the_resource_is_the_settings_of_a_build(
    choices: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = Workspace(**choices).settings()
    assert {name: getattr(found, name) for name in expected} == expected
    assert workspace_of(found).settings() == Settings(
        raw=found.raw.resolve(),
        curated=found.curated.resolve(),
        expectations=found.expectations.resolve(),
        workers=found.workers,
        strict=found.strict,
        today=found.today,
    )


# --- a run that the gate stops -----------------------------------------------------------------


def test_a_critical_expectation_that_fails_stops_the_release(stopped: Stopped) -> None:
    assert not stopped.result.success
    made = set(stopped.materialized())
    assert assets_of(JOB) - made == {"published_release"}
    releases = stopped.settings.curated / "releases"
    assert [path.name for path in releases.iterdir()] == ["2026.03.02"]


def test_the_check_that_stopped_it_shows_document_statement_and_line(stopped: Stopped) -> None:
    failed = {n: c for n, c in stopped.checks().items() if c.severity.value == "ERROR"}
    broken = [n for n, c in failed.items() if not c.passed]
    assert "expenditure_row" in broken
    assert set(broken) <= {d.id for d in load_catalogue(PROJECT / "expectations" / "identities")}
    rows = failed["expenditure_row"].metadata["rows"]
    assert isinstance(rows, TableMetadataValue)
    shown = [record.data for record in rows.records]
    assert {"document", "statement", "line", "detail"} <= set(shown[0])
    assert any(r["statement"] == "expenditure" and r["line"] == 1 for r in shown)
    assert [r["residual"] for r in shown] == ["500.00"]
    assert all(Decimal(r["left"]) - Decimal(r["right"]) == Decimal(r["residual"]) for r in shown)
    assert all("改动.txt" in r["detail"] for r in shown)


def test_a_rule_that_did_not_run_is_shown_as_a_warning_and_never_as_passed(
    stopped: Stopped,
) -> None:
    check = stopped.checks()["pins_current"]
    assert not check.passed
    assert check.severity.value == "WARN"
    assert check.metadata["outcome"].value == "not_run"


def test_every_asset_shows_how_many_rows_it_has(stopped: Stopped) -> None:
    made = stopped.materialized()
    counts = {name: m.metadata["dagster/row_count"].value for name, m in made.items()}
    assert set(counts) == set(made)
    assert counts["raw_documents"] == counts["extracted_statements"] == counts["dim_document"] == 1
    assert counts["ledger_entries"] == counts["fact_amount"] == 340
    assert counts["ledger_proofs"] == counts["fact_check"] > 100
    stopping = [n for n, c in stopped.checks().items() if not c.passed and c.blocking]
    assert 1 < made["quality_report"].metadata["stops"].value <= len(stopping)
