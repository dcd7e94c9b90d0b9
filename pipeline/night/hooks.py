"""Telling somebody how a night ended: a command with the account on its stdin, or a web address.

Here: calling them, one after the other, with a time limit each. What a hook does wrong is told and
changes nothing of the night. Addresses and tokens come from the order or the environment and are
never shown: errors are told by their kind alone.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import httpx
import stamina

from pipeline.night.account import Account, Told
from pipeline.night.order import Hook, OrderError, check_address


class NotSent(RuntimeError):
    """The hook could not be called; says why, and no address."""


class Again(NotSent):
    """The same may go well a moment later."""


def tell(hooks: Iterable[Hook], account: Account) -> tuple[Told, ...]:
    """Call every hook, and how each ended."""
    return tuple(call(hook, account) for hook in hooks)


def call(hook: Hook, account: Account) -> Told:
    """Call one hook; whatever it does is in the answer."""
    try:
        said = run(hook, account) if hook.command else post(hook, account)
    except (NotSent, OrderError) as error:
        return Told(hook.name, False, str(error))
    except (OSError, subprocess.SubprocessError) as error:
        return Told(hook.name, False, kind(error))
    return Told(hook.name, True, said)


def kind(error: Exception) -> str:
    """What went wrong, without anything that may hold an address or an argument."""
    if isinstance(error, subprocess.TimeoutExpired):
        return f"it took longer than {error.timeout:g} s and was ended"
    if isinstance(error, subprocess.CalledProcessError):
        return f"it ended with {error.returncode}"
    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__}: {error.strerror}"
    return type(error).__name__


def run(hook: Hook, account: Account) -> str:
    """Run a command: no shell, the account as JSON on stdin, and an end to it in any case."""
    environment = os.environ | {"YUSUAN_NIGHT": account.night, "YUSUAN_OUTCOME": account.outcome}
    process = subprocess.Popen(
        hook.command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        process.communicate(account.to_json().encode(), hook.seconds)
        code = process.returncode
    except subprocess.TimeoutExpired:
        # Its own words would show the arguments.
        raise subprocess.TimeoutExpired("hook", hook.seconds) from None
    finally:
        end(process)
    if code:
        raise subprocess.CalledProcessError(code, "hook")
    return "it ended with 0"


def end(process: subprocess.Popen[bytes]) -> None:
    """End a command and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def post(hook: Hook, account: Account) -> str:
    """Send the account to a web address, again where that may help."""
    address, headers = asked(hook)
    content = account.to_json().encode()
    for attempt in stamina.retry_context(
        on=Again, attempts=hook.tries, timeout=hook.seconds, wait_initial=0.2, wait_max=10.0
    ):
        with attempt:
            return sent(address, headers, content, min(hook.seconds, 30.0))
    raise NotSent("it was not tried")


def sent(address: str, headers: dict[str, str], content: bytes, seconds: float) -> str:
    """Send once. Whoever logs the errors of this must not learn the address: none holds it."""
    try:
        # No proxy of the environment, and no redirect: the report goes where the order says.
        with httpx.Client(timeout=seconds, trust_env=False) as client, quiet():
            status = client.post(address, content=content, headers=headers).status_code
    except httpx.TransportError as error:
        raise Again(type(error).__name__) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotSent(type(error).__name__) from None
    said = f"the server answered {status}"
    if status >= 500 or status in (408, 429):
        raise Again(said)
    if not 200 <= status < 300:
        raise NotSent(said)
    return said


@contextmanager
def quiet() -> Iterator[None]:
    """The library logs every address it asks: not this one."""
    logger = logging.getLogger("httpx")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def asked(hook: Hook) -> tuple[str, dict[str, str]]:
    """Where to, and what the server has to know. Raises `NotSent`, `OrderError`."""
    address = hook.webhook or os.environ.get(hook.webhook_env or "", "")
    if not address:
        raise NotSent(f"{hook.webhook_env} is not set in the environment")
    check_address(address, hook)
    headers = {"Content-Type": "application/json", "User-Agent": "yusuan"}
    if hook.token_env:
        token = os.environ.get(hook.token_env)
        if not token:
            raise NotSent(f"{hook.token_env} is not set in the environment")
        headers["Authorization"] = f"Bearer {token}"
    return address, headers
