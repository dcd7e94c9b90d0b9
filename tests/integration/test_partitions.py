"""Reading by partition under Dagster: any number of partitions in one run, used by the release."""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster import AssetKey, DagsterInstance

from assets.definitions import defs
from assets.partitions import SOURCES
from assets.resources import workspace_of
from pipeline import steps
from pipeline.engines.partitions import BUCKETS, MOST
from pipeline.settings import Settings
from pipeline.staging import store
from tests.builds import settings
from tests.facsimile.budget import Budget
from tests.facsimile.tab_grid import write_text

RANGE = {"start": "dagster/asset_partition_range_start", "end": "dagster/asset_partition_range_end"}


@pytest.fixture
def chosen(tmp_path: Path, budgets: dict[str, Budget]) -> Settings:
    """Two documents of one region, and one of which the manifest says nothing."""
    raw = tmp_path / "raw"
    raw.mkdir()
    for name in ("部门.txt", "单位.txt"):
        write_text(budgets[name], raw / name)
    write_text(budgets["单位.pdf"], raw / "无.txt")
    (raw / "manifest.csv").write_text(
        "source_name,region_code\n部门.txt,140105\n单位.txt,140105\n", encoding="utf-8"
    )
    made = settings(raw, tmp_path / "curated")
    steps.take_in(made)
    return made


def test_partitions_stay_far_below_what_dagster_holds() -> None:
    assert 1_000 < len(SOURCES.get_partition_keys()) < MOST / 5
    assert defs.resolve_job_def("reading").partitions_def == SOURCES


def test_the_release_does_not_wait_for_partitions() -> None:
    selected = defs.resolve_job_def("release").asset_layer.selected_asset_keys
    assert AssetKey("published_release") in selected
    assert AssetKey("documents_read") not in selected


def test_a_range_of_partitions_is_read_in_one_run_and_used_again(chosen: Settings) -> None:
    tags = {RANGE["start"]: "140100-0", RANGE["end"]: f"140100-{BUCKETS[-1]}"}
    with DagsterInstance.ephemeral() as instance:
        done = defs.resolve_job_def("reading").execute_in_process(
            instance=instance, resources={"workspace": workspace_of(chosen)}, tags=tags
        )
        runs = instance.get_runs()
    assert done.success
    assert len(runs) == 1
    documents = steps.saved(chosen, "intake").documents
    read = {d.source_name for d in documents if store.is_sound(chosen.staging, d.document_id)}
    assert read == {"部门.txt", "单位.txt"}
    staged = steps.stage(chosen)
    assert (staged.read, staged.reused) == (1, 2)
