"""What a night has to say of itself, as plain data that goes into JSON and comes back.

Here: the shapes and their one-line words. Not here: where they come from (documents, night) and how
a terminal or a page shows them (closing, night).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Redone:
    """How many documents were done again for one reason: `3 of 8,412: reader version (pdf)`."""

    why: str
    documents: int


@dataclass(frozen=True)
class Moved:
    """One document that came, changed or went."""

    what: str
    document_id: str
    source_name: str
    reason: str | None = None


@dataclass(frozen=True)
class Account:
    """What came, went and was done again in a night. Files at the door are counted as documents
    only where they can be read; the others are `put_aside`.

    `deferred` failed before and are not tried again yet; `moved` names documents, the first ones
    of each kind only.
    """

    documents: int = 0
    new: int = 0
    changed: int = 0
    returned: int = 0
    withdrawn: int = 0
    gone: int = 0
    unchanged: int = 0
    put_aside: int = 0
    redone: tuple[Redone, ...] = ()
    failed: int = 0
    deferred: int = 0
    given_up: int = 0
    nothing_new: bool = False
    stood_back: str = ""
    moved: tuple[Moved, ...] = ()

    def lines(self) -> list[str]:
        """The account in words, a line each; what did not happen is left out."""
        counts = ("new", "changed", "returned", "withdrawn", "gone", "unchanged")
        told = [f"{getattr(self, n):,} {n}" for n in counts if getattr(self, n)]
        lines = [", ".join(told) or "no documents"]
        lines += [f"{r.documents:,} of {self.documents:,}: {r.why}" for r in self.redone]
        if self.failed:
            lines.append(f"{self.failed:,} failed; tried again in a later night")
        if self.deferred:
            lines.append(f"{self.deferred:,} failed before and are not tried again yet")
        if self.given_up:
            lines.append(
                f"{self.given_up:,} given up after failures in several nights, "
                "until the file or the code changes"
            )
        if self.stood_back:
            lines.append(self.stood_back)
        if self.nothing_new:
            lines.append("nothing new: nothing was read, proved or published")
        return lines

    def to_json(self) -> str:
        """The account as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @staticmethod
    def from_json(text: str) -> Account:
        """An account that `to_json` wrote; fields that newer code added are passed over."""
        known = {field.name for field in fields(Account)}
        said: dict[str, Any] = {k: v for k, v in json.loads(text).items() if k in known}
        said["redone"] = tuple(Redone(**one) for one in said.get("redone", ()))
        said["moved"] = tuple(Moved(**one) for one in said.get("moved", ()))
        return Account(**said)


@dataclass(frozen=True)
class StageReport:
    """One stage of a night: how long, how much, how it ended."""

    name: str
    outcome: str
    seconds: float | None = None
    cpu_seconds: float | None = None
    peak_bytes: int | None = None
    detail: str | None = None


@dataclass(frozen=True)
class NightReport:
    """One night as the register tells it."""

    night: int
    started: str
    ended: str | None
    outcome: str
    version: str | None
    account: Account | None
    stages: tuple[StageReport, ...]


@dataclass(frozen=True)
class Status:
    """Where things stand: the last nights, newest first, and documents by state.

    `failing` are documents that failed and may be tried again, `given_up` those that are not until
    their bytes or the code change. `put_aside` are files of registers found damaged.
    """

    nights: tuple[NightReport, ...]
    documents: dict[str, int]
    tombstones: int
    failing: int
    given_up: int
    put_aside: tuple[str, ...]

    @property
    def last(self) -> NightReport | None:
        """The newest night."""
        return self.nights[0] if self.nights else None

    @property
    def last_good(self) -> NightReport | None:
        """The newest of these nights that left a release standing that is as new as its inputs."""
        return next((n for n in self.nights if n.outcome in GOOD), None)


GOOD = ("released", "unchanged", "nothing_new")
