"""A handful of the faults that `python -m benchmarks.faults` injects by the hundred."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from functools import partial

import pytest

from benchmarks import faults
from benchmarks.nights import small
from benchmarks.nights.bench import Bench, prepared


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A first good night, one more document, and what an undisturbed night makes of it."""
    found = prepared(tmp_path_factory.mktemp("faults"))
    yield found
    assert not found.failures


def survived(bench: Bench) -> None:
    """Every fault injected until now was survived."""
    assert not bench.failures, bench.failures
    assert bench.tally
    assert all(injected == ended for injected, ended in bench.tally.values())


@pytest.mark.parametrize("boundary", ["begin", "stage", "publish"])
def test_kill_9_between_steps(bench: Bench, boundary: str) -> None:
    def at(step: str) -> None:
        if step == boundary:
            faults.die()

    with bench.trial("kill -9", boundary) as place:
        code = small.ended(small.forked(partial(small.night, place.settings, at)))
        assert code == -signal.SIGKILL
    survived(bench)


@pytest.mark.parametrize("victim", ["parquet/fact_amount.parquet", "csv/dim_document.csv"])
def test_a_damaged_last_release_is_stood_back_from(bench: Bench, victim: str) -> None:
    with bench.trial("damage", victim) as place:
        faults.foot((place.curated / "latest" / victim).resolve())
        assert small.run(place.settings) == 0
    survived(bench)


def test_a_damaged_register_and_cache(bench: Bench) -> None:
    with bench.trial("damage", "register and cache") as place:
        faults.garbage(place.curated / "register.sqlite")
        for path in (place.curated / "staging").rglob("*.parquet"):
            faults.cut(path)
    survived(bench)


def test_two_nights_at_once(bench: Bench) -> None:
    with bench.trial("two at once", "together") as place:
        children = [small.forked(partial(small.night, place.settings)) for _ in range(2)]
        assert sorted(map(small.ended, children)) == [0, small.BUSY]
    survived(bench)


def test_the_bench_sees_a_release_that_is_not_what_it_should_be(bench: Bench) -> None:
    """A judge that lets everything pass would prove nothing."""
    place = bench.base.copy(bench.root / "judged")
    (place.settings.raw / f"{small.DAY:%Y}.txt").write_text("neither")
    with pytest.raises(small.Broken, match="other content"):
        bench.check_after(place)
