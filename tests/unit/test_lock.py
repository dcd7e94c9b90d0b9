"""The lock of a folder: held by one, let go by the kernel, and who holds it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline import lock

HOLDS = "import sys, time; from pathlib import Path; from pipeline import lock; "
HOLDS += "held = lock.held(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"


@contextmanager
def another(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    words = [sys.executable, "-c", HOLDS, str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_build_is_told_who_holds_the_folder_and_since_when(tmp_path: Path) -> None:
    with another(tmp_path) as process:
        with pytest.raises(lock.Busy, match=rf"process {process.pid} on .+, since \d{{4}}-"):
            lock.held(tmp_path)
        holder = lock.holder(tmp_path)
        assert holder is not None
        assert holder.pid == process.pid


def test_a_killed_holder_leaves_no_stale_lock_and_is_recognised(tmp_path: Path) -> None:
    with another(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert lock.holder(tmp_path) is None
        found = lock.held(tmp_path)
        assert found.left_by is not None
        assert found.left_by.pid == process.pid
        found.release()


def test_who_let_go_left_nothing_behind(tmp_path: Path) -> None:
    first = lock.held(tmp_path)
    assert first.left_by is None
    first.release()
    first.release()
    second = lock.held(tmp_path)
    assert second.left_by is None
    assert lock.holder(tmp_path) is not None
    second.release()


def test_looking_at_a_lock_makes_no_file_and_takes_nothing(tmp_path: Path) -> None:
    assert lock.holder(tmp_path) is None
    assert not any(tmp_path.iterdir())


def test_a_lock_of_which_the_file_says_nothing_of_use_is_held_all_the_same(tmp_path: Path) -> None:
    (tmp_path / lock.NAME).write_bytes(b"\xff\x00 no JSON")
    found = lock.held(tmp_path)
    assert found.left_by is None
    (tmp_path / lock.NAME).write_bytes(b"\xff\x00 no JSON")
    holder = lock.holder(tmp_path)
    assert holder is not None
    assert holder.host == "an unknown machine"
    found.release()


def test_the_lock_is_not_inherited_by_what_a_build_starts(tmp_path: Path) -> None:
    """A worker that outlives its build must not hold the folder for ever."""
    found = lock.held(tmp_path)
    assert not os.get_inheritable(found.file.fileno())
    found.release()
