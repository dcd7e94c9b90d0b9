"""`stores.yml`: the places people have named. Here: reading and checking it.

Credentials never stand in it: the schema knows no field for them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from pipeline.settings import PROJECT
from pipeline.stores.address import Address, AddressError
from pipeline.stores.bucket import Access

#: the file to read, where it is not the project's own
VARIABLE = "YUSUAN_STORES"
PLACE = PROJECT / "stores.yml"
STORE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["url"],
    "properties": {
        "url": {"type": "string", "minLength": 1},
        "endpoint": {"type": "string", "pattern": "^https?://"},
        "region": {"type": "string", "minLength": 1},
        "allow_http": {"type": "boolean"},
        "path_style": {"type": "boolean"},
        "retries": {"type": "integer", "minimum": 0, "maximum": 20},
        "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 3600},
        "credentials_file": {"type": "string", "minLength": 1},
        "profile": {"type": "string", "minLength": 1},
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["stores"],
    "properties": {
        "publish_to": {"type": "string"},
        "stores": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z][a-z0-9_-]*$"},
            "additionalProperties": STORE,
        },
    },
}
FIELDS = ", ".join(STORE["properties"])


@dataclass(frozen=True)
class Named:
    """The places of a file by name, and the one that releases are published to."""

    stores: Mapping[str, Address]
    publish_to: str | None = None


def file() -> Path:
    """The file that names places."""
    return Path(os.environ.get(VARIABLE) or PLACE)


def place(said: str | None, path: Path) -> Address:
    """Where somebody says, else where the file says to publish to. Raises `AddressError`."""
    named = load(path)
    chosen = said or named.publish_to
    if chosen is None:
        raise AddressError(f"say where: --to, or publish_to in {path}")
    return address(chosen, named)


def load(path: Path) -> Named:
    """The places of a file; none where there is no file. Raises `AddressError`."""
    if not path.exists():
        return Named({})
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        jsonschema.validate(content, SCHEMA)
    except (yaml.YAMLError, UnicodeDecodeError):
        raise AddressError(f"{path} is no YAML in UTF-8") from None
    except jsonschema.ValidationError as error:
        raise AddressError(f"{path}, {wrong(error)}") from None
    stores = {name: parsed(fields) for name, fields in content["stores"].items()}
    chosen = content.get("publish_to")
    if chosen is not None and chosen not in stores:
        raise AddressError(f"{path}: publish_to names {chosen!r}, which stores does not hold")
    return Named(stores, chosen)


def wrong(error: jsonschema.ValidationError) -> str:
    """Where a file is wrong and what was expected; never what it says, it may be a secret."""
    place = ".".join(map(str, error.absolute_path)) or "top level"
    if error.validator == "additionalProperties":
        return f"{place}: an unknown field; known are {FIELDS}. Credentials never stand here"
    return f"{place}: {error.validator} {error.validator_value!r} is expected"


def parsed(fields: Mapping[str, Any]) -> Address:
    """One named place."""
    own = ("url", "credentials_file", "profile")
    access = Access(**{name: value for name, value in fields.items() if name not in own})
    return Address(**{name: fields[name] for name in own if name in fields}, access=access)


def address(said: str, named: Named) -> Address:
    """What somebody said as an address: the name of a place, a folder or a URL."""
    if said in named.stores:
        return named.stores[said]
    if said.startswith(("s3://", "file:")) or "/" in said or Path(said).is_dir():
        return Address(said, Access(endpoint=os.environ.get("AWS_ENDPOINT_URL") or None))
    known = ", ".join(named.stores) or "none is named yet"
    raise AddressError(f"{said!r} is neither a place of {file()} ({known}), a folder nor a URL")
