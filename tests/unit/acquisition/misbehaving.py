"""A portal on loopback that misbehaves as told, and a world in which it has public addresses.

Here: the server, its replies, names, addresses and time. Nothing outside loopback is ever dialled:
an address that no site of a test has is an error of the test. Not here: assertions.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpcore

from pipeline.acquisition.network import World
from pipeline.acquisition.pace import Clock

PUBLIC = "93.184.216.34"
HOST = "czj.example.gov.cn"
HTML = {"Content-Type": "text/html; charset=utf-8"}
AS_PDF = {"Content-Type": "application/pdf"}


def pdf(words: str = "预算", size: int = 400) -> bytes:
    """Bytes that begin and end as a PDF does; no reader ever sees them."""
    filling = words.encode() * (size // max(1, len(words.encode())) + 1)
    return b"%PDF-1.7\n" + filling + b"\nstartxref\n9\n%%EOF\n"


def page(*links: tuple[str, str], title: str = "预决算公开", more: str = "") -> bytes:
    """A listing page with links (address, words)."""
    anchors = "".join(f'<li><a href="{href}">{text}</a></li>' for href, text in links)
    return f"<html><head><title>{title}</title></head><body>{anchors}{more}</body></html>".encode()


@dataclass(frozen=True)
class Request:
    """What was asked."""

    target: str
    headers: dict[str, str]

    @property
    def host(self) -> str:
        return self.headers.get("host", "").split(":")[0]


@dataclass(frozen=True)
class Reply:
    """What a site says.

    `framing`: length, chunked, none (the end of the connection), or raw and verbatim: the body is
    all that is sent, with status line and headers, and after verbatim the connection goes on.
    """

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    framing: str = "length"
    declared: int | None = None
    cut: int | None = None


# Making one takes long: it reads every certificate of the system.
TRUSTING_EVERYBODY_ELSE = ssl.create_default_context()
Handler = Callable[[Request], Reply]


@dataclass
class Site:
    """A server on loopback: one reply, or one handler, for each path."""

    routes: dict[str, Reply | bytes | Handler] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._closing.set()
        self._socket.close()

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return Counter(request.target for request in self.requests)[path]

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            file = connection.makefile("rb")
            while (request := read_request(file)) is not None:
                with self._lock:
                    self.requests.append(request)
                    self._now += 1
                    self.most_at_once = max(self.most_at_once, self._now)
                reply = self._reply(request)
                with self._lock:
                    self._now -= 1
                if not send(connection, reply):
                    break
        except (OSError, ssl.SSLError):
            pass
        finally:
            connection.close()

    def _reply(self, request: Request) -> Reply:
        route = self.routes.get(request.host + request.target, self.routes.get(request.target))
        if route is None:
            return Reply(b"nothing here", 404)
        if callable(route):
            return route(request)
        return Reply(route) if isinstance(route, bytes) else route


def read_request(file: Any) -> Request | None:
    """One request of a connection; None at its end."""
    first = file.readline()
    if not first.strip():
        return None
    headers = {}
    while (line := file.readline().strip()) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return Request(first.decode("latin-1").split(" ")[1], headers)


def send(connection: socket.socket, reply: Reply) -> bool:
    """Send a reply; whether the connection goes on."""
    if reply.framing == "verbatim":
        connection.sendall(bytes(reply.body))  # type: ignore[arg-type]
        return True
    if reply.framing == "raw":
        for piece in reply.body:
            connection.sendall(piece)  # type: ignore[arg-type]
        return False
    lines = [f"HTTP/1.1 {reply.status} Said"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    body = reply.body
    if reply.framing == "length" and reply.status != 304:
        length = reply.declared if reply.declared is not None else len(bytes(body))  # type: ignore[arg-type]
        lines.append(f"Content-Length: {length}")
    if reply.framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
    if reply.framing == "none":
        lines.append("Connection: close")
    connection.sendall("\r\n".join([*lines, "", ""]).encode("utf-8"))
    pieces = [body[: reply.cut]] if isinstance(body, bytes) else body
    for piece in pieces:
        if not piece:
            continue
        if reply.framing == "chunked":
            piece = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
        connection.sendall(piece)
    if reply.framing == "chunked" and reply.cut is None:
        connection.sendall(b"0\r\n\r\n")
    return reply.framing != "none" and reply.cut is None


def dripping(body: bytes, pause: float) -> Iterator[bytes]:
    """A body one byte at a time."""
    for at in range(len(body)):
        time.sleep(pause)
        yield body[at : at + 1]


def endless(piece: bytes = b"\0" * 65536) -> Iterator[bytes]:
    """A body without end."""
    while True:
        yield piece


def bomb(size: int) -> bytes:
    """Gzip that unpacks to so many zero bytes, in members of 64 MiB or less."""
    return gzip.compress(b"\0" * min(size, 64 << 20), 9) * max(1, size >> 26)


def redirect(to: str, status: int = 302) -> Reply:
    """A redirect."""
    return Reply(b"", status, {"Location": to})


class FakeClock(Clock):
    """Time that passes as it does, and jumps where somebody sleeps."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []
        self.start = datetime(2026, 3, 1, 2, tzinfo=UTC)

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def now(self) -> datetime:
        return self.start + timedelta(seconds=sum(self.slept))


@dataclass
class Stage:
    """Names, addresses and sites of a test: the world that acquisition is given."""

    names: dict[str, Sequence[str]] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    clock: FakeClock = field(default_factory=FakeClock)
    tls: ssl.SSLContext = TRUSTING_EVERYBODY_ELSE

    def __post_init__(self) -> None:
        self.resolved: list[str] = []
        self.dialled: list[str] = []

    def site(
        self, host: str = HOST, address: str = PUBLIC, tls: ssl.SSLContext | None = None
    ) -> Site:
        """A new site under a public-looking address; a second name of an address is the same."""
        self.names[host] = [address]
        return self.sites.setdefault(address, Site(tls=tls))

    def resolve(self, host: str, port: int) -> Sequence[str]:
        self.resolved.append(host)
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return self.names[host]

    def dial(self, address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        self.dialled.append(address)
        assert address in self.sites, f"{address} was dialled"
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.sites[address].port, timeout)

    @property
    def world(self) -> World:
        return World(self.resolve, self.dial, self.tls, self.clock)

    def close(self) -> None:
        for site in self.sites.values():
            site.close()
