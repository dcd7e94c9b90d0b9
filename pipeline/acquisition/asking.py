"""Asking a server for one address: robots, pace, redirects, retries and limits.

Here: `Web.get`. Redirects are followed by hand, because each hop is another address to be judged.
Retried are only 429, 5xx and broken connections; a server that asks for a pause gets it. Not here:
what the bytes are (kinds, pages) and what becomes of them (documents).
"""

from __future__ import annotations

import hashlib
import logging
import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Self

import httpx
import stamina

from pipeline.acquisition import body, urls
from pipeline.acquisition.network import CheckedTransport, World, within
from pipeline.acquisition.pace import Clock, Gate, Gates
from pipeline.acquisition.refusal import Refused
from pipeline.acquisition.robots import Robots

# Retries are told in the account; without a handler Python would print them too.
logging.getLogger("stamina").addHandler(logging.NullHandler())

USER_AGENT = "Yusuan/0.1 (open data on public budgets)"
MOST_REDIRECTS, ATTEMPTS, FIRST_WAIT, LONGEST_WAIT = 5, 4, 2.0, 60.0
HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
SMALL = 64 << 10
REDIRECTS = frozenset({301, 302, 303, 307, 308})
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
REFUSING = frozenset({401, 402, 403, 407, 412, 451, 511})
GONE = frozenset({404, 410})


@dataclass(frozen=True)
class Manners:
    """How a source is asked: where it may lead, how much, how long, how often."""

    hosts: tuple[str, ...]
    delay: float = 2.0
    concurrency: int = 1
    to_http: bool = False
    most_bytes: int = 64 << 20
    seconds: float = 300.0


@dataclass(frozen=True)
class Validators:
    """What a server said to know a version of an address by."""

    url: str
    etag: str | None = None
    last_modified: str | None = None

    def headers(self, url: str) -> dict[str, str]:
        """The conditional headers, for the address that gave them and for no other."""
        if url != self.url:
            return {}
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Answer:
    """What came: bytes in a temporary file, or the word that nothing changed."""

    url: str
    changed: bool
    path: Path | None = None
    sha256: str = ""
    size: int = 0
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    whole_by: str = "end"
    notes: tuple[str, ...] = ()

    @property
    def validators(self) -> Validators:
        """What to ask with the next time."""
        etag, modified = self.headers.get("etag"), self.headers.get("last-modified")
        return Validators(self.url, header_text(etag), header_text(modified))

    def content(self) -> bytes:
        """The bytes, for what is small: listing pages and robots.txt."""
        return self.path.read_bytes() if self.path else b""


@dataclass(frozen=True)
class Redirect:
    """The answer that something stands elsewhere."""

    location: str


class Passing(Exception):
    """A failure that may pass: it is worth asking again, after a pause."""

    def __init__(self, reason: str, detail: str, pause: float = 0.0) -> None:
        self.reason, self.detail, self.pause = reason, detail, pause
        super().__init__(detail)


