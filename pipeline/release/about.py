"""What every description of a release says alike: title, licence, makers, what it is about.

Here: these facts, once, and the hashes of the files they describe. Not here: the formats they are
told in (package, croissant, describe, manifest).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

NAME = "yusuan"
TITLE = "Yusuan 预算: budgets and final accounts of China's public bodies"
ABSTRACT = (
    "What China's public bodies plan to spend and did spend, taken from their own disclosures"
    " (预算公开, 决算公开). Every amount is traced to the file, page and cell it is printed in, and"
    " proved by the books' own arithmetic or marked unproved."
)
ABSTRACT_ZH = (
    "中国公共部门预算和决算数据，取自各单位公开的预算、决算文件。每个数都可追溯到所在文件、页码和"
    "单元格，并以账表自身的勾稽关系证明；未能证明的，如实标明。"
)
CREATOR = "The Yusuan contributors"
KEYWORDS = (
    *("public budgets", "public finance", "government spending", "final accounts", "China"),
    *("预算公开", "决算公开", "财政", "三公经费"),
)
LANGUAGES = ("zh", "en")
COUNTRY = "China"
LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}
FACSIMILE = (
    "This release is made from facsimiles that the project typeset itself, to show and test the"
    " pipeline. Do not cite it as a source."
)


@dataclass(frozen=True)
class About:
    """A release that is being described; `hashes` are of its data files, by relative path."""

    folder: Path
    version: str
    day: date
    sources: tuple[tuple[str, str | None], ...]
    years: tuple[int, ...]
    rows: dict[str, int]
    facsimile: bool
    hashes: dict[str, str]

    @property
    def abstract(self) -> str:
        """What it is, and a warning where it is no source."""
        return f"{ABSTRACT} {FACSIMILE}" if self.facsimile else ABSTRACT

    @property
    def period(self) -> str | None:
        """First and last fiscal year, as ISO 8601 tells intervals; null where there is none."""
        if not self.years:
            return None
        return f"{min(self.years)}-01-01/{max(self.years)}-12-31"

    @property
    def citation(self) -> str:
        """How to cite it, in a line."""
        return f"{CREATOR} ({self.day.year}). {TITLE} (version {self.version}) [Data set]."

    def size(self, path: str) -> int:
        """The size of one of its files."""
        return (self.folder / path).stat().st_size
