"""`operations.yml`: what a night is ordered to do. Here: reading and checking it, as plain data.

Without a file nothing is fetched, distributed or removed, and nobody is told. Secrets never stand
in it: it names the environment variables that hold them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from pipeline.settings import PROJECT, Settings

#: the file to read, where it is not the project's own
VARIABLE = "YUSUAN_OPERATIONS"
PLACE = PROJECT / "operations.yml"
SCHEMA: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("operations.schema.yml").read_text(encoding="utf-8")
)


class OrderError(ValueError):
    """The order is not usable; says where in it and what was expected."""


@dataclass(frozen=True)
class Hook:
    """Somebody to tell: a command with its arguments, or a web address (or where it stands)."""

    command: tuple[str, ...] = ()
    webhook: str | None = None
    webhook_env: str | None = None
    token_env: str | None = None
    allow_http: bool = False
    seconds: float = 60.0
    tries: int = 3

    @property
    def name(self) -> str:
        """The hook as it may be shown: no argument and no address, they may hold a secret."""
        if self.command:
            return f"command {Path(self.command[0]).name}"
        return f"webhook {self.webhook_env}" if self.webhook_env else "webhook"


@dataclass(frozen=True)
class Keep:
    """What retention leaves: numbers of the newest; null keeps all."""

    releases: int | None = None
    monthly: bool = True
    named: tuple[str, ...] = ()
    nights: int | None = None
    evidence_days: int | None = None


@dataclass(frozen=True)
class Healthy:
    """What status calls healthy: a good night not longer ago, and room on the disk."""

    hours: float = 36.0
    free_gb: float = 2.0


@dataclass(frozen=True)
class Order:
    """What a night does beside reading, proving and publishing."""

    settings: Settings = field(default_factory=Settings)
    fetch_from: Path | None = None
    distributes: bool = False
    distribute_to: str | None = None
    stores: Path | None = None
    on_failure: tuple[Hook, ...] = ()
    on_success: tuple[Hook, ...] = ()
    keep: Keep = field(default_factory=Keep)
    healthy: Healthy = field(default_factory=Healthy)


def file() -> Path:
    """The file that holds the order."""
    return Path(os.environ.get(VARIABLE) or PLACE)


def load(path: Path | None = None) -> Order:
    """The order of a file; by default the one that is there, or none. Raises `OrderError`."""
    chosen = path or file()
    if path is None and not chosen.exists() and not os.environ.get(VARIABLE):
        return Order()
    try:
        content = yaml.safe_load(chosen.read_text(encoding="utf-8"))
    except OSError as error:
        raise OrderError(f"{chosen} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise OrderError(f"{chosen}: not UTF-8 at byte {error.start}") from error
    except yaml.YAMLError as error:
        raise OrderError(f"{chosen}: not YAML{place(error)}") from None
    try:
        jsonschema.validate(content or {}, SCHEMA)
    except jsonschema.ValidationError as error:
        raise OrderError(f"{chosen}: {wrong(error)}") from None
    return parsed(content or {}, chosen.resolve().parent)


def place(error: yaml.YAMLError) -> str:
    """Where a file is no YAML; never what stands there, it may be a secret."""
    mark = getattr(error, "problem_mark", None)
    return f" at line {mark.line + 1}" if mark else ""


def wrong(error: jsonschema.ValidationError) -> str:
    """Where an order is wrong and what was expected; never what it says."""
    where = ".".join(map(str, error.absolute_path)) or "top level"
    if error.validator == "additionalProperties":
        schema: Any = error.schema
        known = ", ".join(schema.get("properties", ()))
        return f"{where}: an unknown field; known are {known}. Secrets never stand here"
    if error.validator == "oneOf":
        return f"{where}: one of command, webhook, webhook_env is expected"
    return f"{where}: {error.validator} {error.validator_value!r} is expected"


def parsed(content: dict[str, Any], base: Path) -> Order:
    """A checked file as data. Paths are relative to the folder it stands in."""

    def path(said: str | None) -> Path | None:
        return None if said is None else (base / Path(said).expanduser()).resolve()

    own = ("workers", "strict", "second_reader")
    said: dict[str, Any] = {name: content[name] for name in own if name in content}
    said |= {name: path(content[name]) for name in ("raw", "curated") if name in content}
    distribute, hooks = content.get("distribute"), content.get("hooks", {})
    keep = content.get("keep", {})
    return Order(
        settings=Settings(**said),
        fetch_from=path(content.get("fetch", {}).get("sources")),
        distributes=distribute is not None,
        distribute_to=(distribute or {}).get("to"),
        stores=path((distribute or {}).get("stores")),
        on_failure=tuple(map(hook, hooks.get("failure", ()))),
        on_success=tuple(map(hook, hooks.get("success", ()))),
        keep=Keep(**keep | {"named": tuple(keep.get("named", ()))}),
        healthy=Healthy(**content.get("healthy", {})),
    )


def hook(said: dict[str, Any]) -> Hook:
    """One declared hook. A web address without TLS must be allowed; raises `OrderError`."""
    found = Hook(**said | {"command": tuple(said.get("command", ()))})
    check_address(found.webhook, found)
    return found


def check_address(address: str | None, declared: Hook) -> None:
    """Raise `OrderError` for an address whose report would travel readable, unless that is said."""
    if address and not address.startswith("https://") and not declared.allow_http:
        raise OrderError(
            f"{declared.name}: https:// is expected; plain http needs allow_http: true"
        )
