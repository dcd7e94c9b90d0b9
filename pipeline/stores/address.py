"""Addresses of places, and opening them.

An address is plain data that may be shown and sent to other machines: it never holds credentials.
These come from the environment of the process that opens it, or from a file outside the project.
"""

from __future__ import annotations

import configparser
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.settings import PROJECT
from pipeline.stores import bucket
from pipeline.stores.bucket import Access
from pipeline.stores.contract import Store
from pipeline.stores.folder import Folder

if TYPE_CHECKING:
    from obstore.store import S3Config

REQUIRED = ("aws_access_key_id", "aws_secret_access_key")
PRIVATE = stat.S_IRWXG | stat.S_IRWXO


class AddressError(ValueError):
    """An address cannot be used: what was expected, and what to do."""


@dataclass(frozen=True)
class Address:
    """Where a place is: a folder (`/srv/data`, `file:///srv/data`) or `s3://bucket/prefix`.

    `credentials_file` is an AWS shared credentials file, of which `profile` is read.
    """

    url: str
    access: Access = field(default_factory=Access)
    credentials_file: str | None = None
    profile: str = "default"

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("", "file", "s3"):
            raise AddressError(f"{self.url!r}: a folder, or s3://bucket/prefix, is expected")
        if parts.scheme == "s3" and not parts.hostname:
            raise AddressError(f"{self.url!r} names no bucket; say s3://bucket/prefix")
        endpoint = urlsplit(self.access.endpoint or "https://")
        if "@" in parts.netloc or "@" in endpoint.netloc:
            raise AddressError("an address never holds credentials; put them in the environment")
        if endpoint.scheme == "http" and not self.access.allow_http:
            raise AddressError(
                f"{self.access.endpoint} is not encrypted; say https, or allow_http: true "
                "where nobody else can listen"
            )
        if endpoint.scheme not in ("http", "https"):
            raise AddressError(f"endpoint {self.access.endpoint!r} is no https address")

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of this machine."""
        return urlsplit(self.url).scheme in ("", "file")

    @property
    def folder(self) -> Path:
        """The folder it is."""
        return Path(urlsplit(self.url).path if self.url.startswith("file:") else self.url)


def opened(address: Address, environment: Mapping[str, str] | None = None) -> Store:
    """The place at an address."""
    if address.is_folder:
        return Folder(address.folder.expanduser().resolve())
    parts = urlsplit(address.url)
    keys = credentials(address, os.environ if environment is None else environment)
    return bucket.opened(parts.netloc, parts.path.strip("/"), address.access, keys)


def credentials(address: Address, environment: Mapping[str, str]) -> S3Config:
    """The keys for an address. Raises `AddressError` where there are none."""
    if address.credentials_file:
        found: Mapping[str, str] = from_file(
            Path(address.credentials_file).expanduser(), address.profile
        )
    else:
        found = {name.lower(): value for name, value in environment.items()}
    missing = [name.upper() for name in REQUIRED if not found.get(name)]
    if missing:
        raise AddressError(
            f"{address.url}: no credentials: set {' and '.join(missing)} in the environment, "
            "or name a credentials_file outside the project"
        )
    keys: S3Config = {
        "access_key_id": found["aws_access_key_id"],
        "secret_access_key": found["aws_secret_access_key"],
    }
    if token := found.get("aws_session_token"):
        keys["session_token"] = token
    return keys


def from_file(path: Path, profile: str) -> Mapping[str, str]:
    """One profile of a shared credentials file, which only its owner may read."""
    if path.resolve().is_relative_to(PROJECT):
        raise AddressError(f"{path} stands inside the project; move it to your home")
    try:
        if path.stat().st_mode & PRIVATE:
            raise AddressError(f"{path} can be read by others; run chmod 600 on it")
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AddressError(f"{path} cannot be read: {error.strerror}") from error
    except (configparser.Error, UnicodeDecodeError):
        # What the parser says quotes the line.
        raise AddressError(f"{path} is no credentials file: [profile] and name = value") from None
    if profile not in parser:
        raise AddressError(f"{path} has no profile [{profile}]")
    return parser[profile]
