"""The declared wordings, read once.

Here: the YAML files beside this module, as they are. Not here: what is made of them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pipeline.declared import all_beside, beside


@cache
def declared(name: str) -> Any:
    """One declaration file."""
    return beside(__package__, f"{name}.yml")


@cache
def wordings() -> tuple[dict[str, Any], ...]:
    """Every phrase of every wording family, in file order."""
    return tuple(one for file in all_beside(__package__, "wordings") for one in file["phrases"])
