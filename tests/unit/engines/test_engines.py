"""Engines: wherever documents are read, the same is staged, and each document has one outcome."""

from __future__ import annotations

import hashlib
import random
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.documents.document import Document
from pipeline.engines import cluster, exchange, partitions, run, work
from pipeline.engines.partitions import MOST, all_before_reading, batched
from pipeline.engines.work import Batch, Item, WrongWorker, read_batch
from pipeline.settings import Settings
from pipeline.staging import store
from pipeline.staging.pool import Outcome
from pipeline.stores.contract import StoreError
from tests.builds import tree
from tests.cluster import Cluster, children, running
from tests.s3 import KEYS, Server, serving
from tests.unit.engines.tasks import CLUSTERS_OWN, CURIOUS, DEADLY, FAKE, SLOW

SOME_CLUSTER = ("--engine", "dask", "--scheduler", "tcp://127.0.0.1:9")


def document(folder: Path, text: str, region: str | None = None) -> Document:
    """A document that behaves as its text says, up to a colon."""
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{digest[:8]}.txt"
    path.write_bytes(content)
    facts = {"region_code": region}
    return Document(digest[:16], path.name, path, digest, len(content), "text/plain", **facts)


def settings(folder: Path, **choices: object) -> Settings:
    """Settings of an engine, in folders of its own."""
    chosen = Settings(raw=folder / "raw", curated=folder / "curated", workers=2, batch=3)
    return replace(chosen, **choices)  # type: ignore[arg-type]


def batch(chosen: Settings, documents: list[Document], kind: work.Work = FAKE) -> Batch:
    """All documents as one batch."""
    mark = work.marked(chosen.staging)
    return run.batch_of(chosen, kind, "140000/0", documents, mark, run.exchange_of(chosen))


def endings(outcomes: list[Outcome]) -> dict[str, str | None]:
    """How each document ended."""
    found = {o.document.document_id: o.refusal and str(o.refusal) for o in outcomes}
    assert len(found) == len(outcomes), "one outcome per document"
    return found


@pytest.fixture
def documents(tmp_path: Path) -> list[Document]:
    """Ten documents of two regions, one of them hostile and one refused by its reader."""
    behaviours = [*("good" for _ in range(8)), "crash", "refuse"]
    regions = (None, "140105", "140881")
    return [
        document(tmp_path, f"{behaviour}:{number}", regions[number % 3])
        for number, behaviour in enumerate(behaviours)
    ]


# Partitions and batches


def test_partitions_stay_within_the_limits_of_an_orchestrator() -> None:
    before = all_before_reading()
    assert len(set(before)) == len(before)
    years = range(2010, 2026)
    after = {partitions.after_reading(r, y) for r in map(code, before) for y in years}
    assert len(before) < MOST / 5
    assert len(after) < MOST / 5


def code(partition: str) -> str | None:
    """The region of a partition."""
    region = partition.partition("-")[0]
    return None if region == partitions.UNKNOWN else region


def test_every_document_falls_into_a_partition_that_exists(documents: list[Document]) -> None:
    known = set(all_before_reading())
    assert {partitions.before_reading(d) for d in documents} <= known
    assert partitions.before_reading(documents[0]).startswith("unknown-")
    assert partitions.before_reading(documents[1]) == f"140100-{documents[1].sha256[0]}"
    assert partitions.after_reading("140105", 2026) == "140100-2026"
    assert partitions.after_reading(None, None) == "unknown-unknown"


def test_batches_hold_each_document_once_and_one_prefecture_each(
    documents: list[Document],
) -> None:
    made = list(batched(documents, 2))
    shuffled = random.Random(7).sample(documents, len(documents))
    assert list(batched(shuffled, 2)) == made
    assert sorted(d.document_id for _, members in made for d in members) == sorted(
        d.document_id for d in documents
    )
    assert len({name for name, _ in made}) == len(made)
    for name, members in made:
        assert len(members) <= 2
        assert {partitions.prefecture(d.region_code) for d in members} == {name.split("/")[0]}