class Web:
    """All servers, asked politely. One for a whole run: it keeps connections and robots.txt."""

    def __init__(self, world: World, folder: Path, user_agent: str = USER_AGENT) -> None:
        self.world, self.folder, self.user_agent = world, folder, user_agent
        self.gates = Gates(world.clock)
        self.robots = Robots(self._robots_txt, user_agent)
        self._transport = CheckedTransport(world)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def get(self, url: str, manners: Manners, known: Validators | None = None) -> Answer:
        """Ask for an address. The caller owns the temporary file of the answer.

        Raises `Refused` wherever nothing fit to be kept came.
        """
        return self._follow(url, manners, known, obeying=True)

    def _robots_txt(self, url: str) -> bytes:
        """The robots.txt of a site; it may stand anywhere, and obeys no robots.txt itself."""
        manners = Manners(("*",), 0.0, 64, to_http=True, most_bytes=512 << 10, seconds=60.0)
        answer = self._follow(url, manners, None, obeying=False)
        with discarded(answer):
            return answer.content()

    def _follow(
        self, url: str, manners: Manners, known: Validators | None, *, obeying: bool
    ) -> Answer:
        """Hop by hop to the answer; every hop is judged like the first."""
        seen: list[str] = []
        notes: list[str] = []
        url = urls.canonical(url)
        while len(seen) <= MOST_REDIRECTS:
            host = urls.host_of(url)
            if not urls.belongs(host, manners.hosts):
                raise Refused("foreign_host", f"{host} is not among the hosts of the source")
            gate = self.gates.of(host, manners.delay, manners.concurrency)
            if obeying:
                gate.tighten(self.robots.delay_for(url))
            seen.append(url)
            answer = self._patiently(url, gate, manners, known)
            if isinstance(answer, Answer):
                return replace(answer, notes=tuple(notes))
            target = urls.absolute(url, answer.location)
            if target in seen:
                raise Refused("redirects", f"back to {target}")
            if url.startswith("https:") and target.startswith("http:"):
                if not manners.to_http:
                    raise Refused("downgraded", f"to {target}")
                notes.append(f"redirected from https to http: {target}")
            url = target
        raise Refused("redirects", f"more than {MOST_REDIRECTS}")

    def _patiently(
        self, url: str, gate: Gate, manners: Manners, known: Validators | None
    ) -> Answer | Redirect:
        """Ask, and ask again where the failure may pass. The waiting is the gate's.

        stamina counts attempts and computes the backoff; the gate waits, so that everybody who
        wants that host waits too.
        """
        policy = stamina.retry_context(
            on=lambda error: timedelta(0) if isinstance(error, Passing) else False,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=FIRST_WAIT,
            wait_max=LONGEST_WAIT,
        )
        try:
            for attempt in policy:
                with attempt:
                    try:
                        with gate.turn(), within(self.world.clock, manners.seconds):
                            answer = self._once(url, manners, known)
                    except Passing as passing:
                        gate.rest(max(passing.pause, attempt.next_wait))
                        raise
                    gate.answered()
                    return answer
        except Passing as passing:
            gate.failed()
            raise Refused(passing.reason, passing.detail) from passing
        raise AssertionError("stamina ended without an answer or an error")

    def _once(self, url: str, manners: Manners, known: Validators | None) -> Answer | Redirect:
        """One request and its answer."""
        ends = self.world.clock.monotonic() + manners.seconds
        conditions = known.headers(url) if known else {}
        headers = {**HEADERS, "User-Agent": self.user_agent, **conditions}
        try:
            with self._transport.get(url, headers) as response:
                return self._taken(url, response, manners, bool(conditions))
        except httpx.TimeoutException as error:
            if self.world.clock.monotonic() >= ends:
                raise Refused("too_slow", f"more than {manners.seconds:.0f} s") from error
            raise Passing("unreachable", f"no answer: {type(error).__name__}") from error
        except httpx.RemoteProtocolError as error:
            raise Passing("cut_short", str(error)) from error
        except httpx.TransportError as error:
            if is_untrusted(error):
                raise Refused("tls", str(error)) from error
            raise Passing("unreachable", str(error) or type(error).__name__) from error
        except httpx.InvalidURL as error:
            raise Refused("bad_address", url) from error

    def _taken(
        self, url: str, response: httpx.Response, manners: Manners, conditional: bool
    ) -> Answer | Redirect:
        """What an answer's status and headers say, and its bytes where they are wanted."""
        status = response.status_code
        if status != 200:
            drain(response)
        if status in REDIRECTS and "location" in response.headers:
            return Redirect(location_of(response))
        if status == 304 and conditional:
            return Answer(url, changed=False, headers=response.headers)
        if status in BUSY:
            pause = pause_wanted(response.headers.get("retry-after"), self.world.clock)
            raise Passing("server_error", f"status {status}", pause)
        if status in GONE:
            raise Refused("not_found", f"status {status}")
        if status in REFUSING:
            raise Refused("forbidden", f"status {status}")
        if status != 200:
            raise Refused("http_status", f"status {status}")
        declared = response.headers.get("content-length", "")
        if declared.isascii() and declared.isdecimal() and int(declared) > manners.most_bytes:
            raise Refused("too_large", f"{int(declared):,} bytes are declared")
        path, digest, size = self._saved(response, manners)
        chunked = "chunked" in response.headers.get("transfer-encoding", "").lower()
        whole_by = "length" if declared and not chunked else "chunks" if chunked else "end"
        return Answer(url, True, path, digest, size, response.headers, whole_by)

    def _saved(self, response: httpx.Response, manners: Manners) -> tuple[Path, str, int]:
        """The body in a temporary file, its hash and its size; no file where it was refused."""
        encoding = response.headers.get("content-encoding", "")
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
        digest, size = hashlib.sha256(), 0
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in body.decoded(response.iter_raw(), encoding, manners.most_bytes):
                    digest.update(piece)
                    size += len(piece)
                    file.write(piece)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return Path(name), digest.hexdigest(), size


@contextmanager
def discarded(answer: Answer) -> Iterator[None]:
    """Remove the temporary file of an answer at the end of the block, if it is still there."""
    try:
        yield
    finally:
        if answer.path:
            answer.path.unlink(missing_ok=True)


def drain(response: httpx.Response) -> None:
    """Read what nobody wants, if it is little, so that the connection can be used again."""
    declared = response.headers.get("content-length", "")
    little = declared.isascii() and declared.isdecimal() and int(declared) <= SMALL
    if little or response.status_code in (204, 304):
        with suppress(httpx.TransportError):
            for _ in response.iter_raw():
                pass


def header_text(value: str | None) -> str | None:
    """A validator fit to be sent back: printable ASCII of a sane length."""
    fit = value and len(value) <= 200 and value.isascii() and value.isprintable()
    return value if fit else None


def location_of(response: httpx.Response) -> str:
    """Where a redirect leads; the header may be UTF-8 or GBK."""
    raw = next(v for k, v in response.headers.raw if k.lower() == b"location")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("bad_address", "a redirect in no known encoding")


def pause_wanted(value: str | None, clock: Clock) -> float:
    """The seconds of a Retry-After, which is a number or a date; 0 where it is neither."""
    if not value:
        return 0.0
    if value.strip().isascii() and value.strip().isdecimal():
        return float(value.strip()[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return 0.0
    # A date without a zone is in GMT.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - clock.now()).total_seconds())


def is_untrusted(error: BaseException) -> bool:
    """Whether a connection failed because of its certificate or its TLS, which does not pass."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
