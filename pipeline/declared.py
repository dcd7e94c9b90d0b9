"""YAML as this program reads it: declarations beside the code, and the files that people review.

Here: the one parser (that of libyaml where it is there, eight times as fast: every reading worker
parses the declarations), and files beside a module. Not here: what a file may say; whoever reads
it checks that.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parsed(text: str) -> Any:
    """What a text of YAML says; raises `yaml.YAMLError`."""
    return yaml.load(text, Loader=LOADER)


def beside(package: str, name: str) -> Any:
    """What the file `name` in the folder of a package says."""
    return parsed((resources.files(package) / name).read_text(encoding="utf-8"))


def all_beside(package: str, folder: str) -> tuple[Any, ...]:
    """What each YAML file of a folder in that of a package says, in the order of their names."""
    found = (resources.files(package) / folder).iterdir()
    paths = sorted((p for p in found if p.name.endswith(".yml")), key=lambda p: p.name)
    return tuple(parsed(path.read_text(encoding="utf-8")) for path in paths)
