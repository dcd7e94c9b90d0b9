"""`Document`, and the two ways a document or statement is put aside.

Here: the immutable description of one file, and quarantine. Not here: finding files (intake) or
opening them (readers).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.documents import personal
from pipeline.schema.catalogue import require_word

# What a file may weigh at most.
MAX_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Document:
    """One file as it arrived: identity, bytes on disk, and what the manifest says of it."""

    document_id: str
    source_name: str
    path: Path
    sha256: str
    byte_size: int
    media_type: str
    origin: str = "published"
    origin_url: str | None = None
    publisher: str | None = None
    retrieved_at: str | None = None
    region_code: str | None = None
    supersedes: str | None = None


@dataclass(frozen=True)
class Quarantined:
    """One row of fact_quarantine: a file, or one statement of a document, put aside.

    Personal data in the detail is masked here, so that no caller can forget it.
    """

    source_name: str
    stage: str
    reason: str
    detail: str | None = None
    sha256: str | None = None
    document_id: str | None = None
    statement_id: str | None = None
    quarantine_id: str = field(init=False)

    def __post_init__(self) -> None:
        require_word("stage", self.stage)
        require_word("quarantine_reason", self.reason)
        if self.detail is not None:
            object.__setattr__(self, "detail", personal.mask(self.detail))
        parts = (self.source_name, self.sha256, self.statement_id, self.reason, self.detail)
        digest = hashlib.sha256("\x1f".join(p or "" for p in parts).encode("utf-8")).hexdigest()
        object.__setattr__(self, "quarantine_id", digest[:16])


class Refusal(Exception):
    """A file cannot become a document; it goes to quarantine with this reason.

    Raised by readers and forms, never caught and dropped: the caller turns it into `Quarantined`.
    """

    def __init__(self, stage: str, reason: str, detail: str) -> None:
        self.stage = require_word("stage", stage)
        self.reason = require_word("quarantine_reason", reason)
        self.detail = detail
        super().__init__(f"{reason}: {detail}")

    def __reduce__(self) -> tuple[type[Refusal], tuple[str, str, str]]:
        return Refusal, (self.stage, self.reason, self.detail)

    def quarantine(self, document: Document) -> Quarantined:
        """The quarantine entry of the whole file."""
        return Quarantined(
            source_name=document.source_name,
            sha256=document.sha256,
            stage=self.stage,
            reason=self.reason,
            detail=self.detail,
        )
