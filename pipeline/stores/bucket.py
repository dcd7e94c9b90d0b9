"""A bucket of an S3-compatible store as a place for objects, through obstore.

Conditions are the store's own: `If-None-Match: *` writes once, `If-Match` replaces what was seen.
Every body is signed with its SHA-256, so that a store refuses one that arrives damaged. Errors are
told by status and code alone: what a store answers besides may hold keys and signatures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import S3Store

from pipeline.stores.contract import Absent, Moved, Seen, StoreError, Taken

if TYPE_CHECKING:
    from obstore.store import S3Config

CHUNK = 1 << 20
# The most that S3 takes in one request, and only one request is atomic and conditional.
LARGEST = 5 * 1024**3
STATUS = re.compile(r"status code: (\d{3}[ \w]*)")
CODE = re.compile(r"<Code>(\w{1,60})</Code>")
KIND = re.compile(r"kind: (Connect|Request|Timeout|Interrupted|Decode|Unknown)\b")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Access:
    """How a bucket is reached. Keys are given apart, and never shown."""

    endpoint: str | None = None
    region: str = "us-east-1"
    allow_http: bool = False
    path_style: bool = True
    retries: int = 5
    timeout_seconds: int = 300


@dataclass(frozen=True)
class Bucket:
    """A store that is a bucket, below a prefix."""

    name: str
    backend: S3Store
    largest: int | None = LARGEST

    def sizes(self, prefix: str) -> dict[str, int]:
        """Every object below a folder."""
        listed = self.asked(
            lambda: [m for some in obstore.list(self.backend, prefix) for m in some], prefix
        )
        return {entry["path"]: entry["size"] for entry in listed}

    def size(self, key: str) -> int | None:
        """How large an object is."""
        try:
            return self.asked(lambda: obstore.head(self.backend, key), key)["size"]
        except Absent:
            return None

    def put_new(self, key: str, source: Path | bytes) -> None:
        """Write an object where none stands."""
        self.asked(lambda: obstore.put(self.backend, key, source, mode="create"), key)

    def chunks(self, key: str) -> Iterator[bytes]:
        """The bytes of an object, fetched from the store."""
        stream = iter(self.asked(lambda: obstore.get(self.backend, key), key).stream(CHUNK))
        while (chunk := self.asked(lambda: next(stream, None), key)) is not None:
            yield bytes(chunk)

    def look(self, key: str) -> Seen | None:
        """A small object; its tag is the store's."""
        try:
            found = self.asked(lambda: obstore.get(self.backend, key), key)
        except Absent:
            return None
        tag = found.meta["e_tag"]
        if tag is None:
            raise StoreError(f"{self.name}: {key} has no ETag, so it cannot be replaced safely")
        return Seen(self.asked(lambda: bytes(found.bytes()), key), tag)

    def replace(self, key: str, content: bytes, seen: Seen) -> None:
        """Replace an object that is what was seen."""
        self.asked(lambda: obstore.put(self.backend, key, content, mode={"e_tag": seen.tag}), key)

    def asked(self, request: Callable[[], Result], key: str) -> Result:
        """What the store answers; its errors as ours."""
        try:
            return request()
        except AlreadyExistsError:
            raise Taken(f"{self.name}: {key} exists") from None
        except PreconditionError:
            raise Moved(f"{self.name}: {key} was changed meanwhile") from None
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise StoreError(f"{self.name}: there is no such bucket; make it first") from None
            raise Absent(f"{self.name}: there is no {key}") from None
        except (BaseError, OSError, ValueError) as error:
            raise StoreError(f"{self.name}: {key}: {told(error)}") from None


def opened(bucket: str, prefix: str, access: Access, keys: S3Config) -> Bucket:
    """A bucket ready to be asked. `keys`: access_key_id, secret_access_key, maybe session_token."""
    seconds = timedelta(seconds=access.timeout_seconds)
    config: S3Config = {
        **keys,
        "bucket": bucket,
        "region": access.region,
        "virtual_hosted_style_request": not access.path_style,
    }
    if access.endpoint:
        config["endpoint"] = access.endpoint
    backend = S3Store(
        prefix=prefix or None,
        config=config,
        client_options={
            "allow_http": access.allow_http,
            "allow_invalid_certificates": False,
            "timeout": seconds,
        },
        retry_config={
            "max_retries": access.retries,
            "retry_timeout": seconds,
            "backoff": {"init_backoff": timedelta(milliseconds=100)},
        },
    )
    return Bucket(f"s3://{bucket}/{prefix}".rstrip("/"), backend)


def told(error: Exception) -> str:
    """What a store's error says that may be shown."""
    text = str(error)
    status, code, kind = (pattern.search(text) for pattern in (STATUS, CODE, KIND))
    if status:
        return f"the store answered {status[1].strip()}" + (f" ({code[1]})" if code else "")
    if kind:
        return f"the store was not reached ({kind[1].lower()} error)"
    return f"{type(error).__name__} in the client"
