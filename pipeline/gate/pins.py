"""Decisions a steward has pinned: known breaks and known losses, as data.

Here: reading and checking the two files. A pin holds only while the figures it was made for are
still there; what it was not made for it does not excuse. Not here: applying them (the suites do).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import yaml

from pipeline.schema.catalogue import statements

TEXT = {"type": "string", "minLength": 1}
# Checks of performance forms stand under no statement.
NO_STATEMENT = "none"
YUAN = {"type": "string", "pattern": r"^-?\d+\.\d{2}$"}
DECISION = {"reason": TEXT, "evidence": TEXT, "reviewer": TEXT, "date": {"type": "string"}}
BREAK: dict[str, Any] = {
    "type": "object",
    "required": ["sha256", "identity_id", "statement_id", "subject", "expect", *DECISION],
    "additionalProperties": False,
    "properties": {
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "identity_id": TEXT,
        "statement_id": {"enum": [*statements(), NO_STATEMENT]},
        "subject": TEXT,
        "expect": {
            "type": "object",
            "required": ["left", "right"],
            "additionalProperties": False,
            "properties": {"left": YUAN, "right": YUAN},
        },
        **DECISION,
    },
}
LOSS: dict[str, Any] = {
    "type": "object",
    "required": ["document_id", "what", *DECISION],
    "additionalProperties": False,
    "properties": {
        "document_id": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "what": {"enum": ["document", "rows"]},
        **DECISION,
    },
}


class PinError(ValueError):
    """A decision file is not usable; says which entry and what was expected."""


def known_breaks(folder: Path) -> list[dict[str, Any]]:
    """Entries of `known_breaks.yml`."""
    return read(folder / "known_breaks.yml", BREAK)


def known_losses(folder: Path) -> list[dict[str, Any]]:
    """Entries of `known_losses.yml`."""
    return read(folder / "known_losses.yml", LOSS)


def read(path: Path, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """A list of checked entries; none where there is no file."""
    if not path.exists():
        return []
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) or []
        jsonschema.validate(content, {"type": "array", "items": entry})
    except yaml.YAMLError as error:
        raise PinError(f"{path}: not YAML: {error}") from error
    except jsonschema.ValidationError as error:
        raise PinError(f"{path}: {error.json_path}: {error.message}") from error
    return list(content)
