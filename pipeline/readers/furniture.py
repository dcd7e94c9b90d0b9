"""Page furniture: page numbers, running heads and feet, which part no table.

Here: how they are known, for every medium.
"""

from __future__ import annotations

import re

# A line that stands so often in a document is a running head or foot.
MIN_REPEATS = 3
COUNT = r"(?:\d{1,4}|[一二三四五六七八九十百]{1,4})"
MARK = r"[\s\-—–－·.,，/]*"
PAGE_NUMBER = re.compile(
    rf"{MARK}(?:\d{{1,4}}|第{MARK}{COUNT}{MARK}页|\d{{1,4}}{MARK}/{MARK}\d{{1,4}})"
    rf"{MARK}(?:共{MARK}{COUNT}{MARK}页)?{MARK}"
)


def may_repeat(text: str) -> bool:
    """Whether a line can be a running head: `name: value` stands above a table, not a page."""
    return not any(colon in text for colon in ":：")


def is_page_number(text: str) -> bool:
    """Whether a line is nothing but a page number, in any of the usual prints."""
    return PAGE_NUMBER.fullmatch(text) is not None