# One batch, on whatever machine


def test_a_batch_costs_a_hostile_document_its_result_and_no_other(
    tmp_path: Path, documents: list[Document]
) -> None:
    chosen = settings(tmp_path)
    answer = read_batch(batch(chosen, documents))
    assert [document_id for document_id, _ in answer.endings] == [d.document_id for d in documents]
    refused = {str(refusal) for _, refusal in answer.endings if refusal}
    assert refused == {
        "reader_failed: the worker was killed by SIGSEGV",
        "encrypted: a password is needed",
    }
    assert sum(store.is_sound(chosen.staging, d.document_id) for d in documents) == 8


def test_a_batch_asked_twice_does_only_what_is_not_done(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    good, other = document(tmp_path, "good:1"), document(tmp_path, "good:2")
    read_batch(batch(chosen, [good]))
    good.path.unlink()
    answer = read_batch(batch(chosen, [good, other]))
    assert [refusal for _, refusal in answer.endings] == [None, None]


def test_a_machine_that_does_not_share_the_folder_says_so(tmp_path: Path) -> None:
    asked = batch(settings(tmp_path), [document(tmp_path, "good")])
    with pytest.raises(WrongWorker, match="does not see the folder"):
        read_batch(replace(asked, mark=".shared-elsewhere"))


def test_a_machine_with_other_code_reads_nothing(tmp_path: Path) -> None:
    asked = batch(settings(tmp_path), [document(tmp_path, "good")])
    with pytest.raises(WrongWorker, match="another version"):
        read_batch(replace(asked, place=f"0{asked.place}"))


def test_a_worker_that_opens_documents_knows_no_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("A_HOOKS_TOKEN", "secret")
    chosen, asked = settings(tmp_path), document(tmp_path, "any")
    read_batch(batch(chosen, [asked], CURIOUS))
    seen = store.read(chosen.staging, asked.document_id).quarantine.get_column("detail").to_list()
    assert "PATH" in seen
    assert not {*KEYS, "A_HOOKS_TOKEN"} & set(seen)


# Carried through a store


@pytest.fixture(scope="module")
def s3() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def carried(
    s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Settings:
    """Settings whose documents and results go through a store."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    config = tmp_path / "stores.yml"
    config.write_text(
        f"stores: {{between: {{url: 's3://{s3.bucket}/{request.node.name}', endpoint: '{s3.url}', "
        "allow_http: true, retries: 1}}",
        encoding="utf-8",
    )
    monkeypatch.setenv("YUSUAN_STORES", str(config))
    return settings(tmp_path / "here", exchange="between")


def test_documents_and_results_are_carried_through_a_store(
    s3: Server, carried: Settings, tmp_path: Path, documents: list[Document]
) -> None:
    between = run.address.opened(run.exchange_of(carried))  # type: ignore[arg-type]
    for one in documents:
        exchange.send_document(between, one)
        exchange.send_document(between, one)
    elsewhere = [replace(one, path=tmp_path / "not here") for one in documents]
    answer = read_batch(batch(carried, elsewhere))
    local = settings(tmp_path / "local")
    assert dict(answer.endings).keys() == {d.document_id for d in documents}
    list(run.read(local, FAKE, documents))
    for document_id, refusal in answer.endings:
        one = next(d for d in documents if d.document_id == document_id)
        assert exchange.fetch_result(between, one, FAKE.name, carried.staging) is not bool(refusal)
    assert staged(carried) == staged(local)
    s3.mood.asked.clear()
    assert {r for _, r in read_batch(batch(carried, elsewhere[:8])).endings} == {None}
    assert s3.mood.puts() == [], "what is there is not read again"


def staged(chosen: Settings) -> dict[str, bytes]:
    """Every staged file, without the marks of a run."""
    return {k: v for k, v in tree(chosen.staging).items() if not k.startswith(".shared")}


def test_a_result_that_is_none_is_told(carried: Settings, tmp_path: Path) -> None:
    between = run.address.opened(run.exchange_of(carried))  # type: ignore[arg-type]
    one, other = document(tmp_path, "good:1"), document(tmp_path, "good:2")
    between.put_new(exchange.result_key(one, "fake"), b"no tar")
    with pytest.raises(StoreError, match="no staged result"):
        exchange.fetch_result(between, one, "fake", carried.staging)
    local = settings(tmp_path / "local")
    list(run.read(local, FAKE, [other]))
    folder = store.folder(local.staging, other.document_id)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    between.put_new(exchange.result_key(one, "late"), exchange.packed(files))
    with pytest.raises(StoreError, match="no staged result"):
        exchange.fetch_result(between, one, "late", carried.staging)
    assert not exchange.fetch_result(between, other, "fake", carried.staging)


def test_a_document_that_was_exchanged_for_another_is_refused(
    carried: Settings, tmp_path: Path
) -> None:
    between = run.address.opened(run.exchange_of(carried))  # type: ignore[arg-type]
    one = document(tmp_path, "good:1")
    between.put_new(exchange.document_key(one), b"good:2")
    ((_, refusal),) = read_batch(batch(carried, [one])).endings
    assert str(refusal) == "unreadable_file: changed since it was taken in"


@pytest.mark.parametrize("name", ["../evil", "a/b", "/etc/x"])
def test_a_packed_result_holds_plain_files_only(name: str) -> None:
    with pytest.raises(exchange.tarfile.TarError):
        exchange.unpacked(exchange.packed({name: b"x"}))
    assert exchange.unpacked(exchange.packed({"b": b"2", "a": b"1"})) == {"a": b"1", "b": b"2"}


# Engines by configuration


def test_engines_are_chosen_by_settings_and_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings(tmp_path).engine == "process"
    monkeypatch.setenv("YUSUAN_ENGINE", "dask")
    monkeypatch.setenv("YUSUAN_SCHEDULER", "tcp://127.0.0.1:8786")
    assert (settings(tmp_path).engine, settings(tmp_path).batch) == ("dask", 3)
    run.check(settings(tmp_path))
    with pytest.raises(ValueError, match="needs the address of a scheduler"):
        run.check(settings(tmp_path, scheduler=""))
    with pytest.raises(ValueError, match="it can be process, serial, dask"):
        settings(tmp_path, engine="ray")


@pytest.mark.parametrize("said", ["many", "-1", "0"])
def test_a_batch_is_a_number_of_documents(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUSUAN_BATCH", said)
    with pytest.raises(ValueError, match=r"YUSUAN_BATCH is .* a number|at least one document"):
        Settings()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--engine", "dask"], "needs the address of a scheduler"),
        (["--engine", "ray"], "is not one of"),
        ([*SOME_CLUSTER, "--exchange", "lost"], "neither a place"),
        ([*SOME_CLUSTER, "--exchange", "s3://bucket"], "no credentials"),
    ],
)
def test_command_refuses_an_engine_without_what_it_needs(
    tmp_path: Path, options: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "raw").mkdir()
    folders = ["--raw", str(tmp_path / "raw"), "--curated", str(tmp_path / "curated")]
    done = CliRunner().invoke(main, ["build", *folders, *options])
    assert done.exit_code == 2
    assert expected in " ".join(done.output.split())


def test_one_at_a_time_is_the_same_as_several(tmp_path: Path, documents: list[Document]) -> None:
    several, serial = settings(tmp_path / "a"), settings(tmp_path / "b", engine="serial")
    assert endings(list(run.read(several, FAKE, documents))) == endings(
        list(run.read(serial, FAKE, documents))
    )
    assert staged(several) == staged(serial)


# A cluster of two workers, in processes of their own


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "cluster").mkdir()
    own = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1", CLUSTERS_OWN: "1"}
    with running(tmp_path / "cluster", workers=2, **own) as cluster:
        yield cluster


def test_a_cluster_that_loses_a_worker_stages_the_same(
    tmp_path: Path, dask: Cluster, documents: list[Document]
) -> None:
    more = [document(tmp_path, f"good:more {number}", "110101") for number in range(4)]
    local = settings(tmp_path / "local")
    expected = endings(list(run.read(local, SLOW, [*documents, *more])))
    there = settings(tmp_path / "there", engine="dask", scheduler=dask.scheduler)
    found = []
    for outcome in run.read(there, SLOW, [*documents, *more]):
        if not found:
            victim = next(w for w in dask.workers if children(w.pid))
            readers = children(victim.pid)
            victim.kill()
        found.append(outcome)
    assert readers, "it was killed in the middle of reading"
    assert victim.wait() == -signal.SIGKILL
    assert not any(Path(f"/proc/{reader}").exists() for reader in readers)
    assert endings(found) == expected
    assert staged(there) == staged(local)
    assert not list(there.staging.glob(".shared*"))


def test_a_cluster_that_shares_no_folder_stages_the_same(
    tmp_path: Path, carried: Settings, documents: list[Document]
) -> None:
    documents = documents[6:]
    local = settings(tmp_path / "local")
    expected = endings(list(run.read(local, FAKE, documents)))
    (tmp_path / "cluster").mkdir()
    with running(tmp_path / "cluster", workers=1) as cluster:
        there = replace(carried, engine="dask", scheduler=cluster.scheduler)
        assert endings(list(run.read(there, FAKE, documents))) == expected
    assert staged(there) == staged(local)


def test_a_batch_that_takes_its_workers_along_is_given_up_for_now(
    tmp_path: Path, dask: Cluster, documents: list[Document]
) -> None:
    dask.add_worker()
    there = settings(tmp_path / "there", engine="dask", scheduler=dask.scheduler, batch=1)
    deadly = documents[0].document_id
    there.staging.mkdir(parents=True)
    (there.staging / "deadly").write_text(deadly)
    found = endings(list(run.read(there, DEADLY, documents[:8])))
    assert {key for key, refusal in found.items() if refusal} == {deadly}
    assert found[deadly] == (
        "reader_failed: every worker of the cluster that was given it was lost"
    )
    assert not store.is_sound(there.staging, deadly), "it is tried again the next time"


def test_a_cluster_that_is_gone_is_told(
    tmp_path: Path, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 1)
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 1)
    many = [document(tmp_path, f"good:{number}") for number in range(12)]
    there = settings(tmp_path / "there", engine="dask", scheduler=dask.scheduler)
    reading = run.read(there, SLOW, many)
    next(reading)
    for process in dask.workers:
        process.kill()
    with pytest.raises(cluster.NoCluster, match="no workers any more"):
        list(reading)


def test_a_scheduler_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    there = settings(tmp_path, engine="dask", scheduler="tcp://127.0.0.1:9")
    with pytest.raises(cluster.NoCluster, match="no Dask scheduler answers"):
        list(run.read(there, FAKE, [document(tmp_path, "good")]))


def test_a_cluster_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 2)
    (tmp_path / "cluster").mkdir()
    with running(tmp_path / "cluster", workers=0) as empty:
        there = settings(tmp_path, engine="dask", scheduler=empty.scheduler)
        with pytest.raises(cluster.NoCluster, match="has no workers"):
            list(run.read(there, FAKE, [document(tmp_path, "good")]))


def test_nothing_to_read_needs_no_cluster(tmp_path: Path) -> None:
    there = settings(tmp_path, engine="dask", scheduler="tcp://127.0.0.1:9")
    assert list(run.read(there, FAKE, [])) == []


def test_items_say_where_a_document_is(tmp_path: Path, carried: Settings) -> None:
    one = document(tmp_path, "good")
    (shared,) = batch(settings(tmp_path / "x"), [one]).items
    assert shared == Item(str(one.path), replace(one, path=Path()))
    (sent,) = batch(carried, [one]).items
    assert sent.source == f"raw/{one.sha256[:2]}/{one.sha256}"
