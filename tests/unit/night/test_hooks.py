"""Hooks: a command or a web address, told; what they do wrong is said and changes nothing."""

from __future__ import annotations

import http.server
import json
import logging
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.night import hooks
from pipeline.night.order import Hook
from tests.unit.night.support import account

SECRET = "geheim-4711"
KEEPS = (
    "import sys, os; open(sys.argv[1], 'w').write(sys.stdin.read() + os.environ['YUSUAN_OUTCOME'])"
)


def python(code: str, *words: str, **said: Any) -> Hook:
    """A hook that runs a few lines."""
    return Hook(command=(sys.executable, "-c", code, *words), **said)


def test_a_command_gets_the_account_on_stdin_and_no_shell(tmp_path: Path) -> None:
    out = tmp_path / "a b; touch c"
    told = hooks.call(python(KEEPS, str(out)), account())
    assert told.ok, told
    text = out.read_text()
    assert json.loads(text.removesuffix("released"))["night"] == account().night
    assert text.endswith("released")
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        (python(f"import sys; sys.exit(3)  # {SECRET}"), "it ended with 3"),
        (python(f"import time; time.sleep(60)  # {SECRET}", seconds=0.5), "longer than 0.5 s"),
        (Hook(command=(f"/nowhere/{SECRET}/tell",)), "FileNotFoundError"),
        (Hook(webhook_env="YUSUAN_TEST_UNSET"), "YUSUAN_TEST_UNSET is not set"),
        (Hook(webhook=f"https://127.0.0.1:1/{SECRET}", tries=1), "ConnectError"),
        (Hook(webhook=f"http://127.0.0.1:1/{SECRET}", tries=1), "https:// is expected"),
    ],
)
def test_what_goes_wrong_is_said_without_address_or_argument(
    hook: Hook, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = hooks.call(hook, account())
    assert not told.ok
    assert said in told.said
    assert SECRET not in repr(told) + caplog.text


def test_a_command_that_does_not_read_is_no_failure() -> None:
    assert hooks.call(python("pass"), account(notes=("x" * 1_000_000,))).ok


def test_what_a_command_leaves_running_is_ended(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; "
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        "open(sys.argv[1], 'w').write(str(p.pid))"
    )
    assert hooks.call(python(code, str(tmp_path / "pid")), account()).ok
    # It is killed when the call is over; being gone may take a moment longer.
    limit = time.monotonic() + 30
    while runs((tmp_path / "pid").read_text()) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not runs((tmp_path / "pid").read_text())


def runs(process: str) -> bool:
    """Whether a process runs; one that has ended and was not asked for does not."""
    try:
        stat = (Path("/proc") / process / "stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers each request with the next status of its server."""

    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.headers["Authorization"], json.loads(body)["night"]))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Not to the screen."""


class Server(http.server.ThreadingHTTPServer):
    """A server on loopback that remembers what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.seen: list[tuple[str | None, str]] = []
        self.answers: list[int] = []

    def hook(self, **said: Any) -> Hook:
        """A hook that sends to this server."""
        address = f"http://127.0.0.1:{self.server_port}/{SECRET}"
        return Hook(webhook=address, allow_http=True, **said)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that runs."""
    with Server() as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def test_a_webhook_gets_the_account_and_the_token_of_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("YUSUAN_TEST_TOKEN", SECRET)
    told = hooks.call(server.hook(token_env="YUSUAN_TEST_TOKEN"), account())
    assert (told.ok, told.said) == (True, "the server answered 200")
    assert server.seen == [(f"Bearer {SECRET}", account().night)]
    assert SECRET not in repr(told) + caplog.text


def test_a_server_that_fails_at_first_is_asked_again(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers = [503, 429]
    assert hooks.call(server.hook(tries=3), account()).ok
    assert len(server.seen) == 3
    assert SECRET not in caplog.text


@pytest.mark.parametrize(("status", "times"), [(404, 1), (302, 1), (500, 2)])
def test_a_server_that_refuses_is_said_so(server: Server, status: int, times: int) -> None:
    server.answers = [status] * 5
    told = hooks.call(server.hook(tries=2), account())
    assert not told.ok
    assert str(status) in told.said
    assert len(server.seen) == times


def test_one_hook_that_fails_keeps_no_other_from_being_told(server: Server) -> None:
    told = hooks.tell([Hook(command=("/nowhere",)), server.hook()], account())
    assert [one.ok for one in told] == [False, True]
