"""An S3 store on loopback for tests: moto behind a door that can misbehave.

Here: the server and its moods. Nothing in it connects anywhere; clients reach it on 127.0.0.1.
"""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from werkzeug.serving import make_server

from pipeline.stores import address
from pipeline.stores.address import Address
from pipeline.stores.bucket import Access
from pipeline.stores.contract import Store

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDNOTREAL", "AWS_SECRET_ACCESS_KEY": "a-secret-nobody-may-see"}
FAILURE = b"<Error><Code>InternalError</Code><Message>We are sorry</Message></Error>"
Environ = dict[str, Any]


@dataclass
class Mood:
    """How the door treats requests; `asked` remembers them as (method, key)."""

    #: what a request is answered with instead, null where it goes through
    fail: Callable[[str, str], str | None] = lambda method, key: None
    #: keys whose bytes come back damaged
    damage: Callable[[str], bool] = lambda key: False
    #: requests that are carried out, and answered as if they had not been
    lose: Callable[[str, str], bool] = lambda method, key: False
    #: called before a request goes through
    before: Callable[[str, str], None] = lambda method, key: None
    #: whether conditions are passed on
    conditions: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)

    def puts(self) -> list[str]:
        """The keys that were written, or tried to."""
        return [key for method, key in self.asked if method == "PUT"]


@dataclass(frozen=True)
class Server:
    """A running store with one bucket."""

    url: str
    bucket: str
    mood: Mood

    def address(self, prefix: str = "open", retries: int = 0) -> Address:
        """An address in its bucket."""
        access = Access(self.url, allow_http=True, retries=retries, timeout_seconds=20)
        return Address(f"s3://{self.bucket}/{prefix}", access)

    def store(self, prefix: str = "open", retries: int = 0) -> Store:
        """The store, opened with keys that are not real."""
        return address.opened(self.address(prefix, retries), KEYS)


def door(application: Any, mood: Mood) -> Callable[[Environ, Any], Iterable[bytes]]:
    """An application behind a door with a mood."""

    def answer(environ: Environ, start: Any) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        key = unquote(environ["PATH_INFO"].encode("latin-1").decode("utf-8")).lstrip("/")
        key = key.partition("/")[2]
        mood.asked.append((method, key))
        if status := mood.fail(method, key):
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start(status, [("Content-Type", "application/xml")])
            return [FAILURE]
        if not mood.conditions:
            environ.pop("HTTP_IF_NONE_MATCH", None)
            environ.pop("HTTP_IF_MATCH", None)
        mood.before(method, key)
        if mood.lose(method, key):
            b"".join(application(environ, lambda *said: None))
            start("500 Internal Server Error", [("Content-Type", "application/xml")])
            return [FAILURE]
        body = b"".join(application(environ, start))
        if method == "GET" and body and mood.damage(key):
            body = body[:-1] + bytes([body[-1] ^ 1])
        return [body]

    return answer


@contextmanager
def serving() -> Iterator[Server]:
    """A store for the length of the block."""
    from moto.server import DomainDispatcherApplication, create_backend_app

    mood = Mood()
    application = door(DomainDispatcherApplication(create_backend_app), mood)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url, bucket = f"http://127.0.0.1:{server.server_port}", f"b{uuid4().hex[:12]}"
    urllib.request.urlopen(urllib.request.Request(f"{url}/{bucket}", method="PUT")).close()
    mood.asked.clear()
    try:
        yield Server(url, bucket, mood)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
