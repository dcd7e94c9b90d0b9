"""What a night did, as plain data that goes into JSON and comes back: the one account that every
format of the report is made from.

Here: the shapes. Not here: where they come from (gather), what is advised (advice), how they are
shown (report).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from pipeline.register.account import GOOD, Moved, StageReport

FORMAT = 1
#: how a night can end, in both languages
ENDS = {
    "released": ("已发布新版本", "A new release is published"),
    "unchanged": ("内容无变化，未发布新版本", "The content is the same; nothing was published"),
    "nothing_new": ("无新文件，未重新处理", "Nothing new; nothing was read or published"),
    "stopped": ("质量关卡阻止了发布", "The gate stopped the export"),
    "failed": ("本夜失败", "The night failed"),
    "interrupted": ("本夜中断", "The night was interrupted"),
}


@dataclass(frozen=True)
class Source:
    """What came of one portal: counts by outcome, and what it refused, by reason."""

    source_id: str
    listed: int
    complete: bool
    counts: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Came:
    """What came to the door: documents by what happened to them, and why some were done again."""

    documents: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class Change:
    """One figure of the whole: before tonight and now."""

    what: str
    zh: str
    before: int | None
    now: int


@dataclass(frozen=True)
class Aside:
    """A file or statement in quarantine. `new`: it was not there in the release before."""

    source_name: str
    statement_id: str | None
    reason: str
    detail: str | None
    new: bool


@dataclass(frozen=True)
class Reason:
    """How many lie in quarantine for one reason, in words."""

    reason: str
    zh: str
    en: str
    entries: int
    new: int


@dataclass(frozen=True)
class Break:
    """An identity that breaks now and did not in the release before. Money as exact text."""

    identity_id: str
    source_name: str
    statement_id: str | None
    subject: str | None
    residual: str | None
    unit: str | None


@dataclass(frozen=True)
class Stop:
    """A rule that stopped the export."""

    rule_id: str
    zh: str
    en: str
    violations: int
    first: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failure:
    """The step that failed and what it said, personal data masked."""

    step: str
    error: str


@dataclass(frozen=True)
class Advice:
    """What a person should do, the most urgent first, with the command where there is one."""

    zh: str
    en: str
    command: str | None = None


@dataclass(frozen=True)
class Told:
    """A hook that was called: how that ended."""

    hook: str
    ok: bool
    said: str


@dataclass(frozen=True)
class Account:
    """One night. `before` is the release that stood when it began, `version` the one that stands.

    Lists are the first of each kind; the numbers beside them are whole.
    """

    night: str
    number: int
    started: str
    ended: str | None
    outcome: str
    version: str | None = None
    before: str | None = None
    today: str | None = None
    stood_back: str | None = None
    sources: tuple[Source, ...] = ()
    came: Came = field(default_factory=Came)
    release: tuple[Change, ...] = ()
    reasons: tuple[Reason, ...] = ()
    quarantine: tuple[Aside, ...] = ()
    breaks: int = 0
    breaks_new: int = 0
    breaks_mended: int = 0
    broken: tuple[Break, ...] = ()
    stops: tuple[Stop, ...] = ()
    failure: Failure | None = None
    stages: tuple[StageReport, ...] = ()
    notes: tuple[str, ...] = ()
    todo: tuple[Advice, ...] = ()
    told: tuple[Told, ...] = ()
    format: int = FORMAT

    @property
    def good(self) -> bool:
        """Whether what stands is as new as what it was made from."""
        return self.outcome in GOOD

    def to_json(self) -> str:
        """The account as JSON people can read, too."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @staticmethod
    def from_json(text: str) -> Account:
        """An account that `to_json` wrote. What newer code added is passed over."""
        account: Account = made(Account, json.loads(text))
        return account


#: the shape of what stands in a field
PARTS: dict[str, type[Any]] = {
    "sources": Source,
    "came": Came,
    "moved": Moved,
    "release": Change,
    "reasons": Reason,
    "quarantine": Aside,
    "broken": Break,
    "stops": Stop,
    "failure": Failure,
    "stages": StageReport,
    "todo": Advice,
    "told": Told,
}


def made(shape: type[Any], said: dict[str, Any]) -> Any:
    """Data as its shape; fields nobody knows are left out."""
    known = {one.name for one in fields(shape)}
    return shape(**{name: part(name, value) for name, value in said.items() if name in known})


def part(name: str, value: Any) -> Any:
    """What stands in a field, as its shape."""
    shape = PARTS.get(name)
    if isinstance(value, list):
        return tuple(made(shape, one) if shape else one for one in value)
    return made(shape, value) if shape and isinstance(value, dict) else value
