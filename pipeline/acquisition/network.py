"""Reaching hosts: what was resolved is checked, and what was checked is dialled.

Here: the transport under httpx. The address is resolved once per connection and judged; the
connection goes to that very address, while TLS and the Host header keep the name: no second
resolution that could answer otherwise (DNS rebinding). Proxies and certificates of the environment
are ignored; TLS is always verified. Not here: what is asked (asking) and how often (pace).
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

from pipeline.acquisition.addresses import checked, literal
from pipeline.acquisition.pace import Clock
from pipeline.acquisition.refusal import Refused

Resolve = Callable[[str, int], Sequence[str]]
Dial = Callable[[str, int, float | None], httpcore.NetworkStream]
SocketOptions = Iterable[Any]
CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0
# A name may have any number of dead addresses, each of which takes its time.
MOST_DIALLED = 4
# How httpcore calls the moment when a body was read and its connection is not yet free.
BODY_READ = "http11.receive_response_body.complete"
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a host, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def dial(address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
    """A connection to an address; never to a name."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=timeout)


@dataclass(frozen=True)
class World:
    """What lies outside the program. Tests give another: names, addresses, trust and time."""

    resolve: Resolve = resolve
    dial: Dial = dial
    tls: ssl.SSLContext = field(default_factory=lambda: httpx.create_ssl_context(trust_env=False))
    clock: Clock = field(default_factory=Clock)


@contextmanager
def within(clock: Clock, seconds: float) -> Iterator[None]:
    """Let everything inside the block that waits for bytes end after so many seconds."""
    token = _deadline.set(clock.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


class Timed(httpcore.NetworkStream):
    """A connection that keeps the deadline of whoever uses it.

    The timeouts of httpx begin anew with every byte, so a server that drips holds on for ever,
    even before its headers are whole.
    """

    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self.stream, self.clock = stream, clock

    def left(self, timeout: float | None) -> float | None:
        """The time until the deadline, or the timeout if that is sooner."""
        if (deadline := _deadline.get()) is None:
            return timeout
        if (left := deadline - self.clock.monotonic()) <= 0:
            raise Refused("too_slow", "the answer did not end in time")
        return left if timeout is None else min(left, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.left(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self.left(timeout)
        return Timed(self.stream.start_tls(ssl_context, server_hostname, left), self.clock)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves, judges and dials: the three in one place, so that nothing comes between."""

    def __init__(self, world: World) -> None:
        self.world = world

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in checked(host, self.resolved(host, port))[:MOST_DIALLED]:
            try:
                return Timed(self.world.dial(address, port, timeout), self.world.clock)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def resolved(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host; a spelled out address is its own."""
        if (address := literal(host)) is not None:
            return [str(address)]
        try:
            return self.world.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved") from error


class CheckedTransport(httpx.HTTPTransport):
    """The transport of httpx over checked connections.

    It is used without the client of httpx, which keeps cookies and reads the target of redirects
    that nobody follows.
    """

    def __init__(self, world: World) -> None:
        if world.tls.verify_mode != ssl.CERT_REQUIRED or not world.tls.check_hostname:
            raise ValueError("the TLS context must verify certificates and host names")
        super().__init__(verify=world.tls, trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=world.tls,
            max_connections=64,
            max_keepalive_connections=16,
            keepalive_expiry=30.0,
            network_backend=CheckedBackend(world),
        )

    @contextmanager
    def get(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """The answer to a request, its body still to come."""
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)

        def end_where_more_came(event: str, _: Any) -> None:
            if event == BODY_READ and has_more(response):
                response.extensions["network_stream"].close()

        extensions = {"timeout": timeout.as_dict(), "trace": end_where_more_came}
        response = self.handle_request(
            httpx.Request("GET", url, headers=dict(headers), extensions=extensions)
        )
        try:
            yield response
        finally:
            response.close()


def has_more(response: httpx.Response) -> bool:
    """Whether bytes came after the end of an answer: nobody asked for them.

    httpcore would take them for the answer to the next question on the connection, and there is no
    public way to see them.
    """
    stream: Any = response.stream
    connection = stream._httpcore_stream._stream._connection
    return bool(connection._h11_state.trailing_data[0])
