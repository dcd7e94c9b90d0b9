"""What a worker may use, and what it may touch: limits and confinement of the own process.

Here: resource limits, and giving up rights: those of root, the network, writing anywhere but into
two folders, outliving the parent. Each step is tried and told; none is needed for another. Only
Linux knows most of them. Not here: deadlines and replacing workers (pool).
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.staging import processes

# prctl
PDEATHSIG, KEEPCAPS, NO_NEW_PRIVS = 1, 8, 38
# unshare
NEW_USER, NEW_NET = 0x10000000, 0x40000000
# capabilities: reading any file, which a worker needs where the interpreter is root's own
READ_ANY, CAPABILITY_VERSION = 2, 0x20080522
# Landlock: system calls, and the rights that change a file or folder, by version of its interface
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
WRITING = (1 << 1) | sum(1 << bit for bit in range(4, 13))
WRITING_SINCE = {2: 1 << 13, 3: 1 << 14}
CONNECTING, SIGNALLING = 0b11, 0b11


@dataclass(frozen=True)
class Limits:
    """What one document may use before its worker is killed, and a worker before it is replaced."""

    seconds: int = 120
    memory_bytes: int = 6 * 1024**3
    file_bytes: int = 512 * 1024**2
    open_files: int = 512
    #: processes and threads together, beyond those its user has already
    processes: int = 512
    documents_per_worker: int = 200
    #: a worker that holds more than this after a document is replaced
    resident_bytes: int = 2 * 1024**3


@dataclass(frozen=True)
class Confinement:
    """How a worker is to be confined: as whom, and where it may write."""

    user: int | None = None
    writable: tuple[Path, ...] = ()


def limit(limits: Limits) -> None:
    """Set the limits of this process; what it starts inherits them."""
    cap(resource.RLIMIT_CORE, 0)
    cap(resource.RLIMIT_FSIZE, limits.file_bytes)
    cap(resource.RLIMIT_NOFILE, limits.open_files)
    cap(resource.RLIMIT_AS, limits.memory_bytes)


def cap(kind: int, most: int) -> None:
    """Lower one limit for good, never beyond what is allowed now."""
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


def allow_seconds(seconds: int) -> None:
    """CPU seconds for the next document, on top of those used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def confine(confinement: Confinement, limits: Limits, parent: int) -> tuple[str, ...]:
    """Give up what a reader of files does not need; the steps this machine does not allow."""
    if sys.platform != "linux":
        return ("confinement: only Linux has it",)
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("processes", lambda: limit_processes(confinement.user, limits.processes)),
        ("network", leave_network),
        ("user", lambda: become(confinement.user)),
        ("privileges", lambda: prctl(NO_NEW_PRIVS, 1)),
        ("files", lambda: write_only(confinement.writable)),
        ("parent", lambda: die_with(parent)),
    )
    refused = []
    for name, step in steps:
        try:
            step()
        except OSError as error:
            refused.append(f"{name}: {error.strerror}")
    return tuple(refused)


def leave_network() -> None:
    """Move to a network without any way out. Others than root need a user namespace for it."""
    try:
        unshare(NEW_NET)
    except PermissionError:
        unshare(NEW_USER | NEW_NET)


def become(user: int | None) -> None:
    """Become an unprivileged user; nothing of root stays but reading files."""
    if user is None:
        return
    prctl(KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    kept = 1 << READ_ANY
    header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
    check(libc().capset(header, struct.pack("=6I", kept, kept, 0, 0, 0, 0)))


def limit_processes(user: int | None, more: int) -> None:
    """Processes and threads the worker's user may have beyond those it has. Does not bind root."""
    mine = os.getuid() if user is None else user
    have = sum(processes.threads(p) for p in processes.running() if processes.owner(p) == mine)
    cap(resource.RLIMIT_NPROC, have + more)


def write_only(folders: Sequence[Path]) -> None:
    """Landlock: write nowhere but below `folders`, connect nowhere, signal nobody outside."""
    version = check(libc().syscall(CREATE_RULESET, None, 0, 1))
    rights = WRITING | sum(right for since, right in WRITING_SINCE.items() if version >= since)
    handled = struct.pack("=QQQ", rights, CONNECTING * (version >= 4), SIGNALLING * (version >= 6))
    # Older kernels know a shorter structure.
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = check(libc().syscall(CREATE_RULESET, handled[:size], size, 0))
    try:
        for folder in folders:
            allow_writing(ruleset, folder, rights)
        # Only writing: a device cannot be made or removed there.
        allow_writing(ruleset, Path(os.devnull), rights & ((1 << 1) | (1 << 14)))
        check(libc().syscall(RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def allow_writing(ruleset: int, path: Path, rights: int) -> None:
    """Let a ruleset allow rights at and below a path."""
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        check(libc().syscall(ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, place), 0))
    finally:
        os.close(place)


def die_with(parent: int) -> None:
    """Be killed when the parent ends, however it ends. Asked last: changing user undoes it."""
    prctl(PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def libc() -> ctypes.CDLL:
    """The C library of this process, which keeps the error number of each call."""
    return ctypes.CDLL(None, use_errno=True)


def check(result: int) -> int:
    """What a call of the C library gave; raises `OSError` where it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def prctl(option: int, value: int) -> None:
    """Change one property of this process."""
    check(libc().prctl(option, value, 0, 0, 0))


def unshare(spaces: int) -> None:
    """Leave namespaces for new ones."""
    check(libc().unshare(spaces))
