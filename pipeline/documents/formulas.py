"""Texts that a spreadsheet would take for a formula and run: they are released nowhere.

Here: how they are known. Who must ask: everything that stores or names text of a document.
"""

from __future__ import annotations

import re

# A spreadsheet takes a cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# A sign before a figure and its unit computes nothing: -1.00, ＝100%, =5次/年.
SIGNED_FIGURE = re.compile(r"[=＝+＋\-－]\d[\d,.]*[%％\u4e00-\u9fff()（）/]{0,12}")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run a text; a sign and a figure it would only show."""
    return text.startswith(FORMULA_STARTS) and SIGNED_FIGURE.fullmatch(text) is None
