"""Rules of the gate: what must hold before a release goes out.

Rules are data in `expectations/suites/*.yml`, save those that follow from other declarations: the
structural ones from the column catalogue, those of the identities from theirs. A rule is a query
for its violations and a count of what it examined. Here: loading rules. Not here: running them
(run) and judging them (judge).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import yaml

from pipeline.declared import parsed
from pipeline.gate import identities, structure
from pipeline.gate.rule import Rule
from pipeline.gate.scans import SCANS
from pipeline.identities import performance
from pipeline.identities.declaration import load_catalogue
from pipeline.schema.catalogue import tables

SEVERITIES = ("critical", "warning")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["suite", "title", "rules"],
    "additionalProperties": False,
    "properties": {
        "suite": {"type": "string", "pattern": "^[a-z_]+$"},
        "title": {"type": "string"},
        "rules": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "severity", "table", "zh", "en"],
                "additionalProperties": False,
                "oneOf": [{"required": ["sql", "examined"]}, {"required": ["scan"]}],
                "properties": {
                    "id": {"type": "string", "pattern": "^[a-z_]+$"},
                    "severity": {"enum": list(SEVERITIES)},
                    "table": {"enum": list(tables())},
                    "zh": {"type": "string"},
                    "en": {"type": "string"},
                    "sql": {"type": "string"},
                    "examined": {"type": "string"},
                    "scan": {"enum": list(SCANS)},
                    "needs_last": {"type": "boolean"},
                    "strict": {"type": "boolean"},
                },
            },
        },
    },
}


def load(expectations: Path) -> tuple[Rule, ...]:
    """Every rule: structural ones, those of the identities, and those of the suites.

    Raises `ValueError` naming the file and what is wrong with it.
    """
    declared: tuple[identities.Named, ...] = (
        *load_catalogue(expectations / "identities"),
        *performance.declared(expectations),
    )
    found = (*structure.rules(), *identities.rules(declared), *written(expectations / "suites"))
    ids = [rule.id for rule in found]
    if doubled := sorted({i for i in ids if ids.count(i) > 1}):
        raise ValueError(f"{expectations}: rules declared twice: {doubled}")
    return found


def written(folder: Path) -> tuple[Rule, ...]:
    """The rules that people write, in file order."""
    found: list[Rule] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            content = parsed(path.read_text(encoding="utf-8"))
            jsonschema.validate(content, SCHEMA)
        except yaml.YAMLError as error:
            raise ValueError(f"{path}: not YAML: {error}") from error
        except jsonschema.ValidationError as error:
            raise ValueError(f"{path}: {error.json_path}: {error.message}") from error
        found += [Rule(suite=content["suite"], **rule) for rule in content["rules"]]
    return tuple(found)
