"""Places for objects: the same contract for a folder and a bucket, and addresses that are safe."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.settings import PROJECT
from pipeline.stores import address, configured
from pipeline.stores.address import Address, AddressError
from pipeline.stores.bucket import Access
from pipeline.stores.contract import Absent, Moved, Store, StoreError, Taken, whole
from pipeline.stores.folder import Folder
from tests.s3 import KEYS, Server, serving

KEY = "releases/2026.03.02/csv/单位 (1).csv"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, server: Server) -> Store:
    if request.param == "folder":
        return Folder(tmp_path / "place")
    return server.store(hashlib.sha256(request.node.name.encode()).hexdigest()[:12])


def test_what_is_put_is_there(store: Store, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"x" * 3_000_000)
    store.put_new(KEY, tmp_path / "source")
    store.put_new("other/key", b"")
    assert whole(store, KEY) == b"x" * 3_000_000
    assert store.sizes("releases/2026.03.02") == {KEY: 3_000_000}
    assert store.sizes("nothing") == {}


def test_an_object_is_written_once(store: Store) -> None:
    store.put_new(KEY, b"first")
    with pytest.raises(Taken):
        store.put_new(KEY, b"second")
    assert whole(store, KEY) == b"first"


def test_what_is_not_there_is_absent(store: Store) -> None:
    assert store.look(KEY) is None
    with pytest.raises(Absent):
        whole(store, KEY)


def test_only_who_saw_the_last_state_replaces(store: Store) -> None:
    store.put_new(KEY, b"first")
    seen = store.look(KEY)
    assert seen is not None
    store.replace(KEY, b"second", seen)
    with pytest.raises(Moved):
        store.replace(KEY, b"third", seen)
    assert whole(store, KEY) == b"second"


def test_of_many_writers_one_wins(store: Store) -> None:
    won: list[int] = []

    def put(number: int) -> None:
        try:
            store.put_new(KEY, f"{number}".encode())
        except Taken:
            return
        won.append(number)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert whole(store, KEY) == f"{won[0]}".encode()


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be written"):
        Folder(tmp_path / "file").put_new(KEY, b"x")


def test_an_absent_bucket_is_no_absent_object(server: Server) -> None:
    missing = Address("s3://no-such-bucket/x", server.address().access)
    with pytest.raises(StoreError, match="no such bucket"):
        address.opened(missing, KEYS).put_new(KEY, b"x")


def test_a_store_that_is_not_reached_is_told() -> None:
    access = Access("http://127.0.0.1:9", allow_http=True, retries=0, timeout_seconds=2)
    with pytest.raises(StoreError, match="not reached"):
        address.opened(Address("s3://bucket", access), KEYS).put_new(KEY, b"x")


# Addresses and credentials


def test_plain_http_needs_to_be_said() -> None:
    with pytest.raises(AddressError, match="not encrypted"):
        Address("s3://bucket/x", Access("http://127.0.0.1:9000"))
    Address("s3://bucket/x", Access("http://127.0.0.1:9000", allow_http=True))


@pytest.mark.parametrize("url", ["s3://", "s3:///x", "gs://bucket", "http://host/bucket"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(AddressError):
        Address(url)


def test_credentials_come_from_the_environment_or_are_missing() -> None:
    asked = Address("s3://bucket/x")
    token = KEYS | {"AWS_SESSION_TOKEN": "t"}
    assert address.credentials(asked, token)["session_token"] == "t"
    with pytest.raises(AddressError, match="AWS_SECRET_ACCESS_KEY") as error:
        address.credentials(asked, {"AWS_ACCESS_KEY_ID": "shown-never"})
    assert "shown-never" not in str(error.value)


def test_credentials_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_text("[night]\naws_access_key_id = A\naws_secret_access_key = B%C\n")
    asked = Address("s3://bucket/x", credentials_file=str(path), profile="night")
    path.chmod(0o644)
    with pytest.raises(AddressError, match="chmod 600"):
        address.credentials(asked, {})
    path.chmod(0o600)
    assert address.credentials(asked, {})["secret_access_key"] == "B%C"
    other = Address("s3://bucket/x", credentials_file=str(path))
    with pytest.raises(AddressError, match=r"no profile \[default\]"):
        address.credentials(other, {})
    path.write_text("B%C is my secret")
    with pytest.raises(AddressError) as error:
        address.credentials(asked, {})
    assert "my secret" not in str(error.value)


def test_credentials_never_stand_in_the_project() -> None:
    asked = Address("s3://bucket/x", credentials_file=str(PROJECT / "pyproject.toml"))
    with pytest.raises(AddressError, match="inside the project"):
        address.credentials(asked, {})


def test_the_example_of_the_documentation_is_read(tmp_path: Path) -> None:
    page = (PROJECT / "docs" / "publishing.md").read_text(encoding="utf-8")
    path = tmp_path / "stores.yml"
    path.write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert set(configured.load(path).stores) == {"mirror", "public", "rehearsal"}


def test_places_have_names(tmp_path: Path) -> None:
    path = tmp_path / "stores.yml"
    path.write_text(
        "publish_to: public\n"
        "stores:\n"
        "  mirror: {url: /srv/mirror}\n"
        "  public: {url: 's3://budgets/open', endpoint: 'https://store.example', region: cn}\n"
    )
    named = configured.load(path)
    assert named.publish_to == "public"
    assert configured.address("mirror", named).folder == Path("/srv/mirror")
    assert configured.address("public", named).access.region == "cn"
    assert configured.address(str(tmp_path), named).is_folder
    assert configured.load(tmp_path / "none.yml").stores == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stores: {a: {url: /x, secret_access_key: hunter2}}", "Credentials never stand here"),
        ("stores: {a: {region: hunter2}}", "stores.a"),
        ("stores: {a: {url: /x, endpoint: 'ftp://hunter2'}}", "stores.a.endpoint"),
        ("stores: {a: {url: /x}}\npublish_to: b", "publish_to"),
        ("stores: [hunter2", "no YAML"),
        ("- hunter2", "top level"),
    ],
)
def test_a_file_that_is_wrong_says_where_and_no_secret(
    tmp_path: Path, text: str, expected: str
) -> None:
    path = tmp_path / "stores.yml"
    path.write_text(text)
    with pytest.raises(AddressError, match=expected) as error:
        configured.load(path)
    assert "hunter2" not in str(error.value)
