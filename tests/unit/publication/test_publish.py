"""Publishing: whole or not pointed at, once and never again, whatever happens on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.publication import manifest, pointer
from pipeline.publication.manifest import NotWhole
from pipeline.publication.publish import publish
from pipeline.publication.upload import Corrupted, Foreign, NotWriteOnce
from pipeline.settings import PROJECT
from pipeline.stores.contract import Moved, Seen, Store, StoreError, whole
from pipeline.stores.folder import Folder
from tests.s3 import KEYS, Server, serving
from tests.unit.publication.releases import FILES, release

VERSION = "2026.03.02"
N_FILES = len(FILES) + 1


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def s3(running: Server) -> Server:
    """The store in a good mood; each test has a prefix of its own by its name."""
    fresh = type(running.mood)()
    running.mood.__dict__.update(fresh.__dict__)
    return running


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    return f"公开/{request.node.name}".replace("[", "-").replace("]", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return release(tmp_path / "curated", VERSION)


def published(store: Store, source: Path) -> bool:
    """Whether the pointer names a release and all of it is there, byte for byte."""
    now = pointer.current(store)
    if now is None:
        return False
    assert now.version == source.name
    assert json.loads(whole(store, pointer.KEY))["manifest_sha256"] == now.manifest_sha256
    for item in manifest.read(source).items:
        assert whole(store, item.key) == item.path.read_bytes()
    return True


# What goes well


def test_a_release_is_published_to_a_folder(folder: Path, tmp_path: Path) -> None:
    store = Folder(tmp_path / "mirror")
    done = publish(folder, store)
    assert (done.sent, done.files, done.latest) == (N_FILES, N_FILES, VERSION)
    assert published(store, folder)
    assert not list((tmp_path / "mirror").rglob(".draft-*"))


def test_a_release_is_published_to_a_store(s3: Server, prefix: str, folder: Path) -> None:
    store = s3.store(prefix)
    assert publish(folder, store).sent == N_FILES
    assert published(store, folder)
    puts = s3.mood.puts()
    # Objects, then what lists them; then it is offered once more, and refused; the pointer last.
    assert [Path(key).name for key in puts[-3:]] == ["SHA256SUMS", "SHA256SUMS", "latest.json"]


def test_publishing_again_uploads_nothing(s3: Server, prefix: str, folder: Path) -> None:
    store = s3.store(prefix)
    publish(folder, store)
    s3.mood.asked.clear()
    again = publish(folder, store)
    assert (again.sent, again.read_back, again.latest) == (0, False, VERSION)
    assert s3.mood.puts() == []
    assert len(s3.mood.asked) == 2, "one look at the pointer, one listing"
    assert publish(folder, store, verify=True).read_back
    assert s3.mood.puts() == []


def test_the_next_release_moves_the_pointer_and_leaves_the_last(
    s3: Server, prefix: str, folder: Path, tmp_path: Path
) -> None:
    store = s3.store(prefix)
    publish(folder, store)
    later = release(tmp_path / "curated", f"{VERSION}.1", FILES | {"README.md": b"later"})
    publish(later, store)
    assert published(store, later)
    assert whole(store, f"releases/{VERSION}/README.md") == FILES["README.md"]


def test_the_pointer_never_goes_back(tmp_path: Path) -> None:
    store = Folder(tmp_path / "mirror")
    tenth = release(tmp_path, f"{VERSION}.10")
    ninth = release(tmp_path, f"{VERSION}.9")
    publish(tenth, store)
    done = publish(ninth, store)
    assert (done.sent, done.latest) == (N_FILES, f"{VERSION}.10")
    assert published(store, tenth)
    assert publish(ninth, store).sent == 0


# What is refused


@pytest.mark.parametrize("harm", ["changed", "missing", "added", "unlisted", "linked"])
def test_a_release_that_is_not_whole_is_not_published(
    folder: Path, tmp_path: Path, harm: str
) -> None:
    target = folder / "README.md"
    if harm == "changed":
        target.write_bytes(b"# another\n")
    elif harm == "missing":
        target.unlink()
    elif harm == "added":
        (folder / "more.csv").write_bytes(b"1")
    elif harm == "unlisted":
        (folder / "SHA256SUMS").unlink()
    else:
        target.rename(tmp_path / "elsewhere")
        target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotWhole):
        publish(folder, Folder(tmp_path / "mirror"))
    assert not (tmp_path / "mirror").exists()


def test_a_draft_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(NotWhole, match="no version"):
        manifest.read(release(tmp_path, ".draft-2026.03.02"))


@pytest.mark.parametrize("there", [b"# another", b"# a RELEASE\n"], ids=["size", "content"])
def test_a_foreign_object_is_told_and_left(
    s3: Server, prefix: str, folder: Path, there: bytes
) -> None:
    store = s3.store(prefix)
    key = f"releases/{VERSION}/README.md"
    store.put_new(key, there)
    with pytest.raises(Foreign, match=r"README\.md .* is not what release"):
        publish(folder, store)
    assert whole(store, key) == there
    assert pointer.current(store) is None


def test_a_stray_object_in_the_folder_of_a_release_is_told(
    s3: Server, prefix: str, folder: Path
) -> None:
    store = s3.store(prefix)
    store.put_new(f"releases/{VERSION}/strange.csv", b"1")
    with pytest.raises(Foreign, match=r"strange\.csv"):
        publish(folder, store)


def test_the_same_object_is_left_alone(s3: Server, prefix: str, folder: Path) -> None:
    store = s3.store(prefix)
    store.put_new(f"releases/{VERSION}/README.md", FILES["README.md"])
    assert publish(folder, store).sent == N_FILES - 1


def test_one_version_is_never_two_releases(folder: Path, tmp_path: Path) -> None:
    store = Folder(tmp_path / "mirror")
    publish(folder, store)
    other = release(tmp_path / "other", VERSION, FILES | {"README.md": b"# A release\n"})
    with pytest.raises(Foreign):
        publish(other, store)
    assert published(store, folder)


def test_a_pointer_with_another_manifest_is_an_error(folder: Path, tmp_path: Path) -> None:
    store = Folder(tmp_path / "mirror")
    wanted = pointer.of(manifest.read(folder))
    claimed = pointer.Pointer(**wanted.__dict__ | {"manifest_sha256": "0" * 64})
    store.put_new(pointer.KEY, claimed.encoded())
    with pytest.raises(pointer.PointerError, match="another manifest"):
        publish(folder, store)


@pytest.mark.parametrize("there", [b"not json", b'{"version": "next"}', b"\xff"])
def test_something_else_at_the_pointer_is_told(folder: Path, tmp_path: Path, there: bytes) -> None:
    store = Folder(tmp_path / "mirror")
    store.put_new(pointer.KEY, there)
    with pytest.raises(pointer.PointerError, match="no pointer of ours"):
        publish(folder, store)
    assert whole(store, pointer.KEY) == there


# A place that misbehaves


def test_uploads_that_fail_midway_are_resumed(s3: Server, prefix: str, folder: Path) -> None:
    store = s3.store(prefix)
    s3.mood.fail = lambda method, key: (
        "500 Internal Server Error" if method == "PUT" and len(s3.mood.puts()) > 2 else None
    )
    with pytest.raises(StoreError, match=r"the store answered 500 Internal Server Error"):
        publish(folder, store)
    assert pointer.current(store) is None, "a partial upload is never pointed at"
    s3.mood.fail = lambda method, key: None
    assert publish(folder, store).sent == N_FILES - 2
    assert published(store, folder)


def test_a_failure_that_passes_is_tried_again(s3: Server, prefix: str, folder: Path) -> None:
    failed: list[str] = []

    def once(method: str, key: str) -> str | None:
        if method == "GET" or key in failed:
            return None
        failed.append(key)
        return "503 Slow Down"

    s3.mood.fail = once
    store = s3.store(prefix, retries=3)
    publish(folder, store)
    assert published(store, folder)
    assert len(failed) == N_FILES + 1


def test_an_answer_that_is_lost_after_the_write_is_no_failure(
    s3: Server, prefix: str, folder: Path
) -> None:
    lost: list[str] = []

    def lose(method: str, key: str) -> bool:
        if method != "PUT" or key in lost:
            return False
        lost.append(key)
        return True

    s3.mood.lose = lose
    store = s3.store(prefix, retries=3)
    assert publish(folder, store).latest == VERSION
    assert len(lost) == N_FILES + 1
    assert published(store, folder)


def test_damaged_bytes_are_not_pointed_at(s3: Server, prefix: str, folder: Path) -> None:
    store = s3.store(prefix)
    s3.mood.damage = lambda key: key.endswith(".parquet")
    with pytest.raises(Corrupted, match=r"dim_unit\.parquet .* does not come back"):
        publish(folder, store)
    assert pointer.current(store) is None
    # A second run finds it there, and is not deceived either.
    with pytest.raises(Foreign):
        publish(folder, store)
    assert pointer.current(store) is None


def test_damage_after_publication_is_found_by_verify(s3: Server, prefix: str, folder: Path) -> None:
    store = s3.store(prefix)
    publish(folder, store)
    s3.mood.damage = lambda key: key.endswith(".csv")
    with pytest.raises(Foreign, match=r"dim_unit\.csv"):
        publish(folder, store, verify=True)


def test_damage_on_the_way_is_read_again(s3: Server, prefix: str, folder: Path) -> None:
    seen: list[str] = []

    def first(key: str) -> bool:
        seen.append(key)
        return key.endswith(".csv") and seen.count(key) == 1

    s3.mood.damage = first
    publish(folder, s3.store(prefix))
    assert published(s3.store(prefix), folder)


def test_a_place_that_overwrites_is_refused(s3: Server, prefix: str, folder: Path) -> None:
    s3.mood.conditions = False
    store = s3.store(prefix)
    with pytest.raises(NotWriteOnce, match="If-None-Match"):
        publish(folder, store)
    assert pointer.current(store) is None


def test_a_released_object_that_vanished_is_brought_again(folder: Path, tmp_path: Path) -> None:
    store = Folder(tmp_path / "mirror")
    publish(folder, store)
    (tmp_path / "mirror" / "releases" / VERSION / "README.md").unlink()
    assert publish(folder, store).sent == 1
    assert published(store, folder)


def test_an_object_too_large_for_the_place_is_told_before_anything_is_sent(
    folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="one write-once object holds"):
        publish(folder, Folder(tmp_path / "mirror", largest=100))
    assert not (tmp_path / "mirror").exists()


# Two publishers


def test_of_two_publishers_the_later_release_stays(
    s3: Server, prefix: str, folder: Path, tmp_path: Path
) -> None:
    """Another publisher moves the pointer between our look at it and our write to it."""
    store, other = s3.store(prefix), s3.store(prefix)
    publish(release(tmp_path / "curated", "2026.03.01"), store)
    later = release(tmp_path / "curated", "2026.03.03")
    met: list[str] = []

    def meet(method: str, key: str) -> None:
        if method == "PUT" and key.endswith("latest.json") and not met:
            met.append(key)
            publish(later, other)

    s3.mood.before = meet
    done = publish(folder, store)
    assert met
    assert done.latest == "2026.03.03"
    assert published(store, later)


def test_of_two_first_publishers_the_later_release_stays(
    s3: Server, prefix: str, folder: Path, tmp_path: Path
) -> None:
    store, other = s3.store(prefix), s3.store(prefix)
    earlier = release(tmp_path / "curated", "2026.03.01")
    met: list[str] = []

    def meet(method: str, key: str) -> None:
        if method == "PUT" and key.endswith("latest.json") and not met:
            met.append(key)
            publish(earlier, other)

    s3.mood.before = meet
    assert publish(folder, store).latest == VERSION
    assert published(store, folder)


def test_a_pointer_that_never_rests_is_given_up(folder: Path, tmp_path: Path) -> None:
    class Restless(Folder):
        def replace(self, key: str, content: bytes, seen: Seen) -> None:
            raise Moved("again")

    publish(release(tmp_path, "2026.03.01"), Folder(tmp_path / "mirror"))
    with pytest.raises(pointer.PointerError, match="all the time"):
        publish(folder, Restless(tmp_path / "mirror"))


# Interrupted at any instant


class Stop(BaseException):
    """The process ends here."""


@dataclass(frozen=True)
class Failing(Folder):
    """A folder whose program is stopped at one of its writes: before it, or after it."""

    stops_at: int = 0
    afterwards: bool = False
    count: tuple[int, ...] = ()

    def put_new(self, key: str, source: Path | bytes) -> None:
        self.interrupted(lambda: super(Failing, self).put_new(key, source))

    def replace(self, key: str, content: bytes, seen: Seen) -> None:
        self.interrupted(lambda: super(Failing, self).replace(key, content, seen))

    def interrupted(self, write: object) -> None:
        assert callable(write)
        at = len(self.count)
        object.__setattr__(self, "count", (*self.count, at))
        if at == self.stops_at and not self.afterwards:
            raise Stop
        write()
        if at == self.stops_at:
            raise Stop


@pytest.mark.parametrize("afterwards", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("stops_at", range(N_FILES + 2))
def test_interrupted_at_any_write_it_is_resumed(
    folder: Path, tmp_path: Path, stops_at: int, afterwards: bool
) -> None:
    mirror = tmp_path / "mirror"
    first = release(tmp_path / "curated", "2026.03.01")
    publish(first, Folder(mirror))
    # The seal is offered twice, and the second offer is refused: no write to stop after.
    refused = stops_at == N_FILES and afterwards
    with nullcontext() if refused else pytest.raises(Stop):
        publish(folder, Failing(mirror, stops_at=stops_at, afterwards=afterwards))
    now = pointer.current(Folder(mirror))
    assert now is not None
    assert published(Folder(mirror), folder if now.version == VERSION else first)
    publish(folder, Folder(mirror))
    assert published(Folder(mirror), folder)


@pytest.mark.parametrize("at", [1, N_FILES, N_FILES + 2], ids=["first", "seal", "pointer"])
def test_killed_in_mid_run_it_is_resumed(
    s3: Server, prefix: str, folder: Path, tmp_path: Path, at: int
) -> None:
    config = tmp_path / "stores.yml"
    config.write_text(
        f"stores:\n  public:\n    url: s3://{s3.bucket}/{prefix}\n    endpoint: {s3.url}\n"
        "    allow_http: true\npublish_to: public\n",
        encoding="utf-8",
    )
    command = [
        *(sys.executable, "-c", "from pipeline.cli import main; main()", "publish"),
        *("--stores", str(config), "--curated", str(folder.parents[1])),
        *("--version", VERSION),
    ]
    environment = os.environ | KEYS | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:

        def kill(method: str, key: str) -> None:
            if len(s3.mood.puts()) == at and process.returncode is None:
                os.kill(process.pid, signal.SIGKILL)

        s3.mood.before = kill
        _, said = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, said.decode()
    s3.mood.before = lambda method, key: None
    done = subprocess.run(command, env=environment, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    assert published(s3.store(prefix), folder)


# The command


def test_command_publishes_to_a_folder_and_says_so(folder: Path, tmp_path: Path) -> None:
    curated = folder.parents[1]
    (curated / "latest").symlink_to(Path("releases") / VERSION)
    asked = ["publish", "--curated", str(curated), "--to", str(tmp_path / "mirror")]
    first = CliRunner().invoke(main, asked)
    assert first.exit_code == 0, first.output
    assert f"{N_FILES} of {N_FILES} files" in first.output
    assert f"latest.json names {VERSION}" in first.output
    again = CliRunner().invoke(main, asked)
    assert f"0 of {N_FILES} files" in again.output
    assert "published before" in again.output


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--to", "nowhere"], "neither a place"),
        ([], "say where"),
        (["--to", "s3://bucket/x"], "AWS_ACCESS_KEY_ID"),
        (["--to", "s3://key:secret@bucket/x"], "never holds credentials"),
        (["--to", "ftp://host/x/"], "a folder, or s3://bucket/prefix, is expected"),
        (["--to", "/tmp/x", "--version", "2020.01.01"], "holds no release"),
        (["--to", "/tmp/x", "--version", "../x"], "holds no release"),
    ],
)
def test_command_refuses_wrong_usage(
    folder: Path, options: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "YUSUAN_STORES"):
        monkeypatch.delenv(name, raising=False)
    (folder.parents[1] / "latest").symlink_to(Path("releases") / VERSION)
    asked = ["publish", "--curated", str(folder.parents[1]), *options]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 2
    assert expected in " ".join(done.output.split())
    assert "secret" not in done.output


def test_command_says_what_failed_and_no_secret(
    s3: Server, prefix: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.mood.fail = lambda method, key: "403 Forbidden"
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    config = tmp_path / "stores.yml"
    config.write_text(
        f"stores: {{public: {{url: 's3://{s3.bucket}/{prefix}', endpoint: '{s3.url}', "
        "allow_http: true, retries: 0}}",
        encoding="utf-8",
    )
    asked = ["publish", "--curated", str(folder.parents[1]), "--version", VERSION]
    done = CliRunner().invoke(main, [*asked, "--stores", str(config), "--to", "public"])
    assert done.exit_code == 1
    assert "403 Forbidden" in done.output
    assert not any(value in done.output for value in KEYS.values())
