"""Personal data: how names of handlers and telephone numbers are known, and masked.

Performance forms print 负责人, 经办人 and 联系电话. None of them may reach a table, a quarantine
detail, a log or a screen. Here: the patterns, once. Who must use them: everything that shows or
stores text of a document. Not here: the release gate's own scan (it uses `found_in` too).
"""

from __future__ import annotations

import re

MASK = "▮▮▮"
# Mobile numbers, and landlines with an area code; an alphanumeric neighbour makes it a file hash.
NUMBER = r"(?<![0-9A-Za-z.,])(?:1[3-9]\d{9}|0\d{2,3}[-–—－\s]?\d{7,8})(?![0-9A-Za-z])"
NAMED_NUMBER = (
    r"(?:电话|手机|联系方式|传真|[Tt][Ee][Ll])(?:号码)?[:：]?\s*[0-9(（][0-9()（）\-–—－\s]{5,}"
)
NAMED_PERSON = (
    r"(?:负责人|经办人|填报人|填表人|联系人|制表人|审核人)(?:姓名)?[:：]\s*[^\s,，;；。、|]{1,20}"
)
PERSONAL = re.compile("|".join((NAMED_NUMBER, NAMED_PERSON, NUMBER)))


def found_in(text: str | None) -> bool:
    """Whether a text holds a telephone number or a named handler."""
    return bool(text and PERSONAL.search(text))


def mask(text: str) -> str:
    """The text with everything personal replaced by a mask."""
    return PERSONAL.sub(MASK, text)
