"""The declared wordings, read once.

Here: the YAML files beside this module, as they are. Not here: what is made of them.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def declared(name: str) -> Any:
    """One declaration file."""
    text = (resources.files(__package__) / f"{name}.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@cache
def wordings() -> tuple[dict[str, Any], ...]:
    """Every phrase of every wording family, in file order."""
    folder = resources.files(__package__) / "wordings"
    files = sorted(path.name for path in folder.iterdir() if path.name.endswith(".yml"))
    found: list[dict[str, Any]] = []
    for name in files:
        found += yaml.safe_load((folder / name).read_text(encoding="utf-8"))["phrases"]
    return tuple(found)
