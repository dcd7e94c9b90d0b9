"""Personal data: how names of handlers and telephone numbers are known, and masked.

Performance forms print 负责人, 经办人 and 联系电话. None of them may reach a table, a quarantine
detail, a log or a screen. Here: the patterns, once. Who must use them: everything that shows or
stores text of a document. Not here: the release gate's own scan (it uses `found_in` too).
"""

from __future__ import annotations

import re

MASK = "▮▮▮"
# Mobile numbers, and landlines with an area code; an alphanumeric neighbour makes it a file hash,
# decimals make it an amount.
GAP = r"[-–—－\s]?"
MOBILE = rf"(?:\+?86{GAP})?1[3-9]\d{GAP}\d{{4}}{GAP}\d{{4}}"
LANDLINE = rf"(?:[(（]0\d{{2,3}}[)）]|0\d{{2,3}}){GAP}\d{{7,8}}"
NUMBER = rf"(?<![0-9A-Za-z.,])(?:{MOBILE}|{LANDLINE})(?![0-9A-Za-z]|\.\d)"
NAMED_NUMBER = (
    r"(?:电话|手机|联系方式|传真|[Tt][Ee][Ll])(?:号码)?[:：]?\s*[0-9(（][0-9()（）\-–—－\s]{5,}"
)
# A name of two characters is often set with a blank between them.
NAME = r"(?:[\u4e00-\u9fff]\s+[\u4e00-\u9fff]{1,2}(?![\u4e00-\u9fff])|[^\s,，;；。、|]{1,20})"
NAMED_PERSON = rf"(?:负责人|经办人|填报人|填表人|联系人|制表人|审核人)(?:姓名)?[:：]\s*{NAME}"
# A field and a name set apart by blanks, without a colon.
FIELDS = r"(?:负责人|经办人|填报人|填表人|联系人|制表人|审核人)"
SIGNED = (
    rf"(?<!\S){FIELDS}[:：\s]+[\u4e00-\u9fff·]{{2,4}}(?=\s|$)"
    # Without anything between, only what no project is called: 经办人员补助 is a project.
    r"|(?<!\S)(?:经办人|填报人|填表人|制表人)(?![员制])[\u4e00-\u9fff·]{2,3}(?=\s|$)"
)
# What every text with something personal has, said without looking around: to choose by.
SUSPECT = rf"[0-9０-９]{{3}}|{FIELDS}|电话|手机|联系方式|传真|[Tt][Ee][Ll]"
PERSONAL = re.compile("|".join((NAMED_NUMBER, NAMED_PERSON, SIGNED, NUMBER)))
# The fields of a signature line; the name may stand in the cell beside them.
FIELD = re.compile(
    r"(?:项目|单位|部门|财务|主管|分管)?(?:负责人|经办人|填报人|填表人|联系人|制表人|审核人|联系电话|联系方式)(?:姓名)?[:：]?"
)
FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９＋", "0123456789+")


def found_in(text: str | None) -> bool:
    """Whether a text holds a telephone number or a named handler."""
    return bool(text and PERSONAL.search(text.translate(FULL_WIDTH_DIGITS)))


def is_field(text: str) -> bool:
    """Whether a text asks for a handler's name or telephone, and holds nothing else."""
    return FIELD.fullmatch("".join(text.split())) is not None


def is_signed(text: str) -> bool:
    """Whether a text begins like a signature line; a project may be called so too."""
    return re.match(rf"\s*{FIELDS}", text) is not None


def mask(text: str) -> str:
    """The text with everything personal replaced by a mask.

    Again until nothing is found: what a mask leaves of digits that touch may be a number itself.
    """
    while spans := [m.span() for m in PERSONAL.finditer(text.translate(FULL_WIDTH_DIGITS))]:
        kept = zip([0, *(end for _, end in spans)], [*(s for s, _ in spans), None], strict=True)
        text = MASK.join(text[start:end] for start, end in kept)
    return text
