"""Why something was not taken: the closed list of reasons, and the exception that carries one.

Here: `Refused`. Not here: who decides. Personal data in a detail is masked here, so that no caller
can forget it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from pipeline.documents import personal

MOST_DETAIL = 300


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Every reason with its meaning in Chinese and English, and what to do."""
    text = Path(__file__).with_name("reasons.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def told(text: str) -> str:
    """Foreign text that may be shown: masked, on one line, printable and not too long."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return personal.mask(" ".join(plain.split()))[:MOST_DETAIL]


class Refused(Exception):
    """An address, answer or file is not taken, and why. Never caught and dropped."""

    def __init__(self, reason: str, detail: str = "") -> None:
        if reason not in reasons():
            raise ValueError(f"{reason!r} is no reason of reasons.yml")
        self.reason = reason
        self.detail = told(detail)
        super().__init__(f"{reason}: {self.detail}")
